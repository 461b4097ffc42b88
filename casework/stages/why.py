"""Why this case, why now: the sessions that count and those that do not, gates, dates, what may come next.

Data only; the command line, pages and letters show it. `whatif` asks the same of a register with more marks.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from casework.domain import Answer, CaseworkError, Finding, Half, Mark, Session, Source
from casework.domain import events as e
from casework.domain.calendar import monday_of
from casework.domain.words import number_of
from casework.facts import Facts, Weighed
from casework.rules import deadlines, notices, proceedings, register
from casework.rules.returns import ReturnDue
from casework.rules.returns import due as returns_due
from casework.rules.situation import Situation
from casework.stages.ladder import Proposal, proposals


@dataclass(frozen=True, slots=True)
class Told:
    """One finding, ready to be shown: `source` is its title, `href` where to read it."""

    rule: str
    answer: str
    says: str
    evidence: tuple[str, ...]
    missing: str
    answerable_by: str
    source: str
    href: str
    force: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """A session that counts, or one that does not and why not."""

    session: str
    code: str
    urn: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step that may come next, for whom, and what is missing."""

    step: str
    title: str
    parent_id: str
    move: str
    may_be_considered: bool
    missing: tuple[str, ...]
    asks: tuple[Told, ...]
    gates: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class ForParent:
    """What differs between parents: spent sessions, earlier notices, and the last safe days.

    `latest_notice_on` and `latest_referral_on` are the last days that leave the authority time, counted back
    from the earliest session that still counts; `limit_on` is the six-month limit of that session.
    """

    parent_id: str
    counts: tuple[Counted, ...]
    threshold_met_at: str
    earlier_notices: int
    next_notice_possible_on: date
    tier: int
    latest_notice_on: date | None
    latest_referral_on: date | None
    limit_on: date | None


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that explains a case on a day. `opened_for` is what opened it, `also` what joined since."""

    case_ref: str
    on: date
    stage: str
    status: str
    opened_for: str
    also: tuple[str, ...]
    counts: tuple[Counted, ...]
    does_not_count: tuple[Counted, ...]
    school_weeks: tuple[date, ...]
    threshold: Told
    parents: tuple[ForParent, ...]
    clocks: tuple[tuple[str, date, str], ...]
    returns: tuple[ReturnDue, ...]
    next_steps: tuple[NextStep, ...]
    sources: tuple[Source, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON: dates as text, tuples as lists."""
        plain = _plain(asdict(self))
        assert isinstance(plain, dict)
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def why(situation: Situation) -> Why:
    """The whole explanation of a case on the day asked about."""
    case = situation.case
    pupil = situation.about(None)
    weeks = register.window_ending(pupil, situation.on)
    offered = proposals(situation)
    threshold = _threshold_at(pupil)
    findings = [f for p in offered for f in p.findings] + [threshold]
    return Why(
        case_ref=case.ref,
        on=situation.on,
        stage=case.stage.value if case.stage else "",
        status=case.status.value,
        opened_for=case.opening.says,
        also=tuple(event.says for event in case.of(e.TriggerRaised)),
        counts=_counted(register.counted_at(pupil, situation.on)),
        does_not_count=_uncounted(pupil, weeks),
        school_weeks=weeks,
        threshold=told(threshold),
        parents=tuple(_for_parent(situation.about(parent)) for parent in situation.liable_parents),
        clocks=_clocks(situation),
        returns=returns_due(pupil),
        next_steps=tuple(_next_step(p) for p in offered),
        sources=tuple(dict.fromkeys(f.source for f in findings if f.source is not None)),
    )


def _threshold_at(situation: Situation) -> Finding:
    """The threshold as counted today for the pupil as a whole, whoever the next step may be about."""
    limit = situation.value("penalty_notice.threshold")
    counted = register.counted_at(situation, situation.on)
    return Finding(
        rule="penalty_notice.threshold",
        answer=Answer.HOLDS if len(counted) >= limit.sessions else Answer.FAILS,
        says=f"{number_of(len(counted), 'unauthorised session')} in the last {limit.school_weeks} "
        "school weeks.",
        evidence=tuple(str(item.session) for item in counted),
        source=limit.source,
        on=situation.on,
    )


def told(finding: Finding) -> Told:
    """A finding as it is shown."""
    source = finding.source
    return Told(
        rule=finding.rule,
        answer=finding.answer.value,
        says=finding.says,
        evidence=finding.evidence,
        missing=finding.missing,
        answerable_by=finding.answerable_by,
        source=source.title if source else "",
        href=source.href if source else "",
        force=source.force.value if source else "",
        verified=source.verified if source else True,
    )


def _counted(items: Iterable[Weighed]) -> tuple[Counted, ...]:
    return tuple(Counted(str(item.session), item.code, item.urn) for item in items)


def _uncounted(situation: Situation, weeks: tuple[date, ...]) -> tuple[Counted, ...]:
    """Absences that do not count today, each with its reason."""
    inside = set(weeks)
    return tuple(
        Counted(str(i.session), i.code, i.urn, i.uncounted.value if i.uncounted else _OUTSIDE)
        for i in register.weighed(situation)
        if i.uncounted is not None or monday_of(i.session.date) not in inside
    )


_OUTSIDE = "it lies outside the school weeks looked at"


def _for_parent(situation: Situation) -> ForParent:
    counted = register.counted_at(situation, situation.on)
    limit = situation.value("penalty_notice.threshold").sessions
    still = proceedings.by_time_limit(situation, register.unauthorised(situation)).in_time
    safe = (
        deadlines.latest_safe_dates(situation.policy, still[0].session.date, situation.on, situation.holidays)
        if still
        else None
    )
    return ForParent(
        parent_id=situation.parent_id,
        counts=_counted(counted),
        threshold_met_at=str(counted[limit - 1].session) if len(counted) >= limit else "",
        earlier_notices=len(notices.counted_towards_limit(situation).counted),
        next_notice_possible_on=notices.next_possible(situation),
        tier=notices.price(situation).tier,
        latest_notice_on=safe.penalty_notice if safe else None,
        latest_referral_on=safe.referral if safe else None,
        limit_on=safe.limit if safe else None,
    )


def _clocks(situation: Situation) -> tuple[tuple[str, date, str], ...]:
    """(rule, due day, parent) of every clock that runs on the case, soonest first."""
    done = {s.clock_id for s in situation.case.of(e.ClockStopped)} | {
        f.clock_id for f in situation.case.of(e.ClockFired)
    }
    found: list[tuple[str, date, str]] = []
    for started in situation.case.of(e.ClockStarted):
        if started.clock_id in done or started.on > situation.on:
            continue
        try:
            day = deadlines.due(
                situation.policy,
                started.rule,
                started.started_on,
                situation.calendar,
                situation.holidays,
                on=situation.on,
            )
        except CaseworkError:
            continue
        found.append((started.rule, day, started.parent_id))
    return tuple(sorted(found, key=lambda item: item[1]))


def _next_step(offered: Proposal) -> NextStep:
    return NextStep(
        step=offered.stage.key,
        title=offered.stage.title,
        parent_id=offered.parent_id,
        move=offered.move.value,
        may_be_considered=offered.may_be_considered,
        missing=offered.missing,
        asks=tuple(told(f) for f in offered.asks),
        gates=tuple(told(f) for f in offered.findings),
    )


# -- what if -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would follow if these sessions were missed, or none were until a day."""

    on: date
    supposed: tuple[str, ...]
    threshold_sessions: int
    threshold_met_at: str
    returns: tuple[ReturnDue, ...]
    next_steps: tuple[NextStep, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = _plain(asdict(self))
        assert isinstance(plain, dict)
        return plain


def whatif(
    situation: Situation,
    absent: Iterable[date] = (),
    present_until: date | None = None,
    code: str = "O",
) -> WhatIf:
    """What would follow at the end of the days supposed; nothing is recorded.

    Args:
        absent: Days on which every open session without a mark yet would be missed with `code`.
        present_until: The last of the days from now on which the pupil would attend.
    """
    away = sorted(set(absent))
    last = max([situation.on, *away] + ([present_until] if present_until else []))
    supposed: dict[Session, str] = {}
    for day in situation.calendar.days_between(situation.on, last):
        for half in Half:
            session = Session(day, half)
            if situation.calendar.is_open(session) and not _marked(situation, session):
                supposed[session] = code if day in away else _PRESENT[half]
    then = replace(situation, facts=_with(situation, supposed), on=last)
    counted = register.counted_at(then.about(None), last)
    limit = then.value("penalty_notice.threshold").sessions
    return WhatIf(
        on=last,
        supposed=tuple(str(s) for s, mark in supposed.items() if mark == code),
        threshold_sessions=len(counted),
        threshold_met_at=str(counted[limit - 1].session) if len(counted) >= limit else "",
        returns=returns_due(then.about(None)),
        next_steps=tuple(_next_step(p) for p in proposals(then)),
    )


_PRESENT = {Half.AM: "/", Half.PM: "\\"}


def _marked(situation: Situation, session: Session) -> bool:
    return any(session in r.looked_at for r in situation.facts.registers if r.urn == situation.school.urn)


def _with(situation: Situation, supposed: dict[Session, str]) -> Facts:
    marks = tuple(Mark(session, code) for session, code in supposed.items())
    registers = tuple(
        replace(r, marks=tuple(m for m in r.marks if m.session not in supposed) + marks)
        if r.urn == situation.school.urn
        else r
        for r in situation.facts.registers
    )
    return replace(situation.facts, registers=registers)
