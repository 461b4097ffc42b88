"""The same work for many on one page: calls, letters that went, cases of somebody who left."""

import pytest

from casework.actions import letters, views
from casework.domain import ENGINE
from casework.domain.events import DocumentServed
from casework.storage import cases, logins
from tests.web.browser import Browser, Seen
from tests.web.conftest import SignIn
from tests.web.world import NORTH, ON, TOMAS, World

PAGE = f"/schools/{NORTH}/calls/together"
ANSWER = {"whom": "c1", "how": "call", "outcome": "spoken", "state": "safe", "seen": "yes", "says": "Dentist"}


def row(page: Seen) -> str:
    assert page.tree is not None
    (name,) = page.tree.xpath("//select[starts-with(@name, 'whom-')]/@name")
    return str(name).removeprefix("whom-")


def test_calls_are_recorded_each_on_its_own(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    page = browser.get(PAGE)
    mark = row(page)
    assert TOMAS not in page.text

    done = browser.send(page, {f"{name}-{mark}": value for name, value in ANSWER.items()})

    assert "1 call recorded" in browser.follow(done).main
    (call,) = views.calls(world.inst, world.officer("pastoral"), NORTH, ON).calls
    assert (call.state, [a.says for a in call.attempts]) == ("safe", ["Dentist"])
    assert "Every call of today has been answered" in browser.get(PAGE).main


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        pytest.param("whom", "Tomas Quayle: say whom you tried", id="whom"),
        pytest.param("outcome", "Tomas Quayle: say what came of it", id="outcome"),
        pytest.param("state", "Tomas Quayle: say where it stands now", id="where it stands"),
    ],
)
def test_a_row_half_filled_records_nothing(still: World, browse: SignIn, left_out: str, says: str) -> None:
    browser = browse(still, "pastoral")
    page = browser.get(PAGE)
    mark = row(page)

    sent = browser.send(page, {f"{k}-{mark}": v for k, v in ANSWER.items() if k != left_out})

    assert (sent.status, says in sent.main) == (422, True)
    assert "Dentist" in sent.text
    (call,) = views.calls(still.inst, still.officer("pastoral"), NORTH, ON).calls
    assert call.attempts == ()


def test_nothing_answered_is_said(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")

    assert "Answer at least one row" in browser.send(browser.get(PAGE), {}).main


def issued(world: World) -> list[str]:
    documents = [f"{world.case_ref}-L1", f"{world.sibling_ref}-L1"]
    for document in documents:
        letters.approve(world.inst, world.by("head"), document)
        letters.issue(world.inst, world.by("head"), document)
    return documents


def send(browser: Browser, answers: dict[str, str | list[str]]) -> Seen:
    return browser.send(browser.get("/letters?state=issued"), answers, action="/letters/sent")


def test_letters_that_went_by_one_post_are_recorded_together(world: World, browse: SignIn) -> None:
    documents = issued(world)
    browser = browse(world, "pastoral")
    went: dict[str, str | list[str]] = {
        "method": "first_class_post",
        "posted_on-day": "20",
        "posted_on-month": "11",
        "posted_on-year": "2026",
    }

    unticked = send(browser, went)
    assert (unticked.status, "Tick the letters that went" in unticked.main) == (422, True)
    early = send(browser, {**went, "posted_on-day": "19", "letter": documents})
    assert early.status == 422
    assert "was issued on 20 November 2026" in early.main
    done = send(browser, {**went, "letter": documents})

    assert "2 letters recorded as sent" in browser.follow(done).main
    with world.inst.act(ENGINE) as tx:
        for ref in (world.case_ref, world.sibling_ref):
            (served,) = cases.load(tx, ref).of(DocumentServed)
            assert (served.method, served.posted_on) == ("first_class_post", ON)


def test_a_letter_of_another_school_is_not_recorded_by_a_forged_form(world: World, browse: SignIn) -> None:
    issued(world)
    went = {"method": "by_hand", "posted_on-day": "20", "posted_on-month": "11", "posted_on-year": "2026"}

    sent = send(browse(world, "pastoral"), {**went, "letter": [f"{world.other_ref}-L1"]})

    assert sent.status == 422


def test_today_names_those_whose_cases_need_another_owner(world: World, browse: SignIn) -> None:
    assert "no longer act" not in browse(world, "head").get("/").main
    with world.inst.act(ENGINE) as tx:
        logins.set_active(tx, "pastoral", False)

    page = browse(world, "head").get("/")

    assert "Cases of people who no longer act" in page.main
    assert "/hand-over?from=pastoral" in page.links()
