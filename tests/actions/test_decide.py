"""The one door to the ladder: gates asked again under a lock, refusals that name what is missing."""

from dataclasses import replace
from datetime import date

import pytest

from casework.actions import cases, decide, reasons, stops
from casework.actions.recording import Unclear
from casework.domain import Consideration, NotAllowed, StageName
from casework.domain import events as e
from casework.domain.errors import CaseChanged, StepRefused
from tests.actions.ladder import accepted, given_notice, helped, loaded, notice, noticed, noticing
from tests.actions.world import (
    ADMINISTRATOR,
    FIRST_SWEEP,
    HEAD,
    PASTORAL,
    ROBIN,
    TEN,
    bring_in,
    by,
    one_mark,
)


def test_a_decided_step_is_recorded_with_its_officer_and_its_letter(inst):
    case = noticed(inst)

    step = case.last(e.NoticingStarted)
    assert step is not None
    assert (step.by, step.role, step.on) == ("pastoral", "pastoral_lead", FIRST_SWEEP)
    assert case.stage is StageName.NOTICING
    assert [drafted.template for drafted in case.of(e.DocumentDrafted)] == ["concern_letter"]


def test_a_step_whose_gates_do_not_hold_is_refused_with_what_is_missing(inst):
    case = noticed(inst)

    with pytest.raises(StepRefused) as refused:
        decide.decide(inst, case.ref, "notice_to_improve", notice())

    rules = {finding.rule for finding in refused.value.findings}
    assert {"support.offered", "support.outcome"} <= rules
    assert "penalty_notice.threshold" not in rules, "the threshold is met"
    assert any("offered Ms Mara Fennimore help" in missing for missing in refused.value.missing)
    assert loaded(inst, case).sequence == case.sequence, "a refused step left something behind"


@pytest.mark.parametrize(
    ("shown_by", "is_refused"),
    [
        pytest.param(("#99",), True, id="an entry that the case does not have"),
        pytest.param(("#1", " #99"), True, id="one of two"),
        pytest.param(("#1",), False, id="an entry that it has"),
        pytest.param(("minute 99 of the meeting",), False, id="a place in words"),
    ],
)
def test_an_answer_points_to_an_entry_that_is_there(inst, shown_by, is_refused):
    case = accepted(inst)
    answer = Consideration("anything", "yes", "It was seen.", shown_by)
    decision = replace(noticing(), considerations=(answer,))

    if is_refused:
        with pytest.raises(Unclear, match=r"no entry #99 \(anything\)"):
            decide.decide(inst, case.ref, "noticing", decision)
        assert loaded(inst, case).sequence == case.sequence
    else:
        assert decide.decide(inst, case.ref, "noticing", decision).stage is StageName.NOTICING


@pytest.mark.parametrize(
    ("officer", "role"),
    [
        pytest.param(ADMINISTRATOR, "administrator", id="a role that decides nothing"),
        pytest.param(PASTORAL, "headteacher", id="a role the officer does not hold"),
    ],
)
def test_the_wrong_role_decides_nothing(inst, officer, role):
    case = accepted(inst)

    with pytest.raises(NotAllowed):
        decide.decide(inst, case.ref, "noticing", noticing(officer, role))

    assert loaded(inst, case).stage is None


def test_a_notice_is_not_a_pastoral_leads_to_give(inst):
    case = noticed(inst)

    with pytest.raises(NotAllowed):
        decide.decide(
            inst,
            case.ref,
            "notice_to_improve",
            replace(notice(), officer=PASTORAL, role="pastoral_lead"),
        )


def test_a_second_writer_is_told_what_changed(inst):
    case = accepted(inst)
    cases.note(inst, by(HEAD, FIRST_SWEEP), case.ref, "The family rang.")

    with pytest.raises(CaseChanged) as refused:
        decide.decide(inst, case.ref, "noticing", noticing(), seen=case.sequence)

    assert (refused.value.seen, refused.value.now) == (case.sequence, case.sequence + 1)
    assert len(refused.value.since) == 1
    assert loaded(inst, case).stage is None


def test_the_same_key_records_once(inst):
    case = accepted(inst)

    first = decide.decide(inst, case.ref, "noticing", noticing(), key="form-1")
    again = decide.decide(inst, case.ref, "noticing", noticing(), key="form-1")

    assert (len(again.of(e.NoticingStarted)), again.sequence) == (1, first.sequence)


def test_a_decision_not_to_take_a_step_is_recorded_with_its_reasons(inst):
    case = accepted(inst)

    case = decide.decide(inst, case.ref, "noticing", replace(noticing(), yes=False))

    assert [declined.stage for declined in case.of(e.StepDeclined)] == ["noticing"]
    assert case.stage is None


def test_a_notice_to_improve_rests_on_the_ten_sessions_and_starts_its_clock(inst):
    case = given_notice(inst)

    step = case.last(e.NoticeToImproveIssued)
    assert step is not None
    assert set(TEN) <= set(step.evidence)
    assert [clock.rule for clock in case.of(e.ClockStarted)] == ["clocks.improvement_period"]


def test_a_mark_changed_under_a_step_stops_the_next_until_somebody_has_looked(inst):
    case = given_notice(inst)

    done = bring_in(inst, one_mark_of_robin("I"), by="A Fern", reason="Mum brought the letter")

    assert done.cases_changed == (case.ref,)
    (change,) = loaded(inst, case).unreviewed_mark_changes
    assert (change.session, change.was, change.now) == (TEN[-1], "O", "I")
    assert (change.changed_by, change.reason) == ("A Fern", "Mum brought the letter")
    with pytest.raises(StepRefused) as refused:
        decide.decide(inst, case.ref, "notice_to_improve", notice())
    assert "register.changes_reviewed" in {finding.rule for finding in refused.value.findings}

    cases.review_mark_change(inst, by(HEAD), case.ref, session=TEN[-1], outcome="step_stands")

    with pytest.raises(StepRefused) as refused:
        decide.decide(inst, case.ref, "notice_to_improve", notice())
    assert "register.changes_reviewed" not in {finding.rule for finding in refused.value.findings}


def test_a_mark_that_no_step_rests_on_changes_nothing_on_the_case(inst):
    case = given_notice(inst)

    done = bring_in(inst, one_mark_of_robin("I", "2026-09-03 AM"))

    assert done.cases_changed == ()
    assert loaded(inst, case).sequence == case.sequence


def test_importing_the_same_file_again_says_that_nothing_changed(inst):
    bring_in(inst, one_mark_of_robin("I"))

    again = bring_in(inst, one_mark_of_robin("I"))

    assert (again.counts["marks_unchanged"], again.counts["amendments"]) == (1, 0)


def test_why_this_case_names_the_ten_sessions_the_weeks_and_the_source(inst):
    case = accepted(inst)

    told = reasons.explained(inst, PASTORAL, case.ref, FIRST_SWEEP)

    assert tuple(item.session for item in told.counts) == TEN
    assert len(told.school_weeks) == 10
    assert told.threshold.evidence == TEN
    assert told.threshold.says == "10 unauthorised sessions in the last 10 school weeks."
    assert told.threshold.source.startswith("Working together to improve school attendance")


def one_mark_of_robin(code: str, session: str = TEN[-1]) -> tuple[str, bytes]:
    return one_mark(ROBIN, session, code)


def test_a_formal_step_is_not_dated_before_what_the_case_says(inst):
    """A stop is noted; nobody gets round it by dating the step a day earlier."""
    case = helped(inst, noticed(inst))
    stops.note(inst, by(PASTORAL, date(2026, 11, 20)), case.ref, condition="bereavement")

    for day, error, says in (
        (date(2026, 11, 19), Unclear, "has an entry of 20 November 2026"),
        (date(2026, 11, 20), StepRefused, "a person looks"),
    ):
        with pytest.raises(error, match=says):
            decide.decide(inst, case.ref, "notice_to_improve", notice(day))

    assert not loaded(inst, case).of(e.NoticeToImproveIssued)
