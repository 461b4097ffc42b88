"""Safety comes first: whatever is held, stopped, paused or closed, what keeps a child safe goes on."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from casework.actions import absence, cases, clocks, safeguarding, stops, support
from casework.domain import ENGINE, NotFound
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.storage import schools
from casework.storage.database import Database
from tests.journeys.world import DSL, HEAD, NORTH, PASTORAL, Child, World, command
from tests.registers.book import upn

CHILD = Child(upn(92), NORTH, "Jory", "Pell", on_roll_from="2025-09-01", social_worker="true")
ON, REVIEW = date(2026, 10, 16), date(2026, 10, 23)
REASON = "Both parents are on holiday with the child."


@pytest.fixture
def world(database: Database) -> World:
    """A pupil with a social worker, absent this morning without a reason, on a case below every threshold."""
    world = World.of(database, ON)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-15")
    world.bring_in(("marks.csv", ["upn,urn,date,session,code", f"{CHILD.upn},{NORTH},{ON},AM,N"]))
    return world


def held(world: World, ref: str, *scopes: str) -> None:
    for scope in scopes:
        safeguarding.hold(
            world.inst, world.by(DSL), ref, scope=scope, review_on=REVIEW, words="The DSL knows why."
        )


def everything_held(world: World, ref: str) -> None:
    """Every ordinary hold, and a stop."""
    held(world, ref, "letters", "enforcement", "visits", "all_contact")
    stops.note(world.inst, world.by(PASTORAL), ref, condition="death_of_parent")


def paused(world: World, ref: str) -> None:
    cases.pause(world.inst, world.by(PASTORAL), ref, REVIEW, REASON)


def closed(world: World, ref: str) -> None:
    cases.close(world.inst, world.by(HEAD), ref, outcome="improved", reason="Attending well.")


@pytest.mark.parametrize("what", [everything_held, paused, closed], ids=lambda what: what.__name__)
def test_what_keeps_a_child_safe_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, what: Callable[[World, str], None]
) -> None:
    ref = world.open_case(CHILD, PASTORAL, "A little away.").ref
    what(world, ref)

    # First-day contact: on the list, with both parents to try, and the attempt recorded.
    assert absence.morning(world.inst, NORTH, ON).calls == 1
    (listed,) = absence.next_contacts(world.inst, PASTORAL, NORTH, ON)
    assert listed.call.state == "to_call"
    absence.record_call(
        world.inst, world.by(PASTORAL), NORTH, CHILD.upn, ON,
        contact_id="A", method="call", outcome="no_answer", state="not_reached",
    )  # fmt: skip
    # A welfare visit that must see the child; the social worker told; a concern put to the DSL.
    visit = {"method": "visit", "outcome": "spoken", "child_seen": False, "second_officer": "head"}
    support.contact(world.inst, world.by(PASTORAL), ref, **visit)  # type: ignore[arg-type]
    for words in (
        ("case", "told", ref, "social_worker", "--why", "Not seen today."),
        ("case", "flag", ref, "neglect", "--says", "What was seen."),
        ("case", "clock", "start", ref, "K36", "--from", "2026-10-16"),
        ("case", "decide", ref, "cme_report", "--reasons", "Nobody has seen the child."),
    ):
        code, said = command(world, monkeypatch, *words, "--as", "pastoral")
        assert code == 0, said

    case = cases.load(world.inst, HEAD, ref)
    assert case.of(e.CmeReported)
    assert case.of(e.ContactRecorded)[-1].child_seen is False
    assert case.of(e.ProfessionalTold)
    assert case.of(e.SafeguardingFlagged)
    assert [c.number for c in clocks.shown(world.inst, DSL, ref, ON).clocks] == ["K36"]
    with pytest.raises(StepRefused):
        world.decide(PASTORAL, ref, "supportive_actions", plan="A plan.")


def test_the_report_asks_no_gate_no_approval_and_no_count_of_days(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = world.open_case(CHILD, PASTORAL, "Nobody answers.").ref

    _, said = command(world, monkeypatch, "case", "decide", ref, "cme_report", "--json", "--as", "pastoral")
    told = json.loads(said)["findings"]

    assert [f for f in told if f["answer"] == "fails"], "enquiries are open, and said"
    assert not [f for f in told if f["stops"]], "and stop nothing"


def test_only_a_hold_that_names_it_stops_the_report(world: World) -> None:
    ref = world.open_case(CHILD, PASTORAL, "Nobody answers.").ref
    held(world, ref, "cme_report")

    with pytest.raises(StepRefused, match="the DSL or a deputy lifts the hold"):
        world.decide(PASTORAL, ref, "cme_report", reasons="Nobody has seen the child.")


@pytest.mark.parametrize(
    ("scope", "parent_id", "called"),
    [
        pytest.param("all_contact", "", ("A", "B"), id="all contact: safety calls are still made"),
        pytest.param("first_day_contact", "A", ("B",), id="a hold that names the call, for one parent"),
        pytest.param("first_day_contact", "", (), id="for everybody: the child stays on the list"),
    ],
)
def test_whom_a_hold_leaves_to_call(
    world: World, scope: str, parent_id: str, called: tuple[str, ...]
) -> None:
    """Under a policy whose ladder says whom to try."""
    with world.inst.act(ENGINE) as tx:
        schools.save_schools(tx, [replace(schools.school(tx, NORTH), policy="music-stuff")])
    ref = world.open_case(CHILD, PASTORAL, "A little away.").ref
    safeguarding.hold(
        world.inst,
        world.by(DSL),
        ref,
        scope=scope,
        review_on=REVIEW,
        words="The DSL knows why.",
        parent_id=parent_id,
    )
    absence.morning(world.inst, NORTH, ON)

    (listed,) = absence.next_contacts(world.inst, PASTORAL, NORTH, ON)
    asked = {contact for rung in listed.to_try for contact in rung.contact_ids}

    assert asked == set(called)


def test_a_hold_about_a_stranger_is_refused(world: World) -> None:
    ref = world.open_case(CHILD, PASTORAL, "A little away.").ref

    with pytest.raises(NotFound, match="Contacts of this pupil: A, B"):
        safeguarding.hold(
            world.inst, world.by(DSL), ref, scope="letters", review_on=REVIEW, words="W.", parent_id="Z"
        )


def test_a_mark_that_did_not_change_needs_no_looking_at(world: World) -> None:
    ref = world.open_case(CHILD, PASTORAL, "A little away.").ref

    with pytest.raises(NotFound, match="looked at: none"):
        cases.review_mark_change(world.inst, world.by(HEAD), ref, session="2026-10-05 AM", outcome="Seen.")
