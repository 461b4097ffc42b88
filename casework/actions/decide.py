"""The one door to the ladder: a named officer decides a step, every gate is asked again, an event records it.

Whether the command line, a page or a flow asks, the gates are answered inside the same transaction that
records the step, with the case locked. Nothing else in the program records a step.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from casework.actions import ledger
from casework.actions.access import Act, in_words, require, require_la
from casework.actions.installation import Installation
from casework.actions.letter_drafts import draft_for_step
from casework.actions.recording import By, Header, Unclear, given, next_id, record
from casework.actions.situations import known_by, situation_of
from casework.actions.timing import date_clocks
from casework.domain import Case, Decision, Event, Finding, NotAllowed, NotFound, Officer
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.rules.situation import Situation
from casework.stages import STEPS
from casework.stages.clocks import Started, started_by
from casework.stages.force import blocking, may_decide, overrides_used
from casework.stages.ladder import Move, Proposal, may_follow, proposals, why_not_now
from casework.stages.stage import Stage
from casework.storage import cases, clocks

_ENTRY = re.compile(r"#\d+")
"""How an answer names an entry of the case as what shows it."""


@dataclass(frozen=True)
class Asked:
    """A step as put to the officer: the stage, the situation, its gates and which of them stop it."""

    stage: Stage
    situation: Situation
    findings: tuple[Finding, ...]
    stopped_by: tuple[Finding, ...]


def step_named(key: str) -> Stage:
    """A step by its name, such as `notice_to_improve`.

    Raises:
        NotFound: With the names that there are.
    """
    if key not in STEPS:
        raise NotFound("step", key, f"Steps: {', '.join(STEPS)}.")
    return STEPS[key]


def ask(
    inst: Installation, officer: Officer, case_ref: str, step: str, on: date, parent_id: str = ""
) -> Asked:
    """The gates of a step on a day, for a parent where the step is always about one."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        situation = about(situation_of(tx, case, on), parent_id)
    return _asked(step_named(step), situation, ())


def proposed(inst: Installation, officer: Officer, case_ref: str, on: date) -> tuple[Proposal, ...]:
    """What may lawfully come next on a case, for whom, and what is missing."""
    return proposals(situation(inst, officer, case_ref, on))


def situation(
    inst: Installation, officer: Officer, case_ref: str, on: date, known_at: datetime | None = None
) -> Situation:
    """Everything the gates of a case look at on a day: of a past day, the case and register as they stood.

    Args:
        known_at: Only what had been recorded by that time, in the case and in the register.

    Raises:
        NotFound: The case was opened later.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = as_it_stood(cases.load(tx, case_ref), on, known_at)
        if known_at is None and on < inst.now().date():
            known_at = known_by(tx, case.urn, on)
        return situation_of(tx, case, on, known_at)


def as_it_stood(case: Case, on: date, known_at: datetime | None = None) -> Case:
    """The case with what happened on or before a day, and was recorded by a time."""
    kept = tuple(
        item
        for item in case.recorded
        if item.event.on <= on and (known_at is None or item.recorded_at <= known_at)
    )
    if not kept or kept[0] != case.recorded[0]:
        opened = case.opening.on
        raise NotFound("case", case.ref, f"on {on:%d %B %Y}: it was opened on {opened:%d %B %Y}.")
    return Case(case.ref, kept)


def decide(
    inst: Installation,
    case_ref: str,
    step: str,
    decision: Decision,
    *,
    seen: int | None = None,
    key: str = "",
) -> Case:
    """Record a step, or the decision not to take it, after asking every gate again under a lock on the case.

    Args:
        step: A key of `casework.stages.STEPS`.
        seen: The sequence the officer last saw.
        key: Names the act, so that sending it twice records it once.

    Returns:
        The case with the step, the clocks it starts and the letter it drafts.

    Raises:
        NotAllowed: The officer's role does not decide this step, or it is the decision of another LA.
        StepRefused: A gate does not hold; its findings say which, and what is truly missing.
        CaseChanged: Somebody wrote after `seen`.
        DetailsMissing: The decision leaves out something the step must be told.
        Unclear: It is dated before something the case already says, or an answer points to an entry that the
            case does not have.
    """
    stage = step_named(step)
    by = By(decision.officer, decision.on, decision.role, seen, key)
    _refuse_role(stage, by)
    with inst.act(by.officer) as tx:
        cases.lock(tx, case_ref)
        if stage.formal:
            cases.lock_pupil(tx, case_ref)
        case = cases.load(tx, case_ref)
        if key and not clocks.claim(tx, key, "act", case_ref, ""):
            return case
        now = about(situation_of(tx, case, decision.on), decision.parent_id)
        if stage.by_la:
            require_la(by.officer, now.school.la_code)
        asked = _asked(stage, now, decision.considerations)
        _refuse_unknown_evidence(case, decision)
        if decision.yes:
            _refuse_backdated(stage, case, decision.on)
            _refuse_blocked(asked, case)
        overrides = overrides_used(now, stage, asked.findings)
        event = stage.record(now, decision, asked.findings, overrides)
        case = cases.append(tx, case_ref, (event,), seen, inst.now())
        ledger.keep(tx, case, event, inst.now())
        if decision.yes:
            following = tuple(starting(started_by(event), case, by.header(case_ref), decision.parent_id))
            following += draft_for_step(inst, tx, now, stage, case, by)
            case = cases.append(tx, case_ref, following, None, inst.now()) if following else case
            date_clocks(tx, case, now.policy, now.calendar, decision.on)
        return case


def support_not_appropriate(
    inst: Installation, by: By, case_ref: str, *, reasons: str, parent_id: str = ""
) -> Case:
    """Record the decision that support is not appropriate here, as for a holiday in term time."""

    def make(_: Case, header: Header) -> Event:
        return e.SupportNotAppropriate(**header, reasons=given(reasons, "The reasons"), parent_id=parent_id)

    return record(inst, by, case_ref, make, Act.OVERRIDE_GATES)


def _refuse_role(stage: Stage, by: By) -> None:
    acting = frozenset(role for role in by.officer.roles if role.value == by.role)
    if not acting or not may_decide(stage, acting):
        raise NotAllowed(f"decide {stage.title.lower()}", in_words(frozenset(stage.decided_by)))


def _refuse_backdated(stage: Stage, case: Case, on: date) -> None:
    """A formal step rests on everything the case says: it is not dated before any of it."""
    newest = max(case.recorded, key=lambda item: item.event.on)
    if stage.formal and on < newest.event.on:
        raise Unclear(
            f"The case has an entry of {newest.event.on:%d %B %Y} ({newest.ref}); {stage.title.lower()} "
            f"cannot be dated {on:%d %B %Y}, before it.",
            "Decide it as of that day or later.",
        )


def _refuse_unknown_evidence(case: Case, decision: Decision) -> None:
    """An answer that names an entry of the case, such as #12, names one that is there."""
    held = {item.ref for item in case.recorded}
    unknown = [
        f"{ref} ({said.question})"
        for said in decision.considerations
        for ref in map(str.strip, said.evidence)
        if _ENTRY.fullmatch(ref) and ref not in held
    ]
    if unknown:
        raise Unclear(
            f"The case has no entry {', '.join(unknown)}: it has #1 to #{case.sequence}.",
            "Name the entry that shows it, or say in words where it is to be found.",
        )


def _refuse_blocked(asked: Asked, case: Case) -> None:
    not_now = may_follow(case, asked.stage) is Move.NOT_NOW
    missing = [why_not_now(case)] if not_now else []
    missing += [finding.missing or finding.says for finding in asked.stopped_by]
    if missing:
        raise StepRefused(asked.stage.title, tuple(dict.fromkeys(missing)), asked.stopped_by)


def _asked(stage: Stage, situation: Situation, considerations: tuple[e.Consideration, ...]) -> Asked:
    findings = stage.findings(situation)
    return Asked(stage, situation, findings, blocking(situation, stage, findings, considerations))


def about(situation: Situation, parent_id: str) -> Situation:
    if not parent_id:
        return situation
    for parent in situation.parents:
        if parent.contact_id == parent_id:
            return situation.about(parent)
    known = ", ".join(parent.contact_id for parent in situation.parents) or "none"
    raise NotFound("parent", parent_id, f"Contacts of this pupil: {known}.")


def starting(started: Started, case: Case, header: Header, parent_id: str) -> Iterator[Event]:
    """The clocks that the case's latest event starts, each from its own day."""
    for ahead, (rule, day) in enumerate(started):
        yield e.ClockStarted(
            **header,
            clock_id=next_id(case, "K", ahead),
            rule=rule,
            started_on=day,
            parent_id=parent_id,
            about=f"#{case.sequence}",
        )
