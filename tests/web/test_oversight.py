"""Whoever answers for others sees load and gaps; whoever reads from outside is seen to have read."""

from casework.actions import letters, referrals
from casework.actions.oversight import overview
from tests.web.conftest import SignIn
from tests.web.world import ON, World


def test_load_and_gaps_by_officer(still: World, browse: SignIn) -> None:
    page = browse(still, "lead").get("/oversight").main

    assert "Bea Thorn" in page
    assert "Penrose" not in page
    assert "Half within 1 day" in page
    found = overview(still.inst, still.officer("head"), ON)
    (load,) = found.loads
    assert (load.cases, load.reviews_late, load.tasks_late) == (2, 0, 1)
    assert {line.case_ref for line in found.to_audit} == {still.case_ref, still.sibling_ref}


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
