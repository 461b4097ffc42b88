"""Every page, opened: it draws, meets the standard of pages, and says what it is for."""

import pytest

from tests.web.conftest import SignIn
from tests.web.world import NORTH, World

PAGES = [
    pytest.param("pastoral", "/", "Today", "Ring the bus company", id="today"),
    pytest.param("pastoral", "/caseload", "Cases", "Robin Fennimore", id="caseload"),
    pytest.param(
        "pastoral", "/caseload?sort=name&way=down&owner=pastoral", "Cases", "Wren Fennimore", id="sorted"
    ),
    pytest.param("pastoral", f"/schools/{NORTH}/triage", "The first list", "Ayla Kestrel", id="triage"),
    pytest.param(
        "pastoral", f"/schools/{NORTH}/calls", "Calls today", "Year 9: its register has not", id="calls"
    ),
    pytest.param(
        "head", f"/schools/{NORTH}/letterhead", "How the school's letters begin", "", id="letterhead"
    ),
    pytest.param("pastoral", "/letters", "Letters", "Look at these first", id="letters"),
    pytest.param("dsl", "/safeguarding", "Safeguarding", "Wren Fennimore", id="safeguarding"),
    pytest.param("ewo", "/", "Referrals", "No request waits", id="referrals"),
    pytest.param("governor", "/", "Figures", "Invented High School", id="figures"),
    pytest.param("pastoral", "/search", "Find a case", "", id="search"),
    pytest.param("", "/sign-in", "Sign in to casework", "User name", id="sign in"),
]


@pytest.mark.parametrize(("who", "path", "heading", "says"), PAGES)
def test_page_says_what_it_is_for(
    still: World, browse: SignIn, who: str, path: str, heading: str, says: str
) -> None:
    page = browse(still, who).get(path)

    assert (page.status, page.heading) == (200, heading)
    assert says in page.main


def test_packs_page_shows_what_is_missing_and_what_to_do(still: World, browse: SignIn) -> None:
    page = browse(still, "head").get(f"/cases/{still.case_ref}/packs?kind=penalty_notice_request&parent=c1")

    assert (page.status, page.heading) == (200, "Packs of evidence")
    for says in ("missing", "V1 Marks are final", "Stops it", "No pack has been made of this case"):
        assert says in page.main


def test_case_page_shows_where_it_stands_and_why(still: World, browse: SignIn) -> None:
    page = browse(still, "pastoral").get(f"/cases/{still.case_ref}")

    assert page.heading == "Robin Fennimore"
    for says in (
        "12 unauthorised sessions in the last 10 school weeks",
        "The 12 sessions that count",
        "Noticing (the case is here)",
        "May be considered",
        "May be written to",
        "O, absent in other or unknown circumstances, unauthorised absence, counts",
        "Call with Ms Mara Fennimore: spoken",
        "He is afraid of the bus.",
    ):
        assert says in page.main
