"""Lists, the LA's desk, copies and visits in a real browser: no barrier, without scripts too, on paper."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from casework.actions import caseloads, codes, letters, signing, stops, visits
from casework.actions.importing import import_files
from tests.web.test_chromium import AXE, RULES, Served, chromium, sign_in
from tests.web.test_la_desk import issue, list_for_meeting
from tests.web.world import NORTH, PASSWORD, World

__all__ = ["chromium"]
pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]
CASE = "/cases/{ref}"
WIDTHS = (320, 1280)
LOOKED_AT = [
    ("lead", "/oversight"),
    ("lead", "/hand-over"),
    ("lead", "/hand-over?from=pastoral"),
    ("pastoral", "/caseload?band=persistently_absent&owner=pastoral"),
    ("pastoral", f"/schools/{NORTH}/calls/together"),
    ("pastoral", "/letters?state=issued"),
    ("pastoral", "/"),
    ("pastoral", f"{CASE}/what-if"),
    ("pastoral", f"{CASE}/record/set-out"),
    ("pastoral", "/cases/{sibling}/record/back"),
    ("pastoral", f"{CASE}/record/close"),
    ("pastoral", f"{CASE}/record/agreed"),
    ("pastoral", f"{CASE}/steps/supportive_actions"),
    ("dsl", f"{CASE}/copy"),
    ("dsl", f"{CASE}/copy?for=c1"),
    ("dsl", f"{CASE}/child-protection"),
    ("dsl", "/account"),
    ("administrator", "/imports/{imported}"),
    ("ewo", "/la/ledger"),
    ("ewo", "/la/payments"),
    ("ewo", "/la/limits"),
    ("ewo", "/la/objections"),
    ("ewo", "/la/meetings"),
    ("ewo", f"/la/meetings?school={NORTH}"),
]


@pytest.fixture(scope="module")
def busy(still: World) -> World:
    """The world with something on every page: a notice, an objection, a listing, a letter, a visit."""
    by = still.by("pastoral")
    issue(still)
    list_for_meeting(still)
    stops.note(
        still.inst, still.by("ewo"), still.case_ref, condition="open_representation", parent_id="c1",
        says="He was in hospital.",
    )  # fmt: skip
    document = f"{still.sibling_ref}-L1"
    letters.approve(still.inst, still.by("head"), document)
    letters.issue(still.inst, still.by("head"), document)
    caseloads.save_view(still.inst, by.officer, "Mine, by name", {"owner": "pastoral", "sort": "name"})
    visits.set_out(
        still.inst,
        by,
        still.sibling_ref,
        second_officer="attendance",
        back_by=datetime(2026, 11, 20, 10, 15, tzinfo=UTC),
        risk_note_read=True,
    )
    return still


@pytest.fixture(scope="module")
def imported(busy: World) -> int:
    """A file of which a row was refused."""
    done = import_files(
        busy.inst,
        busy.officer("administrator"),
        [
            ("sessions.csv", b"urn,date,session,open,half_term\n100001,2026-11-20,AM,true,1\n"),
            ("pupils.csv", b"upn,urn,surname,forename\nnot-a-upn,100001,A,B\n"),
        ],
        now=datetime(2026, 11, 20, 9, tzinfo=UTC),
        skip_refused=True,
    )
    assert done.stored
    return done.stored.import_id


@pytest.fixture(scope="module")
def address(busy: World) -> Iterator[str]:
    """A server over that world."""
    server = Served(busy)
    yield server.begin()
    server.end()


def barriers(page: Page, path: str) -> list[str]:
    """What axe finds on a page at either width, and where it is wider than the screen."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.add_script_tag(path=AXE)
    found = []
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=900))
        told = page.evaluate(f"axe.run({{runOnly: {RULES}}})")
        found += [
            f"{path} at {width}: {item['id']}: {node['html'][:160]}"
            for item in told["violations"]
            for node in item["nodes"][:3]
        ]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path} is {wide} px wide at {width}"] if wide > width else []
    return found


def test_no_barrier_on_these_pages(chromium: Browser, busy: World, imported: int, address: str) -> None:
    found: list[str] = []
    for who in dict.fromkeys(who for who, _ in LOOKED_AT):
        context = chromium.new_context(locale="en-GB", bypass_csp=True)
        page = context.new_page()
        sign_in(page, address, who)
        for path in [path for someone, path in LOOKED_AT if someone == who]:
            answer = page.goto(
                address + path.format(ref=busy.case_ref, sibling=busy.sibling_ref, imported=imported)
            )
            assert answer
            assert answer.status == 200, f"{path}: {answer.status}"
            found += barriers(page, path)
        context.close()

    assert not found, "\n".join(found)


def test_no_barrier_where_a_code_is_asked(chromium: Browser, busy: World, address: str) -> None:
    secret, now = codes.new_secret(), datetime.now(UTC)
    signing.set_up_code(busy.inst, "attendance", secret, codes.code_at(secret, codes.step_at(now)), now)
    context = chromium.new_context(locale="en-GB", bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("User name or e-mail address").fill("attendance")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/sign-in/code")

    assert not barriers(page, "/sign-in/code")
    context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_many_calls_are_recorded_from_one_page(chromium: Browser, world: World, script: bool) -> None:
    server = Served(world)
    address = server.begin()
    context = chromium.new_context(java_script_enabled=script, locale="en-GB")
    page = context.new_page()
    failures: list[str] = []
    page.on("console", lambda message: failures.append(message.text))
    page.on("pageerror", lambda error: failures.append(str(error)))
    sign_in(page, address, "pastoral")
    page.goto(f"{address}/schools/{NORTH}/calls/together")
    for label, choice in (
        ("Whom did you try?", "Ms Elin Quayle, mother, 01632 960 123"),
        ("How?", "Call"),
        ("What came of it?", "Spoken"),
        ("Where does it stand now?", "A reason was given"),
    ):
        page.get_by_label(label).first.select_option(label=choice)
    page.get_by_role("button", name="Record these calls").click()

    expect(page.get_by_text("1 call recorded, each on its own.")).to_be_visible()
    assert not failures
    context.close()
    server.end()


def test_on_paper_a_page_says_what_it_says_and_nothing_to_press(
    chromium: Browser, busy: World, address: str
) -> None:
    page = chromium.new_page()
    sign_in(page, address, "pastoral")
    page.goto(f"{address}/cases/{busy.case_ref}")
    page.emulate_media(media="print")

    expect(page.get_by_role("heading", name="Robin Fennimore")).to_be_visible()
    expect(page.get_by_text("Printed from casework by Bea Thorn on 20 November 2026")).to_be_visible()
    for gone in (".govuk-service-navigation", ".govuk-back-link", ".govuk-button", ".cw-footer"):
        shown = page.locator(gone).evaluate_all("all => all.filter((e) => e.getClientRects().length).length")
        assert shown == 0, gone
    closed = page.locator("details:not([open])").first
    assert closed.evaluate("d => d.getBoundingClientRect().height") > 0
    page.close()
