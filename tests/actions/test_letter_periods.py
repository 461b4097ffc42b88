"""Which days a document counts, and what of a year of absence can still be put to a court."""

from datetime import date

import pytest

from casework.actions.letter_periods import period_of_case
from casework.domain import events as e
from casework.rules import proceedings
from tests.situations import head_of, situation

OLD, RECENT = "2026-02-02..2026-02-06 O", "2026-09-14..2026-09-18 O; 2026-10-05 AM O"
REFERRED = e.ProsecutionReferred(
    **head_of("2026-11-20"), parent_id="A", reasons="Help was not taken up.", la_code="926"
)


@pytest.mark.parametrize(
    ("on", "absences", "events", "period"),
    [
        pytest.param(
            "2026-11-20",
            f"{OLD}; {RECENT}",
            (REFERRED,),
            (date(2026, 9, 14), date(2026, 10, 5)),
            id="sessions older than six months are left out of what court is asked about",
        ),
        pytest.param(
            "2027-03-14", RECENT, (REFERRED,), (date(2026, 9, 14), date(2026, 10, 5)), id="on its last day"
        ),
        pytest.param(
            "2027-03-16", RECENT, (REFERRED,), (date(2026, 9, 16), date(2026, 10, 5)), id="one by one they go"
        ),
        pytest.param(
            "2026-11-20", f"{OLD}; {RECENT}", (), (date(2026, 1, 5), date(2026, 11, 20)), id="no referral"
        ),
    ],
)
def test_the_period_a_form_counts(
    on: str, absences: str, events: tuple[e.Event, ...], period: tuple[date, date]
) -> None:
    assert period_of_case(situation(on, absences, *events)) == period


def test_the_day_to_act_by_is_to_come_while_anything_can_be_charged() -> None:
    now = situation("2026-11-20", f"{OLD}; {RECENT}", REFERRED)

    first, _ = period_of_case(now)

    assert proceedings.last_day_to_charge(now, first) > now.on


def test_a_paper_about_the_child_alone_counts_what_was_referred_about_a_parent() -> None:
    now = situation("2026-11-20", f"{OLD}; {RECENT}", REFERRED, parent=None)

    assert period_of_case(now) == (date(2026, 9, 14), date(2026, 10, 5))
