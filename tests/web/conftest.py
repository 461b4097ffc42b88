"""The world of pages, written once a run and copied for each test that changes it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from casework.storage import server
from casework.web.app import create_app
from tests.storage.filled import copy_of
from tests.web.browser import Browser
from tests.web.world import ON, World, build, installation


@pytest.fixture(scope="session")
def built(postgres: server.Server, template_database: str) -> Iterator[tuple[str, World]]:
    """The template database of the world, and the references in it."""
    with copy_of(postgres, template_database) as (name, database):
        world = build(database)
        database.close()
        yield name, world


@pytest.fixture
def world(postgres: server.Server, built: tuple[str, World]) -> Iterator[World]:
    """A world of the test's own."""
    name, world = built
    with copy_of(postgres, name) as (_, database):
        yield replace(world, inst=installation(database))


@pytest.fixture(scope="module")
def still(postgres: server.Server, built: tuple[str, World]) -> Iterator[World]:
    """A world for the tests of one file that only look."""
    name, world = built
    with copy_of(postgres, name) as (_, database):
        yield replace(world, inst=installation(database))


SignIn = Callable[[World, str], Browser]


@pytest.fixture
def browse() -> SignIn:
    """Opens a browser on a world, signed in as an officer, or as nobody if the name is empty."""

    def opened(world: World, officer_id: str = "") -> Browser:
        app = create_app(world.inst, "a secret of the tests", today=lambda: ON)
        browser = Browser(TestClient(app, base_url="http://testserver", follow_redirects=False))
        if officer_id:
            browser.sign_in(officer_id)
        return browser

    return opened
