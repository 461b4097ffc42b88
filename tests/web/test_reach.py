"""Reached by everybody: in a few clicks, at any size, in forced colours; and every page whole HTML."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import html5lib
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from casework.actions import audits, delegations
from casework.web.app import create_app
from casework.web.guard import SIGNED_IN
from casework.web.routes import PAGES
from casework.web.visit import DemoAccount
from tests.web.conftest import SignIn
from tests.web.test_access import WHO, address, addresses
from tests.web.test_chromium import AXE, RULES, Served, chromium, sign_in
from tests.web.world import NORTH, ON, PASSWORD, World

__all__ = ["chromium"]
MOST_CLICKS = 12
expect.set_options(timeout=30_000)
HEADS = [
    "/desk",
    f"/schools/{NORTH}/coding",
    f"/schools/{NORTH}/leave",
    f"/schools/{NORTH}/part-time",
    f"/schools/{NORTH}/leavers",
    f"/schools/{NORTH}/overrides",
    f"/schools/{NORTH}/delegations",
    "/cases/{ref}/family",
    "/cases/{ref}/story",
    "/oversight",
    "/audits/{audit}",
    "/audits/{audit}/{ref}",
]


class ServedDemo(Served):
    """The application as a demo serves it: with its people on the sign-in page."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        accounts = [DemoAccount("head", "Ida Quill", "Headteacher", "Invented High School", PASSWORD)]
        self.config.app = create_app(
            world.inst, "a secret of the tests", today=lambda: ON, demo_accounts=accounts
        )


@pytest.fixture
def demo_address(world: World) -> Iterator[str]:
    """A demo over a world of the test's own."""
    server = ServedDemo(world)
    yield server.begin()
    server.end()


@dataclass
class Clicks:
    """Counts what a person presses, and holds every screen to saying what it is and what can be done."""

    page: Page
    many: int = 0
    seen: list[str] = field(default_factory=list)

    def press(self, role: str, name: str) -> None:
        """Press a link or a button that can be seen."""
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_be_visible()
        self.seen.append(heading.inner_text())
        assert self.page.locator("main a, main button").count() > 0, heading.inner_text()
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        self.many += 1


@pytest.mark.chromium
@pytest.mark.xdist_group("chromium")
def test_from_the_demos_sign_in_to_the_first_issued_letter_in_few_clicks(
    chromium: Browser, demo_address: str
) -> None:
    page = chromium.new_context(locale="en-GB").new_page()
    page.goto(f"{demo_address}/sign-in")
    clicks = Clicks(page)

    clicks.press("button", "Ida Quill")
    clicks.press("link", "Letter about attendance about Robin Fennimore")
    clicks.press("button", "Approve this letter")
    expect(page.get_by_text("The letter is approved.")).to_be_visible()
    clicks.press("button", "Issue this letter")
    expect(page.get_by_text("The letter is issued.").first).to_be_visible()

    assert clicks.many <= MOST_CLICKS
    assert clicks.seen[0] == "Sign in to casework"
    page.context.close()


# -- any size, forced colours --------------------------------------------------------------------------------


@pytest.fixture
def with_more(world: World) -> tuple[World, str]:
    """A world with a delegation and an audit, so that those pages hold something."""
    delegations.give(
        world.inst, world.by("head"), NORTH, "dsl", first=ON, last=ON + timedelta(days=3), reason="Away."
    )
    return world, audits.draw(world.inst, world.by("head"), 5)


@pytest.mark.chromium
@pytest.mark.xdist_group("chromium")
def test_pages_of_whoever_leads_hold_no_barrier_at_any_size_and_in_forced_colours(
    chromium: Browser, with_more: tuple[World, str]
) -> None:
    world, audit = with_more
    server = Served(world)
    at = server.begin()
    found: list[str] = []
    for size, forced in ((320, "none"), (1280, "none"), (640, "active")):
        context = chromium.new_context(
            viewport=ViewportSize(width=size, height=900),
            forced_colors=forced,  # type: ignore[arg-type]
            locale="en-GB",
            bypass_csp=True,
        )
        page = context.new_page()
        sign_in(page, at, "head")
        for path in HEADS:
            page.goto(at + path.format(ref=world.case_ref, audit=audit))
            page.add_script_tag(path=AXE)
            told = page.evaluate(f"axe.run({{runOnly: {RULES}}})")
            found += [
                f"{path} at {size}: {i['id']}: {i['nodes'][0]['html'][:160]}" for i in told["violations"]
            ]
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{path} is {wide} px wide at {size}"] if wide > size else []
        context.close()
    server.end()

    assert not found, "\n".join(found)


# -- whole HTML ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WHO)
def test_every_page_is_whole_html(still: World, browse: SignIn, who: str) -> None:
    """Parsed as the standard says, with no error: no tag is left open, none stands where it may not."""
    roles = still.officer(who).roles
    parts = addresses(still, still.case_ref, NORTH)
    client = browse(still, who).client
    wrong, read = [], 0
    for page in PAGES:
        opens = page.roles is None or page.roles == SIGNED_IN or not roles.isdisjoint(page.roles)
        if "GET" not in page.methods or not opens:
            continue
        answer = client.get(address(page, parts))
        if "text/html" not in answer.headers.get("content-type", "") or answer.status_code == 303:
            continue
        parser = html5lib.HTMLParser()
        parser.parse(answer.text)
        read += 1
        wrong += [f"{page.name}: {code} at {place}: {data}" for place, code, data in parser.errors]

    assert not wrong, "\n".join(wrong[:20])
    assert read > 5
