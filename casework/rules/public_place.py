"""Excluded pupils in a public place: a scheme of its own, on the first days of an exclusion alone."""

from collections.abc import Mapping
from datetime import date, timedelta

from casework.domain import Answer, Finding
from casework.domain import events as e
from casework.rules.situation import Situation

DUTY = "public_place.duty"
TOLD = "public_place_duty"


def days(situation: Situation, excluded_on: date, *, before_afternoon: bool, length: int) -> tuple[date, ...]:
    """The school days on which an excluded pupil may not be in a public place in school hours.

    The day of the exclusion is the first if it came before the afternoon session, else the next school day.
    """
    most = situation.value("clocks.public_place_days").length
    first = excluded_on if before_afternoon else excluded_on + timedelta(days=1)
    school_days = situation.calendar.days_between(first, situation.calendar.days[-1])
    return school_days[: min(most, length)]


def fault(situation: Situation, excluded_on: date, details: Mapping[str, str], found_on: date) -> str:
    """Why a notice cannot be for that day; empty if it can."""
    covered = days(
        situation,
        excluded_on,
        before_afternoon=details["excluded_before_afternoon"].strip() == "yes",
        length=int(details["days"]),
    )
    if found_on in covered:
        return ""
    span = f"{covered[0]:%-d %B} to {covered[-1]:%-d %B %Y}" if covered else "no day"
    return f"the duty covers {span}, not {found_on:%-d %B %Y}"


def excluded(situation: Situation) -> Finding:
    """The register shows the pupil excluded; where it does not, a person says so."""
    source = situation.value(DUTY).source
    classes = situation.facts.entries(situation.on, situation.school.urn)
    shown = tuple(str(entry.session) for entry in classes if entry.code == "E")[-10:]
    if shown:
        says = "The register shows an exclusion."
        return Finding("public_place.excluded", Answer.HOLDS, says, shown, source, on=situation.on)
    return Finding(
        "public_place.excluded",
        Answer.FOR_A_PERSON,
        "The register shows no exclusion. Was the pupil suspended or permanently excluded?",
        source=source,
        missing="a person confirms the exclusion",
        answerable_by="school",
        on=situation.on,
    )


def parent_was_told(situation: Situation) -> Finding:
    """The parent was given the written notice of the duty that goes with the exclusion."""
    rule = situation.value(DUTY)
    refs = tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.ParentTold)
        and item.event.of == TOLD
        and item.event.parent_id == situation.parent_id
    )
    if refs:
        says = f"{situation.parent_name} was given notice of the duty."
        return Finding("public_place.told", Answer.HOLDS, says, refs, rule.source, on=situation.on)
    return Finding(
        "public_place.told",
        Answer.FOR_A_PERSON,
        f"Was {situation.parent_name} given written notice of the days and the duty?",
        source=rule.source,
        missing="a copy of the exclusion letter with the notice in it",
        answerable_by="school",
        on=situation.on,
    )
