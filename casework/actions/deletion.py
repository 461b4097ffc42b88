"""Taking a name off the roll: the enquiries made first, and the decision on a ground that holds.

The engine strikes out no name: the school's own system does, once a named person has decided it here. A
count of days alone is never a ground, and no name is deleted for an earlier day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.actions.access import Act, in_words, require
from casework.actions.decide import situation
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear, given, next_id, one_of
from casework.actions.situations import situation_of
from casework.domain import Answer, Case, Consideration, Finding, NotAllowed, Officer, Role
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.rules import cme, deletion
from casework.rules.situation import Situation
from casework.stages.stage import as_record, relied_on
from casework.storage import cases, clocks

DECIDED_BY = frozenset({Role.HEADTEACHER})


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One of the enquiries a school makes about a child who is missing: its outcome, empty while open."""

    enquiry: str
    says: str
    answer: str
    on: date | None
    by: str
    with_la: bool


@dataclass(frozen=True, slots=True)
class Deletion:
    """What was asked of a deletion: its ground, the day, and what that ground must be told.

    `leave_ended_on` is for ground H; `from_day`, `in_writing` and `under_order` for ground F.
    """

    ground: str
    deleted_on: date
    leave_ended_on: date | None = None
    from_day: date | None = None
    in_writing: bool = False
    under_order: bool = False


def checklist(inst: Installation, officer: Officer, case_ref: str, on: date) -> tuple[Enquiry, ...]:
    """The enquiries of the policy with their latest outcomes, then any others that were made."""
    now = situation(inst, officer, case_ref, on)
    made = {item.enquiry: item for item in now.case.of(e.EnquiryMade) if item.answer.strip()}
    listed = {item.enquiry: item.says for item in now.value("cme.enquiries").enquiries}
    others = {name: name.replace("_", " ") for name in made if name not in listed}
    return tuple(_enquiry(name, says, made.get(name)) for name, says in {**listed, **others}.items())


def _enquiry(name: str, says: str, made: e.EnquiryMade | None) -> Enquiry:
    if made is None:
        return Enquiry(name, says, "", None, "", False)
    return Enquiry(name, says, made.answer, made.answered_on or made.on, made.by, made.joint_with_la)


def ask(
    inst: Installation, officer: Officer, case_ref: str, asked: Deletion, on: date
) -> tuple[Finding, ...]:
    """What must hold before a name is deleted on a ground.

    Raises:
        Unclear: There is no such ground, or it must be told more.
    """
    return _findings(situation(inst, officer, case_ref, on), asked)


def decide(
    inst: Installation,
    by: By,
    case_ref: str,
    asked: Deletion,
    *,
    reasons: str,
    considerations: Sequence[Consideration] = (),
) -> Case:
    """The headteacher's decision that a name is deleted, where everything its ground asks for holds.

    Raises:
        NotAllowed: The officer is no headteacher.
        StepRefused: Something does not hold; nothing is recorded.
    """
    require(by.officer, Act.READ_CASES)
    if not by.officer.holds(*DECIDED_BY):
        raise NotAllowed("decide that a name is deleted from the roll", in_words(DECIDED_BY))
    why = given(reasons, "The reasons")
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        if by.key and not clocks.claim(tx, by.key, "act", case_ref, by.flow_run):
            return case
        now = situation_of(tx, case, by.on)
        findings = _findings(now, asked)
        stopped = tuple(f for f in findings if not _passes(f, considerations))
        if stopped:
            missing = tuple(dict.fromkeys(f.missing or f.says for f in stopped))
            raise StepRefused(f"Deletion on ground {asked.ground}", missing, stopped)
        header = by.header(case_ref)
        decided = e.DeletionDecided(
            **header,
            reasons=why,
            findings=tuple(map(as_record, findings)),
            considerations=tuple(considerations),
            evidence=relied_on(findings),
            ground=asked.ground,
            deleted_on=asked.deleted_on,
        )
        task = e.TaskAdded(
            **header,
            task_id=next_id(case, "T", 1),
            title="Delete the name in the school's own system, and make the deletion return by then.",
            due_on=asked.deleted_on,
            for_officer=case.owner_id,
        )
        return cases.append(tx, case_ref, (decided, task), by.seen, inst.now())


def _findings(now: Situation, asked: Deletion) -> tuple[Finding, ...]:
    return (*_ground(now, asked), _not_backdated(now, asked), cme.professionals_told(now))


def _ground(now: Situation, asked: Deletion) -> tuple[Finding, ...]:
    match asked.ground:
        case "I":
            return deletion.ground_i(now)
        case "H":
            if asked.leave_ended_on is None:
                raise Unclear("Ground H follows an authorised leave.", "Give the day on which it ended.")
            return deletion.ground_h(now, asked.leave_ended_on)
        case "F":
            if asked.from_day is None:
                raise Unclear("Ground F follows a parent's notification.", "Give the day it names.")
            return deletion.home_education(
                now, from_day=asked.from_day, in_writing=asked.in_writing, under_order=asked.under_order
            )
    grounds = now.value("deletion.grounds"), now.value("deletion.other_grounds")
    known = {item.ground: (item.says, value.source) for value in grounds for item in value.grounds}
    says, source = known[one_of(asked.ground, tuple(known), "The ground")]
    return (
        Finding(
            f"deletion.ground.{asked.ground}",
            Answer.FOR_A_PERSON,
            f"Is it so that: {says}?",
            source=source,
            missing="a named person's answer, with what shows it",
            answerable_by="school",
            on=now.on,
        ),
    )


def _not_backdated(now: Situation, asked: Deletion) -> Finding:
    """A name is deleted on the day of the decision or later, never for an earlier day."""
    source = now.value("deletion.retrospective").source
    if asked.deleted_on >= now.on:
        says = "The name is deleted on the day of the decision or later."
        return Finding("deletion.retrospective", Answer.HOLDS, says, source=source, on=now.on)
    return Finding(
        "deletion.retrospective",
        Answer.FAILS,
        f"{asked.deleted_on:%-d %B %Y} has passed: no name is deleted for an earlier day.",
        source=source,
        missing="a day from today on",
        answerable_by="school",
        on=now.on,
    )


def _passes(finding: Finding, considerations: Sequence[Consideration]) -> bool:
    """Whether a finding lets the deletion go on: a person's yes needs a reason and what shows it."""
    said = [c for c in considerations if c.question == finding.rule]
    answered = (
        bool(said) and said[-1].answer == "yes" and bool(said[-1].because.strip() and said[-1].evidence)
    )
    if finding.answer is Answer.FOR_A_PERSON:
        return answered
    unverified = finding.source is not None and not finding.source.verified
    return finding.holds and (answered or not unverified)
