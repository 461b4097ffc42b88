"""The caseload by band, agency and saved view; what is taken away is kept of each case."""

import csv
from io import StringIO

import pytest

from casework.actions import support
from casework.actions.oversight import readings
from tests.web.conftest import SignIn
from tests.web.world import World


def shown(main: str) -> set[str]:
    return {name for name in ("Robin", "Wren") if f"{name} Fennimore" in main}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("band=persistently_absent", {"Robin", "Wren"}, id="a tenth of the year or more"),
        pytest.param("band=severely_absent", set(), id="nobody missed half"),
        pytest.param("band=no_such_band", set(), id="no such band"),
        pytest.param("agency=early+help", set(), id="no agency yet"),
        pytest.param("stage=noticing&band=persistently_absent", {"Robin", "Wren"}, id="two at once"),
    ],
)
def test_list_by_band_and_agency(still: World, browse: SignIn, query: str, names: set[str]) -> None:
    page = browse(still, "pastoral").get(f"/caseload?{query}")

    assert page.status == 200
    assert shown(page.main) == names


def test_list_by_agency_that_has_a_part(world: World, browse: SignIn) -> None:
    support.agency(world.inst, world.by("pastoral"), world.case_ref, agency="early help", consent="yes")

    page = browse(world, "pastoral").get("/caseload?agency=early+help")

    assert shown(page.main) == {"Robin"}


def test_a_view_is_saved_for_one_person_and_comes_back_as_it_was(world: World, browse: SignIn) -> None:
    mine, theirs = browse(world, "pastoral"), browse(world, "attendance")
    page = mine.get("/caseload?band=persistently_absent&sort=name&way=down")

    nameless = mine.send(page, {"name": " "}, action="/caseload/views")
    assert (nameless.status, "The name of the view is empty" in nameless.main) == (422, True)
    done = mine.send(page, {"name": "A tenth gone"}, action="/caseload/views")

    again = mine.follow(done)
    assert again.headers["x-path"] == "/caseload?band=persistently_absent&sort=name&way=down"
    assert "A tenth gone" in again.main
    assert again.headers["x-path"] in again.links()
    assert "A tenth gone" not in theirs.get("/caseload").main

    forgotten = mine.send(again, {"forget": "A tenth gone"}, action="/caseload/views")
    assert "A tenth gone" not in mine.follow(forgotten).main.replace("The saved view is forgotten.", "")


def test_what_is_taken_away_is_the_list_and_is_kept_of_each_case(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    text = browser.client.get("/caseload.csv?band=persistently_absent").content.decode("utf-8-sig")

    rows = list(csv.DictReader(StringIO(text)))
    assert {row["Forename"] for row in rows} == {"Robin", "Wren"}
    (read,) = readings(world.inst, world.officer("pastoral"), world.case_ref)
    assert (read.how, read.read_by) == ("taken_in_a_list", "pastoral")
    assert "Taken away in a list 1 time" in browser.get(f"/cases/{world.case_ref}").main
    assert readings(world.inst, world.officer("elsewhere"), world.other_ref) == ()


def test_what_the_dsl_holds_is_not_taken_away(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")

    assert "Download as CSV" not in browser.get("/caseload?flag=with_dsl").main
    assert browser.get("/caseload.csv?flag=with_dsl").status == 422
