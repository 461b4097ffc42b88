"""Attendance contracts: who may make one, and whether one was explored before court."""

from casework.domain import Answer, Finding
from casework.domain import events as e
from casework.rules.situation import Situation


def setting_may_make_one(situation: Situation) -> Finding:
    """The school is one whose governing body or trust may make an attendance contract."""
    rule = situation.value("attendance_contract.settings")
    setting = situation.school.setting
    if setting in rule.ask_if:
        return Finding(
            "attendance_contract.settings",
            Answer.FOR_A_PERSON,
            "A special school may make a contract unless it is non-maintained. Is this one maintained?",
            source=rule.source,
            missing="a person says which kind of special school this is",
            answerable_by="school",
            on=situation.on,
        )
    if setting in rule.may:
        says = f"A school of the kind {setting} may make an attendance contract."
        return Finding(
            "attendance_contract.settings", Answer.HOLDS, says, source=rule.source, on=situation.on
        )
    if not setting:
        return Finding(
            "attendance_contract.settings",
            Answer.UNKNOWN,
            "What kind of school this is, is not known.",
            source=rule.source,
            missing="the kind of school, with its other particulars",
            answerable_by="school",
            on=situation.on,
        )
    return Finding(
        "attendance_contract.settings",
        Answer.FAILS,
        f"A school of the kind {setting} cannot make an attendance contract.",
        source=rule.source,
        missing="an agreement outside the scheme, or the authority's own contract",
        answerable_by="school",
        on=situation.on,
    )


def explored(situation: Situation) -> Finding:
    """A contract was made, or offered and left out with reasons, before an order or court is asked for."""
    case = situation.case
    source = situation.value("considerations.prosecution_guidance").source
    refs = case.refs_of(e.AttendanceContractAgreed, e.AttendanceContractEnded) + tuple(
        item.ref
        for item in case.recorded
        if isinstance(item.event, e.StepDeclined)
        and item.event.stage == "attendance_contract"
        and item.event.parent_id in ("", situation.parent_id)
    )
    if refs:
        says = "An attendance contract was explored."
        return Finding("attendance_contract.explored", Answer.HOLDS, says, refs, source, on=situation.on)
    return Finding(
        "attendance_contract.explored",
        Answer.FAILS,
        "No attendance contract was agreed, and nobody recorded why one was left out.",
        source=source,
        missing="a contract offered at a meeting, or a recorded reason for leaving it out",
        answerable_by="school",
        on=situation.on,
    )


def parents_present(situation: Situation) -> Finding:
    """A meeting was held that a parent came to: a contract cannot be agreed in a parent's absence."""
    source = situation.value("attendance_contract.meeting").source
    ids = {parent.contact_id for parent in situation.parents}
    met = tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.MeetingHeld)
        and ids.intersection(item.event.attended)
        and item.event.on <= situation.on
    )
    if met:
        says = "A parent came to a meeting."
        return Finding("attendance_contract.meeting", Answer.HOLDS, says, met, source, on=situation.on)
    return Finding(
        "attendance_contract.meeting",
        Answer.FAILS,
        "No meeting is recorded that a parent came to.",
        case_meetings(situation),
        source,
        "a meeting with the parent (ask again where a parent did not come, and record every attempt)",
        "school",
        situation.on,
    )


def case_meetings(situation: Situation) -> tuple[str, ...]:
    """References of every meeting arranged or held."""
    return situation.case.refs_of(e.MeetingArranged, e.MeetingHeld)
