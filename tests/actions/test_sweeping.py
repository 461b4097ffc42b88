"""A school's sweeps: the first makes a list, later ones open cases, and none of them does a thing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from casework.actions import sweeping, triage
from casework.actions.installation import Installation
from casework.actions.recording import Unclear
from casework.actions.sweeping import SweptLater, sweep
from casework.domain import ENGINE, Case, CaseStatus, NotAllowed
from casework.domain import events as e
from casework.storage import cases, schools
from casework.storage import triggers as stored
from tests.actions.world import (
    ADMINISTRATOR,
    AYLA,
    FIRST_SWEEP,
    PASTORAL,
    QUIET,
    ROBIN,
    TEN,
    TOMAS,
    URN,
    bring_in,
    by,
    marks_file,
    one_mark,
)
from tests.law_calendar import law_calendar

TUESDAY, WEDNESDAY, FRIDAY = date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 20)


def listed(inst: Installation) -> list[str]:
    return [waiting.item.upn for waiting in triage.waiting(inst, PASTORAL, URN)]


def case_of(inst: Installation, upn: str) -> Case | None:
    with inst.act(ENGINE) as tx:
        return cases.open_case_of(tx, upn, URN)


def standing(inst: Installation, upn: str) -> set[str]:
    with inst.act(ENGINE) as tx:
        return {raised.trigger for raised in stored.standing(tx, URN) if raised.upn == upn}


def ten_for_tomas(inst: Installation) -> None:
    """Ten absences of Tomas, which the office had as present, come in."""
    rows = (f"{TOMAS},{URN},{day},{half},O" for day, half in map(str.split, TEN))
    bring_in(inst, marks_file(*rows), on=TUESDAY)


def test_the_first_sweep_makes_a_list_and_opens_nothing(inst):
    done = sweep(inst, URN, FIRST_SWEEP)

    assert (done.opened, done.attached, done.disagreed) == (0, 0, [])
    assert done.pupils == 6
    assert case_of(inst, ROBIN) is None
    assert case_of(inst, AYLA) is None
    assert {ROBIN, AYLA} <= set(listed(inst))
    assert QUIET not in listed(inst)
    assert listed(inst)[0] == AYLA, "severe absence is not first"
    assert "threshold_met" in standing(inst, ROBIN)


def test_a_sweep_done_twice_changes_nothing(inst):
    sweep(inst, URN, FIRST_SWEEP)
    before = (listed(inst), standing(inst, ROBIN))

    again = sweep(inst, URN, FIRST_SWEEP)

    counts = again.counts()
    assert {counts[name] for name in ("raised", "cleared", "opened", "attached", "triage")} == {0}
    assert (listed(inst), standing(inst, ROBIN)) == before


def test_a_sweep_of_an_earlier_day_is_refused_and_says_how_to_look_back(inst):
    sweep(inst, URN, TUESDAY)

    with pytest.raises(SweptLater, match=r"casework facts --on 2026-11-16") as refused:
        sweep(inst, URN, FIRST_SWEEP)

    assert (refused.value.on, refused.value.last) == (FIRST_SWEEP, TUESDAY)


def test_a_later_sweep_opens_a_case_once_with_its_sessions(inst):
    sweep(inst, URN, FIRST_SWEEP)
    ten_for_tomas(inst)

    first, again = sweep(inst, URN, TUESDAY), sweep(inst, URN, TUESDAY)

    case = case_of(inst, TOMAS)
    assert case is not None
    assert (first.opened, again.opened) == (1, 0)
    assert case.opening.trigger == "threshold_met"
    assert case.opening.evidence == TEN
    assert case.review_on is not None
    assert case.owner_id == ""
    assert len(case.of(e.CaseOpened)) == 1
    assert sweep(inst, URN, WEDNESDAY).opened == 0


def test_a_trigger_clears_when_its_absence_turns_out_to_be_illness(inst):
    sweep(inst, URN, FIRST_SWEEP)
    ten_for_tomas(inst)
    sweep(inst, URN, TUESDAY)

    bring_in(inst, one_mark(TOMAS, TEN[-1], "I"), on=WEDNESDAY)
    done = sweep(inst, URN, WEDNESDAY)

    case = case_of(inst, TOMAS)
    assert case is not None
    assert done.cleared >= 1
    cleared = case.last(e.TriggerCleared)
    assert cleared is not None
    assert cleared.trigger == "threshold_met"
    assert "threshold_met" not in standing(inst, TOMAS)
    assert case.status is CaseStatus.OPEN, "a sweep closed a case"


def test_accepting_opens_a_case_that_the_officer_carries(inst):
    sweep(inst, URN, FIRST_SWEEP)

    case = triage.accept(inst, by(PASTORAL, FIRST_SWEEP), URN, ROBIN)

    assert (case.upn, case.owner_id, case.opening.trigger) == (ROBIN, "pastoral", "threshold_met")
    assert ROBIN not in listed(inst)
    with pytest.raises(NotAllowed):
        triage.accept(inst, by(ADMINISTRATOR, FIRST_SWEEP), URN, AYLA)


def test_accepting_twice_with_one_key_opens_one_case(inst):
    sweep(inst, URN, FIRST_SWEEP)
    who = by(PASTORAL, FIRST_SWEEP, key="accept-robin")

    first, again = triage.accept(inst, who, URN, ROBIN), triage.accept(inst, who, URN, ROBIN)

    assert (first.ref, first.sequence) == (again.ref, again.sequence)


def test_a_pupil_set_aside_is_quiet_until_the_day_and_then_heard_again(inst):
    sweep(inst, URN, FIRST_SWEEP)
    triage.set_aside(inst, by(PASTORAL, FIRST_SWEEP), URN, ROBIN, "In hospital, as we know.", FRIDAY)

    quiet = sweep(inst, URN, WEDNESDAY)
    assert (quiet.opened, case_of(inst, ROBIN), ROBIN in listed(inst)) == (0, None, False)

    sweep(inst, URN, FRIDAY)
    case = case_of(inst, ROBIN)
    assert case is not None
    assert case.opening.trigger == "threshold_met"


@pytest.mark.parametrize(
    ("reason", "until"),
    [
        pytest.param("Known to us.", FIRST_SWEEP, id="no day to come"),
        pytest.param("  ", FRIDAY, id="no reason"),
    ],
)
def test_setting_aside_needs_a_reason_and_a_day_to_come(inst, reason, until):
    sweep(inst, URN, FIRST_SWEEP)

    with pytest.raises(Unclear):
        triage.set_aside(inst, by(PASTORAL, FIRST_SWEEP), URN, ROBIN, reason, until)

    assert ROBIN in listed(inst)


def test_the_day_of_the_last_sweep_is_known(inst):
    assert sweeping.last_sweep(inst, URN) is None

    sweep(inst, URN, FIRST_SWEEP)

    assert sweeping.last_sweep(inst, URN) == FIRST_SWEEP


def test_what_takes_days_to_settle_is_told_once_they_have_passed_and_not_if_it_clears_before(inst):
    sweep(inst, URN, FIRST_SWEEP)
    severe = [(str(day), half) for day in _school_days("2026-10-05", "2026-11-16") for half in ("AM", "PM")]
    rows = (f"{TOMAS},{URN},{day},{half},I" for day, half in severe)
    bring_in(inst, marks_file(*rows), on=TUESDAY)
    told = []

    for day in (TUESDAY, WEDNESDAY, FRIDAY, date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)):
        sweep(inst, URN, day)
        told.append("severely_absent" in standing(inst, TOMAS))

    assert told[0] is False, "told before it had settled"
    assert told[-1] is True, "never told"
    assert told == sorted(told), "told, and then not"
    case = case_of(inst, TOMAS)
    assert case is not None
    raised = [case.opening.trigger, *(event.trigger for event in case.of(e.TriggerRaised))]
    assert raised.count("severely_absent") == 1


def test_a_trigger_that_clears_and_holds_again_in_its_year_is_told_once(inst):
    sweep(inst, URN, FIRST_SWEEP)
    case = triage.accept(inst, by(PASTORAL, FIRST_SWEEP), URN, AYLA)
    absent = [f"{day},{half}" for day in _school_days("2026-09-14", "2026-11-13") for half in ("AM", "PM")]
    present = [f"{AYLA},{URN},{cell},{code}" for cell, code in zip(absent, "/\\" * len(absent), strict=False)]
    again = [f"{AYLA},{URN},{cell},I" for cell in absent]

    bring_in(inst, marks_file(*present), on=TUESDAY)
    sweep(inst, URN, TUESDAY)
    cleared = "severely_absent" in standing(inst, AYLA)
    bring_in(inst, marks_file(*again), on=WEDNESDAY)
    for day in (WEDNESDAY, FRIDAY, date(2026, 11, 27), date(2026, 12, 4)):
        sweep(inst, URN, day)

    now = case_of(inst, AYLA)
    assert now is not None
    assert now.ref == case.ref
    assert cleared is False
    assert now.opening.trigger == "severely_absent"
    assert [event for event in now.of(e.TriggerRaised) if event.trigger == "severely_absent"] == []


def test_two_sweeps_at_once_open_one_case(inst):
    sweep(inst, URN, FIRST_SWEEP)
    ten_for_tomas(inst)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: sweep(inst, URN, TUESDAY), range(2)))

    assert sorted(one.opened for one in done) == [0, 1]
    case = case_of(inst, TOMAS)
    assert case is not None
    assert len(case.of(e.CaseOpened)) == 1


def _school_days(first: str, last: str) -> tuple[date, ...]:
    return law_calendar().days_between(date.fromisoformat(first), date.fromisoformat(last))


def test_a_case_opens_where_the_calendar_has_few_days_left(inst):
    with inst.act(ENGINE) as tx:
        last = schools.calendar(tx, URN).days[-1]

    case = triage.open_by_hand(inst, by(PASTORAL, last), URN, TOMAS, "His mother asked for help.")

    assert case.review_on == last + timedelta(days=14)
