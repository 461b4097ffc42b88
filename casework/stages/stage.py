"""The shape every stage fills in: what must hold, who decides, what is asked, recorded and sent.

A stage says nothing of the stages after it; `ladder` does. Findings are made by gates (`casework.rules`), one
question each. The engine proposes; `record` turns a named officer's decision into the one event it adds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from casework.domain import (
    Answer,
    CaseworkError,
    Consideration,
    Decision,
    Finding,
    NotInForce,
    Role,
    StageName,
)
from casework.domain import events as e
from casework.domain.events import FindingRecord
from casework.rules import own_gates, support
from casework.rules.situation import Situation

Gate = Callable[[Situation], Finding]
Recorder = Callable[[Situation, Decision, "Kept"], e.Step]
AskKind = Literal["date", "text", "choice", "lines", "number"]

SCHOOL_ROLES = (Role.PASTORAL_LEAD, Role.ATTENDANCE_OFFICER, Role.HEADTEACHER, Role.AUTHORISED_OFFICER)
LA_ROLES = (Role.EWO,)
BY_LA = "la"
"""`Finding.answerable_by` of what only the LA can know: it stops the LA's step, never the school's."""


class DetailsMissing(CaseworkError):
    """The decision leaves out, or garbles, what the stage must be told; every fault is listed at once."""

    def __init__(self, stage: str, faults: tuple[str, ...]) -> None:
        self.stage, self.faults = stage, faults
        super().__init__(
            f"The decision cannot be recorded: {'; '.join(faults)}. Give them, then decide again."
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing the decider must give. `choice` offers `choices`; `lines` is one entry a line."""

    name: str
    label: str
    kind: AskKind = "text"
    required: bool = True
    choices: tuple[str, ...] = ()

    def fault(self, given: Mapping[str, str]) -> str:
        """What is wrong with the answer given, as a sentence's end; empty if nothing is."""
        text = given.get(self.name, "").strip()
        if not text:
            return f"{self.label} is missing" if self.required else ""
        if self.kind == "date":
            try:
                date.fromisoformat(text)
            except ValueError:
                return f"{self.label}: {text} is not a date such as 2026-10-05"
        if self.kind == "number" and not text.isdigit():
            return f"{self.label}: {text} is not a whole number"
        if self.kind == "choice" and text not in self.choices:
            return f"{self.label}: {text} is not one of {', '.join(self.choices)}"
        return ""


@dataclass(frozen=True)
class Kept:
    """What every decided step keeps, ready to be given to its event as keywords."""

    case_ref: str
    on: date
    by: str
    role: str
    parent_id: str
    reasons: str
    findings: tuple[FindingRecord, ...]
    considerations: tuple[Consideration, ...]
    evidence: tuple[str, ...]
    overrides: tuple[str, ...]
    review_on: date | None


@dataclass(frozen=True)
class Stage:
    """One stage, or one step within a stage (`step` tells them apart).

    `by_la` marks the LA's own decision; `formal` a step that needs unverified law confirmed by a person;
    `safety` a step that no ladder gate and no approval may hold up. `held_by` lists the scopes of a DSL hold
    that stop it. `considerations` are the policy keys of the questions its decider answers. `clocks` are
    the rules of the clocks its event starts; `ends` the ways it can end.
    """

    name: StageName
    title: str
    decided_by: tuple[Role, ...]
    per_parent: bool
    gates: tuple[Gate, ...]
    recorder: Recorder = field(repr=False)
    asks: tuple[Ask, ...] = ()
    considerations: tuple[str, ...] = ()
    document: str | None = None
    clocks: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    step: str = ""
    by_la: bool = False
    formal: bool = False
    safety: bool = False

    @property
    def key(self) -> str:
        """The step's own name: the stage's, unless the stage has more than one step."""
        return self.step or self.name.value

    def findings(self, situation: Situation) -> tuple[Finding, ...]:
        """What the officer is shown: the stage's gates in order, the policy's own gates, then its questions.

        A gate whose law the policy does not hold on that day answers UNKNOWN: missing law stops the step.
        """
        own = () if self.by_la else own_gates.findings(situation, self.name.value)
        return tuple(answer(gate, situation) for gate in self.gates) + own + self.questions(situation)

    def questions(self, situation: Situation) -> tuple[Finding, ...]:
        """The considerations of the policy, each for a person to answer; none has a default."""
        found: list[Finding] = []
        for key in self.considerations:
            try:
                asked = situation.value(key)
            except NotInForce as missing:
                found.append(Finding(key, Answer.UNKNOWN, str(missing), on=situation.on))
                continue
            found += [
                Finding(
                    rule=f"{key}.{item.question}",
                    answer=Answer.FOR_A_PERSON,
                    says=item.says,
                    source=asked.source,
                    missing=f"the answer {' or '.join(item.passes)}, with a reason and evidence",
                    answerable_by=BY_LA if item.answered_by == "local_authority" else "school",
                    on=situation.on,
                )
                for item in asked.questions
                if item.only_if != "support_appropriate" or support.is_appropriate(situation)
            ]
        return tuple(found)

    def record(
        self,
        situation: Situation,
        decision: Decision,
        findings: tuple[Finding, ...] = (),
        overrides: tuple[str, ...] = (),
    ) -> e.Step:
        """The one event a decision adds: the step, or a StepDeclined when the officer said no.

        `findings` are those the officer saw (worked out again when not given).

        Raises:
            DetailsMissing: Reasons, the parent, or something the stage asks for is not there.
        """
        kept = Kept(
            case_ref=situation.case.ref,
            on=decision.on,
            by=decision.officer.officer_id,
            role=decision.role,
            parent_id=decision.parent_id,
            reasons=decision.reasons.strip(),
            findings=tuple(as_record(f) for f in findings or self.findings(situation)),
            considerations=decision.considerations,
            evidence=relied_on(findings or self.findings(situation)),
            overrides=overrides,
            review_on=day_given(decision, "review_on"),
        )
        if not decision.yes:
            self._refuse_if(self._faults(decision, ()))
            return e.StepDeclined(stage=self.key, **vars(kept))
        self._refuse_if(self._faults(decision, self.asks))
        return self.recorder(situation, decision, kept)

    def _faults(self, decision: Decision, asks: Iterable[Ask]) -> tuple[str, ...]:
        faults = [ask.fault(decision.details) for ask in asks]
        if not decision.reasons.strip():
            faults.append("the reasons are missing")
        if self.per_parent and not decision.parent_id:
            faults.append(f"{self.title} is always about one parent, and none was named")
        return tuple(fault for fault in faults if fault)

    def _refuse_if(self, faults: tuple[str, ...]) -> None:
        if faults:
            raise DetailsMissing(self.key, faults)


def answer(gate: Gate, situation: Situation) -> Finding:
    """One gate's answer; missing law is UNKNOWN, never a pass."""
    try:
        return gate(situation)
    except NotInForce as missing:
        return Finding(
            missing.key, Answer.UNKNOWN, str(missing), on=situation.on, missing="the law of that day"
        )


def as_record(finding: Finding) -> FindingRecord:
    """A finding as the event keeps it."""
    source = finding.source
    return FindingRecord(
        rule=finding.rule,
        answer=finding.answer.value,
        says=finding.says,
        evidence=finding.evidence,
        source=source.title if source else "",
        force=source.force.value if source else "",
        verified=source.verified if source else True,
    )


def relied_on(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The sessions, events and documents that the findings which hold rest on, each once."""
    return tuple(dict.fromkeys(item for finding in findings if finding.holds for item in finding.evidence))


def day_given(decision: Decision, name: str) -> date | None:
    """A date among the decision's details; None where it was left out.

    Raises:
        DetailsMissing: The text given is no date.
    """
    text = decision.details.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DetailsMissing(decision.stage, (f"{name}: {text} is not a date such as 2026-10-05",)) from None


def date_given(decision: Decision, name: str) -> date:
    """A date that the stage's asks have already required."""
    return date.fromisoformat(decision.details[name].strip())


def lines_given(decision: Decision, name: str) -> tuple[str, ...]:
    """The lines of one of the decision's details, empty ones left out."""
    return tuple(line.strip() for line in decision.details.get(name, "").splitlines() if line.strip())
