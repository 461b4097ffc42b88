"""A headteacher's pages: delegations with days, the family stop, leave, timetables, leavers, a story."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from casework.actions import (
    coding,
    decide,
    delegations,
    families,
    leave,
    leavers,
    letters,
    officers,
    stops,
    stories,
    support,
    timetables,
)
from casework.actions.recording import By, Unclear
from casework.domain import ENGINE, Decision, NotAllowed, NotFound, Role, StageName
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.storage import cases, people
from casework.storage.people import Enrolment, OfficerRole
from tests.web.conftest import SignIn
from tests.web.world import NORTH, ON, ROBIN, SOUTH, World

SINCE = date(2025, 9, 1)
pytestmark = pytest.mark.xdist_group("heads")


def the_day(name: str, when: date) -> Mapping[str, str]:
    """A day as a form sends it."""
    return {f"{name}-day": str(when.day), f"{name}-month": str(when.month), f"{name}-year": str(when.year)}


# -- delegations ---------------------------------------------------------------------------------------------


def hand_on(world: World, first: date, last: date, to: str = "dsl") -> None:
    delegations.give(
        world.inst, world.by("head"), NORTH, to, first=first, last=last, reason="Away for training."
    )


def test_a_head_hands_on_approvals_for_some_days_and_takes_them_back(world: World, browse: SignIn) -> None:
    head, deputy = browse(world, "head"), browse(world, "dsl")
    letter = f"/letters/{world.case_ref}-L1"
    page = head.get(f"/schools/{NORTH}/delegations")
    answers = {"officer": "dsl", **the_day("first", ON), **the_day("last", ON + timedelta(days=3))}
    given = {**answers, "reason": "Away for training."}

    assert head.send(page, given, action=f"/schools/{NORTH}/delegations").status == 303

    listed = head.get(f"/schools/{NORTH}/delegations")
    assert "Dermot Kyle" in listed.main
    assert "Away for training" in listed.main
    assert deputy.send(deputy.get(letter), {}, action=f"{letter}/approve").status == 303
    number = listed.tree.xpath("//input[@name='number']/@value")[0]  # type: ignore[union-attr]
    taken = head.send(listed, {"number": number}, action=f"/schools/{NORTH}/delegations/take-back")
    assert taken.status == 303
    assert "Taken back" in head.get(f"/schools/{NORTH}/delegations").main
    assert Role.AUTHORISED_OFFICER not in world.officer("dsl").roles


@pytest.mark.parametrize(
    ("days_from_now", "approves"),
    [(-1, False), (0, True), (4, True), (5, False)],
    ids=["the day before", "its first day", "its last day", "the day after"],
)
def test_an_approval_outside_a_delegation_is_refused_in_the_act(
    world: World, days_from_now: int, approves: bool
) -> None:
    hand_on(world, ON, ON + timedelta(days=4))
    within = world.officer("dsl")
    on = ON + timedelta(days=days_from_now)
    refused = Decision(StageName.NOTICE_TO_IMPROVE, within, "authorised_officer", on, True, "x", "c1")

    if approves:
        letters.approve(world.inst, By(within, on), f"{world.case_ref}-L1")
        with pytest.raises(StepRefused):  # its gates, and no longer the role
            decide.decide(world.inst, world.case_ref, "notice_to_improve", refused)
        return
    with pytest.raises(NotAllowed):
        letters.approve(world.inst, By(within, on), f"{world.case_ref}-L1")
    with pytest.raises(NotAllowed):
        decide.decide(world.inst, world.case_ref, "notice_to_improve", refused)


def test_what_cannot_be_handed_on(world: World) -> None:
    with pytest.raises(NotFound):
        hand_on(world, ON, ON, to="elsewhere")
    with pytest.raises(NotFound):
        hand_on(world, ON, ON, to="head")
    with pytest.raises(Unclear, match="passed"):
        hand_on(world, ON - timedelta(days=1), ON)
    with pytest.raises(Unclear, match="before it begins"):
        hand_on(world, ON, ON - timedelta(days=1))
    hand_on(world, ON, ON)
    with pytest.raises(Unclear, match="already"):
        hand_on(world, ON, ON)
    with pytest.raises(NotAllowed):
        delegations.give(
            world.inst, world.by("dsl"), NORTH, "pastoral", first=ON, last=ON, reason="Passing it on."
        )


def test_a_head_hands_on_nothing_at_a_school_where_they_are_no_head(world: World) -> None:
    roles = [
        OfficerRole(Role.HEADTEACHER, SINCE, urn=SOUTH),
        OfficerRole(Role.PASTORAL_LEAD, SINCE, urn=NORTH),
    ]
    officers.add(world.inst, ENGINE, "both", "Two Posts", roles)
    by = world.by("both")

    with pytest.raises(NotAllowed):
        delegations.give(world.inst, by, NORTH, "dsl", first=ON, last=ON, reason="Mine.")
    with pytest.raises(NotAllowed):
        families.stop(world.inst, by, world.case_ref, reason="Mine.", review_on=ON + timedelta(days=7))


# -- stop everything for a family ----------------------------------------------------------------------------


def test_a_head_stops_everything_for_a_family_and_lets_it_go_on(world: World, browse: SignIn) -> None:
    head = browse(world, "head")
    path = f"/cases/{world.case_ref}/family"
    page = head.get(path)
    assert "Robin Fennimore" in page.main
    assert "Wren Fennimore" in page.main
    review = ON + timedelta(days=7)

    sent = head.send(page, {"reason": "The house burnt down.", **the_day("review_on", review)}, action="")

    assert sent.status == 303
    for ref in (world.case_ref, world.sibling_ref):
        shown = head.get(f"/cases/{ref}").main
        assert "stopped everything for this family" in shown
        assert "The house burnt down" in shown.replace("the house", "The house")
    refused = head.send(
        head.get(f"/letters/{world.sibling_ref}-L1"), {}, action=f"/letters/{world.sibling_ref}-L1/approve"
    )
    assert refused.status == 422
    assert "stopped" in refused.main
    assert head.send(head.get(path), {"reason": "They asked for it."}, action="").status == 303
    assert "stopped everything" not in head.get(f"/cases/{world.sibling_ref}").main


def test_only_the_head_lifts_it_and_care_and_clocks_go_on(world: World) -> None:
    review = ON + timedelta(days=7)
    touched = families.stop(world.inst, world.by("head"), world.case_ref, reason="A fire.", review_on=review)
    assert set(touched) == {world.case_ref, world.sibling_ref}
    (child, _) = families.family(world.inst, world.officer("head"), world.case_ref, ON)
    assert child.stopped is not None
    assert child.limits, "the six months to charge go on, and are shown"
    with pytest.raises(NotAllowed, match="headteacher"):
        stops.clear(
            world.inst,
            world.by("pastoral"),
            world.case_ref,
            stop_id=child.stopped.stop_id,
            reason="Enough.",
        )
    with pytest.raises(Unclear, match="already"):
        families.stop(world.inst, world.by("head"), world.case_ref, reason="Again.", review_on=review)
    with pytest.raises(NotAllowed):
        families.stop(world.inst, world.by("pastoral"), world.case_ref, reason="Mine.", review_on=review)
    cme = decide.ask(world.inst, world.officer("head"), world.case_ref, "cme_report", ON)
    assert not [f for f in cme.stopped_by if f.rule == "stop.none"]
    step = decide.ask(world.inst, world.officer("head"), world.case_ref, "supportive_actions", ON)
    assert [f for f in step.stopped_by if f.rule == "stop.none"]


def test_a_family_of_two_schools_is_stopped_at_ones_own_alone(world: World) -> None:
    families.stop(
        world.inst, world.by("head"), world.case_ref, reason="A fire.", review_on=ON + timedelta(days=7)
    )
    with world.inst.act(ENGINE) as tx:
        refs = set(tx.exec_driver_sql("select case_ref from event where kind = 'stop_noted'").scalars())
    assert refs == {world.case_ref, world.sibling_ref}


# -- leave, part-time timetables, leavers --------------------------------------------------------------------


def ask_for_leave(world: World, asked_on: date, first: date) -> int:
    return leave.ask(
        world.inst,
        world.by("pastoral"),
        NORTH,
        "Robin Fennimore",
        contact_id="c1",
        asked_on=asked_on,
        first=first,
        last=first + timedelta(days=2),
        reason="A wedding.",
    )


def test_leave_is_kept_by_staff_and_decided_by_the_head(world: World, browse: SignIn) -> None:
    pastoral, head = browse(world, "pastoral"), browse(world, "head")
    page = pastoral.get(f"/schools/{NORTH}/leave")
    answers = {
        "pupil": "robin  fennimore",
        "reason": "A wedding.",
        **the_day("asked_on", ON),
        **the_day("first", date(2026, 12, 7)),
        **the_day("last", date(2026, 12, 9)),
    }
    assert pastoral.send(page, answers, action=f"/schools/{NORTH}/leave").status == 303
    assert pastoral.client.get(f"/schools/{NORTH}/leave/1").status_code == 403

    asked = head.get(f"/schools/{NORTH}/leave/1")
    assert "came before the leave" in asked.main
    granted = {"answer": "granted", "ground": "exceptional", "reasons": "Her aunt's wedding, one day."}
    one_day = {**granted, **the_day("first", date(2026, 12, 7)), **the_day("last", date(2026, 12, 7))}
    assert head.send(asked, one_day).status == 303

    (decided,) = leave.of_school(world.inst, world.officer("head"), NORTH, ON).decided
    assert (decided.request.code, decided.request.granted_to) == ("C", date(2026, 12, 7))
    assert "Granted" in head.get(f"/schools/{NORTH}/leave").main
    assert head.client.get(f"/schools/{NORTH}/leave/1").status_code == 404


@pytest.mark.parametrize(
    ("how", "says"),
    [
        pytest.param({"granted": True, "ground": "exceptional"}, "afterwards", id="asked for too late"),
        pytest.param({"granted": True, "ground": "holiday"}, "ground", id="on no ground of the law"),
        pytest.param({"granted": False}, "", id="refused, which is always open"),
    ],
)
def test_leave_begun_before_it_was_asked_for_is_never_granted(
    world: World, how: dict[str, object], says: str
) -> None:
    number = ask_for_leave(world, ON, ON)

    def decided() -> None:
        leave.decide(world.inst, world.by("head"), NORTH, number, reasons="One by one.", **how)  # type: ignore[arg-type]

    if says:
        with pytest.raises(Unclear, match=says):
            decided()
        return
    decided()
    with pytest.raises(NotFound):
        decided()


def test_leave_is_decided_by_nobody_else(world: World) -> None:
    number = ask_for_leave(world, ON, date(2026, 12, 7))
    for who in ("pastoral", "dsl"):
        with pytest.raises(NotAllowed):
            leave.decide(world.inst, world.by(who), NORTH, number, granted=False, reasons="No.")
    with pytest.raises(NotFound):
        leave.decide(world.inst, world.by("elsewhere"), NORTH, number, granted=False, reasons="No.")


def test_a_part_time_timetable_past_its_end_is_told(world: World, browse: SignIn) -> None:
    def begin(parent: str, pupil: str = ROBIN) -> None:
        timetables.begin(
            world.inst,
            world.by("head"),
            NORTH,
            pupil,
            agreed_with=parent,
            starts=date(2026, 10, 5),
            review=date(2026, 10, 19),
            ends=date(2026, 11, 13),
            plan="Mornings, with a tutor.",
        )

    with pytest.raises(Unclear, match="does not live with"):
        begin("Piers Otterbourne")
    with pytest.raises(Unclear, match="No contact"):
        begin("Nobody Known")
    with pytest.raises(Unclear, match="Nobody on the roll"):
        begin("Mara Fennimore", "Jory Penrose")
    begin("Mara Fennimore")

    head = browse(world, "head")
    page = head.get(f"/schools/{NORTH}/part-time").main
    assert "Past its end" in page
    assert "5 school days over" in page
    one = head.get(f"/schools/{NORTH}/part-time/1")
    assert head.send(one, {"says": "Full time again.", **the_day("ended_on", ON)}).status == 303
    assert "Full time again" in head.get(f"/schools/{NORTH}/part-time").main
    assert head.client.get(f"/schools/{NORTH}/part-time/1").status_code == 404


def test_leavers_without_a_confirmed_place_come_first(world: World, browse: SignIn) -> None:
    with world.inst.act(ENGINE) as tx:
        gone = [Enrolment(f"T{n:012}", NORTH, SINCE, date(2026, 11, 2 + n), "8") for n in (10, 11)]
        people.save_enrolments(tx, gone)
    head = browse(world, "head")
    page = head.get(f"/schools/{NORTH}/leavers")
    assert "To find out" in page.main
    href = next(h for h in page.links() if "/leavers/" in h)
    sent = head.send(head.get(href), {"destination": "Another Academy", "confirmed": "yes", "says": ""})
    assert "empty" in sent.main
    known = {
        "destination": "Another Academy",
        "confirmed": "yes",
        "says": "Rung by its office.",
        "ground": "A",
    }
    assert head.send(head.get(href), known).status == 303

    found = leavers.of_school(world.inst, world.officer("head"), NORTH, ON)
    assert [(item.confirmed, item.ground) for item in found.leavers] == [(None, ""), (True, "A")]
    assert found.unknown == 1
    with pytest.raises(NotFound):
        leavers.say(world.inst, world.by("head"), NORTH, ROBIN, destination="Away", confirmed=False)


# -- the coding list, the month's overrides, the desk, the story ---------------------------------------------


def test_the_coding_list_shows_the_week_and_marks_changed_after_a_step(world: World, browse: SignIn) -> None:
    with world.inst.act(ENGINE) as tx:
        header = By(ENGINE, ON).header(world.case_ref)
        changed = e.MarkChanged(**header, session="2026-11-05 AM", was="O", now="I", changed_by="Office")
        other = e.MarkChanged(**header, session="2026-11-06 AM", was="O", now="B", changed_by="Office")
        cases.append(tx, world.case_ref, (changed, other), None, world.inst.now())

    found = coding.weekly(world.inst, world.officer("head"), NORTH, ON)
    page = browse(world, "head").get(f"/schools/{NORTH}/coding").main

    assert [mark.session for mark in found.changed] == ["2026-11-05 AM"]
    assert "To look at" in page
    assert "Robin Fennimore" in page


def test_the_desk_leads_to_each_list(world: World, browse: SignIn) -> None:
    head = browse(world, "head")
    page = head.get("/desk")

    assert "Invented High School" in page.main
    for href in page.links():
        if href.startswith("/schools/"):
            assert head.get(href).status == 200
    assert "Delegations" not in browse(world, "pastoral").get(f"/schools/{NORTH}/coding").main
    assert "Leavers" not in browse(world, "lead").get(f"/schools/{NORTH}/coding").main


def test_a_story_names_nobody(world: World, browse: SignIn) -> None:
    support.offer(
        world.inst,
        world.by("pastoral"),
        world.case_ref,
        barrier="transport",
        offer="Bea Thorn drives Robin, and Ms Mara Fennimore comes along to Invented High School",
        parent_id="c1",
        given_by="Bea Thorn",
    )
    page = browse(world, "head").get(f"/cases/{world.case_ref}/story").main
    told = stories.story(world.inst, world.officer("head"), world.case_ref, ON)

    for name in ("Robin", "Fennimore", "Mara", "Bea Thorn", "Otterbourne", world.case_ref, ROBIN):
        assert name not in page, name
    assert "colleague drives the pupil, and a parent comes along to the school" in page
    assert told.first_help_after == 1
    assert told.half_terms[-1].possible > 0
