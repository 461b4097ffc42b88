"""When each flow runs, in the schools' own time zone; GMT and BST change under it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prefect import Flow
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.server.schemas.schedules import CronSchedule

from casework.flows.documents import documents
from casework.flows.morning import morning
from casework.flows.nightly import nightly
from casework.flows.registers import registers
from casework.flows.reviews import reviews
from casework.flows.safeguarding import safeguarding

TIMEZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One flow: what it does, and its cron; without one it runs when something comes in."""

    flow: Flow[Any, Any]
    says: str
    cron: str = ""

    @property
    def name(self) -> str:
        """The flow's name."""
        return self.flow.name

    @property
    def when(self) -> str:
        """Its schedule as a person says it: 06:30 on weekdays."""
        if not self.cron:
            return "when files come in"
        minute, hours, _, _, days = self.cron.split()
        times = ", ".join(f"{int(hour):02}:{int(minute):02}" for hour in hours.split(","))
        return f"{times} {'every day' if days == '*' else 'on weekdays'}"

    def next_run(self, after: datetime) -> datetime | None:
        """When it runs next after a moment; None for one that waits for files."""
        if not self.cron:
            return None
        schedule = CronSchedule(cron=self.cron, timezone=TIMEZONE)
        found = asyncio.run(schedule.get_dates(n=1, start=after))
        return found[0] if found else None


FLOWS = (
    Scheduled(safeguarding, "Flags to the DSL, reviews chased, holds left unreviewed", "30 6 * * 1-5"),
    Scheduled(morning, "Unexplained absences: calls to make, who must be told", "45 9 * * 1-5"),
    Scheduled(reviews, "Clocks and reviews that came due", "15 6,12,16 * * *"),
    Scheduled(documents, "Approved letters issued", "0 16 * * 1-5"),
    Scheduled(nightly, "Every pupil of each school looked at", "0 19 * * 1-5"),
    Scheduled(registers, "Files imported, and the schools they speak of swept again"),
)
"""Welfare first."""


def deployments() -> list[RunnerDeployment]:
    """What the runner serves: each flow under its own name, with its schedule."""
    found: list[RunnerDeployment] = []
    for item in FLOWS:
        schedule = Cron(item.cron, timezone=TIMEZONE) if item.cron else None
        deployment = item.flow.to_deployment(name=item.name, schedule=schedule)
        assert isinstance(deployment, RunnerDeployment)  # A coroutine only inside an event loop.
        found.append(deployment)
    return found
