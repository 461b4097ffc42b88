"""Invented schools with a year of marks, vectorised and seeded.

Of open sessions about 93% are present or late, 2.6% I, 1.3% O, 0.4% N and U, 0.3% G; absences come in spells,
and some pupils have far more of them than others. The mix is a guess, not a measurement: nothing that is
measured here depends much on it, because the sweep looks at every session whatever it holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from casework.domain.identifiers import LETTERS
from casework.domain.register import NO_MARK, OFF_ROLL

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

ON = date(2026, 7, 17)
"""The last day of the year that is made: the day asked about."""

HALF_TERMS = (
    (date(2025, 9, 1), 8),
    (date(2025, 11, 3), 7),
    (date(2026, 1, 5), 6),
    (date(2026, 2, 23), 5),
    (date(2026, 4, 13), 6),
    (date(2026, 6, 1), 7),
)
"""The first Monday of each half term, and its weeks: 39 weeks of ten sessions."""

CALENDARS = 5
"""How many calendars there are, by their INSET days."""
_INSET = ((0, 0), (0, 1), (2, 0), (4, 0), (5, 14))

# Code, share of school days, how likely it goes on the next day, whether it takes the whole day.
SPELLS = (
    ("I", 0.026, 0.55, True),
    ("O", 0.013, 0.35, True),
    ("G", 0.003, 0.80, True),
    ("N", 0.002, 0.10, True),
    ("C", 0.001, 0.60, True),
    ("E", 0.001, 0.60, True),
    ("D", 0.001, 0.50, True),
    ("M", 0.008, 0.00, False),
    ("U", 0.004, 0.00, False),
    ("V", 0.006, 0.20, True),
    ("B", 0.002, 0.20, True),
    ("L", 0.040, 0.00, False),
    (NO_MARK, 0.001, 0.00, False),
)
_SEVERAL = frozenset("IONGUL")  # the codes that some pupils have far more of


@dataclass(frozen=True)
class School:
    """One school: its open sessions, its pupils, and a matrix of marks, a row for each session.

    `first` and `last` are each pupil's days on the roll, as ordinals; off the roll the mark is `.`.
    """

    school_id: int
    urn: str
    upns: tuple[str, ...]
    pupil_ids: Ints
    dates: Ints
    halves: Ints
    half_terms: Ints
    marks: Bytes
    first: Ints
    last: Ints


@dataclass(frozen=True)
class Population:
    """Schools of one LA, all on the national policy."""

    schools: tuple[School, ...]

    @property
    def urns(self) -> list[str]:
        """Every school."""
        return [school.urn for school in self.schools]

    @cached_property
    def pupils(self) -> int:
        """How many pupils there are."""
        return sum(len(school.upns) for school in self.schools)

    @property
    def sessions(self) -> int:
        """How many sessions the schools' year has."""
        return max(len(school.dates) for school in self.schools)


def population(
    pupils: int, seed: int, *, a_school: int = 800, movers: float = 0.04, trouble: float = 1.0
) -> Population:
    """Invent a year at as many schools as are needed.

    Args:
        a_school: Pupils at a school; the last one has what is left over.
        movers: The share of pupils who come later than the first day, and of those who leave early.
        trouble: How many times the usual absence there is.
    """
    chance = np.random.default_rng(seed)
    sizes = [a_school] * (pupils // a_school) + ([pupils % a_school] if pupils % a_school else [])
    ends = np.cumsum(sizes).tolist()
    return Population(
        tuple(
            _school(number, end - size, size, chance, movers, trouble)
            for number, (size, end) in enumerate(zip(sizes, ends, strict=True))
        )
    )


def repeated(people: Population, times: int) -> Population:
    """The same schools several times over, each time with pupils and numbers of their own."""
    return Population(
        tuple(
            _again(school, copy * len(people.schools), copy * people.pupils)
            for copy in range(times)
            for school in people.schools
        )
    )


def _again(school: School, schools: int, pupils: int) -> School:
    ids = school.pupil_ids + pupils
    return replace(
        school,
        school_id=school.school_id + schools,
        urn=f"{int(school.urn) + schools}",
        upns=tuple(upns_of(ids)),
        pupil_ids=ids,
    )


def open_days(calendar: int) -> tuple[Ints, Ints]:
    """The ordinals of a calendar's school days, and the half term of each."""
    inset = {_day(half_term, day + calendar % CALENDARS) for half_term, day in _INSET}
    days = [
        (monday + timedelta(days=week * 7 + weekday), number)
        for number, (monday, weeks) in enumerate(HALF_TERMS)
        for week in range(weeks)
        for weekday in range(5)
    ]
    kept = [(day.toordinal(), number) for day, number in days if day not in inset]
    return np.array([day for day, _ in kept]), np.array([number for _, number in kept])


def _day(half_term: int, school_day: int) -> date:
    return HALF_TERMS[half_term][0] + timedelta(days=school_day // 5 * 7 + school_day % 5)


def _school(
    number: int, before: int, size: int, chance: np.random.Generator, movers: float, trouble: float
) -> School:
    days, half_terms = open_days(number)
    ids = np.arange(before, before + size) + 1
    first, last = _roll(days, size, chance, movers)
    marks = _marks(len(days), size, chance, trouble)
    dates = np.repeat(days, 2)
    marks[(dates[:, None] < first) | (dates[:, None] > last)] = ord(OFF_ROLL)
    return School(
        school_id=number + 1,
        urn=f"{100_001 + number}",
        upns=tuple(upns_of(ids)),
        pupil_ids=ids,
        dates=dates,
        halves=np.tile(np.array([0, 1]), len(days)),
        half_terms=np.repeat(half_terms, 2),
        marks=marks,
        first=first,
        last=last,
    )


def _roll(days: Ints, size: int, chance: np.random.Generator, movers: float) -> tuple[Ints, Ints]:
    late, early = chance.random((2, size)) < movers
    first = np.where(late, days[chance.integers(0, len(days) // 2, size)], days[0] - 100)
    last = np.where(early, days[chance.integers(len(days) // 2, len(days), size)], days[-1] + 400)
    return first, last


def _marks(days: int, size: int, chance: np.random.Generator, trouble: float) -> Bytes:
    """Marks day by day: each kind of absence begins by chance, and goes on by chance."""
    marks = np.empty((days, 2, size), np.uint8)
    marks[:, 0], marks[:, 1] = ord("/"), ord("\\")
    several = np.minimum(chance.gamma(0.5, 2.0, size) * trouble, 12)
    goes_on = np.array([spell[2] for spell in SPELLS])
    begins = np.array([share * (1 - on) / 0.93 for _, share, on, _ in SPELLS])
    each = np.stack([several if code in _SEVERAL else np.ones(size) for code, *_ in SPELLS])
    bounds = np.cumsum(np.minimum(begins[:, None] * each, 0.4), axis=0)
    codes = np.array([ord(code) for code, *_ in SPELLS], np.uint8)
    whole = np.array([spell[3] for spell in SPELLS])
    now = np.full(size, -1)
    for day in range(days):
        luck, start, half = chance.random((3, size))
        on = (now >= 0) & (luck < goes_on[now])
        fresh = (start[None, :] > bounds).sum(axis=0)
        now = np.where(on, now, np.where(fresh < len(SPELLS), fresh, -1))
        away = np.flatnonzero(now >= 0)
        kind = now[away]
        all_day = whole[kind] & (half[away] < 0.94)
        morning, afternoon = all_day | (half[away] < 0.98), all_day | (half[away] >= 0.98)
        marks[day, 0, away[morning]] = codes[kind[morning]]
        marks[day, 1, away[afternoon]] = codes[kind[afternoon]]
    return marks.reshape(days * 2, size)


def upns_of(numbers: Ints) -> list[str]:
    """A UPN with its check letter for each number below a hundred thousand million."""
    body = 352_000_000_000 + numbers.astype(np.int64)
    digits = body[:, None] // 10 ** np.arange(11, -1, -1) % 10
    letters = np.frombuffer(LETTERS.encode(), np.uint8)[digits @ np.arange(2, 14) % 23]
    joined = np.column_stack([letters, (digits + ord("0")).astype(np.uint8)])
    upns: list[str] = np.ascontiguousarray(joined).view("S13").ravel().astype("U13").tolist()
    return upns


def mark_rows(school: School, sessions: slice = slice(None)) -> tuple[Ints, Ints, Ints, Bytes]:
    """(pupil id, day, half, byte) of every mark of some sessions, as columns; blanks are no marks."""
    marks = school.marks[sessions]
    row, column = np.nonzero((marks != ord(OFF_ROLL)) & (marks != ord(NO_MARK)))
    return (
        school.pupil_ids[column],
        school.dates[sessions][row],
        school.halves[sessions][row],
        marks[row, column],
    )


def changed(school: School, day: int, share: float, chance: np.random.Generator) -> School:
    """The school with a share of one day's marks changed, as a later feed of the same day has them."""
    marks = school.marks.copy()
    rows = np.flatnonzero(school.dates == day)
    row, column = np.nonzero((marks[rows] != ord(OFF_ROLL)) & (marks[rows] != ord(NO_MARK)))
    chosen = chance.permutation(len(row))[: round(len(row) * share)]
    row, column = rows[row[chosen]], column[chosen]
    marks[row, column] = np.where(marks[row, column] == ord("I"), ord("O"), ord("I"))
    return replace(school, marks=marks)


def feed(schools: Sequence[School], day: int) -> bytes:
    """A marks.csv of one day, by school, session and pupil, as a school's system exports it."""
    return "".join(["upn,urn,date,session,code\n", *_lines(schools, day)]).encode()


def _lines(schools: Sequence[School], day: int) -> Iterator[str]:
    said = date.fromordinal(day).isoformat()
    for school in schools:
        for row in np.flatnonzero(school.dates == day).tolist():
            tail = f",{school.urn},{said},{'PM' if school.halves[row] else 'AM'},"
            for upn, mark in zip(school.upns, school.marks[row].tobytes().decode(), strict=True):
                if mark not in (OFF_ROLL, NO_MARK):
                    yield f"{upn}{tail}{mark}\n"
