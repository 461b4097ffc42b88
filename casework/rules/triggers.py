"""What raises a case: one definition of each trigger, asked of one pupil or of a whole school at once.

The definitions are policy data (`triggers`): measures added up, a comparison, a limit. The same comparison
is applied to one pupil's integers and to columns of many pupils', so the two cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casework.domain import Answer, Finding, Half, SchoolCalendar, Session, StageName
from casework.facts import MEASURES, Run, Summary
from casework.policy import Policy, Value


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger as the policy defines it on a day. `bit` is its place in a mask; severity 1 comes first.

    One that does not open a case is told on the pupil's open case, and listed where there is none.
    """

    name: str
    bit: int
    measure: tuple[str, ...]
    comparison: str
    of: tuple[str, ...]
    limit: int
    possible_at_least: int
    once_per: str
    settles_after_school_days: int
    severity: int
    opens: bool
    stage: StageName
    value: Value

    @property
    def rule(self) -> str:
        """Its key in the policy."""
        return self.value.key

    @property
    def is_share(self) -> bool:
        """Whether it compares a part with a whole."""
        return self.comparison.startswith("share")


@lru_cache(maxsize=256)
def definitions(policy: Policy, on: date) -> tuple[Trigger, ...]:
    """The triggers in force on a day, most severe first.

    Source: triggers
    """
    found = [
        Trigger(
            name=name,
            bit=value.bit,
            measure=value.measure,
            comparison=value.comparison,
            of=value.get("of", ()),
            limit=value.limit,
            possible_at_least=value.get("possible_at_least", 0),
            once_per=value.once_per,
            settles_after_school_days=value.settles_after_school_days,
            severity=value.severity,
            opens=value.get("opens", True),
            stage=StageName(value.stage),
            value=value,
        )
        for name, value in policy.under("triggers", on).items()
    ]
    return tuple(sorted(found, key=lambda trigger: (trigger.severity, trigger.name)))


def unknown_measures(policy: Policy, on: date) -> tuple[str, ...]:
    """Measures that a trigger names and no fact gives, as `trigger: measure`; none in a sound policy."""
    return tuple(
        f"{trigger.name}: {name}"
        for trigger in definitions(policy, on)
        for name in (*trigger.measure, *trigger.of)
        if name not in MEASURES
    )


def raised(policy: Policy, summary: Summary, on: date) -> tuple[Finding, ...]:
    """The triggers that hold for one pupil on a day, most severe first, each with what it counted.

    Source: triggers
    """
    return tuple(
        _finding(trigger, summary, on)
        for trigger in definitions(policy, on)
        if _holds(trigger, _total(summary, trigger.measure), _total(summary, trigger.of))
    )


def masks(policy: Policy, measures: Mapping[str, NDArray[Any]], on: date) -> NDArray[np.uint64]:
    """The same for many pupils: one mask each, with the bit set of every trigger that holds.

    Args:
        measures: Columns of integers by the names of `MEASURES`, all of one length.

    Source: triggers
    """
    size = len(next(iter(measures.values()))) if measures else 0
    found = np.zeros(size, np.uint64)
    for trigger in definitions(policy, on):
        holds = _holds(trigger, _column(measures, trigger.measure, size), _column(measures, trigger.of, size))
        found |= np.asarray(holds, np.uint64) << np.uint64(trigger.bit)
    return found


def mask(policy: Policy, summary: Summary, on: date) -> int:
    """One pupil's mask, from the plain evaluation."""
    names = {finding.rule for finding in raised(policy, summary, on)}
    return sum(1 << trigger.bit for trigger in definitions(policy, on) if trigger.rule in names)


def of_mask(policy: Policy, found: int, on: date) -> tuple[Trigger, ...]:
    """The triggers whose bits a mask has set, most severe first."""
    return tuple(trigger for trigger in definitions(policy, on) if found >> trigger.bit & 1)


def settled(trigger: Trigger, seen_first_on: date, on: date, calendar: SchoolCalendar) -> bool:
    """Whether a trigger has held for as many school days as the policy waits before it is acted on."""
    later = calendar.days_between(seen_first_on, on)
    return len([day for day in later if day > seen_first_on]) >= trigger.settles_after_school_days


def period_key(trigger: Trigger, summary: Summary, seen_first_on: date) -> str:
    """What a trigger is raised once in: the same text, the same occasion.

    An episode is named by the day its run began, or else by the day the trigger was first seen to hold.
    """
    year, half_term = summary.period or (seen_first_on.year, 0)
    match trigger.once_per:
        case "academic_year":
            return f"{trigger.name}:{year}"
        case "term":
            return f"{trigger.name}:{year}.{half_term // 2}"
        case "half_term":
            return f"{trigger.name}:{year}.{half_term}"
        case "always":
            return f"{trigger.name}:{summary.on}"
    run = _run(summary, trigger)
    began = run.started_on if run and run.started_on else seen_first_on
    return f"{trigger.name}:{began}"


def _holds(trigger: Trigger, total: Any, whole: Any) -> Any:
    """The comparison, in exact integers; for integers and for columns of them."""
    match trigger.comparison:
        case "at_least":
            return total >= trigger.limit
        case "more_than":
            return total > trigger.limit
        case "exactly":
            return total == trigger.limit
        case "share_at_least":
            share = total * 100 >= trigger.limit * whole
        case _:
            share = total * 100 > trigger.limit * whole
    return share & (whole >= max(1, trigger.possible_at_least))


def _total(summary: Summary, names: tuple[str, ...]) -> int:
    return sum(summary.measure(name) for name in names)


def _column(measures: Mapping[str, NDArray[Any]], names: tuple[str, ...], size: int) -> NDArray[np.int64]:
    total = np.zeros(size, np.int64)
    for name in names:
        total += measures[name]
    return total


def _finding(trigger: Trigger, summary: Summary, on: date) -> Finding:
    total = _total(summary, trigger.measure)
    counted = f"{total} of {_total(summary, trigger.of)} sessions" if trigger.is_share else f"{total}"
    return Finding(
        rule=trigger.rule,
        answer=Answer.HOLDS,
        says=f"{trigger.value.says} So far {counted}.",
        evidence=_evidence(trigger, summary),
        source=trigger.value.source,
        on=on,
    )


def _evidence(trigger: Trigger, summary: Summary) -> tuple[str, ...]:
    """The sessions a summary keeps: those of the threshold, or the first of a run."""
    if trigger.measure == ("threshold.sessions",):
        return tuple(str(session) for session in summary.threshold.counted)
    run = _run(summary, trigger)
    return (str(Session(run.started_on, Half.AM)),) if run and run.started_on else ()


def _run(summary: Summary, trigger: Trigger) -> Run | None:
    head = trigger.measure[0].partition(".")[0]
    found = getattr(summary, head, None)
    return found if isinstance(found, Run) else None
