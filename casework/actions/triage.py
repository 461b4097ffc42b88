"""The first list of a new school: each pupil accepted, merged into a case, or set aside with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.recording import By, Unclear, given
from casework.actions.sweeping import open_for
from casework.domain import Answer, Case, Finding, NotFound, Officer, Pupil
from casework.domain import events as e
from casework.rules import triggers
from casework.storage import cases, clocks, people, schools
from casework.storage import triggers as stored
from casework.storage.triggers import Snooze, Triage


@dataclass(frozen=True, slots=True)
class Waiting:
    """One pupil on the list, most pressing first."""

    item: Triage
    pupil: Pupil


def waiting(inst: Installation, officer: Officer, urn: str) -> tuple[Waiting, ...]:
    """A school's pupils who wait for somebody to say what becomes of them: severe absence first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        known = {pupil.upn: pupil for pupil in people.pupils(tx, urn=urn)}
        return tuple(Waiting(item, known[item.upn]) for item in stored.triage_list(tx, urn))


def listed(inst: Installation, officer: Officer, urn: str) -> tuple[Waiting, ...]:
    """Everybody on a school's first list, whatever was decided of them, most pressing first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        known = {pupil.upn: pupil for pupil in people.pupils(tx, urn=urn)}
        return tuple(Waiting(item, known[item.upn]) for item in stored.triage_list(tx, urn, state=""))


def accept(inst: Installation, by: By, urn: str, upn: str, owner_id: str = "") -> Case:
    """Open a case for a pupil of the list; whoever accepts it carries it, unless another is named.

    A pupil who has an open case already is merged into it. Accepting again gives the case that was opened.

    Raises:
        NotFound: The pupil is not on the list.
        TriageSettled: Somebody set the pupil aside or merged them meanwhile.
    """
    require(by.officer, Act.TRIAGE)
    with inst.act(by.officer, by.flow_run) as tx:
        if by.key and not clocks.claim(tx, by.key, "act", None, by.flow_run):
            found = cases.open_case_of(tx, upn, urn)
            if found is not None:
                return found
        item = _on_list(tx, urn, upn)
        under_way = cases.open_case_of(tx, upn, urn)
        if under_way is not None:
            return _join(inst, tx, by, urn, item, under_way, owner_id)
        school = schools.school(tx, urn)
        policy = policy_of(school)
        defined = {t.name: t for t in triggers.definitions(policy, by.on)}
        opening = next((defined[name] for name in item.triggers if name in defined), None)
        finding = Finding(opening.rule if opening else "", Answer.HOLDS, item.says)
        case = open_for(inst, tx, school, policy, by, upn, opening, finding)
        standing = {raised.trigger: raised for raised in stored.standing(tx, urn) if raised.upn == upn}
        header = by.header(case.ref)
        events = [
            e.TriggerRaised(
                **header, trigger=name, says=standing[name].says, evidence=standing[name].evidence
            )
            for name in item.triggers
            if name in standing and (opening is None or name != opening.name)
        ]
        owner = e.OwnerAssigned(**header, owner_id=owner_id or by.officer.officer_id, reason="Accepted")
        case = cases.append(tx, case.ref, (*events, owner), None, inst.now())
        _settle(tx, urn, item, by, "accepted", case_ref=case.ref)
        return case


def _join(
    inst: Installation, tx: Connection, by: By, urn: str, item: Triage, case: Case, owner_id: str
) -> Case:
    """Add what was found to the pupil's open case, and give it an owner if it has none."""
    cases.lock(tx, case.ref)
    header = by.header(case.ref)
    events: list[e.Event] = [
        e.TriggerRaised(**header, trigger=now.trigger, says=now.says, evidence=now.evidence)
        for now in stored.standing(tx, urn)
        if now.upn == item.upn
    ]
    if not case.owner_id:
        owner = owner_id or by.officer.officer_id
        events.append(e.OwnerAssigned(**header, owner_id=owner, reason="Accepted"))
    _settle(tx, urn, item, by, "merged", reason="An open case was there already", case_ref=case.ref)
    return cases.append(tx, case.ref, events, None, inst.now()) if events else case


def open_by_hand(inst: Installation, by: By, urn: str, upn: str, reason: str) -> Case:
    """Open a case that no trigger asked for, with the reason; whoever opens it carries it.

    Raises:
        NotFound: The school or the pupil is not known to this officer.
        CaseAlreadyOpen: The pupil has an open case at the school.
    """
    require(by.officer, Act.OWN_CASES)
    why = given(reason, "The reason")
    with inst.act(by.officer, by.flow_run) as tx:
        school = schools.school(tx, urn)
        pupil = people.pupil(tx, upn, urn)
        if by.key and not clocks.claim(tx, by.key, "act", None, by.flow_run):
            found = cases.open_case_of(tx, upn, urn)
            if found is not None:
                return found
        finding = Finding("", Answer.HOLDS, why)
        case = open_for(inst, tx, school, policy_of(school), by, pupil.upn, None, finding)
        owner = e.OwnerAssigned(
            **by.header(case.ref), owner_id=by.officer.officer_id, reason="Opened by hand"
        )
        return cases.append(tx, case.ref, (owner,), None, inst.now())


def merge(inst: Installation, by: By, urn: str, upn: str, case_ref: str, reason: str) -> Case:
    """Add what was found to a case that the pupil already has."""
    require(by.officer, Act.TRIAGE)
    with inst.act(by.officer, by.flow_run) as tx:
        item = _on_list(tx, urn, upn)
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        if case.upn != upn:
            raise Unclear(f"Case {case_ref} is another pupil's.", "Name a case of this pupil.")
        header = by.header(case_ref)
        raised = e.TriggerRaised(**header, trigger=item.triggers[0], says=item.says)
        noted = e.NoteAdded(**header, text=given(reason, "The reason"))
        _settle(tx, urn, item, by, "merged", reason=reason, case_ref=case_ref)
        return cases.append(tx, case_ref, (raised, noted), by.seen, inst.now())


def set_aside(inst: Installation, by: By, urn: str, upn: str, reason: str, until: date) -> None:
    """Leave a pupil be until a day, with a reason; then the triggers are heard again if they still hold."""
    require(by.officer, Act.TRIAGE)
    if until <= by.on:
        raise Unclear(f"{until:%d %B %Y} is not a day to come.", "Say until when the pupil is set aside.")
    why = given(reason, "The reason")
    with inst.act(by.officer, by.flow_run) as tx:
        if by.key and not clocks.claim(tx, by.key, "act", None, by.flow_run):
            return
        item = _on_list(tx, urn, upn)
        for trigger in item.triggers:
            quiet = Snooze(upn, trigger, by.on, until, why, by.officer.officer_id)
            stored.snooze(tx, urn, quiet)
        _settle(tx, urn, item, by, "set_aside", reason=why, until=until)


def _on_list(tx: Connection, urn: str, upn: str) -> Triage:
    found: Sequence[Triage] = [t for t in stored.triage_list(tx, urn, state="") if t.upn == upn]
    if not found:
        raise NotFound("pupil on the triage list", upn, "Look at the list of the school again.")
    return found[0]


def _settle(
    tx: Connection,
    urn: str,
    item: Triage,
    by: By,
    state: str,
    *,
    reason: str = "",
    until: date | None = None,
    case_ref: str | None = None,
) -> None:
    settled = replace(
        item,
        state=state,
        reason=reason,
        until=until,
        by=by.officer.officer_id,
        settled_on=by.on,
        case_ref=case_ref,
    )
    stored.settle_triage(tx, urn, settled)
