"""Writing to families from the day's list, and what an administrator does about messages that failed."""

from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from casework.actions import sending
from casework.actions.installation import Installation
from casework.actions.mail import Handed, Outcome
from casework.domain import ENGINE, Parent
from casework.storage import people
from casework.storage.outbox import Message
from casework.web.app import create_app
from tests.web.browser import Browser
from tests.web.conftest import SignIn
from tests.web.world import AT, NORTH, ON, TOMAS, World

pytestmark = pytest.mark.xdist_group("outbox pages")

EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


class Refuses:
    repeatable = False

    def hand_over(self, message: Message, at: datetime) -> Handed:
        return Handed(Outcome.REFUSED, "the mail server answered 550")


@pytest.fixture
def browse() -> SignIn:
    """Opens a browser as an officer, that morning."""

    def opened(world: World, officer_id: str = "") -> Browser:
        app = create_app(world.inst, "a secret of the tests", today=lambda: ON, clock=lambda: AT)
        browser = Browser(TestClient(app, base_url="http://testserver", follow_redirects=False))
        browser.sign_in(officer_id)
        return browser

    return opened


@pytest.fixture
def written_to(world: World, browse: SignIn) -> World:
    """Somebody wrote to Tomas's family, from the day's list."""
    with world.inst.act(ENGINE) as tx:
        people.save_parents(
            tx, [Parent("c9", TOMAS, forename="Elin", surname="Quayle", email="e@family.example")]
        )
    browser = browse(world, "attendance")
    page = browser.get(f"/schools/{NORTH}/calls")
    sent = browser.follow(browser.send(page, {}, action=f"/schools/{NORTH}/messages"))
    assert "1 message is on the way." in sent.text
    return world


def fail(inst: Installation) -> None:
    sending.send(inst, Refuses(), AT)


def test_an_administrator_sees_what_failed_without_names_and_sends_it_again(written_to, browse):
    fail(written_to.inst)
    browser = browse(written_to, "administrator")
    assert "1 message could not be sent" in browser.get("/").main
    page = browser.get("/messages")

    assert "the mail server answered 550" in page.main
    assert not any(word in page.text for word in ("Quayle", "Tomas", "Elin", "family.example", TOMAS))
    seen = browser.follow(browser.send(page, {}, action="/messages/1/again"))
    assert "None does." in seen.main


def test_giving_up_asks_for_a_reason_and_keeps_it(written_to, browse):
    fail(written_to.inst)
    browser = browse(written_to, "administrator")
    page = browser.get("/messages")

    without = browser.send(page, {"because": ""}, action="/messages/1/give-up")
    assert without.status == 422
    seen = browser.follow(browser.send(without, {"because": "Rang her."}, action="/messages/1/give-up"))
    assert "None does." in seen.main


def test_what_did_not_go_in_time_is_never_offered_to_be_sent(written_to, browse):
    sending.send(written_to.inst, Refuses(), EVENING)

    page = browse(written_to, "administrator").get("/messages")

    assert "It is never sent late." in page.main
    assert "again" not in [form.split("/")[-1] for form in page.tree.xpath("//form/@action")]
