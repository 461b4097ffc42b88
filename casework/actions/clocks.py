"""The clocks of a case, for people: shown with what they are and when they end, started, paused, ended.

Every time limit of the law that can be counted from a day can be started here by a person, where no step or
return starts it. Nothing but the law itself pauses a clock: a DSL hold, or a pause of the case, is shown
beside it and stops no statutory clock.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.actions.access import Act, require
from casework.actions.decide import situation
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.recording import By, Unclear, given, next_id
from casework.actions.situations import situation_of
from casework.actions.timing import date_clocks, due_of
from casework.domain import Case, CaseStatus, CaseworkError, NotFound, Officer, Role
from casework.domain import events as e
from casework.facts.plain import Weighed
from casework.policy import Value
from casework.rules import deadlines, proceedings, register
from casework.rules.deadlines import NotTimed
from casework.rules.situation import Situation
from casework.storage import cases, schools
from casework.storage import clocks as stored

SEES_LIMITS = (Role.AUTHORISED_OFFICER, Role.EWO)
"""Who is shown the six-month countdown at any time; others from the threshold on."""
FORMAL = (e.NoticeToImproveIssued, e.PenaltyNoticeRequested, e.PenaltyNoticeIssued, e.ProsecutionReferred)


class ClockRunsOn(CaseworkError):
    """A clock was to be paused that the law lets nobody pause."""

    def __init__(self, clock_id: str, rule: Value) -> None:
        self.clock_id, self.rule = clock_id, rule.key
        super().__init__(
            f"Clock {clock_id} ({rule.get('number', rule.key)}) runs on: {rule.says} Nothing pauses it, no "
            f"hold and no pause of the case ({rule.source.title}). Pause the case to leave the family alone."
        )


@dataclass(frozen=True, slots=True)
class ClockShown:
    """One clock of a case on a day: `state` is running, paused, stopped or fired.

    `number` is the row of the law's table. `last_day` and `fires_on` are None where a person must give the
    length, or the school's calendar ends first; `why_not` then says which.
    """

    clock_id: str
    number: str
    rule: str
    says: str
    parent_id: str
    started_on: date
    last_day: date | None
    fires_on: date | None
    state: str
    may_pause: bool
    statutory: bool
    source: str
    verified: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Countdown:
    """The six-month limit for one parent: of the sessions that can still be charged, first and last.

    `notice_by` and `refer_by` are the last days that leave the authority the time it needs.
    """

    parent_id: str
    sessions: int
    earliest: date
    earliest_limit: date
    latest_limit: date
    notice_by: date
    refer_by: date


@dataclass(frozen=True, slots=True)
class Clocks:
    """A case's clocks on a day, the countdown of each parent, and what holds the work and stops no clock."""

    case_ref: str
    on: date
    clocks: tuple[ClockShown, ...]
    countdowns: tuple[Countdown, ...]
    holds: tuple[tuple[str, date], ...]
    paused_until: date | None


def shown(
    inst: Installation, officer: Officer, case_ref: str, on: date, known_at: datetime | None = None
) -> Clocks:
    """The clocks of a case as they stood on a day, soonest end first.

    Raises:
        NotFound: No such case on that day, or not one of this officer's.
    """
    require(officer, Act.READ_CASES)
    now = situation(inst, officer, case_ref, on, known_at)
    case = now.case
    found = sorted(
        of_situation(now), key=lambda c: (c.state not in ("running", "paused"), c.fires_on or date.max)
    )
    paused = case.last(e.CasePaused)
    return Clocks(
        case_ref=case_ref,
        on=on,
        clocks=tuple(found),
        countdowns=tuple(c for c in countdowns(now) if sees_limits(officer, now, c.parent_id)),
        holds=tuple((hold.scope, hold.review_on) for hold in case.holds),
        paused_until=paused.until if paused and case.status is CaseStatus.PAUSED else None,
    )


def countdowns(now: Situation) -> tuple[Countdown, ...]:
    """The six-month countdown of every liable parent who has a session that can still be charged."""
    found = []
    for parent in now.liable_parents:
        about = now.about(parent)
        found.append(countdown(about, proceedings.by_time_limit(about, register.unauthorised(about)).in_time))
    return tuple(item for item in found if item)


def sees_limits(officer: Officer, now: Situation, parent_id: str) -> bool:
    """Whether an officer is shown a parent's countdown: authorisers always, others from the threshold on."""
    if officer.holds(*SEES_LIMITS):
        return True
    if any(event.parent_id == parent_id for event in now.case.of(*FORMAL)):
        return True
    parent = next((p for p in now.parents if p.contact_id == parent_id), None)
    counted = register.counted_at(now.about(parent), now.on)
    return bool(len(counted) >= now.value("penalty_notice.threshold").sessions)


def start(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    rule: str,
    started_on: date,
    parent_id: str = "",
    about: str = "",
    agreed_on: date | None = None,
) -> Case:
    """Start a clock that no step starts by itself, such as that of a social care referral.

    Args:
        rule: A key such as `clocks.social_care_response`, or the number of its row, such as K36.
        agreed_on: The day agreed in writing, where the rule leaves the length to an agreement.

    Raises:
        NotFound: There is no such clock.
        NotTimed: It is only shown, or its length must be asked for.
        Unclear: It would run from a day to come.
    """
    _require(by.officer)
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        if by.key and not stored.claim(tx, by.key, "act", case_ref, by.flow_run):
            return case
        now = situation_of(tx, case, by.on)
        value = _named(now, rule)
        if started_on > by.on:
            raise Unclear(f"A clock cannot run from {started_on}, a day to come.", "Give the day it began.")
        if parent_id and parent_id not in {parent.contact_id for parent in now.parents}:
            raise NotFound("parent", parent_id, "Give a contact of this pupil.")
        started = e.ClockStarted(
            **by.header(case_ref),
            clock_id=next_id(case, "K"),
            rule=value.key,
            started_on=started_on,
            parent_id=parent_id,
            about=about,
            agreed_on=agreed_on,
        )
        deadlines.due(
            now.policy, value.key, started_on, now.calendar, now.holidays, on=by.on, agreed_on=agreed_on
        )
        case = cases.append(tx, case_ref, (started,), by.seen, inst.now())
        date_clocks(tx, case, now.policy, now.calendar, by.on)
        return case


def pause(inst: Installation, by: By, case_ref: str, *, clock_id: str, reason: str) -> Case:
    """Pause a clock, where its rule lets somebody; the day of the pause no longer counts.

    Raises:
        ClockRunsOn: The rule lets nobody pause it.
        NotFound: The case has no such clock running.
    """
    why = given(reason, "The reason")
    return _move(inst, by, case_ref, clock_id, ("running",), lambda **kept: e.ClockPaused(**kept, reason=why))


def resume(inst: Installation, by: By, case_ref: str, *, clock_id: str) -> Case:
    """End the pause of a clock; it counts again from this day."""
    return _move(inst, by, case_ref, clock_id, ("paused",), e.ClockResumed)


def stop(inst: Installation, by: By, case_ref: str, *, clock_id: str, outcome: str) -> Case:
    """Say that what a clock waited for has happened."""
    how = given(outcome, "What happened")
    return _move(
        inst,
        by,
        case_ref,
        clock_id,
        ("running", "paused"),
        lambda **kept: e.ClockStopped(**kept, outcome=how),
    )


def state_of(case: Case, clock_id: str) -> str:
    """Where a clock stands after a case's events: running, paused, stopped or fired."""
    state = "running"
    for item in case.recorded:
        match item.event:
            case e.ClockPaused(clock_id=which) if which == clock_id:
                state = "paused"
            case e.ClockResumed(clock_id=which) if which == clock_id:
                state = "running"
            case e.ClockStopped(clock_id=which) if which == clock_id:
                state = "stopped"
            case e.ClockFired(clock_id=which) if which == clock_id:
                state = "fired"
    return state


# -- putting it together -------------------------------------------------------------------------------------


def _require(officer: Officer) -> None:
    """Staff of the school, and the LA's officers for the clocks of what was put to them."""
    if not officer.holds(Role.EWO):
        require(officer, Act.WRITE_CASES)


def of_situation(now: Situation) -> Iterator[ClockShown]:
    """Every clock of a case, in the order they were started."""
    for started in now.case.of(e.ClockStarted):
        rule = now.policy.maybe(started.rule, now.on)
        if rule is None:
            continue
        last = due_of(started, now.case, now.policy, now.calendar, now.on)
        yield ClockShown(
            clock_id=started.clock_id,
            number=rule.get("number", ""),
            rule=started.rule,
            says=rule.says,
            parent_id=started.parent_id,
            started_on=started.started_on,
            last_day=last,
            fires_on=deadlines.fires_on(now.policy, started.rule, last) if last else None,
            state=state_of(now.case, started.clock_id),
            may_pause=rule.may_pause,
            statutory=rule.statutory,
            source=rule.source.title,
            verified=rule.source.verified,
            why_not="" if last else _why_not(now, started),
        )


def _why_not(now: Situation, started: e.ClockStarted) -> str:
    try:
        deadlines.due(now.policy, started.rule, started.started_on, now.calendar, now.holidays, on=now.on)
    except CaseworkError as cannot:
        return str(cannot)
    return ""


def countdown(now: Situation, able: Sequence[Weighed]) -> Countdown | None:
    """How long some sessions, oldest first, can still be charged to the parent asked about; None for none."""
    if not able:
        return None
    first, last = able[0].session.date, able[-1].session.date
    safe = deadlines.latest_safe_dates(now.policy, first, now.on, now.holidays)
    return Countdown(
        parent_id=now.parent_id,
        sessions=len(able),
        earliest=first,
        earliest_limit=safe.limit,
        latest_limit=proceedings.last_day_to_charge(now, last),
        notice_by=safe.penalty_notice,
        refer_by=safe.referral,
    )


def _named(now: Situation, rule: str) -> Value:
    """A clock by its key or by its row; where two share a row, by its key alone."""
    known = now.policy.under("clocks", now.on)
    found = [v for v in known.values() if rule in (v.key, v.key.partition(".")[2], v.get("number"))]
    if len(found) != 1:
        names = ", ".join(sorted(v.key for v in (found or known.values())))
        raise NotFound("clock", rule, f"Give one of {names}.")
    if found[0].kind in deadlines.SHOWN_ONLY:
        raise NotTimed(found[0].key, "it is a rule that is shown", "See casework policy show.")
    return found[0]


def _move(
    inst: Installation,
    by: By,
    case_ref: str,
    clock_id: str,
    states: tuple[str, ...],
    make: Callable[..., e.Event],
) -> Case:
    _require(by.officer)
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        if by.key and not stored.claim(tx, by.key, "act", case_ref, by.flow_run):
            return case
        started = {c.clock_id: c for c in case.of(e.ClockStarted) if state_of(case, c.clock_id) in states}
        if clock_id not in started:
            raise NotFound(
                f"{' or '.join(states)} clock", clock_id, f"There are {', '.join(started) or 'none'}."
            )
        event = make(**by.header(case_ref), clock_id=clock_id)
        school = schools.school(tx, case.urn)
        policy = policy_of(school)
        rule = policy.value(started[clock_id].rule, by.on)
        if isinstance(event, e.ClockPaused) and not rule.may_pause:
            raise ClockRunsOn(clock_id, rule)
        case = cases.append(tx, case_ref, (event,), by.seen, inst.now())
        date_clocks(tx, case, policy, schools.calendar(tx, case.urn), by.on)
        return case
