"""What truly stops a step: law that is verified always, the rest by its force and by who has answered."""

from collections.abc import Sequence
from datetime import date, timedelta

from casework.domain import Answer, Consideration, Finding, Role
from casework.domain import events as e
from casework.rules.situation import Situation
from casework.stages.stage import BY_LA, Stage


def blocking(
    situation: Situation,
    stage: Stage,
    findings: Sequence[Finding],
    considerations: Sequence[Consideration] = (),
) -> tuple[Finding, ...]:
    """The findings that stop a step now, in the stage's order; empty when it may be decided.

    Verified legislation that fails is absolute. Guidance, a local code or a policy that fails may be set
    aside by an unexpired override of the rank its policy names. A question for a person, and unverified law
    under a formal step, needs that person's recorded answer `yes` with a reason (for the policy's own
    considerations evidence too, and the answer it names). Not known never passes, except that what only the
    LA can know does not stop a school's request. A step for a child's safety is stopped by a hold that names
    it, and by nothing else.
    """
    if stage.safety:
        return tuple(f for f in findings if f.rule == "safeguarding.hold" and not f.holds)
    return tuple(f for f in findings if not _passes(situation, stage, f, considerations))


def _passes(
    situation: Situation, stage: Stage, finding: Finding, considerations: Sequence[Consideration]
) -> bool:
    if finding.answerable_by == BY_LA and not stage.by_la and finding.answer is not Answer.FAILS:
        return True
    confirmed = answered(situation, stage, finding, considerations)
    match finding.answer:
        case Answer.HOLDS:
            unverified = finding.source is not None and not finding.source.verified
            return confirmed or not (stage.formal and unverified)
        case Answer.FOR_A_PERSON:
            return confirmed or bool(override_of(situation, stage, finding))
        case Answer.UNKNOWN:
            return False
        case Answer.FAILS:
            if finding.source is None or finding.bars:
                return False
            if finding.source.is_law:
                return confirmed
            return bool(override_of(situation, stage, finding))


def passing_answers(situation: Situation, stage: Stage, finding: Finding) -> tuple[str, ...]:
    """The answers to a finding that let the step go on: `yes`, unless the policy's question says otherwise.

    To "is ill health part of why the child is absent?" it is `no`: a yes goes to the right route first.
    """
    for key in stage.considerations:
        if finding.rule.startswith(f"{key}."):
            for item in situation.value(key).questions:
                if finding.rule == f"{key}.{item.question}":
                    return tuple(item.passes)
    return ("yes",)


def answered(
    situation: Situation, stage: Stage, finding: Finding, considerations: Sequence[Consideration]
) -> bool:
    """Whether a person's last answer lets the step go on, with a reason (and evidence where asked)."""
    given = [c for c in considerations if c.question == finding.rule]
    if not given:
        return False
    last = given[-1]
    own = any(finding.rule.startswith(f"{key}.") for key in stage.considerations)
    passes = passing_answers(situation, stage, finding)
    reasoned = bool(last.because.strip()) and (bool(last.evidence) or not own)
    return reasoned and last.answer.strip().lower() in passes


def override_of(situation: Situation, stage: Stage, finding: Finding) -> str:
    """The reference (`#12`) of the override that sets a finding aside on that day; empty if none."""
    ranks = ranks_for(situation, finding)
    for item in reversed(situation.case.recorded):
        event = item.event
        if (
            isinstance(event, e.GateOverridden)
            and event.gate == finding.rule
            and event.stage in (stage.key, stage.name.value)
            and event.parent_id in ("", situation.parent_id)
            and event.on <= situation.on <= event.expires_on
            and event.role in ranks
        ):
            return item.ref
    return ""


def ranks_for(situation: Situation, finding: Finding) -> tuple[str, ...]:
    """The roles that the policy lets set a rule of this force aside; none for legislation.

    Source: overrides.rank
    """
    if finding.source is None or finding.source.is_law:
        return ()
    return tuple(situation.value("overrides.rank").get(finding.source.force.name.lower(), ()))


def why_not_overridden(situation: Situation, finding: Finding, role: str, expires_on: date) -> str:
    """Why a finding cannot be set aside by a role until a day, as a sentence; empty if it can.

    Source: overrides.rank, overrides.longest
    """
    ranks = ranks_for(situation, finding)
    if finding.holds:
        return f"{finding.rule} holds: there is nothing to set aside."
    if finding.answer is Answer.UNKNOWN:
        return f"{finding.rule} is not known, and nothing is set aside before it is: {finding.missing}."
    if finding.source is None:
        return f"{finding.rule} is not set aside by anybody; it has a way out of its own: {finding.missing}."
    if not ranks:
        return f"{finding.rule} is {finding.source.force.value}, which nobody sets aside."
    if role not in ranks:
        named = " or the ".join(name.replace("_", " ") for name in ranks)
        return f"{finding.rule} is {finding.source.force.value}: only the {named} may set it aside."
    if expires_on < situation.on:
        return f"{expires_on:%d %B %Y} is already past."
    return _too_long(situation, expires_on)


def _too_long(situation: Situation, expires_on: date) -> str:
    """School days are counted from the day after; days that the calendar does not know count as one each."""
    longest: int = situation.value("overrides.longest").school_days
    known = situation.calendar.days[-1] if situation.calendar.days else situation.on
    days = len(situation.calendar.days_between(situation.on + timedelta(days=1), expires_on))
    days += max(0, (expires_on - max(known, situation.on)).days)
    if days <= longest:
        return ""
    return f"That is {days} school days; a rule is set aside for {longest} at the most. Give an earlier day."


def overrides_used(situation: Situation, stage: Stage, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The overrides a step rests on, to be kept with it."""
    used = (override_of(situation, stage, f) for f in findings if f.answer is Answer.FAILS)
    return tuple(dict.fromkeys(ref for ref in used if ref))


def may_decide(stage: Stage, roles: frozenset[Role]) -> bool:
    """Whether one of these roles decides this step."""
    return not roles.isdisjoint(stage.decided_by)
