"""Whoever answers for others sees load and gaps; whoever reads from outside is seen to have read."""

import pytest

from casework.actions import audits, letters, referrals, triage
from casework.actions.oversight import overview
from casework.actions.recording import Unclear
from casework.domain import NotAllowed, NotFound
from tests.web.conftest import SignIn
from tests.web.world import AYLA, NORTH, ON, World


def test_load_and_gaps_by_officer(still: World, browse: SignIn) -> None:
    page = browse(still, "lead").get("/oversight").main

    assert "Bea Thorn" in page
    assert "Penrose" not in page
    assert "Half within 1 day" in page
    found = overview(still.inst, still.officer("head"), ON)
    (load,) = found.loads
    assert (load.cases, load.reviews_late, load.tasks_late) == (2, 0, 1)
    (waited,) = found.first_help
    assert (waited.helped, waited.half_within, waited.waiting, waited.longest) == (1, 1, 1, 4)


def test_a_letter_without_help_is_shown(world: World) -> None:
    assert overview(world.inst, world.officer("head"), ON).letters_alone == ()
    document = f"{world.sibling_ref}-L1"
    letters.approve(world.inst, world.by("head"), document)
    letters.issue(world.inst, world.by("head"), document)

    (line,) = overview(world.inst, world.officer("head"), ON).letters_alone

    assert line.case_ref == world.sibling_ref


def test_who_reads_from_outside_is_kept_and_shown_to_the_school(world: World, browse: SignIn) -> None:
    referrals.list_for_la(
        world.inst, world.by("pastoral"), world.case_ref, listed_for="advice", meeting_on=None, why="The bus."
    )
    school = browse(world, "pastoral")
    assert "Opened from outside" not in school.get(f"/cases/{world.case_ref}").main

    browse(world, "lead").get(f"/cases/{world.case_ref}")
    assert "Opened from outside" not in browse(world, "ewo").get(f"/cases/{world.case_ref}").main

    page = school.get(f"/cases/{world.case_ref}").main
    assert "Opened from outside the school 2 times" in page
    assert "Ignatius Bold, trust attendance lead" in page
    assert "Olu Marsh" in page


def test_a_severely_absent_pupil_is_shown_with_last_seen_owner_last_and_next_act(
    world: World, browse: SignIn
) -> None:
    case = triage.accept(world.inst, world.by("pastoral"), NORTH, AYLA)

    (severe,) = overview(world.inst, world.officer("lead"), ON).severe

    assert severe.line.case_ref == case.ref
    assert severe.last is not None
    assert severe.school_days == sum((severe.last.on < ON,))
    assert severe.next_on is not None
    page = browse(world, "lead").get("/oversight").main
    assert "Ayla Kestrel" in page
    assert severe.next_act in page


def test_files_are_drawn_by_a_seed_that_is_kept_and_can_be_checked(world: World, browse: SignIn) -> None:
    lead = browse(world, "lead")
    drawn = lead.send(lead.get("/oversight"), {"size": "1"}, action="/audits")
    page = lead.get(drawn.location)
    (audit,) = audits.listed(world.inst, world.officer("lead"))
    refs = tuple(sorted((world.case_ref, world.sibling_ref)))

    view = audits.view(world.inst, world.officer("head"), audit.audit_id, ON)
    assert [file.case_ref for file, _ in view.files] == list(audits.drawn(refs, audit.seed, 1))
    assert audit.seed in page.main
    assert audit.drawn_from == 2

    ref = view.files[0][0].case_ref
    one = lead.get(f"/audits/{audit.audit_id}/{ref}")
    assert lead.send(one, {"outcome": "serious"}).status == 422
    assert lead.send(one, {"outcome": "serious", "says": "No review since May."}).status == 303
    assert "No review since May" in browse(world, "head").get(drawn.location).main
    assert lead.client.get(f"/audits/{audit.audit_id}/{world.other_ref}").status_code == 404


def test_a_draw_holds_ones_own_schools_and_is_for_whoever_answers_for_them(world: World) -> None:
    audit_id = audits.draw(world.inst, world.by("lead"), 20, seed="a word from outside")

    view = audits.view(world.inst, world.officer("lead"), audit_id, ON)
    assert {file.case_ref for file, _ in view.files} == {world.case_ref, world.sibling_ref}
    with pytest.raises(NotFound):
        audits.view(world.inst, world.officer("elsewhere"), audit_id, ON)
    with pytest.raises(NotAllowed):
        audits.draw(world.inst, world.by("pastoral"), 5)
    with pytest.raises(Unclear):
        audits.draw(world.inst, world.by("lead"), 0)
