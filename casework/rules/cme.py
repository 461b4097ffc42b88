"""Missing children: on roll it is missing from school, and only off roll can it be missing education."""

from casework.domain import Answer, Finding
from casework.domain import events as e
from casework.rules import register
from casework.rules.situation import Situation

ON_ROLL = "missing_from_school"
MISSING_EDUCATION = "children_missing_education"


def report_of(situation: Situation) -> str:
    """What a report made now is: a pupil on roll is not a child missing education."""
    return MISSING_EDUCATION if register.is_on_roll(situation) is False else ON_ROLL


def on_roll_or_missing(situation: Situation) -> Finding:
    """Which report this is: the roll says whether the child is missing from school or from education."""
    if report_of(situation) == ON_ROLL:
        source = situation.value("cme.on_roll").source
        says = "On the roll, so this is a missing-from-school report, not missing education. Send it now."
        return Finding("cme.report", Answer.HOLDS, says, source=source, on=situation.on)
    source = situation.value("cme.definition").source
    says = "Not on the roll: a report of a child missing education."
    return Finding("cme.report", Answer.HOLDS, says, source=source, on=situation.on)


def enquiries_open(situation: Situation) -> tuple[str, ...]:
    """The reasonable enquiries with no recorded outcome yet, in the policy's words."""
    made = {q.enquiry for q in situation.case.of(e.EnquiryMade) if q.answer.strip() and q.on <= situation.on}
    return tuple(item.says for item in situation.value("cme.enquiries").enquiries if item.enquiry not in made)


def enquiries_made(situation: Situation) -> Finding:
    """The enquiries made so far and those still open; the report does not wait for them."""
    listed = situation.value("cme.enquiries")
    lacking = enquiries_open(situation)
    refs = situation.case.refs_of(e.EnquiryMade)
    if not lacking:
        says = "Every reasonable enquiry has an outcome."
        return Finding("cme.enquiries", Answer.HOLDS, says, refs, listed.source, on=situation.on)
    return Finding(
        "cme.enquiries",
        Answer.FAILS,
        f"{len(lacking)} of {len(listed.enquiries)} enquiries have no outcome yet; the report does not wait.",
        refs,
        listed.source,
        "; ".join(lacking),
        "school",
        situation.on,
    )


def professionals_told(situation: Situation) -> Finding:
    """The social worker and youth-justice worker, where there is one, were told of the absence."""
    rule = situation.value("professionals.unexplained_absence")
    pupil = situation.pupil
    roles = {p.role for p in situation.professionals if p.involved(situation.on)}
    if pupil.social_worker:
        roles.add("social_worker")
    if pupil.youth_justice:
        roles.add("youth_justice")
    told = {event.professional_role for event in situation.case.of(e.ProfessionalTold)}
    lacking = sorted((roles & set(rule.told)) - told)
    refs = situation.case.refs_of(e.ProfessionalTold)
    if not lacking:
        says = "Every professional who must hear of it was told, or none is involved."
        return Finding("cme.professionals", Answer.HOLDS, says, refs, rule.source, on=situation.on)
    named = " and ".join(role.replace("_", " ") for role in lacking)
    says = f"The {named} has not been told."
    return Finding(
        "cme.professionals",
        Answer.FAILS,
        says,
        refs,
        rule.source,
        f"tell the {named} today",
        "school",
        situation.on,
    )
