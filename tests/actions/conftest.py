"""The actions' small school, imported once a run and copied for each test."""

from collections.abc import Iterator
from datetime import date

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from casework.actions import officers
from casework.actions.installation import Installation
from casework.domain import ENGINE
from casework.storage import server
from casework.storage.people import OfficerRole
from tests.actions.world import (
    ADMINISTRATOR,
    DSL,
    HEAD,
    PASTORAL,
    URN,
    bring_in,
    installation,
    school_files,
)
from tests.storage.filled import copy_of


@pytest.fixture(scope="session")
def imported(postgres: server.Server, template_database: str) -> Iterator[str]:
    """The name of a database in which the school's folder has been imported."""
    with copy_of(postgres, template_database) as (name, database):
        inst = installation(database)
        bring_in(inst, *school_files())
        hasher = PasswordHasher.from_parameters(CHEAPEST)
        for who in (PASTORAL, HEAD, DSL, ADMINISTRATOR):
            roles = [OfficerRole(role, date(2025, 9, 1), urn=URN) for role in sorted(who.roles)]
            officers.add(inst, ENGINE, who.officer_id, who.name, roles, "four plain words together", hasher)
        database.close()
        yield name


@pytest.fixture
def inst(postgres: server.Server, imported: str) -> Iterator[Installation]:
    """The school of the test's own: imported, never swept."""
    with copy_of(postgres, imported) as (_, database):
        yield installation(database)
