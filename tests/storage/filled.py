"""Databases with two schools and three pupils in them, copied for the tests of case tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg
import pytest

from casework.storage import server
from casework.storage.database import APP, OWNER, Database
from tests.storage.cases_written import fill

_numbers = count(1)


@contextmanager
def copy_of(postgres: server.Server, template: str) -> Iterator[tuple[str, Database]]:
    name = f"case_test_{next(_numbers)}"
    with psycopg.connect(postgres.url(server.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} owner {OWNER} strategy file_copy")
        opened = Database(postgres.url(OWNER, name), postgres.url(APP, name))
        yield name, opened
        opened.close()
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def filled_template(postgres: server.Server, template_database: str) -> Iterator[str]:
    """What `fill` writes, once a run."""
    with copy_of(postgres, template_database) as (name, filled):
        fill(filled)
        filled.close()
        yield name


@pytest.fixture
def db(postgres: server.Server, filled_template: str) -> Iterator[Database]:
    """A filled database of the test's own."""
    with copy_of(postgres, filled_template) as (_, opened):
        yield opened


@pytest.fixture(scope="module")
def shared(postgres: server.Server, filled_template: str) -> Iterator[Database]:
    """A filled database for the tests of one file that leave nothing behind."""
    with copy_of(postgres, filled_template) as (_, opened):
        yield opened
