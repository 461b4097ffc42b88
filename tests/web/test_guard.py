"""Sign-in, forms that are not ours, stale logins, brute force, headers."""

import pytest
from starlette.testclient import TestClient

from casework.domain import ENGINE
from casework.storage import people
from casework.web.app import create_app
from casework.web.guard import POLICY
from tests.web.browser import Browser
from tests.web.conftest import SignIn
from tests.web.world import ON, PASSWORD, World


def test_signing_in_and_out(still: World, browse: SignIn) -> None:
    browser = browse(still)
    before = browser.get("/sign-in") and browser.client.cookies["casework"]

    signed_in = browser.sign_in("pastoral")
    inside = browser.client.cookies["casework"]

    assert (signed_in.status, signed_in.location) == (303, "/")
    assert before != inside
    page = browser.get("/")
    token = browser.form(page, "/search").xpath(".//@value")[0]
    out = browser.client.post("/sign-out", data={"csrf": token})
    assert out.headers["location"] == "/sign-in"
    browser.client.cookies.set("casework", inside)
    assert browser.client.get("/").status_code == 303


@pytest.mark.parametrize(
    ("name", "password"),
    [("pastoral", "wrong"), ("nobody", PASSWORD), ("pastoral", "")],
    ids=["wrong password", "no such officer", "no password"],
)
def test_sign_in_refuses_without_saying_which(still: World, browse: SignIn, name: str, password: str) -> None:
    page = browse(still).sign_in(name, password)

    assert page.status == 422
    assert page.heading == "Sign in to casework"
    assert "no such" not in page.main.lower()


def test_the_sixth_try_of_a_minute_waits(world: World, browse: SignIn) -> None:
    browser = browse(world)
    for _ in range(5):
        browser.sign_in("pastoral", "wrong")

    page = browser.sign_in("pastoral", PASSWORD)

    assert page.status == 429
    assert "Too many tries" in page.main


@pytest.mark.parametrize(
    "onwards", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_sign_in_leads_nowhere_else(still: World, browse: SignIn, onwards: str) -> None:
    browser = browse(still)
    page = browser.get("/sign-in")

    seen = browser.send(page, {"name": "pastoral", "password": PASSWORD, "next": onwards}, action="/sign-in")

    assert seen.location == "/"


@pytest.mark.parametrize("token", ["", "0" * 64], ids=["no token", "another token"])
def test_a_forged_form_records_nothing(world: World, browse: SignIn, token: str) -> None:
    browser = browse(world, "pastoral")
    path = f"/cases/{world.case_ref}/record/note"

    page = browser.post(path, {"csrf": token, "text": "forged"})

    assert (page.status, page.heading) == (403, "This form has gone stale")
    assert "forged" not in browser.get(f"/cases/{world.case_ref}").main


def test_a_token_of_another_browser_is_no_use(world: World, browse: SignIn) -> None:
    path = f"/cases/{world.case_ref}/record/note"
    app = create_app(world.inst, "a secret of the tests", today=lambda: ON)
    mine, theirs = (Browser(TestClient(app, follow_redirects=False)) for _ in range(2))
    mine.sign_in("pastoral")
    theirs.sign_in("attendance")
    token = theirs.form(theirs.get(path)).xpath(".//input[@name='csrf']/@value")[0]

    assert mine.post(path, {"csrf": token, "text": "forged"}).status == 403


def test_a_role_that_ended_closes_its_pages_at_once(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    with world.inst.act(ENGINE) as tx:
        people.set_login(tx, "pastoral", password_hash=None, totp_secret=None, active=False)

    assert browser.client.get("/").headers["location"].startswith("/sign-in")


def test_every_answer_carries_the_headers(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")
    for path in ("/", "/nowhere", "/static/casework.css", "/sign-in"):
        headers = browser.client.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert browser.client.get("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("base", "secure"), [("https://testserver", True), ("http://testserver", False)])
def test_cookie_is_closed_to_scripts_and_to_other_sites(still: World, base: str, secure: bool) -> None:
    app = create_app(still.inst, "secret", today=lambda: ON)
    client = TestClient(app, base_url=base, follow_redirects=False)

    cookie = client.get("/sign-in").headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert ("Secure" in cookie) is secure


def test_what_fails_inside_says_nothing_of_itself(
    still: World, browse: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("Robin Fennimore")

    browser = browse(still, "pastoral")
    monkeypatch.setattr("casework.actions.views.today", fails)

    page = browser.get("/")

    assert (page.status, page.heading) == (500, "Something went wrong")
    assert "Fennimore" not in page.text
