"""Clocks and reviews: dates derived from rules, moved with the calendar, each firing once.

What a clock starts from and its rule are events; its date is worked out, kept beside it for lists, and worked
out again whenever the school's calendar changes. A clock that comes due asks a person to look; it decides
nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions import runs
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.recording import By, next_id
from casework.domain import ENGINE, Case, Role, SchoolCalendar
from casework.domain import events as e
from casework.domain.calendar import CalendarEnds
from casework.domain.words import day
from casework.policy import Policy
from casework.policy.bank_holidays import england
from casework.rules import deadlines, reached
from casework.rules.deadlines import NotTimed, Pause
from casework.storage import cases, clocks, lists, schools
from casework.storage.clocks import Clock, Firing

FOR_THE_LA = ("authority_decides", "prosecute_or_withdraw", "proceedings_possible", "reasons_due")
"""What a clock leads to that only the LA can do: its officers are asked, not the school."""


@dataclass
class Fired:
    """What one run of the clocks did, in counts."""

    fired: int = 0
    reviews: int = 0
    dated: int = 0

    def counts(self) -> dict[str, int]:
        """The counts, for a log line or a run's result."""
        return {"fired": self.fired, "reviews": self.reviews, "dated": self.dated}


def due_of(
    clock: Clock | e.ClockStarted, case: Case, policy: Policy, calendar: SchoolCalendar, on: date
) -> date | None:
    """The last day of a case's clock; None where it is not known yet, or the calendar ends first."""
    try:
        return deadlines.due(
            policy,
            clock.rule,
            clock.started_on,
            calendar,
            england(),
            on=on,
            pauses=_pauses(case, clock.clock_id),
            agreed_on=_agreed(case, clock),
        )
    except (NotTimed, CalendarEnds):
        return None


def date_clocks(tx: Connection, case: Case, policy: Policy, calendar: SchoolCalendar, on: date) -> int:
    """Work out the days on which a case's running clocks fire; says how many are running."""
    dues: list[tuple[str, str, date | None]] = []
    for clock in clocks.clocks_of(tx, case.ref):
        if clock.state == "running":
            last = due_of(clock, case, policy, calendar, on)
            dues.append((case.ref, clock.clock_id, last and deadlines.fires_on(policy, clock.rule, last)))
    return clocks.set_dues(tx, dues)


def date_school(inst: Installation, urn: str, on: date, flow_run: str = "") -> int:
    """Work out the day of every running clock of a school again, after its calendar changed."""
    with inst.act(ENGINE, flow_run) as tx:
        school = schools.school(tx, urn)
        policy, calendar = policy_of(school), schools.calendar(tx, urn)
        refs = {clock.case_ref for clock in clocks.clocks_at(tx, urn)}
        return sum(date_clocks(tx, cases.load(tx, ref), policy, calendar, on) for ref in sorted(refs))


def fire(inst: Installation, on: date, flow_run: str = "", batch: int = 100) -> Fired:
    """Fire every clock due on or before a day, and ask for every review due; twice changes nothing more.

    Each batch is one transaction: what a killed run had not committed is due again for the next.
    """
    done = Fired()
    for school_urn in _urns(inst):
        done.dated += date_school(inst, school_urn, on, flow_run)
    while True:
        with inst.act(ENGINE, flow_run) as tx:
            claimed = clocks.claim_due(tx, on, batch, flow_run)
            for firing in claimed:
                _fire(inst, tx, firing, on, flow_run)
            runs.did(tx, flow_run, on, fired=len(claimed))
        done.fired += len(claimed)
        if not claimed:
            break
    done.reviews = _ask_for_reviews(inst, on, flow_run)
    return done


def _fire(inst: Installation, tx: Connection, firing: Firing, on: date, flow_run: str) -> None:
    cases.lock(tx, firing.case_ref)
    case = cases.load(tx, firing.case_ref)
    header = By(ENGINE, on, flow_run=flow_run).header(case.ref)
    policy = policy_of(schools.school(tx, case.urn))
    rule = policy.value(firing.rule, max(firing.started_on, firing.due_on))
    by_la = rule.on_expiry in FOR_THE_LA
    fired = e.ClockFired(
        **header,
        clock_id=firing.clock_id,
        due_on=firing.due_on,
        firing_key=firing.firing_key,
        missed=firing.due_on < on,
    )
    task = e.TaskAdded(
        **header,
        task_id=next_id(case, "T", 1),
        title=reached.asks(policy, firing.rule, firing.due_on),
        due_on=max(firing.due_on, on),
        for_role=Role.EWO.value if by_la else "",
        for_officer="" if by_la else case.owner_id,
        effect_key=firing.firing_key,
    )
    cases.append(tx, case.ref, (fired, task), None, inst.now())


def _ask_for_reviews(inst: Installation, on: date, flow_run: str) -> int:
    asked = 0
    for urn in _urns(inst):
        with inst.act(ENGINE, flow_run) as tx:
            before = asked
            for case_ref, review_on in lists.reviews_due(tx, urn, on):
                key = f"review:{case_ref}:{review_on.isoformat()}"
                if not clocks.claim(tx, key, "task", case_ref, flow_run):
                    continue
                cases.lock(tx, case_ref)
                case = cases.load(tx, case_ref)
                task = e.TaskAdded(
                    **By(ENGINE, on, flow_run=flow_run).header(case_ref),
                    task_id=next_id(case, "T"),
                    title=f"Review due {day(review_on)}",
                    due_on=review_on,
                    for_officer=case.owner_id,
                    effect_key=key,
                )
                cases.append(tx, case_ref, (task,), None, inst.now())
                asked += 1
            runs.did(tx, flow_run, on, reviews=asked - before)
    return asked


def _urns(inst: Installation) -> tuple[str, ...]:
    with inst.act(ENGINE) as tx:
        return tuple(school.urn for school in schools.schools(tx))


def _pauses(case: Case, clock_id: str) -> tuple[Pause, ...]:
    found: list[Pause] = []
    began: date | None = None
    for item in case.recorded:
        match item.event:
            case e.ClockPaused(clock_id=paused) if paused == clock_id:
                began = item.event.on
            case e.ClockResumed(clock_id=resumed) if resumed == clock_id and began is not None:
                found.append(Pause(began, item.event.on))
                began = None
    return tuple(found) if began is None else (*found, Pause(began, None))


def _agreed(case: Case, clock: Clock | e.ClockStarted) -> date | None:
    """The day that the step itself fixed, or that was agreed, where the rule leaves it to them."""
    for started in case.of(e.ClockStarted):
        if started.clock_id == clock.clock_id and started.agreed_on is not None:
            return started.agreed_on
    steps: Iterable[e.Event] = case.of(
        e.NoticeToImproveIssued, e.AttendanceContractAgreed, parent_id=clock.parent_id
    )
    for step in reversed(tuple(steps)):
        match step, clock.rule:
            case e.NoticeToImproveIssued(), "clocks.improvement_period":
                return step.period_to
            case e.AttendanceContractAgreed(), "clocks.attendance_contract_review":
                return step.review_on or step.ends_on
    return None
