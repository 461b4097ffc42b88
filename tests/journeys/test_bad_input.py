"""Bad input gets a plain error that names it, and nothing is recorded."""

import json
from datetime import date

import pytest

from casework.actions import decide, outcomes
from casework.cli import main
from casework.domain import Case, FileRefused, NotFound
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.rules import deadlines
from casework.stages import STEPS
from casework.stages.stage import DetailsMissing
from casework.storage import cases
from casework.storage.database import Database
from tests.journeys.world import HEAD, NORTH, PASTORAL, Child, World, command
from tests.registers.book import upn
from tests.situations import situation, stopped

CHILD = Child(upn(81), NORTH, "Idris", "Vesper", on_roll_from="2025-09-01")
TODAY = date(2026, 10, 2)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param("case shw", "No such command 'shw'.", id="no such command"),
        pytest.param(
            "case show", "Missing argument 'CASE'. See: casework case show --help", id="nothing named"
        ),
        pytest.param("case show C-1 --onn x", "No such option: --onn", id="no such option"),
        pytest.param(
            "facts --on 2026-02-30", "2026-02-30 is not a date such as 2026-11-20.", id="an impossible date"
        ),
    ],
)
@pytest.mark.parametrize("as_data", [False, True], ids=["in words", "as data"])
def test_a_command_used_wrongly_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, says: str, as_data: bool
) -> None:
    monkeypatch.setattr("casework.config.quiet_environment", lambda home: {})
    monkeypatch.setattr("sys.argv", ["casework", *words.split(), *(["--json"] if as_data else [])])

    with pytest.raises(SystemExit) as ended:
        main()

    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert says in (json.loads(line)["says"] if as_data else line)


@pytest.fixture
def world(database: Database) -> World:
    world = World.of(database, TODAY)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-02", "2026-09-14..2026-09-18 G")
    return world


def opened(world: World) -> Case:
    case = world.open_case(CHILD, PASTORAL, "A holiday.")
    return decide.support_not_appropriate(world.inst, world.by(HEAD), case.ref, reasons="A holiday.")


def sequence(world: World, case: Case) -> int:
    return world.about(HEAD, case.ref).case.sequence


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(
            ("case", "show", "{ref}", "--on", "2026-02-30"),
            "2026-02-30 is not a date",
            id="a day of no month",
        ),
        pytest.param(
            ("case", "clock", "start", "{ref}", "K36", "--from", "2026-13-01"),
            "2026-13-01 is not a date",
            id="a month of no year",
        ),
        pytest.param(
            ("whatif", "{ref}", "--absent", "yesterday"), "yesterday is not a date", id="a word for a day"
        ),
    ],
)
def test_an_impossible_date_on_the_command_line(
    world: World, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    case = opened(world)
    before = sequence(world, case)

    code, said = command(world, monkeypatch, *(word.format(ref=case.ref) for word in words), "--as", "head")

    assert (code, says in said) == (2, True)
    assert sequence(world, case) == before


def test_an_impossible_date_in_a_decision_or_a_file(world: World) -> None:
    case = opened(world)
    before = sequence(world, case)

    with pytest.raises(DetailsMissing, match="2026-11-31 is not a date"):
        world.decide(HEAD, case.ref, "penalty_notice", "A", period_from="2026-11-31")
    with pytest.raises(FileRefused) as refused:
        world.bring_in(("marks.csv", ["upn,urn,date,session,code", f"{CHILD.upn},{NORTH},2026-09-31,AM,O"]))
    assert [(p.row, p.value) for p in refused.value.problems] == [(2, "2026-09-31")]
    assert sequence(world, case) == before


@pytest.mark.parametrize(
    ("day", "code"),
    [
        pytest.param("2026-10-05", "H", id="a code that ended on 19 August 2024"),
        pytest.param("2026-10-05", "Y", id="the old Y, now Y1 to Y7"),
        pytest.param("2026-10-05", "Q9", id="a code that never was"),
    ],
)
def test_an_unknown_code_for_that_day(world: World, day: str, code: str) -> None:
    opened(world)
    world.day = date(2026, 10, 5)

    with pytest.raises(FileRefused) as refused:
        world.bring_in(
            (
                "marks.csv",
                [
                    "upn,urn,date,session,code",
                    f"{CHILD.upn},{NORTH},{day},AM,{code}",
                    f"{CHILD.upn},{NORTH},{day},PM,O",
                ],
            )
        )

    assert [(p.row, p.column, p.value) for p in refused.value.problems] == [(2, "code", code)]
    marks = world.about(HEAD, world_case(world)).facts.registers[0].marks
    assert not [m for m in marks if m.session.date == world.day], "nothing of the file was stored"


def world_case(world: World) -> str:
    """The child's one case."""
    with world.inst.act(HEAD) as tx:
        found = cases.open_case_of(tx, CHILD.upn, NORTH)
    assert found is not None
    return found.ref


@pytest.mark.parametrize("step", ["notice_to_improve", "penalty_notice", "prosecution_referral"])
def test_a_notice_with_no_parent(world: World, step: str) -> None:
    case = opened(world)
    before = sequence(world, case)

    with pytest.raises((DetailsMissing, StepRefused), match=r"parent"):
        world.decide(HEAD, case.ref, step, offence="s444_1", period_from="2026-10-05")
    with pytest.raises(NotFound, match="Contacts of this pupil: A, B"):
        world.decide(HEAD, case.ref, step, "Z", offence="s444_1", period_from="2026-10-05")

    assert sequence(world, case) == before


def test_a_verdict_on_no_notice(world: World) -> None:
    case = opened(world)

    with pytest.raises(NotFound, match="notice to improve without a verdict"):
        outcomes.end_notice_to_improve(
            world.inst, world.by(HEAD), case.ref, parent_id="A", verdict="improved", says="It went well."
        )


def test_a_calendar_gap_under_a_session_that_would_be_relied_on(world: World) -> None:
    case = opened(world)
    gap = [f"{NORTH},2026-09-16,{half},false,0" for half in ("AM", "PM")]
    world.bring_in(("sessions.csv", ["urn,date,session,open,half_term", *gap]))
    world.register(CHILD, "2026-09-21", "2026-09-22", "2026-09-21 O", by="A Clerk", reason="Corrected")
    before = sequence(world, case)

    with pytest.raises(StepRefused, match="the school's calendar for 2026-09-16 AM, 2026-09-16 PM"):
        world.decide(HEAD, case.ref, "penalty_notice", "A")

    assert sequence(world, case) == before
    assert not world.about(HEAD, case.ref).case.of(e.PenaltyNoticeRequested)


def test_a_calendar_that_ends_inside_an_improvement_period(world: World) -> None:
    s = situation("2027-03-22", "2027-03-01..2027-03-05 O")

    with pytest.raises(deadlines.CalendarEnds, match="Import the next term's dates"):
        deadlines.due(s.policy, "clocks.improvement_period", s.on, s.calendar, s.holidays)


@pytest.mark.parametrize(
    ("absences", "stops"),
    [
        pytest.param("2026-09-14..2026-09-18 O", False, id="every session is on the calendar"),
        pytest.param("2026-09-14..2026-09-18 O; 2026-09-16 AM ?", True, id="one has no mark"),
    ],
)
def test_a_whole_register_has_no_gap(absences: str, stops: bool) -> None:
    found = stopped(STEPS["penalty_notice"], situation("2026-10-01", absences))

    assert ("register.marks_final" in found) is stops
