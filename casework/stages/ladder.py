"""Which stage may follow which, what may come next for whom, and the ladder as a table for the README."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from casework.domain import Answer, Case, CaseStatus, Finding, Parent, Role, StageName
from casework.domain.case import LADDER
from casework.rules import notices, proceedings, register
from casework.rules.situation import Situation
from casework.stages import STEPS
from casework.stages.force import blocking
from casework.stages.penalty_notice import ISSUE, PUBLIC_PLACE
from casework.stages.prosecution_referral import DECIDE
from casework.stages.stage import Gate, Stage


class Move(StrEnum):
    """How a step would stand to where the case is. Every one is lawful where the step's gates hold."""

    NEXT = "next"
    SKIP = "skips stages"
    AGAIN = "again"
    BACK = "back to an earlier stage"
    BESIDE = "beside the ladder"
    NOT_NOW = "not now"


ORDINARY: dict[StageName | None, tuple[StageName, ...]] = {
    None: (StageName.NOTICING, StageName.SUPPORTIVE_ACTIONS),
    StageName.NOTICING: (StageName.SUPPORTIVE_ACTIONS,),
    StageName.SUPPORTIVE_ACTIONS: (StageName.ATTENDANCE_CONTRACT, StageName.NOTICE_TO_IMPROVE),
    StageName.ATTENDANCE_CONTRACT: (StageName.NOTICE_TO_IMPROVE,),
    StageName.NOTICE_TO_IMPROVE: (StageName.PENALTY_NOTICE,),
    StageName.PENALTY_NOTICE: (StageName.PROSECUTION_REFERRAL,),
    StageName.PROSECUTION_REFERRAL: (),
}
"""What ordinarily comes next. Other upward moves skip stages: lawful, with the reason recorded, for there is
no fixed timeline and a step may be left out where support is not appropriate (a term-time holiday goes
straight to the penalty-notice question)."""


def may_follow(case: Case, stage: Stage) -> Move:
    """How a step would stand to where the case is; NOT_NOW while it is closed or paused."""
    if stage.safety:
        return Move.BESIDE
    if case.status is not CaseStatus.OPEN:
        return Move.NOT_NOW
    if stage.name not in LADDER:
        return Move.BESIDE
    now = case.stage
    if now is stage.name:
        return Move.AGAIN
    if stage.name in ORDINARY[now]:
        return Move.NEXT
    if now is not None and LADDER.index(stage.name) < LADDER.index(now):
        return Move.BACK
    return Move.SKIP


def why_not_now(case: Case) -> str:
    """What must happen before a case that is closed or paused takes a step; empty if it is open."""
    match case.status:
        case CaseStatus.CLOSED:
            return "the case is closed: reopen it, with a reason, first"
        case CaseStatus.PAUSED:
            return "the case is paused: end the pause, with a reason, first"
        case CaseStatus.OPEN:
            return ""


@dataclass(frozen=True)
class Proposal:
    """One step that may come next, for whom, with its gates: the engine proposes, a person decides.

    `stopped_by` are the findings that stop it before anybody has answered its questions; `asks` those of them
    that are a person's to answer; `lacks` those that must first come to hold.
    """

    stage: Stage
    parent: Parent | None
    move: Move
    findings: tuple[Finding, ...]
    stopped_by: tuple[Finding, ...]
    not_now: str = ""

    @cached_property
    def asks(self) -> tuple[Finding, ...]:
        """Questions and unverified rules that a named person must answer."""
        return tuple(f for f in self.stopped_by if f.answer in (Answer.FOR_A_PERSON, Answer.HOLDS))

    @cached_property
    def lacks(self) -> tuple[Finding, ...]:
        """What does not hold, or is not known."""
        return tuple(f for f in self.stopped_by if f.answer in (Answer.FAILS, Answer.UNKNOWN))

    @property
    def missing(self) -> tuple[str, ...]:
        """What would make the step possible, one sentence's end each, nothing twice."""
        first = (self.not_now,) if self.not_now else ()
        return first + tuple(dict.fromkeys(f.missing or f.says for f in self.lacks))

    @property
    def may_be_considered(self) -> bool:
        """Whether nothing stands in the way but a person's own judgement."""
        return not self.lacks and self.move is not Move.NOT_NOW

    @property
    def parent_id(self) -> str:
        """The parent the step would be about; empty if the pupil."""
        return self.parent.contact_id if self.parent else ""


def proposal(situation: Situation, stage: Stage) -> Proposal:
    """One step weighed for the parent (or the pupil) asked about."""
    move = may_follow(situation.case, stage)
    findings = stage.findings(situation)
    return Proposal(
        stage=stage,
        parent=situation.parent,
        move=move,
        findings=findings,
        stopped_by=blocking(situation, stage, findings),
        not_now=why_not_now(situation.case) if move is Move.NOT_NOW else "",
    )


def proposals(situation: Situation) -> tuple[Proposal, ...]:
    """Every step that may come next, the ladder first, once for each liable parent where it is per parent.

    Stages below the one the case stands on are left out: going back is a decision of its own. The authority's
    decision is weighed only where a request waits, the public-place notice only where the register shows an
    exclusion.
    """
    each = {parent.contact_id: situation.about(parent) for parent in situation.liable_parents}
    pupil = situation.about(None)
    found: list[Proposal] = []
    for stage in STEPS.values():
        if may_follow(situation.case, stage) is Move.BACK or (
            stage is PUBLIC_PLACE and not register.shows_exclusion(situation)
        ):
            continue
        asked = tuple(each.values()) if stage.per_parent else (pupil,)
        found += [proposal(one, stage) for one in asked if _is_asked(stage, one)]
    return tuple(found)


def _is_asked(stage: Stage, situation: Situation) -> bool:
    """Whether what an authority's own decision is about waits for it."""
    if stage is ISSUE:
        return notices.request_waiting(situation) is not None
    return stage is not DECIDE or bool(proceedings.referral_waiting(situation))


# -- the table of the README ---------------------------------------------------------------------------------


def ladder_table() -> str:
    """The ladder as a markdown table, made from the stages themselves."""
    rows = [
        "| Step | For | Who decides | What must hold | Clocks it starts | How it ends |",
        "|---|---|---|---|---|---|",
    ]
    rows += [_row(stage) for stage in STEPS.values()]
    return "\n".join(rows) + "\n"


def _row(stage: Stage) -> str:
    gates = "nothing but a hold that names it" if stage.safety else "<br>".join(map(_sentence, stage.gates))
    cells = (
        f"**{stage.title}**",
        "each parent" if stage.per_parent else "the pupil",
        ", ".join(role_words(role) for role in stage.decided_by),
        gates,
        ", ".join(clock.partition(".")[2].replace("_", " ") for clock in stage.clocks) or "none",
        ", ".join(stage.ends),
    )
    return "| " + " | ".join(cells) + " |"


def _sentence(gate: Gate) -> str:
    return (gate.__doc__ or "").partition("\n")[0].rstrip(".")


def role_words(role: Role) -> str:
    """A role as a sentence names it."""
    return {Role.DSL: "DSL", Role.EWO: "EWO"}.get(role, role.value.replace("_", " "))
