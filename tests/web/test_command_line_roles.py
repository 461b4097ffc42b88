"""On the command line too an officer acts on a case with the roles held at its school, and with no others."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casework import cli
from casework.actions import letters, officers
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.cli import command_line, options
from casework.domain import ENGINE, CaseworkError, NotAllowed, Role
from casework.storage.people import OfficerRole
from tests.web.conftest import SignIn
from tests.web.world import NORTH, ON, SOUTH, World

SINCE = date(2025, 9, 1)
pytestmark = pytest.mark.xdist_group("command line roles")


def enter(inst: Installation, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """What a command on the world's day says, or what refused it."""
    monkeypatch.setattr(options, "open_installation", lambda _: inst)
    monkeypatch.setattr(options.console, "width", 400)
    done = CliRunner().invoke(command_line(words[0]), [*words, "--on", ON.isoformat()])
    if isinstance(done.exception, CaseworkError):
        return f"refused: {done.exception}"
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.output


def two_schools(world: World, at_north: Role, at_south: Role) -> None:
    """Somebody with one role at each of two schools."""
    roles = [OfficerRole(at_north, SINCE, urn=NORTH), OfficerRole(at_south, SINCE, urn=SOUTH)]
    officers.add(world.inst, ENGINE, "both", "Two Posts", roles)


@pytest.mark.parametrize(
    ("at_north", "words"),
    [
        pytest.param(
            Role.PASTORAL_LEAD,
            ("hold", "{ref}", "letters", "--review", "2026-12-01", "--reason", "x"),
            id="a hold needs the DSL here",
        ),
        pytest.param(
            Role.PASTORAL_LEAD,
            (
                "override",
                "{ref}",
                "penalty_notice",
                "support.offered",
                "--reason",
                "x",
                "--until",
                "2026-12-01",
            ),
            id="an override needs the head here",
        ),
        pytest.param(Role.GOVERNOR, ("note", "{ref}", "Mine"), id="a governor here writes nothing"),
        pytest.param(
            Role.DSL,
            ("close", "{ref}", "--outcome", "other", "--reason", "x"),
            id="a DSL here closes nothing",
        ),
    ],
)
def test_a_role_held_elsewhere_does_nothing_here(
    world: World, monkeypatch: pytest.MonkeyPatch, at_north: Role, words: tuple[str, ...]
) -> None:
    every = Role.DSL if at_north is Role.PASTORAL_LEAD and words[0] == "hold" else Role.HEADTEACHER
    two_schools(world, at_north, every)
    with world.inst.act(ENGINE) as tx:
        before = tx.exec_driver_sql("select count(*) from event").scalar_one()

    said = enter(
        world.inst, monkeypatch, "case", *(w.format(ref=world.case_ref) for w in words), "--as", "both"
    )

    assert said.startswith("refused"), said
    with world.inst.act(ENGINE) as tx:
        assert tx.exec_driver_sql("select count(*) from event").scalar_one() == before


def test_letters_and_steps_are_decided_with_the_roles_of_their_school(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_schools(world, Role.DSL, Role.HEADTEACHER)
    draft = f"{world.case_ref}-L1"

    assert "refused" in enter(world.inst, monkeypatch, "document", "approve", draft, "--as", "both")
    step = ("case", "decide", world.case_ref, "notice_to_improve", "--parent", "c1", "--reasons", "x")
    assert "refused" in enter(world.inst, monkeypatch, *step, "--role", "headteacher", "--as", "both")
    assert "approved" in enter(world.inst, monkeypatch, "document", "approve", draft, "--as", "head").lower()


def test_what_is_sealed_is_on_no_list_but_that_of_its_own_schools_dsl(world: World, browse: SignIn) -> None:
    two_schools(world, Role.PASTORAL_LEAD, Role.DSL)
    dsl = world.by("dsl")
    letters.draft(world.inst, dsl, world.case_ref, "record_of_concern")
    sealed = "record_of_concern"

    both = letters.waiting(world.inst, world.officer("both"))
    mine = letters.waiting(world.inst, dsl.officer)

    assert sealed not in {item.document.template for item in both}
    for who in ("pastoral", "head", "lead"):
        page = browse(world, who)
        assert "Record of concern" not in page.get("/letters").main, who
        assert "Record of concern" not in page.get("/").main, who
    assert "Record of concern" in browse(world, "dsl").get("/letters").main
    assert sealed in {item.document.template for item in mine}


def commands() -> Iterator[tuple[str, ast.FunctionDef]]:
    for module in sorted(Path(cli.__file__).parent.glob("*.py")):
        for item in ast.walk(ast.parse(module.read_text())):
            if isinstance(item, ast.FunctionDef) and module.stem != "options":
                yield f"{module.stem}.{item.name}", item


def test_every_command_about_a_case_names_it_when_it_asks_who_acts() -> None:
    wrong, asked = [], 0
    for name, command in commands():
        about = {argument.arg for argument in command.args.args} & {"ref", "case_ref", "case", "id_"}
        calls = [
            call
            for call in ast.walk(command)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id in ("by", "officer", "reader")
        ]
        for call in calls if about else []:
            asked += 1
            if not {word.arg for word in call.keywords} & {"case", "document", "run", "school"}:
                wrong.append(name)

    assert not wrong
    assert asked > 60


@pytest.mark.parametrize(
    ("on", "approved"),
    [
        pytest.param(date(2026, 11, 18), False, id="the day before it begins"),
        pytest.param(date(2026, 11, 19), True, id="its first day"),
        pytest.param(date(2026, 11, 20), True, id="its last day"),
        pytest.param(date(2026, 11, 21), False, id="the day after"),
    ],
)
def test_a_role_acts_on_its_days_however_the_officer_was_come_by(
    world: World, on: date, approved: bool
) -> None:
    """The day is asked in the act itself: an officer looked up on another day brings nothing along."""
    days = OfficerRole(Role.AUTHORISED_OFFICER, date(2026, 11, 19), date(2026, 11, 20), urn=NORTH)
    officers.add(world.inst, ENGINE, "deputy", "Maud Fell", [days, OfficerRole(Role.DSL, SINCE, urn=NORTH)])
    held = world.officer("deputy")
    draft = f"{world.case_ref}-L1"

    if approved:
        case = letters.approve(world.inst, By(held, on), draft)
        assert case.recorded[-1].event.role == "authorised_officer"
        return
    with pytest.raises(NotAllowed):
        letters.approve(world.inst, By(held, on), draft)
    with pytest.raises(NotAllowed):
        letters.approve(world.inst, replace(world.by("head"), officer=held, on=on), draft)
