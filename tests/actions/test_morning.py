"""The school morning: calls to make, registers not in, professionals told once, days that have passed."""

from datetime import date

from casework.actions import absence
from casework.actions.absence import morning
from casework.actions.installation import Installation
from casework.domain import ENGINE, Case
from casework.domain import events as e
from casework.storage import cases
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
    marks_file,
)

TUESDAY = date(2026, 11, 17)


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
