"""What the school's policy asks of whom when something happens: the engine asks, a person does it.

An occasion is anything a policy may wait for: a trigger raised, an event recorded, the answer to what it
asked before, a school day of an absence without a reason, the last day of a week, half term, term or year.
The same occasion always asks the same.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache

from casework.domain import Case, Event, Role, SchoolCalendar
from casework.domain import events as e
from casework.domain.calendar import academic_year_of, add_months, monday_of
from casework.policy import Policy, Value

Period = tuple[object, ...]

_NAMED = ("trigger", "event", "answer")
"""Occasions that a duty waits for by name."""

KEY = "duty:"
"""How the keys of tasks that a policy asked for begin."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that happened on a day: its kind, its names, and, of an event, its fields as texts.

    The names are triggers raised, the kind of an event, the duty that was answered, or, by the calendar, the
    triggers that hold.
    """

    kind: str
    on: date
    names: tuple[str, ...] = ()
    fields: Mapping[str, str] | None = None
    day: int = 0

    @classmethod
    def of_event(cls, event: Event) -> "Occasion":
        """An event of a case, its fields as texts: yes or no, and of a list whether it holds some or none."""
        said = {field.name: _text(getattr(event, field.name)) for field in fields(event)}
        return cls("event", event.on, (event.kind,), said)

    @classmethod
    def of_answer(cls, duty: str, done: e.TaskDone) -> "Occasion":
        """What somebody said or chose when they did what a duty asked."""
        return cls("answer", done.on, (duty,), {"outcome": done.outcome})

    @classmethod
    def of_triggers(cls, names: Sequence[str], on: date) -> "Occasion":
        """Triggers that were raised on a day."""
        return cls("trigger", on, tuple(names))

    @classmethod
    def of_absence(cls, day: int, on: date) -> "Occasion":
        """The so manieth school day in a row of an absence without a reason."""
        return cls("unexplained_day", on, day=day)


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty that an occasion brings. `roles` may do it, first choice first; `role` names them."""

    name: str
    says: str
    role: str
    roles: tuple[Role, ...]
    does: str
    due_on: date
    value: Value

    @property
    def letter(self) -> str:
        """The policy's letter that goes with it, if any."""
        return str(self.value.get("letter") or "")

    @property
    def by_time(self) -> str:
        """The time of day by which it is done, if the policy says one."""
        return str(self.value.get("by_time") or "")

    @property
    def tells(self) -> tuple[str, ...]:
        """Who is told."""
        return tuple(self.value.get("tells") or ())

    @property
    def asks(self) -> tuple[str, ...]:
        """What the person answers, or chooses from."""
        return tuple(self.value.get("asks") or ())


def owed(
    policy: Policy,
    occasion: Occasion,
    calendar: SchoolCalendar,
    flags: Collection[str] = (),
    before: Mapping[str, Sequence[date]] | None = None,
) -> tuple[Owed, ...]:
    """The duties an occasion brings, soonest due first, then by name.

    Args:
        flags: What is true of the pupil: facts of the roll, and flags of the policy.
        before: The days on which duties were owed on this case already, by name.

    Source: duties, roles
    """
    known = with_policy_flags(policy, flags, occasion.on)
    history = before or {}
    found = [
        _owed(policy, name, value, occasion, calendar)
        for name, value in _waiting_for(policy, occasion)
        if _is_set_off(value, occasion)
        and _fits(value, known)
        and _in_turn(name, value, occasion.on, calendar, history)
    ]
    return tuple(sorted(found, key=lambda item: (item.due_on, item.by_time, item.name)))


def newly_owed(
    policy: Policy,
    case: Case,
    occasion: Occasion,
    ref: str,
    calendar: SchoolCalendar,
    flags: Collection[str] = (),
    only_of_pupils: bool = False,
) -> tuple[tuple[Owed, str], ...]:
    """The duties an occasion brings that the case was not asked for yet, each with the key of its task.

    Args:
        ref: What names the occasion in the key: an event's own reference, or the kind and day of another.
        only_of_pupils: Leave out what the calendar asks of the school itself.

    Source: duties, roles
    """
    if not any(_is_set_off(value, occasion) for _, value in _waiting_for(policy, occasion)):
        return ()
    known = {task.effect_key for task in case.of(e.TaskAdded)}
    found = owed(policy, occasion, calendar, flags, asked_before(case))
    keys = [(item, f"{KEY}{item.name}:{ref}") for item in found]
    return tuple(
        (item, key)
        for item, key in keys
        if key not in known and not (only_of_pupils and not is_of_pupils(item.value))
    )


def occasions_of(case: Case, event: Event) -> Iterator[Occasion]:
    """What an event of a case may set off; that something was asked sets off nothing, its answer may."""
    if isinstance(event, e.CaseOpened | e.TriggerRaised) and event.trigger:
        yield Occasion.of_triggers((event.trigger,), event.on)
    if isinstance(event, e.TaskDone):
        for task in case.of(e.TaskAdded):
            if task.task_id == event.task_id and task.effect_key.startswith(KEY):
                yield Occasion.of_answer(duty_of(task), event)
    if not isinstance(event, e.TaskAdded):
        yield Occasion.of_event(event)


def asked_before(case: Case) -> dict[str, list[date]]:
    """The days on which each duty was asked on a case already, by its name."""
    found: dict[str, list[date]] = {}
    for task in case.of(e.TaskAdded):
        if task.effect_key.startswith(KEY):
            found.setdefault(duty_of(task), []).append(task.on)
    return found


def duty_of(task: e.TaskAdded) -> str:
    """The name of the duty that asked for a task of the policy."""
    return task.effect_key.removeprefix(KEY).partition(":")[0]


def is_of_pupils(value: Value) -> bool:
    """Whether a duty that the calendar brings is about single pupils, and not about the school itself."""
    return bool(value.get("flags") or value.get("holding") or value.get("without"))


def with_policy_flags(policy: Policy, flags: Collection[str], on: date) -> frozenset[str]:
    """The flags given, with those the policy makes of them."""
    made = {name for name, value in policy.under("flags", on).items() if not set(value.any).isdisjoint(flags)}
    return frozenset(flags) | made


def roles_of(policy: Policy, name: str, on: date) -> tuple[Role, ...]:
    """The engine's roles that fill one of the policy's, first choice first.

    Source: roles
    """
    return tuple(Role(role) for role in policy.value(f"roles.{name}", on).holds)


def unfilled(policy: Policy, held: Collection[Role], on: date) -> tuple[str, ...]:
    """Roles the policy wants somebody named for, and nobody at the school holds.

    Source: roles
    """
    return tuple(
        name
        for name, value in policy.under("roles", on).items()
        if value.get("appointed") and set(roles_of(policy, name, on)).isdisjoint(held)
    )


def cadences_ending(calendar: SchoolCalendar, on: date) -> tuple[str, ...]:
    """What ends on a school day: the day itself, its week, fortnight, half term, term or academic year.

    A fortnight ends with every second school week of the academic year.
    """
    if not calendar.is_school_day(on):
        return ()
    found = ["school_day"]
    later = [day for day in calendar.days if day > on]
    following = later[0] if later else None
    if following is None or monday_of(following) != monday_of(on):
        found.append("week")
        year = academic_year_of(on)
        weeks = [week for week in calendar.weeks if academic_year_of(week + timedelta(days=4)) == year]
        if weeks.index(monday_of(on)) % 2:
            found.append("fortnight")
    now = period_of("half_term", on, calendar)
    after = period_of("half_term", following, calendar) if following else None
    if after != now:
        found.append("half_term")
        if period_of("term", following, calendar) != period_of("term", on, calendar):
            found.append("term")
        if following is None or academic_year_of(following) != academic_year_of(on):
            found.append("academic_year")
    return tuple(found)


def period_of(kind: str, on: date | None, calendar: SchoolCalendar) -> Period:
    """What a day is in, as something to compare: its half term, term or academic year."""
    if on is None:
        return ()
    year = academic_year_of(on)
    if kind == "academic_year":
        return (year,)
    last = calendar.last_session(on)
    held_year, half_term = calendar.half_term_of(last) if last else (year, 0)
    return (held_year, half_term // 2) if kind == "term" else (held_year, half_term)


def due_on(value: Value, start: date, calendar: SchoolCalendar) -> date:
    """The day a duty is due: weeks and months end on the next school day, never in a holiday."""
    length = value.get("within", 0)
    if not length:
        return start
    match value.get("unit", "school_days"):
        case "school_days":
            return calendar.some_school_days_on(start, length)
        case "calendar_days":
            return start + timedelta(days=length)
        case "weeks":
            day = start + timedelta(weeks=length)
        case _:
            day = add_months(start, length)
    return next((later for later in calendar.days if later >= day), day)


def _owed(policy: Policy, name: str, value: Value, occasion: Occasion, calendar: SchoolCalendar) -> Owed:
    return Owed(
        name=name,
        says=value.says,
        role=value.by,
        roles=roles_of(policy, value.by, occasion.on),
        does=value.does,
        due_on=due_on(value, occasion.on, calendar),
        value=value,
    )


def _waiting_for(policy: Policy, occasion: Occasion) -> tuple[tuple[str, Value], ...]:
    """The duties that wait for an occasion of this kind, and of this name where it has one alone."""
    name = occasion.names[0] if occasion.kind in _NAMED and len(occasion.names) == 1 else ""
    return _by_occasion(policy, occasion.on).get((occasion.kind, name), ())


@lru_cache(maxsize=1024)
def _by_occasion(policy: Policy, on: date) -> Mapping[tuple[str, str], tuple[tuple[str, Value], ...]]:
    """The duties of a day in order, by what each waits for: a kind of occasion, and a kind with each name."""
    found: dict[tuple[str, str], list[tuple[str, Value]]] = {}
    for name, value in policy.under("duties", on).items():
        for awaited in dict.fromkeys(("", *(value.get("of") or ()))):
            found.setdefault((value.on, awaited), []).append((name, value))
    return {key: tuple(waiting) for key, waiting in found.items()}


def _is_set_off(value: Value, occasion: Occasion) -> bool:
    if value.on != occasion.kind:
        return False
    if occasion.kind == "unexplained_day":
        return bool(occasion.day == value.day or (value.get("and_after") and occasion.day > value.day))
    if occasion.kind not in _NAMED:
        return not value.get("holding") or not set(value.holding).isdisjoint(occasion.names)
    if set(value.of).isdisjoint(occasion.names):
        return False
    wanted, spoken = value.get("where"), value.get("mentions")
    said = occasion.fields or {}
    return all(said.get(name, "") in wanted.fields[name] for name in wanted or ()) and all(
        any(_speaks_of(said.get(name, ""), words) for words in spoken.fields[name]) for name in spoken or ()
    )


def _speaks_of(text: str, words: str) -> bool:
    """Whether a text holds words that begin with these, whatever the case."""
    return re.search(rf"\b{re.escape(words.casefold())}", text.casefold().replace("_", " ")) is not None


def _fits(value: Value, flags: Collection[str]) -> bool:
    wanted, barred = value.get("flags") or (), value.get("without") or ()
    return (not wanted or not set(wanted).isdisjoint(flags)) and set(barred).isdisjoint(flags)


def _in_turn(
    name: str, value: Value, on: date, calendar: SchoolCalendar, before: Mapping[str, Sequence[date]]
) -> bool:
    """Once in its period; after what comes earlier, in an earlier one; not where something else was."""
    kind, own = value.get("once_per", "event"), before.get(name, ())
    wait = timedelta(weeks=value.get("after_weeks") or 0)

    def period(day: date) -> Period:
        return (day,) if kind in ("event", "case") else period_of(kind, day, calendar)

    asked = bool(own) if kind == "case" else period(on) in map(period, own)
    barred = any(before.get(other) for other in value.get("unless") or ())
    return not (asked or barred) and all(
        any(day + wait <= on and period(day) < period(on) for day in before.get(other, ()))
        for other in value.get("after") or ()
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "some" if value else "none"
    return "" if value is None else str(value)
