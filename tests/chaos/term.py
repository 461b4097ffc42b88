"""A simulated term, step by step: what is delivered, what the flows do, what the officers do, day after day.

Flows are called in process, as plain functions; on a few evenings they run on a real Prefect server.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)

from casework.actions import demonstration, schools
from casework.actions.installation import Installation
from casework.config import Settings
from casework.demo.officers import ADMINISTRATOR, OFFICERS
from casework.demo.schools import SCHOOLS
from casework.domain import Half
from casework.flows.catch_up import catch_up
from casework.flows.documents import documents
from casework.flows.keeping import audit
from casework.flows.morning import morning
from casework.flows.nightly import nightly
from casework.flows.orchestrator import orchestrator
from casework.flows.registers import watch_inbox
from casework.flows.reviews import reviews
from casework.flows.safeguarding import safeguarding
from tests.chaos.deliveries import FIRST_DAY, OFF, Drop, Trust
from tests.chaos.officers import acts_of

LONDON = ZoneInfo("Europe/London")
WITH_PREFECT = 5
"""Evenings whose flows run on a real Prefect server; each may see it killed twice at most."""


@dataclass(frozen=True)
class Step:
    """One thing that happens. `delivers` are files that come from outside, which no crash of ours undoes."""

    name: str
    at: datetime
    run: Callable[[Installation], object] | None = None
    delivers: tuple[Drop, ...] = ()
    prefect: bool = False
    kind: str = ""


def term(trust: Trust, days: int, *, prefect: bool = True) -> Iterator[Step]:
    """Every step of the first so many days, in order."""
    chosen = trust.days[:days]
    evenings = chosen[4 :: max(1, (len(chosen) - 4) // WITH_PREFECT)][:WITH_PREFECT] if prefect else ()
    yield from _beginning(trust)
    for on in chosen:
        if on == OFF:
            drops = tuple(
                drop
                for some in (*(trust.of_day(on, half) for half in Half), trust.of_evening(on))
                for drop in some
            )
            yield Step(f"{on} delivered while off", _at(on, 12), delivers=drops)
            continue
        yield from _day(trust, on, evenings, caught_up=on - timedelta(days=1) == OFF)


def _beginning(trust: Trust) -> Iterator[Step]:
    at = _at(FIRST_DAY, 6)
    for number, drop in enumerate(trust.rolls()):
        yield Step(f"{number} rolls delivered", at, delivers=(drop,))
        yield _flow(f"{number} rolls", at, "inbox", lambda: watch_inbox(now=at))
    yield Step("officers", at, officers, kind="acts")


def _day(trust: Trust, on: date, evenings: tuple[date, ...], *, caught_up: bool) -> Iterator[Step]:
    def flow(hour: int, minute: int, name: str, call: Callable[[datetime], object], kind: str = "") -> Step:
        at = _at(on, hour, minute)
        evening = on in evenings and name in ("documents", "nightly")
        return _flow(f"{on} {hour:02}{minute:02} {name}", at, kind or name, lambda: call(at), prefect=evening)

    def inbox(at: datetime) -> object:
        return watch_inbox(now=at)

    if caught_up:
        yield flow(6, 0, "catch_up", lambda at: catch_up(now=at))
    yield flow(6, 15, "reviews", lambda _: reviews(on=on))
    yield flow(6, 30, "safeguarding", lambda _: safeguarding(on=on))
    yield Step(f"{on} 0920 delivered", _at(on, 9, 20), delivers=tuple(trust.of_day(on, Half.AM)))
    yield flow(9, 30, "inbox", inbox)
    yield flow(9, 45, "morning", lambda _: morning(on=on, late=False))
    if on == FIRST_DAY:
        yield flow(9, 50, "first sweep", lambda _: nightly(on=on), "nightly")
    for number, (name, act) in enumerate(acts_of(on, trust.seed)):
        run = _act(act, on)
        yield Step(f"{on} {10 + number // 60}{number % 60:02} {name}", _at(on, 10, number), run, kind="acts")
    yield flow(12, 15, "reviews", lambda _: reviews(on=on))
    yield Step(f"{on} 1540 delivered", _at(on, 15, 40), delivers=tuple(trust.of_day(on, Half.PM)))
    yield flow(15, 50, "inbox", inbox)
    yield flow(16, 0, "documents", lambda _: documents(on=on))
    yield flow(16, 15, "reviews", lambda _: reviews(on=on))
    yield Step(f"{on} 1750 delivered", _at(on, 17, 50), delivers=tuple(trust.of_evening(on)))
    yield flow(18, 0, "inbox", inbox)
    yield flow(19, 0, "nightly", lambda _: nightly(on=on))
    if on.weekday() == 4:
        yield flow(22, 0, "audit", lambda _: audit(on=on + timedelta(days=1)))


def _flow(name: str, at: datetime, kind: str, call: Callable[[], object], *, prefect: bool = False) -> Step:
    return Step(name, at, lambda _: call(), prefect=prefect, kind=kind)


def _act(act: Callable[[Installation, date], None], on: date) -> Callable[[Installation], object]:
    return lambda inst: act(inst, on)


def _at(on: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(on, time(hour, minute), LONDON).astimezone(UTC)


def officers(inst: Installation) -> None:
    """Everybody who acts, and each school's letterhead, without which no letter is whole."""
    for officer in OFFICERS:
        demonstration.add_officer(inst, officer, "four plain words together")
    for number, school in enumerate(SCHOOLS, 1):
        kept = schools.KeptLetterhead(
            ("School Lane", "Tannerwick", f"ZZ{number} 1AA"), f"01632 960{100 + number}", "8am to 4pm"
        )
        schools.set_letterhead(inst, ADMINISTRATOR, school.urn, kept)


# -- how a step is run ---------------------------------------------------------------------------------------


@contextmanager
def on_prefect(settings: Settings, inst: Installation) -> Iterator[Path]:
    """Flows are runs of a Prefect server of our own; gives the file that names its process."""
    with orchestrator(settings, inst.db.prefect_url) as place:
        known = {
            PREFECT_API_URL: place.api_url,
            PREFECT_API_AUTH_STRING: place.auth_string,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        }
        with temporary_settings(known):
            yield settings.home / "prefect" / "server.pid"


def deliver(inbox: Path, drops: tuple[Drop, ...], at: datetime) -> None:
    """Put folders of files into the inbox, each whole at once, at rest for some time already."""
    inbox.mkdir(parents=True, exist_ok=True)
    for drop in drops:
        made = inbox.with_name("sending") / drop.name
        made.mkdir(parents=True, exist_ok=True)
        for name, data in drop.files.items():
            (made / name).write_bytes(data)
            os.utime(made / name, times=(at.timestamp() - 300, at.timestamp() - 300))
        place = inbox / drop.name
        place.mkdir(exist_ok=True)
        for path in made.iterdir():
            path.rename(place / path.name)
