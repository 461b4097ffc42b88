"""A case told on one page, without a name: for governors, inspectors, and staff who learn from it.

Made from what was recorded. What people wrote freely is left out, but for the help that was offered; there
the names of the child, the family and the staff are taken out, and a person reads it before it is printed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casework.actions import officers
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.situations import situation_of
from casework.domain import Case, CaseStatus, Officer
from casework.domain import events as e
from casework.domain.case import STEP_OF_STAGE
from casework.domain.words import in_words
from casework.rules.situation import Situation
from casework.storage import cases, people

HALF_TERMS = tuple(
    f"{half} half of {term}" for term in ("autumn", "spring", "summer") for half in ("first", "second")
)


@dataclass(frozen=True, slots=True)
class HalfTerm:
    """One half term of the pupil's: sessions attended of those possible."""

    name: str
    year: int
    attended: int
    possible: int


@dataclass(frozen=True, slots=True)
class Help:
    """Help that was offered, against what, and what became of it."""

    on: date
    barrier: str
    offer: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Story:
    """A case on one page: nobody in it is named."""

    year_group: str
    opened_on: date
    because: str
    half_terms: tuple[HalfTerm, ...]
    contacts: int
    meetings: int
    reviews: int
    barriers: tuple[str, ...]
    help: tuple[Help, ...]
    steps: tuple[tuple[date, str], ...]
    first_help_after: int | None
    ends: str


def story(inst: Installation, officer: Officer, case_ref: str, on: date) -> Story:
    """The story of a case up to a day.

    Raises:
        NotFound: No such case, or not one of this officer's.
    """
    require(officers.at_case(inst, officer, case_ref), Act.CHECK_SCHOOL)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        now = situation_of(tx, case, on)
        names = [other.name for other in people.officers(tx, on)]
    opening = case.opening
    helped = [offered.on for offered, _ in case.offers]
    return Story(
        year_group=now.pupil.year_group,
        opened_on=opening.on,
        because=in_words(opening.trigger) if opening.trigger else "a member of staff asked for it",
        half_terms=tuple(_half_terms(now)),
        contacts=len(case.of(e.ContactRecorded)),
        meetings=len(case.of(e.MeetingHeld)),
        reviews=len(case.of(e.ReviewHeld)),
        barriers=tuple(dict.fromkeys(in_words(b.barrier) for b in case.of(e.BarrierFound))),
        help=tuple(
            Help(
                offered.on,
                in_words(offered.barrier),
                _without_names(now, names, offered.offer),
                in_words(outcome.outcome) if outcome else "",
            )
            for offered, outcome in case.offers
        ),
        steps=tuple(_steps(case)),
        first_help_after=max(0, (min(helped) - opening.on).days) if helped else None,
        ends=_ends(case),
    )


def _half_terms(now: Situation) -> Iterator[HalfTerm]:
    """The half terms from the one before the case was opened up to now, oldest first."""
    spans: dict[tuple[int, int], list[date]] = {}
    for session in now.calendar.sessions:
        if session.date <= now.on:
            spans.setdefault(now.calendar.half_term_of(session), []).append(session.date)
    ordered = sorted(spans)
    opened = [key for key in ordered if spans[key][0] <= now.case.opening.on]
    first = max(0, len(opened) - 2)
    for year, number in ordered[first:]:
        days = spans[year, number]
        counts = now.facts.counts(min(days), max(days), now.school.urn)
        if counts.possible:
            yield HalfTerm(HALF_TERMS[number], year, counts.attended, counts.possible)


def _steps(case: Case) -> Iterator[tuple[date, str]]:
    stages = {step: in_words(stage.value) for stage, step in STEP_OF_STAGE.items()}
    for item in case.recorded:
        match item.event:
            case e.CaseSteppedDown(to_stage=stage):
                yield item.event.on, f"stepped down to {in_words(stage)}"
            case e.NoticeToImproveEnded(verdict=verdict):
                yield item.event.on, f"the notice to improve ended: {in_words(verdict)}"
            case e.AttendanceContractEnded(outcome=outcome):
                yield item.event.on, f"the attendance contract ended: {in_words(outcome)}"
            case e.Step() as step if type(step) in stages:
                yield step.on, stages[type(step)]


def _ends(case: Case) -> str:
    if case.status is CaseStatus.CLOSED:
        closed = case.of(e.CaseClosed)[-1]
        return f"The case was closed: {in_words(closed.outcome)}."
    return "The case is open." if case.status is CaseStatus.OPEN else "The case is paused."


def _without_names(now: Situation, staff: Sequence[str], text: str) -> str:
    """What somebody wrote, without the names of the child, the family and the staff."""
    pupil = now.pupil
    words = {
        **dict.fromkeys(staff, "a colleague"),
        **{
            name: "a parent"
            for p in now.parents
            for name in (p.name, f"{p.forename} {p.surname}", p.forename)
        },
        **dict.fromkeys((pupil.name, pupil.forename, pupil.known_as, pupil.surname), "the pupil"),
        now.school.name: "the school",
    }
    for name in sorted(filter(str.strip, words), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name.strip())}\b", words[name], text, flags=re.IGNORECASE)
    return text
