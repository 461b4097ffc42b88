"""Whether every session relied on lies inside compulsory school age."""

from casework.domain import Answer, Finding
from casework.facts import Uncounted
from casework.rules import compulsory_age, register
from casework.rules.situation import Situation

RULE = "compulsory_school_age.applies_to"


def on_every_session(situation: Situation) -> Finding:
    """The pupil is of compulsory school age on every session relied on, and today where none is."""
    source = situation.value(RULE).source
    on = situation.on
    span = compulsory_age.span(situation)
    if span is None:
        return Finding(
            RULE,
            Answer.UNKNOWN,
            "The date of birth is not known, so compulsory school age is not known either.",
            source=source,
            missing="the date of birth",
            answerable_by="school",
            on=on,
        )
    first, last = span
    term_begins = compulsory_age.practical_start(situation, first)
    relied = register.relied_on(situation)
    years = f"compulsory school age runs from {first:%-d %B %Y} to {last:%-d %B %Y}"
    early = tuple(str(i.session) for i in relied if first <= i.session.date < term_begins)
    if not relied and not first <= on <= last:
        outside = tuple(
            str(item.session)
            for item in register.weighed(situation)
            if item.uncounted is Uncounted.NOT_COMPULSORY_AGE
        )
        says = f"The pupil was not of compulsory school age: {years}."
        return Finding(
            RULE, Answer.FAILS, says, outside, source, "nothing: the law does not apply yet", "school", on
        )
    if early:
        return Finding(
            RULE,
            Answer.FOR_A_PERSON,
            f"Some sessions lie before the term in which the duty is usually said to begin ({years}).",
            early,
            source,
            "a person says whether those sessions are relied on",
            "school",
            on,
        )
    says = f"Of compulsory school age on every session relied on: {years}."
    return Finding(RULE, Answer.HOLDS, says, tuple(str(i.session) for i in relied), source, on=on)


def today(situation: Situation) -> Finding:
    """The pupil is of compulsory school age on the day asked about."""
    source = situation.value(RULE).source
    span = compulsory_age.span(situation)
    if span is None:
        says = "The date of birth is not known."
        return Finding(RULE, Answer.UNKNOWN, says, (), source, "the date of birth", "school", situation.on)
    first, last = span
    holds = first <= situation.on <= last
    says = f"Compulsory school age runs from {first:%-d %B %Y} to {last:%-d %B %Y}."
    return Finding(
        RULE,
        Answer.HOLDS if holds else Answer.FAILS,
        says,
        source=source,
        missing="" if holds else "nothing: the law applies to compulsory school age alone",
        on=situation.on,
    )
