"""What schools put to their LA and what it answered; and what an LA's officer may see at all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.domain import Officer
from casework.domain import events as e
from casework.storage import agenda, lists
from casework.storage.lists import CaseLine

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


def acts_for_la_alone(officer: Officer) -> bool:
    """Whether an officer sees schools only through their LA, and so only what was put to it."""
    return bool(officer.la_codes) and not officer.schools and not officer.trusts
