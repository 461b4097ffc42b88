"""A school's weekly coding list: what a headteacher asks about the register before it is relied on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from casework.actions import officers
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.domain import Officer, Pupil, School
from casework.domain.calendar import monday_of
from casework.rules import coding
from casework.rules.coding import CodedSession, Plan, Question
from casework.storage import coding as stored
from casework.storage import people, schools, timetables
from casework.storage.coding import ChangedMark


@dataclass(frozen=True, slots=True)
class CodingList:
    """The questions of one week at one school, with the pupils they are about."""

    school: School
    monday: date
    questions: tuple[Question, ...]
    changed: tuple[ChangedMark, ...]
    pupils: Mapping[str, Pupil]

    @property
    def many(self) -> int:
        """How many things are asked."""
        return len(self.questions) + sum(not mark.reviewed for mark in self.changed)


def weekly(inst: Installation, officer: Officer, urn: str, on: date) -> CodingList:
    """The coding list of the school week that a day lies in, up to that day.

    Raises:
        NotFound: The school is not one of this officer's.
    """
    require(officers.at_school(inst, officer, urn), Act.CHECK_SCHOOL)
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        policy, calendar = policy_of(school), schools.calendar(tx, urn)
        rule = policy.value("register.coding_list", on)
        monday = monday_of(on)
        before = [day for day in calendar.days if day < monday][-rule.looks_back_school_days :]
        since = before[0] if before else monday
        marks: dict[str, list[CodedSession]] = {}
        for mark in stored.coded(tx, urn, since, on, coding.codes(policy, on)):
            marks.setdefault(mark.upn, []).append(CodedSession(mark.session, mark.code, mark.comment))
        plans: dict[str, list[Plan]] = {}
        for held in timetables.of_school(tx, urn, since):
            last = min(held.ends_on, held.ended_on or held.ends_on)
            plans.setdefault(held.upn, []).append(Plan(held.starts_on, last))
        asked = coding.questions(marks, plans, calendar, policy, (monday, on))
        changed = stored.changed(tx, urn, monday, monday + timedelta(days=6), rule.swaps)
        about = {question.upn for question in asked} | {mark.upn for mark in changed}
        return CodingList(
            school, monday, asked, changed, {p.upn: p for p in people.pupils(tx, about, urn)} if about else {}
        )
