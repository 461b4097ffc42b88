"""Home visits: the note first, two names, who is out, and what came of it once both are back."""

from datetime import timedelta
from typing import Any

import pytest

from casework.actions import closing, safeguarding, visits
from casework.domain import ENGINE, Case
from casework.domain import events as e
from casework.storage import cases
from tests.web.conftest import SignIn
from tests.web.world import AT, ON, World

BACK_BY = {"back_by-day": "20", "back_by-month": "11", "back_by-year": "2026", "back_by-time": "10:15"}
GOING = {"risk_note_read": "yes", "officer": "attendance", "parent_id": "c1", **BACK_BY}


def loaded(world: World, ref: str) -> Case:
    with world.inst.act(ENGINE) as tx:
        return cases.load(tx, ref)


def test_who_sets_out_is_shown_until_they_are_back(world: World, browse: SignIn) -> None:
    browser, ref = browse(world, "pastoral"), world.case_ref
    path = f"/cases/{ref}/record/set-out"
    form = browser.get(path)
    assert "Read this first" in form.main
    assert form.main.index("Read this first") < form.main.index("Have you read what stands above?")

    sent = browser.send(form, GOING, action=path)

    assert sent.location == f"/cases/{ref}"
    today = browse(world, "head").get("/")
    assert "Bea Thorn and Petra Lind" in today.main
    (back,) = [link for link in today.links() if "/record/back" in link]
    page = browser.get(back)
    visit_id = back.partition("visit_id=")[2]
    said = {"visit_id": visit_id, "outcome": "spoken", "child_seen": "no", "says": "He was asleep."}
    done = browser.send(page, said, action=back.partition("?")[0])
    assert done.location == f"/cases/{ref}"
    told = loaded(world, ref).of(e.ContactRecorded)[-1]
    assert (told.method, told.second_officer, told.child_seen, told.parent_id) == (
        "visit",
        "attendance",
        False,
        "c1",
    )
    assert "Out on a home visit" not in browse(world, "head").get("/").main


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"risk_note_read": "no"}, "The risk note was not read", id="not read"),
        pytest.param({"officer": "pastoral"}, "Nobody visits alone", id="alone"),
        pytest.param({"back_by-day": "21"}, "is another day", id="another day"),
    ],
)
def test_nobody_sets_out_alone_or_unread(
    still: World, browse: SignIn, change: dict[str, str], says: str
) -> None:
    browser, path = browse(still, "pastoral"), f"/cases/{still.case_ref}/record/set-out"

    sent = browser.send(browser.get(path), GOING | change, action=path)

    assert (sent.status, says in sent.main) == (422, True)


def test_a_hold_on_visits_lets_nobody_set_out(world: World, browse: SignIn) -> None:
    safeguarding.hold(
        world.inst,
        world.by("dsl"),
        world.case_ref,
        scope="visits",
        review_on=ON + timedelta(days=7),
        words="x",
    )
    browser, path = browse(world, "pastoral"), f"/cases/{world.case_ref}/record/set-out"
    form = browser.get(path)
    assert "Held by the DSL until 27 November 2026: no visit." in form.main

    assert "The DSL holds visits" in browser.send(form, GOING, action=path).main


def test_whoever_is_not_back_in_time_is_late(world: World, browse: SignIn) -> None:
    browser, path = browse(world, "pastoral"), f"/cases/{world.case_ref}/record/set-out"
    browser.send(browser.get(path), GOING, action=path)
    head = world.officer("head")

    (early,) = visits.out_now(world.inst, head, ON, AT)
    (late,) = visits.out_now(world.inst, head, ON, AT + timedelta(hours=2))

    assert (early.late, late.late) == (False, True)
    assert visits.out_now(world.inst, world.officer("elsewhere"), ON, AT) == ()


def test_closing_shows_and_keeps_everything_still_open(world: World, browse: SignIn) -> None:
    browser, ref = browse(world, "pastoral"), world.case_ref
    path = f"/cases/{ref}/record/close"
    expected = (
        "Ring the bus company (due 18 November 2026)",
        "drafted and not issued",
        "Attendance meeting of 20 November 2026: nobody said it was held",
        "Offer of a lift from home: nobody said what became of it",
    )
    page = browser.get(path)
    for says in expected:
        assert says in page.main, says

    browser.send(page, {"outcome": "improved", "reason": "He is back every day."}, action=path)

    closed = loaded(world, ref).last(e.CaseClosed)
    assert closed is not None
    for says in expected:
        assert any(says in line for line in closed.left_open), says


def test_what_has_ended_is_not_open() -> None:
    said: Any = {"case_ref": "C-2026-100001-0001", "on": ON, "by": "x"}
    told = (
        e.VisitBegun(**said, visit_id="V2", second_officer="y", back_by=AT),
        e.StopNoted(**said, stop_id="X3", condition="bereavement"),
        e.ClockStarted(**said, clock_id="K4", rule="clocks.prosecution_limit", started_on=ON),
        e.DocumentDrafted(**said, document_id="L5", template="calling_card"),
    )
    ends = (
        e.VisitEnded(**said, visit_id="V2"),
        e.StopCleared(**said, stop_id="X3", reason="z"),
        e.ClockStopped(**said, clock_id="K4", outcome="z"),
        e.DocumentWithdrawn(**said, document_id="L5", reason="z"),
    )

    def case(events: tuple[e.Event, ...]) -> Case:
        opened = e.CaseOpened(**said, upn="T000000000001", urn="100001", says="x", policy="p")
        recorded = [
            e.Recorded(number, AT, event, "", "") for number, event in enumerate((opened, *events), 1)
        ]
        return Case("C-2026-100001-0001", tuple(recorded))

    assert len(closing.still_open(case(told))) == 4
    assert closing.still_open(case(told + ends)) == ()
