"""Notices that meet: on one day, over the same sessions, withdrawn for an error, from two authorities."""

from datetime import date
from typing import Any

import pytest

from casework.domain import Notice, NoticeStatus
from casework.domain import events as e
from casework.rules import notices, proceedings
from casework.stages.penalty_notice import ISSUE
from casework.stages.stage import DetailsMissing
from tests.situations import (
    EWO,
    MANCHESTER,
    NORFOLK,
    SUPPORTED,
    a_notice,
    decision,
    head_of,
    not_appropriate,
    situation,
)

ABSENCES = "2026-09-14..2026-09-18 O"


def issued(on: str = "2026-10-01", number: str = "PN1", first: str = "2026-09-14") -> e.PenaltyNoticeIssued:
    return e.PenaltyNoticeIssued(
        **head_of(on, "ewo"),
        parent_id="A",
        reasons="Requested.",
        notice_id=number,
        la_code=NORFOLK,
        issued_on=date.fromisoformat(on),
        period_from=date.fromisoformat(first),
        period_to=date(2026, 9, 18),
        tier=1,
        amount_pence=16000,
        reduced_pence=8000,
    )


SERVED = e.DocumentServed(
    **head_of("2026-10-01"), document_id="PN1", method="by_hand", served_on=date(2026, 10, 1)
)


def row(la_code: str, on: str = "2026-10-01", **more: Any) -> Notice:
    made = a_notice(on, **more)
    return Notice(**{name: getattr(made, name) for name in Notice.__slots__} | {"la_code": la_code})


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        pytest.param([], 1, id="the case's own"),
        pytest.param([row(NORFOLK)], 1, id="its own row in the ledger is no second"),
        pytest.param([row("")], 1, id="nor a row that names no authority"),
        pytest.param([row(MANCHESTER)], 2, id="another authority's of the same day is"),
        pytest.param([row(NORFOLK, "2026-09-30")], 2, id="so is one of the day before"),
    ],
)
def test_a_notice_is_counted_once(rows: list[Notice], count: int) -> None:
    s = situation("2026-10-05", ABSENCES, issued(), notices=rows)

    assert notices.counted_towards_limit(s).most == count


@pytest.mark.parametrize(
    ("status", "charged"),
    [
        pytest.param(NoticeStatus.PAID, 4, id="paid elsewhere"),
        pytest.param(NoticeStatus.WITHDRAWN, 4, id="withdrawn elsewhere"),
        pytest.param(NoticeStatus.CONVICTED, 4, id="convicted of already"),
        pytest.param(None, 4, id="nobody knows what became of it"),
        pytest.param(NoticeStatus.UNPAID, 10, id="unpaid too: they can be charged"),
    ],
)
def test_sessions_settled_by_another_notice_are_not_charged_with_an_unpaid_one(
    status: NoticeStatus | None, charged: int
) -> None:
    ground = "ought_not" if status is NoticeStatus.WITHDRAWN else ""
    other = a_notice("2026-09-25", status, period=("2026-09-01", "2026-09-16"), ground=ground)
    s = situation("2026-11-20", ABSENCES, issued(), SERVED, notices=[other])

    assert len(proceedings.charges(s).in_time) == charged


@pytest.mark.parametrize(
    ("ground", "answer"),
    [
        pytest.param("material_error", "for_a_person", id="a corrected notice comes first, or a person says"),
        pytest.param("ought_not", "fails", id="no proceedings on the same facts"),
    ],
)
def test_court_after_a_withdrawn_notice(ground: str, answer: str) -> None:
    taken = e.PenaltyNoticeWithdrawn(**head_of("2026-10-10", "ewo"), notice_id="PN1", ground=ground)
    s = situation("2026-11-20", ABSENCES, issued(), SERVED, taken)

    assert proceedings.no_notice_bars(s).answer.value == answer


OWN_MOTION = (
    *SUPPORTED,
    not_appropriate("2026-09-21"),
    e.EnquiryMade(**head_of("2026-09-21"), enquiry="earlier_notices", parent_id="A", answer="none"),
)


@pytest.mark.parametrize(
    ("earlier", "may"),
    [
        pytest.param([], True, id="the first of the day"),
        pytest.param([row(MANCHESTER)], False, id="another authority's of the same day"),
        pytest.param([row(MANCHESTER, "2026-09-30")], True, id="of the day before"),
        pytest.param(
            [row(NORFOLK, status=NoticeStatus.WITHDRAWN, ground="material_error")],
            True,
            id="corrected at once",
        ),
        pytest.param(
            [row(NORFOLK, status=NoticeStatus.WITHDRAWN, ground="ought_not")], False, id="withdrawn for good"
        ),
    ],
)
def test_one_notice_a_day(earlier: list[Notice], may: bool) -> None:
    s = situation("2026-10-01", ABSENCES, *OWN_MOTION, notices=earlier)
    chosen = decision(ISSUE, s, EWO, details={"period_from": "2026-09-14", "period_to": "2026-09-18"})

    if may:
        assert ISSUE.record(s, chosen)
        return
    with pytest.raises(DetailsMissing, match="issue it later"):
        ISSUE.record(s, chosen)
