"""Which authority's code applies, and what it asks: the authority of the school's area, not of the home."""

from casework.domain import Answer, Finding
from casework.domain import events as e
from casework.domain.words import number_of
from casework.rules.improvement import EARLY
from casework.rules.situation import Situation

CODE = "la.code_of_conduct"
ISSUER = "la.notice_to_improve_issuer"
DEADLINE = "la.request_deadline"
REFERRAL = "penalty_notice_referral"


def known(situation: Situation) -> Finding:
    """The code of conduct of the authority of the school's area is known and is the one followed."""
    policy, la_code = situation.policy, situation.school.la_code
    code = policy.maybe(CODE, situation.on)
    if code is not None and policy.la_code == la_code:
        says = f"The code of {code.authority} applies: the school stands in its area."
        return Finding(CODE, Answer.HOLDS, says, source=code.source, on=situation.on)
    return Finding(
        CODE,
        Answer.FOR_A_PERSON,
        f"The code of the authority {la_code or 'not known'} is not held here, only the national rules. "
        "Has its published code been read for this step?",
        source=policy.declarations[CODE].source if CODE in policy.declarations else None,
        missing="the authority's own code, read by a person",
        answerable_by="school",
        on=situation.on,
    )


def school_issues_notice_to_improve(situation: Situation) -> Finding:
    """Where the authority issues notices to improve itself, it has agreed to this one."""
    code = situation.policy.maybe(ISSUER, situation.on)
    if code is None:
        says = "The local code held here does not say who issues a notice to improve."
        return Finding(ISSUER, Answer.HOLDS, says, on=situation.on)
    if code.issuer == "school":
        says = "The school issues notices to improve here."
        return Finding(ISSUER, Answer.HOLDS, says, source=code.source, on=situation.on)
    return Finding(
        ISSUER,
        Answer.FOR_A_PERSON,
        "Here the authority issues a notice to improve, on the school's request. Is it issuing this one?",
        source=code.source,
        missing="the authority's word that it issues the notice",
        answerable_by="school",
        on=situation.on,
    )


def request_in_time(situation: Situation) -> Finding:
    """A request reaches the authority within the time its code gives."""
    code = situation.policy.maybe(DEADLINE, situation.on)
    days = code.get("school_days") if code else None
    if code is None or days is None or code.runs_from != "parents_told_of_referral":
        says = (
            "The local code held here gives no time for a request that is counted from a parent being told."
        )
        return Finding(DEADLINE, Answer.HOLDS, says, on=situation.on)
    told = [
        item
        for item in situation.case.recorded
        if isinstance(item.event, e.ParentTold)
        and item.event.parent_id == situation.parent_id
        and item.event.of in (REFERRAL, EARLY)
        and item.event.on <= situation.on
    ]
    if not told:
        return Finding(
            DEADLINE,
            Answer.FOR_A_PERSON,
            f"When was {situation.parent_name} told that a referral will be made? It is not on the case.",
            source=code.source,
            missing=f"a record that {situation.parent_name} was told",
            answerable_by="school",
            on=situation.on,
        )
    latest = max(told, key=lambda item: item.event.on)
    day = latest.event.on
    passed = len([d for d in situation.calendar.days_between(day, situation.on) if d > day])
    within = passed <= days
    return Finding(
        DEADLINE,
        Answer.HOLDS if within else Answer.FAILS,
        f"{situation.parent_name} was told on {day:%-d %B %Y}, {number_of(passed, 'school day')} ago; "
        f"{days} are given.",
        (latest.ref,),
        code.source,
        "" if within else "ask the authority whether it still takes the request, or tell the parent again",
        "" if within else "school",
        situation.on,
    )
