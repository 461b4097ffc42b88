"""What an LA's officer keeps an eye on across schools: notices, limits, objections, meetings with schools.

All of it is read from the cases that were put to their LA; row security shows them no other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions import clocks as case_clocks
from casework.actions import notices
from casework.actions.access import Act, require
from casework.actions.clocks import Countdown
from casework.actions.installation import Installation
from casework.actions.notices import NoticeStands
from casework.actions.recording import By, Header, given, next_id, write
from casework.actions.situations import situation_of
from casework.domain import Case, CaseStatus, Event, NotFound, Officer, Parent, Role
from casework.domain import events as e
from casework.rules import proceedings
from casework.rules.situation import Situation
from casework.storage import agenda, cases, lists, people, schools
from casework.storage.lists import CaseLine

AT_ONCE = 25
MEETING = "targeting_support_meeting"
OBJECTION = "open_representation"


# -- the ledger of notices -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One penalty notice, whose it is, and to whom it was issued."""

    line: CaseLine
    parent: str
    notice: NoticeStands


@dataclass(frozen=True, slots=True)
class Ledger:
    """Some notices, newest first; `cases` counts those that have any, `further` says that a page follows."""

    lines: tuple[LedgerLine, ...]
    cases: int
    further: bool
    schools: tuple[tuple[str, str], ...]


def ledger(inst: Installation, officer: Officer, on: date, urn: str = "", page: int = 0) -> Ledger:
    """The penalty notices of the LA's cases as they stand on a day, a page of cases at a time."""
    require(officer, Act.ANSWER_REFERRALS)
    with inst.act(officer) as tx:
        refs = agenda.with_event(tx, e.PenaltyNoticeIssued.kind, urn)
        shown = refs[page * AT_ONCE : (page + 1) * AT_ONCE]
        lines = [
            LedgerLine(line, _name(now.parents, notice.parent_id), notice)
            for now, line in _situations(tx, shown, on)
            for notice in reversed(notices.standing(now))
        ]
        known = tuple((school.urn, school.name) for school in schools.schools(tx))
    return Ledger(tuple(lines), len(refs), len(refs) > (page + 1) * AT_ONCE, known)


# -- six months, and the time to pay -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limit:
    """How long sessions of one parent can still be charged."""

    line: CaseLine
    parent: str
    countdown: Countdown


@dataclass(frozen=True, slots=True)
class Limits:
    """Notices whose time to pay runs or has just ended, and the six months of each parent, soonest first.

    Only the latest cases are looked at; `left_out` counts the others.
    """

    to_pay: tuple[LedgerLine, ...]
    six_months: tuple[Limit, ...]
    left_out: int


def limits(inst: Installation, officer: Officer, on: date, at_most: int = 4 * AT_ONCE) -> Limits:
    """What must be done before time runs out, in the cases with a notice or a referral to court."""
    require(officer, Act.ANSWER_REFERRALS)
    with inst.act(officer) as tx:
        kinds = (e.PenaltyNoticeIssued.kind, e.PenaltyNoticeRequested.kind, e.ProsecutionReferred.kind)
        refs = tuple(dict.fromkeys(ref for kind in kinds for ref in agenda.with_event(tx, kind)))
        to_pay: list[LedgerLine] = []
        six_months: list[Limit] = []
        for now, line in _situations(tx, refs[:at_most], on):
            if now.case.status is CaseStatus.CLOSED:
                continue
            to_pay += [
                LedgerLine(line, _name(now.parents, notice.parent_id), notice)
                for notice in notices.standing(now)
                if notice.state in ("not_served", "payable", "unpaid")
            ]
            six_months += _six_months(now, line)
    return Limits(
        tuple(sorted(to_pay, key=lambda item: (item.notice.payable_until or date.min, item.line.case_ref))),
        tuple(sorted(six_months, key=lambda item: (item.countdown.earliest_limit, item.line.case_ref))),
        max(0, len(refs) - at_most),
    )


def _six_months(now: Situation, line: CaseLine) -> Iterator[Limit]:
    """Of each parent pursued, what a referral would put to court: an unpaid notice's own sessions first."""
    for parent in now.parents:
        if parent.contact_id in _pursued(now.case):
            about = now.about(parent)
            if found := case_clocks.countdown(about, proceedings.charges(about).in_time):
                yield Limit(line, parent.name, found)


def _pursued(case: Case) -> frozenset[str]:
    """Parents about whom a notice or court was asked for."""
    kinds = (e.PenaltyNoticeIssued, e.PenaltyNoticeRequested, e.ProsecutionReferred)
    return frozenset(step.parent_id for kind in kinds for step in case.of(kind))


# -- objections ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Objection:
    """What a parent wrote about a notice or a step; letters and steps stand still until it is answered."""

    line: CaseLine
    stop_id: str
    parent: str
    since: date
    says: str
    by: str
    answered_on: date | None = None
    answer: str = ""


def objections(inst: Installation, officer: Officer, on: date) -> tuple[Objection, ...]:
    """Representations of parents: those that wait first, the longest waiting before the others."""
    require(officer, Act.ANSWER_REFERRALS)
    with inst.act(officer) as tx:
        refs = agenda.with_event(tx, e.StopNoted.kind)
        lines = lists.lines(tx, refs)
        names = {other.officer_id: other.name for other in people.officers(tx, on)}
        found = []
        for ref in refs:
            case = cases.load(tx, ref)
            parents = people.parents(tx, case.upn)
            cleared = {event.stop_id: event for event in case.of(e.StopCleared)}
            for stop in case.of(e.StopNoted):
                if stop.condition != OBJECTION or ref not in lines:
                    continue
                end = cleared.get(stop.stop_id)
                found.append(
                    Objection(
                        lines[ref],
                        stop.stop_id,
                        _name(parents, stop.parent_id),
                        stop.on,
                        stop.says,
                        names.get(stop.by, stop.by),
                        end.on if end else None,
                        end.reason if end else "",
                    )
                )
    return tuple(sorted(found, key=lambda item: (item.answered_on is not None, item.since)))


# -- meetings with schools -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ForMeeting:
    """A case on the list of a targeting support meeting: what was agreed before, and how help stands."""

    line: CaseLine
    meeting_on: date | None
    why: str
    listed_on: date
    taken_up: int
    agreed_before: e.AgreedWithLa | None


def for_meetings(inst: Installation, officer: Officer) -> tuple[ForMeeting, ...]:
    """Cases listed for a meeting with the school and not talked about since, by meeting, school and pupil."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        listed = [item for item in agenda.listed(tx) if item.listed_for == MEETING]
        lines = lists.lines(tx, [item.case_ref for item in listed])
        found = []
        for item in listed:
            case = cases.load(tx, item.case_ref)
            if item.case_ref not in lines or not _waits(case):
                continue
            engaged = sum(out is not None and out.outcome in ("engaged", "helped") for _, out in case.offers)
            last = case.last(e.AgreedWithLa)
            found.append(ForMeeting(lines[case.ref], item.meeting_on, item.why, item.on, engaged, last))
    return tuple(
        sorted(
            found, key=lambda f: (f.meeting_on or date.max, f.line.school, f.line.surname, f.line.case_ref)
        )
    )


def _waits(case: Case) -> bool:
    """Whether the case was listed for a meeting after the last agreement."""
    told = [
        item.event
        for item in case.recorded
        if isinstance(item.event, e.AgreedWithLa)
        or (isinstance(item.event, e.CaseListed) and item.event.listed_for == MEETING)
    ]
    return bool(told) and isinstance(told[-1], e.CaseListed) and case.status is not CaseStatus.CLOSED


def agree(
    inst: Installation, by: By, case_ref: str, *, agreed: str, lead: str, by_when: date, meeting_on: date
) -> Case:
    """Record what was agreed at the meeting with the LA, and ask the case's owner to see to it.

    The LA's officer records it, or the school where its LA does not sign in.

    Raises:
        NotFound: The case is on no list for a meeting, or not one of this officer's.
    """
    if not by.officer.holds(Role.EWO):
        require(by.officer, Act.WRITE_CASES)
    what, who = given(agreed, "What was agreed"), given(lead, "Who leads")

    def make(_: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        if not _waits(case):
            raise NotFound("listing for a meeting", case_ref, "Put the case before the LA first.")
        task = e.TaskAdded(
            **header,
            task_id=next_id(case, "T", 1),
            title=f"See to what was agreed with the LA: {what}",
            due_on=by_when,
            for_officer=case.owner_id,
            for_role="" if case.owner_id else Role.PASTORAL_LEAD.value,
        )
        return (
            e.AgreedWithLa(**header, agreed=what, lead=who, by_when=by_when, meeting_on=meeting_on),
            task,
        )

    return write(inst, by, case_ref, make)


# -- what these share ----------------------------------------------------------------------------------------


def _situations(tx: Connection, refs: Iterable[str], on: date) -> Iterator[tuple[Situation, CaseLine]]:
    wanted = tuple(refs)
    lines = lists.lines(tx, wanted)
    for ref in wanted:
        if ref in lines:
            yield situation_of(tx, cases.load(tx, ref), on), lines[ref]


def _name(parents: Iterable[Parent], parent_id: str) -> str:
    return next((p.name for p in parents if p.contact_id == parent_id), "" if not parent_id else "A parent")
