"""What the school's own policy wants on the case before a step; the law's gates stand beside it."""

from casework.domain import Answer, Event, Finding
from casework.policy import Value
from casework.rules.duties import Occasion, with_policy_flags
from casework.rules.flags import flags_of
from casework.rules.situation import Situation


def findings(situation: Situation, stage: str) -> tuple[Finding, ...]:
    """One finding for each of the policy's gates before a stage that applies to this pupil.

    Source: gates
    """
    facts = flags_of(situation.pupil, situation.professionals)
    known = with_policy_flags(situation.policy, facts, situation.on)
    return tuple(
        _finding(situation, value)
        for value in situation.policy.under("gates", situation.on).values()
        if stage in value.before and (not value.get("flags") or not set(value.flags).isdisjoint(known))
    )


def _finding(situation: Situation, value: Value) -> Finding:
    met = [item.ref for item in situation.case.recorded if _meets(item.event, situation, value)]
    return Finding(
        rule=value.key,
        answer=Answer.HOLDS if met else Answer.FAILS,
        says=value.says,
        evidence=tuple(met[-1:]),
        source=value.source,
        missing="" if met else "a record on the case that this was done",
        answerable_by="" if met else "school",
        on=situation.on,
    )


def _meets(event: Event, situation: Situation, value: Value) -> bool:
    if event.kind != value.event or event.on > situation.on:
        return False
    if value.get("same_parent") and getattr(event, "parent_id", "") not in ("", situation.parent_id):
        return False
    wanted, said = value.get("where"), Occasion.of_event(event).fields or {}
    return all(said.get(name, "") in wanted.fields[name] for name in wanted or ())
