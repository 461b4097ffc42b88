"""A school's own policy in daily use: its records, and what it says of reasons, leave and arrivals."""

from dataclasses import replace
from datetime import date, time

import pytest

from casework.actions import pack_use, sweeping, triage
from casework.actions.recording import Unclear
from casework.domain import ENGINE, Half, NotInForce
from casework.domain import events as e
from casework.rules.kept import RecordLacks
from casework.storage import schools
from tests.actions.world import PASTORAL, ROBIN, URN, by

ON = date(2026, 11, 16)


@pytest.fixture
def case_ref(inst):
    """A case at a school under Music Stuff's policy."""
    with inst.act(ENGINE) as tx:
        schools.save_schools(tx, [replace(schools.school(tx, URN), policy="music-stuff", la_code="352")])
    sweeping.sweep(inst, URN, ON)
    return triage.accept(inst, by(PASTORAL, ON), URN, ROBIN).ref


def test_a_record_is_kept_as_the_policy_asks(inst, case_ref):
    given = {"outcome": "no_answer", "child_seen": "no", "says": "The curtains were drawn."}
    case = pack_use.record(inst, by(PASTORAL, ON), case_ref, "visit_made", given)

    visit = case.last(e.ContactRecorded)
    assert (visit.method, visit.outcome, visit.child_seen) == ("visit", "no_answer", False)
    assert "visit_made" in pack_use.kinds(inst, PASTORAL, URN, ON)


def test_an_item_gets_its_own_id(inst, case_ref):
    given = {"from_whom": "Mara Fennimore", "says": "2026-12-01 to 2026-12-04"}
    case = pack_use.record(inst, by(PASTORAL, ON), case_ref, "leave_request", given)

    assert case.last(e.ItemReceived).item == "leave request"
    assert case.last(e.ItemReceived).item_id.startswith("I")


@pytest.mark.parametrize(
    ("kind", "given", "error"),
    [
        pytest.param("visit_made", {"outcome": "seen"}, RecordLacks, id="what is needed is missing"),
        pytest.param(
            "visit_made", {"outcome": "seen", "child_seen": "perhaps"}, Unclear, id="neither yes nor no"
        ),
        pytest.param("visit_made", {"colour": "blue"}, Unclear, id="no such field"),
        pytest.param("no_such_kind", {}, NotInForce, id="no such kind"),
    ],
)
def test_a_record_that_lacks_something_is_refused(inst, case_ref, kind, given, error):
    with pytest.raises(error):
        pack_use.record(inst, by(PASTORAL, ON), case_ref, kind, given)


def test_reasons_leave_arrivals_and_roles(inst, case_ref):
    late = (date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 4))

    assert pack_use.reason(inst, PASTORAL, URN, "haircut", ON).answer.value == "fails"
    assert pack_use.reason(inst, PASTORAL, URN, "a flood", ON).answer.value == "for_a_person"
    assert [f.answer.value for f in pack_use.leave(inst, PASTORAL, URN, *late, ON)] == ["fails"]
    assert pack_use.code_for_arrival(inst, PASTORAL, URN, Half.AM, time(9, 20), ON) == "L"
    assert pack_use.roles_nobody_holds(inst, PASTORAL, URN, ON) == ("attendance_officer",)
