"""Packs in pages: made, answered, sent or kept back, sent back, and redacted, without a script."""

import pytest

from casework.actions import cases, evidence_packs, letters, referrals
from casework.documents import pdf
from casework.domain import events as e
from tests.journeys.packs_made import a_scan, printed
from tests.web.browser import Browser, Seen
from tests.web.conftest import SignIn
from tests.web.world import World

pytestmark = pytest.mark.xdist_group("web_packs")
LETTER = "stage_letter"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters printed by ourselves, not by the converter."""
    monkeypatch.setattr(pdf, "to_pdf", printed)


def url(world: World, rest: str = "") -> str:
    return f"/cases/{world.case_ref}/packs{rest}"


def issue_letter(world: World) -> None:
    document_id = f"{world.case_ref}-L1"
    letters.approve(world.inst, world.by("head"), document_id)
    letters.issue(world.inst, world.by("head"), document_id)


def make(world: World, browser: Browser, kind: str = LETTER, parent: str = "c1") -> Seen:
    page = browser.get(url(world, f"?kind={kind}&parent={parent}"))
    return browser.follow(browser.send(page, {}, action=url(world, "/make")))


def test_a_pack_is_looked_at_made_and_sent(world: World, browse: SignIn) -> None:
    issue_letter(world)
    browser = browse(world, "head")
    looked = browser.get(url(world, f"?kind={LETTER}&parent=c1"))
    assert "What goes in: all 3 there" in looked.main

    page = make(world, browser)

    assert "The pack is made." in page.main
    path = url(world, f"/{world.case_ref}-E1")
    file = browser.client.get(f"{path}/{world.case_ref}-E1.pdf")
    assert file.content.startswith(b"%PDF")
    assert f"{path}/{world.case_ref}-E1.pdf.manifest.json" in page.links()
    while "What only a person can say" in page.main:
        place = browser.form(page, f"{path}/answer").xpath(".//input[@name='place']/@value")[0]
        said = {f"answer-{place}": "yes", f"because-{place}": "I looked."}
        page = browser.follow(browser.send(page, said, action=f"{path}/answer"))
    assert "Nothing keeps it back" in page.main
    sent = browser.follow(browser.send(page, {"method": "by_hand"}, action=f"{path}/submit"))
    assert "It is recorded as sent" in sent.main
    assert "Submitted" in sent.main
    back = browser.send(sent, {"reasons": "It was not signed"}, action=f"{path}/returned")
    assert "Returned" in browser.follow(back).main


def test_a_pack_with_a_stop_offers_no_sending_and_takes_none(world: World, browse: SignIn) -> None:
    browser = browse(world, "head")

    page = make(world, browser, "penalty_notice_request")

    assert "It cannot go yet" in page.main
    assert "missing" in page.main
    path = url(world, f"/{world.case_ref}-E1")
    token = browser.form(page).xpath(".//input[@name='csrf']/@value")[0]
    forced = browser.post(f"{path}/submit", {"csrf": token, "method": "portal"})
    assert forced.status == 422
    assert "cannot go yet" in forced.main


def test_a_form_sent_twice_makes_one_pack(world: World, browse: SignIn) -> None:
    issue_letter(world)
    browser = browse(world, "pastoral")
    page = browser.get(url(world, f"?kind={LETTER}&parent=c1"))

    for _ in range(2):
        browser.send(page, {}, action=url(world, "/make"))

    assert len(evidence_packs.packs_of(world.inst, world.officer("head"), world.case_ref)) == 1


def test_a_redacted_copy_is_made_and_its_log_shown(world: World, browse: SignIn) -> None:
    issue_letter(world)
    browser = browse(world, "head")
    page = make(world, browser)
    path = url(world, f"/{world.case_ref}-E1")
    both = {"what": "her street", "why": "A court order", "words": "1 Invented Lane", "page": "2"}
    refused = browser.send(page, both, action=f"{path}/redact")
    assert "not both" in refused.main

    copied = browser.follow(browser.send(refused, both | {"page": ""}, action=f"{path}/redact"))

    assert "Her street, page" in copied.main
    name = next(link for link in copied.links() if "R1" in link and link.endswith(".pdf"))
    assert browser.client.get(name).content.startswith(b"%PDF")


def test_what_is_sealed_only_the_dsl_sees_and_lets_go(world: World, browse: SignIn) -> None:
    cases.receive(
        world.inst, world.by("dsl"), world.case_ref, item="DSL appraisal", content=a_scan("Sealed words")
    )
    kind = url(world, "?kind=missing_child&parent=c1")
    others = browse(world, "head").get(kind)
    assert "Sealed, and not in this pack" not in others.main
    dsl = browse(world, "dsl")

    page = dsl.get(kind)
    form = dsl.form(page, url(world, "/release"))
    material = form.xpath(".//input[@name='material']/@value")[0]
    let_go = dsl.send(
        page, {"material": material, "reason": "The LA must know."}, action=url(world, "/release")
    )

    assert "It may go in this kind of pack." in dsl.follow(let_go).main
    released = cases.load(world.inst, world.officer("dsl"), world.case_ref).of(e.MaterialReleased)
    assert [event.pack for event in released] == ["missing_child"]


def test_the_dsls_own_channel_is_on_no_page_of_another(world: World, browse: SignIn) -> None:
    made = make(world, browse(world, "dsl"), "social_care")
    assert "Referral to social care" in made.main
    browser = browse(world, "head")

    assert "social care" not in browser.get(url(world)).main
    for path in (f"/{world.case_ref}-E1", f"/{world.case_ref}-E1/{world.case_ref}-E1.pdf"):
        assert browser.get(url(world, path)).status in (403, 404)
    assert browser.get(url(world, "?kind=social_care")).status in (403, 404)


def test_an_authoritys_officer_reads_what_was_sent_and_nothing_before(world: World, browse: SignIn) -> None:
    issue_letter(world)
    head = browse(world, "head")
    make(world, head)
    referrals.list_for_la(
        world.inst,
        world.by("head"),
        world.case_ref,
        listed_for="advice",
        meeting_on=None,
        why="Advice is asked.",
    )
    browser = browse(world, "ewo")

    assert "No pack has been made" in browser.get(url(world)).main
    assert browser.get(url(world, f"/{world.case_ref}-E1")).status == 404
    assert "Look at one" not in browser.get(url(world)).main
