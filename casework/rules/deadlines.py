"""When things fall due: every clock of the law and of the policies, counted as its rule says.

A rule is a key such as `clocks.resolve_n`; its unit, length and counting are policy data. School days and
school weeks are those of the school's own calendar; working days leave bank holidays out; the rest is the
almanac's. A date is derived each time and never kept, so a changed calendar moves the right ones.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casework.domain import CaseworkError, SchoolCalendar
from casework.domain.calendar import (
    CalendarEnds,
    academic_year_of,
    add_months,
    add_working_days,
    monday_of,
)
from casework.policy import Policy, Value

NO_HOLIDAYS: frozenset[date] = frozenset()
SHOWN_ONLY = ("rule", "date", "window")
"""Kinds of clock with no day counted from a start: only shown, from a birthday, or looking back."""
LAST_DAYS = ("deadline", "recorded")
"""Kinds of clock that run to a last day, which belongs to the person who has it."""


class NotTimed(CaseworkError):
    """The rule runs to no date that can be counted from its start alone."""

    def __init__(self, rule: str, why: str, remedy: str) -> None:
        self.rule = rule
        super().__init__(f"{rule} cannot be counted to a day: {why}. {remedy}")


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which a clock stood still: from `began_on`, which is one of them, up to the day it resumed."""

    began_on: date
    resumed_on: date | None = None


def due(
    policy: Policy,
    rule: str,
    started_on: date,
    calendar: SchoolCalendar,
    holidays: frozenset[date] = NO_HOLIDAYS,
    *,
    on: date | None = None,
    pauses: Sequence[Pause] = (),
    agreed_on: date | None = None,
) -> date:
    """The last day of a clock; for a rule of kind `earliest`, the first day on which the thing may be.

    Args:
        rule: A key of the policy: `clocks.resolve_n`.
        started_on: The day it runs from, counted or not as the rule says.
        holidays: Bank holidays, for working days.
        on: The day whose law is asked for, and up to which a pause still open has lasted; the start if none.
        pauses: Believed only where the rule may be paused: a statutory clock runs on under any hold.
        agreed_on: The day agreed in writing, for what is due when people agreed.

    Raises:
        NotInForce: There was no such rule on that day.
        NotTimed: The rule is only shown, or its length is not known: the error says whom to ask.
        CalendarEnds: The school's calendar stops first.

    Source: clocks
    """
    today = on or started_on
    clock = policy.value(rule, today)
    if clock.kind in SHOWN_ONLY:
        raise NotTimed(rule, "it is a rule that is shown", "See casework policy show.")
    if clock.kind == "agreed" and agreed_on is not None:
        return agreed_on
    length = _length(clock)
    end = _counted(clock, length, started_on, calendar, holidays)
    if not pauses or not clock.may_pause:
        return end
    return _paused(clock, length, started_on, end, today, pauses, calendar, holidays)


def fires_on(policy: Policy, rule: str, due_on: date) -> date:
    """The day on which what a clock leads to follows: the day after a last day, which belongs to the person
    who has it, and for a run reached, an earliest day or an agreed review that day itself.

    Source: clocks
    """
    return due_on + timedelta(days=1) if policy.value(rule, due_on).kind in LAST_DAYS else due_on


def _length(clock: Value) -> int:
    length = clock.get("length")
    if isinstance(length, int):
        return length
    if clock.kind == "decision":
        return 0
    if clock.kind == "agreed":
        raise NotTimed(clock.key, "its day is the one agreed", "Give the day that was agreed in writing.")
    remedy = "Ask the local authority for its code, or give the last day that the notice states."
    raise NotTimed(clock.key, "the local code that fixes its length is not known", remedy)


def _counted(
    clock: Value, length: int, start: date, calendar: SchoolCalendar, holidays: frozenset[date]
) -> date:
    first_counts = clock.counting == "day1"
    match clock.unit:
        case "none":
            return start
        case "calendar_days":
            return start + timedelta(days=length - first_counts)
        case "weeks":
            end = start + timedelta(days=7 * length - first_counts)
        case "months":
            return add_months(start, length) - timedelta(days=first_counts)
        case "years":
            return add_months(start, 12 * length) - timedelta(days=first_counts)
        case "working_days":
            return add_working_days(start - timedelta(days=first_counts), length, holidays)
        case "school_days":
            if not length:
                return start
            return calendar.add_school_days(start - timedelta(days=first_counts), length)
        case "school_weeks":
            end = _end_of_school_weeks(start, length, calendar)
        case unit:
            raise NotTimed(clock.key, f"{unit} are no days of a calendar", "It is shown only.")
    most = clock.get("school_days_at_most")
    school_days = calendar.days_between(start, end)
    return school_days[most - 1] if most and len(school_days) > most else end


def _end_of_school_weeks(start: date, count: int, calendar: SchoolCalendar) -> date:
    """The last school day of that many whole school weeks: Wednesday to Tuesday, or Monday to Friday.

    Weeks without a session are skipped; begun in one, the count starts with the next school week.
    """
    weeks = calendar.weeks
    place = bisect_left(weeks, monday_of(start))
    in_school_week = place < len(weeks) and weeks[place] == monday_of(start)
    into = start.weekday() if in_school_week else 0
    last = place + count - (0 if into else 1)
    if last >= len(weeks):
        raise CalendarEnds(start, len(calendar.days_between(start, date.max)) + 1)
    end = weeks[last] + timedelta(days=into - 1 if into else 6)
    return calendar.days[bisect_right(calendar.days, end) - 1]


def _paused(
    clock: Value,
    length: int,
    start: date,
    end: date,
    today: date,
    pauses: Sequence[Pause],
    calendar: SchoolCalendar,
    holidays: frozenset[date],
) -> date:
    """The end, moved by what the pauses took: school days by school days, all else by calendar days."""
    still = {day for pause in pauses for day in _days_of(pause, today) if day >= start}
    if clock.unit in ("school_days", "school_weeks"):
        left = [
            (session, half)
            for session, half in zip(calendar.sessions, calendar.half_terms, strict=True)
            if session.date not in still
        ]
        return _counted(clock, length, start, SchoolCalendar.of(left), holidays)
    remaining = (end - start).days
    day = start
    while remaining:
        day += timedelta(days=1)
        remaining -= day not in still
    return day


def _days_of(pause: Pause, today: date) -> Iterator[date]:
    """A pause still open has lasted up to today, which is one of its days."""
    resumed = pause.resumed_on or today + timedelta(days=1)
    for number in range((resumed - pause.began_on).days):
        yield pause.began_on + timedelta(days=number)


def window_began(policy: Policy, rule: str, on: date, calendar: SchoolCalendar) -> date:
    """The first day of a window that ends with, and includes, a day.

    Raises:
        NotTimed: The rule is no window.

    Source: clocks
    """
    clock = policy.value(rule, on)
    match clock.kind, clock.unit:
        case "window", "school_weeks":
            weeks = calendar.school_weeks_ending(on, clock.length)
            return weeks[0] if weeks else on
        case "window", "months":
            return add_months(on, -clock.length)
        case "window", "years":
            return add_months(on, -12 * clock.length)
    raise NotTimed(rule, "it does not look back", "Ask for the day it is due.")


@dataclass(frozen=True, slots=True)
class SafeDates:
    """The last days on which a step still leaves time for the ones after it, for one session.

    `limit` is the last day to lay an information; a date before the session itself says that there was
    never time.
    """

    session_on: date
    penalty_notice: date
    referral: date
    limit: date


def latest_safe_dates(policy: Policy, session_on: date, on: date, holidays: frozenset[date]) -> SafeDates:
    """Counted back from the six-month limit of one session: the authority's working days, the days in which a
    notice may be paid, the working days of the post.

    Source: prosecution.back_planning
    """
    limit = add_months(session_on, policy.value("clocks.prosecution_limit", on).length)
    allowed = policy.value("prosecution.back_planning", on)
    referral = subtract_working_days(limit, allowed.authority_working_days, holidays)
    payable = policy.value("clocks.penalty_notice_full", on).length
    notice = subtract_working_days(referral - timedelta(days=payable), allowed.service_working_days, holidays)
    return SafeDates(session_on, notice, referral, limit)


def subtract_working_days(end: date, count: int, holidays: frozenset[date]) -> date:
    """The latest day from which `count` working days, that day left out, still end on or before a day."""
    day = end
    while count:
        count -= day.weekday() < 5 and day not in holidays
        day -= timedelta(days=1)
    return day


def end_of_school_year(calendar: SchoolCalendar, on: date) -> date | None:
    """The last school day of the academic year that holds a day; None if the calendar has none in it."""
    year = academic_year_of(on)
    days = calendar.days_between(date(year, 9, 1), date(year + 1, 8, 31))
    return days[-1] if days else None


def deletion_return_due(
    deleted_on: date, calendar: SchoolCalendar, *, most_senior_class: bool
) -> bool | None:
    """Whether a deletion needs a return: all do, but that of a leaver after the last term of the school year.

    Returns:
        None where the calendar does not say when that term ends. On its very last day a return is made:
        one too many harms nobody. The authority may ask for one anyway.

    Source: returns.deletion
    """
    if not most_senior_class:
        return True
    end = end_of_school_year(calendar, deleted_on)
    return None if end is None else deleted_on <= end
