"""The tier of a notice follows the ledger; where the ledger leaves it in doubt, the authority names it."""

from datetime import date

import pytest

from casework.domain import Notice
from casework.domain import events as e
from casework.stages.penalty_notice import ISSUE
from casework.stages.stage import DetailsMissing
from tests.situations import EWO, SUPPORTED, a_notice, decision, head_of, nti, situation, verdict

ABSENCES = "2026-09-14..2026-09-18 O"
ASKED = (
    *SUPPORTED,
    nti("2026-09-21", "2026-10-30"),
    verdict("2026-11-02"),
    e.PenaltyNoticeRequested(
        **head_of("2026-11-03"),
        parent_id="A",
        reasons="Asked.",
        period_from=date(2026, 9, 14),
        period_to=date(2026, 9, 18),
    ),
    e.EnquiryMade(**head_of("2026-11-04"), enquiry="earlier_notices", parent_id="A", answer="none"),
)
IN_DOUBT = a_notice("2025-03-02", None, period=("2025-01-06", "2025-01-10"))
PAID = a_notice("2025-03-02", period=("2025-01-06", "2025-01-10"))


def issued(earlier: list[Notice], **details: str) -> e.PenaltyNoticeIssued:
    s = situation("2026-11-05", ABSENCES, *ASKED, notices=earlier)
    taken = ISSUE.record(s, decision(ISSUE, s, EWO, details=details))
    assert isinstance(taken, e.PenaltyNoticeIssued)
    return taken


@pytest.mark.parametrize(
    ("earlier", "given", "tier", "pence", "reduced"),
    [
        pytest.param([], {}, 1, 16000, 8000, id="a first notice"),
        pytest.param([PAID], {}, 2, 16000, None, id="a second is flat"),
        pytest.param([], {"tier": "1"}, 1, 16000, 8000, id="the tier named as the ledger says"),
        pytest.param([PAID], {"tier": "2"}, 2, 16000, None, id="so for a second"),
        pytest.param([IN_DOUBT], {"tier": "1"}, 1, 16000, 8000, id="in doubt, a first one named"),
        pytest.param([IN_DOUBT], {"tier": "2"}, 2, 16000, None, id="in doubt, a second one named"),
    ],
)
def test_the_tier(
    earlier: list[Notice], given: dict[str, str], tier: int, pence: int, reduced: int | None
) -> None:
    taken = issued(earlier, **given)

    assert (taken.tier, taken.amount_pence, taken.reduced_pence) == (tier, pence, reduced)


@pytest.mark.parametrize(
    ("earlier", "given", "fault"),
    [
        pytest.param([], {"tier": "2"}, "the ledger says tier 1, not 2", id="a second where there was none"),
        pytest.param(
            [PAID], {"tier": "1"}, "the ledger says tier 2, not 1", id="a first where there was one"
        ),
        pytest.param([IN_DOUBT], {}, "is in doubt: name the tier", id="in doubt, and not named"),
        pytest.param([], {"tier": "3"}, "3 is not one of 1, 2", id="a third there is not"),
    ],
)
def test_a_tier_that_the_ledger_does_not_bear(
    earlier: list[Notice], given: dict[str, str], fault: str
) -> None:
    with pytest.raises(DetailsMissing, match=fault):
        issued(earlier, **given)


def test_the_authoritys_notice_is_for_the_days_asked_for() -> None:
    taken = issued([])

    assert (taken.period_from, taken.period_to) == (date(2026, 9, 14), date(2026, 9, 18))
    assert (taken.la_code, taken.notice_id, taken.offence) == ("926", "PN1", "absence")
