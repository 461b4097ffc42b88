"""One case as its page shows it: where it stands, why, the register as a picture, people, letters, holds.

Data only, one transaction. What is sealed is not here: it says that there is a hold, and until when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions import preview
from casework.actions.access import Act, require
from casework.actions.cases import ITEMS
from casework.actions.clock_view import Countdown, Running, limits_shown, running
from casework.actions.decide import as_it_stood
from casework.actions.installation import Installation
from casework.actions.letters import Letter, as_letters, refuse_sealed
from casework.actions.policies import policy_for
from casework.actions.referrals import acts_for_la_alone
from casework.actions.situations import known_by, situation_of
from casework.documents import Origin, missing, template_named
from casework.domain import Answer, Case, Finding, NotFound, Officer, Parent, Pupil, Role, School, StageName
from casework.domain import events as e
from casework.domain.calendar import academic_year_of, monday_of
from casework.policy import code_meanings
from casework.rules import kept
from casework.rules.situation import Situation
from casework.stages import STEPS
from casework.stages.force import blocking, may_decide, passing_answers
from casework.stages.ladder import Move, may_follow, why_not_now
from casework.stages.stage import Ask, Stage
from casework.stages.why import Told, Why, told, why
from casework.storage import cases, files, people, schools, siblings
from casework.storage.siblings import Sibling

HALVES = ("AM", "PM")
SERIOUS = ("notice_to_improve", "penalty_notice", "prosecution_referral")
"""Steps before which a person is asked to stop and think."""


# -- the register as a picture -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One session as drawn: `kind` is the class of its code, closed, off_roll or blank."""

    session: str
    half: str
    code: str
    meaning: str
    kind: str
    counted: bool


@dataclass(frozen=True, slots=True)
class DrawnWeek:
    """One school week, Monday to Friday, two sessions a day; its counts and whether the window holds it."""

    monday: date
    cells: tuple[Cell, ...]
    possible: int
    attended: int
    counted: int
    in_window: bool


@dataclass(frozen=True, slots=True)
class RegisterPicture:
    """A pupil's register at the case's school by week, oldest first, with the window the threshold looks at.

    `elsewhere` counts sessions of other schools that count too; they are not drawn.
    """

    weeks: tuple[DrawnWeek, ...]
    counted: int
    threshold: int
    window_weeks: int
    elsewhere: int
    legend: tuple[tuple[str, str, str], ...]

    @property
    def year(self) -> tuple[int, int]:
        """(attended, possible) sessions of the weeks drawn."""
        return sum(w.attended for w in self.weeks), sum(w.possible for w in self.weeks)


def picture_of(situation: Situation, explained: Why) -> RegisterPicture:
    """The weeks of this academic year, and those before it that the window reaches back into."""
    urn, on = situation.school.urn, situation.on
    counts = {item.session for item in explained.counts if item.urn == urn}
    window = set(explained.school_weeks)
    first = min([date(academic_year_of(on), 9, 1), *window])
    meanings = code_meanings(situation.policy, on)
    days: dict[date, list[Cell]] = {}
    tally: dict[date, list[int]] = {}
    register = next(r for r in situation.facts.registers if r.urn == urn)
    for entry in situation.facts.entries(on, urn):
        if entry.session.date < monday_of(first):
            continue
        week = monday_of(entry.session.date)
        named = str(entry.session)
        kind = entry.code_class.value if entry.code_class else "blank"
        kind = kind if register.on_roll(entry.session.date) else "off_roll"
        meaning = meanings.get(entry.code, "") if entry.code else "no mark"
        cell = Cell(named, entry.session.half.value, entry.code, meaning, kind, named in counts)
        days.setdefault(week, []).append(cell)
        sums = tally.setdefault(week, [0, 0])
        sums[0] += entry.is_possible
        sums[1] += entry.is_possible and not entry.is_absent and kind == "attending"
    limit = situation.value("penalty_notice.threshold")
    seen = {cell.code: cell for cells in days.values() for cell in cells if cell.code}
    return RegisterPicture(
        weeks=tuple(_week(week, days[week], tally[week], week in window) for week in sorted(days)),
        counted=len(explained.counts),
        threshold=limit.sessions,
        window_weeks=limit.school_weeks,
        elsewhere=len(explained.counts) - len(counts),
        legend=tuple((code, seen[code].meaning, seen[code].kind) for code in sorted(seen)),
    )


def _week(monday: date, known: list[Cell], sums: list[int], in_window: bool) -> DrawnWeek:
    by_session = {cell.session: cell for cell in known}
    cells = []
    for place in range(5):
        day = date.fromordinal(monday.toordinal() + place)
        for half in HALVES:
            session = f"{day.isoformat()} {half}"
            closed = Cell(session, half, "", "school closed", "closed", False)
            cells.append(by_session.get(session, closed))
    return DrawnWeek(monday, tuple(cells), sums[0], sums[1], sum(c.counted for c in cells), in_window)


# -- the case ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """A parent on their own: whether they may be written to and, if not, why; what is held about them."""

    parent: Parent
    may_write: bool
    why_not: str
    held_until: date | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the page of a case shows. `names` are officers by reference."""

    case: Case
    on: date
    pupil: Pupil
    school: School
    situation: Situation
    why: Why
    picture: RegisterPicture
    people: tuple[Person, ...]
    clocks: tuple[Running, ...]
    limits: tuple[Countdown, ...]
    letters: tuple[Letter, ...]
    names: Mapping[str, str]
    siblings: tuple[Sibling, ...]

    @property
    def owner(self) -> str:
        """Who carries the case; empty if nobody does."""
        return self.names.get(self.case.owner_id, self.case.owner_id)

    @property
    def joined_since(self) -> tuple[str, ...]:
        """What was found after the case was opened, each once."""
        return tuple(says for says in dict.fromkeys(self.why.also) if says not in self.why.opened_for)

    @property
    def parents(self) -> Mapping[str, str]:
        """Parents' names by contact."""
        return {person.parent.contact_id: person.parent.name for person in self.people}


def case_view(
    inst: Installation, officer: Officer, case_ref: str, on: date, today: date | None = None
) -> CaseView:
    """A case with everything its page shows; of a past day, as it stood and was known then.

    Args:
        today: Where `on` may lie before it.

    Raises:
        NotFound: No such case, or not one of this officer's, or opened later.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        known_at = None
        if today is not None and on < today:
            case = as_it_stood(case, on)
            known_at = known_by(tx, case.urn, on)
        situation = situation_of(tx, case, on, known_at)
        explained = why(situation)
        kept = [d for d in files.documents_of(tx, case_ref) if on == today or d.drafted_on <= on]
        letters = as_letters(tx, kept, officer)
        return CaseView(
            case=case,
            on=on,
            pupil=situation.pupil,
            school=situation.school,
            situation=situation,
            why=explained,
            picture=picture_of(situation, explained),
            people=tuple(_person(case, parent) for parent in situation.parents),
            clocks=running(situation, _names(tx, on)),
            limits=limits_shown(situation, officer),
            letters=letters,
            names=_names(tx, on),
            siblings=() if acts_for_la_alone(officer) else siblings.siblings(tx, case.upn),
        )


def _names(tx: Connection, on: date) -> dict[str, str]:
    return {o.officer_id: o.name for o in people.officers(tx, on)} | {"engine": "casework"}


def _person(case: Case, parent: Parent) -> Person:
    held = [
        hold.review_on
        for hold in case.holds
        if hold.scope in ("letters", "all_contact") and hold.parent_id in ("", parent.contact_id)
    ]
    reasons = (
        ("They must not be contacted", parent.contact_allowed is False),
        ("Parental responsibility is not recorded", parent.parental_responsibility is None),
        ("They have no parental responsibility", parent.parental_responsibility is False),
        ("No full postal address is on file", not parent.address_complete),
    )
    why_not = next((says for says, holds in reasons if holds), "")
    return Person(parent, not why_not and not held, why_not, max(held, default=None))


@dataclass(frozen=True, slots=True)
class Around:
    """What a form about a case needs: the case, its pupil, its parents, and who could be asked."""

    case: Case
    pupil: Pupil
    school: School
    parents: tuple[Parent, ...]
    officers: Mapping[str, str]
    names: Mapping[str, str]
    on: date
    request_checks: Mapping[str, str]
    items: tuple[str, ...]


def around(inst: Installation, officer: Officer, case_ref: str, on: date) -> Around:
    """A case with the people around it, for the forms that write to it; and what the policy knows to come in.

    Raises:
        NotFound: No such case, or not one of this officer's.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        everyone = people.officers(tx, on)
        school = schools.school(tx, case.urn)
        policy = policy_for(case, school)
        checks = policy.maybe("contents.request_checks", on)
        return Around(
            case=case,
            pupil=people.pupil(tx, case.upn, case.urn),
            school=school,
            parents=people.parents(tx, case.upn),
            officers={o.officer_id: o.name for o in everyone if case.urn in o.schools},
            names={o.officer_id: o.name for o in everyone} | {"engine": "casework"},
            on=on,
            request_checks={item.check: item.says for item in checks.checks} if checks else {},
            items=tuple(dict.fromkeys((*kept.items(policy, on), *ITEMS))),
        )


# -- a step put to a person ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a person must answer before a step; none has a default."""

    rule: str
    says: str
    answers: tuple[str, ...]
    passes: tuple[str, ...]
    needs_evidence: bool
    told: Told


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as put to an officer: its gates, what is missing, what is asked, and who decides it."""

    key: str
    stage: StageName
    title: str
    serious: bool
    parent: Parent | None
    pupil: Pupil
    school: School
    case: Case
    gates: tuple[Told, ...]
    lacks: tuple[Told, ...]
    not_now: str
    questions: tuple[Question, ...]
    asks: tuple[Ask, ...]
    decided_by: tuple[Role, ...]
    deciding_role: str
    letter: str
    starts: tuple[str, ...]
    parents: tuple[Parent, ...]
    names: Mapping[str, str]

    @property
    def may_be_taken(self) -> bool:
        """Whether nothing stands in the way but a person's own judgement."""
        return not self.lacks and not self.not_now


def step_view(
    inst: Installation, officer: Officer, case_ref: str, step: str, on: date, parent_id: str = ""
) -> StepView:
    """A step with its gates answered on a day, ready to be put to an officer.

    Raises:
        NotFound: No such case, step or parent.
    """
    require(officer, Act.READ_CASES)
    if step not in STEPS:
        raise NotFound("step", step, f"Steps: {', '.join(STEPS)}.")
    stage = STEPS[step]
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        situation = situation_of(tx, case, on)
        if stage.per_parent:
            situation = situation.about(_parent(situation, parent_id))
        names = _names(tx, on)
    findings = stage.findings(situation)
    stopped = blocking(situation, stage, findings)
    asked = tuple(f for f in stopped if f.answer in (Answer.FOR_A_PERSON, Answer.HOLDS))
    roles = [role for role in stage.decided_by if role in officer.roles]
    deciding = next((role.value for role in roles if may_decide(stage, frozenset({role}))), "")
    return StepView(
        key=stage.key,
        stage=stage.name,
        title=stage.title,
        serious=stage.key in SERIOUS,
        parent=situation.parent if stage.per_parent else None,
        pupil=situation.pupil,
        school=situation.school,
        case=case,
        gates=tuple(told(f) for f in findings if f not in asked),
        lacks=tuple(told(f) for f in stopped if f not in asked),
        not_now=why_not_now(case) if may_follow(case, stage) is Move.NOT_NOW else "",
        questions=tuple(_question(situation, stage, f) for f in asked),
        asks=stage.asks,
        decided_by=stage.decided_by,
        deciding_role=deciding,
        letter=template_named(stage.document).title if stage.document else "",
        starts=tuple(_clock_words(situation, rule) for rule in stage.clocks),
        parents=situation.parents,
        names=names,
    )


def _parent(situation: Situation, parent_id: str) -> Parent:
    for parent in situation.liable_parents:
        if parent.contact_id == parent_id:
            return parent
    raise NotFound("parent", parent_id, "Choose one of the parents on the case's page.")


def _question(situation: Situation, stage: Stage, finding: Finding) -> Question:
    passes = passing_answers(situation, stage, finding)
    own = any(finding.rule.startswith(f"{key}.") for key in stage.considerations)
    answers = ("yes", "no", *(answer for answer in passes if answer not in ("yes", "no")))
    return Question(finding.rule, finding.says, answers, passes, own, told(finding))


def _clock_words(situation: Situation, rule: str) -> str:
    value = situation.policy.maybe(rule, situation.on)
    return value.says if value else rule


# -- a letter ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToFill:
    """A field that a letter lacks. `here`: it is written for this letter; otherwise `where` to go.

    `columns` names the parts of a row of a table, as they are typed.
    """

    name: str
    title: str
    kind: str
    where: str
    here: bool
    columns: str = ""


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter as its page shows it: what it says, what it lacks, who approves it, what was done with it."""

    letter: Letter
    case: Case
    pupil: Pupil
    school: School
    blocks: tuple[preview.Block, ...]
    lacks: tuple[ToFill, ...]
    approvers: tuple[str, ...]
    history: tuple[e.Event, ...]
    names: Mapping[str, str]


def letter_view(inst: Installation, officer: Officer, document_id: str, on: date) -> LetterView:
    """One letter of a case.

    Raises:
        NotFound: There is none, or its case is not one of this officer's.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        row = files.document(tx, document_id)
        refuse_sealed(officer, row)
        case = cases.load(tx, row.case_ref)
        situation = situation_of(tx, case, on)
        template = template_named(row.template)
        sha256 = row.issued_sha256 or row.draft_sha256
        named = situation.policy.maybe(template.approval_key, on)
        return LetterView(
            letter=as_letters(tx, (row,), officer)[0],
            case=case,
            pupil=situation.pupil,
            school=situation.school,
            blocks=preview.blocks(files.read(tx, sha256)) if sha256 else (),
            lacks=() if sha256 else _to_fill(row.template, row.snapshot.get("fields", {})),
            approvers=tuple(named.by) if named else (),
            history=tuple(
                item.event for item in case.recorded if getattr(item.event, "document_id", "") == document_id
            ),
            names=_names(tx, on),
        )


def _to_fill(template: str, fields: Mapping[str, object]) -> tuple[ToFill, ...]:
    declared = template_named(template)
    found = []
    for gap in missing(template, fields):
        field = declared.field(gap.field)
        here = field is not None and field.origin is not Origin.REGISTER
        kind = field.kind.value if field else "text"
        columns = " | ".join(column.title for column in field.columns) if field else ""
        found.append(ToFill(gap.field, gap.title, kind, gap.where, here, columns))
    return tuple(found)


def received_file(
    inst: Installation, officer: Officer, case_ref: str, item_id: str
) -> tuple[e.ItemReceived, bytes]:
    """Something received and attached to a case, with its bytes.

    Raises:
        NotFound: The case has no such item, or it came without a file.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        for event in case.of(e.ItemReceived):
            if event.item_id == item_id and event.sha256:
                return event, files.read(tx, event.sha256)
    raise NotFound("file", item_id, "Open it from the case's page.")
