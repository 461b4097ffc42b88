"""What had happened before the schools began: notices, work under way, and professionals around children."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

import numpy as np

from casework.demo import names, published, story
from casework.demo.officers import at
from casework.demo.people import Enrolment, landline
from casework.demo.schools import PRIMARY, SECONDARY
from casework.demo.trust import SchoolRegister
from casework.domain.register import byte_of


@dataclass(frozen=True, slots=True)
class Notice:
    """A penalty notice of an earlier time."""

    upn: str
    contact_id: str
    kind: str
    la_code: str
    issued_on: date
    period_from: date
    period_to: date
    status: str
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One piece of work that was under way."""

    upn: str
    on: date
    kind: str
    by: str
    detail: str
    contact_id: str = ""
    outcome: str = ""
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Professional:
    """A professional who works with a child."""

    upn: str
    role: str
    name: str
    organisation: str
    phone: str
    email: str
    since: date
    checked: date


def notices() -> tuple[Notice, ...]:
    """Two paid notices of one parent for one child within three years, each of another authority."""
    upn, parent = story.HOLIDAY_X.upn, story.HOLIDAY_X.person.contacts[0].contact_id
    return (
        Notice(
            upn, parent, "pn", "352", date(2024, 11, 4), date(2024, 10, 7), date(2024, 10, 11), "paid",
            date(2024, 11, 18),
        ),
        Notice(
            upn, parent, "pn", "332", date(2026, 3, 2), date(2026, 2, 9), date(2026, 2, 13), "paid",
            date(2026, 3, 16),
        ),
    )  # fmt: skip


def history(school: SchoolRegister) -> tuple[HistoryLine, ...]:
    """The storylines' past at a school, and work under way with the children who were absent most."""
    lines = list(_of_stories(school))
    if school.school is PRIMARY:
        written_to = _most_absent(school, len(_LEVELS), FIRST_HALF_TERM_ENDS)
        for stay, sent in zip(written_to, _LEVELS, strict=True):
            lines += _written_to(stay, at(school.school.urn, "head").name, sent)
        others = [stay for stay in _most_absent(school, 6) if stay not in written_to]
        for place, stay in enumerate(others[:3]):
            lines += _under_way(stay, at(school.school.urn, "pastoral").name, place)
    return tuple(sorted(lines, key=lambda line: (line.upn, line.on, line.kind)))


def _of_stories(school: SchoolRegister) -> Iterable[HistoryLine]:
    urn = school.school.urn
    head, pastoral = at(urn, "head").name, at(urn, "pastoral").name
    if school.school in (PRIMARY, SECONDARY):
        child = story.HOLIDAY_X if school.school is PRIMARY else story.HOLIDAY_Y
        refused = "Leave from 16 to 20 November refused in writing; the letter warned of penalty notices."
        yield HistoryLine(child.upn, date(2026, 10, 19), "note", head, refused)
    if school.school is PRIMARY:
        told = "Father died on 7 October. Speak to the pastoral lead before anything is sent."
        for child in (story.BEREAVED, story.BEREAVED_SIBLING):
            yield HistoryLine(child.upn, date(2026, 10, 8), "note", pastoral, told)
        treated = "In treatment at the children's hospital; consultant's letter on file to July 2027."
        yield HistoryLine(story.CANCER_TREATMENT.upn, date(2026, 1, 12), "note", head, treated)


def _most_absent(school: SchoolRegister, count: int, until: date = date.max) -> list[Enrolment]:
    codes = [byte_of(code) for code in published.ABSENCE["primary"]]
    looked_at = (school.days.year == 2026) & np.array([day <= until for day in school.days.dates])
    this_year = np.repeat(looked_at, 2)
    absent = np.isin(school.register.sheet[:, this_year], codes).sum(axis=1)
    there = [row for row, stay in enumerate(school.stays) if stay.last is None and not stay.person.story]
    there.sort(key=lambda row: (-int(absent[row]), school.stays[row].person.pupil.upn))
    return [school.stays[row] for row in there[:count]]


def _under_way(stay: Enrolment, by: str, place: int) -> list[HistoryLine]:
    """Further along the ladder for the first of them: letter, call, meeting, offer, contract, review."""
    upn, parent = stay.person.pupil.upn, stay.person.contacts[0].contact_id
    steps = (
        (date(2026, 9, 18), "concern_letter", "sent", "First concern letter.", None),
        (date(2026, 9, 22), "call", "spoken", "Mornings are hard; asked about bedtime and travel.", None),
        (date(2026, 9, 29), "meeting", "attended", "Met the parent with the class teacher.", None),
        (date(2026, 9, 29), "support_offer", "accepted", "Breakfast club, and a named adult.", None),
        (date(2026, 10, 6), "contract", "agreed", "Attendance contract, six weeks.", date(2026, 11, 24)),
        (date(2026, 10, 20), "review", "held", "Some better; the family asked for help with travel.", None),
    )
    reached = max(1, len(steps) - place)
    return [
        HistoryLine(upn, on, kind, by, detail, parent, outcome, review)
        for on, kind, outcome, detail, review in steps[:reached]
    ]


FIRST_HALF_TERM_ENDS = date(2026, 10, 23)
LEVEL_3 = "Level 3: can we meet?"
_SENT = (
    (date(2026, 2, 13), "Level 1: cause for concern"),
    (date(2026, 5, 22), "Level 2: cause for concern"),
    (date(2026, 7, 17), LEVEL_3),
)
_LEVELS = (_SENT[:1], _SENT, _SENT[:2])
"""The school's own letters of last year: to one family the first, to another all, to a third two."""


def _written_to(stay: Enrolment, by: str, sent: Sequence[tuple[date, str]]) -> list[HistoryLine]:
    """Letters of the school's own policy, each by its title."""
    parent = stay.person.contacts[0].contact_id
    return [
        HistoryLine(stay.person.pupil.upn, on, "concern_letter", by, title, parent, "sent")
        for on, title in sent
    ]


_ROLES = {
    "social_worker": "Children's services",
    "out_of_hours": "Children's services, out of hours",
    "virtual_school": "Virtual school",
    "youth_justice": "Youth justice service",
    "ehcp_caseworker": "SEND casework team",
}


def professionals(stays: Iterable[Enrolment]) -> tuple[Professional, ...]:
    """One of each role that a child's flags call for; some were last checked long ago."""
    people = {s.person.pupil.upn: s.person for s in stays if s.last is None}
    found = []
    for upn, person in people.items():
        pupil = person.pupil
        random = Random(f"casework demo professional {upn}")
        roles = (
            ["social_worker"] * bool(pupil.social_worker)
            + ["out_of_hours"] * (upn == story.CHILD_PROTECTION.upn)
            + ["virtual_school"] * bool(pupil.looked_after)
            + ["youth_justice"] * bool(pupil.youth_justice)
            + ["ehcp_caseworker"] * (pupil.sen == "E")
        )
        for role in roles:
            desk = role == "out_of_hours"
            forename, surname = random.choice(names.MOTHERS + names.FATHERS), random.choice(names.SURNAMES)
            found.append(
                Professional(
                    upn=upn,
                    role=role,
                    name="Duty desk" if desk else f"{forename} {surname}",
                    organisation=_ROLES[role],
                    phone=landline(random),
                    email="" if desk else f"{forename.lower()}.{surname.lower()}@example.org",
                    since=date(2025, 9, 1 + random.randrange(28)),
                    checked=random.choice((date(2026, 9, 4), date(2026, 10, 2), date(2026, 2, 13))),
                )
            )
    return tuple(sorted(found, key=lambda p: (p.upn, p.role)))
