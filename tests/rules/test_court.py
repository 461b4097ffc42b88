"""What a notice bars in court, what is spent, and what the old scheme leaves out: each at its edge."""

from datetime import date

import pytest

from casework.domain import Event, Notice, NoticeStatus
from casework.domain import events as e
from casework.rules import notices, proceedings, public_place, register
from tests.situations import a_notice, head_of, situation

SEPTEMBER, OCTOBER = "2026-09-14..2026-09-18 O", "2026-10-05..2026-10-09 O"


def issued(number: int, on: str, first: str, last: str) -> e.PenaltyNoticeIssued:
    return e.PenaltyNoticeIssued(
        **head_of(on),
        parent_id="A",
        reasons="The offence is made out.",
        notice_id=f"PN{number}",
        la_code="926",
        issued_on=date.fromisoformat(on),
        period_from=date.fromisoformat(first),
        period_to=date.fromisoformat(last),
        tier=number,
        amount_pence=16000,
    )


def served(number: int, on: str) -> e.DocumentServed:
    day = date.fromisoformat(on)
    return e.DocumentServed(**head_of(on), document_id=f"PN{number}", method="by_hand", served_on=day)


def paid(number: int, on: str) -> e.PenaltyNoticePaid:
    day = date.fromisoformat(on)
    return e.PenaltyNoticePaid(**head_of(on), notice_id=f"PN{number}", amount_pence=16000, paid_on=day)


FIRST = (issued(1, "2026-10-12", "2026-09-14", "2026-09-18"), served(1, "2026-10-12"))
SECOND = (issued(2, "2026-10-14", "2026-10-05", "2026-10-09"), served(2, "2026-10-14"), paid(2, "2026-10-15"))


@pytest.mark.parametrize(
    ("events", "on", "answer"),
    [
        pytest.param((), "2026-10-20", "holds", id="no notice"),
        pytest.param(FIRST[:1], "2026-11-20", "unknown", id="issued, and its service not recorded"),
        pytest.param(FIRST, "2026-11-08", "fails", id="on the last day to pay"),
        pytest.param(FIRST, "2026-11-09", "holds", id="the day after it"),
        pytest.param((*FIRST, *SECOND), "2026-11-08", "fails", id="a later one paid opens nothing"),
        pytest.param((*FIRST, *SECOND), "2026-11-09", "holds", id="until the earlier one's time is over"),
        pytest.param(
            (*FIRST, *SECOND, paid(1, "2026-10-20")), "2026-11-09", "fails", id="both paid: nothing to charge"
        ),
    ],
)
def test_what_a_notice_bars(events: tuple[Event, ...], on: str, answer: str) -> None:
    now = situation(on, f"{SEPTEMBER}; {OCTOBER}", *events)

    assert proceedings.no_notice_bars(now).answer.value == answer


@pytest.mark.parametrize(
    ("on", "able", "holds"),
    [
        pytest.param("2026-10-13", 10, True, id="the last day of the first day's sessions"),
        pytest.param("2026-10-14", 8, True, id="the day after it: eight are left"),
        pytest.param("2026-10-17", 2, True, id="the last day of the last day's"),
        pytest.param("2026-10-18", 0, False, id="no offence could be charged any more"),
    ],
)
def test_a_notice_needs_a_session_that_can_be_charged(on: str, able: int, holds: bool) -> None:
    """A request about a week of April has waited since: what it relies on grows old."""
    asked = e.PenaltyNoticeRequested(
        **head_of("2026-05-01"),
        parent_id="A",
        reasons="A holiday.",
        period_from=date(2026, 4, 13),
        period_to=date(2026, 4, 17),
    )
    now = situation(on, "2026-04-13..2026-04-17 G", asked)

    assert len(proceedings.by_time_limit(now, register.relied_on(now)).in_time) == able
    assert proceedings.notice_in_time(now).holds is holds


def test_what_became_of_the_latest_notice_elsewhere_must_be_known() -> None:
    elsewhere = [a_notice("2026-10-01", None, period=("2026-09-14", "2026-09-15"))]

    found = proceedings.no_notice_bars(situation("2026-11-20", SEPTEMBER, notices=elsewhere))

    assert (found.answer.value, found.missing, found.answerable_by) == (
        "unknown",
        "whether it was paid",
        "la",
    )


@pytest.mark.parametrize(
    ("issued_on", "period_to", "counts"),
    [
        pytest.param("2024-08-20", "2024-08-19", True, id="for an offence of the first day of the scheme"),
        pytest.param("2024-08-20", "2024-08-18", False, id="for an offence of the day before it"),
        pytest.param("2024-08-19", None, True, id="issued on its first day, the offence not known"),
        pytest.param("2024-08-18", None, False, id="issued the day before"),
    ],
)
def test_the_old_scheme_does_not_count(issued_on: str, period_to: str | None, counts: bool) -> None:
    period = ("2024-07-01", period_to) if period_to else None
    earlier: list[Notice] = [a_notice(issued_on, NoticeStatus.PAID, period=period)]

    found = notices.counted_towards_limit(situation("2026-10-01", notices=earlier))

    assert (len(found.counted) == 1) is counts


@pytest.mark.parametrize(
    ("earlier", "says"),
    [
        pytest.param([], "a first notice", id="no earlier notice"),
        pytest.param([a_notice("2026-03-02")], "a second notice", id="one"),
    ],
)
def test_the_tier_in_words(earlier: list[Notice], says: str) -> None:
    assert says in notices.tier_known(situation("2026-10-01", notices=earlier)).says


@pytest.mark.parametrize(
    ("absences", "answer"),
    [
        pytest.param("2026-09-14 E", "holds", id="the register shows it"),
        pytest.param("2026-09-14 O", "for_a_person", id="it does not: somebody says so"),
    ],
)
def test_an_exclusion_is_shown_or_said(absences: str, answer: str) -> None:
    assert public_place.excluded(situation("2026-09-15", absences)).answer.value == answer


@pytest.mark.parametrize(
    ("events", "answer"),
    [
        pytest.param((), "for_a_person", id="nobody recorded it"),
        pytest.param(
            (e.ParentTold(**head_of("2026-09-14"), parent_id="A", of="public_place_duty"),),
            "holds",
            id="this parent was told",
        ),
        pytest.param(
            (e.ParentTold(**head_of("2026-09-14"), parent_id="B", of="public_place_duty"),),
            "for_a_person",
            id="the other parent was",
        ),
        pytest.param(
            (e.ParentTold(**head_of("2026-09-14"), parent_id="A", of="early_penalty_notice"),),
            "for_a_person",
            id="of something else",
        ),
    ],
)
def test_the_parent_was_told_of_the_duty(events: tuple[Event, ...], answer: str) -> None:
    assert public_place.parent_was_told(situation("2026-09-15", "", *events)).answer.value == answer
