"""The school morning: calls to make, registers not in, professionals told once, days that have passed."""

from dataclasses import replace
from datetime import date

import pytest

from casework.actions import absence
from casework.actions.absence import morning
from casework.actions.installation import Installation
from casework.domain import ENGINE, Case
from casework.domain import events as e
from casework.storage import cases, schools
from tests.actions.world import (
    AYLA,
    NINTH,
    PASTORAL,
    QUIET,
    ROBIN,
    TOMAS,
    URN,
    WREN,
    bring_in,
    by,
    marks_file,
)

TUESDAY = date(2026, 11, 17)


def under(inst: Installation, pack: str) -> None:
    """Give the school another policy."""
    with inst.act(ENGINE) as tx:
        schools.save_schools(tx, [replace(schools.school(tx, URN), policy=pack)])


def registers_in(inst: Installation, **codes: str) -> None:
    """This morning's marks of years 7 and 8; year 9's register is not in."""
    known = {"robin": ROBIN, "wren": WREN, "ayla": AYLA, "tomas": TOMAS, "quiet": QUIET}
    rows = [f"{upn},{URN},{TUESDAY},AM,{codes.get(name, '/')}" for name, upn in known.items()]
    bring_in(inst, marks_file(*rows), on=TUESDAY)


def listed(inst: Installation) -> dict[str, str]:
    return {call.upn: call.state for call in absence.calls(inst, PASTORAL, URN, TUESDAY)}


def case_of(inst: Installation, upn: str) -> Case | None:
    with inst.act(ENGINE) as tx:
        return cases.open_case_of(tx, upn, URN)


def test_an_absence_without_a_reason_is_a_call_to_make(inst):
    registers_in(inst, tomas="N", robin="I")

    done = morning(inst, URN, TUESDAY)

    assert (done.calls, listed(inst)) == (1, {TOMAS: "to_call"})


def test_a_blank_is_never_an_absence(inst):
    registers_in(inst, tomas="")

    done = morning(inst, URN, TUESDAY)

    assert (done.calls, listed(inst)) == (0, {})


def test_a_year_group_whose_register_is_not_in_is_named_and_asks_nothing(inst):
    registers_in(inst, tomas="N")

    done = morning(inst, URN, TUESDAY)

    assert done.waiting_for == ("9",)
    assert NINTH not in listed(inst)


def test_a_morning_done_twice_adds_nothing(inst):
    registers_in(inst, tomas="N", ayla="N")

    morning(inst, URN, TUESDAY)
    before, case = listed(inst), case_of(inst, AYLA)
    again = morning(inst, URN, TUESDAY)

    assert (again.calls, again.tell, again.questions) == (0, 0, 0)
    assert (listed(inst), case_of(inst, AYLA)) == (before, case)


def test_the_calls_of_a_day_that_has_passed_are_kept_as_missed(inst):
    registers_in(inst, tomas="N")

    morning(inst, URN, TUESDAY, late=True)

    assert listed(inst) == {TOMAS: "missed"}


def test_a_social_worker_is_to_be_told_on_the_day_before_any_gate(inst):
    registers_in(inst, ayla="N")

    done = morning(inst, URN, TUESDAY)

    case = case_of(inst, AYLA)
    assert case is not None
    assert done.tell == 1
    asked = [task for task in case.open_tasks if "social worker" in task.title]
    assert [(task.due_on, task.for_role) for task in asked] == [(TUESDAY, "dsl")]
    assert [flag.flag for flag in case.of(e.SafeguardingFlagged)] == ["unexplained_absence"]


def test_a_closed_day_asks_nothing(inst):
    done = morning(inst, URN, date(2026, 11, 21))

    assert (done.calls, done.waiting_for) == (0, ())


# -- taught elsewhere ----------------------------------------------------------------------------------------


def first_tried(inst: Installation) -> dict[str, str]:
    """Whom to try first about each pupil of the day's list."""
    found = absence.next_contacts(inst, PASTORAL, URN, TUESDAY)
    return {item.call.upn: item.to_try[0].whom if item.to_try else "" for item in found}


def provider_says(inst: Installation, upn: str, state: str) -> None:
    absence.record_call(
        inst, by(PASTORAL, TUESDAY), URN, upn, TUESDAY,
        contact_id=absence.PROVIDER, method="call", outcome="spoken", state=state,
    )  # fmt: skip


@pytest.mark.parametrize("code", [pytest.param(code, id=code) for code in ("B", "K", "D")])
def test_the_provider_is_asked_about_a_pupil_taught_elsewhere(inst, code):
    under(inst, "music-stuff")
    registers_in(inst, tomas=code, robin="V")

    morning(inst, URN, TUESDAY)

    assert (listed(inst), first_tried(inst)) == ({TOMAS: "to_call"}, {TOMAS: "provider"})
    provider_says(inst, TOMAS, "safe")
    assert (listed(inst), first_tried(inst)) == ({TOMAS: "safe"}, {TOMAS: ""})


def test_a_pupil_whom_the_provider_has_not_seen_is_called_about_like_any_other(inst):
    under(inst, "music-stuff")
    registers_in(inst, tomas="B")
    morning(inst, URN, TUESDAY)

    provider_says(inst, TOMAS, "not_reached")

    assert first_tried(inst) == {TOMAS: "contacts"}


def test_a_providers_silence_is_an_absence_without_a_reason(inst):
    registers_in(inst, ayla="B", tomas="B")
    morning(inst, URN, TUESDAY)
    provider_says(inst, TOMAS, "safe")
    assert case_of(inst, AYLA) is None

    done = absence.unconfirmed(inst, URN, TUESDAY)
    case = case_of(inst, AYLA)
    again = absence.unconfirmed(inst, URN, TUESDAY)

    assert case is not None
    assert (done.tell, again.tell) == (1, 0)
    (task,) = case.open_tasks
    assert task.title == "Tell the social worker of the unexplained absence today"
    assert [asked.session for asked in case.of(e.RegisterQuestionAsked)] == [f"{TUESDAY} AM"]
    assert (case_of(inst, AYLA), case_of(inst, TOMAS)) == (case, None)


def test_a_pupil_whom_the_other_school_has_as_present_needs_no_call(inst):
    registers_in(inst, tomas="D")
    other = "100002"
    roll = f"upn,urn,surname,forename,on_roll_from\n{TOMAS},{other},Quayle,Tomas,2025-09-01\n"
    files = {
        "schools.csv": f"urn,name,la_code,policy\n{other},Other School,926,national\n",
        "sessions.csv": f"urn,date,session,open,half_term\n{other},{TUESDAY},AM,true,1\n",
        "pupils.csv": roll,
        "marks.csv": f"upn,urn,date,session,code\n{TOMAS},{other},{TUESDAY},AM,/\n",
    }
    bring_in(inst, *((name, text.encode()) for name, text in files.items()), on=TUESDAY)

    assert morning(inst, URN, TUESDAY).calls == 0
