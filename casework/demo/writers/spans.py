"""The spans that an export is cut into, as people cut them: a term, or a half term."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from casework.demo.calendars import HALF_TERMS, TERM_NAMES, HalfTerm


class Span(NamedTuple):
    """A span of days with the name of the file that holds it."""

    name: str
    first: date
    last: date


def _cut(until: date, name: Callable[[HalfTerm], str]) -> tuple[Span, ...]:
    found: dict[str, Span] = {}
    for half in HALF_TERMS:
        if half.starts_on <= until:
            key = name(half)
            first = found[key].first if key in found else half.starts_on
            found[key] = Span(key, first, min(half.ends_on, until))
    return tuple(found.values())


def _term(half: HalfTerm) -> str:
    return f"{half.starts_on.year}-{TERM_NAMES[half.number // 2]}"


def by_term(until: date) -> tuple[Span, ...]:
    """Terms begun by a day, the last of them cut off there: `2026-autumn`."""
    return _cut(until, _term)


def by_half_term(until: date) -> tuple[Span, ...]:
    """Half terms begun by a day, the last of them cut off there: `2026-autumn-1`."""
    return _cut(until, lambda half: f"{_term(half)}-{half.number % 2 + 1}")
