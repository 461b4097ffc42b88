"""Signing in with another service, over real HTTP with real signed tokens: who gets in, and who does not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from casework import config
from casework.actions import staff
from casework.domain import ENGINE
from casework.storage import logins, people
from casework.web.app import create_app
from casework.web.service import Service, ServiceRefused, service_of
from tests.web.browser import Browser, Seen
from tests.web.identity import CLIENT, SECRET, Identity
from tests.web.world import NORTH, ON, World

ADDRESS = "bea.thorn@invented.example"
GOOD = {"email": ADDRESS, "email_verified": True}
pytestmark = pytest.mark.xdist_group("sign-in service")


@pytest.fixture
def identity() -> Iterator[Identity]:
    """The other service, running."""
    found = Identity(dict(GOOD))
    found.begin()
    yield found
    found.end()


class Clock:
    """The time of the application, that a test moves."""

    def __init__(self) -> None:
        self.moved = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved


def browser_of(world: World, identity: Identity, clock: Clock | None = None) -> Browser:
    """A browser on the application that knows the service; the pastoral lead's address is put down."""
    with world.inst.act(ENGINE) as tx:
        people.save_officer(tx, "pastoral", "Bea Thorn", ADDRESS)
    service = Service(identity.address, CLIENT, SECRET, "Microsoft")
    app = create_app(
        world.inst, "a secret of the tests", today=lambda: ON, clock=clock or Clock(), service=service
    )
    return Browser(TestClient(app, base_url="http://testserver", follow_redirects=False))


def away(browser: Browser, path: str = "/sign-in/service") -> str:
    """Begin, let the service answer, and give the address that it sends the browser back to."""
    sent = browser.client.get(path)
    assert sent.status_code == 303, sent.text
    answered = httpx.get(sent.headers["location"], follow_redirects=False)
    back = urlsplit(answered.headers["location"])
    return f"{back.path}?{back.query}"


def refused(browser: Browser, seen: Seen) -> bool:
    """Whether nobody is signed in, and the page says so plainly."""
    said = seen.status == 422 and "There is a problem" in seen.main
    return said and browser.client.get("/").status_code == 303


def test_somebody_put_down_beforehand_signs_in_and_goes_on(world: World, identity: Identity) -> None:
    browser = browser_of(world, identity)
    page = browser.get("/sign-in?next=/caseload")
    assert "Sign in with Microsoft" in page.main
    (link,) = [href for href in page.links() if href.startswith("/sign-in/service")]

    landed = browser.get(away(browser, link))

    assert landed.location == "/caseload"
    assert "Fennimore" in browser.get("/caseload").main
    assert browser.client.get(f"/schools/{NORTH}/calls").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"email_verified": False}, id="the address is not verified"),
        pytest.param({"email_verified": None}, id="nothing is said of the address"),
        pytest.param({"email": "stranger@invented.example"}, id="nobody has the address"),
        pytest.param({"email": None}, id="there is no address"),
        pytest.param({"email": "pastoral"}, id="a user name is no address"),
        pytest.param({"nonce": "another"}, id="another nonce"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"aud": "another application"}, id="for another application"),
        pytest.param({"aud": [CLIENT, "another"], "azp": "another"}, id="given to another application"),
        pytest.param({"iss": "https://elsewhere.example"}, id="from another issuer"),
        pytest.param({"exp": 1_700_000_000}, id="run out"),
        pytest.param({"exp": None}, id="without an end"),
        pytest.param({"iat": 4_000_000_000}, id="from a time to come"),
    ],
)
def test_a_token_that_proves_nothing_opens_nothing(
    world: World, identity: Identity, claims: dict[str, Any]
) -> None:
    identity.claims |= claims
    browser = browser_of(world, identity)

    assert refused(browser, browser.get(away(browser)))
    assert {o.officer_id for o in staff.everyone(world.inst, world.officer("administrator"))} == {
        *("pastoral", "attendance", "dsl", "head", "governor", "administrator", "ewo", "other-ewo"),
        *("elsewhere", "lead"),
    }


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_signed_in_a_way_that_anybody_could_is_refused(
    world: World, identity: Identity, algorithm: str
) -> None:
    identity.algorithm = algorithm
    browser = browser_of(world, identity)

    assert refused(browser, browser.get(away(browser)))


def test_a_token_of_another_key_is_refused_and_a_new_key_is_fetched(world: World, identity: Identity) -> None:
    browser = browser_of(world, identity)
    assert browser.get(away(browser)).status == 303
    browser.client.cookies.clear()
    identity.key = RSAKey.generate_key(2048, {"kid": "second"})

    assert refused(browser, browser.get(away(browser)))

    identity.published = [identity.key]
    assert browser.get(away(browser)).status == 303
    assert len(identity.asked) <= 4


def test_entra_says_in_its_own_way_that_an_address_is_verified(world: World, identity: Identity) -> None:
    identity.claims = {"email": ADDRESS.upper(), "xms_edov": "1"}
    browser = browser_of(world, identity)

    assert browser.get(away(browser)).location == "/"


def test_an_answer_is_taken_once(world: World, identity: Identity) -> None:
    browser = browser_of(world, identity)
    back = away(browser)
    assert browser.get(back).status == 303
    cookie = browser.client.cookies["casework"]
    browser.client.cookies.clear()

    assert refused(browser, browser.get(back))

    browser.client.cookies.set("casework", cookie)
    assert browser.get(back).status == 422


def test_an_answer_is_for_the_browser_that_asked(world: World, identity: Identity) -> None:
    mine, theirs = browser_of(world, identity), browser_of(world, identity)
    theirs.get("/sign-in")
    back = away(mine)

    assert refused(theirs, theirs.get(back))
    assert mine.get(back).status == 303


def test_an_answer_that_comes_late_or_without_its_state_is_refused(world: World, identity: Identity) -> None:
    clock = Clock()
    browser = browser_of(world, identity, clock)
    back = away(browser)
    clock.moved = timedelta(minutes=11)
    assert refused(browser, browser.get(back))

    clock.moved = timedelta(0)
    code = parse_qs(urlsplit(away(browser)).query)["code"][0]
    for query in (f"code={code}", f"code={code}&state=made-up", "state=", "error=access_denied"):
        assert refused(browser, browser.get(f"/sign-in/service/back?{query}"))


def test_a_stolen_code_is_worth_nothing_without_its_verifier(world: World, identity: Identity) -> None:
    browser = browser_of(world, identity)
    code = parse_qs(urlsplit(away(browser)).query)["code"][0]
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "http://testserver/sign-in/service/back",
        "client_id": CLIENT,
        "client_secret": SECRET,
    }

    assert httpx.post(f"{identity.address}/token", data=sent).status_code == 400


def test_who_is_barred_stays_out_and_an_authenticator_is_still_asked_for(
    world: World, identity: Identity
) -> None:
    with world.inst.act(ENGINE) as tx:
        logins.set_code_secret(tx, "pastoral", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    browser = browser_of(world, identity)
    assert browser.get(away(browser)).location == "/sign-in/code"
    assert browser.client.get("/caseload").status_code == 303
    staff.let_in(world.inst, world.officer("administrator"), "pastoral", ON, active=False)
    with world.inst.act(ENGINE) as tx:
        assert logins.officer_of_address(tx, ADDRESS) is None
    assert refused(browser, browser.get(away(browser)))


def test_nowhere_outside_is_gone_on_to(world: World, identity: Identity) -> None:
    browser = browser_of(world, identity)

    assert browser.get(away(browser, "/sign-in/service?next=https://elsewhere.example/")).location == "/"
    assert browser.client.get("/sign-in/service?next=//elsewhere.example").status_code in (302, 303, 307)


def test_a_service_that_names_another_issuer_or_is_not_there_is_not_believed(
    world: World, identity: Identity
) -> None:
    identity.says_issuer = "https://elsewhere.example"
    browser = browser_of(world, identity)
    assert "did not work" in browser.get("/sign-in/service").main
    gone = Service("http://127.0.0.1:9", CLIENT, SECRET, "Microsoft")
    app = create_app(world.inst, "a secret of the tests", today=lambda: ON, service=gone)
    browser = Browser(TestClient(app, base_url="http://testserver", follow_redirects=False))
    assert "did not work" in browser.get("/sign-in/service").main


def test_without_a_service_there_is_no_such_page(still: World) -> None:
    app = create_app(still.inst, "a secret of the tests", today=lambda: ON)
    browser = Browser(TestClient(app, base_url="http://testserver", follow_redirects=False))

    assert browser.client.get("/sign-in/service").status_code == 404
    assert browser.client.get("/sign-in/service/back?code=x&state=y").status_code == 404
    assert "Sign in with" not in browser.get("/sign-in").main


TENANT = "https://login.microsoftonline.com/8a2e0f14-0000-4000-8000-2f6c5d1b9e77/v2.0"


@pytest.mark.parametrize(
    ("issuer", "secret", "says"),
    [
        pytest.param(TENANT, SECRET, "", id="one's own tenant"),
        pytest.param("https://accounts.google.com", SECRET, "", id="Google"),
        pytest.param("https://login.microsoftonline.com/common/v2.0", SECRET, "tenant", id="every tenant"),
        pytest.param(
            "https://login.microsoftonline.com/organizations/v2.0", SECRET, "tenant", id="all firms"
        ),
        pytest.param("http://accounts.google.com", SECRET, "https", id="without TLS"),
        pytest.param(TENANT, "", "together", id="without its secret"),
    ],
)
def test_what_the_environment_may_name(issuer: str, secret: str, says: str) -> None:
    settings = config.read(
        {
            "CASEWORK_OIDC_ISSUER": issuer,
            "CASEWORK_OIDC_CLIENT_ID": CLIENT,
            "CASEWORK_OIDC_CLIENT_SECRET": secret,
        }
    )
    if says:
        with pytest.raises(ServiceRefused, match=says):
            service_of(settings)
        return
    found = service_of(settings)
    assert found is not None
    assert SECRET not in repr(found)
    assert service_of(config.read({})) is None
