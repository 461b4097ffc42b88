"""Guidance, codes and policies set aside for one step of a case: by whom the policy names, until a day.

Every one is listed for the head, whether it is still in force or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from casework.actions.access import Act, require
from casework.actions.decide import about, step_named
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear, given
from casework.actions.situations import situation_of
from casework.domain import Case, NotFound, Officer
from casework.domain import events as e
from casework.stages.force import ranks_for, why_not_overridden
from casework.storage import agenda, cases, clocks, lists
from casework.storage.agenda import Override


def override(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    gate: str,
    step: str,
    reason: str,
    expires_on: date,
    parent_id: str = "",
) -> Case:
    """Set guidance, a local code or a policy aside for one step until a day. Law cannot be set aside.

    With no parent named it is for every parent of whom the gate does not hold. Whether the rank is still
    enough is asked again when the step is decided.

    Raises:
        NotFound: The step has no such gate.
        Unclear: The gate is law, holds or is not known, the officer's rank is not one the policy names for
            it, or the day is past or further off than the policy lets it be.
    """
    stage = step_named(step)
    why = given(reason, "The reason")
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        if by.key and not clocks.claim(tx, by.key, "act", case_ref, by.flow_run):
            return case
        now = about(situation_of(tx, case, by.on), parent_id)
        asked = now.liable_parents if stage.per_parent and not parent_id else (now.parent,)
        found = [(one, f) for one in map(now.about, asked) for f in stage.findings(one) if f.rule == gate]
        if not found:
            rules = ", ".join(dict.fromkeys(finding.rule for finding in stage.findings(now)))
            raise NotFound("gate", gate, f"Gates of {stage.title.lower()}: {rules}.")
        one, finding = next(((one, f) for one, f in found if not f.holds), found[0])
        role = _rank(by, ranks_for(one, finding))
        if fault := why_not_overridden(one, finding, role, expires_on):
            raise Unclear("The gate was not set aside.", fault)
        event = e.GateOverridden(
            **replace(by, role=role).header(case_ref),
            gate=gate,
            stage=stage.key,
            reason=why,
            expires_on=expires_on,
            parent_id=parent_id,
        )
        return cases.append(tx, case_ref, (event,), by.seen, inst.now())


def _rank(by: By, ranks: Sequence[str]) -> str:
    """The role acted in, or where none was named the one of the officer's that may do it."""
    held = {role.value for role in by.officer.roles}
    if by.role:
        return by.role if by.role in held else ""
    return next((role for role in ranks if role in held), "")


@dataclass(frozen=True, slots=True)
class SetAside:
    """One override as it is listed: whose case, and whether it still stands on the day asked about."""

    override: Override
    pupil: str
    school: str
    in_force: bool


def listed(inst: Installation, officer: Officer, on: date, urn: str = "") -> tuple[SetAside, ...]:
    """Every gate set aside up to a day in the officer's cases, the latest to end first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        found = agenda.overrides(tx, on, urn)
        lines = lists.lines(tx, list(dict.fromkeys(o.case_ref for o in found)))
    return tuple(
        SetAside(o, lines[o.case_ref].pupil, lines[o.case_ref].school, on <= o.expires_on)
        for o in found
        if o.case_ref in lines
    )
