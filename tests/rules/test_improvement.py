"""The days of a notice to improve, what breaks it, and what may follow while it runs: each at its edge."""

from dataclasses import replace
from datetime import date

import pytest

from casework.domain import Event
from casework.domain import events as e
from casework.policy import Fields, Timeline
from casework.rules import improvement
from tests.situations import SUPPORTED, head_of, nti, offer, situation, verdict

NOBODYS = "908"
"""An authority whose code is not held here: the national three to six weeks stand."""


@pytest.mark.parametrize(
    ("la_code", "first", "last", "fault"),
    [
        pytest.param(NOBODYS, "2026-10-05", "2026-10-24", "20 days; it must be 3 to 6 weeks", id="20 days"),
        pytest.param(NOBODYS, "2026-10-05", "2026-10-25", "", id="21 days are three weeks"),
        pytest.param(NOBODYS, "2026-10-05", "2026-11-15", "", id="42 days are six weeks"),
        pytest.param(NOBODYS, "2026-10-05", "2026-11-16", "43 days; it must be 3 to 6 weeks", id="43 days"),
        pytest.param(NOBODYS, "2026-10-05", "2026-10-04", "before it begins", id="it ends before it begins"),
        pytest.param(NOBODYS, "2026-10-05", "2026-10-05", "1 days", id="a single day"),
        pytest.param(NOBODYS, "2026-10-01", "2026-10-25", "before the notice is issued", id="begun too soon"),
        pytest.param(NOBODYS, "2026-10-02", "2026-10-25", "", id="begun on the day of issue"),
        pytest.param("926", "2026-10-05", "2026-11-20", "", id="12.27 Norfolk's thirtieth school day"),
        pytest.param("926", "2026-10-05", "2026-11-19", "fixes the last day at 2026-11-20", id="a day short"),
        pytest.param("926", "2026-10-05", "2026-11-23", "fixes the last day at 2026-11-20", id="a day long"),
    ],
)
def test_the_days_of_a_notice(la_code: str, first: str, last: str, fault: str) -> None:
    given = nti("2026-10-02", last, period_from=date.fromisoformat(first))

    found = improvement.period_faults(situation("2026-10-02", la_code=la_code), given)

    assert (fault in "; ".join(found)) if fault else found == ()


@pytest.mark.parametrize(
    ("absences", "on", "breaches", "possible", "attended", "unmarked"),
    [
        pytest.param("2026-10-02 O", "2026-10-05", 0, 2, 2, 0, id="the day before it begins"),
        pytest.param("2026-10-05 AM U", "2026-10-05", 1, 2, 1, 0, id="its first day"),
        pytest.param("2026-11-20 PM O", "2026-11-20", 1, 60, 59, 0, id="its last day, that day"),
        pytest.param("2026-11-20 PM O", "2026-11-23", 1, 60, 59, 0, id="its last day, later"),
        pytest.param("2026-11-23 O", "2026-11-23", 0, 60, 60, 0, id="the day after it ends"),
        pytest.param("2026-10-06 I", "2026-10-06", 0, 4, 2, 0, id="illness is no breach"),
        pytest.param("2026-10-06 AM ?", "2026-10-06", 0, 3, 3, 1, id="a session without a mark"),
        pytest.param("2026-10-07 O", "2026-10-06", 0, 4, 4, 0, id="what has not happened yet"),
    ],
)
def test_the_referee_counts(
    absences: str, on: str, breaches: int, possible: int, attended: int, unmarked: int
) -> None:
    running = nti("2026-10-05", "2026-11-20")

    found = improvement.referee(situation(on, absences, running))

    assert found is not None
    assert (len(found.breaches), found.attended, found.unmarked) == (breaches, attended, unmarked)
    assert found.possible == possible
    assert found.running is (on <= "2026-11-20")
    assert found.may_go_early is (breaches > 0)


def told(on: str, parent_id: str = "A", of: str = "early_penalty_notice") -> e.ParentTold:
    return e.ParentTold(**head_of(on), parent_id=parent_id, of=of)


def declined(parent_id: str) -> e.StepDeclined:
    """The recorded reason for no notice to improve."""
    step = "notice_to_improve"
    return e.StepDeclined(**head_of("2026-10-01"), stage=step, parent_id=parent_id, reasons="Had one before.")


RUNNING = nti("2026-10-05", "2026-11-20")
TEN = "2026-09-14..2026-09-18 O"
BROKEN = f"{TEN}; 2026-10-07 AM U"


@pytest.mark.parametrize(
    ("absences", "events", "on", "answer"),
    [
        pytest.param(TEN, (), "2026-10-08", "fails", id="no notice and no reason for none"),
        pytest.param(
            TEN,
            (
                e.StepDeclined(
                    **head_of("2026-10-01"), stage="notice_to_improve", parent_id="A", reasons="No."
                ),
            ),
            "2026-10-08",
            "holds",
            id="a recorded reason for none",
        ),
        pytest.param(
            TEN,
            (
                e.StepDeclined(
                    **head_of("2026-10-01"), stage="notice_to_improve", parent_id="B", reasons="No."
                ),
            ),
            "2026-10-08",
            "fails",
            id="a reason about the other parent",
        ),
        pytest.param(TEN, (RUNNING,), "2026-11-20", "fails", id="on the last day, nothing broken"),
        pytest.param(TEN, (RUNNING,), "2026-11-23", "unknown", id="ended, and no verdict"),
        pytest.param(
            TEN, (RUNNING, verdict("2026-11-23")), "2026-11-23", "holds", id="ended without improvement"
        ),
        pytest.param(
            TEN, (RUNNING, verdict("2026-11-23", "improved")), "2026-11-23", "fails", id="ended well enough"
        ),
        pytest.param(BROKEN, (RUNNING,), "2026-10-08", "fails", id="broken, and the parent not told"),
        pytest.param(
            BROKEN, (RUNNING, told("2026-10-08")), "2026-10-08", "for_a_person", id="12.28 broken and told"
        ),
        pytest.param(BROKEN, (RUNNING, told("2026-10-08", "B")), "2026-10-08", "fails", id="not this parent"),
        pytest.param(
            BROKEN,
            (RUNNING, told("2026-10-08", of="penalty_notice_referral")),
            "2026-10-08",
            "fails",
            id="told of something else",
        ),
        pytest.param(
            BROKEN, (told("2026-10-02"), RUNNING), "2026-10-08", "fails", id="told before the period began"
        ),
        pytest.param(
            BROKEN,
            (nti("2026-10-05", "2026-11-20", early=""), told("2026-10-08")),
            "2026-10-08",
            "fails",
            id="the notice states no early grounds",
        ),
        pytest.param(
            TEN.replace("O", "G"), (), "2026-10-08", "holds", id="12.29 a holiday alone needs no notice"
        ),
    ],
)
def test_the_outcome_before_a_penalty_notice(
    absences: str, events: tuple[Event, ...], on: str, answer: str
) -> None:
    assert improvement.outcome(situation(on, absences, *SUPPORTED, *events)).answer.value == answer


@pytest.mark.parametrize(
    ("events", "on", "holds"),
    [
        pytest.param((), "2026-10-08", True, id="none was given"),
        pytest.param((RUNNING,), "2026-11-20", False, id="on its last day"),
        pytest.param((RUNNING,), "2026-11-21", True, id="the day after"),
        pytest.param((RUNNING, verdict("2026-10-20", "ended_early")), "2026-10-20", True, id="ended early"),
        pytest.param((nti("2026-10-05", "2026-11-20", "B"),), "2026-10-08", True, id="the other parent's"),
    ],
)
def test_none_is_running(events: tuple[Event, ...], on: str, holds: bool) -> None:
    assert improvement.none_running(situation(on, TEN, *events)).holds is holds


def test_a_notice_taken_back_is_not_found_again_as_one_from_elsewhere() -> None:
    now = situation("2026-10-20", BROKEN, *SUPPORTED, RUNNING, verdict("2026-10-12", "withdrawn"))

    assert improvement.latest(now) is None
    assert improvement.outcome(now).missing.startswith("a notice to improve for")


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        pytest.param({}, "", id="it says everything"),
        pytest.param({"evidence": ()}, "attendance record", id="no sessions"),
        pytest.param({"further_support": ()}, "further support", id="no further support"),
        pytest.param({"improvement_test": " "}, "sufficient improvement", id="no test of improvement"),
        pytest.param({"early_grounds": ""}, "issued early", id="no early grounds"),
    ],
)
def test_the_eight_parts(changes: dict[str, object], lacking: str) -> None:
    given = nti("2026-10-05", "2026-11-20", **changes)

    found = improvement.contents_missing(situation("2026-10-05", TEN, offer("2026-09-21")), given)

    assert (lacking in "; ".join(found)) if lacking else found == ()


def test_a_part_that_the_law_adds_is_missing_until_it_can_be_said() -> None:
    s = situation("2026-10-05", TEN, offer("2026-09-21"))
    held = s.policy.value("contents.notice_to_improve", s.on)
    parts = (*held.parts, Fields({"part": "a_ninth", "says": "a ninth thing"}))
    more = replace(held, fields={**held.fields, "parts": parts})
    timelines = {**s.policy.timelines, held.key: Timeline((held.since,), (more,))}
    later = replace(s, policy=replace(s.policy, timelines=timelines))

    assert improvement.contents_missing(later, nti("2026-10-05", "2026-11-20")) == ("a ninth thing",)


@pytest.mark.parametrize(
    ("offered", "lacks"),
    [
        pytest.param((offer("2026-10-05"),), False, id="offered on the day"),
        pytest.param((offer("2026-10-06"),), True, id="offered the day after"),
        pytest.param((offer("2026-09-21", parent_id="B"),), True, id="offered to the other parent"),
    ],
)
def test_support_so_far_is_this_parents(offered: tuple[Event, ...], lacks: bool) -> None:
    found = improvement.contents_missing(situation("2026-10-06", TEN, *offered), RUNNING)

    assert (found == ("the support given so far",)) is lacks
