"""A run of letters as its pages show it: who gets one, by name; what one is put together from."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions import letter_runs
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.documents import CATALOGUE, Audience, Origin, template_named
from casework.documents.declared import Field, Kind
from casework.domain import NotFound, Officer, School
from casework.stages import STEPS
from casework.storage import lists, people, schools
from casework.storage.letter_runs import Item, Run
from casework.storage.lists import CaseFilter, CaseLine

_OF_A_STEP = {stage.document for stage in STEPS.values() if stage.formal}
_ASKED_EACH = ("parent_name", "pupil_name", "letter_date")


@dataclass(frozen=True, slots=True)
class Line:
    """One letter of a run with its names; `mark` stands for it in forms and says nothing of anybody."""

    mark: str
    item: Item
    pupil: str
    parent: str


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with its letters in their order."""

    run: Run
    title: str
    school: str
    lines: tuple[Line, ...]

    @property
    def to_look_at(self) -> tuple[Line, ...]:
        """Those that wait for a person's tick."""
        return tuple(x for x in self.lines if x.item.state == "waiting" and not x.item.may_go)

    @property
    def ready(self) -> int:
        """How many wait and may go."""
        return sum(x.item.state == "waiting" and x.item.may_go for x in self.lines)


@dataclass(frozen=True, slots=True)
class ToChoose:
    """What a run is put together from: letters by name, and of the chosen one its cases and fields."""

    school: School
    letters: tuple[tuple[str, str], ...]
    template: str
    title: str
    cases: tuple[CaseLine, ...]
    fields: tuple[Field, ...]


def listed(inst: Installation, officer: Officer) -> tuple[tuple[Run, str], ...]:
    """The runs of an officer's schools, latest first, each with its letter's title."""
    return tuple((run, template_named(run.template).title) for run in letter_runs.runs(inst, officer))


def schools_of(inst: Installation, officer: Officer) -> tuple[School, ...]:
    """The schools at which the officer works, to begin a run at."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return tuple(school for school in schools.schools(tx) if school.urn in officer.schools)


def to_choose(inst: Installation, officer: Officer, urn: str, template: str, on: date) -> ToChoose:
    """What to choose from for a run at a school.

    Raises:
        NotFound: The school is not one of this officer's, or the document is no letter to parents.
    """
    require(officer, Act.ISSUE_LETTERS)
    letters = tuple((t.name, t.title) for t in CATALOGUE.values() if _many_may_get(t.name))
    if template and template not in dict(letters):
        raise NotFound("letter", template, "Choose one of the letters to parents.")
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        if urn not in officer.schools:
            raise NotFound("school", urn, "Choose one of your own schools.")
        found = _cases_of(tx, urn, on) if template else ()
    fields = template_named(template).fields if template else ()
    asked = tuple(
        f
        for f in fields
        if f.origin is Origin.PERSON and f.kind is not Kind.ROWS and f.name not in _ASKED_EACH
    )
    return ToChoose(school, letters, template, dict(letters).get(template, ""), found, asked)


def run_view(inst: Installation, officer: Officer, run_id: str) -> RunView:
    """A run with the names of those it is about and to."""
    run, items = letter_runs.run_of(inst, officer, run_id)
    with inst.act(officer) as tx:
        school = schools.school(tx, run.urn)
        of_case = lists.lines(tx, [item.case_ref for item in items])
        readers = {
            ref: {p.contact_id: p.name for p in people.parents(tx, line.upn)} for ref, line in of_case.items()
        }
    named = tuple(
        Line(
            str(place),
            item,
            of_case[item.case_ref].pupil if item.case_ref in of_case else "",
            readers.get(item.case_ref, {}).get(item.parent_id, item.parent_id),
        )
        for place, item in enumerate(items, 1)
    )
    return RunView(run, template_named(run.template).title, school.name, named)


def _many_may_get(name: str) -> bool:
    template = template_named(name)
    return template.audience is Audience.PARENT and not template.by_authority and name not in _OF_A_STEP


def _cases_of(tx: Connection, urn: str, on: date) -> tuple[CaseLine, ...]:
    """The school's cases that are not closed, by name."""
    found: list[CaseLine] = []
    after = ""
    while True:
        page = lists.page(tx, CaseFilter(on, urn=urn), "name", after=after, size=500)
        found += page.lines
        after = page.after
        if not after:
            return tuple(found)
