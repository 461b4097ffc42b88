"""Who the parent is, and who must be asked first: looked-after children, social workers, health, needs."""

from casework.domain import Answer, Finding
from casework.domain import events as e
from casework.rules.situation import Situation

PARENT = "professionals.parent"
CONSULTED = "professionals.consulted"
ADDRESS = "parent.address"
ROUTE = "support.right_route"


def is_a_parent(situation: Situation) -> Finding:
    """This person is a parent in law: natural parent, parental responsibility, or care of the child."""
    source = situation.value(PARENT).source
    parent = situation.parent
    if parent is None:
        return Finding(
            PARENT,
            Answer.UNKNOWN,
            "No parent was named: a notice is always to one parent for one child.",
            source=source,
            missing="the parent this is about",
            answerable_by="school",
            on=situation.on,
        )
    if parent.parental_responsibility:
        says = f"{situation.parent_name} has parental responsibility."
        return Finding(PARENT, Answer.HOLDS, says, source=source, on=situation.on)
    known = "is not known" if parent.parental_responsibility is None else "is recorded as none"
    return Finding(
        PARENT,
        Answer.FOR_A_PERSON,
        f"Parental responsibility of {situation.parent_name} {known}. "
        "Are they the child's natural parent, or do they live with and look after the child?",
        source=source,
        missing="the ground on which this person is a parent in law",
        answerable_by="school",
        on=situation.on,
    )


def can_be_served(situation: Situation) -> Finding:
    """A letter can be addressed to this parent alone, at a whole address, and contact is allowed."""
    parent = situation.parent
    if parent is None:
        return Finding(
            ADDRESS,
            Answer.UNKNOWN,
            "No parent was named.",
            missing="the parent this is about",
            on=situation.on,
        )
    if parent.contact_allowed is False:
        return Finding(
            ADDRESS,
            Answer.FAILS,
            f"Contact with {situation.parent_name} is not allowed.",
            missing="the school's leadership and the DSL say how this parent may be reached",
            answerable_by="dsl",
            on=situation.on,
        )
    if not parent.address_complete:
        return Finding(
            ADDRESS,
            Answer.UNKNOWN,
            f"The address of {situation.parent_name} is not complete.",
            missing="a first line, a town and a postcode",
            answerable_by="school",
            on=situation.on,
        )
    says = f"A letter can be addressed to {situation.parent_name}."
    return Finding(ADDRESS, Answer.HOLDS, says, on=situation.on)


def professionals_consulted(situation: Situation) -> Finding:
    """A social worker, youth-justice worker or virtual school involved with the child was consulted first."""
    pupil, case = situation.pupil, situation.case
    source = situation.value("considerations.formal_step").source
    needed = {p.role for p in situation.professionals if p.involved(situation.on)} & {
        "social_worker",
        "virtual_school",
        "youth_justice",
    }
    if pupil.looked_after:
        needed |= {"virtual_school", "social_worker"}
    if pupil.social_worker:
        needed.add("social_worker")
    if pupil.youth_justice:
        needed.add("youth_justice")
    told = {
        event.professional_role: item.ref
        for item in case.recorded
        if isinstance(event := item.event, e.ProfessionalTold) and event.on <= situation.on
    }
    lacking = sorted(needed - set(told))
    refs = tuple(told[role] for role in sorted(needed & set(told)))
    if lacking:
        named = " and ".join(role.replace("_", " ") for role in lacking)
        return Finding(
            CONSULTED,
            Answer.FAILS,
            f"The {named} has not been consulted.",
            refs,
            source,
            f"a record that the {named} was told and asked",
            "school",
            situation.on,
        )
    unknown = [
        words
        for words, value in (
            ("looked after", pupil.looked_after),
            ("known to a social worker", pupil.social_worker),
        )
        if value is None
    ]
    if unknown:
        return Finding(
            CONSULTED,
            Answer.FOR_A_PERSON,
            f"Whether the child is {' or '.join(unknown)} is not on record. Has the DSL been asked?",
            refs,
            source,
            "the DSL's or the school's answer",
            "school",
            situation.on,
        )
    says = (
        "Everyone who must be consulted was." if needed else "No social worker or virtual school is involved."
    )
    return Finding(CONSULTED, Answer.HOLDS, says, refs, source, on=situation.on)


def not_in_care(situation: Situation) -> Finding:
    """The child is not in the care of a local authority: no education supervision order is made then."""
    rule = situation.value("education_supervision_order.available")
    held = situation.pupil.looked_after
    key = "education_supervision_order.available"
    if held is None:
        says = "Whether the child is looked after is not on record."
        return Finding(key, Answer.UNKNOWN, says, (), rule.source, "the DSL's answer", "dsl", situation.on)
    if held:
        says = "The child is in the care of a local authority, so no such order can be made."
        missing = "the virtual school's and the social worker's plan"
        return Finding(key, Answer.FAILS, says, (), rule.source, missing, "school", situation.on)
    return Finding(key, Answer.HOLDS, "The child is not in care.", source=rule.source, on=situation.on)
