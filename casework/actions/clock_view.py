"""A case's clocks in words: what is left of each, who paused it and why, and the limit for court."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from casework.actions.clocks import ClockShown, countdowns, of_situation, sees_limits
from casework.actions.clocks import Countdown as Countdown
from casework.domain import Officer
from casework.domain import events as e
from casework.domain.words import day
from casework.rules import reached
from casework.rules.situation import Situation


@dataclass(frozen=True, slots=True)
class Running:
    """One clock that runs or is paused: `paused_by` says since when, by whom and why; empty while it runs."""

    shown: ClockShown
    says: str
    parent: str
    school_days: int | None
    paused_by: str


def running(now: Situation, names: Mapping[str, str]) -> tuple[Running, ...]:
    """The clocks of a case that have not ended, soonest end first."""
    return tuple(sorted(_running(now, names), key=lambda r: (r.shown.last_day or date.max, r.shown.clock_id)))


def _running(now: Situation, names: Mapping[str, str]) -> Iterator[Running]:
    parents = {parent.contact_id: parent.name for parent in now.parents}
    for shown in of_situation(now):
        if shown.state not in ("running", "paused"):
            continue
        paused_by = ""
        if shown.state == "paused":
            by = next(p for p in reversed(now.case.of(e.ClockPaused)) if p.clock_id == shown.clock_id)
            paused_by = f"Paused on {day(by.on)} by {names.get(by.by, by.by)}: {by.reason}"
        left = None if shown.last_day is None else _school_days(now, shown.last_day)
        yield Running(shown, reached.named(shown.rule), parents.get(shown.parent_id, ""), left, paused_by)


def _school_days(now: Situation, until: date) -> int:
    late = until < now.on
    start, end = (until, now.on) if late else (now.on, until)
    between = len(now.calendar.days_between(start + timedelta(days=1), end))
    return -between if late else between


def limits_shown(now: Situation, officer: Officer) -> tuple[Countdown, ...]:
    """The six-month limit of each parent that this officer is shown."""
    return tuple(item for item in countdowns(now) if sees_limits(officer, now, item.parent_id))
