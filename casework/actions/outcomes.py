"""How steps ended, and what stops or eases them: verdicts, the LA's answers, payment, stops, stepping down.

A person says each of these, in the rank that decides the step itself; the engine counts and proposes no end.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import Act, in_words, require
from casework.actions.decide import starting
from casework.actions.installation import Installation
from casework.actions.letters import deemed_served
from casework.actions.recording import By, Header, Unclear, given, one_of, record, write
from casework.actions.situations import situation_of
from casework.actions.timing import date_clocks
from casework.domain import Case, Event, NotAllowed, NotFound, Role, StageName
from casework.domain import events as e
from casework.domain.case import LADDER
from casework.stages import STAGES
from casework.stages.clocks import started_by_service
from casework.storage import cases, clocks

VERDICTS = ("improved", "not_improved", "withdrawn", "ended_early")
CONTRACT_ENDINGS = ("completed", "breached", "ended_by_agreement", "varied")
CONDITIONS = (
    "death_of_pupil",
    "death_of_parent",
    "bereavement",
    "off_roll",
    "became_looked_after",
    "new_medical_evidence",
    "open_representation",
)
GROUNDS = ("ought_not", "wrong_person", "material_error", "not_contemplated")
ORDER_ENDINGS = ("applied", "made", "refused", "not_applied", "extended", "discharged")
REFERRED = (
    StageName.PENALTY_NOTICE,
    StageName.PROSECUTION_REFERRAL,
    StageName.EDUCATION_SUPERVISION_ORDER,
    StageName.CME_REPORT,
)


# -- notices to improve and contracts ------------------------------------------------------------------------


def end_notice_to_improve(
    inst: Installation, by: By, case_ref: str, *, parent_id: str, verdict: str, says: str
) -> Case:
    """Sign the verdict on a parent's improvement period, and stop its clock.

    Raises:
        NotFound: No notice to improve of this parent waits for a verdict.
        NotAllowed: The officer's role does not decide notices to improve.
    """
    _require_decider(by, StageName.NOTICE_TO_IMPROVE, "sign the verdict on a notice to improve")

    def make(_: Connection, case: Case, header: Header) -> Sequence[Event]:
        issued = case.of(e.NoticeToImproveIssued, parent_id=parent_id)
        if len(issued) <= len(case.of(e.NoticeToImproveEnded, parent_id=parent_id)):
            raise NotFound(
                "notice to improve without a verdict", parent_id or "no parent", "Look at the case again."
            )
        word = one_of(verdict, VERDICTS, "The verdict")
        ended = e.NoticeToImproveEnded(
            **header, parent_id=parent_id, verdict=word, says=given(says, "The reasons")
        )
        return ended, *_stop_clocks(case, header, "clocks.improvement_period", parent_id, word)

    return write(inst, by, case_ref, make)


def end_contract(inst: Installation, by: By, case_ref: str, *, outcome: str, says: str = "") -> Case:
    """Say how the attendance contract ended, and stop its clock.

    Raises:
        NotFound: No contract is in force.
        NotAllowed: The officer's role does not decide contracts.
    """
    _require_decider(by, StageName.ATTENDANCE_CONTRACT, "end an attendance contract")

    def make(_: Connection, case: Case, header: Header) -> Sequence[Event]:
        if len(case.of(e.AttendanceContractAgreed)) <= len(case.of(e.AttendanceContractEnded)):
            raise NotFound("attendance contract in force", case.ref, "Look at the case again.")
        word = one_of(outcome, CONTRACT_ENDINGS, "How it ended")
        ended = e.AttendanceContractEnded(**header, outcome=word, says=says)
        return ended, *_stop_clocks(case, header, "clocks.attendance_contract_review", "", word)

    return write(inst, by, case_ref, make)


def step_down(inst: Installation, by: By, case_ref: str, *, to_stage: str, reason: str) -> Case:
    """Go back to an earlier stage because things are better, with the reason."""

    def make(case: Case, header: Header) -> Event:
        below = LADDER[: LADDER.index(case.stage)] if case.stage else ()
        names = tuple(stage.value for stage in below)
        if not names:
            raise Unclear("The case stands on no stage that it could step down from.", "Close it instead.")
        word = one_of(to_stage, names, "The stage")
        return e.CaseSteppedDown(**header, to_stage=word, reason=given(reason, "The reason"))

    return record(inst, by, case_ref, make, Act.OWN_CASES)


# -- stops ---------------------------------------------------------------------------------------------------


def note_stop(
    inst: Installation, by: By, case_ref: str, *, condition: str, parent_id: str = "", says: str = ""
) -> Case:
    """Stop letters and formal steps, for the pupil or for one parent, until a person has looked."""
    word = one_of(condition, CONDITIONS, "What stops the work")
    return record(
        inst,
        by,
        case_ref,
        lambda case, header: e.StopNoted(
            **header, stop_id=f"X{case.sequence + 1}", condition=word, parent_id=parent_id, says=says
        ),
    )


def clear_stop(inst: Installation, by: By, case_ref: str, *, stop_id: str, reason: str) -> Case:
    """Say why the work may go on after a stop."""

    def make(case: Case, header: Header) -> Event:
        cleared = {event.stop_id for event in case.of(e.StopCleared)}
        standing = sorted(s.stop_id for s in case.of(e.StopNoted) if s.stop_id not in cleared)
        if stop_id not in standing:
            raise NotFound("stop", stop_id, f"Stops in force: {', '.join(standing) or 'none'}.")
        return e.StopCleared(**header, stop_id=stop_id, reason=given(reason, "The reason"))

    return record(inst, by, case_ref, make, Act.OWN_CASES)


# -- the LA's answers ----------------------------------------------------------------------------------------


def accept_referral(inst: Installation, by: By, case_ref: str, *, stage: str, parent_id: str = "") -> Case:
    """The LA takes a referral as complete."""
    word = one_of(stage, tuple(s.value for s in REFERRED), "What was referred")
    return _answer(
        inst, by, case_ref, lambda _, header: e.ReferralAccepted(**header, stage=word, parent_id=parent_id)
    )


def return_referral(
    inst: Installation, by: By, case_ref: str, *, stage: str, reasons: Sequence[str], parent_id: str = ""
) -> Case:
    """The LA sends a referral back, with reasons that become checks for that LA."""
    word = one_of(stage, tuple(s.value for s in REFERRED), "What was referred")
    said = tuple(given(reason, "The reason") for reason in reasons)
    if not said:
        raise Unclear("No reason was given.", "Say why it is returned, so that the school can mend it.")
    return _answer(
        inst,
        by,
        case_ref,
        lambda _, header: e.ReferralReturned(**header, stage=word, parent_id=parent_id, reasons=said),
    )


def serve_notice(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    notice_id: str,
    method: str,
    posted_on: date,
    served_on: date | None = None,
) -> Case:
    """Record how and when the LA's notice went; the time to pay runs from the day it is received.

    Args:
        method: first_class_post, second_class_post, by_hand, left_at_address or email.
        served_on: The true day, where it is known; otherwise worked out for post, and that day by hand.
    """
    require(by.officer, Act.ANSWER_REFERRALS)
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        if by.key and not clocks.claim(tx, by.key, "act", case_ref, by.flow_run):
            return case
        issued = _notice(case, notice_id)
        now = situation_of(tx, case, by.on)
        received = served_on or deemed_served(now, method, posted_on)
        header = by.header(case_ref)
        served = e.DocumentServed(
            **header,
            document_id=notice_id,
            method=given(method, "How it went"),
            posted_on=posted_on,
            served_on=received,
        )
        case = cases.append(tx, case_ref, (served,), by.seen, inst.now())
        started = started_by_service(replace(now, case=case), issued, received)
        case = cases.append(
            tx, case_ref, tuple(starting(started, case, header, issued.parent_id)), None, inst.now()
        )
        date_clocks(tx, case, now.policy, now.calendar, by.on)
        return case


def pay_notice(
    inst: Installation, by: By, case_ref: str, *, notice_id: str, amount_pence: int, paid_on: date
) -> Case:
    """A payment that settles a penalty notice; the clocks of that notice stop."""

    def make(_: Connection, case: Case, header: Header) -> Sequence[Event]:
        issued = _notice(case, notice_id)
        paid = e.PenaltyNoticePaid(**header, notice_id=notice_id, amount_pence=amount_pence, paid_on=paid_on)
        return paid, *_stop_clocks(case, header, _NOTICE_CLOCKS, issued.parent_id, "paid")

    require(by.officer, Act.ANSWER_REFERRALS)
    return write(inst, by, case_ref, make)


def withdraw_notice(inst: Installation, by: By, case_ref: str, *, notice_id: str, ground: str) -> Case:
    """The LA withdraws a penalty notice on one of the grounds the law gives."""
    word = one_of(ground, GROUNDS, "The ground")

    def make(_: Connection, case: Case, header: Header) -> Sequence[Event]:
        issued = _notice(case, notice_id)
        taken = e.PenaltyNoticeWithdrawn(**header, notice_id=notice_id, ground=word)
        return taken, *_stop_clocks(case, header, _NOTICE_CLOCKS, issued.parent_id, "withdrawn")

    require(by.officer, Act.ANSWER_REFERRALS)
    return write(inst, by, case_ref, make)


def decide_order(inst: Installation, by: By, case_ref: str, *, outcome: str, reasons: str) -> Case:
    """What the LA or the court decided about an education supervision order, with its reasons."""
    word = one_of(outcome, ORDER_ENDINGS, "The outcome")
    why = given(reasons, "The reasons")
    return _answer(
        inst,
        by,
        case_ref,
        lambda _, header: e.EducationSupervisionOrderDecided(**header, outcome=word, reasons=why),
    )


_NOTICE_CLOCKS = (
    "clocks.penalty_notice_reduced",
    "clocks.penalty_notice_full",
    "clocks.proceedings_barred",
    "clocks.prosecute_or_withdraw",
)


def _answer(inst: Installation, by: By, case_ref: str, make: Callable[[Case, Header], Event]) -> Case:
    return record(inst, by, case_ref, make, Act.ANSWER_REFERRALS)


def _notice(case: Case, notice_id: str) -> e.PenaltyNoticeIssued:
    settled = {p.notice_id for p in case.of(e.PenaltyNoticePaid)}
    settled |= {w.notice_id for w in case.of(e.PenaltyNoticeWithdrawn)}
    standing = {n.notice_id: n for n in case.of(e.PenaltyNoticeIssued) if n.notice_id not in settled}
    if notice_id not in standing:
        raise NotFound("penalty notice", notice_id, f"Notices that stand: {', '.join(standing) or 'none'}.")
    return standing[notice_id]


def _stop_clocks(
    case: Case, header: Header, rules: str | Sequence[str], parent_id: str, outcome: str
) -> tuple[Event, ...]:
    wanted = (rules,) if isinstance(rules, str) else tuple(rules)
    ended = {stopped.clock_id for stopped in case.of(e.ClockStopped)}
    ended |= {fired.clock_id for fired in case.of(e.ClockFired)}
    return tuple(
        e.ClockStopped(**header, clock_id=clock.clock_id, outcome=outcome)
        for clock in case.of(e.ClockStarted)
        if clock.rule in wanted and clock.parent_id == parent_id and clock.clock_id not in ended
    )


def _require_decider(by: By, stage: StageName, act: str) -> None:
    roles: frozenset[Role] = frozenset(STAGES[stage].decided_by)
    if not by.officer.holds(*roles):
        raise NotAllowed(act, in_words(roles))
