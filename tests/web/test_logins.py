"""Logins kept in the database: how they end, the second step, lock-out, and an administrator's help."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from casework.actions import codes, signing, staff
from casework.actions.signing import IDLE, LONGEST
from casework.domain import ENGINE
from casework.storage import logins
from casework.web.app import create_app
from tests.web.browser import Browser, Seen
from tests.web.conftest import SignIn
from tests.web.world import NORTH, ON, PASSWORD, World

BEGAN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


def browser_of(world: World, clock: Callable[[], datetime], secret: str = "a secret of the tests") -> Browser:
    app = create_app(world.inst, secret, today=lambda: ON, clock=clock)
    return Browser(TestClient(app, base_url="http://testserver", follow_redirects=False))


@pytest.mark.parametrize(
    ("waits", "lives"),
    [
        pytest.param([IDLE], True, id="half an hour idle"),
        pytest.param([IDLE + SECOND], False, id="a second longer"),
        pytest.param([IDLE - SECOND] * 2, True, id="used in between"),
        pytest.param([IDLE] * (LONGEST // IDLE + 1), False, id="a long day"),
    ],
)
def test_a_login_ends(still: World, waits: list[timedelta], lives: bool) -> None:
    now = BEGAN
    signing.begin(still.inst, "a cookie", "pastoral", now)
    login = None
    for wait in waits:
        now += wait
        login = signing.of(still.inst, "a cookie", now)

    assert (login is not None) is lives
    signing.end(still.inst, "a cookie")


def test_a_login_outlives_a_restart_and_ends_for_every_process(still: World) -> None:
    clock = Clock()
    first, second = browser_of(still, clock), browser_of(still, clock)
    first.sign_in("pastoral")
    second.client.cookies = first.client.cookies

    assert second.client.get("/").status_code == 200
    page = second.get("/")
    second.client.post("/sign-out", data={"csrf": second.form(page, "/search").xpath(".//@value")[0]})
    assert first.client.get("/").status_code == 303


def test_the_database_holds_nothing_that_signs_in(still: World, browse: SignIn) -> None:
    cookie = browse(still, "pastoral").client.cookies["casework"]
    with still.inst.act(ENGINE) as tx:
        assert logins.of(tx, cookie) is None
        assert logins.of(tx, signing.digest(cookie)) is not None


def test_a_role_that_ends_closes_its_pages_in_an_open_browser(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    case = f"/cases/{world.case_ref}"
    assert browser.client.get(case).status_code == 200
    held = staff.person(world.inst, world.officer("administrator"), "pastoral", BEGAN, ON).colleague.roles

    staff.end_role(world.inst, world.officer("administrator"), "pastoral", held[0].number, ON)

    assert browser.client.get(case).status_code == 403
    assert browser.client.get("/").status_code == 200  # signed in still, with no role


# -- the second step -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    assert codes.code_at(secret, at // 30) == code
    moment = datetime.fromtimestamp(at, UTC)
    assert codes.step_of(secret, f"{code[:3]} {code[3:]}", moment) == at // 30
    assert codes.step_of(secret, code, moment + timedelta(minutes=2)) is None


def set_up(browser: Browser, clock: Clock) -> str:
    page = browser.get("/account/authenticator")
    secret = browser.form(page, "/account/authenticator").xpath(".//input[@name='secret']/@value")[0]
    code = codes.code_at(secret, codes.step_at(clock.now))
    assert browser.send(page, {"code": code}, action="/account/authenticator").location == "/account"
    return str(secret)


def enter(browser: Browser, code: str) -> Seen:
    return browser.send(browser.get("/sign-in/code"), {"code": code}, action="/sign-in/code")


def test_a_password_alone_opens_nothing_once_an_authenticator_is_set_up(world: World) -> None:
    clock = Clock()
    secret = set_up_by(world, clock)
    browser = browser_of(world, clock)
    clock.now += timedelta(minutes=5)

    assert browser.sign_in("head").location == "/sign-in/code"
    assert browser.client.get("/").headers["location"].startswith("/sign-in")
    assert browser.client.get(f"/cases/{world.case_ref}").status_code == 303
    assert "not right" in enter(browser, "000000").main
    code = codes.code_at(secret, codes.step_at(clock.now))
    assert enter(browser, code).location == "/"
    assert browser.client.get("/").status_code == 200

    replayed = browser_of(world, clock)
    replayed.sign_in("head")
    assert "used before" in enter(replayed, code).main


def set_up_by(world: World, clock: Clock) -> str:
    browser = browser_of(world, clock)
    browser.sign_in("head")
    return set_up(browser, clock)


def test_a_wrong_code_sets_nothing_up(world: World) -> None:
    browser = browser_of(world, Clock())
    browser.sign_in("head")
    page = browser.get("/account/authenticator")

    assert browser.send(page, {"code": "000000"}, action="/account/authenticator").status == 422
    assert not signing.has_code(world.inst, "head")


# -- brute force ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pastoral", "nobody.at.all"], ids=["an officer", "no such officer"])
def test_ten_wrong_tries_lock_a_sign_in_whoever_it_is(world: World, name: str) -> None:
    clock = Clock()
    for _ in range(10):
        clock.now += timedelta(minutes=2)
        browser_of(world, clock).sign_in(name, "wrong")
    clock.now += timedelta(minutes=2)

    page = browser_of(world, clock).sign_in(name, PASSWORD)

    assert page.status == 429
    assert "locked" in page.main
    clock.now += timedelta(hours=1)
    expected = 303 if name == "pastoral" else 422
    assert browser_of(world, clock).sign_in(name, PASSWORD).status == expected


def test_an_administrator_opens_what_was_locked_and_gives_a_password_to_change(world: World) -> None:
    clock = Clock()
    for _ in range(10):
        clock.now += timedelta(minutes=2)
        browser_of(world, clock).sign_in("pastoral", "wrong")
    admin = browser_of(world, clock)
    admin.sign_in("administrator")
    page = admin.get("/people/pastoral")
    assert "Too many wrong tries" in page.main

    given = admin.send(page, {}, action="/people/pastoral/password")
    assert given.tree is not None
    password = given.tree.xpath("//p[contains(@class, 'cw-code')]")[0].text_content()
    browser = browser_of(world, clock)
    assert browser.sign_in("pastoral", password).location == "/"
    assert browser.client.get("/").headers["location"] == "/account/password"
    page = browser.get("/account/password")
    weak = {"old": password, "new": "short", "again": "short"}
    assert "fewer than 12" in browser.send(page, weak, action="/account/password").main
    own = {"old": password, "new": "larch bridge quiet moss", "again": "larch bridge quiet moss"}
    assert browser.send(page, own, action="/account/password").location == "/account"
    assert browser.client.get("/").status_code == 200
    assert "Another password given" in admin.get("/people/pastoral").main
    assert password not in admin.get("/people/pastoral").text


def test_a_deputy_is_added_with_an_end_and_both_days_hold(world: World, browse: SignIn) -> None:
    admin = browse(world, "administrator")
    page = admin.get("/people/add")
    added = {"name": "Maud Fell", "officer_id": "deputy.dsl", "email": ""}
    assert admin.send(page, added, action="/people/add").location == "/people/deputy.dsl"
    role = {
        "role": "dsl",
        "where": f"urn={NORTH}",
        **{f"from_date-{part}": text for part, text in (("day", "20"), ("month", "11"), ("year", "2026"))},
        **{f"to_date-{part}": text for part, text in (("day", "24"), ("month", "11"), ("year", "2026"))},
    }
    page = admin.get("/people/deputy.dsl")
    assert admin.send(page, role, action="/people/deputy.dsl/role").location == "/people/deputy.dsl"

    held = staff.everyone(world.inst, world.officer("administrator"))
    deputy = next(c for c in held if c.officer_id == "deputy.dsl")
    assert deputy.roles[0].to_date == ON + timedelta(days=4)
    again = admin.send(
        admin.get("/people/deputy.dsl"), role | {"from_date-day": "22"}, action="/people/deputy.dsl/role"
    )
    assert "already" in again.main
    wrong = admin.send(page, role | {"where": "la=352"}, action="/people/deputy.dsl/role")
    assert "role for a school" in wrong.main


def test_an_administrator_sees_flows_and_imports_and_no_case(still: World, browse: SignIn) -> None:
    admin = browse(still, "administrator")
    page = admin.get("/").main

    assert "What runs by itself" in page
    assert "Nothing has been imported." in page
    assert "every row was good" in admin.get("/imports/1").main
    assert admin.client.get("/imports/x").status_code == 404
    assert admin.client.get(f"/cases/{still.case_ref}").status_code == 403
