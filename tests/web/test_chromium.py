"""A real browser over the real server: work with and without scripts, and no barrier on any page."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from casework.web.app import create_app
from tests.web.world import NORTH, ON, PASSWORD, World

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]
AXE = Path(__file__).parent / "axe.min.js"
expect.set_options(timeout=30_000)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Served(uvicorn.Server):
    """The application on a port of its own, in a thread of this process."""

    def __init__(self, world: World) -> None:
        app = create_app(world.inst, "a secret of the tests", today=lambda: ON)
        super().__init__(uvicorn.Config(app, port=0, log_level="error", ws="none"))
        self._thread = threading.Thread(target=self.run, daemon=True)

    def begin(self) -> str:
        """Start it, and say where it is."""
        self._thread.start()
        while not self.started:
            self._thread.join(0.02)
        return f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"

    def end(self) -> None:
        """Stop it."""
        self.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=root)
        yield browser
        browser.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """A server over a world of the test's own."""
    server = Served(world)
    yield server.begin()
    server.end()


@pytest.fixture(scope="module")
def still_address(still: World) -> Iterator[str]:
    """A server over a world that is only looked at."""
    server = Served(still)
    yield server.begin()
    server.end()


def sign_in(page: Page, address: str, who: str) -> None:
    """Sign in as a person does."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("User name or e-mail address").fill(who)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_from_sign_in_to_an_issued_letter(chromium: Browser, address: str, script: bool) -> None:
    context = chromium.new_context(java_script_enabled=script, locale="en-GB")
    page = context.new_page()
    failures: list[str] = []
    page.on("console", lambda message: failures.append(message.text))
    page.on("pageerror", lambda error: failures.append(str(error)))

    sign_in(page, address, "head")
    page.get_by_role("link", name="Cases", exact=True).click()
    page.get_by_role("link", name="Robin Fennimore").click()
    page.get_by_role("link", name="Letter about attendance to Ms Mara Fennimore").click()
    page.get_by_role("button", name="Approve this letter").click()
    expect(page.get_by_text("The letter is approved.")).to_be_visible()
    page.get_by_role("button", name="Issue this letter").click()

    expect(page.get_by_text("The letter is issued.").first).to_be_visible()
    assert not failures
    context.close()


def test_the_screen_is_hidden_by_a_key_and_comes_back(chromium: Browser, still_address: str) -> None:
    page = chromium.new_page()
    sign_in(page, still_address, "pastoral")

    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog", name="Screen hidden")).to_be_visible()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_hidden()
    assert page.title() == "casework"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    page.close()


CASE = "/cases/{ref}"
LOOKED_AT = [
    ("", "/sign-in"),
    ("pastoral", "/"),
    ("pastoral", "/caseload?owner=pastoral"),
    ("pastoral", "/search"),
    ("pastoral", f"/schools/{NORTH}/triage"),
    ("pastoral", f"/schools/{NORTH}/calls"),
    ("pastoral", CASE),
    ("pastoral", f"{CASE}/record/meeting"),
    ("pastoral", f"{CASE}/record/received"),
    ("head", f"{CASE}/steps/notice_to_improve?parent=c1"),
    ("head", f"{CASE}/steps/notice_to_improve?parent=c1&go=on"),
    ("head", f"{CASE}/steps/penalty_notice?parent=c1&go=on"),
    ("head", "/letters"),
    ("head", "/letters/{ref}-L1"),
    ("head", f"/schools/{NORTH}/letterhead"),
    ("dsl", "/safeguarding"),
    ("dsl", "/cases/{sibling}/sealed"),
    ("dsl", "/account"),
    ("dsl", "/account/authenticator"),
    ("head", "/concerns"),
    ("head", f"{CASE}/packs?kind=penalty_notice_request&parent=c1"),
    ("head", "/runs"),
    ("head", f"/schools/{NORTH}/runs?template=concern_letter"),
    ("administrator", f"/schools/{NORTH}/wordings"),
    ("administrator", f"/schools/{NORTH}/wordings/concern_letter"),
    ("administrator", "/people"),
    ("administrator", "/people/pastoral"),
    ("administrator", "/people/add"),
    ("pastoral", f"{CASE}/record/list"),
    ("pastoral", "/account/password"),
    ("ewo", "/"),
    ("governor", "/"),
    ("administrator", "/"),
    ("pastoral", "/nowhere"),
]


@pytest.mark.parametrize("width", [320, 1280])
def test_no_barrier_on_any_page(chromium: Browser, still: World, still_address: str, width: int) -> None:
    found: list[str] = []
    screen = ViewportSize(width=width, height=900)
    for who in dict.fromkeys(who for who, _ in LOOKED_AT):
        context = chromium.new_context(viewport=screen, locale="en-GB", bypass_csp=True)
        page = context.new_page()
        if who:
            sign_in(page, still_address, who)
        for path in [path for someone, path in LOOKED_AT if someone == who]:
            page.goto(still_address + path.format(ref=still.case_ref, sibling=still.sibling_ref))
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            page.add_script_tag(path=AXE)
            told = page.evaluate(f"axe.run({{runOnly: {RULES}}})")
            found += [
                f"{path}: {item['id']}: {node['html'][:160]}"
                for item in told["violations"]
                for node in item["nodes"][:3]
            ]
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{path} is {wide} px wide"] if wide > width else []
        context.close()

    assert not found, "\n".join(found)
