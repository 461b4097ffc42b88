"""How a check says what it found: passed, warned, stopped, or waiting for a named person."""

from collections.abc import Callable

from casework.domain import Answer, Finding
from casework.domain.evidence import Checked, Outcome
from casework.policy import Value
from casework.rules.preflight.pack import PackInHand

Check = Callable[[PackInHand, Value], Checked]
PREFIX = "preflight."


def said(
    rule: Value,
    holds: bool,
    says: str,
    *,
    item: str = "",
    evidence: tuple[str, ...] = (),
    warn: bool = False,
    source: Value | None = None,
) -> Checked:
    """A check that is sure: passed, or what the policy makes of a failure."""
    fails = Outcome.WARNS if warn or rule.fails == "warn" else Outcome.BLOCKS
    return Checked(
        check=rule.check,
        title=rule.title,
        outcome=Outcome.PASSES if holds else fails,
        says=says,
        item=item,
        remedy="" if holds else rule.remedy,
        evidence=evidence,
        source=(source or rule).source,
    )


def asked(
    pack: PackInHand, rule: Value, says: str, *, question: str = "", evidence: tuple[str, ...] = ()
) -> Checked:
    """A check that only a named person can pass: by their answer about this very pack."""
    wanted = question or rule.get("question", "") or says
    answer = pack.answers.get(rule.check)
    outcome, words = Outcome.NEEDS_A_PERSON, says
    if answer is not None:
        by = rule.get("by") or ()
        if by and answer.role not in by:
            words = f"Answered by somebody who may not: {' or '.join(by).replace('_', ' ')} answers this."
        elif answer.answer == "yes":
            outcome = Outcome.PASSES
            words = f"{answer.by} answered yes on {answer.on:%-d %B %Y}: {answer.because}"
        else:
            outcome = Outcome.BLOCKS
            words = f"{answer.by} answered no on {answer.on:%-d %B %Y}: {answer.because}"
    passed = outcome is Outcome.PASSES
    return Checked(
        check=rule.check,
        title=rule.title,
        outcome=outcome,
        says=words,
        remedy="" if passed else rule.remedy,
        question="" if passed else wanted,
        evidence=evidence,
        source=rule.source,
    )


def of_finding(pack: PackInHand, rule: Value, finding: Finding) -> Checked:
    """What a gate found, as a check says it; a gate's question may have been answered at the decision."""
    if finding.answer is Answer.FOR_A_PERSON:
        weighed = pack.weighed_at_decision.get(finding.rule)
        if weighed is None:
            return asked(pack, rule, finding.says, question=finding.says, evidence=finding.evidence)
        says = f"{finding.says} Answered when it was decided: {weighed.answer}."
        return said(rule, True, says, evidence=finding.evidence)
    return said(rule, finding.holds, finding.says, item=finding.missing, evidence=finding.evidence)


def worst(first: Checked, *others: Checked) -> Checked:
    """Of several looks at one check, the first that says least well."""
    order = list(Outcome)
    return max((first, *others), key=lambda c: order.index(c.outcome))
