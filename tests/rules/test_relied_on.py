"""Which sessions a step rests on, and which notices stand in the ledger on a day."""

from dataclasses import replace
from datetime import date

import pytest

from casework.domain import Mark, NoticeStatus, Session
from casework.domain import events as e
from casework.rules import register
from casework.rules.situation import Situation
from tests.situations import a_notice, head_of, nti, situation, verdict

EARLY = "2026-09-07..2026-09-09 O"
IN_THE_PERIOD = "2026-10-12..2026-10-13 O"
LATE = "2026-12-10 AM O"


def relied(now: Situation) -> tuple[int, str, str]:
    """How many sessions, the first and the last."""
    found = register.relied_on(now)
    return len(found), str(found[0].session), str(found[-1].session)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(
            (), (5, "2026-10-12 AM", "2026-12-10 AM"), id="without a notice, the window that ends now"
        ),
        pytest.param(
            (nti("2026-10-02", "2026-11-20"),),
            (10, "2026-09-07 AM", "2026-10-13 PM"),
            id="after a notice, the fullest window since: neither its first nor its last",
        ),
        pytest.param(
            (nti("2026-10-02", "2026-11-20"), verdict("2026-11-23", "improved")),
            (5, "2026-10-12 AM", "2026-12-10 AM"),
            id="a notice that ended well is behind us",
        ),
        pytest.param(
            (nti("2026-10-02", "2026-11-20"), verdict("2026-11-23", "withdrawn")),
            (5, "2026-10-12 AM", "2026-12-10 AM"),
            id="so is one taken back",
        ),
        pytest.param(
            (nti("2026-10-02", "2026-11-20"), verdict("2026-11-23", "not_improved")),
            (10, "2026-09-07 AM", "2026-10-13 PM"),
            id="a notice that ended badly is not",
        ),
        pytest.param(
            (nti("2026-10-02", "2026-11-20", "B"),),
            (5, "2026-10-12 AM", "2026-12-10 AM"),
            id="a notice to the other parent is not this one's",
        ),
    ],
)
def test_what_the_next_step_rests_on(events: tuple[object, ...], expected: tuple[int, str, str]) -> None:
    now = situation("2026-12-18", f"{EARLY}; {IN_THE_PERIOD}; {LATE}", *events)  # type: ignore[arg-type]

    assert relied(now) == expected


def asked(on: str, parent_id: str = "A") -> e.PenaltyNoticeRequested:
    """A request about the week of 12 October alone."""
    return e.PenaltyNoticeRequested(
        **head_of(on),
        parent_id=parent_id,
        reasons="Asked.",
        period_from=date(2026, 10, 12),
        period_to=date(2026, 10, 12),
    )


def back(on: str, parent_id: str = "A") -> e.ReferralReturned:
    return e.ReferralReturned(**head_of(on), stage="penalty_notice", parent_id=parent_id, reasons=("Late.",))


@pytest.mark.parametrize(
    ("events", "count"),
    [
        pytest.param((), 5, id="nothing asked"),
        pytest.param((asked("2026-12-01"),), 2, id="what was asked for, while it waits"),
        pytest.param((asked("2026-12-01", "B"),), 5, id="what was asked about the other parent"),
        pytest.param((asked("2026-12-19"),), 5, id="what was asked for only later"),
        pytest.param((asked("2026-12-18"),), 2, id="what was asked for that day"),
        pytest.param((asked("2026-12-01"), back("2026-12-02")), 5, id="returned, it waits no more"),
        pytest.param((asked("2026-12-01"), back("2026-12-02", "B")), 2, id="the other parent's was returned"),
    ],
)
def test_while_a_request_waits_its_own_sessions_are_relied_on(events: tuple[object, ...], count: int) -> None:
    now = situation("2026-12-18", f"{EARLY}; {IN_THE_PERIOD}; {LATE}", *events)  # type: ignore[arg-type]

    assert len(register.relied_on(now)) == count


@pytest.mark.parametrize(
    ("on", "known"),
    [
        pytest.param("2026-10-01", 0, id="the day before it was issued"),
        pytest.param("2026-10-02", 1, id="on the day of issue"),
        pytest.param("2026-10-05", 1, id="the day after"),
    ],
)
def test_a_notice_stands_from_its_day_on(on: str, known: int) -> None:
    now = situation(on, notices=[a_notice("2026-10-02", NoticeStatus.UNPAID)])

    assert len(now.penalty_notices) == known
    assert len(now.every_notice) == known


@pytest.mark.parametrize(
    ("on", "known"), [("2026-10-01", 0), ("2026-10-02", 1), ("2026-10-05", 1)], ids=["before", "on", "after"]
)
def test_a_notice_of_the_case_itself_stands_from_its_day_on(on: str, known: int) -> None:
    assert len(situation(on, "", nti("2026-10-02", "2026-11-20")).ledger) == known


def off_calendar(now: Situation, session: str, code: str) -> Situation:
    """The same with a mark on a session that the calendar does not have: a Saturday."""
    held = now.facts.registers[0]
    marked = replace(held, marks=(*held.marks, Mark(Session.parse(session), code)))
    return replace(now, facts=replace(now.facts, registers=(marked,)))


@pytest.mark.parametrize(
    ("session", "code", "answer"),
    [
        pytest.param("2026-09-12 AM", "O", "unknown", id="an absence between two relied on"),
        pytest.param("2026-09-12 AM", "#", "holds", id="a closure marked there"),
        pytest.param("2026-09-12 AM", "I", "holds", id="illness, which counts for nothing"),
        pytest.param("2026-09-05 AM", "O", "holds", id="before the first relied on"),
        pytest.param("2026-09-19 AM", "O", "holds", id="after the last relied on"),
    ],
)
def test_an_absence_off_the_calendar_is_named(session: str, code: str, answer: str) -> None:
    whole = situation("2026-10-01", "2026-09-07..2026-09-09 O; 2026-09-14..2026-09-15 O")
    now = off_calendar(whole, session, code)

    found = register.marks_final(now)

    assert found.answer.value == answer
    assert (session in found.evidence) is (answer == "unknown")
