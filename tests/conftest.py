"""What every test shares: no accidental Prefect server, bounded hypothesis, one PostgreSQL a run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import hypothesis
import psycopg
import pytest

from casework.storage import server
from casework.storage.database import APP, OWNER, Database, embedded

os.environ["PREFECT_SERVER_EPHEMERAL_ENABLED"] = "false"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["DO_NOT_TRACK"] = "1"

hypothesis.settings.register_profile("ci", max_examples=60, deadline=None, print_blob=True)
hypothesis.settings.register_profile("long", max_examples=2000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


SYSTEM_PROGRAMS = {
    "chromium": "apt-get install --no-install-recommends chromium",
    "soffice": "apt-get install --no-install-recommends libreoffice-writer-nogui poppler-utils",
}


def missing_programs() -> list[str]:
    """The system programs that are not here; none with REQUIRE_ALL=1, so that their tests run and fail."""
    if os.environ.get("REQUIRE_ALL") == "1":
        return []
    return sorted(name for name in SYSTEM_PROGRAMS if shutil.which(name) is None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a system program that is missing."""
    missing = missing_programs()
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in missing)]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not run, and how to run it."""
    for name in missing_programs():
        terminalreporter.write_line(
            f"NOT RUN: the tests that need {name}. Install it with: {SYSTEM_PROGRAMS[name]}", yellow=True
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[server.Server]:
    """The one embedded server of a test run; fast, and careless of power cuts."""
    home = Path(tempfile.mkdtemp(prefix="casework-test-"))
    yield server.start(home, durable=False)
    server.stop(home)
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def template_database(postgres: server.Server) -> str:
    """A migrated database that the tests' own are copied from."""
    name = "casework_template"
    template = embedded(postgres, name)
    template.migrate()
    template.close()
    return name


_numbers = count(1)


@pytest.fixture
def database(postgres: server.Server, template_database: str) -> Iterator[Database]:
    """An empty migrated database of the test's own."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres.url(server.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(
            f"create database {name} template {template_database} owner {OWNER} strategy file_copy"
        )
        whole = postgres.url(server.SUPERUSER, name)
        opened = Database(postgres.url(OWNER, name), postgres.url(APP, name), whole_url=whole)
        yield opened
        opened.close()
        connection.execute(f"drop database {name} with (force)")
