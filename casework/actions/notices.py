"""Penalty notices once issued: served, paid, withdrawn; how each stands on a day.

The decision to issue is a step of `decide`; every act here is an officer's of the school's own LA. What
becomes of a notice goes into the ledger too, so that the family's every other case sees it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from casework.actions import ledger
from casework.actions.authority import UnderWay, for_the_la, known_parent, task
from casework.actions.decide import situation, starting
from casework.actions.installation import Installation
from casework.actions.letter_drafts import completes, drafts, of_notice
from casework.actions.letters import deemed_served
from casework.actions.recording import By, Unclear, answered, given, one_of
from casework.domain import Case, Event, NotFound, Officer
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.rules import payment, proceedings, register, safeguarding, stop
from casework.rules.situation import Situation
from casework.stages.clocks import started_by_service
from casework.storage import files
from casework.storage.files import Document

METHODS = ("first_class_post", "second_class_post", "by_hand", "left_at_address")
WITHDRAWAL = "penalty_notice_withdrawal"
BEFORE_POSTING = (stop.none, safeguarding.enforcement, register.changes_reviewed)


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

    What stops a family's formal work stops the posting too. Serving again (the post came back, or the true
    day is shown) ends the clocks of the first service and starts them anew. What went is the notice as it was
    issued here; a draft that never was is set aside, for the authority then sent its own paper.

    Args:
        method: One of `METHODS`.
        served_on: The true day, where it is known; otherwise the law of the post says.

    Raises:
        NotAllowed: Not an officer of the school's LA.
        StepRefused: A stop, a hold or a changed mark stands in the way; nothing is posted.
    """
    how = one_of(method, METHODS, "How it went")
    if posted_on > by.on:
        raise Unclear(f"{posted_on:%d %B %Y} is a day to come.", "Record the posting once it has gone.")

    def make(act: UnderWay) -> None:
        issued = _standing(act.now.case, notice_id)
        if posted_on < issued.issued_on:
            raise Unclear(f"Notice {notice_id} was issued on {issued.issued_on:%d %B %Y}.", "Check the day.")
        stopped = tuple(f for gate in BEFORE_POSTING if not (f := gate(act.now)).holds)
        if stopped:
            missing = tuple(f.missing or f.says for f in stopped)
            raise StepRefused(f"Posting of notice {notice_id}", missing, stopped)
        received = served_on or deemed_served(act.now, how, posted_on)
        act.add(*_stop_clocks(act, notice_id, "served again"))
        paper = _paper(act, notice_id)
        here = paper is not None and paper.state in ("issued", "served")
        if paper is not None and not here:
            act.add(*_set_aside(act, paper, "The authority sent this notice on its own paper."))
        act.add(
            e.DocumentServed(
                **act.header,
                document_id=paper.document_id if paper is not None and here else notice_id,
                method=how,
                posted_on=posted_on,
                served_on=received,
            )
        )
        started = started_by_service(act.now, issued, received)
        act.add(*starting(started, act.now.case, act.header, issued.parent_id))

    return for_the_la(inst, by, case_ref, make, notice_id=notice_id)


def pay_notice(
    inst: Installation, by: By, case_ref: str, *, notice_id: str, amount_pence: int, paid_on: date
) -> Case:
    """A payment that settles a penalty notice: its clocks stop, and court is barred for its sessions.

    Raises:
        NotAllowed: Not an officer of the school's LA.
        Unclear: The sum is not the one due that day, the time to pay has ended, or service is not recorded.
    """
    if paid_on > by.on:
        raise Unclear(f"{paid_on:%d %B %Y} is a day to come.", "Record a payment once it has come.")

    def make(act: UnderWay) -> None:
        if fault := why_not_settled(act.now, notice_id, amount_pence, paid_on):
            raise fault
        paid = e.PenaltyNoticePaid(
            **act.header, notice_id=notice_id, amount_pence=amount_pence, paid_on=paid_on
        )
        act.add(paid, *_stop_clocks(act, notice_id, "paid"))
        ledger.keep(act.tx, act.now.case, paid, inst.now())

    return for_the_la(inst, by, case_ref, make, notice_id=notice_id)


def why_not_settled(
    now: Situation, notice_id: str, amount_pence: int, paid_on: date
) -> Unclear | NotFound | None:
    """Why a payment would not settle a notice; None where it would."""
    try:
        issued = _standing(now.case, notice_id)
    except NotFound as unknown:
        return unknown
    parent = next((p for p in now.parents if p.contact_id == issued.parent_id), None)
    received = proceedings.received_on(now.about(parent), notice_id)
    if received is None:
        return Unclear(f"When notice {notice_id} was served is not recorded.", "Record the service first.")
    fault = payment.why_not_settled(now, issued, received, paid_on, amount_pence)
    return Unclear(fault, "Return it, or note it; the notice stands.") if fault else None


def withdraw_notice(
    inst: Installation, by: By, case_ref: str, *, notice_id: str, ground: str, says: str
) -> Case:
    """The LA withdraws a notice on one of the grounds the law gives, paid or not; a payment is returned.

    It counts for nothing afterwards, and its sessions are not charged, unless it held a material error. The
    letter that tells the parent is drafted; a notice of ours that has not gone is not sent any more.

    Raises:
        NotAllowed: Not an officer of the school's LA.
        Unclear: The ground is none of the law's, or does not fit: a notice that can still be paid, or was,
            is not withdrawn because no proceedings are contemplated.
    """
    why = given(says, "The reasons")

    def make(act: UnderWay) -> None:
        issued = _issued(act.now.case, notice_id)
        grounds = tuple(item.ground for item in act.now.value("penalty_notice.withdrawal").grounds)
        word = one_of(ground, grounds, "The ground")
        paid = next((p for p in act.now.case.of(e.PenaltyNoticePaid) if p.notice_id == notice_id), None)
        if word in act.now.value("penalty_notice.withdrawal").must and not _time_to_pay_over(act.now, issued):
            raise Unclear(
                f"Notice {notice_id} can still be paid, or was.",
                "Give another ground, or wait until it ends.",
            )
        taken = e.PenaltyNoticeWithdrawn(**act.header, notice_id=notice_id, ground=word, says=why)
        act.add(taken, *_stop_clocks(act, notice_id, "withdrawn"))
        paper = _paper(act, notice_id)
        if paper is not None and paper.state in ("draft", "approved", "issued"):
            act.add(*_set_aside(act, paper, f"Notice {notice_id} is withdrawn."))
        _tell_parent(act, issued.parent_id, notice_id, paid)
        ledger.keep(act.tx, act.now.case, taken, inst.now())

    return for_the_la(inst, by, case_ref, make, notice_id=notice_id)


def _tell_parent(act: UnderWay, parent_id: str, notice_id: str, paid: e.PenaltyNoticePaid | None) -> None:
    """The letter of withdrawal as a draft, and a task to send it, and to give back what was paid."""
    said = dict(of_notice(notice_id, act.by))
    if paid is not None:
        said["refund"] = f"You paid £{paid.amount_pence / 100:.2f}."
    reader = known_parent(act.now, parent_id)
    act.add(*drafts(act.inst, act.tx, act.now, WITHDRAWAL, (reader,), act.by, said))
    back = f", and return the £{paid.amount_pence / 100:.2f} paid" if paid else ""
    act.add(task(act, f"Tell parent {parent_id} in writing that notice {notice_id} is withdrawn{back}."))


def _paper(act: UnderWay, notice_id: str) -> Document | None:
    """The notice as it was drafted here, the latest that was not set aside."""
    case = act.now.case
    issued = next(i for i in case.recorded if getattr(i.event, "notice_id", "") == notice_id)
    drafted = {
        d.document_id
        for d in case.of(e.DocumentDrafted)
        if d.template == "penalty_notice" and d.from_sequence == issued.sequence
    }
    rows = [d for d in files.documents_of(act.tx, case.ref) if d.document_id in drafted]
    standing = [document for document in rows if document.state != "withdrawn"]
    return standing[-1] if standing else None


def _set_aside(act: UnderWay, paper: Document, why: str) -> Iterator[Event]:
    yield from answered(act.now.case, act.header, completes(paper.document_id), outcome="Set aside")
    yield e.DocumentWithdrawn(**act.header, document_id=paper.document_id, reason=why)


@dataclass(frozen=True, slots=True)
class NoticeStands:
    """One notice as it stands on a day.

    `state` is not_served, payable, paid, withdrawn, unpaid (prosecute or withdraw) or prosecuted; `due_pence`
    what settles it that day, None where nothing does.
    """

    notice_id: str
    parent_id: str
    offence: str
    tier: int
    issued_on: date
    served_on: date | None
    state: str
    due_pence: int | None
    reduced_until: date | None
    payable_until: date | None
    proceedings_from: date | None


def notices_of(inst: Installation, officer: Officer, case_ref: str, on: date) -> tuple[NoticeStands, ...]:
    """Every penalty notice of a case as it stands on a day, oldest first."""
    return standing(situation(inst, officer, case_ref, on))


def standing(now: Situation) -> tuple[NoticeStands, ...]:
    """Every penalty notice of a situation as it stands on its day, oldest first."""
    return tuple(_stands(now, issued) for issued in now.case.of(e.PenaltyNoticeIssued))


def _stands(now: Situation, issued: e.PenaltyNoticeIssued) -> NoticeStands:
    parent = next((p for p in now.parents if p.contact_id == issued.parent_id), None)
    about = now.about(parent)
    received = proceedings.received_on(about, issued.notice_id)
    reduced, full = payment.last_days(about, issued, received) if received else (None, None)
    state = _state(now, issued, full)
    due = payment.sum_due(about, issued, received, now.on) if received and state == "payable" else None
    return NoticeStands(
        notice_id=issued.notice_id,
        parent_id=issued.parent_id,
        offence=issued.offence,
        tier=issued.tier,
        issued_on=issued.issued_on,
        served_on=received,
        state=state,
        due_pence=due,
        reduced_until=reduced,
        payable_until=full,
        proceedings_from=full + timedelta(days=1) if full else None,
    )


def _state(now: Situation, issued: e.PenaltyNoticeIssued, payable_until: date | None) -> str:
    number = issued.notice_id
    if any(w.notice_id == number for w in now.case.of(e.PenaltyNoticeWithdrawn)):
        return "withdrawn"
    if any(p.notice_id == number for p in now.case.of(e.PenaltyNoticePaid)):
        return "paid"
    court = now.case.of(e.ProsecutionDecided, parent_id=issued.parent_id)
    if any(decided.on >= issued.issued_on for decided in court):
        return "prosecuted"
    if payable_until is None:
        return "not_served"
    return "payable" if now.on <= payable_until else "unpaid"


def _time_to_pay_over(now: Situation, issued: e.PenaltyNoticeIssued) -> bool:
    if any(p.notice_id == issued.notice_id for p in now.case.of(e.PenaltyNoticePaid)):
        return False
    received = proceedings.received_on(now, issued.notice_id)
    return received is not None and payment.last_days(now, issued, received)[1] < now.on


def _issued(case: Case, notice_id: str) -> e.PenaltyNoticeIssued:
    """A notice that was not withdrawn."""
    withdrawn = {w.notice_id for w in case.of(e.PenaltyNoticeWithdrawn)}
    known = {n.notice_id: n for n in case.of(e.PenaltyNoticeIssued) if n.notice_id not in withdrawn}
    if notice_id not in known:
        raise NotFound("penalty notice", notice_id, f"Notices that stand: {', '.join(known) or 'none'}.")
    return known[notice_id]


def _standing(case: Case, notice_id: str) -> e.PenaltyNoticeIssued:
    """A notice that was neither withdrawn nor paid."""
    found = _issued(case, notice_id)
    if any(p.notice_id == notice_id for p in case.of(e.PenaltyNoticePaid)):
        raise NotFound("unpaid penalty notice", notice_id, "It was paid.")
    return found


def _stop_clocks(act: UnderWay, notice_id: str, outcome: str) -> Iterator[Event]:
    """The clocks that a notice's service started and that have not ended."""
    case = act.now.case
    served = set(proceedings.served_refs(act.now, notice_id))
    ended = {c.clock_id for c in case.of(e.ClockStopped)} | {c.clock_id for c in case.of(e.ClockFired)}
    for clock in case.of(e.ClockStarted):
        if clock.about in served and clock.clock_id not in ended:
            yield e.ClockStopped(**act.header, clock_id=clock.clock_id, outcome=outcome)
