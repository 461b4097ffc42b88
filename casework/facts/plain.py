"""Facts of one pupil, written to be read beside the guidance. The sweep must agree with this, to the bit.

What is looked at: marks on the school's open sessions, on a day on which the pupil was on its roll, dated on
or before the day asked about. Every other mark is kept and counts nowhere, and so does a blank: an empty code
is no mark, and never an absence.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from casework.domain import Mark, Notice, SchoolCalendar, Session
from casework.domain.calendar import monday_of
from casework.facts.codes import NOTHING, CodeClass, CodeClasses, Limits
from casework.facts.spent import spent_for, spent_for_all
from casework.facts.summary import Counts, Run, Summary, Threshold


class Entry(NamedTuple):
    """One open session and what the register says of the pupil; an empty code where it says nothing."""

    session: Session
    code: str
    code_class: CodeClass | None
    is_possible: bool
    is_absent: bool


class Uncounted(StrEnum):
    """Why a mark does not count towards a threshold."""

    CLOSED = "the school was not open"
    OFF_ROLL = "the pupil was not on the roll"
    LATER = "it lies after the day asked about"
    NOT_COMPULSORY_AGE = "the pupil was not of compulsory school age"
    OTHER_CODE = "the absence is not unauthorised"
    OUTSIDE_WINDOW = "it lies outside the school weeks looked at"
    SPENT = "an earlier notice or prosecution was for it"


class Weighed(NamedTuple):
    """One absence, and why it does not count; None where it does."""

    urn: str
    session: Session
    code: str
    uncounted: Uncounted | None


@dataclass(frozen=True)
class Register:
    """Everything held of one pupil at one school: its calendar, the spells on its roll, and the marks.

    `roll` holds (first day, last day), both on the roll; a last day of None is still to come.
    """

    urn: str
    calendar: SchoolCalendar
    roll: tuple[tuple[date, date | None], ...]
    marks: tuple[Mark, ...]

    def on_roll(self, day: date) -> bool:
        """Whether the pupil was on the roll on a day."""
        return any(first <= day and (last is None or day <= last) for first, last in self.roll)

    def on_roll_in_week(self, monday: date) -> bool:
        """Whether the pupil was on the roll on any day of a week."""
        sunday = monday + timedelta(days=6)
        return any(first <= sunday and (last is None or monday <= last) for first, last in self.roll)

    @cached_property
    def looked_at(self) -> dict[Session, str]:
        """The codes entered on open sessions while on the roll."""
        return {
            mark.session: mark.code
            for first, last in self.roll
            for mark in self.marks
            if mark.code and first <= mark.session.date <= (last or date.max)
            if self.calendar.is_open(mark.session)
        }

    def sessions(self, on: date) -> tuple[Session, ...]:
        """The school's open sessions dated on or before a day."""
        return self.calendar.sessions_between(date.min, on)

    def weeks(self, on: date) -> tuple[date, ...]:
        """The Monday of each school week with a session on or before a day.

        They come from the school's calendar, not from the pupil's marks: being off roll shrinks no window.
        """
        last = self.calendar.last_session(on)
        return self.calendar.school_weeks_ending(last.date, len(self.calendar.weeks)) if last else ()


@dataclass(frozen=True)
class Facts:
    """One pupil's registers, the case's own school first, with the codes and limits of the day asked about.

    `notices` is the ledger of every parent; `responsible` the contacts with parental responsibility;
    `compulsory` the first and last day of compulsory school age, None where it is not known.
    """

    upn: str
    registers: tuple[Register, ...]
    codes: CodeClasses
    limits: Limits
    notices: tuple[Notice, ...] = ()
    responsible: tuple[str, ...] = ()
    compulsory: tuple[date, date] | None = None

    def at(self, urn: str) -> "Facts":
        """The same pupil at one school alone.

        Raises:
            KeyError: No register of that school is held.
        """
        return replace(self, registers=(self._register(urn),))

    @property
    def last_day(self) -> date:
        """The last day for which any school holds a mark that is looked at.

        Raises:
            ValueError: There is no such mark.
        """
        return max(session.date for register in self.registers for session in register.looked_at)

    def entries(self, on: date, urn: str = "") -> list[Entry]:
        """Every open session of one school up to a day, oldest first, with the pupil's mark if any."""
        register = self._register(urn)
        sessions = register.sessions(on)
        entered = [register.looked_at.get(session, "") for session in sessions]
        return [
            Entry(session, code, *says.get(code, NOTHING))
            for stretch, says in self.codes.stretches(sessions)
            for session, code in zip(sessions[stretch], entered[stretch], strict=True)
        ]

    # -- towards a threshold: every school together, for one parent or for all -------------------------------

    def school_weeks_ending(self, on: date, count: int) -> tuple[date, ...]:
        """The Mondays of the last `count` school weeks, the latest being that of the last session up to `on`.

        At one school, that school's weeks. With several registers a week is a school week if one of the
        schools on whose roll the pupil was that week had a session; if on none, if any of them had.
        """
        return tuple(sorted(self._weeks(on)))[-count:]

    def missed(
        self, codes: Collection[str], weeks: Collection[date], on: date, parent_id: str = ""
    ) -> tuple[str, ...]:
        """The sessions with one of these codes in these school weeks that count, oldest first.

        Args:
            codes: Codes that count, as the policy lists them.
            weeks: Mondays, as `school_weeks_ending` gives them.
            on: The last day counted; later marks are ignored.
            parent_id: Leave out what is spent for this parent; empty leaves out what is spent for all.

        Returns:
            `2026-10-05 AM`, ...; sessions outside compulsory school age, where that is known, left out.
        """
        return tuple(
            str(weighed.session)
            for weighed in self.weigh(codes, weeks, on, parent_id)
            if weighed.uncounted is None
        )

    def weigh(
        self, codes: Collection[str], weeks: Collection[date], on: date, parent_id: str = ""
    ) -> tuple[Weighed, ...]:
        """Every absence held, and the reason where one does not count: what `casework why` prints."""
        weighed = (
            Weighed(register.urn, mark.session, mark.code, self._why_not(register, mark, codes, weeks, on))
            for register in self.registers
            for mark in register.marks
            if mark.code in codes or self._is_absence(mark)
        )
        found = sorted(weighed, key=lambda item: (item.session, item.urn))
        counting = [item.session for item in found if item.uncounted is None]
        spent = self.spent(counting, on, parent_id)
        return tuple(
            item._replace(uncounted=Uncounted.SPENT)
            if item.uncounted is None and item.session in spent
            else item
            for item in found
        )

    def spent(self, sessions: Iterable[Session], on: date, parent_id: str = "") -> set[Session]:
        """Those of the sessions that are spent for a parent, or for every parent if none is named."""
        if parent_id:
            return spent_for(parent_id, self.notices, sessions, on)
        return spent_for_all(self.responsible, self.notices, sessions, on)

    def unmarked(self, weeks: Collection[date], on: date) -> tuple[str, ...]:
        """Open sessions in these weeks on which a pupil on the roll has no mark: what is not known."""
        return tuple(
            str(entry.session)
            for register in self.registers
            for entry in self.entries(on, register.urn)
            if not entry.code
            and monday_of(entry.session.date) in weeks
            and register.on_roll(entry.session.date)
        )

    # -- at one school ---------------------------------------------------------------------------------------

    def run(self, codes: Collection[str], on: date, urn: str = "") -> Run:
        """School days in a row on which every possible session has one of these codes."""
        entries = self.entries(on, urn)
        return _run(_days(entries), entries, codes)

    def run_sessions(self, codes: Collection[str], on: date, urn: str = "") -> tuple[str, ...]:
        """The sessions of the run still open on a day, oldest first."""
        entries = self.entries(on, urn)
        started_on = _run(_days(entries), entries, codes).started_on
        return tuple(
            str(entry.session)
            for entry in entries
            if started_on and entry.session.date >= started_on and entry.is_possible
        )

    def counts(self, start: date, end: date, urn: str = "") -> Counts:
        """Possible, attended, authorised and unauthorised sessions from `start` to `end`, both included."""
        return _counts([entry for entry in self.entries(end, urn) if entry.session.date >= start])

    def last_seen(self, on: date, urn: str = "") -> Session | None:
        """The last session at which the pupil attended, or came after the register closed."""
        seen = [
            entry.session
            for entry in self.entries(on, urn)
            if entry.code_class is CodeClass.ATTENDING or entry.code in self.codes.late
        ]
        return seen[-1] if seen else None

    def summary(self, on: date, urn: str = "") -> Summary:
        """Every fact of the pupil at one school on a day; the first register's where no school is named.

        The pupil-level threshold takes no account of age: the gates do, through `missed`.
        """
        register = self._register(urn)
        entries = self.entries(on, urn)
        if not entries:
            return Summary(register.urn, self.upn, on)
        academic_year, half_term = register.calendar.half_term_of(entries[-1].session)
        begins = date(academic_year, 9, 1)
        in_year = [entry for entry in entries if entry.session.date >= begins]
        halves = register.calendar.half_terms[len(entries) - len(in_year) : len(entries)]
        in_term = [e for e, half in zip(in_year, halves, strict=True) if half // 2 == half_term // 2]
        in_half_term = [e for e, half in zip(in_year, halves, strict=True) if half == half_term]
        days = _days(entries)
        started_ill = _first_sessions_of_illness(entries, self.codes.illness)
        by_weekday = Counter(entry.session.date.weekday() for entry in in_year if entry.is_absent)
        return Summary(
            urn=register.urn,
            upn=self.upn,
            on=on,
            period=(academic_year, half_term),
            year=_counts(in_year),
            term=_counts(in_term),
            half_term=_counts(in_half_term),
            late_half_term=len(_having(in_half_term, self.codes.late)),
            late_term=len(_having(in_term, self.codes.late)),
            illness_episodes_half_term=sum(entry.session in started_ill for entry in in_half_term),
            illness_sessions_year=len(_having(in_year, self.codes.illness)),
            unauthorised_run=_run(days, entries, self.codes.unauthorised_run),
            return_run=_run(days, entries, self.codes.return_run),
            illness_run=_run(days, entries, self.codes.illness),
            overdue_n_sessions=self._overdue(entries),
            broken_weeks_year=len({monday_of(e.session.date) for e in in_year if e.is_absent}),
            absent_by_weekday=(by_weekday[0], by_weekday[1], by_weekday[2], by_weekday[3], by_weekday[4]),
            threshold=self._threshold(register, entries, on),
        )

    # -- the parts -------------------------------------------------------------------------------------------

    def _register(self, urn: str) -> Register:
        for register in self.registers:
            if register.urn == urn or not urn:
                return register
        raise KeyError(urn)

    def _weeks(self, on: date) -> set[date]:
        schools_open: dict[date, list[Register]] = {}
        for register in self.registers:
            for week in register.weeks(on):
                schools_open.setdefault(week, []).append(register)
        found = set()
        for week, had_sessions in schools_open.items():
            attended = [register for register in self.registers if register.on_roll_in_week(week)]
            if any(register in had_sessions for register in (attended or self.registers)):
                found.add(week)
        return found

    def _is_absence(self, mark: Mark) -> bool:
        code_class = self.codes.class_of(mark.code, mark.session.date)
        return code_class is not None and code_class.is_absent

    def _why_not(
        self, register: Register, mark: Mark, codes: Collection[str], weeks: Collection[date], on: date
    ) -> Uncounted | None:
        day = mark.session.date
        if not register.calendar.is_open(mark.session):
            return Uncounted.CLOSED
        if not register.on_roll(day):
            return Uncounted.OFF_ROLL
        if day > on:
            return Uncounted.LATER
        if self.compulsory and not self.compulsory[0] <= day <= self.compulsory[1]:
            return Uncounted.NOT_COMPULSORY_AGE
        if mark.code not in codes:
            return Uncounted.OTHER_CODE
        if monday_of(day) not in weeks:
            return Uncounted.OUTSIDE_WINDOW
        return None

    def _overdue(self, entries: Sequence[Entry]) -> int:
        """Unexplained absences with more than the limit of school days after them."""
        unexplained = [entry.session.date for entry in _having(entries, self.codes.unexplained)]
        if not unexplained:
            return 0
        days = list(dict.fromkeys(entry.session.date for entry in entries))
        after = {day: len(days) - place for place, day in enumerate(days, 1)}
        return sum(after[day] > self.limits.unexplained_school_days for day in unexplained)

    def _threshold(self, register: Register, entries: Sequence[Entry], on: date) -> Threshold:
        marked = [entry.session for entry in _having(entries, self.codes.threshold)]
        spent = self.spent(marked, on)
        sessions = [session for session in marked if session not in spent]
        if not sessions:
            return Threshold()
        weeks = register.weeks(on)
        window = self.limits.threshold_school_weeks
        limit = self.limits.threshold_sessions

        # The place of each session's week among the school weeks: ten of them in a row are one window.
        place = {week: number for number, week in enumerate(weeks)}
        places = [place[monday_of(session.date)] for session in sessions]
        in_week = Counter(places)
        most = max(  # The fullest window may be taken to end with a week that has such a session.
            sum(in_week[earlier] for earlier in range(last - window + 1, last + 1)) for last in in_week
        )
        now = [s for s, week in zip(sessions, places, strict=True) if week > len(weeks) - 1 - window]

        # Judged session by session: the window ends at the session itself, not at the end of its week.
        first_counted: tuple[Session, ...] = ()
        for last in range(limit - 1, len(sessions)):
            if places[last] - places[last - limit + 1] < window:
                first_counted = tuple(sessions[last - limit + 1 : last + 1])
                break
        return Threshold(
            sessions=len(now),
            most=most,
            first_met=first_counted[-1] if first_counted else None,
            counted=tuple(now) if len(now) >= limit else (),
            first_counted=first_counted,
        )


def _having(entries: Sequence[Entry], codes: Collection[str]) -> list[Entry]:
    """The possible sessions with one of these codes."""
    return [entry for entry in entries if entry.code in codes and entry.is_possible]


def _counts(entries: Sequence[Entry]) -> Counts:
    classes = [entry.code_class for entry in entries if entry.is_possible]
    return Counts(
        possible=len(classes),
        attended=classes.count(CodeClass.ATTENDING),
        authorised=classes.count(CodeClass.AUTHORISED),
        unauthorised=classes.count(CodeClass.UNAUTHORISED),
    )


def _first_sessions_of_illness(entries: Sequence[Entry], illness: Collection[str]) -> set[Session]:
    """Sessions of illness whose preceding possible session was not illness: one for each episode."""
    possible = [entry for entry in entries if entry.is_possible]
    ill = [entry.code in illness for entry in possible]
    return {
        entry.session
        for entry, was_ill, is_ill in zip(possible, [False, *ill], ill, strict=False)
        if is_ill and not was_ill
    }


def _days(entries: Sequence[Entry]) -> dict[date, list[str]]:
    """The codes of each day's possible sessions; days without one are not among them."""
    days: dict[date, list[str]] = {}
    for entry in entries:
        if entry.is_possible:
            days.setdefault(entry.session.date, []).append(entry.code)
    return days


def _run(days: Mapping[date, Sequence[str]], entries: Sequence[Entry], codes: Collection[str]) -> Run:
    all_in = frozenset(codes).issuperset
    length = longest = 0
    started_on = ended_on = None
    for day, entered in days.items():
        if all_in(entered):
            length += 1
            longest = max(longest, length)
            started_on, ended_on = started_on or day, day
        else:
            length, started_on, ended_on = 0, None, None
    unmarked = 0
    if started_on and ended_on:
        unmarked = sum(not e.code and started_on <= e.session.date <= ended_on for e in entries)
    return Run(length, longest, started_on, unmarked)
