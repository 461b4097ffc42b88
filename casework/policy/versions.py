"""A pack's versions: a case keeps the school's policy it began under, until a named person moves it.

Law and local codes reach every case on their own day. Only what a trust or a school says is kept, and only
while the law under it is the same: a change of law is never held back by an older version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from casework.policy import Policy, Timeline, Value

OWN = ("trust/", "school/")


@dataclass(frozen=True, slots=True)
class Change:
    """One key that would read otherwise for a case: what it keeps, and what it would get."""

    key: str
    says: str
    kept: Mapping[str, Any] | None
    new: Mapping[str, Any] | None


def version_on(versions: Mapping[str, date], on: date) -> str:
    """The name of the version in force on a day; empty before the first."""
    begun = [(start, name) for name, start in versions.items() if start <= on]
    return max(begun)[1] if begun else ""


def ends_on(versions: Mapping[str, date], on: date) -> date | None:
    """The day on which the next version after the one in force begins; None if it is the latest."""
    later = [start for start in versions.values() if start > on]
    return min(later) if later else None


@lru_cache(maxsize=256)
def kept(policy: Policy, end: date) -> Policy:
    """The same policy, with what trust and school say as it stood the day before a later version began."""
    timelines = {key: _kept(timeline, end) for key, timeline in policy.timelines.items()}
    return replace(policy, timelines=timelines)


def changes(before: Policy, after: Policy, on: date) -> tuple[Change, ...]:
    """What would read otherwise on a day if a case moved from one policy to another."""
    found = []
    for key in sorted({*before.timelines, *after.timelines}):
        was = before.maybe(key, on) if key in before.timelines else None
        now = after.maybe(key, on) if key in after.timelines else None
        if (was and was.fields) != (now and now.fields):
            says = (now or was).says if (now or was) else key  # type: ignore[union-attr]
            found.append(Change(key, says, was.fields if was else None, now.fields if now else None))
    return tuple(found)


def _kept(timeline: Timeline, end: date) -> Timeline:
    last = end - timedelta(days=1)
    frozen: Value | None = None
    dates: list[date] = []
    values: list[Value | None] = []
    for day, value in zip(timeline.dates, timeline.values, strict=True):
        if day <= last:
            frozen = value
            dates.append(day)
            values.append(value)
        elif _is_own(frozen) or _is_own(value):
            if _law_of(frozen) != _law_of(value):
                dates.append(day)
                values.append(value)
        else:
            dates.append(day)
            values.append(value)
    return Timeline(tuple(dates), tuple(values))


def _is_own(value: Value | None) -> bool:
    return value is not None and value.layer.startswith(OWN)


def _law_of(value: Value | None) -> Mapping[str, Any] | None:
    while value is not None and value.layer.startswith(OWN):
        value = value.above
    return value.fields if value is not None else None
