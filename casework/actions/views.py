"""What pages show, as data: today, the caseload, calls, letters that wait, referrals. One transaction each.

Nothing here writes. The number of queries depends on how many schools an officer has, not on how many cases.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from casework.actions import letters, policy_letters, referrals
from casework.actions.access import MAY, Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.referrals import Referral
from casework.domain import NotFound, Officer, Parent, Role, School, SchoolCalendar
from casework.domain.calendar import academic_year_of
from casework.domain.case import LADDER
from casework.policy import Policy
from casework.rules import reached, stop
from casework.storage import absence, agenda, cases, clocks, files, lists, people, schools
from casework.storage import triggers as stored_triggers
from casework.storage.absence import Call as Call
from casework.storage.agenda import Meeting
from casework.storage.database import every_school
from casework.storage.files import Document
from casework.storage.lists import CaseFilter as CaseFilter
from casework.storage.lists import CaseLine as CaseLine
from casework.storage.lists import TaskLine
from casework.storage.schools import Arrival

PAGE = 50
LA = frozenset({Role.EWO})
LISTED = 20
REMEDY = "Check the reference, or ask whether the case is at a school you work for."


# -- today ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """One school's day: whether it is open, which registers are in, and how much waits.

    `not_in` are the year groups on roll of which no mark of the day has come in: nothing is asked about them.
    """

    school: School
    is_open: bool
    arrivals: tuple[Arrival, ...]
    not_in: tuple[str, ...]
    to_call: int
    calls: int
    triage: int

    @property
    def last_arrival(self) -> Arrival | None:
        """The latest register of any year group."""
        return max(self.arrivals, key=lambda a: (a.session, a.arrived_at), default=None)


@dataclass(frozen=True, slots=True)
class Due:
    """Something due on a day, with the school days from now: below zero it is late by so many.

    `that_day` is whether it is due on the very day asked about: none may lie between, and the day be another.
    """

    case_ref: str
    pupil: str
    school: str
    says: str
    due_on: date
    school_days: int
    task_id: str = ""

    that_day: bool = True

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.school_days < 0


@dataclass(frozen=True, slots=True)
class ReasonDue:
    """A mark whose reason is not known yet, and the last day to find out."""

    pupil: str
    year_group: str
    urn: str
    session: str
    last_day: date
    school_days: int
    that_day: bool


@dataclass(frozen=True, slots=True)
class MeetingDue:
    """A meeting to come, and whose it is about."""

    meeting: Meeting
    pupil: str
    school: str


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter in a list. `ready` says that it has been made and lacks nothing."""

    document_id: str
    case_ref: str
    title: str
    pupil: str
    parent: str
    state: str
    drafted_on: date
    ready: bool
    look_first: str = ""


@dataclass(frozen=True, slots=True)
class Unattended:
    """Cases that nobody would otherwise come back to; `more` of each kind are not listed."""

    without_owner: tuple[CaseLine, ...]
    without_review: tuple[CaseLine, ...]
    untouched: tuple[CaseLine, ...]
    untouched_school_days: int
    more: bool


@dataclass(frozen=True, slots=True)
class Today:
    """Everything one officer's start page shows."""

    on: date
    schools: tuple[SchoolDay, ...]
    tasks: tuple[Due, ...]
    reviews: tuple[Due, ...]
    clocks: tuple[Due, ...]
    meetings: tuple[MeetingDue, ...]
    reasons: tuple[ReasonDue, ...]
    to_approve: tuple[LetterLine, ...]
    to_issue: tuple[LetterLine, ...]
    returned: tuple[Referral, ...]
    unattended: Unattended


def today(inst: Installation, officer: Officer, on: date) -> Today:
    """What an officer's day asks for, longest overdue first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        days = {school.urn: _Day(tx, school, on) for school in schools.schools(tx)}
        soon = max((day.soon for day in days.values()), default=on)
        roles = tuple(role.value for role in officer.roles)
        tasks = lists.tasks_due(tx, soon, officer_id=officer.officer_id, roles=roles)
        timed = [clock for urn in days for clock in clocks.clocks_at(tx, urn)]
        running = [c for c in timed if c.due_on is not None and c.due_on <= days_to(days, soon)]
        arranged = agenda.meetings(tx, on, soon)
        referred = referrals.standing(tx)
        owned = CaseFilter(on, owner_id=officer.officer_id, due_before=soon)
        reviewed = lists.page(tx, owned, "review", size=100).lines
        asked = {task.case_ref for task in tasks if task.title.startswith("Review due")}
        lines = lists.lines(
            tx,
            [c.case_ref for c in running] + [m.case_ref for m in arranged] + [r.case_ref for r in referred],
        )
        return Today(
            on=on,
            schools=tuple(day.shown(tx) for day in days.values()),
            tasks=tuple(days[task.urn].task(task) for task in tasks if task.urn in days),
            reviews=tuple(
                days[line.urn].due(line, "Review the case", line.review_on)
                for line in reviewed
                if line.review_on and line.review_on <= soon and line.case_ref not in asked
            ),
            clocks=tuple(
                days[lines[c.case_ref].urn].clock(lines[c.case_ref], c.rule, c.due_on)
                for c in sorted(running, key=lambda c: (c.due_on or on, c.case_ref))
                if c.case_ref in lines and c.state == "running" and c.due_on
            ),
            meetings=tuple(
                MeetingDue(m, lines[m.case_ref].pupil, lines[m.case_ref].school)
                for m in arranged
                if m.case_ref in lines
            ),
            reasons=tuple(reason for day in days.values() for reason in day.reasons(tx)),
            to_approve=_letter_lines(tx, files.waiting(tx, "draft"), officer, on),
            to_issue=_letter_lines(tx, files.waiting(tx, "approved"), officer, on),
            returned=tuple(referrals.named(r, lines) for r in referred if r.state == "returned"),
            unattended=_unattended(tx, on, days.values()),
        )


def days_to(days: Mapping[str, "_Day"], soon: date) -> date:
    """The last day for which a clock is near its end: the latest of the schools'."""
    return max([soon, *(day.clock_soon for day in days.values())])


class _Day:
    """One school on one day: its calendar and policy, read once."""

    def __init__(self, tx: Connection, school: School, on: date) -> None:
        self.school, self.on = school, on
        self.calendar: SchoolCalendar = schools.calendar(tx, school.urn)
        self.policy: Policy = policy_of(school)
        self._place = bisect_right(self.calendar.days, on)

    @property
    def soon(self) -> date:
        """Today; in a holiday the same, for nothing becomes due on a closed day."""
        return self.on

    @property
    def clock_soon(self) -> date:
        """Until when a clock is shown as near its end."""
        days = self.policy.value("review.due_soon", self.on).working_days
        return self.on + timedelta(days=days * 7 // 5)

    def school_days_to(self, day: date) -> int:
        """School days from now to a day; below zero, how many have gone by since."""
        if day >= self.on:
            return bisect_right(self.calendar.days, day) - self._place
        return -max(1, self._place - bisect_right(self.calendar.days, day))

    def due(self, line: CaseLine, says: str, due_on: date, task_id: str = "") -> Due:
        left = self.school_days_to(due_on)
        return Due(line.case_ref, line.pupil, line.school, says, due_on, left, task_id, due_on == self.on)

    def task(self, task: TaskLine) -> Due:
        left = self.school_days_to(task.due_on)
        name, that_day = self.school.name, task.due_on == self.on
        return Due(task.case_ref, task.pupil, name, task.title, task.due_on, left, task.task_id, that_day)

    def clock(self, line: CaseLine, rule: str, fires_on: date) -> Due:
        return self.due(line, reached.named(rule), reached.last_day(self.policy, rule, fires_on))

    def shown(self, tx: Connection) -> SchoolDay:
        urn = self.school.urn
        is_open = self.calendar.is_school_day(self.on)
        arrivals = schools.last_arrivals(tx, [urn], self.on)
        listed = absence.calls(tx, urn, self.on)
        return SchoolDay(
            school=self.school,
            is_open=is_open,
            arrivals=arrivals,
            not_in=self.not_in(tx, arrivals) if is_open else (),
            to_call=sum(call.state == "to_call" for call in listed),
            calls=len(listed),
            triage=len(stored_triggers.triage_list(tx, urn)),
        )

    def not_in(self, tx: Connection, arrivals: Iterable[Arrival]) -> tuple[str, ...]:
        on_roll = {
            spell.year_group
            for spell in people.enrolments(tx, urn=self.school.urn)
            if spell.on_roll_from <= self.on and (spell.on_roll_to is None or self.on <= spell.on_roll_to)
        }
        arrived = {a.year_group for a in arrivals if a.session.date == self.on}
        return tuple(sorted(on_roll - arrived, key=_year_order))

    def reasons(self, tx: Connection) -> Iterable[ReasonDue]:
        limit = self.policy.value("clocks.resolve_n", self.on).length
        past = self.calendar.days[: self._place][-(limit + 1) :]
        if not past:
            return
        codes = self.policy.value("attendance_codes.groups", self.on).reason_not_established
        found = absence.overdue_reasons(tx, self.school.urn, past[0], past[-1], codes)
        known = {p.upn: p for p in people.pupils(tx, {upn for upn, _ in found}, self.school.urn)}
        for upn, session in found:
            place = bisect_right(self.calendar.days, session.date) + limit - 1
            last = self.calendar.days[min(place, len(self.calendar.days) - 1)]
            left = self.school_days_to(last)
            if left <= 2 and upn in known:
                pupil = known[upn]
                yield ReasonDue(
                    pupil.name, pupil.year_group, self.school.urn, str(session), last, left, last == self.on
                )


def _unattended(tx: Connection, on: date, days: Iterable[_Day]) -> Unattended:
    school_days = min((d.policy.value("review.untouched", on).school_days for d in days), default=10)
    found = [
        lists.page(tx, wanted, "opened", size=LISTED)
        for wanted in (
            CaseFilter(on, without_owner=True),
            CaseFilter(on, without_review=True),
            CaseFilter(on, untouched=school_days),
        )
    ]
    without_owner, without_review, untouched = (page.lines for page in found)
    more = any(page.after for page in found)
    return Unattended(without_owner, without_review, untouched, school_days, more)


def _year_order(year: str) -> tuple[int, str]:
    return (int(year) if year.isdigit() else (-1 if year.startswith("N") else 0), year)


# -- letters -------------------------------------------------------------------------------------------------


def letters_waiting(inst: Installation, officer: Officer, state: str, on: date) -> tuple[LetterLine, ...]:
    """Letters in one state at the officer's schools, those to look at first before the others."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return _letter_lines(tx, files.waiting(tx, state), officer, on)


def _letter_lines(
    tx: Connection, waiting: Sequence[Document], officer: Officer, on: date
) -> tuple[LetterLine, ...]:
    rows = letters.readable(tx, waiting, officer)
    pupils: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        pupils.setdefault((row.template, _parent_of(row)), set()).add(row.case_ref)
    about = {ref: cases.load(tx, ref) for ref in {row.case_ref for row in rows}}
    lines = []
    for row in rows:
        shared = len(pupils[row.template, _parent_of(row)]) > 1 and _parent_of(row)
        stops = [stop.WORDS.get(why, why) for _, why in stop.stops_of(about[row.case_ref], row.parent_id, on)]
        first = f"Stopped: {'; '.join(dict.fromkeys(stops))}" if stops else ""
        first = first or ("Something is missing" if row.draft_sha256 is None else "")
        first = first or ("Brothers or sisters have letters too" if shared else "")
        lines.append(
            LetterLine(
                row.document_id,
                row.case_ref,
                policy_letters.title(row),
                _pupil_of(row),
                _parent_of(row),
                row.state,
                row.drafted_on,
                row.draft_sha256 is not None,
                first,
            )
        )
    return tuple(sorted(lines, key=lambda line: (not line.look_first, line.drafted_on, line.document_id)))


def _pupil_of(row: Document) -> str:
    said = row.snapshot.get("fields", {})
    whole = " ".join(filter(None, (said.get("pupil_forename"), said.get("pupil_surname"))))
    return str(said.get("pupil_name") or whole)


def _parent_of(row: Document) -> str:
    return str(row.snapshot.get("fields", {}).get("parent_name", ""))


# -- calls ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallList:
    """The calls of a school's day by year group, and whom to ring for each pupil."""

    school: School
    on: date
    is_open: bool
    calls: tuple[Call, ...]
    contacts: Mapping[str, tuple["Reach", ...]]
    not_in: tuple[str, ...]
    arrivals: tuple[Arrival, ...]

    @property
    def by_year(self) -> dict[str, list[Call]]:
        """Calls by year group, youngest first."""
        grouped: dict[str, list[Call]] = {}
        for call in sorted(self.calls, key=lambda c: _year_order(c.year_group)):
            grouped.setdefault(call.year_group, []).append(call)
        return grouped


@dataclass(frozen=True, slots=True)
class Reach:
    """Somebody to ring about a pupil, in the school's order of calling."""

    contact_id: str
    name: str
    relationship: str
    phone: str
    language: str
    allowed: bool


def calls(inst: Installation, officer: Officer, urn: str, on: date) -> CallList:
    """A school's calls of a day.

    Raises:
        NotFound: The school is not one of this officer's.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        day = _Day(tx, schools.school(tx, urn), on)
        listed = absence.calls(tx, urn, on)
        arrivals = schools.last_arrivals(tx, [urn], on)
        contacts = {
            upn: _reach(found) for upn, found in people.parents_of(tx, [c.upn for c in listed]).items()
        }
        is_open = day.calendar.is_school_day(on)
        not_in = day.not_in(tx, arrivals) if is_open else ()
        return CallList(day.school, on, is_open, listed, contacts, not_in, arrivals)


def _reach(parents: Iterable[Parent]) -> tuple[Reach, ...]:
    return tuple(
        Reach(p.contact_id, p.name, p.relationship, p.phone, p.language, p.contact_allowed is not False)
        for p in parents
    )


# -- caseload ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Caseload:
    """One page of a caseload, counts by stage over all of it, and the reference the next page follows."""

    lines: tuple[CaseLine, ...]
    counts: Mapping[str, int]
    after: str
    owners: Mapping[str, str]
    schools: tuple[School, ...]
    triggers: Mapping[str, str]

    @property
    def total(self) -> int:
        """How many cases there are."""
        return sum(self.counts.values())


def caseload(
    inst: Installation,
    officer: Officer,
    wanted: CaseFilter,
    sort: str = "review",
    *,
    descending: bool = False,
    after: str = "",
    size: int = PAGE,
) -> Caseload:
    """A page of a caseload.

    Args:
        after: The reference of the last case of the page before; it says nothing about a pupil.

    Raises:
        NotFound: There is no such case to go on after.
        UnknownSort: There is no such order.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        known = schools.schools(tx)
        found = lists.page(
            tx, wanted, sort, descending=descending, after=_place_of(tx, after, sort), size=size
        )
        policy = policy_of(known[0]) if known else None
        return Caseload(
            lines=found.lines,
            counts=lists.counts(tx, replace(wanted, stage="")),
            after=found.lines[-1].case_ref if found.after else "",
            owners={o.officer_id: o.name for o in people.officers(tx, wanted.on)},
            schools=known,
            triggers={name: value.says for name, value in policy.under("triggers", wanted.on).items()}
            if policy
            else {},
        )


def _place_of(tx: Connection, case_ref: str, sort: str) -> str:
    """Where a page that ended with a case goes on, in the words of the list's own order."""
    if not case_ref:
        return ""
    line = lists.lines(tx, [case_ref]).get(case_ref)
    if line is None:
        raise NotFound("case", case_ref, REMEDY)
    day = {"review": line.review_on, "task": line.task_due_on}
    keys: dict[str, object] = {
        "review": day["review"] or "infinity",
        "task": day["task"] or "infinity",
        "opened": line.opened_on,
        "touched": line.touched_on,
        "last": line.last_on,
        "stage": [*LADDER].index(line.stage) + 1 if line.stage else 0,  # type: ignore[arg-type]
        "name": f"{line.surname} {line.forename}".lower(),
        "owner": line.owner_id,
        "ref": case_ref,
    }
    return f"{case_ref} {keys.get(sort, '')}"


def search(inst: Installation, officer: Officer, words: str) -> tuple[CaseLine, ...]:
    """Cases whose pupil's name, UPN or reference is like these words, closest first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return lists.find(tx, words)


# -- figures -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """How many cases a school has on each stage; no pupil is named."""

    school: School
    stages: Mapping[str, int]
    last_arrival: Arrival | None


def figures(inst: Installation, officer: Officer, on: date) -> tuple[Figures, ...]:
    """Counts of open cases by stage, for each school where the officer reads figures.

    Governors see no case: these counts are all that is read for them.
    """
    require(officer, Act.READ_FIGURES)
    with inst.act(officer) as tx:
        theirs = [
            school for school in schools.schools(tx) if officer.at(school).holds(*MAY[Act.READ_FIGURES] - LA)
        ]
        with every_school(tx):
            return tuple(
                Figures(
                    school,
                    lists.counts(tx, CaseFilter(on, urn=school.urn)),
                    max(
                        schools.last_arrivals(tx, [school.urn], on),
                        key=lambda a: (a.session, a.arrived_at),
                        default=None,
                    ),
                )
                for school in theirs
            )


def open_case_ref(inst: Installation, officer: Officer, upn: str, urn: str) -> str:
    """The reference of a pupil's open case at a school.

    Raises:
        NotFound: There is none.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.open_case_of(tx, upn, urn)
    if case is None:
        raise NotFound("open case", "this pupil", "Open a case for them instead.")
    return case.ref


def registers_in(inst: Installation, officer: Officer, on: date) -> tuple[tuple[School, Arrival | None], ...]:
    """When each school's register last came in, for whoever looks after the installation."""
    require(officer, Act.ADMINISTER)
    with inst.act(officer) as tx:
        known = schools.schools(tx)
        latest: dict[str, Arrival] = {}
        for arrival in schools.last_arrivals(tx, [school.urn for school in known], on):
            best = latest.get(arrival.urn)
            if best is None or arrival.session > best.session:
                latest[arrival.urn] = arrival
        return tuple((school, latest.get(school.urn)) for school in known)


def academic_year(on: date) -> str:
    """The academic year of a day, as schools write it: 2026/27."""
    first = academic_year_of(on)
    return f"{first}/{(first + 1) % 100:02d}"
