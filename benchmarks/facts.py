"""The answers of a sweep in one form, whoever gave them, and the first pupil on whom two differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casework.domain import Half, Session
from casework.facts import MEASURES, Summary
from casework.facts.sweep import SweepResult

RUNS = ("unauthorised_run", "return_run", "illness_run")
COLUMNS = (*MEASURES, *(f"{run}.started_on" for run in RUNS), "threshold.first_met", "mask")
"""Every integer of a line: the measures, the first day of each open run, the session at which the threshold
was first met (its day's ordinal times two, one more for the afternoon; 0 for none), the triggers' mask."""

Sessions = dict[tuple[str, str], tuple[int, ...]]


@dataclass(frozen=True)
class Answer:
    """A line for each (urn, upn): its integers in the order of COLUMNS, and the sessions behind a threshold.

    `counted` and `first_counted` have only the lines that have any.
    """

    lines: list[tuple[str, str]]
    integers: NDArray[np.int64]
    counted: Sessions
    first_counted: Sessions


def of_sweep(parts: Iterable[tuple[SweepResult, NDArray[np.uint64]]]) -> Answer:
    """The product's answer, from the sweeps of some schools each with its masks."""
    lines: list[tuple[str, str]] = []
    integers = []
    counted: Sessions = {}
    first_counted: Sessions = {}
    for result, masks in parts:
        lines += result.lines
        columns = [
            *(result.measures[name] for name in MEASURES),
            *(result.started_on[run] for run in RUNS),
            result.first_met,
            masks.astype(np.int64),
        ]
        integers.append(np.stack(columns, axis=1).astype(np.int64))
        for found, kept in ((result.counted, counted), (result.first_counted, first_counted)):
            for line, session in zip(found.lines.tolist(), found.sessions.tolist(), strict=True):
                key = result.lines[line]
                kept[key] = (*kept.get(key, ()), session)
    return Answer(lines, np.concatenate(integers), counted, first_counted)


def of_summaries(found: Iterable[tuple[Summary, int]]) -> Answer:
    """The readable evaluator's answer, from summaries each with its mask."""
    lines: list[tuple[str, str]] = []
    integers = []
    counted: Sessions = {}
    first_counted: Sessions = {}
    for summary, mask in found:
        key = (summary.urn, summary.upn)
        lines.append(key)
        starts = [getattr(summary, run).started_on for run in RUNS]
        met = summary.threshold.first_met
        integers.append(
            [
                *(summary.measure(name) for name in MEASURES),
                *(day.toordinal() if day else 0 for day in starts),
                number_of(met) if met else 0,
                mask,
            ]
        )
        for sessions, kept in (
            (summary.threshold.counted, counted),
            (summary.threshold.first_counted, first_counted),
        ):
            if sessions:
                kept[key] = tuple(number_of(session) for session in sessions)
    return Answer(lines, np.array(integers, np.int64), counted, first_counted)


def of_rows(rows: Iterable[tuple[Any, ...]]) -> Answer:
    """The answer of a query: urn, upn, the columns in order, then the two lists of sessions (or null)."""
    lines: list[tuple[str, str]] = []
    integers = []
    counted: Sessions = {}
    first_counted: Sessions = {}
    for urn, upn, *numbers, now, then in rows:
        key = (urn, upn)
        lines.append(key)
        integers.append(numbers)
        if now:
            counted[key] = tuple(now)
        if then:
            first_counted[key] = tuple(then)
    return Answer(lines, np.array(integers, np.int64), counted, first_counted)


def first_difference(one: Answer, other: Answer) -> str:
    """The first line of the second answer that the first has otherwise, as a sentence; empty if none is.

    The second may be of a sample.
    """
    place = {line: number for number, line in enumerate(one.lines)}
    for number, line in enumerate(other.lines):
        if line not in place:
            return f"Pupil {line[1]} at {line[0]} is in the second alone."
        mine, theirs = one.integers[place[line]], other.integers[number]
        wrong = np.flatnonzero(mine != theirs)
        if len(wrong):
            said = ", ".join(f"{COLUMNS[c]} {mine[c]} and {theirs[c]}" for c in wrong[:5].tolist())
            return f"Pupil {line[1]} at {line[0]}: {said}."
        for name, first, second in (
            ("counted", one.counted, other.counted),
            ("first_counted", one.first_counted, other.first_counted),
        ):
            if first.get(line, ()) != second.get(line, ()):
                return f"Pupil {line[1]} at {line[0]}: {name} differs."
    return ""


def number_of(session: Session) -> int:
    """A session as a number: its day's ordinal times two, and one more in the afternoon."""
    return session.date.toordinal() * 2 + (session.half is Half.PM)
