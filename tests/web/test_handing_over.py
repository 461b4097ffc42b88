"""Handing over the cases of somebody who leaves: several at once, each asked on its own."""

from casework.domain import ENGINE
from casework.storage import cases, logins
from tests.web.conftest import SignIn
from tests.web.world import World


def test_a_leavers_cases_go_to_somebody_else_at_once(world: World, browse: SignIn) -> None:
    with world.inst.act(ENGINE) as tx:
        logins.set_active(tx, "pastoral", False)
    head = browse(world, "head")
    first = head.get("/hand-over")
    assert "No longer acts" in first.main
    page = head.get("/hand-over?from=pastoral")
    refs = [world.case_ref, world.sibling_ref]

    nothing = head.send(page, {"officer": "attendance", "reason": "She has left."}, action="/hand-over")
    assert "Tick the cases" in nothing.main
    answers = {"case": refs, "officer": "attendance", "reason": "She has left."}
    done = head.send(page, answers, action="/hand-over")

    assert "2 cases handed over" in head.follow(done).main
    with world.inst.act(ENGINE) as tx:
        assert {cases.load(tx, ref).owner_id for ref in refs} == {"attendance"}


def test_a_case_of_another_school_is_not_handed_over_by_a_forged_form(world: World, browse: SignIn) -> None:
    head = browse(world, "head")
    page = head.get("/hand-over?from=elsewhere")
    assert "Penrose" not in page.main

    page = head.get("/hand-over?from=pastoral")
    forged = {"case": [world.other_ref], "officer": "attendance", "reason": "Mine now."}
    sent = head.send(page, forged, action="/hand-over")

    assert sent.status == 422
    with world.inst.act(ENGINE) as tx:
        assert cases.load(tx, world.other_ref).owner_id == "elsewhere"


def test_nobody_gets_a_case_at_a_school_where_they_do_not_work(world: World, browse: SignIn) -> None:
    head = browse(world, "head")
    page = head.get("/hand-over?from=pastoral")
    answers = {"case": [world.case_ref], "officer": "lead", "reason": "To the trust."}

    sent = head.send(page, answers | {"officer": "ewo"}, action="/hand-over")

    assert sent.status == 422
