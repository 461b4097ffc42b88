"""Returns to the LA on a real database: found, proposed, made once, each to the LA of the school."""

from datetime import date, timedelta

import pytest

from casework.actions import cases, letters, returns
from casework.actions.recording import Unclear
from casework.documents import MissingFields
from casework.documents.edited import words_of
from casework.domain import NotAllowed, NotFound
from casework.domain import events as e
from casework.storage.database import Database
from tests.journeys.world import DSL, HEAD, NORFOLK, NORTH, PASTORAL, Child, World
from tests.registers.book import upn

AWAY = Child(upn(21), NORTH, "Elsbeth", "Hargrave", on_roll_from="2025-09-01")
ILL = Child(upn(22), NORTH, "Tobi", "Oyelaran", on_roll_from="2025-09-01")
NEW = Child(upn(23), NORTH, "Merrick", "Seago", on_roll_from="2026-09-03")
YOUNGEST = Child(upn(24), NORTH, "Orla", "Linnet", year_group="7", on_roll_from="2026-09-01")
GONE = Child(upn(25), NORTH, "Idris", "Vesper", on_roll_from="2025-09-01", on_roll_to="2026-10-09")
OLDEST = Child(
    upn(26), NORTH, "Carys", "Leigh", year_group="11", on_roll_from="2025-09-01", on_roll_to="2026-10-09"
)
OFTEN = Child(upn(27), NORTH, "Ned", "Corrigan", on_roll_from="2025-09-01")


@pytest.fixture
def world(database: Database) -> World:
    """A school on 3 November 2026: registers in, nobody has a case."""
    world = World.of(database, date(2026, 11, 3))
    world.schools(AWAY, ILL, NEW, YOUNGEST, GONE, OLDEST, OFTEN)
    world.register(AWAY, "2026-09-02", "2026-11-03", "2026-10-15..2026-11-03 O")
    world.register(ILL, "2026-09-02", "2026-11-03", "2026-09-14..2026-09-24 I")
    for child in (NEW, YOUNGEST):
        world.register(child, "2026-09-03", "2026-11-03")
    world.register(OFTEN, "2026-09-02", "2026-11-03", "2026-09-14..2026-09-18 I; 2026-10-05 O")
    return world


def due(world: World) -> dict[str, list[str]]:
    """Forename and kinds of every return that is due."""
    found: dict[str, list[str]] = {}
    for item in returns.due(world.inst, PASTORAL, NORTH, world.day):
        found.setdefault(item.pupil.split()[0], []).append(item.due.made)
    return found


def test_who_enters_the_roll_is_returned_but_not_the_youngest_class_on_its_first_day(world: World) -> None:
    found = {item.pupil: item for item in returns.due(world.inst, PASTORAL, NORTH, world.day)}

    assert "Orla Linnet" not in found
    assert (found["Merrick Seago"].due.due_on, found["Merrick Seago"].overdue) == (date(2026, 9, 8), True)
    assert found["Merrick Seago"].due.la_code == NORFOLK


def test_who_leaves_in_the_year_is_returned_from_the_oldest_class_too(world: World) -> None:
    found = due(world)

    assert found["Idris"] == ["deletion"]
    assert found["Carys"] == ["deletion"], "the exception is for leavers at the end of the school year"


def test_a_run_is_due_on_its_tenth_school_day_and_a_half_term_neither_counts_nor_breaks_it(
    world: World,
) -> None:
    assert "Elsbeth" not in due(world)

    world.day = date(2026, 11, 4)
    world.register(AWAY, "2026-11-04", "2026-11-04", "2026-11-04 G")

    assert due(world)["Elsbeth"] == ["attendance"]
    made = returns.make(world.inst, world.by(PASTORAL), NORTH, AWAY.upn, "attendance")
    assert (made[0].la_code, made[0].episode) == (NORFOLK, "run from 2026-10-15")
    assert "absent without authority for 10 school days since 15 October 2026" in made[0].why


def test_a_run_is_returned_once_and_a_new_run_again(world: World) -> None:
    world.day = date(2026, 11, 4)
    world.register(AWAY, "2026-11-04", "2026-11-04", "2026-11-04 O")
    returns.make(world.inst, world.by(PASTORAL), NORTH, AWAY.upn, "attendance")
    assert returns.make(world.inst, world.by(PASTORAL), NORTH, AWAY.upn, "attendance") == ()
    world.day = date(2026, 11, 13)
    world.register(AWAY, "2026-11-05", "2026-11-13", "2026-11-05..2026-11-13 O")
    assert "Elsbeth" not in due(world), "the same run goes on: once is enough"

    world.day = date(2026, 11, 30)
    world.register(AWAY, "2026-11-16", "2026-11-30", "2026-11-17..2026-11-30 O")

    assert due(world)["Elsbeth"] == ["attendance"], "back for a day, then ten more"


def test_a_sickness_return_looks_forward_on_evidence(world: World) -> None:
    assert "Tobi" not in due(world)
    with pytest.raises(Unclear, match="No sickness return"):
        returns.make(world.inst, world.by(PASTORAL), NORTH, ILL.upn, "sickness")
    with pytest.raises(Unclear, match="believed on is empty"):
        returns.make(world.inst, world.by(PASTORAL), NORTH, ILL.upn, "sickness", expected_sick_days=8)
    with pytest.raises(Unclear, match="No sickness return"):
        returns.make(
            world.inst, world.by(PASTORAL), NORTH, ILL.upn, "sickness", expected_sick_days=5, because="GP"
        )

    made = returns.make(
        world.inst,
        world.by(PASTORAL),
        NORTH,
        ILL.upn,
        "sickness",
        expected_sick_days=6,
        because="GP letter of 2 November",
    )

    assert "ill for 9 school days this year, and 6 more school days are expected (GP letter" in made[0].why


def test_a_return_stands_on_the_case_where_there_is_one(world: World) -> None:
    case = world.open_case(AWAY, PASTORAL, "Not seen since half term.")
    world.day = date(2026, 11, 4)
    world.register(AWAY, "2026-11-04", "2026-11-04", "2026-11-04 O")

    returns.make(world.inst, world.by(PASTORAL), NORTH, AWAY.upn, "attendance")

    made = world.about(PASTORAL, case.ref).case.of(e.ReturnMade)
    assert [(r.made, r.la_code, r.by) for r in made] == [("attendance", NORFOLK, "pastoral")]


def test_the_months_list_is_proposed_signed_once_and_says_why_a_pupil_was_left_out(world: World) -> None:
    proposed = returns.monthly_list(world.inst, PASTORAL, NORTH, world.day)
    assert [item.pupil for item in proposed.pupils] == ["Elsbeth Hargrave", "Ned Corrigan"]
    assert (proposed.due_on, proposed.signed_by) == (date(2026, 11, 30), "")
    with pytest.raises(NotAllowed):
        returns.sign_monthly_list(world.inst, world.by(PASTORAL), NORTH)
    with pytest.raises(Unclear, match="reason for leaving out"):
        returns.sign_monthly_list(world.inst, world.by(HEAD), NORTH, left_out=[OFTEN.upn])

    made = returns.sign_monthly_list(
        world.inst, world.by(HEAD), NORTH, left_out=[OFTEN.upn], reason="Illness, now well."
    )

    assert [(r.upn, r.episode) for r in made] == [(AWAY.upn, "list of 2026-11")]
    assert returns.monthly_list(world.inst, PASTORAL, NORTH, world.day).signed_by == "head"
    assert returns.sign_monthly_list(world.inst, world.by(HEAD), NORTH) == ()
    world.day = date(2026, 12, 1)
    assert returns.monthly_list(world.inst, PASTORAL, NORTH, world.day).signed_by == ""


def test_whose_work_it_is_not_makes_no_return(world: World) -> None:
    with pytest.raises(NotAllowed):
        returns.make(world.inst, world.by(DSL), NORTH, NEW.upn, "new_pupil")


def test_a_return_made_late_is_made_all_the_same(world: World) -> None:
    world.day += timedelta(days=1)

    made = returns.make(world.inst, world.by(PASTORAL), NORTH, NEW.upn, "new_pupil")

    assert made[0].why == "entered on the roll on 3 September 2026"
    assert "Merrick" not in due(world)


# -- the form that carries a return --------------------------------------------------------------------------

SAID = {
    "pupil_sex": "F",
    "school_number": "926/4001",
    "looked_after": "No",
    "sen": "None known",
    "social_worker": "No",
    "siblings": "None at this school",
    "la_team": "Attendance team",
    "pupil_language": "English",
    "referrer_phone": "01632 960 123",
    "referrer_email": "office@example.org",
    "school_address": "1 School Lane",
    "school_phone": "01632 960 123",
    "previous_school": "A school by the sea",
}


def test_a_return_about_a_pupil_with_a_case_drafts_its_form_there_once(world: World) -> None:
    case = world.open_case(AWAY, PASTORAL, "Not seen since the middle of October.")
    world.day = date(2026, 11, 4)
    world.register(AWAY, "2026-11-04", "2026-11-04", "2026-11-04 O")

    returns.make(world.inst, world.by(PASTORAL), NORTH, AWAY.upn, "attendance")
    with pytest.raises(Unclear, match="No attendance return"):
        returns.make(world.inst, world.by(PASTORAL), NORTH, AWAY.upn, "attendance")

    (form,) = letters.letters_of(world.inst, PASTORAL, case.ref)
    fields = form.document.snapshot["fields"]
    assert form.document.template == "attendance_return"
    assert fields["return_reason"].startswith("absent without authority for 10 school days")
    assert len(fields["sessions"]) == 20
    tasks = [task.title for task in cases.load(world.inst, PASTORAL, case.ref).open_tasks]
    assert any(title.startswith("Complete the attendance return") for title in tasks)


def test_the_form_of_a_pupil_without_a_case_is_made_when_it_is_asked_for(world: World) -> None:
    with pytest.raises(NotFound, match="Make it first"):
        returns.form(world.inst, world.by(PASTORAL), NORTH, NEW.upn, "new_pupil", SAID)
    returns.make(world.inst, world.by(PASTORAL), NORTH, NEW.upn, "new_pupil")
    with pytest.raises(MissingFields, match="School phone"):
        returns.form(world.inst, world.by(PASTORAL), NORTH, NEW.upn, "new_pupil", {})

    made = returns.form(world.inst, world.by(PASTORAL), NORTH, NEW.upn, "new_pupil", SAID)

    words = words_of(made)
    assert "Seago" in words
    assert "A school by the sea" in words
    assert "3 September 2026" in words
