"""The nightly sweep: every fact of every pupil at many schools at once, vectorised over pupils.

It must agree, integers and evidence, with `Facts.summary`, which is written to be read beside the guidance.
This is written to be fast: one pass over the sessions, oldest first, each a vector of one byte a pupil.
Everything held is looked at, all years. The sweep can be swapped for a faster one behind `sweep`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from casework.domain import Half, Session
from casework.facts.codes import CodeClasses, Limits
from casework.facts.counting import Pass, Schools, numbers_of, windows
from casework.facts.flags import RUNS, CodeTable
from casework.facts.layout import Layout, lay_out, open_sessions
from casework.facts.second_look import look_at_runs, look_at_threshold
from casework.facts.sheets import Ints, SchoolSheets, SheetBlock
from casework.facts.summary import MEASURES, WEEKDAYS, Counts, Run, Summary, Threshold


@dataclass(frozen=True)
class _Part:
    """The facts of one matrix, in the order of its schools and their lines.

    `evidence` has, under `counted` and `first_counted`, (lines ascending, sessions ascending within each).
    """

    width: int
    numbers: dict[str, Ints]
    evidence: dict[str, tuple[Ints, Ints]]


MATRIX_BYTES = 16_000_000
"""How large a matrix of marks may grow: schools beyond it are swept after, in the same memory."""


@dataclass(frozen=True)
class Evidence:
    """Sessions by line, oldest first within each: two arrays of one length, `lines` ascending.

    A session is its day's ordinal times two, and one more in the afternoon.
    """

    lines: Ints
    sessions: Ints

    def of(self, line: int) -> tuple[Session, ...]:
        """The sessions of one line."""
        first, last = np.searchsorted(self.lines, (line, line + 1))
        return tuple(session_of(int(number)) for number in self.sessions[first:last])


@dataclass(frozen=True)
class SweepResult:
    """The facts of each line (a pupil at a school), in the order of the block's schools and their `upns`.

    `measures` has an int64 array under each name in `MEASURES`. `started_on` has, for each run, the ordinal
    of its first day, 0 where none is open. `periods` is (academic year, half term) of each line, -1 before
    the school's first session. `first_met` is a session as in `Evidence`, 0 where the limit never was.
    """

    on: date
    schools: tuple[tuple[str, tuple[str, ...]], ...]
    measures: dict[str, Ints]
    started_on: dict[str, Ints]
    periods: Ints
    first_met: Ints
    counted: Evidence
    first_counted: Evidence

    @cached_property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """(urn, upn) of each line."""
        return tuple((urn, upn) for urn, upns in self.schools for upn in upns)

    def measure(self, name: str) -> Ints:
        """One of the measures, for every line; KeyError if there is no such measure."""
        return self.measures[name]

    def summary(self, line: int) -> Summary:
        """One line as the plain evaluator gives it, to be compared with it or printed."""
        urn, upn = self.lines[line]
        year, half_term = (int(number) for number in self.periods[line])
        first_met = int(self.first_met[line])
        weekdays = [self._at(f"absent_by_weekday.{weekday}", line) for weekday in WEEKDAYS]
        return Summary(
            urn=urn,
            upn=upn,
            on=self.on,
            period=(year, half_term) if year >= 0 else None,
            year=self._counts("year", line),
            term=self._counts("term", line),
            half_term=self._counts("half_term", line),
            late_half_term=self._at("late_half_term", line),
            late_term=self._at("late_term", line),
            illness_episodes_half_term=self._at("illness_episodes_half_term", line),
            illness_sessions_year=self._at("illness_sessions_year", line),
            unauthorised_run=self._run("unauthorised_run", line),
            return_run=self._run("return_run", line),
            illness_run=self._run("illness_run", line),
            overdue_n_sessions=self._at("overdue_n_sessions", line),
            broken_weeks_year=self._at("broken_weeks_year", line),
            absent_by_weekday=(weekdays[0], weekdays[1], weekdays[2], weekdays[3], weekdays[4]),
            threshold=Threshold(
                sessions=self._at("threshold.sessions", line),
                most=self._at("threshold.most", line),
                first_met=session_of(first_met) if first_met else None,
                counted=self.counted.of(line),
                first_counted=self.first_counted.of(line),
            ),
        )

    def _at(self, name: str, line: int) -> int:
        return int(self.measures[name][line])

    def _counts(self, period: str, line: int) -> Counts:
        names = ("possible", "attended", "authorised", "unauthorised")
        return Counts(*(self._at(f"{period}.{name}", line) for name in names))

    def _run(self, name: str, line: int) -> Run:
        started_on = int(self.started_on[name][line])
        return Run(
            days=self._at(f"{name}.days", line),
            longest=self._at(f"{name}.longest", line),
            started_on=date.fromordinal(started_on) if started_on else None,
            unmarked=self._at(f"{name}.unmarked", line),
        )


def session_of(number: int) -> Session:
    """The session behind its number: its day's ordinal times two, and one more in the afternoon."""
    return Session(date.fromordinal(number // 2), Half.PM if number % 2 else Half.AM)


def sweep(block: SheetBlock, on: date, codes: CodeClasses, limits: Limits) -> SweepResult:
    """Every fact of every line of these schools on a day.

    Args:
        block: Calendars, sheets, rolls and spent sessions, everything held.
        on: The last day looked at; later sheets are ignored.
        codes: Classes by date, and the named sets in force on that day.
        limits: The numbers in force on that day.

    Returns:
        The measures as arrays, with the sessions behind a threshold that is or was reached.
    """
    parts = [
        _counted(lay_out(schools, on.toordinal()), codes, limits)
        for schools in _pieces(block.schools, on.toordinal())
    ]
    offsets = np.cumsum([0, *(part.width for part in parts)])

    def joined(name: str) -> Ints:
        return np.concatenate([part.numbers[name] for part in parts]) if parts else np.zeros(0, np.int64)

    def evidence(kind: str) -> Evidence:
        found = [part.evidence[kind] for part in parts]
        if not found:
            return Evidence(np.zeros(0, np.int64), np.zeros(0, np.int64))
        lines = [lines + offset for (lines, _), offset in zip(found, offsets, strict=False)]
        return Evidence(np.concatenate(lines), np.concatenate([sessions for _, sessions in found]))

    return SweepResult(
        on=on,
        schools=tuple((school.urn, school.upns) for school in block.schools),
        measures={name: joined(name) for name in MEASURES},
        started_on={run: joined(f"{run}.started_on") for run in RUNS},
        periods=np.column_stack([joined("academic_year"), joined("half_term_number")]),
        first_met=joined("threshold.first_met"),
        counted=evidence("counted"),
        first_counted=evidence("first_counted"),
    )


def _counted(layout: Layout, codes: CodeClasses, limits: Limits) -> _Part:
    """Every number of every line of a matrix, and the sessions behind each threshold reached."""
    schools = Schools.of(layout, limits)
    tables = [CodeTable.of(begins, dict(classes), codes) for begins, classes in codes.classes]
    over = Pass(layout, schools, tables)
    over.run()
    numbers = numbers_of(over)
    numbers["threshold.sessions"], numbers["threshold.most"] = windows(over, limits)
    look_at_runs(over, numbers)
    evidence = look_at_threshold(over, numbers, limits)
    line_of = np.concatenate(
        [place.lines + place.columns.start for place in layout.places] or [np.zeros(0, np.int64)]
    )
    by_line = np.argsort(line_of)
    return _Part(
        width=layout.width,
        numbers={name: values[by_line].astype(np.int64) for name, values in numbers.items()},
        evidence={kind: _by_line(line_of, *found) for kind, found in evidence.items()},
    )


def _by_line(line_of: Ints, columns: Ints, sessions: Ints) -> tuple[Ints, Ints]:
    lines = line_of[columns]
    order = np.argsort(lines, kind="stable")
    return lines[order], sessions[order]


def _pieces(schools: Sequence[SchoolSheets], on: int) -> Iterator[Sequence[SchoolSheets]]:
    """Schools in turn, as many at a time as the matrix has room for."""
    piece: list[SchoolSheets] = []
    rows = columns = 0
    for school in schools:
        sessions = len(open_sessions(school, on))
        if piece and max(rows, sessions) * (columns + len(school.upns)) > MATRIX_BYTES:
            yield piece
            piece, rows, columns = [], 0, 0
        piece.append(school)
        rows, columns = max(rows, sessions), columns + len(school.upns)
    if piece:
        yield piece
