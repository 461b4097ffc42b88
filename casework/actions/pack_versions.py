"""Moving a case to the version of its school's policy now in force: what would change, and who decided it."""

from datetime import date

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_for, policy_of, version_of
from casework.actions.recording import By, Unclear, given, write
from casework.domain import Case, Officer
from casework.domain import events as e
from casework.policy.versions import Change, changes
from casework.storage import cases, schools


def what_would_change(inst: Installation, officer: Officer, case_ref: str, on: date) -> tuple[Change, ...]:
    """What would read otherwise for a case if it moved to its school's version of a day."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        school = schools.school(tx, case.urn)
    return changes(policy_for(case, school), policy_of(school), on)


def move(inst: Installation, by: By, case_ref: str, reason: str) -> Case:
    """Move a case to the version of its school's policy in force on the day, with the reason.

    Raises:
        Unclear: The case stands under that version already, or no reason was given.
    """
    require(by.officer, Act.OWN_CASES)
    why = given(reason, "The reason")
    with inst.act(by.officer, by.flow_run) as tx:
        case = cases.load(tx, case_ref)
        school = schools.school(tx, case.urn)
    version = version_of(school, by.on)
    moved = case.last(e.PolicyMoved)
    if version_of(school, moved.on if moved else case.opening.on) == version:
        raise Unclear("The case stands under that version already.", "There is nothing to move.")
    return write(
        inst,
        by,
        case_ref,
        lambda _, __, header: (
            e.PolicyMoved(**header, policy=school.policy, policy_version=version, reason=why),
        ),
    )
