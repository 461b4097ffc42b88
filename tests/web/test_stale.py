"""What was allowed a moment ago: stale logins, roles taken away, replays, fragments, siblings, SQL."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from casework.actions import delegations, staff
from casework.actions.signing import IDLE
from casework.domain import ENGINE, Parent
from casework.storage import people
from casework.storage.row_access import ROWS
from casework.web.app import create_app
from tests.web.browser import Browser
from tests.web.conftest import SignIn
from tests.web.test_row_access import ROLES, WHERE
from tests.web.world import JORY, NORTH, ON, PASSWORD, SOUTH, World

BEGAN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.xdist_group("stale")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


def on_a_clock(world: World, clock: Clock) -> Browser:
    app = create_app(world.inst, "a secret of the tests", today=lambda: ON, clock=clock)
    return Browser(TestClient(app, base_url="http://testserver", follow_redirects=False))


def events(world: World) -> int:
    with world.inst.act(ENGINE) as tx:
        return int(tx.execute(text("select count(*) from event")).scalar_one())


def end_roles(world: World, officer_id: str) -> None:
    administrator = world.officer("administrator")
    held = staff.person(world.inst, administrator, officer_id, BEGAN, ON).colleague.roles
    for role in held:
        staff.end_role(world.inst, administrator, officer_id, role.number, ON)


# -- a moment ago --------------------------------------------------------------------------------------------


def test_a_form_sent_after_the_login_went_stale_records_nothing(world: World) -> None:
    clock = Clock()
    browser = on_a_clock(world, clock)
    browser.sign_in("pastoral")
    path = f"/cases/{world.case_ref}/record/note"
    page, before = browser.get(path), events(world)
    clock.now += IDLE + timedelta(seconds=1)

    answer = browser.send(page, {"text": "Too late."}, action=path)

    assert answer.location.startswith("/sign-in")
    assert events(world) == before


@pytest.mark.parametrize(
    ("page", "action", "answers"),
    [
        pytest.param("/letters/{ref}-L1", "/letters/{ref}-L1/approve", {}, id="approving a letter"),
        pytest.param("/cases/{ref}/record/note", "", {"text": "Mine"}, id="writing to a case"),
        pytest.param("/cases/{ref}/family", "", {"reason": "Mine"}, id="stopping a family"),
        pytest.param(f"/schools/{NORTH}/leave", f"/schools/{NORTH}/leave", {}, id="keeping leave"),
        pytest.param(f"/schools/{NORTH}/delegations", "", {"officer": "dsl"}, id="handing on"),
    ],
)
def test_a_form_opened_with_a_role_that_was_taken_away_meanwhile_records_nothing(
    world: World, browse: SignIn, page: str, action: str, answers: dict[str, str]
) -> None:
    browser = browse(world, "head")
    opened = browser.get(page.format(ref=world.case_ref))
    end_roles(world, "head")
    before = events(world)

    answer = browser.send(opened, answers, action=action.format(ref=world.case_ref))

    assert answer.status in (403, 404)
    assert events(world) == before
    assert "Fennimore" not in answer.text


def test_a_delegation_taken_back_while_a_letter_is_open_approves_nothing(
    world: World, browse: SignIn
) -> None:
    delegations.give(world.inst, world.by("head"), NORTH, "dsl", first=ON, last=ON, reason="Away today.")
    deputy = browse(world, "dsl")
    path = f"/letters/{world.case_ref}-L1"
    opened, before = deputy.get(path), events(world)
    (listed,) = delegations.of_school(world.inst, world.officer("head"), NORTH, ON).listed
    delegations.take_back(world.inst, world.by("head"), NORTH, listed.delegation.number)

    assert deputy.send(opened, {}, action=f"{path}/approve").status in (403, 422)
    assert events(world) == before


# -- replays -------------------------------------------------------------------------------------------------


def test_a_cookie_from_before_is_worth_nothing_after_signing_in_or_out(world: World, browse: SignIn) -> None:
    browser = browse(world)
    page = browser.get("/sign-in")
    planted = browser.client.cookies["casework"]
    browser.send(page, {"name": "pastoral", "password": PASSWORD}, action="/sign-in")
    signed_in = browser.client.cookies["casework"]
    assert signed_in != planted
    browser.send(browser.get("/account"), {}, action="/account/other-browsers")
    browser.client.post(
        "/sign-out", data={"csrf": browser.form(browser.get("/"), "/search").xpath(".//@value")[0]}
    )

    for cookie in (planted, signed_in):
        replayed = browse(world)
        replayed.client.cookies.set("casework", cookie)
        assert replayed.client.get("/").status_code == 303


def test_a_sign_in_seen_on_its_way_does_nothing_in_another_browser(world: World, browse: SignIn) -> None:
    first = browse(world)
    form = first.form(first.get("/sign-in"), "/sign-in")
    token = form.xpath(".//input[@name='csrf']/@value")[0]
    sent = {"name": "pastoral", "password": PASSWORD, "csrf": token, "next": "/"}
    first.client.post("/sign-in", data=sent)

    other = browse(world)
    other.get("/sign-in")

    assert other.client.post("/sign-in", data=sent).status_code == 403
    assert other.client.get("/").status_code == 303


# -- fragments and siblings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/cases/{ref}", "/cases/{ref}/story", "/letters/{ref}-L1", "/cases/{ref}/family"]
)
def test_a_fragment_is_guarded_as_its_page_is(still: World, browse: SignIn, path: str) -> None:
    asks = {"HX-Request": "true", "HX-Target": "main", "HX-Boosted": "true"}
    theirs = browse(still, "head").client.get(path.format(ref=still.other_ref), headers=asks)
    nobody = browse(still).client.get(path.format(ref=still.case_ref), headers=asks)

    assert theirs.status_code == 404
    assert "Penrose" not in theirs.text
    assert nobody.status_code == 303
    assert not nobody.text


def test_a_sibling_at_another_school_is_neither_shown_nor_reached(world: World, browse: SignIn) -> None:
    same = Parent("c1", JORY, title="Ms", forename="Mara", surname="Fennimore", postcode="ZZ1 1ZZ")
    with world.inst.act(ENGINE) as tx:
        people.save_parents(tx, [same])

    for who in ("head", "lead"):
        browser = browse(world, who)
        page = browser.get(f"/cases/{world.case_ref}")
        assert "Wren" in page.main
        for secret in ("Jory", "Penrose", "Another Academy", world.other_ref, SOUTH):
            assert secret not in page.text, secret
    family = browse(world, "head").get(f"/cases/{world.case_ref}/family").main
    assert "Jory" not in family


# -- SQL as each role ----------------------------------------------------------------------------------------


def columns(tx: Connection, table: str) -> list[str]:
    rows = tx.execute(
        text(
            "select attname from pg_attribute where attrelid = cast(:t as regclass) and attnum > 0"
            " and not attisdropped order by attnum"
        ),
        {"t": table},
    )
    return list(rows.scalars())


@pytest.mark.parametrize("role", [name for name in ROLES if name != "administrator"])
def test_no_role_writes_over_another_schools_rows_in_any_table(still: World, role: str) -> None:
    with still.inst.act(ENGINE) as tx:
        south = tx.execute(text("select school_id from school where urn = :urn"), {"urn": SOUTH}).scalar_one()
    wrong = []
    with still.inst.act(ROLES[role]) as tx:
        for table in ROWS:
            held = columns(tx, table)
            where = WHERE[next(name for name in WHERE if name in held)].format(school=south)
            for statement in (
                f"update {table} set {held[0]} = {held[0]} where {where}",
                f"delete from {table} where {where}",
            ):
                try:
                    with tx.begin_nested():
                        touched = tx.execute(text(statement)).rowcount
                except DBAPIError:
                    continue
                wrong += [f"{role}: {statement}: {touched}"] if touched else []

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", list(ROLES))
def test_no_role_makes_itself_more_than_it_is(still: World, role: str) -> None:
    """The application's own role owns nothing: it cannot set row security aside, nor become the owner."""
    refused = 0
    tries = (
        "set role casework_owner",
        "alter table case_file disable row level security",
        "alter table sealed_note owner to current_user",
        "drop policy by_school on case_file",
        "drop function casework_enter(text, boolean, jsonb, text)",
        "truncate event",
        "delete from event",
        "update event set body = '{}'",
    )
    for statement in tries:
        try:
            with still.inst.act(ROLES[role]) as tx:
                done = tx.execute(text(statement))
                assert done.rowcount == 0, statement
        except DBAPIError:
            refused += 1
    assert refused == len(tries)
