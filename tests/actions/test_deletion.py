"""A name taken off the roll: only on a ground that holds, by the head, for no earlier day."""

from datetime import date

import pytest

from casework.actions import deletion, returns, support
from casework.actions.deletion import Deletion
from casework.actions.recording import Unclear
from casework.domain import Case, Consideration, NotAllowed
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.storage.database import Database
from tests.journeys.world import HEAD, NORTH, PASTORAL, Child, World
from tests.registers.book import upn

CHILD = Child(upn(31), NORTH, "Merrick", "Seago", on_roll_from="2025-09-01", social_worker="true")
TWENTIETH = date(2026, 11, 6)
NO_BELIEF = Consideration(
    "deletion.ground_i.no_belief", "yes", "The landlord says they moved abroad.", ("#2",)
)
FAMILY_MOVED = Deletion("I", TWENTIETH)


@pytest.fixture
def world(database: Database) -> World:
    """The day on which a run of O reaches twenty school days."""
    world = World.of(database, TWENTIETH)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-11-06", "2026-10-05..2026-11-06 O")
    return world


def opened(world: World) -> Case:
    return world.open_case(CHILD, PASTORAL, "Not seen since 2 October.")


def enquired(world: World, case: Case, answer: str = "not_found", *, joint: bool = True) -> None:
    """The enquiries of school and LA together, and the social worker told."""
    who = world.by(PASTORAL)
    support.enquiry(world.inst, who, case.ref, enquiry="home_visit", answer=answer, joint_with_la=joint)
    support.told_professional(
        world.inst, who, case.ref, professional_role="social_worker", why="The name may be deleted."
    )


def decided(world: World, case: Case, asked: Deletion = FAMILY_MOVED, *answers: Consideration) -> Case:
    return deletion.decide(
        world.inst, world.by(HEAD), case.ref, asked, reasons="The family left.", considerations=answers
    )


def test_twenty_school_days_alone_delete_nobody(world: World) -> None:
    case = opened(world)

    with pytest.raises(StepRefused) as refused:
        decided(world, case)

    assert {f.rule for f in refused.value.findings} == {  # type: ignore[attr-defined]
        "deletion.ground_i.no_belief",
        "deletion.joint_enquiries",
        "cme.professionals",
    }
    assert "tell the social worker today" in str(refused.value)
    assert not world.about(PASTORAL, case.ref).case.of(e.DeletionDecided)


def test_a_ground_that_holds_is_decided_by_the_head_and_the_return_follows(world: World) -> None:
    case = opened(world)
    enquired(world, case)

    done = decided(world, case, FAMILY_MOVED, NO_BELIEF).of(e.DeletionDecided)[-1]

    assert (done.ground, done.deleted_on, len(done.evidence) > 40) == ("I", TWENTIETH, True)
    assert "make the deletion return by then" in world.about(PASTORAL, case.ref).case.open_tasks[0].title
    world.day = date(2026, 11, 9)
    gone = Child(**{**vars(CHILD), "on_roll_to": "2026-11-06"})
    world.schools(gone)
    assert [item.due.made for item in returns.due(world.inst, PASTORAL, NORTH, world.day)] == ["deletion"]


@pytest.mark.parametrize(
    ("marks", "rule"),
    [
        pytest.param("2026-10-20 AM I", "deletion.ground_i", id="12.32 one session of illness in the run"),
        pytest.param("2026-10-20 AM U", "deletion.ground_i", id="12.32 one late arrival in the run"),
        pytest.param("2026-11-06 AM /", "deletion.ground_i", id="back on the twentieth day"),
    ],
)
def test_any_other_code_defeats_the_run(world: World, marks: str, rule: str) -> None:
    day = marks.split()[0]
    world.register(CHILD, day, day, f"{day} O; {marks}", reason="corrected", by="A Clerk")
    case = opened(world)
    enquired(world, case)

    with pytest.raises(StepRefused) as refused:
        decided(world, case, FAMILY_MOVED, NO_BELIEF)

    assert [f.rule for f in refused.value.findings] == [rule]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "joint"),
    [
        pytest.param("at their aunt's", True, id="found, and nobody agreed that they will not attend"),
        pytest.param("not_found", False, id="the school looked alone"),
    ],
)
def test_enquiries_end_in_one_of_two_ways_and_are_joint(world: World, answer: str, joint: bool) -> None:
    case = opened(world)
    enquired(world, case, answer, joint=joint)

    with pytest.raises(StepRefused) as refused:
        decided(world, case, FAMILY_MOVED, NO_BELIEF)

    assert [f.rule for f in refused.value.findings] == ["deletion.joint_enquiries"]  # type: ignore[attr-defined]


def test_a_name_is_never_deleted_for_an_earlier_day(world: World) -> None:
    case = opened(world)
    enquired(world, case)

    with pytest.raises(StepRefused, match="a day from today on"):
        decided(world, case, Deletion("I", date(2026, 11, 5)), NO_BELIEF)


def test_an_answer_without_what_shows_it_is_none(world: World) -> None:
    case = opened(world)
    enquired(world, case)

    with pytest.raises(StepRefused, match="with what was asked and found"):
        decided(world, case, FAMILY_MOVED, Consideration("deletion.ground_i.no_belief", "yes", "I think so."))


def test_an_unknown_ground_and_a_ground_told_too_little_are_named(world: World) -> None:
    case = opened(world)

    with pytest.raises(Unclear, match="'Q' is not known"):
        decided(world, case, Deletion("Q", TWENTIETH))
    with pytest.raises(Unclear, match="the day on which it ended"):
        decided(world, case, Deletion("H", TWENTIETH))
    with pytest.raises(StepRefused, match="the parent's notification in writing"):
        decided(world, case, Deletion("F", TWENTIETH, from_day=date(2026, 11, 2)))


def test_only_the_head_decides(world: World) -> None:
    case = opened(world)

    with pytest.raises(NotAllowed, match="deleted from the roll"):
        deletion.decide(world.inst, world.by(PASTORAL), case.ref, FAMILY_MOVED, reasons="They left.")


def test_the_checklist_names_every_enquiry_open_or_answered(world: World) -> None:
    case = opened(world)
    enquired(world, case)

    lines = {line.enquiry: line for line in deletion.checklist(world.inst, PASTORAL, case.ref, world.day)}

    assert (lines["home_visit"].answer, lines["home_visit"].with_la) == ("not_found", True)
    assert lines["all_numbers"].answer == ""
    assert len(lines) == 6
