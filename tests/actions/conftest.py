"""The actions' small school, imported once a run and copied for each test."""

from collections.abc import Iterator

import pytest

from casework.actions.installation import Installation
from casework.storage import server
from tests.actions.world import bring_in, installation, school_files
from tests.storage.filled import copy_of


@pytest.fixture(scope="session")
def imported(postgres: server.Server, template_database: str) -> Iterator[str]:
    """The name of a database in which the school's folder has been imported."""
    with copy_of(postgres, template_database) as (name, database):
        bring_in(installation(database), *school_files())
        database.close()
        yield name


@pytest.fixture
def inst(postgres: server.Server, imported: str) -> Iterator[Installation]:
    """The school of the test's own: imported, never swept."""
    with copy_of(postgres, imported) as (_, database):
        yield installation(database)
