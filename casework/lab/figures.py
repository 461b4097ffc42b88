"""What a replay came to, in figures without names: by week, by whose work it is, and by group of pupils."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from casework.domain import Pupil, SchoolCalendar
from casework.domain.calendar import monday_of
from casework.lab.notices import NOTICE_TO_IMPROVE, REQUEST
from casework.lab.paper import Happened
from casework.lab.replay import Replayed
from casework.rules import suppression

Who = tuple[str, str]
"""A pupil at a school: URN and UPN. It stays inside this module."""

COUNTED = ("listed", "opened", "letter", "meeting", "conversation", "task", "review")
NOTICES = (NOTICE_TO_IMPROVE.key, REQUEST.key)
KINDS = (*COUNTED, *NOTICES)
"""What is counted, by the names of `Happened.what`."""


@dataclass(frozen=True, slots=True)
class Week:
    """One school week, by its Monday: how often each kind of thing happened in it."""

    monday: date
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Load:
    """What was asked of one role: in all, and by each officer who holds it in the busiest week.

    `officers` is how many hold it; with none the work is nobody's, and `each` is None.
    """

    role: str
    officers: int
    tasks: int
    letters: int
    busiest: date
    tasks_then: int

    @property
    def each(self) -> float | None:
        """Tasks for each officer in the busiest week."""
        return self.tasks_then / self.officers if self.officers else None


@dataclass(frozen=True, slots=True)
class Found:
    """One pupil whom a pack gave a case: since when its trigger held, and when the first support is due."""

    trigger: str
    on: date
    support_after: int | None


@dataclass(frozen=True)
class Side:
    """One pack's figures over some schools. `found` is by pupil, and is never shown."""

    pack: str
    counts: Mapping[str, int]
    weeks: tuple[Week, ...]
    loads: tuple[Load, ...]
    by_trigger: Mapping[str, int]
    noticed: Mapping[str, int]
    support_after: float | None
    slowest: int | None
    found: Mapping[Who, Found] = field(repr=False)
    with_notice: frozenset[Who] = field(repr=False)

    @property
    def cases(self) -> int:
        """Cases there would be: from the first list, and opened since."""
        return len(self.found)


@dataclass(frozen=True, slots=True)
class Group:
    """One group of pupils; a figure of None is kept back, for it or what it gives away is too small."""

    value: str
    pupils: int | None
    cases: int | None
    support_after: float | None
    notices: int | None
    missed: int | None = None
    found_alone: int | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """The pupils parted in one way. `withheld` where the whole table is kept back."""

    name: str
    groups: tuple[Group, ...]
    withheld: bool

    @property
    def says_nothing(self) -> bool:
        """Whether no group of it shows a figure."""
        return self.withheld or (bool(self.groups) and all(group.pupils is None for group in self.groups))


@dataclass(frozen=True, slots=True)
class Missed:
    """Pupils one pack gives a case and the other does not, and by how much it is sooner for those of both."""

    missed: int
    found_alone: int
    by_trigger: Mapping[str, int]
    sooner: int
    later: int
    same_day: int


def side(
    pack: str,
    replays: Sequence[tuple[Replayed, SchoolCalendar]],
    weeks: Iterable[date],
    officers: Mapping[str, int],
) -> Side:
    """Add up the replays of some schools under one pack.

    Args:
        weeks: The Monday of every school week looked at.
        officers: How many hold each role.
    """
    happened = [item for replayed, _ in replays for item in replayed.happened]
    found: dict[Who, Found] = {}
    with_notice: set[Who] = set()
    noticed: dict[str, set[Who]] = {name: set() for name in NOTICES}
    for replayed, calendar in replays:
        found |= _found(replayed, calendar)
        for item in replayed.happened:
            if item.what in noticed:
                noticed[item.what].add((replayed.urn, item.upn))
                with_notice.add((replayed.urn, item.upn))
    waits = [one.support_after for one in found.values() if one.support_after is not None]
    return Side(
        pack=pack,
        counts={kind: sum(item.what == kind for item in happened) for kind in KINDS},
        weeks=_weeks(happened, weeks),
        loads=_loads(happened, officers),
        by_trigger=dict(Counter(one.trigger for one in found.values())),
        noticed={name: len(pupils) for name, pupils in noticed.items()},
        support_after=median(waits) if waits else None,
        slowest=max(waits, default=None),
        found=found,
        with_notice=frozenset(with_notice),
    )


def _found(replayed: Replayed, calendar: SchoolCalendar) -> dict[Who, Found]:
    found = {}
    for upn, paper in replayed.papers.items():
        first = paper.first_support_on
        days = calendar.days_between(paper.since, first) if first is not None and first < date.max else None
        waits = None if days is None else len([day for day in days if day > paper.since])
        opening = paper.case.opening
        found[replayed.urn, upn] = Found(opening.trigger, opening.on, waits)
    return found


def _weeks(happened: Iterable[Happened], mondays: Iterable[date]) -> tuple[Week, ...]:
    counts = Counter((monday_of(item.on), item.what) for item in happened)
    return tuple(
        Week(monday, {kind: counts[monday, kind] for kind in KINDS}) for monday in sorted(set(mondays))
    )


def _loads(happened: Sequence[Happened], officers: Mapping[str, int]) -> tuple[Load, ...]:
    tasks: dict[str, Counter[date]] = defaultdict(Counter)
    letters: Counter[str] = Counter()
    for item in happened:
        if item.what == "task":
            tasks[item.role][monday_of(item.on)] += 1
        elif item.what == "letter":
            letters[item.role] += 1
    found = []
    for role, weeks in tasks.items():
        busiest, most = min(weeks.items(), key=lambda each: (-each[1], each[0]))
        found.append(Load(role, officers.get(role, 0), sum(weeks.values()), letters[role], busiest, most))
    return tuple(sorted(found, key=lambda load: (-load.tasks, load.role)))


def missed(one: Side, other: Side) -> Missed:
    """Whom the first pack would have missed against the other."""
    both = one.found.keys() & other.found.keys()
    only_other = other.found.keys() - one.found.keys()
    days = [(one.found[who].on, other.found[who].on) for who in both]
    return Missed(
        missed=len(only_other),
        found_alone=len(one.found.keys() - other.found.keys()),
        by_trigger=dict(Counter(other.found[who].trigger for who in only_other)),
        sooner=sum(mine < theirs for mine, theirs in days),
        later=sum(mine > theirs for mine, theirs in days),
        same_day=sum(mine == theirs for mine, theirs in days),
    )


# -- by group ------------------------------------------------------------------------------------------------


def _truth(value: bool | None) -> str:
    return NOT_KNOWN if value is None else "yes" if value else "no"


NOT_KNOWN = "not known"
_SEN = {"N": "none", "K": "SEN support", "E": "EHC plan"}
_SEX = {"F": "girls", "M": "boys"}
CUTS: dict[str, Callable[[Pupil], str]] = {
    "Year group": lambda pupil: pupil.year_group or NOT_KNOWN,
    "Sex": lambda pupil: _SEX.get(pupil.sex, pupil.sex or NOT_KNOWN),
    "Special educational needs": lambda pupil: _SEN.get(pupil.sen, pupil.sen or NOT_KNOWN),
    "Free school meals": lambda pupil: _truth(pupil.fsm),
    "Looked after": lambda pupil: _truth(pupil.looked_after),
    "Social worker": lambda pupil: _truth(pupil.social_worker),
    "Youth justice": lambda pupil: _truth(pupil.youth_justice),
    "Young carer": lambda pupil: _truth(pupil.young_carer),
    "Language beside English": lambda pupil: "recorded" if pupil.eal_language else "none recorded",
    "Traveller": lambda pupil: _truth(pupil.traveller),
    "Part-time timetable": lambda pupil: _truth(pupil.part_time_timetable),
}
"""The ways pupils are parted, each by what the roll says of them."""


def cuts(
    pupils: Mapping[Who, Pupil], seen: Collection[Who], one: Side, other: Side | None, below: int
) -> tuple[Cut, ...]:
    """The figures of every group, small numbers kept back.

    Args:
        seen: Every pupil on roll on one of the days.
        below: The number from which a count is shown: `data_protection.small_numbers`.

    Source: data_protection.small_numbers
    """
    return tuple(
        _cut(name, key, {who: pupils[who] for who in seen}, one, other, below) for name, key in CUTS.items()
    )


def _cut(
    name: str,
    key: Callable[[Pupil], str],
    pupils: Mapping[Who, Pupil],
    one: Side,
    other: Side | None,
    below: int,
) -> Cut:
    members: dict[str, list[Who]] = defaultdict(list)
    for who, pupil in pupils.items():
        members[key(pupil)].append(who)
    values = sorted(members, key=_in_order)
    rows = [_parts(members[value], one, other) for value in values]
    found = [both + first for both, first, _, _ in rows]
    noticed = [sum(who in one.with_notice for who in members[value]) for value in values]
    answer = suppression.shown(rows, below)
    if not answer.whole:
        return Cut(name, (), withheld=len(values) > 1)
    notices_open = suppression.shown_within(noticed, found, answer.found, below)
    return Cut(
        name,
        tuple(
            Group(
                value=value,
                pupils=sum(rows[n]) if answer.pupils[n] else None,
                cases=found[n] if answer.found[n] else None,
                support_after=_typical(members[value], one) if answer.found[n] else None,
                notices=noticed[n] if notices_open[n] else None,
                missed=rows[n][2] if other and answer.compared[n] else None,
                found_alone=rows[n][1] if other and answer.compared[n] else None,
            )
            for n, value in enumerate(values)
        ),
        withheld=False,
    )


def _parts(members: Iterable[Who], one: Side, other: Side | None) -> tuple[int, int, int, int]:
    """Pupils found by both packs, by the first alone, by the other alone, by neither."""
    theirs = other.found if other else one.found
    counted = Counter((who in one.found, who in theirs) for who in members)
    return counted[True, True], counted[True, False], counted[False, True], counted[False, False]


def _typical(members: Iterable[Who], one: Side) -> float | None:
    waits = [one.found[who].support_after for who in members if who in one.found]
    known = [wait for wait in waits if wait is not None]
    return median(known) if known else None


def _in_order(value: str) -> tuple[int, int, str]:
    """Years by number, reception and nursery before them; what is not known last."""
    early = {"N1": -2, "N2": -1, "R": 0}
    number = early.get(value, int(value) if value.isdigit() else 100)
    return value == NOT_KNOWN, number, value
