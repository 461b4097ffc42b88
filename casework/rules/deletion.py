"""Taking a name off the roll: only on a listed ground that holds, never on a day count, never backdated."""

from datetime import date, timedelta

from casework.domain import Answer, Finding, Half, Session
from casework.domain import events as e
from casework.domain.words import number_of
from casework.facts import Register
from casework.rules import deadlines
from casework.rules.situation import Situation


def ground_i(situation: Situation) -> tuple[Finding, ...]:
    """Ground I: a whole run of G, N or O, no belief in sickness or an unavoidable cause, joint enquiries."""
    return (_run(situation), _no_belief(situation, "deletion.ground_i"), joint_enquiries(situation))


def ground_h(situation: Situation, leave_ended_on: date) -> tuple[Finding, ...]:
    """Ground H: not back within the school days after an authorised leave ended; otherwise as ground I."""
    return (
        _not_back(situation, leave_ended_on),
        _no_belief(situation, "deletion.ground_h"),
        joint_enquiries(situation),
    )


def _register(situation: Situation) -> Register:
    return next(r for r in situation.facts.registers if r.urn == situation.school.urn)


def _run(situation: Situation) -> Finding:
    """Every open session of at least the clock's school days up to now holds a run code and nothing else."""
    rule = situation.value("deletion.ground_i")
    length = situation.value("clocks.deletion_ground_i").length
    register = _register(situation)
    days: list[date] = []
    blank = ""
    for day in reversed(situation.calendar.days_between(date.min, situation.on)):
        sessions = [s for half in Half if register.calendar.is_open(s := Session(day, half))]
        codes = {register.looked_at.get(session, "") for session in sessions}
        if not codes <= {*rule.codes, ""}:
            break
        days.append(day)
        if "" in codes and len(days) <= length:
            blank = blank or next(str(s) for s in sessions if not register.looked_at.get(s))
    run = tuple(reversed(days))
    evidence = tuple(
        str(session) for day in run for half in Half if (session := Session(day, half)) in register.looked_at
    )
    if len(run) < length:
        says = (
            f"The run of {', '.join(rule.codes)} is {number_of(len(run), 'school day')}; {length} are needed."
        )
        missing = "nothing: any other code in the run breaks it"
        return Finding(
            "deletion.ground_i", Answer.FAILS, says, evidence, rule.source, missing, on=situation.on
        )
    if blank:
        says = f"{blank} has no mark, so whether the run is whole is not known."
        missing = "the missing marks"
        return Finding(
            "deletion.ground_i", Answer.UNKNOWN, says, evidence, rule.source, missing, "school", situation.on
        )
    says = f"{len(run)} school days in a row, every session {', '.join(rule.codes)}."
    return Finding("deletion.ground_i", Answer.HOLDS, says, evidence, rule.source, on=situation.on)


def _not_back(situation: Situation, leave_ended_on: date) -> Finding:
    rule = situation.value("deletion.ground_h")
    last = deadlines.due(
        situation.policy, "clocks.deletion_ground_h", leave_ended_on, situation.calendar, situation.holidays
    )
    register = _register(situation)
    attending = situation.facts.codes
    back = [
        str(session)
        for session in situation.calendar.sessions_between(leave_ended_on + timedelta(days=1), situation.on)
        if (code := register.looked_at.get(session, ""))
        and (found := attending.class_of(code, session.date)) is not None
        and found.value == "attending"
    ]
    key = "deletion.ground_h"
    if back:
        says = f"The pupil was back on {back[0]}."
        return Finding(
            key, Answer.FAILS, says, tuple(back), rule.source, "nothing: the ground is gone", on=situation.on
        )
    if situation.on <= last:
        says = f"The pupil has until {last:%-d %B %Y} to return after the leave."
        return Finding(
            key, Answer.FAILS, says, (), rule.source, "the school days after the leave pass", on=situation.on
        )
    says = f"Not back by {last:%-d %B %Y}, the last of the school days after the leave."
    return Finding(key, Answer.HOLDS, says, source=rule.source, on=situation.on)


def _no_belief(situation: Situation, key: str) -> Finding:
    """A person says that there are no grounds to believe sickness or an unavoidable cause: never assumed."""
    return Finding(
        f"{key}.no_belief",
        Answer.FOR_A_PERSON,
        "Are there no reasonable grounds to believe that sickness (mental ill health too) or any unavoidable "
        "cause keeps the pupil away?",
        source=situation.value(key).source,
        missing="a named person's answer, with what was asked and found",
        answerable_by="school",
        on=situation.on,
    )


def joint_enquiries(situation: Situation) -> Finding:
    """School and authority together made reasonable enquiries: not found, or agreed not to attend again."""
    rule = situation.value("deletion.joint_enquiries")
    made = [
        item
        for item in situation.case.recorded
        if isinstance(item.event, e.EnquiryMade)
        and item.event.joint_with_la
        and item.event.answer.strip()
        and item.event.on <= situation.on
    ]
    refs = tuple(item.ref for item in made)
    answers = {item.event.answer.strip() for item in made if isinstance(item.event, e.EnquiryMade)}
    if answers & set(rule.satisfied):
        says = (
            "Joint enquiries ended: "
            + ", ".join(sorted(answers & set(rule.satisfied))).replace("_", " ")
            + "."
        )
        return Finding("deletion.joint_enquiries", Answer.HOLDS, says, refs, rule.source, on=situation.on)
    return Finding(
        "deletion.joint_enquiries",
        Answer.FAILS,
        "The joint enquiries of school and authority have not ended in either of the two ways the law knows.",
        refs,
        rule.source,
        "joint enquiries whose outcome is " + " or ".join(rule.satisfied).replace("_", " "),
        "school",
        situation.on,
    )


def home_education(
    situation: Situation, *, from_day: date, in_writing: bool, under_order: bool
) -> tuple[Finding, ...]:
    """Ground F: a written notification whose day has passed, and consent where the law asks for it."""
    rule = situation.value("deletion.home_education")
    on = situation.on
    key = "deletion.home_education"
    if not in_writing:
        written = Finding(
            key,
            Answer.FAILS,
            "The parent said so but did not write it; tell the authority at once.",
            source=rule.source,
            missing="the parent's notification in writing",
            on=on,
        )
    elif on <= from_day:
        says = f"The child is educated otherwise only after {from_day:%-d %B %Y}."
        written = Finding(key, Answer.FAILS, says, (), rule.source, "that day passes", on=on)
    else:
        written = Finding(
            key,
            Answer.HOLDS,
            "The parent notified in writing, and the day has passed.",
            source=rule.source,
            on=on,
        )
    needs = situation.school.setting in rule.consent_settings or under_order
    if not needs:
        says = "No consent is needed; a plan at a mainstream school alone calls for none."
        return (written, Finding(f"{key}.consent", Answer.HOLDS, says, source=rule.source, on=on))
    refs = tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.EnquiryMade)
        and item.event.enquiry == "consent_to_withdraw"
        and item.event.answer.strip() == "given"
    )
    answer = Answer.HOLDS if refs else Answer.FAILS
    says = (
        "The authority consented."
        if refs
        else "The authority's consent is needed first, and is not recorded."
    )
    missing = "" if refs else "the authority's consent"
    return (
        written,
        Finding(f"{key}.consent", answer, says, refs, rule.source, missing, "" if refs else "la", on),
    )
