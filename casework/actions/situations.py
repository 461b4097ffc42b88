"""A case put together with everything its gates may look at, as known on a day."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from casework.actions.policies import code_classes, limits, policy_of
from casework.domain import Case, NotFound, School
from casework.facts import Facts, Register
from casework.policy import Policy
from casework.policy.bank_holidays import england
from casework.rules import compulsory_age
from casework.rules.situation import Situation
from casework.storage import people, registers, schools


def situation_of(tx: Connection, case: Case, on: date) -> Situation:
    """The case with its pupil, parents, register, law and ledger.

    Args:
        tx: A transaction that sees every school: a threshold looks across all of the pupil's registers.

    Raises:
        NotFound: The case's school or pupil is not on file.
    """
    school = schools.school(tx, case.urn)
    policy = policy_of(school)
    situation = Situation(
        case=case,
        pupil=people.pupil(tx, case.upn),
        parents=people.parents(tx, case.upn),
        school=school,
        facts=facts_of(tx, case.upn, school, policy, on),
        policy=policy,
        calendar=schools.calendar(tx, case.urn),
        holidays=england(),
        on=on,
        notices=people.notices(tx, case.upn),
        professionals=people.professionals(tx, case.upn),
    )
    return replace(situation, facts=replace(situation.facts, compulsory=compulsory_age.span(situation)))


def facts_of(tx: Connection, upn: str, school: School, policy: Policy, on: date) -> Facts:
    """One pupil's registers at every school, the named school's first."""
    marks = registers.pupil_marks(tx, upn)
    rolls = people.rolls(tx, upn)
    if school.urn not in rolls:
        raise NotFound(
            "pupil", upn, f"They have never been on the roll of {school.name}. Import the roll first."
        )
    order = sorted(rolls, key=lambda urn: (urn != school.urn, urn))
    return Facts(
        upn=upn,
        registers=tuple(
            Register(urn, schools.calendar(tx, urn), rolls[urn], marks.get(urn, ())) for urn in order
        ),
        codes=code_classes(policy, on),
        limits=limits(policy, on),
        notices=people.notices(tx, upn),
        responsible=tuple(p.contact_id for p in people.parents(tx, upn) if p.parental_responsibility),
    )
