"""What somebody begins is kept for them alone, until it is recorded or thrown away."""

from sqlalchemy import text

from tests.web.browser import Browser
from tests.web.conftest import SignIn
from tests.web.world import World

BEGUN = {"method": "call", "parent_id": "c1", "says": "She was on her way to"}


def begin(browser: Browser, path: str, keep: str = "yes") -> None:
    browser.send(browser.get(path), {**BEGUN, "keep": keep}, action=path)


def test_a_draft_comes_back_to_its_writer_alone_and_goes_once_it_is_recorded(
    world: World, browse: SignIn
) -> None:
    path = f"/cases/{world.case_ref}/record/call"
    mine, theirs = browse(world, "pastoral"), browse(world, "attendance")
    begin(mine, path)

    kept = mine.get(path)
    assert "You began this on" in kept.main
    assert "She was on her way to" in kept.text
    assert kept.tree is not None
    assert kept.tree.xpath("//input[@name='method'][@checked]/@value") == ["call"]
    assert "on her way" not in mine.get(f"/cases/{world.case_ref}").main
    assert "What you began" in mine.get("/").main
    assert "She was on her way to" not in theirs.get(path).text
    with world.inst.act(world.officer("attendance")) as tx:
        assert tx.execute(text("select count(*) from form_draft")).scalar_one() == 0

    done = mine.send(kept, {**BEGUN, "outcome": "spoken"}, action=path)
    assert done.location == f"/cases/{world.case_ref}"
    assert "You began this on" not in mine.get(path).main
    assert "What you began" not in mine.get("/").main


def test_a_draft_is_thrown_away_and_a_script_keeps_it_without_a_page(world: World, browse: SignIn) -> None:
    path = f"/cases/{world.case_ref}/record/call"
    browser = browse(world, "pastoral")
    quiet = browser.send(browser.get(path), {**BEGUN, "keep": "quietly"}, action=path)
    assert quiet.status == 204

    begin(browser, path, keep="no")

    assert "You began this on" not in browser.get(path).main


def test_what_is_sealed_is_never_kept_as_a_draft(world: World, browse: SignIn) -> None:
    path = f"/cases/{world.case_ref}/record/flag"
    browser = browse(world, "pastoral")
    page = browser.get(path)
    assert "Keep as a draft" not in page.main

    browser.send(page, {"words": "Bruise on the arm.", "keep": "yes"}, action=path)

    with world.inst.db.owner_engine.begin() as owner:
        assert owner.execute(text("select count(*) from form_draft")).scalar_one() == 0


def test_a_step_begun_is_kept_and_decides_nothing(world: World, browse: SignIn) -> None:
    path = f"/cases/{world.case_ref}/steps/supportive_actions"
    mine = browse(world, "pastoral")
    begun = {"answer": "leave", "reasons": "We want to hear from", "keep": "yes"}

    kept = mine.send(mine.get(path), begun, action=path)

    assert kept.location == f"/cases/{world.case_ref}"
    again = mine.get(path)
    assert "You began this on" in again.main
    assert "We want to hear from" in again.text
    assert path in mine.get("/").links()
    assert "We want to hear from" not in browse(world, "attendance").get(path).text
    assert "We want to hear from" not in mine.get(f"/cases/{world.case_ref}").text

    check = mine.send(again, {"answer": "leave", "reasons": "We wait for the nurse."}, action=path)
    mine.send(check, {"go": "record"}, action=path)
    assert "You began this on" not in mine.get(path).main
