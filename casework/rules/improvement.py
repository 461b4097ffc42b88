"""Notices to improve: whether one is needed, says all it must, runs, has ended, and how it went."""

from dataclasses import dataclass
from datetime import date

from casework.domain import Answer, Finding, NoticeKind
from casework.domain import events as e
from casework.rules import deadlines, register, support
from casework.rules.situation import Situation

OUTCOME = "notice_to_improve.outcome"
IMPROVED = ("improved", "sufficient_improvement")
NOT_IMPROVED = ("not_improved", "not_sufficient", "ended_early")
EARLY = "early_penalty_notice"


@dataclass(frozen=True)
class Period:
    """The latest notice to improve of a parent: its days, where it came from, and its verdict if any."""

    period_from: date
    period_to: date
    ref: str
    event: e.NoticeToImproveIssued | None
    ended: e.NoticeToImproveEnded | None


def latest(situation: Situation) -> Period | None:
    """The latest notice to improve given to the parent asked about, here or (with its dates) elsewhere."""
    found: Period | None = None
    for item in situation.case.recorded:
        event = item.event
        if getattr(event, "parent_id", "") != situation.parent_id or event.on > situation.on:
            continue
        if isinstance(event, e.NoticeToImproveIssued):
            found = Period(event.period_from, event.period_to, item.ref, event, None)
        elif isinstance(event, e.NoticeToImproveEnded) and found:
            found = Period(found.period_from, found.period_to, found.ref, found.event, event)
            if event.verdict == "withdrawn":
                found = None
    if found is None:
        for notice in situation.ledger:
            elsewhere = notice.kind is NoticeKind.NOTICE_TO_IMPROVE and not notice.withdrawn
            if elsewhere and notice.period_from and notice.period_to:
                found = Period(notice.period_from, notice.period_to, "", None, None)
    return found


def none_running(situation: Situation) -> Finding:
    """No improvement period of this parent is running."""
    notice = latest(situation)
    rule = "notice_to_improve.none_running"
    if notice is None or notice.ended or situation.on > notice.period_to:
        return Finding(rule, Answer.HOLDS, "No improvement period is running.", on=situation.on)
    return Finding(
        rule,
        Answer.FAILS,
        f"{situation.parent_name} has a notice to improve running to {notice.period_to:%-d %B %Y}.",
        (notice.ref,) if notice.ref else (),
        situation.value("notice_to_improve.use").source,
        "the period ends, or its verdict is signed",
        "school",
        situation.on,
    )


def only_leave(situation: Situation) -> bool:
    """Whether every session relied on is leave taken without permission (a term-time holiday)."""
    leave = situation.value("penalty_notice.leave")
    relied = register.relied_on(situation)
    return bool(relied) and all(item.code in leave.codes for item in relied)


def support_is_appropriate(situation: Situation) -> Finding:
    """A notice to improve asks for support to be taken up: it is not for a term-time holiday alone."""
    source = situation.value("notice_to_improve.use").source
    rule = "notice_to_improve.support_appropriate"
    decided = support.not_appropriate(situation)
    if only_leave(situation) or decided:
        why = (
            "the absence is a term-time holiday alone"
            if not decided
            else "support was decided not appropriate"
        )
        return Finding(
            rule,
            Answer.FAILS,
            f"A notice to improve is not for this: {why}.",
            decided,
            source,
            "the penalty-notice question, asked directly",
            "school",
            situation.on,
        )
    says = "Support is appropriate here."
    return Finding(rule, Answer.HOLDS, says, source=source, on=situation.on)


def outcome(situation: Situation) -> Finding:
    """The notice to improve of this parent ended without improvement, or a reason for none is recorded."""
    source = situation.value("notice_to_improve.use").source
    on = situation.on
    if only_leave(situation):
        says = "No notice to improve is asked for before a penalty notice for a term-time holiday."
        return Finding(
            OUTCOME, Answer.HOLDS, says, source=situation.value("penalty_notice.leave").source, on=on
        )
    if decided := support.not_appropriate(situation):
        says = "No notice to improve is needed: support was decided not appropriate."
        return Finding(OUTCOME, Answer.HOLDS, says, decided, source, on=on)
    notice = latest(situation)
    if notice is None:
        return _without_notice(situation)
    refs = (notice.ref,) if notice.ref else ()
    who = situation.parent_name
    if notice.ended is not None:
        if notice.ended.verdict in IMPROVED:
            says = f"The improvement period of {who} ended well enough: support goes on, no notice."
            return Finding(
                OUTCOME, Answer.FAILS, says, refs, source, "a new threshold, and a new notice", "school", on
            )
        says = f"The improvement period of {who} ended without sufficient improvement."
        return Finding(OUTCOME, Answer.HOLDS, says, refs, source, on=on)
    if on > notice.period_to:
        says = f"The period of {who} ended on {notice.period_to:%-d %B %Y}; nobody has signed a verdict."
        return Finding(
            OUTCOME,
            Answer.UNKNOWN,
            says,
            refs,
            source,
            "a named person's verdict on the period",
            "school",
            on,
        )
    return _early(situation, notice)


def _without_notice(situation: Situation) -> Finding:
    source = situation.value("notice_to_improve.use").source
    declined = tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.StepDeclined)
        and item.event.stage == "notice_to_improve"
        and item.event.parent_id in ("", situation.parent_id)
        and item.event.on <= situation.on
    )
    if declined:
        says = "A named person recorded why no notice to improve was given."
        return Finding(OUTCOME, Answer.HOLDS, says, declined, source, on=situation.on)
    return Finding(
        OUTCOME,
        Answer.FAILS,
        f"{situation.parent_name} has had no notice to improve.",
        source=source,
        missing=f"a notice to improve for {situation.parent_name} and its outcome, or a reason for none",
        answerable_by="school",
        on=situation.on,
    )


def _early(situation: Situation, notice: Period) -> Finding:
    """While the period runs: on the grounds the notice states, after the parent was told, by a person."""
    early = situation.value("notice_to_improve.early")
    who = situation.parent_name
    until = f"{notice.period_to:%-d %B %Y}"
    breaches = breaches_of(situation, notice)
    told = tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.ParentTold)
        and item.event.parent_id == situation.parent_id
        and item.event.of == EARLY
        and notice.period_from <= item.event.on <= situation.on
    )
    refs = ((notice.ref,) if notice.ref else ()) + told + tuple(map(str, breaches))
    if not breaches or not (notice.event and notice.event.early_grounds):
        why = "no further unauthorised absence" if not breaches else "no early grounds in the notice"
        says = f"The improvement period of {who} runs to {until}, with {why}."
        return Finding(
            OUTCOME, Answer.FAILS, says, refs, early.source, "the period ends", "school", situation.on
        )
    if not told:
        return Finding(
            OUTCOME,
            Answer.FAILS,
            f"The period of {who} runs to {until}; they were not told that a notice may come early.",
            refs,
            early.source,
            f"tell {who} first that a penalty notice may be issued before the period ends",
            "school",
            situation.on,
        )
    return Finding(
        OUTCOME,
        Answer.FOR_A_PERSON,
        f"The improvement period of {who} runs to {until}, with {len(breaches)} further unauthorised "
        f"session{'s' if len(breaches) != 1 else ''}. Is improvement clearly not being made?",
        refs,
        early.source,
        "a named person's reason for going early, or for waiting",
        "school",
        situation.on,
    )


def breaches_of(situation: Situation, notice: Period) -> tuple[str, ...]:
    """Unauthorised sessions inside the improvement period so far, oldest first."""
    last = min(situation.on, notice.period_to)
    return tuple(
        str(item.session)
        for item in register.unauthorised(situation)
        if notice.period_from <= item.session.date <= last
    )


def contents(situation: Situation) -> Finding:
    """The notice to improve this parent had says everything such a notice must say."""
    rule = "notice_to_improve.contents"
    parts = situation.value("contents.notice_to_improve")
    notice = latest(situation)
    if notice is None or notice.event is None:
        says = "No notice to improve given here is relied on."
        return Finding(rule, Answer.HOLDS, says, on=situation.on)
    lacking = contents_missing(situation, notice.event)
    if not lacking:
        says = f"The notice says all {len(parts.parts)} things it must."
        return Finding(rule, Answer.HOLDS, says, (notice.ref,), parts.source, on=situation.on)
    return Finding(
        rule,
        Answer.FAILS,
        f"The notice of {notice.event.issued_on:%-d %B %Y} does not say: {'; '.join(lacking)}.",
        (notice.ref,),
        parts.source,
        "a corrected notice to improve",
        "school",
        situation.on,
    )


def contents_missing(situation: Situation, event: e.NoticeToImproveIssued) -> tuple[str, ...]:
    """Which of the required parts a notice leaves out, in the policy's words.

    The duty, the benefits and the warning are printed by the letter itself; the rest comes from the case.
    """
    offered = any(
        o.on <= event.on and o.parent_id == event.parent_id for o in situation.case.of(e.SupportOffered)
    )
    present = {
        "attendance_record": bool(event.evidence),
        "benefits_and_duty": True,
        "support_so_far": offered,
        "further_support": bool(event.further_support),
        "warning": True,
        "improvement_period": event.period_from <= event.period_to,
        "sufficient_improvement": bool(event.improvement_test.strip()),
        "early_grounds": bool(event.early_grounds.strip()),
    }
    wanted = situation.policy.value("contents.notice_to_improve", event.on).parts
    return tuple(item.says for item in wanted if not present.get(item.part, False))


def last_day(situation: Situation, period_from: date) -> date:
    """The last day of an improvement period that starts on a day, where the local code fixes its length.

    Raises:
        NotTimed: The code leaves the length open, or is not known: a person names the last day.
    """
    return deadlines.due(
        situation.policy,
        "clocks.improvement_period",
        period_from,
        situation.calendar,
        situation.holidays,
        on=situation.on,
    )


def period_faults(situation: Situation, event: e.NoticeToImproveIssued) -> tuple[str, ...]:
    """What is wrong with the days of a notice, as ends of sentences."""
    rule = situation.policy.value("clocks.improvement_period", event.on)
    shortest, longest = rule.get("length_at_least"), rule.get("length_at_most")
    if event.period_to < event.period_from:
        return (f"the period ends on {event.period_to} before it begins",)
    if event.period_from < event.issued_on:
        return (f"the period begins on {event.period_from}, before the notice is issued",)
    if rule.get("length") is not None:
        fixed = last_day(situation, event.period_from)
        return () if event.period_to == fixed else (f"the local code fixes the last day at {fixed}",)
    days = (event.period_to - event.period_from).days + 1
    if not shortest * 7 <= days <= longest * 7:
        return (f"the period is {days} days; it must be {shortest} to {longest} weeks",)
    return ()


@dataclass(frozen=True)
class Referee:
    """How an improvement period goes: a person signs the verdict, this only counts.

    `breaches` are unauthorised sessions as `2026-10-07 AM`; `unmarked` possible sessions not yet known.
    """

    period_from: date
    period_to: date
    running: bool
    possible: int
    attended: int
    unmarked: int
    breaches: tuple[str, ...]
    may_go_early: bool
    improvement_test: str


def referee(situation: Situation) -> Referee | None:
    """The count of the parent's latest improvement period up to the day asked about; None without one."""
    notice = latest(situation)
    if notice is None:
        return None
    last = min(situation.on, notice.period_to)
    counts = register.counts_between(situation, notice.period_from, last)
    breaches = breaches_of(situation, notice)
    return Referee(
        period_from=notice.period_from,
        period_to=notice.period_to,
        running=notice.ended is None and situation.on <= notice.period_to,
        possible=counts.possible,
        attended=counts.attended,
        unmarked=counts.unmarked,
        breaches=breaches,
        may_go_early=bool(breaches) and notice.event is not None and bool(notice.event.early_grounds.strip()),
        improvement_test=notice.event.improvement_test if notice.event else "",
    )
