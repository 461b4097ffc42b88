"""Runs of letters and a school's own wording in pages, without a script."""

import re
import zipfile
from io import BytesIO

import pytest

from casework.actions import letters, wording
from casework.documents import pdf
from tests.journeys.packs_made import printed
from tests.web.browser import Browser, Seen
from tests.web.conftest import SignIn
from tests.web.world import NORTH, World

pytestmark = pytest.mark.xdist_group("web_packs")
BEGIN = f"/schools/{NORTH}/runs"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def put_together(world: World, browser: Browser, template: str = "concern_letter") -> Seen:
    page = browser.get(f"{BEGIN}?template={template}")
    cases = [world.case_ref, world.sibling_ref]
    return browser.follow(browser.send(page, {"case": cases}, action=BEGIN))


def test_a_run_is_looked_at_ticked_made_and_printed(
    world: World, browse: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "to_pdf", printed)
    browser = browse(world, "head")
    page = put_together(world, browser)
    run = page.headers["x-path"]
    assert "Look at these first" in page.main
    assert "the parent gets another letter in this run, for a brother or sister" in page.main.casefold()

    assert page.tree is not None
    marks = page.tree.xpath("//input[@name='letter']/@value")
    nobody = browser.send(page, {}, action=f"{run}/tick")
    assert (nobody.status, "No letter was ticked" in nobody.main) == (422, True)
    ticked = browser.follow(browser.send(page, {"letter": marks}, action=f"{run}/tick"))
    assert "What you ticked may go." in ticked.main
    done = browser.follow(browser.send(ticked, {}, action=f"{run}/go"))

    assert re.search(r"(\d+) of \1 made or set aside", done.main)
    assert "letters issued" in done.main
    assert browser.client.get(f"{run}/print").content.startswith(b"%PDF")
    before = len(letters.letters_of(world.inst, world.officer("head"), world.case_ref))
    again = browser.client.post(f"{run}/go", data=dict(csrf(browser, done)))
    assert again.status_code == 303
    assert len(letters.letters_of(world.inst, world.officer("head"), world.case_ref)) == before


def csrf(browser: Browser, page: Seen) -> list[tuple[str, str]]:
    assert page.tree is not None
    return [("csrf", page.tree.xpath("//input[@name='csrf']/@value")[0])]


def test_a_run_stops_and_goes_on(world: World, browse: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.web.pages.runs.AT_ONCE", 1)
    browser = browse(world, "head")
    page = put_together(world, browser)
    run = page.headers["x-path"]
    assert page.tree is not None
    marks = page.tree.xpath("//input[@name='letter']/@value")
    page = browser.follow(browser.send(page, {"letter": marks}, action=f"{run}/tick"))

    first = browser.follow(browser.send(page, {}, action=f"{run}/go"))
    stopped = browser.follow(browser.send(first, {}, action=f"{run}/stop"))

    assert "1 of" in first.main
    assert "The run is stopped." in stopped.main
    assert f'action="{run}/stop"' not in stopped.text
    on = browser.follow(browser.send(stopped, {}, action=f"{run}/go"))
    assert "2 of" in on.main


def test_who_may_not_send_letters_sees_a_run_and_its_buttons_not(world: World, browse: SignIn) -> None:
    run = put_together(world, browse(world, "head")).headers["x-path"]

    page = browse(world, "dsl").get(run)

    assert "Look at these first" in page.main
    assert f"{run}/go" not in page.text


@pytest.mark.parametrize("who", ["administrator", "head"])
def test_a_schools_own_wording_is_put_in_and_taken_out(world: World, browse: SignIn, who: str) -> None:
    path = f"/schools/{NORTH}/wordings/concern_letter"
    browser = browse(world, who)
    assert "Ours" in browser.get(f"/schools/{NORTH}/wordings").main
    page = browser.get(path)
    ours = browser.client.get(f"{path}/file").content
    theirs = changed(ours, "You know your child best.", "Nobody knows your child as you do.")

    put = browser.follow(browser.send(page, {}, action=path, files={"file": ("ours.docx", theirs, WORD)}))

    assert "Version 1 is in use." in put.main
    assert wording.in_use(world.inst, world.officer("head"), NORTH, "concern_letter") == theirs
    broken = changed(ours, "{{ pupil_first }}", "{{ pupil_frist }}")
    refused = browser.send(put, {}, action=path, files={"file": ("ours.docx", broken, WORD)})
    assert refused.status == 422
    assert "pupil_frist" in refused.main
    back = browser.follow(browser.send(put, {}, action=f"{path}/ours"))
    assert "Our wording is in use again." in back.main


def changed(content: bytes, old: str, new: str) -> bytes:
    """The same Word file with other words in its text."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "word/document.xml":
                assert old.encode() in data, old
                data = data.replace(old.encode(), new.encode())
            target.writestr(entry, data)
    return out.getvalue()
