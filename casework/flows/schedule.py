"""When each flow runs, in the schools' own time zone; GMT and BST change under it."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from prefect import Flow, flow, task
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.server.schemas.schedules import CronSchedule

from casework import config
from casework.actions import health as standing
from casework.actions.health import Timed, Timetable
from casework.config import Settings
from casework.flows.documents import documents
from casework.flows.keeping import audit, backup
from casework.flows.morning import morning
from casework.flows.nightly import nightly
from casework.flows.outbox import send_messages
from casework.flows.registers import registers, watch_inbox
from casework.flows.reviews import reviews
from casework.flows.runs import LONDON, finished, installation, private_errors, run_name
from casework.flows.safeguarding import safeguarding

log = logging.getLogger(__name__)

TIMEZONE = "Europe/London"
_DAYS = {
    "*": "every day",
    "1-5": "on weekdays",
    "0": "on Sundays",
    "1": "on Mondays",
    "2": "on Tuesdays",
    "3": "on Wednesdays",
    "4": "on Thursdays",
    "5": "on Fridays",
    "6": "on Saturdays",
}
AT_MOST = 400
"""Runs of one flow that are caught up: beyond a year's school days a person looks first."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One flow: what it does, and its cron; without one it runs when something comes in.

    `welfare` flows are caught up before all others. One that does not run `each_day` does what waits,
    whatever day it waited from, and is caught up as of today; one that is not `dated` is told the moment
    and no day. One not `wanted` by the settings is left out; one `by_school` can be shared out among workers.
    """

    flow: Flow[Any, Any]
    says: str
    cron: str = ""
    welfare: bool = False
    each_day: bool = True
    dated: bool = True
    by_school: bool = False
    wanted: Callable[[Settings], bool] = lambda _: True

    @property
    def name(self) -> str:
        """The flow's name."""
        return self.flow.name

    @property
    def when(self) -> str:
        """Its schedule as a person says it: 06:30 on weekdays."""
        if not self.cron:
            return "when files come in"
        minute, hours, of_month, _, weekday = self.cron.split()
        days = _DAYS[weekday] if of_month == "*" else f"on day {of_month} of the month"
        if minute.startswith("*/"):
            first, last = (int(hour) for hour in hours.split("-"))
            every = int(minute.removeprefix("*/"))
            return f"every {every} minutes from {first:02}:00 to {last:02}:{60 - every:02} {days}"
        if "-" in hours:
            begins, ends = hours.split("-")
            return f"every hour from {int(begins):02}:{minute} to {int(ends):02}:{minute} {days}"
        times = ", ".join(f"{int(hour):02}:{int(minute):02}" for hour in hours.split(","))
        return f"{times} {days}"

    def next_run(self, after: datetime) -> datetime | None:
        """When it runs next after a moment; None for one that waits for files."""
        if not self.cron:
            return None
        schedule = CronSchedule(cron=self.cron, timezone=TIMEZONE)
        found = asyncio.run(schedule.get_dates(n=1, start=after))
        return found[0] if found else None

    def last_due(self, until: datetime) -> datetime | None:
        """When it should last have run, at or before a moment; None for one that waits for files."""
        if not self.cron:
            return None
        schedule = CronSchedule(cron=self.cron, timezone=TIMEZONE)
        for back in (timedelta(days=1), timedelta(days=8)):
            due = asyncio.run(schedule.get_dates(n=AT_MOST, start=until - back, end=until))
            if due:
                return due[-1]
        return None

    def days_to_catch_up(self, last: date, now: datetime) -> tuple[date, ...]:
        """The days it is to be run as of, in order, to make up for those since it last ran."""
        due = self._days_due(last, now)
        return due if self.each_day or not due else (now.astimezone(ZoneInfo(TIMEZONE)).date(),)

    def _days_due(self, after: date, until: datetime) -> tuple[date, ...]:
        """The days after one on which it should have run by a moment, in order."""
        if not self.cron:
            return ()
        zone = ZoneInfo(TIMEZONE)
        start = datetime.combine(after + timedelta(days=1), time(), zone)
        schedule = CronSchedule(cron=self.cron, timezone=TIMEZONE)
        due = asyncio.run(schedule.get_dates(n=AT_MOST, start=start, end=until)) if start <= until else []
        return tuple(dict.fromkeys(moment.astimezone(zone).date() for moment in due))


@task(task_run_name="health")
def look_after(now: datetime) -> dict[str, int]:
    """See what is late or waits too long, and tell of it. Safe to repeat: each is told once a day."""
    with private_errors():
        inst, on = installation(), now.astimezone(LONDON).date()
        found = standing.troubles(inst, timetable(config.read()), now)
        for trouble in found:
            log.warning("trouble", extra={"what": trouble.what, "schools": len(trouble.urns)})
        told = standing.tell(inst, found, now, run_name("health", on))
        finished("health", on, troubles=len(found))
        return {"troubles": len(found), "told": told}


@flow(name="health")
def health(now: datetime | None = None) -> dict[str, int]:
    """Every hour of a working day: administrators are told what is not as it should be, once a day each."""
    return look_after(now or datetime.now(UTC))


FLOWS = (
    Scheduled(
        safeguarding, "Flags to the DSL, reviews chased, holds left unreviewed", "30 6 * * 1-5", welfare=True
    ),
    Scheduled(
        morning,
        "Unexplained absences: calls to make, who must be told",
        "45 9 * * 1-5",
        welfare=True,
        by_school=True,
    ),
    Scheduled(reviews, "Clocks and reviews that came due", "15 6,12,16 * * *"),
    Scheduled(
        send_messages,
        "Messages sent, tried again, or kept as missed",
        "*/5 6-19 * * *",
        each_day=False,
        dated=False,
    ),
    Scheduled(documents, "Approved letters issued", "0 16 * * 1-5", each_day=False),
    Scheduled(nightly, "Every pupil of each school looked at", "0 19 * * 1-5", by_school=True),
    Scheduled(
        backup,
        "A locked copy of everything, where CASEWORK_BACKUP_FOLDER says",
        "30 20 * * *",
        each_day=False,
        wanted=lambda settings: settings.backup_folder is not None,
    ),
    Scheduled(
        health,
        "What is late or waits too long is told to the administrators",
        "20 7-18 * * 1-5",
        each_day=False,
        dated=False,
    ),
    Scheduled(audit, "Every chain and file proved unaltered", "0 22 * * 6", each_day=False),
    Scheduled(
        watch_inbox,
        "Files dropped where CASEWORK_INBOX says, imported",
        "*/10 6-19 * * 1-5",
        each_day=False,
        dated=False,
        wanted=lambda settings: settings.inbox is not None,
    ),
    Scheduled(registers, "Files imported, and the schools they speak of swept again"),
)
"""Welfare first."""


def timetable(settings: Settings) -> Timetable:
    """What tells at any moment when each flow that is wanted should last have run, and when it runs next."""

    def at(now: datetime) -> tuple[Timed, ...]:
        return tuple(
            Timed(item.name, item.says, item.when, item.by_school, item.last_due(now), item.next_run(now))
            for item in FLOWS
            if item.wanted(settings)
        )

    return at


@dataclass(frozen=True, slots=True)
class Missed:
    """A run that should have been and was not: its flow, and the day and school it is about."""

    item: Scheduled
    on: date
    urn: str

    @property
    def parameters(self) -> dict[str, Any]:
        """What its flow is told."""
        told: dict[str, Any] = {"on": self.on} if self.item.dated else {}
        return told | ({"urn": self.urn} if self.urn else {})


def missed(last_days: Mapping[tuple[str, str], date], now: datetime) -> tuple[Missed, ...]:
    """What should have run since each flow last did: welfare first, then each day in its order.

    Args:
        last_days: The latest day that each flow finished, by (flow, URN). What never ran has missed nothing.
    """
    by_name = {item.name: item for item in FLOWS}
    found = [
        Missed(by_name[name], day, urn)
        for (name, urn), last in last_days.items()
        if name in by_name
        for day in by_name[name].days_to_catch_up(last, now)
    ]
    order = {item.name: place for place, item in enumerate(FLOWS)}
    return tuple(sorted(found, key=lambda m: (not m.item.welfare, m.on, order[m.item.name], m.urn)))


def deployments(settings: Settings) -> list[RunnerDeployment]:
    """What the runner serves: each flow that is wanted under its own name, with its schedule."""
    found: list[RunnerDeployment] = []
    for item in FLOWS:
        if not item.wanted(settings):
            continue
        schedule = Cron(item.cron, timezone=TIMEZONE) if item.cron else None
        deployment = item.flow.to_deployment(name=item.name, schedule=schedule)
        assert isinstance(deployment, RunnerDeployment)  # A coroutine only inside an event loop.
        found.append(deployment)
    return found
