"""Replays whose answer is worked out by hand from the register, the pack and the calendar."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.domain import events as e
from casework.lab.figures import missed, side
from tests.lab.written import AWAY, HERE, HOLIDAY, ILL, replayed, told
from tests.law_calendar import law_calendar
from tests.registers.book import upn

SEPTEMBER = "2026-09-07"
AUTUMN = date(2026, 12, 18)

TERM = 7
"""School weeks from the Monday of these registers to the half term."""


def weeks(*of: str) -> list[str]:
    """These weeks, then present to the half term."""
    return [*of, *[HERE] * (TERM - len(of))]


A_LITTLE = weeks(r"O\ /\ /\ /\ /\ ", HERE, r"I\ /\ /\ /\ /\ ", r"I\ /\ /\ /\ /\ ")
"""Three sessions missed in the first four weeks, one of them without leave."""


@pytest.mark.parametrize(
    ("register", "opened", "trigger"),
    [
        pytest.param(weeks(), None, "", id="always here"),
        pytest.param(
            weeks(ILL), date(2026, 9, 11), "long_illness", id="ill for five school days: that evening"
        ),
        pytest.param(
            weeks(r"II II II II /\ "),
            date(2026, 9, 25),
            "persistently_absent",
            id="ill for four: 8 of 20 by the 18th, and held for five school days more",
        ),
        pytest.param(weeks(r"II /\ /\ /\ /\ "), None, "", id="2 of 20 on the 18th, and less the day after"),
        pytest.param(
            weeks(r"L\ L\ L\ L\ /\ "), date(2026, 9, 10), "lates", id="the fourth late, never the third"
        ),
        pytest.param(
            weeks(AWAY), date(2026, 9, 11), "threshold_met", id="ten sessions without leave in one week"
        ),
        pytest.param(
            weeks(HERE, r"MM MM MM /\ /\ "),
            date(2026, 9, 25),
            "persistently_absent",
            id="6 of 20 by the 18th, and held for five school days more",
        ),
    ],
)
def test_when_a_case_opens_under_the_national_pack(register, opened, trigger):
    found = replayed("national", SEPTEMBER, {1: register}, date(2026, 10, 23))

    assert told(found, "opened") == ([opened] if opened else [])
    assert told(found, "listed") == []
    assert [paper.case.opening.trigger for paper in found.papers.values()] == ([trigger] if opened else [])


def test_the_first_day_makes_a_list_of_what_holds_already():
    """Replayed from the Monday after the week of illness: no trigger is new, and everybody is accepted."""
    found = replayed(
        "national", SEPTEMBER, {1: weeks(ILL, ILL), 2: weeks()}, date(2026, 9, 18), first=date(2026, 9, 14)
    )

    assert told(found, "listed") == [date(2026, 9, 14)]
    assert told(found, "opened") == []


def test_the_first_support_is_the_first_review_where_the_pack_asks_nothing():
    """Opened on Friday 11 September; ten school days later is Friday 25 September."""
    found = replayed("national", SEPTEMBER, {1: weeks(ILL)}, date(2026, 10, 23))
    counted = side("national", [(found, law_calendar())], [], {})

    assert found.papers[upn(1)].first_support_on == date(2026, 9, 25)
    assert counted.support_after == 10
    assert told(found, "review") == [date(2026, 9, 25), date(2026, 10, 9), date(2026, 10, 23)]


def test_nobody_acts_and_only_what_the_engine_does_is_seen():
    found = replayed("national", SEPTEMBER, {1: weeks(AWAY)}, date(2026, 10, 23), acts=False)

    assert told(found, "opened") == [date(2026, 9, 11)]
    assert told(found, "review") == []
    assert told(found, "notice_to_improve") == []


def test_notices_come_after_help_that_did_not_help_and_a_period_that_did_not_either():
    """Ten sessions by 11 September. Help is offered at the first review, 25 September; absence goes on, so
    the review of 9 October finds that it did not help: a notice to improve is proposed that evening, to one
    parent. Absence in its weeks makes it not improved, and a request is proposed after its last day."""
    away = r"OO /\ /\ /\ /\ "
    register = [AWAY, HERE, HERE, away, HERE, away, *[HERE] * 5]
    found = replayed("national", SEPTEMBER, {1: register}, AUTUMN)

    assert told(found, "notice_to_improve") == [date(2026, 10, 9)]
    (issued,) = found.papers[upn(1)].case.of(e.NoticeToImproveIssued)
    assert issued.period_from == date(2026, 10, 12)
    requests = told(found, "penalty_notice")
    assert len(requests) == 1
    assert requests[0] > issued.period_to


def test_help_that_works_is_followed_by_no_notice():
    found = replayed("national", SEPTEMBER, {1: weeks(AWAY)}, date(2026, 10, 23))

    assert told(found, "notice_to_improve") == []
    assert told(found, "penalty_notice") == []


def test_a_holiday_alone_is_put_to_the_authority_without_a_notice_to_improve():
    """Ten sessions of leave without permission by Friday 11 September: the question is asked that evening."""
    found = replayed("national", SEPTEMBER, {1: weeks(HOLIDAY)}, date(2026, 10, 23))

    assert told(found, "notice_to_improve") == []
    assert told(found, "penalty_notice") == [date(2026, 9, 11)]


def test_letters_of_a_pack_come_when_its_own_trigger_has_settled():
    """Nether Stowe's trust writes below 96 per cent: 3 of 40 sessions missed on Friday 2 October, still so
    five school days later, on Friday 9 October."""
    found = replayed("nether-stowe", SEPTEMBER, {1: A_LITTLE}, date(2026, 10, 23))

    assert told(found, "opened") == [date(2026, 10, 9)]
    assert told(found, "letter") == [date(2026, 10, 9)]


def test_appointments_alone_bring_the_letter_that_cares_and_no_other():
    register = [week.replace("O", "M").replace("I", "M") for week in A_LITTLE]
    found = replayed("nether-stowe", SEPTEMBER, {1: register}, date(2026, 10, 23))

    assert told(found, "opened") == [date(2026, 10, 9)]
    assert [(item.on, item.name) for item in found.happened if item.what == "letter"] == [
        (date(2026, 10, 9), "care")
    ]


def test_a_pack_that_watches_less_misses_whom_the_other_finds():
    registers = {1: A_LITTLE, 2: weeks(ILL), 3: weeks()}
    sides = [
        side(pack, [(replayed(pack, SEPTEMBER, registers, date(2026, 10, 23)), law_calendar())], [], {})
        for pack in ("national", "nether-stowe")
    ]
    found = missed(*sides)

    assert (found.missed, found.found_alone) == (1, 0)
    assert found.by_trigger == {"below_96": 1}


CODES = st.sampled_from([HERE, HERE, ILL, AWAY, HOLIDAY, r"L\ L\ L\ L\ /\ ", r"OO /\ II /\ /\ "])
REGISTERS = st.lists(st.lists(CODES, min_size=5, max_size=5), min_size=1, max_size=4)


@settings(max_examples=8)
@given(REGISTERS, st.randoms(use_true_random=False))
def test_the_order_of_pupils_does_not_matter(registers, chance):
    numbered = list(enumerate(registers, 1))
    shuffled = list(numbered)
    chance.shuffle(shuffled)
    found, again = (
        replayed("nether-stowe", SEPTEMBER, dict(pupils), date(2026, 10, 9))
        for pupils in (numbered, shuffled)
    )

    assert sorted(found.happened, key=str) == sorted(again.happened, key=str)
    same = side("one", [(found, law_calendar())], [], {}), side("other", [(again, law_calendar())], [], {})
    assert missed(*same).missed == missed(*same).found_alone == 0


def test_the_order_of_schools_does_not_matter():
    one = replayed("national", SEPTEMBER, {1: weeks(ILL)}, date(2026, 10, 2))
    other = replayed("national", SEPTEMBER, {2: weeks(AWAY)}, date(2026, 10, 2))
    both = [(one, law_calendar()), (other, law_calendar())]
    mondays = [date(2026, 9, 7), date(2026, 9, 14)]

    assert side("p", both, mondays, {}) == side("p", both[::-1], mondays[::-1], {})
