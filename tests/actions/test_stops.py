"""What stops letters and formal steps: found in the files or noted by a person; what waits is pulled back."""

from datetime import date, timedelta

import pytest

from casework.actions import cases, letters, schools, stops, sweeping
from casework.actions.letters import NotReady
from casework.actions.recording import Unclear
from casework.actions.schools import KeptLetterhead
from casework.documents import missing
from casework.domain import Case
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.rules import stop
from casework.storage.database import Database
from tests.journeys.world import (
    DSL,
    HEAD,
    NORTH,
    PASTORAL,
    PUPILS,
    Child,
    World,
    command,
)
from tests.registers.book import upn

CHILD = Child(upn(71), NORTH, "Ellis", "Garrow", on_roll_from="2025-09-01")
ON = date(2026, 10, 16)
HELP = ("--reasons", "Now.", "--set", "plan=Help")


@pytest.fixture
def world(database: Database) -> World:
    """A pupil two weeks away, at a school that can write letters."""
    world = World.of(database, ON)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-16", "2026-10-05..2026-10-16 O")
    kept = KeptLetterhead(("1 School Lane", "Nowhere", "ZZ1 2ZZ"), "01632 960100", "School days, 8am to 4pm")
    schools.set_letterhead(world.inst, HEAD, NORTH, kept)
    return world


def roll(world: World, *, looked_after: str = "false", left_on: str = "") -> None:
    """The pupil's line of the roll again, as the school's system has it now."""
    line = f"{CHILD.upn},{NORTH},Garrow,Ellis,{CHILD.dob},8,2025-09-01,{left_on},{looked_after},false,false"
    world.bring_in(("pupils.csv", [PUPILS, line]))


def standing(world: World, ref: str) -> list[tuple[str, str]]:
    """The conditions of every stop ever noted on a case, and by whom."""
    return [(s.condition, s.by) for s in cases.load(world.inst, HEAD, ref).of(e.StopNoted)]


def a_letter(world: World, case: Case, state: str) -> str:
    """A letter to parent A, brought as far as a state."""
    world.decide(PASTORAL, case.ref, "noticing", reasons="We noticed.")
    found = next(x for x in letters.letters_of(world.inst, HEAD, case.ref) if x.document.parent_id == "A")
    document_id = found.document.document_id
    if found.document.draft_sha256 is None:
        gaps = missing(found.document.template, found.document.snapshot.get("fields", {}))
        given = {gap.field: "Mondays are hard." for gap in gaps}
        letters.complete(world.inst, world.by(PASTORAL), document_id, given)
    if state in ("approved", "issued"):
        letters.approve(world.inst, world.by(HEAD), document_id)
    if state == "issued":
        letters.issue(world.inst, world.by(HEAD), document_id)
    return document_id


def test_a_child_who_becomes_looked_after_stops_the_work_once(world: World) -> None:
    ref = world.open_case(CHILD, PASTORAL, "Two weeks away.").ref
    roll(world)
    assert standing(world, ref) == []

    for _ in range(2):
        roll(world, looked_after="true")

    assert standing(world, ref) == [("became_looked_after", "engine")]
    case = cases.load(world.inst, HEAD, ref)
    assert [t.for_officer for t in case.open_tasks if "looked after" in t.title] == ["pastoral"]


def test_who_was_looked_after_before_the_case_was_opened_is_no_news(world: World) -> None:
    roll(world, looked_after="true")
    ref = world.open_case(CHILD, PASTORAL, "Two weeks away.").ref
    roll(world, looked_after="true")

    assert standing(world, ref) == []


@pytest.mark.parametrize(
    ("left_on", "swept_on", "stopped"),
    [
        pytest.param("2026-10-15", None, True, id="left yesterday: at the import itself"),
        pytest.param("2026-10-19", "2026-10-19", False, id="the last day on the roll is a day on the roll"),
        pytest.param("2026-10-19", "2026-10-20", True, id="the day after it, by the night's sweep"),
        pytest.param("", "2026-10-20", False, id="still on the roll"),
    ],
)
def test_leaving_the_roll_stops_the_work(
    world: World, left_on: str, swept_on: str | None, stopped: bool
) -> None:
    ref = world.open_case(CHILD, PASTORAL, "Two weeks away.").ref
    roll(world, left_on=left_on)
    if swept_on:
        world.day = date.fromisoformat(swept_on)
        for _ in range(2):
            sweeping.sweep(world.inst, NORTH, world.day)

    assert standing(world, ref) == ([("off_roll", "engine")] if stopped else [])


def test_coming_back_after_leaving_and_leaving_again_are_told_apart(world: World) -> None:
    ref = world.open_case(CHILD, PASTORAL, "Two weeks away.").ref
    roll(world, left_on="2026-10-15")
    (noted,) = cases.load(world.inst, HEAD, ref).of(e.StopNoted)
    stops.clear(world.inst, world.by(HEAD), ref, stop_id=noted.stop_id, reason="A mistake in the roll.")
    roll(world, left_on="2026-10-15")

    assert len(standing(world, ref)) == 1, "a stop that a person cleared does not come back by itself"


@pytest.mark.parametrize("condition", sorted(stops.CONDITIONS))
def test_each_condition_by_command_line_stops_draft_approval_and_posting(
    world: World, monkeypatch: pytest.MonkeyPatch, condition: str
) -> None:
    case = world.open_case(CHILD, PASTORAL, "Two weeks away.")
    approved = a_letter(world, case, "approved")
    world.day += timedelta(days=3)

    code, _ = command(
        world, monkeypatch, "case", "stop", case.ref, condition, "--says", "Told.", "--as", "dsl"
    )
    assert code == 0
    reached = letters.issue_approved(world.inst, [approved], world.day, "run")
    tried = {
        "draft": ("document", "draft", case.ref, "concern_letter", "--parent", "A", "--as", "pastoral"),
        "approve": ("document", "approve", approved, "--as", "head"),
        "issue": ("document", "issue", approved, "--as", "head"),
        "decide": ("case", "decide", case.ref, "supportive_actions", *HELP, "--as", "pastoral"),
    }

    assert reached == {"issued": 0, "stopped": 1}
    for what, words in tried.items():
        code, said = command(world, monkeypatch, *words)
        assert code == 1, (what, said)
        assert stop.WORDS[condition] in said or "a person looks" in said, (what, said)


def test_a_person_who_looked_lets_what_waits_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.open_case(CHILD, PASTORAL, "Two weeks away.")
    approved = a_letter(world, case, "approved")
    command(world, monkeypatch, "case", "stop", case.ref, "new_medical_evidence", "--as", "pastoral")
    (noted,) = cases.load(world.inst, HEAD, case.ref).of(e.StopNoted)

    words = ("case", "clear", case.ref, noted.stop_id, "--reason", "It changes nothing.", "--as", "head")
    assert command(world, monkeypatch, *words)[0] == 0

    assert letters.issue_approved(world.inst, [approved], world.day, "run") == {"issued": 1, "stopped": 0}


@pytest.mark.parametrize(
    ("posted", "recorded"),
    [
        pytest.param("2026-10-16", True, id="it went before the stop: recorded as it was"),
        pytest.param("2026-10-19", False, id="it may not go on the day of the stop"),
        pytest.param("2026-10-20", False, id="nor the day after"),
    ],
)
def test_an_issued_letter_is_not_posted_after_a_stop(world: World, posted: str, recorded: bool) -> None:
    case = world.open_case(CHILD, PASTORAL, "Two weeks away.")
    document_id = a_letter(world, case, "issued")
    world.day = date(2026, 10, 19)
    stops.note(world.inst, world.by(PASTORAL), case.ref, condition="bereavement")
    world.day = date(2026, 10, 20)

    def serve() -> Case:
        day = date.fromisoformat(posted)
        return letters.serve(
            world.inst, world.by(HEAD), document_id, method="first_class_post", posted_on=day
        )

    if recorded:
        assert serve().of(e.DocumentServed)[-1].posted_on == date.fromisoformat(posted)
    else:
        with pytest.raises(NotReady, match="bereaved"):
            serve()


@pytest.mark.parametrize("posted", [date(2026, 10, 15), date(2026, 10, 17)])
def test_a_letter_goes_neither_before_it_was_issued_nor_on_a_day_to_come(world: World, posted: date) -> None:
    document_id = a_letter(world, world.open_case(CHILD, PASTORAL, "Two weeks away."), "issued")

    with pytest.raises(Unclear):
        letters.serve(world.inst, world.by(HEAD), document_id, method="by_hand", posted_on=posted)


def test_a_stop_about_one_parent_stops_steps_about_that_parent(world: World) -> None:
    case = world.open_case(CHILD, PASTORAL, "Two weeks away.")
    stops.note(world.inst, world.by(HEAD), case.ref, condition="open_representation", parent_id="A")

    found = {p: stop.none(world.about(HEAD, case.ref, p)).holds for p in ("A", "B")}

    assert found == {"A": False, "B": True}


def test_a_stop_about_nobody_known_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.open_case(CHILD, PASTORAL, "Two weeks away.")

    for words, says in (
        (("bereavement", "--parent", "Z", "--as", "pastoral"), "Contacts of this pupil: A, B."),
        (("rain", "--as", "pastoral"), "Give one of death_of_pupil"),
        (("bereavement", "--as", "other-ewo"), "No case is known"),
    ):
        code, said = command(world, monkeypatch, "case", "stop", case.ref, *words)
        assert (code, says in said) == (1, True), said
    assert standing(world, case.ref) == []


def test_no_stop_holds_up_what_keeps_a_child_safe(world: World) -> None:
    case = world.open_case(CHILD, PASTORAL, "Two weeks away.")
    stops.note(world.inst, world.by(DSL), case.ref, condition="open_representation")

    reported = world.decide(PASTORAL, case.ref, "cme_report", reasons="Nobody has seen the child.")

    assert reported.of(e.CmeReported)
    with pytest.raises(StepRefused, match="a person looks"):
        world.decide(PASTORAL, case.ref, "noticing", reasons="Again.")


@pytest.mark.parametrize(
    ("template", "parent"),
    [
        pytest.param("notice_to_improve", "A", id="a notice to improve"),
        pytest.param("penalty_notice_request", "", id="a request for a penalty notice"),
        pytest.param("prosecution_referral", "", id="a referral to court"),
        pytest.param("education_supervision_order_referral", "", id="an order"),
        pytest.param("attendance_contract", "A", id="a contract"),
    ],
)
def test_a_paper_of_the_ladder_is_not_written_by_hand_before_its_step(
    world: World, template: str, parent: str
) -> None:
    case = world.open_case(CHILD, PASTORAL, "Two weeks away.")

    with pytest.raises(Unclear, match="was decided"):
        letters.draft(world.inst, world.by(HEAD), case.ref, template, parent)
