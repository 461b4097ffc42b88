"""From outside: alive, ready, measured; and the administrator's page of what runs by itself."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text
from starlette.testclient import TestClient

from casework.actions.health import Timed
from casework.web.app import create_app
from tests.web.browser import Browser
from tests.web.world import ON, World

pytestmark = pytest.mark.xdist_group("watched")

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 19, 19, 0, tzinfo=UTC)
TIMES = (
    Timed(
        "sweeping",
        "Every pupil looked at",
        "19:00 on weekdays",
        False,
        DUE,
        datetime(2026, 11, 20, 19, tzinfo=UTC),
    ),
    Timed("registers", "Files imported", "when files come in", False, None, None),
)


def client(world: World, host: str = "127.0.0.1", token: str = "") -> TestClient:
    app = create_app(
        world.inst,
        "secret",
        today=lambda: ON,
        clock=lambda: NOW,
        timetable=lambda _: TIMES,
        metrics_token=token,
    )
    return TestClient(app, client=(host, 50000), follow_redirects=False)


def test_alive_and_ready_are_for_everybody_and_say_nothing_more(still):
    seen = client(still, "192.0.2.7")

    assert (seen.get("/health").status_code, seen.get("/health").text) == (200, "alive\n")
    assert (seen.get("/ready").status_code, seen.get("/ready").text) == (200, "ready\n")


def test_a_database_of_an_earlier_release_is_alive_and_not_ready(world):
    with world.inst.db.owner_engine.begin() as owner:
        owner.execute(text("update alembic_version set version_num = '0013_case_reads'"))
    seen = client(world)

    assert seen.get("/health").status_code == 200
    ready = seen.get("/ready")
    assert ready.status_code == 503
    assert "0013_case_reads" in ready.text


def test_a_database_that_is_gone_is_alive_and_not_ready(world, monkeypatch):
    gone = world.inst.db.app_engine.url.set(database="no_such_database")
    monkeypatch.setattr(type(world.inst.db), "app_engine", property(lambda _: create_engine(gone)))
    seen = client(world)

    assert seen.get("/health").status_code == 200
    assert (seen.get("/ready").status_code, seen.get("/ready").text) == (
        503,
        "The database does not answer.\n",
    )


@pytest.mark.parametrize(
    ("host", "token", "headers", "status"),
    [
        pytest.param("127.0.0.1", "", {}, 200, id="from this machine, no token set"),
        pytest.param("::1", "", {}, 200, id="from this machine, the other address"),
        pytest.param("192.0.2.7", "", {}, 403, id="from elsewhere, no token set"),
        pytest.param(
            "127.0.0.1", "", {"x-forwarded-for": "192.0.2.7"}, 403, id="from elsewhere, through a proxy"
        ),
        pytest.param(
            "192.0.2.7",
            "s3cret",
            {"authorization": "Bearer s3cret"},
            200,
            id="from elsewhere, with the token",
        ),
        pytest.param("192.0.2.7", "s3cret", {"authorization": "Bearer other"}, 403, id="with another token"),
        pytest.param("127.0.0.1", "s3cret", {}, 403, id="from this machine, without the token that is set"),
    ],
)
def test_metrics_are_for_this_machine_or_whoever_shows_the_token(still, host, token, headers, status):
    assert client(still, host, token).get("/metrics", headers=headers).status_code == status


def test_metrics_count_pages_by_name_and_say_what_is_late_and_name_nobody(still):
    seen = client(still)
    browser = Browser(seen)
    browser.sign_in("pastoral")
    browser.get(f"/cases/{still.case_ref}")

    text_ = seen.get("/metrics").text

    assert 'casework_pages_answered_total{method="GET",page="case",status="200"} 1.0' in text_
    assert 'casework_page_seconds_count{page="case"} 1.0' in text_
    assert "casework_clocks_overdue 0.0" in text_
    assert 'casework_flow_late{flow="sweeping"} 0.0' in text_
    assert still.case_ref not in text_
    assert not any(word in text_ for word in ("Fennimore", "Robin", "pastoral", "T0000000"))


def test_the_administrator_sees_every_flow_with_what_is_late_and_what_to_do(world):
    with world.inst.db.owner_engine.begin() as owner:
        owner.execute(
            text("""
                insert into flow_record (flow_run, flow, on_date, urn, counts, finished_at)
                values ('sweeping-2026-11-18', 'sweeping', '2026-11-18', '', '{}', '2026-11-18 19:05Z')
            """)
        )
    browser = Browser(client(world))
    browser.sign_in("administrator")

    page = browser.get("/flows")

    assert "Sweeping was due on Thursday 19 November at 19:00 and has not finished" in page.main
    assert "casework serve" in page.main
    assert "Late" in page.main
    assert "Waits for files" in page.main
