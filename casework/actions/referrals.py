"""What schools put to their LA and what it answered; and what an LA's officer may see at all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.recording import By, given, one_of, record
from casework.domain import Case, Officer
from casework.domain import events as e
from casework.storage import agenda, clocks, lists, schools
from casework.storage.agenda import Listed
from casework.storage.lists import CaseLine

LISTED_FOR = ("targeting_support_meeting", "advice", "the_authority_to_act")
_ANSWERS = {"referral_returned": "returned", "referral_accepted": "accepted"}
_STAGE_OF = {
    e.PenaltyNoticeRequested.kind: "penalty_notice",
    e.PenaltyNoticeIssued.kind: "penalty_notice",
    e.ProsecutionReferred.kind: "prosecution_referral",
    e.ProsecutionDecided.kind: "prosecution_referral",
    e.CmeReported.kind: "cme_report",
    e.EducationSupervisionOrderReferred.kind: "education_supervision_order",
    e.EducationSupervisionOrderDecided.kind: "education_supervision_order",
}


@dataclass(frozen=True, slots=True)
class Referral:
    """One thing put to the LA: `state` is waiting, accepted, returned or decided."""

    case_ref: str
    stage: str
    parent_id: str
    referred_on: date
    state: str
    answered_on: date | None = None
    reasons: tuple[str, ...] = ()
    pupil: str = ""
    school: str = ""
    year_group: str = ""


def referrals(inst: Installation, officer: Officer) -> tuple[Referral, ...]:
    """What was put to the LA at the officer's schools: what waits first, longest waiting first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        found = standing(tx)
        lines = lists.lines(tx, [r.case_ref for r in found])
        found_lines = [named(r, lines) for r in found if r.case_ref in lines]
    return tuple(sorted(found_lines, key=lambda r: (r.state != "waiting", r.referred_on, r.case_ref)))


def standing(tx: Connection) -> tuple[Referral, ...]:
    """The latest of each thing put to the LA, case by case."""
    latest: dict[tuple[str, str, str], Referral] = {}
    for event in agenda.referral_events(tx):
        stage = event.stage or _STAGE_OF.get(event.kind, "")
        key = (event.case_ref, stage, event.parent_id)
        if event.kind in agenda.REFERRED:
            latest[key] = Referral(event.case_ref, stage, event.parent_id, event.on, "waiting")
        elif key in latest:
            state = {"referral_returned": "returned", "referral_accepted": "accepted"}.get(
                event.kind, "decided"
            )
            latest[key] = replace(latest[key], state=state, answered_on=event.on, reasons=event.reasons)
    return tuple(latest.values())


def named(referral: Referral, lines: Mapping[str, CaseLine]) -> Referral:
    """The referral with its pupil's name, year group and school."""
    line = lines.get(referral.case_ref)
    if line is None:
        return referral
    return replace(referral, pupil=line.pupil, school=line.school, year_group=line.year_group)


@dataclass(frozen=True, slots=True)
class OnList:
    """A case put before the LA, with whose it is."""

    listed: Listed
    line: CaseLine


@dataclass(frozen=True, slots=True)
class LaClock:
    """A clock of a case that was put to the LA; below zero days it has run out."""

    line: CaseLine
    says: str
    due_on: date
    days: int


@dataclass(frozen=True, slots=True)
class LaDesk:
    """What an LA's officer has before them: requests, cases on a list, clocks that end soonest."""

    referrals: tuple[Referral, ...]
    listed: tuple[OnList, ...]
    clocks: tuple[LaClock, ...]


def desk(inst: Installation, officer: Officer, on: date) -> LaDesk:
    """Everything that was put to the officer's LA."""
    require(officer, Act.ANSWER_REFERRALS)
    found = referrals(inst, officer)
    with inst.act(officer) as tx:
        on_lists = agenda.listed(tx)
        policies = {school.urn: policy_of(school) for school in schools.schools(tx)}
        running = [
            clock
            for urn in policies
            for clock in clocks.clocks_at(tx, urn)
            if clock.due_on is not None and clock.state == "running"
        ]
        lines = lists.lines(tx, [*(item.case_ref for item in on_lists), *(c.case_ref for c in running)])
    timed = []
    for clock in sorted(running, key=lambda c: (c.due_on or on, c.case_ref)):
        line = lines.get(clock.case_ref)
        if line is None or clock.due_on is None:
            continue
        value = policies[line.urn].maybe(clock.rule, on)
        says = value.says if value else clock.rule
        timed.append(LaClock(line, says, clock.due_on, (clock.due_on - on).days))
    return LaDesk(
        found,
        tuple(OnList(item, lines[item.case_ref]) for item in on_lists if item.case_ref in lines),
        tuple(timed),
    )


def list_for_la(
    inst: Installation, by: By, case_ref: str, *, listed_for: str, meeting_on: date | None, why: str
) -> Case:
    """Put a case before the LA: for a targeting support meeting, or for what the LA does without a request.

    The LA's officers see the case from then on, so it says why it is shared.
    """
    kind = one_of(listed_for, LISTED_FOR, "What it is put before the LA for")
    said = given(why, "Why it is shared")
    return record(
        inst,
        by,
        case_ref,
        lambda _, header: e.CaseListed(**header, listed_for=kind, meeting_on=meeting_on, why=said),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of one case that waits for the LA's answer."""

    stage: str
    parent_id: str
    since: date


def waiting(case: Case) -> tuple[Waiting, ...]:
    """What of a case waits for the LA's answer, as its events stand."""
    found: dict[tuple[str, str], Waiting] = {}
    for item in case.recorded:
        kind = item.event.kind
        key = (
            str(getattr(item.event, "stage", "")) or _STAGE_OF.get(kind, ""),
            str(getattr(item.event, "parent_id", "")),
        )
        if kind in agenda.REFERRED:
            key = (_STAGE_OF[kind], key[1])
            found[key] = Waiting(*key, item.event.on)
        elif kind in agenda.ANSWERED:
            found.pop((_STAGE_OF.get(kind, key[0]), key[1]), None)
    return tuple(found.values())


def acts_for_la_alone(officer: Officer) -> bool:
    """Whether an officer sees schools only through their LA, and so only what was put to it."""
    return bool(officer.la_codes) and not officer.schools and not officer.trusts
