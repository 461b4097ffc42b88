"""The DSL's lane: who has not been seen, who read what, and what never reaches the DSL."""

from casework.actions import support, triage
from casework.actions.watch import not_seen
from tests.web.conftest import SignIn
from tests.web.world import AYLA, ON, World


def test_children_not_seen_come_first_longest_first(world: World, browse: SignIn) -> None:
    from_register = {c.line.pupil: c for c in not_seen(world.inst, world.officer("dsl"), ON)}

    assert "Robin Fennimore" not in from_register  # in this morning
    page = browse(world, "dsl").get("/safeguarding").main
    assert page.index("Not seen") < page.index("Concerns to review")


def test_a_visit_counts_only_if_the_child_was_seen(world: World) -> None:
    head = world.by("pastoral")
    case = open_case_of(world)
    before = seen_days(world, case)
    support.contact(
        world.inst,
        head,
        case,
        method="visit",
        outcome="spoken",
        parent_id="c1",
        child_seen=False,
        second_officer="attendance",
        risk_note_read=True,
    )
    assert seen_days(world, case) == before
    support.contact(
        world.inst,
        head,
        case,
        method="visit",
        outcome="seen",
        parent_id="c1",
        child_seen=True,
        second_officer="attendance",
        risk_note_read=True,
    )
    assert seen_days(world, case) == 0


def open_case_of(world: World) -> str:
    return triage.accept(world.inst, world.by("pastoral"), "100001", AYLA).ref


def seen_days(world: World, ref: str) -> int | None:
    found = {c.line.case_ref: c for c in not_seen(world.inst, world.officer("dsl"), ON)}
    return found[ref].school_days if ref in found else 0


def test_a_concern_about_staff_reaches_the_head_alone(world: World, browse: SignIn) -> None:
    words = "The lead told him not to say anything."
    path = f"/cases/{world.case_ref}/record/staff-concern"
    pastoral = browse(world, "pastoral")
    assert pastoral.send(pastoral.get(path), {"words": words}, action=path).location

    head, dsl = browse(world, "head"), browse(world, "dsl")
    for someone in (pastoral, dsl, head):
        assert (
            "concern about staff"
            not in someone.get(f"/cases/{world.case_ref}#happened").text.split("What happened")[1]
        )
    assert words not in dsl.get(f"/cases/{world.case_ref}/sealed").main
    assert "Robin" not in dsl.get("/safeguarding").main.split("Concerns to review")[1]
    assert dsl.client.get("/concerns").status_code == 403
    assert dsl.client.get(f"/cases/{world.case_ref}/concerns").status_code == 403
    assert "Robin Fennimore" in head.get("/concerns").main
    assert words in head.get(f"/cases/{world.case_ref}/concerns").main
    assert "none that you have not read" in head.get("/concerns").main


def test_every_reading_is_shown_to_the_dsl(world: World, browse: SignIn) -> None:
    dsl = browse(world, "dsl")
    assert "Who read what is sealed" not in dsl.get("/safeguarding").main

    dsl.get(f"/cases/{world.sibling_ref}/sealed")

    assert "Dermot Kyle" in dsl.get("/safeguarding").main.split("Who read what is sealed")[1]
