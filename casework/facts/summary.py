"""One pupil's attendance at one school on one day, in exact integers: every field of `casework facts`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.domain import Session

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


@dataclass(frozen=True, slots=True)
class Counts:
    """Sessions of one period. Percentages are never kept: compare `attended * 100 < band * possible`."""

    possible: int = 0
    attended: int = 0
    authorised: int = 0
    unauthorised: int = 0

    @property
    def absent(self) -> int:
        """Possible sessions missed, with or without authority."""
        return self.authorised + self.unauthorised


@dataclass(frozen=True, slots=True)
class Run:
    """School days in a row on which every possible session has one of a set of codes.

    A day with no possible session neither counts nor breaks. `days` is the run still open on the day asked
    about, `longest` the longest ever held. `unmarked` counts the school's open sessions without a mark of
    this pupil from `started_on` to the last day counted; a legal step on such a run is "not known".
    """

    days: int = 0
    longest: int = 0
    started_on: date | None = None
    unmarked: int = 0


@dataclass(frozen=True, slots=True)
class Threshold:
    """Unauthorised sessions by school weeks, those spent for every parent left out.

    `sessions` in the window that ends now; `most` in any window; `first_met` the session at which the limit
    was first reached; `counted` the sessions now, where the limit is reached, and `first_counted` then.
    """

    sessions: int = 0
    most: int = 0
    first_met: Session | None = None
    counted: tuple[Session, ...] = ()
    first_counted: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Every fact of one pupil at one school on one day.

    `period` is (year the academic year began, half term 0 to 5) of the school's last session on or before
    that day; None before its first. Field meanings: the contract for `casework facts`.
    """

    urn: str
    upn: str
    on: date
    period: tuple[int, int] | None = None
    year: Counts = Counts()
    term: Counts = Counts()
    half_term: Counts = Counts()
    late_half_term: int = 0
    late_term: int = 0
    illness_episodes_half_term: int = 0
    illness_sessions_year: int = 0
    unauthorised_run: Run = Run()
    return_run: Run = Run()
    illness_run: Run = Run()
    overdue_n_sessions: int = 0
    broken_weeks_year: int = 0
    absent_by_weekday: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    threshold: Threshold = Threshold()

    def measure(self, name: str) -> int:
        """An integer by its name in MEASURES: `year.possible`, `threshold.sessions`, ...

        Raises:
            KeyError: There is no such measure.
        """
        if name not in MEASURES:
            raise KeyError(name)
        head, _, tail = name.partition(".")
        value = getattr(self, head)
        if head == "absent_by_weekday":
            value = value[WEEKDAYS.index(tail)]
        elif tail:
            value = getattr(value, tail)
        assert isinstance(value, int)
        return value

    def as_json(self) -> dict[str, Any]:
        """The line that `casework facts --format jsonl` prints, as plain values."""
        return {
            "urn": self.urn,
            "upn": self.upn,
            "on": self.on.isoformat(),
            "academic_year": f"{self.period[0]}/{(self.period[0] + 1) % 100:02d}" if self.period else None,
            "half_term_number": self.period[1] if self.period else None,
            "year": _counts(self.year),
            "term": _counts(self.term),
            "half_term": _counts(self.half_term),
            "late_half_term": self.late_half_term,
            "late_term": self.late_term,
            "illness_episodes_half_term": self.illness_episodes_half_term,
            "illness_sessions_year": self.illness_sessions_year,
            "unauthorised_run": _run(self.unauthorised_run, "days", "longest", "started_on", "unmarked"),
            "return_run": _run(self.return_run, "days", "started_on", "unmarked"),
            "illness_run": _run(self.illness_run, "days", "longest"),
            "overdue_n_sessions": self.overdue_n_sessions,
            "broken_weeks_year": self.broken_weeks_year,
            "absent_by_weekday": list(self.absent_by_weekday),
            "threshold": {
                "sessions": self.threshold.sessions,
                "most": self.threshold.most,
                "first_met": str(self.threshold.first_met) if self.threshold.first_met else None,
                "counted": [str(session) for session in self.threshold.counted],
                "first_counted": [str(session) for session in self.threshold.first_counted],
            },
        }


def _counts(counts: Counts) -> dict[str, int]:
    return {
        "possible": counts.possible,
        "attended": counts.attended,
        "authorised": counts.authorised,
        "unauthorised": counts.unauthorised,
    }


def _run(run: Run, *names: str) -> dict[str, Any]:
    values = {
        "days": run.days,
        "longest": run.longest,
        "started_on": run.started_on.isoformat() if run.started_on else None,
        "unmarked": run.unmarked,
    }
    return {name: values[name] for name in names}


def _measures() -> Iterator[str]:
    for period in ("year", "term", "half_term"):
        yield from (
            f"{period}.{name}" for name in ("possible", "attended", "authorised", "unauthorised", "absent")
        )
    yield from ("late_half_term", "late_term", "illness_episodes_half_term", "illness_sessions_year")
    for run in ("unauthorised_run", "return_run", "illness_run"):
        yield from (f"{run}.{name}" for name in ("days", "longest", "unmarked"))
    yield from ("overdue_n_sessions", "broken_weeks_year")
    yield from (f"absent_by_weekday.{weekday}" for weekday in WEEKDAYS)
    yield from ("threshold.sessions", "threshold.most")


MEASURES = tuple(_measures())
"""The integers a trigger may compare, by name; the sweep gives the same names to its arrays."""
