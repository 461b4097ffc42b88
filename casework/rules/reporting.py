"""Reports that a policy asks for: who is in one, by which cuts, with small numbers kept back.

What is celebrated is improvement, and attendance that only illness, a disability or a holy day broke: nothing
here asks for 100 per cent. On a part-time timetable every agreed session counts as full.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from casework.domain import Pupil
from casework.facts import Counts, Summary
from casework.facts.summary import WEEKDAYS
from casework.policy import Policy, Value
from casework.rules.bands import band_of
from casework.rules.duties import with_policy_flags
from casework.rules.flags import flags_of


@dataclass(frozen=True, slots=True)
class Member:
    """One pupil on roll with what a report may ask: facts now, those at the end of the half term before."""

    pupil: Pupil
    now: Summary
    before: Summary | None = None
    absent_today: bool = False
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report; its counts are None where too few pupils stand behind it to be shown."""

    cut: str
    value: str
    pupils: int | None
    counts: Counts | None
    lates: int | None


def counts_of(every: str, summary: Summary) -> Counts:
    """The counts of the period a report looks back on: the term, the year, else the half term."""
    return {"term": summary.term, "academic_year": summary.year}.get(every, summary.half_term)


def chosen(policy: Policy, report: Value, members: Iterable[Member], on: date) -> tuple[Member, ...]:
    """The pupils a report is of: all, or those of whom one of its conditions is true.

    Source: reports, bands, flags
    """
    wanted = report.get("of") or ()
    return tuple(m for m in members if not wanted or any(_is(policy, name, m, on) for name in wanted))


def lines(policy: Policy, report: Value, members: Collection[Member], on: date) -> tuple[Line, ...]:
    """A report's lines, cut by cut; groups below the least number are kept back, never the school itself.

    Source: reports, data_protection.small_numbers
    """
    below = policy.value("data_protection.small_numbers", on).below
    return tuple(line for cut in report.cuts for line in _cut(policy, cut, report.every, members, below, on))


def _cut(
    policy: Policy, cut: str, every: str, members: Collection[Member], below: int, on: date
) -> Iterator[Line]:
    if cut == "pupil":
        for member in members:
            yield _line(cut, member.pupil.upn, every, [member], 0)
        return
    if cut == "weekday":
        for number, weekday in enumerate(WEEKDAYS):
            absent = sum(member.now.absent_by_weekday[number] for member in members)
            yield Line(cut, weekday, len(members), Counts(0, 0, absent, 0), None)
        return
    if cut in ("persistent", "severe"):
        found = [member for member in members if _is(policy, cut, member, on)]
        yield _line(cut, "yes", every, found, below)
        return
    key = _KEYS.get(cut)
    groups: dict[str, list[Member]] = {}
    for member in members:
        if cut == "band":
            value = band_of(policy, member.now.year, on) or "none"
        else:
            value = key(member) if key else ("yes" if cut in flags_of(member.pupil) else "no")
        groups.setdefault(value or "not known", []).append(member)
    for value, found in sorted(groups.items()):
        yield _line(cut, value, every, found, 0 if cut == "school" else below)


_KEYS: dict[str, Callable[[Member], str]] = {
    "school": lambda member: member.now.urn,
    "year_group": lambda member: member.pupil.year_group,
    "class_name": lambda member: member.pupil.class_name,
    "stage": lambda member: member.stage or "no case",
}


def _line(cut: str, value: str, every: str, members: Collection[Member], below: int) -> Line:
    if 0 < len(members) < below:
        return Line(cut, value, None, None, None)
    found = [counts_of(every, member.now) for member in members]
    total = Counts(
        sum(c.possible for c in found),
        sum(c.attended for c in found),
        sum(c.authorised for c in found),
        sum(c.unauthorised for c in found),
    )
    return Line(cut, value, len(members), total, sum(member.now.late_half_term for member in members))


def _is(policy: Policy, name: str, member: Member, on: date) -> bool:
    """Whether one of a report's conditions is true of a pupil."""
    year, half_term = member.now.year, member.now.half_term
    match name:
        case "persistent" | "severe":
            key = {"persistent": "bands.persistently_absent", "severe": "bands.severely_absent"}[name]
            least = policy.value(key, on).missed_percent
            return bool(year.possible) and year.absent * 100 >= least * year.possible
        case "late":
            return member.now.late_half_term > 0
        case "absent":
            return member.absent_today
        case "none_unauthorised":
            return half_term.possible > 0 and half_term.unauthorised == 0
        case "improved":
            was = member.before.half_term if member.before else Counts()
            return bool(was.possible and half_term.possible) and (
                half_term.absent * was.possible < was.absent * half_term.possible
            )
    return name in with_policy_flags(policy, flags_of(member.pupil), on)
