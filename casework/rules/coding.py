"""What a school's weekly coding list asks: marks that need a plan, a place or a second look.

The engine changes no mark. It names the pupil, the code and the days; a person asks the register's keeper.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.domain import SchoolCalendar, Session
from casework.policy import Policy


class Asks(StrEnum):
    """What a line of the list is about, in the order of the page."""

    PLAN = "plan"
    PLACE = "place"
    EXCLUDED = "excluded"
    LONG = "long"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class CodedSession:
    """One mark with a code that the list looks at, and what was written beside it."""

    session: Session
    code: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The first and last day of a part-time timetable, the last the day it ended if it did."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask about one pupil's marks: `days` are school days, for codes that stand for long."""

    upn: str
    asks: Asks
    code: str
    sessions: tuple[Session, ...]
    days: int
    says: str


def questions(
    marks: Mapping[str, Sequence[CodedSession]],
    plans: Mapping[str, Sequence[Plan]],
    calendar: SchoolCalendar,
    policy: Policy,
    week: tuple[date, date],
) -> tuple[Question, ...]:
    """What is asked about the marks of a week, by pupil and kind.

    Args:
        marks: Marks of the codes looked at, by UPN, oldest first, from well before the week.
        plans: Part-time timetables by UPN.
        week: Its first and last day.

    Source: register.coding_list, register.excluded_from_day
    """
    found: list[Question] = []
    for upn, coded in marks.items():
        found += _without_plan(upn, coded, plans.get(upn, ()), policy, week)
        found += _without_place(upn, coded, policy, week)
        found += _excluded(upn, coded, calendar, policy, week)
        found += _long(upn, coded, calendar, policy, week)
    order = list(Asks)
    return tuple(sorted(found, key=lambda q: (order.index(q.asks), -q.days, q.sessions[0], q.upn)))


def codes(policy: Policy, on: date) -> tuple[str, ...]:
    """The codes that the list looks at."""
    rule, excluded = policy.value("register.coding_list", on), policy.value("register.excluded_from_day", on)
    return (rule.plan, rule.place, excluded.code, *rule.long)


def _within(coded: Iterable[CodedSession], code: str, week: tuple[date, date]) -> list[CodedSession]:
    return [mark for mark in coded if mark.code == code and week[0] <= mark.session.date <= week[1]]


def _without_plan(
    upn: str,
    coded: Sequence[CodedSession],
    plans: Sequence[Plan],
    policy: Policy,
    week: tuple[date, date],
) -> Iterator[Question]:
    code = policy.value("register.coding_list", week[1]).plan
    outside = [
        mark.session
        for mark in _within(coded, code, week)
        if not any(plan.first <= mark.session.date <= plan.last for plan in plans)
    ]
    if outside:
        over = [plan for plan in plans if plan.last < outside[-1].date]
        says = (
            f"The part-time timetable ended on {over[-1].last:%-d %B %Y}, and {code} goes on."
            if over
            else f"{code} is marked, and no part-time timetable with an end is kept."
        )
        yield Question(upn, Asks.PLAN, code, tuple(outside), 0, says)


def _without_place(
    upn: str, coded: Sequence[CodedSession], policy: Policy, week: tuple[date, date]
) -> Iterator[Question]:
    code = policy.value("register.coding_list", week[1]).place
    bare = [mark.session for mark in _within(coded, code, week) if not mark.comment.strip()]
    if bare:
        says = f"{code} is marked without the place and the activity: who supervised the pupil, and where?"
        yield Question(upn, Asks.PLACE, code, tuple(bare), 0, says)


def _excluded(
    upn: str,
    coded: Sequence[CodedSession],
    calendar: SchoolCalendar,
    policy: Policy,
    week: tuple[date, date],
) -> Iterator[Question]:
    rule = policy.value("register.excluded_from_day", week[1])
    late: list[Session] = []
    longest = 0
    for run in _runs(coded, {rule.code}, calendar):
        days = sorted({mark.session.date for mark in run})
        beyond = set(days[rule.day - 1 :])
        hit = [m.session for m in run if m.session.date in beyond and week[0] <= m.session.date <= week[1]]
        if hit:
            late += hit
            longest = max(longest, len(days))
    if late:
        says = (
            f"{rule.code} stands for {longest} school days together: from day {rule.day} education is "
            "provided, and has a code of its own."
        )
        yield Question(upn, Asks.EXCLUDED, rule.code, tuple(late), longest, says)


def _long(
    upn: str,
    coded: Sequence[CodedSession],
    calendar: SchoolCalendar,
    policy: Policy,
    week: tuple[date, date],
) -> Iterator[Question]:
    rule = policy.value("register.coding_list", week[1])
    for run in _runs(coded, set(rule.long), calendar):
        days = {mark.session.date for mark in run}
        hit = [mark.session for mark in run if week[0] <= mark.session.date <= week[1]]
        if hit and len(days) > rule.school_days:
            named = " and ".join(sorted({mark.code for mark in run}))
            says = f"{named} stands for {len(days)} school days together: is it still right?"
            yield Question(upn, Asks.LONG, named, tuple(hit), len(days), says)


def _runs(
    coded: Sequence[CodedSession], wanted: set[str], calendar: SchoolCalendar
) -> Iterator[list[CodedSession]]:
    """Marks of these codes on school days that follow one another, oldest first."""
    place = {day: number for number, day in enumerate(calendar.days)}
    run: list[CodedSession] = []
    for mark in coded:
        if mark.code not in wanted or mark.session.date not in place:
            continue
        if run and place[mark.session.date] - place[run[-1].session.date] > 1:
            yield run
            run = []
        run.append(mark)
    if run:
        yield run
