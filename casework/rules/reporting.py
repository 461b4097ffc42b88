"""Reports that a policy asks for: who is in one, by which cuts, with small numbers kept back.

What is celebrated is improvement, and attendance that only illness, a disability or a holy day broke: nothing
here asks for 100 per cent. On a part-time timetable every agreed session counts as full.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from casework.domain import Pupil
from casework.facts import Counts, Summary
from casework.facts.summary import WEEKDAYS
from casework.policy import Policy, Value
from casework.rules import suppression
from casework.rules.bands import band_of
from casework.rules.duties import with_policy_flags
from casework.rules.flags import flags_of


@dataclass(frozen=True, slots=True)
class Member:
    """One pupil on roll with what a report may ask: facts now, those at the end of the half term before.

    `by_weekday` is this year's absence from Monday to Friday, without what no pattern is made of: days of
    faith, travel for work, appointments and known treatment.
    """

    pupil: Pupil
    now: Summary
    before: Summary | None = None
    absent_today: bool = False
    stage: str = ""
    by_weekday: tuple[int, ...] = (0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report; its counts are None where too few pupils stand behind it to be shown.

    `says` is in words what has no counts here: a figure published elsewhere, or that none is known.
    """

    cut: str
    value: str
    pupils: int | None
    counts: Counts | None
    lates: int | None
    says: str = ""

    @property
    def kept_back(self) -> bool:
        """Whether too few pupils stand behind it."""
        return self.pupils is None and self.counts is None and not self.says


@dataclass(frozen=True, slots=True)
class Whole:
    """The pupils of a trust's schools: how many, their sessions, how many persistently, severely absent."""

    schools: int
    pupils: int
    counts: Counts
    persistent: int
    severe: int


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
    """A report's lines, cut by cut, without those that compare with others.

    Groups below the least number are kept back, with as many others as it takes for no arithmetic to bring
    them out again; never the school itself.

    Source: reports, data_protection.small_numbers
    """
    below = policy.value("data_protection.small_numbers", on).below
    shares = _shares(policy, report.cuts, members, below, on)
    return tuple(
        line
        for cut in report.cuts
        if cut not in COMPARED
        for line in _cut(policy, cut, report.every, members, below, shares, on)
    )


COMPARED = ("trust", "authority", "region", "nation")
"""Cuts that set a school beside others."""


def compared(
    policy: Policy, report: Value, phase: str, whole: Whole | None, members: Collection[Member], on: date
) -> tuple[Line, ...]:
    """The lines with which a school is compared: its trust's schools together, its authority's, its
    region's, the nation's.

    A figure that nobody has entered is said to be not known, with where to find it.

    Args:
        phase: The school's own, as schools of one phase are compared.
        whole: The trust's schools; None for a school of no trust, or the only one of its trust here.
        members: The school's own pupils, whom the trust's figures may not give away, nor its others'.

    Source: reports, comparison, data_protection.small_numbers
    """
    found = []
    for cut in report.cuts:
        if cut == "trust":
            found.append(_beside_trust(policy, whole, members, on))
        elif cut in COMPARED:
            found.append(Line(cut, phase, None, None, None, _published(policy, cut, phase, on)))
    return tuple(found)


def _beside_trust(policy: Policy, whole: Whole | None, members: Collection[Member], on: date) -> Line:
    if whole is None:
        says = "Not known: no other school of the trust is here to compare with."
        return Line("trust", "", None, None, None, says)
    small = range(1, policy.value("data_protection.small_numbers", on).below)
    shares = []
    for name, number in (("persistent", whole.persistent), ("severe", whole.severe)):
        others = number - sum(_is(policy, name, member, on) for member in members)
        kept = number in small or others in small
        shares.append("kept back" if kept else f"{share(number, whole.pupils)} of pupils")
    says = f"Persistently absent: {shares[0]}. Severely: {shares[1]}."
    return Line("trust", f"{whole.schools} schools", whole.pupils, whole.counts, None, says)


def _published(policy: Policy, cut: str, phase: str, on: date) -> str:
    key = f"comparison.{cut}"
    figures = policy.maybe(key, on)
    published = figures.get(phase) if figures else None
    if figures is None or published is None:
        return f"Not known. {policy.declarations[key].ask}"
    return (
        f"{_percent(published.absent)} of sessions missed. Persistently absent: "
        f"{_percent(published.persistent)} of pupils. Severely: {_percent(published.severe)} "
        f"({figures.of}; {figures.source.title})."
    )


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent, to two places, as the published figures are."""
    return _percent((part * 20000 + whole) // (2 * whole)) if whole else "nothing"


def _percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def _shares(
    policy: Policy, cuts: Collection[str], members: Collection[Member], below: int, on: date
) -> dict[str, list[Member]]:
    """Who is persistently and severely absent, of those of the two that may be shown.

    Whoever is severely absent is persistently absent too, so that the two and the total part the school in
    three.
    """
    found = {name: [m for m in members if _is(policy, name, m, on)] for name in _SHARES}
    sizes = {name: len(found[name]) for name in _SHARES}
    small = range(1, below)
    open_ = {
        name: found[name]
        for name in _SHARES
        if name in cuts and sizes[name] not in small and len(members) - sizes[name] not in small
    }
    if len(open_) == 2 and sizes["persistent"] - sizes["severe"] in small:
        del open_["severe"]
    return open_


_SHARES = ("persistent", "severe")


def _cut(
    policy: Policy,
    cut: str,
    every: str,
    members: Collection[Member],
    below: int,
    shares: Mapping[str, list[Member]],
    on: date,
) -> Iterator[Line]:
    if cut == "pupil":
        for member in members:
            yield _line(cut, member.pupil.upn, every, [member])
        return
    if cut == "weekday":
        for number, weekday in enumerate(WEEKDAYS):
            absent = sum(member.by_weekday[number] for member in members)
            yield Line(cut, weekday, len(members), Counts(0, 0, absent, 0), None)
        return
    if cut in _SHARES:
        yield _line(cut, "yes", every, shares[cut]) if cut in shares else _kept_back(cut, "yes")
        return
    key = _KEYS.get(cut)
    groups: dict[str, list[Member]] = {}
    for member in members:
        if cut == "band":
            value = band_of(policy, member.now.year, on) or "none"
        else:
            value = key(member) if key else ("yes" if cut in flags_of(member.pupil) else "no")
        groups.setdefault(value or "not known", []).append(member)
    sizes = [len(found) for _, found in sorted(groups.items())]
    may_be_shown = suppression.shown_numbers(sizes, 0 if cut == "school" else below)
    for (value, found), is_open in zip(sorted(groups.items()), may_be_shown, strict=True):
        yield _line(cut, value, every, found) if is_open else _kept_back(cut, value)


_KEYS: dict[str, Callable[[Member], str]] = {
    "school": lambda member: member.now.urn,
    "year_group": lambda member: member.pupil.year_group,
    "class_name": lambda member: member.pupil.class_name,
    "stage": lambda member: member.stage or "no case",
}


def _kept_back(cut: str, value: str) -> Line:
    return Line(cut, value, None, None, None)


def _line(cut: str, value: str, every: str, members: Collection[Member]) -> Line:
    total = added([counts_of(every, member.now) for member in members])
    return Line(cut, value, len(members), total, sum(member.now.late_half_term for member in members))


def added(found: Collection[Counts]) -> Counts:
    """Sessions of many pupils together."""
    return Counts(
        sum(c.possible for c in found),
        sum(c.attended for c in found),
        sum(c.authorised for c in found),
        sum(c.unauthorised for c in found),
    )


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
