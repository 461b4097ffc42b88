"""Every route, every role, own school and another: who comes in, who is refused, and what is never told."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from casework.actions.access import MAY, Act
from casework.web.guard import SIGNED_IN, Page
from casework.web.matrix import document
from casework.web.routes import PAGES
from tests.web.browser import Browser
from tests.web.conftest import SignIn
from tests.web.world import NORTH, SOUTH, World

WHO = ("pastoral", "attendance", "dsl", "head", "governor", "administrator", "ewo", "lead")
NOT_THERE = "There is nothing here that you can see."


def addresses(world: World, case_ref: str, urn: str) -> Mapping[str, str]:
    """What the parts of addresses stand for: a case and a school, own or another's."""
    return {
        "{case_ref}": case_ref,
        "{urn}": urn,
        "{document_id}": f"{case_ref}-L1",
        "{item_id}": "R15",
        "{step}": "supportive_actions",
        "{mark}": "0" * 20,
        "{pack_id}": f"{case_ref}-E1",
        "{name}": f"{case_ref}-E1.pdf",
        "{secret}": "no-such-address",
        "{import_id}": "1",
        "{run_id}": f"{urn}-20261120-R1",
        "{template}": "concern_letter",
        "{message_id}": "1",
        "{request}": "1",
        "{audit_id}": "A-20261120-000000",
        "{timetable}": "1",
        "{officer_id}": "other-ewo",  # nobody signs in as them here
    }


def address(page: Page, parts: Mapping[str, str]) -> str:
    path = page.path
    for name, value in parts.items():
        path = path.replace(name, value)
    return path


def ask(browser: Browser, page: Page, path: str) -> int:
    """Open the page, or send it an empty form that is ours."""
    if "GET" in page.methods:
        return browser.client.get(path).status_code
    cookie = browser.client.cookies["casework"]
    token = browser.client.app.state.site.cookies.form_token(cookie)
    return browser.client.post(path, data={"csrf": token}).status_code


@pytest.mark.parametrize("who", WHO)
def test_each_page_opens_to_its_roles_and_no_other(still: World, browse: SignIn, who: str) -> None:
    roles = still.officer(who).roles
    parts = addresses(still, still.case_ref, NORTH)
    browser = browse(still, who)
    for page in PAGES:
        if page.roles is None or page.name == "sign out":
            continue
        status = ask(browser, page, address(page, parts))
        if page.roles != SIGNED_IN and roles.isdisjoint(page.roles):
            assert status == 403, f"{page.name} opened to {who}: {status}"
        else:
            assert status != 403 or page.name == "letter approve", f"{page.name} refused {who}"
            assert status < 500, f"{page.name} failed for {who}"


def test_nobody_comes_in_without_signing_in(still: World, browse: SignIn) -> None:
    browser = browse(still)
    for page in PAGES:
        path = address(page, addresses(still, still.case_ref, NORTH))
        for method in page.methods if page.roles is not None else ():
            response = browser.client.request(method, path)

            assert response.status_code == 303, page.name
            assert response.headers["location"].startswith("/sign-in")


OF_A_SCHOOL = [p for p in PAGES if "{" in p.path and p.roles != MAY[Act.ADMINISTER]]


@pytest.mark.parametrize("who", [who for who in WHO if who != "administrator"])
def test_another_school_is_as_if_it_were_not_there(still: World, browse: SignIn, who: str) -> None:
    parts = addresses(still, still.other_ref, SOUTH)
    browser = browse(still, who)
    for page in OF_A_SCHOOL:
        if still.officer(who).roles.isdisjoint(page.roles or ()):
            continue
        for method in page.methods:
            path = address(page, parts)
            cookie = browser.client.cookies["casework"]
            token = browser.client.app.state.site.cookies.form_token(cookie)
            sent = {"csrf": token, "answer": "aside", "method": "call", "pupil": "x"}
            response = browser.client.request(method, path, data=sent if method == "POST" else None)

            assert response.status_code == 404, f"{who} {method} {path}: {response.status_code}"
            assert NOT_THERE in response.text
            assert "Penrose" not in response.text


def test_a_case_of_another_school_and_no_case_look_the_same(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")

    theirs = browser.get(f"/cases/{still.other_ref}")
    none = browser.get("/cases/C-2026-100002-0999")

    assert (theirs.status, theirs.main) == (none.status, none.main)


def test_an_ewo_sees_no_case_that_was_not_put_to_the_authority(still: World, browse: SignIn) -> None:
    browser = browse(still, "ewo")

    assert browser.get(f"/cases/{still.case_ref}").status == 404
    assert browser.get(f"/letters/{still.case_ref}-L1").status == 404
    assert browser.get("/caseload").status == 403


def test_search_finds_nothing_of_another_school(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")
    page = browser.get("/search")

    found = browser.send(page, {"words": "Penrose"}, action="/search")

    assert "No case is like those words" in found.main


def test_export_holds_own_school_alone_and_nothing_a_spreadsheet_runs(still: World, browse: SignIn) -> None:
    text = browse(still, "pastoral").client.get("/caseload.csv").text

    assert "Fennimore" in text
    assert "Penrose" not in text
    assert "DSL" not in text


def test_addresses_hold_no_pupil_data(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")
    pages = ("/", "/caseload?sort=name", f"/schools/{NORTH}/triage", f"/schools/{NORTH}/calls", "/letters")
    for path in (*pages, f"/cases/{still.case_ref}"):
        for link in browser.get(path).links():
            lowered = link.lower()
            assert not any(word in lowered for word in ("fennimore", "robin", "quayle", "t0000000")), link


def test_the_matrix_in_docs_is_the_one_that_holds() -> None:
    printed = Path(__file__).parents[2] / "docs" / "access.md"

    assert printed.read_text() == document(), "Print docs/access.md again; it says how."
