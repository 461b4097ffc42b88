"""The school morning: absences without a reason, the calls they ask for, and who must be told.

A register that has not come in asks nothing, and a blank is never an absence. Nothing here waits for a gate,
an approval or a count of days: first-day contact and telling a child's social worker come before the ladder.
A call whose day has passed is never made late: it is kept as missed, and a person is asked to look.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from sqlalchemy import Connection

from casework.actions import duties, runs
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.recording import By, given, next_id, one_of
from casework.actions.support import METHODS, OUTCOMES
from casework.actions.sweeping import open_for
from casework.domain import (
    ENGINE,
    Answer,
    Case,
    Event,
    Finding,
    Half,
    Officer,
    Role,
    School,
    SchoolCalendar,
    Session,
)
from casework.domain import events as e
from casework.domain.words import in_words
from casework.policy import Policy, Value
from casework.rules import first_day
from casework.rules.first_day import ToTry, Tried, ask_provider, provider_rule
from casework.rules.flags import flags_of
from casework.rules.safeguarding import hold_on
from casework.storage import absence, cases, clocks, people, schools
from casework.storage.absence import Call, Unexplained

STATES = ("explained", "safe", "not_reached")


@dataclass
class Morning:
    """What one morning's run did, in counts; `waiting_for` are year groups whose register is not in."""

    calls: int = 0
    tell: int = 0
    questions: int = 0
    asked: int = 0
    waiting_for: tuple[str, ...] = ()

    def saw(self) -> dict[str, int]:
        """What it found: the same however often it is done."""
        return {"registers_missing": len(self.waiting_for)}

    def did(self) -> dict[str, int]:
        """What it brought about, once."""
        names = ("calls", "tell", "questions", "asked")
        return {name: getattr(self, name) for name in names}

    def counts(self) -> dict[str, int]:
        """All of it, for a log line or a run's result."""
        return self.did() | self.saw()


def morning(inst: Installation, urn: str, on: date, flow_run: str = "", *, late: bool = False) -> Morning:
    """Make the list of calls for a school's day, and ask that professionals be told. Twice adds nothing.

    Args:
        late: The day has passed: calls are kept as missed, and a task asks a person to look.
    """
    done = Morning()
    with inst.act(ENGINE, flow_run) as tx:
        school = schools.school(tx, urn)
        policy = policy_of(school)
        calendar = schools.calendar(tx, urn)
        if not calendar.is_school_day(on):
            return done
        done.waiting_for = _not_in(tx, urn, on)
        codes = policy.value("attendance_codes.groups", on).reason_not_established
        by = By(ENGINE, on, flow_run=flow_run)
        for found in absence.unexplained(tx, urn, on, codes):
            tell = _to_tell(tx, found.upn, policy, on)
            state = "missed" if late else "to_call"
            if absence.put_call(tx, urn, found.upn, on, found.sessions, tell, state, flow_run):
                done.calls += 1
            done.tell += _ask_to_tell(inst, tx, school, policy, by, found, tell, late)
            case = cases.open_case_of(tx, found.upn, urn)
            if case is not None and not late:
                day = days_without_reason(tx, urn, found.upn, calendar, on, codes)
                done.asked += duties.follow_absence(inst, tx, calendar, case, day, by)
        for found in _elsewhere(tx, urn, policy, on):
            state = "missed" if late else "to_call"
            if absence.put_call(tx, urn, found.upn, on, found.sessions, (), state, flow_run):
                done.calls += 1
        done.questions = _ask_keeper(inst, tx, urn, policy, by)
        runs.did(tx, flow_run, on, urn, **done.did())
    return done


PROVIDER = "provider"
"""Whom a call is to that asks whether a pupil taught elsewhere is there."""


def unconfirmed(inst: Installation, urn: str, on: date, flow_run: str = "") -> Morning:
    """Of the pupils taught elsewhere on a day, those whom no provider has said to be there by now.

    Their absence has no reason: professionals are told, the policy's duties follow, and the register's keeper
    is asked for the code. Twice adds nothing.
    """
    done = Morning()
    with inst.act(ENGINE, flow_run) as tx:
        school = schools.school(tx, urn)
        policy, calendar = policy_of(school), schools.calendar(tx, urn)
        by = By(ENGINE, on, flow_run=flow_run)
        open_ = {call.upn for call in absence.calls(tx, urn, on) if _is_unanswered(call)}
        for found in _elsewhere(tx, urn, policy, on):
            if found.upn not in open_:
                continue
            tell = _to_tell(tx, found.upn, policy, on)
            done.tell += _ask_to_tell(inst, tx, school, policy, by, found, tell, late=False)
            case = cases.open_case_of(tx, found.upn, urn)
            if case is not None:
                done.asked += duties.follow_absence(inst, tx, calendar, case, 1, by)
                for half in found.sessions:
                    session = str(Session(on, Half(half)))
                    said = "The provider has not said that the pupil is there. What is the code?"
                    done.questions += _ask_about(inst, tx, urn, found.upn, session, said, by)
        runs.did(tx, flow_run, on, **done.did())
    return done


def _elsewhere(tx: Connection, urn: str, policy: Policy, on: date) -> tuple[Unexplained, ...]:
    """Who is taught elsewhere on a day and must be confirmed by the provider; nobody without such a rule."""
    rule = provider_rule(policy, on)
    attending = policy.value("attendance_codes.classes", on).attending
    return absence.taught_elsewhere(tx, urn, on, rule.codes, attending) if rule else ()


def _is_unanswered(call: Call) -> bool:
    return call.state in ("to_call", "missed") and not _asked_provider(call)


def _asked_provider(call: Call) -> bool:
    return any(attempt.contact_id == PROVIDER for attempt in call.attempts)


def calls(inst: Installation, officer: Officer, urn: str, on: date) -> tuple[Call, ...]:
    """The calls of a school's day, those still to make first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return absence.calls(tx, urn, on)


@dataclass(frozen=True, slots=True)
class Next:
    """One pupil of the day's list with what to try next: the first is the next contact to make.

    `day` is which school day in a row of the absence this is.
    """

    call: Call
    day: int
    to_try: tuple[ToTry, ...]


def next_contacts(inst: Installation, officer: Officer, urn: str, on: date) -> tuple[Next, ...]:
    """The day's list with each pupil's next contacts, as the school's ladder has them; none once it ends.

    A policy without a ladder of its own gives none: then every contact of the list is tried as staff see fit.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        policy, calendar = policy_of(schools.school(tx, urn)), schools.calendar(tx, urn)
        codes = policy.value("attendance_codes.groups", on).reason_not_established
        elsewhere = {found.upn for found in _elsewhere(tx, urn, policy, on)}
        return tuple(
            Next(call, 1, (ask_provider(policy, on),))
            if call.upn in elsewhere and _is_unanswered(call)
            else _next(tx, policy, calendar, call, codes)
            for call in absence.calls(tx, urn, on)
        )


def days_without_reason(
    tx: Connection, urn: str, upn: str, calendar: SchoolCalendar, on: date, codes: Collection[str]
) -> int:
    """How many school days in a row, up to this one, a pupil has been absent without a reason."""
    days = calendar.days_between(date.min, on)
    since = days[-20:][0] if days else on
    without = {s.date for who, s in absence.overdue_reasons(tx, urn, since, on, codes) if who == upn}
    return len(list(takewhile(without.__contains__, reversed(days)))) or 1


def _next(
    tx: Connection, policy: Policy, calendar: SchoolCalendar, call: Call, codes: Collection[str]
) -> Next:
    day = days_without_reason(tx, call.urn, call.upn, calendar, call.on, codes)
    if call.state in ("explained", "safe"):
        return Next(call, day, ())
    people_to_call = sorted(
        (p for p in people.parents(tx, call.upn) if p.contact_allowed is not False),
        key=lambda p: (p.priority is None, p.priority or 0, p.contact_id),
    )
    case = cases.open_case_of(tx, call.upn, call.urn)
    contacts = tuple(p.contact_id for p in people_to_call if not _held(case, p.contact_id))
    involved = [p for p in people.professionals(tx, call.upn) if p.involved(call.on)]
    flags = flags_of(people.pupil(tx, call.upn), involved)
    concern = case is not None and any(flag.on == call.on for flag in case.of(e.SafeguardingFlagged))
    tried = _tried(first_day.rungs(policy, day, flags, call.on), call, contacts)
    return Next(call, day, first_day.to_try(policy, day, contacts, tried, call.on, flags, concern))


def _held(case: Case | None, contact_id: str) -> bool:
    """Whether a hold of the DSL that names first-day contact covers a contact; no other hold stops a call."""
    return case is not None and hold_on(case, ("first_day_contact",), contact_id) is not None


def _tried(rungs: Sequence[tuple[str, Value]], call: Call, contacts: Sequence[str]) -> tuple[Tried, ...]:
    """Each attempt under the rungs it was made on: by its method, and by whom it tried to reach."""
    return tuple(
        Tried(name, attempt.contact_id, attempt.outcome, attempt.child_seen is True)
        for attempt in call.attempts
        for name, value in rungs
        if attempt.method == value.method
        and (attempt.contact_id in contacts if value.whom == "contacts" else attempt.contact_id == value.whom)
    )


def record_call(
    inst: Installation,
    by: By,
    urn: str,
    upn: str,
    day: date,
    *,
    contact_id: str,
    method: str,
    outcome: str,
    state: str,
    child_seen: bool | None = None,
    says: str = "",
) -> None:
    """Record one attempt to reach a family about a day's absence, on the list and on the pupil's open case.

    Args:
        contact_id: Which of the pupil's contacts, or whom the ladder names: home, commissioner, police ...
        state: Where the call stands now: explained, safe (the child is accounted for) or not_reached.
    """
    require(by.officer, Act.WRITE_CASES)
    method = one_of(method, METHODS, "The kind of contact")
    outcome = one_of(outcome, OUTCOMES, "The outcome")
    with inst.act(by.officer, by.flow_run) as tx:
        if by.key and not clocks.claim(tx, by.key, "act", None, by.flow_run):
            return
        absence.record_attempt(
            tx,
            urn,
            upn,
            day,
            contact_id=contact_id,
            method=method,
            outcome=outcome,
            child_seen=child_seen,
            says=says,
            by=by.officer.officer_id,
            state=one_of(state, STATES, "Where the call stands"),
        )
        case = cases.open_case_of(tx, upn, urn)
        if case is not None:
            cases.lock(tx, case.ref)
            known = {parent.contact_id for parent in people.parents(tx, upn)}
            contact = e.ContactRecorded(
                **by.header(case.ref),
                method=method,
                outcome=outcome,
                parent_id=contact_id if contact_id in known else "",
                child_seen=child_seen,
                says=says,
            )
            cases.append(tx, case.ref, (contact,), None, inst.now())


def _not_in(tx: Connection, urn: str, on: date) -> tuple[str, ...]:
    """Year groups on roll of which no mark of the day has come in."""
    on_roll = {
        spell.year_group
        for spell in people.enrolments(tx, urn=urn)
        if spell.on_roll_from <= on and (spell.on_roll_to is None or on <= spell.on_roll_to)
    }
    arrived = {a.year_group for a in schools.last_arrivals(tx, [urn], on, days=0)}
    return tuple(sorted(on_roll - arrived))


def _to_tell(tx: Connection, upn: str, policy: Policy, on: date) -> tuple[str, ...]:
    """The professionals who are told of this pupil's unexplained absence: by flag, or by name on file."""
    told = policy.value("professionals.unexplained_absence", on).told
    pupil = people.pupil(tx, upn)
    named = {p.role for p in people.professionals(tx, upn) if p.involved(on)}
    flags = {"social_worker": pupil.social_worker, "youth_justice": pupil.youth_justice}
    return tuple(role for role in told if flags.get(role) or role in named)


def _ask_to_tell(
    inst: Installation,
    tx: Connection,
    school: School,
    policy: Policy,
    by: By,
    found: Unexplained,
    tell: tuple[str, ...],
    late: bool,
) -> int:
    """A task for each professional to be told, and a flag for the DSL, on the pupil's case."""
    key = f"tell:{school.urn}:{found.upn}:{by.on.isoformat()}"
    if not tell or not clocks.claim(tx, key, "task", None, by.flow_run):
        return 0
    case = cases.open_case_of(tx, found.upn, school.urn)
    if case is None:
        says = f"Absent without a reason on {by.on:%d %B %Y}, with {_listed(tell)} to be told."
        finding = Finding("professionals.unexplained_absence", Answer.HOLDS, says, found.sessions)
        case = open_for(inst, tx, school, policy, by, found.upn, None, finding)
    cases.lock(tx, case.ref)
    header = by.header(case.ref)
    when = f"of {by.on:%d %B %Y}, missed on the day" if late else "today"
    events: list[Event] = [
        e.TaskAdded(
            **header,
            task_id=next_id(case, "T", ahead),
            title=f"Tell the {in_words(role)} of the unexplained absence {when}",
            due_on=by.on,
            for_role=Role.DSL.value,
            effect_key=f"{key}:{role}",
        )
        for ahead, role in enumerate(tell)
    ]
    events.append(e.SafeguardingFlagged(**header, flag="unexplained_absence"))
    cases.append(tx, case.ref, events, None, inst.now())
    return len(tell)


def _ask_keeper(inst: Installation, tx: Connection, urn: str, policy: Policy, by: By) -> int:
    """Ask the register's keeper, on open cases, about marks whose reason must be known very soon."""
    limit = policy.value("clocks.resolve_n", by.on).length
    days = [day for day in schools.calendar(tx, urn).days if day <= by.on]
    if len(days) <= limit - 1:
        return 0
    day = days[-limit]
    codes = policy.value("attendance_codes.groups", by.on).reason_not_established
    due = absence.overdue_reasons(tx, urn, day, day, codes)
    said = "The reason for this absence is due. What is it?"
    return sum(_ask_about(inst, tx, urn, upn, str(session), said, by) for upn, session in due)


def _ask_about(
    inst: Installation, tx: Connection, urn: str, upn: str, session: str, question: str, by: By
) -> bool:
    """Ask the register's keeper about one session, once, on the pupil's open case."""
    case = cases.open_case_of(tx, upn, urn)
    key = f"register_question:{urn}:{upn}:{session}"
    if case is None or not clocks.claim(tx, key, "task", case.ref, by.flow_run):
        return False
    cases.lock(tx, case.ref)
    asked = e.RegisterQuestionAsked(
        **by.header(case.ref), question_id=next_id(case, "Q"), session=session, question=question
    )
    cases.append(tx, case.ref, (asked,), None, inst.now())
    return True


def _listed(roles: tuple[str, ...]) -> str:
    return " and ".join(f"the {in_words(role)}" for role in roles)


def told(
    inst: Installation, by: By, case_ref: str, professional_role: str, method: str, task_id: str
) -> Case:
    """Record that a professional was told, and that the task asking for it is done."""
    require(by.officer, Act.WRITE_CASES)
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        header = by.header(case_ref)
        events: list[Event] = [
            e.ProfessionalTold(
                **header,
                professional_role=given(professional_role, "The professional"),
                why="Unexplained absence",
                method=method,
            )
        ]
        if any(task.task_id == task_id for task in case.open_tasks):
            events.append(e.TaskDone(**header, task_id=task_id, outcome="Told"))
        return cases.append(tx, case_ref, events, by.seen, inst.now())
