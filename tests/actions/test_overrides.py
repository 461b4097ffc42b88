"""A rule set aside for one step: refused at recording beyond its bounds, listed for the head."""

import json
from datetime import date

import pytest

from casework.actions import cases
from casework.domain import events as e
from casework.storage.database import Database
from tests.journeys.world import HEAD, NORTH, PASTORAL, Child, World, command
from tests.registers.book import upn

CHILD = Child(upn(61), NORTH, "Tamsin", "Oakes", on_roll_from="2025-09-01")
ON = date(2026, 10, 16)
GATE = "support.offered"


@pytest.fixture
def world(database: Database) -> World:
    """A pupil above the threshold, to whose parents nothing was offered."""
    world = World.of(database, ON)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-16", "2026-10-05..2026-10-16 O")
    return world


def test_it_is_refused_beyond_its_bounds_listed_and_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = world.open_case(CHILD, PASTORAL, "Two weeks away.").ref

    def aside(
        until: str, gate: str = GATE, who: str = "head", step: str = "penalty_notice"
    ) -> tuple[int, str]:
        words = ("case", "override", ref, step, gate, "--parent", "A", "--reason", "They moved away.")
        return command(world, monkeypatch, *words, "--until", until, "--as", who)

    refused = {
        "21 school days": aside("2026-11-23"),
        "already past": aside("2026-10-15"),
        "nothing to set aside": aside("2026-10-20", gate="compulsory_school_age.applies_to"),
        "only the headteacher may": aside("2026-10-20", who="pastoral"),
        "Gates of penalty notice": aside("2026-10-20", gate="no.such.gate"),
        "Steps: ": aside("2026-10-20", step="banishment"),
    }
    for says, (code, said) in refused.items():
        assert (code, says in said) == (1, True), said
    assert not cases.load(world.inst, HEAD, ref).of(e.GateOverridden)

    assert aside("2026-11-20")[0] == 0
    (made,) = cases.load(world.inst, HEAD, ref).of(e.GateOverridden)
    assert (made.role, made.parent_id, made.expires_on) == ("headteacher", "A", date(2026, 11, 20))
    listed = command(world, monkeypatch, "case", "overrides", "--as", "head")[1]
    assert all(word in listed for word in (ref, "Tamsin Oakes", GATE, "20 November 2026", "They moved away."))
    later = command(world, monkeypatch, "case", "overrides", "--as", "head", "--on", "2026-11-21")[1]
    assert "(ended)" in later
    assert "(ended)" not in listed
    assert command(world, monkeypatch, "case", "overrides", "--as", "other-head")[1].strip() == (
        "No rule was set aside."
    )


@pytest.mark.parametrize(
    ("parent_id", "on", "stopped"),
    [
        pytest.param("A", "2026-11-20", False, id="its last day"),
        pytest.param("A", "2026-11-23", True, id="the school day after"),
        pytest.param("B", "2026-10-16", True, id="the other parent"),
    ],
)
def test_it_lets_that_gate_go_for_that_parent_until_that_day(
    world: World, monkeypatch: pytest.MonkeyPatch, parent_id: str, on: str, stopped: bool
) -> None:
    ref = world.open_case(CHILD, PASTORAL, "Two weeks away.").ref
    words = ("case", "override", ref, "penalty_notice", GATE, "--parent", "A", "--reason", "They moved away.")
    assert command(world, monkeypatch, *words, "--until", "2026-11-20", "--as", "head")[0] == 0

    world.day = date.fromisoformat(on)
    _, shown = command(
        world,
        monkeypatch,
        "case",
        "decide",
        ref,
        "penalty_notice",
        "--parent",
        parent_id,
        "--json",
        "--as",
        "head",
    )

    gate = next(line for line in json.loads(shown)["findings"] if line["rule"] == GATE)
    assert (gate["answer"], gate["stops"]) == ("fails", stopped)
