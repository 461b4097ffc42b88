"""The ledger of notices beside a case: what was issued to a parent here, every case of theirs sees."""

from datetime import datetime

from sqlalchemy import Connection

from casework.domain import Case, Event, Notice, NoticeKind, NoticeStatus, Session
from casework.domain import events as e
from casework.storage import people


def keep(tx: Connection, case: Case, event: Event, at: datetime) -> None:
    """Write into the ledger what an event says of a notice or a prosecution; other events say nothing."""
    said = _said(case, event)
    if said is not None:
        people.save_notices(tx, [said], at=at)


def _said(case: Case, event: Event) -> Notice | None:
    match event:
        case e.NoticeToImproveIssued():
            return Notice(
                case.upn,
                event.parent_id,
                NoticeKind.NOTICE_TO_IMPROVE,
                "",
                event.issued_on,
                event.period_from,
                event.period_to,
            )
        case e.NoticeToImproveEnded(verdict="withdrawn"):
            issued = case.last(e.NoticeToImproveIssued, parent_id=event.parent_id)
            status = NoticeStatus.WITHDRAWN
            kind = NoticeKind.NOTICE_TO_IMPROVE
            if issued is None:
                return None
            return Notice(case.upn, event.parent_id, kind, "", issued.issued_on, status=status)
        case e.PenaltyNoticeIssued():
            return _notice(case, event, NoticeStatus.UNPAID)
        case e.PenaltyNoticePaid():
            return _of(case, event.notice_id, NoticeStatus.PAID, paid=event)
        case e.PenaltyNoticeWithdrawn():
            return _of(case, event.notice_id, NoticeStatus.WITHDRAWN, withdrawn=event)
        case e.ProsecutionDecided():
            return _prosecution(case, event)
    return None


def _of(
    case: Case,
    notice_id: str,
    status: NoticeStatus,
    paid: e.PenaltyNoticePaid | None = None,
    withdrawn: e.PenaltyNoticeWithdrawn | None = None,
) -> Notice | None:
    issued = next((n for n in case.of(e.PenaltyNoticeIssued) if n.notice_id == notice_id), None)
    return _notice(case, issued, status, paid, withdrawn) if issued else None


def _notice(
    case: Case,
    issued: e.PenaltyNoticeIssued,
    status: NoticeStatus,
    paid: e.PenaltyNoticePaid | None = None,
    withdrawn: e.PenaltyNoticeWithdrawn | None = None,
) -> Notice:
    return Notice(
        upn=case.upn,
        parent_id=issued.parent_id,
        kind=NoticeKind.PENALTY_NOTICE,
        la_code=issued.la_code,
        issued_on=issued.issued_on,
        period_from=issued.period_from,
        period_to=issued.period_to,
        status=status,
        paid_on=paid.paid_on if paid else None,
        withdrawal_ground=withdrawn.ground if withdrawn else "",
        public_place=issued.offence == "public_place",
    )


def _prosecution(case: Case, decided: e.ProsecutionDecided) -> Notice | None:
    """A prosecution is known by the day on which it was decided to proceed."""
    begun = [
        event
        for event in case.of(e.ProsecutionDecided, parent_id=decided.parent_id)
        if event.outcome == "proceed"
    ]
    if not begun:
        return None
    days = [Session.parse(item).date for item in begun[-1].evidence if item[:2] == "20"]
    ended = decided.outcome in (NoticeStatus.CONVICTED, NoticeStatus.ACQUITTED)
    return Notice(
        upn=case.upn,
        parent_id=decided.parent_id,
        kind=NoticeKind.PROSECUTION,
        la_code="",
        issued_on=begun[-1].on,
        period_from=min(days, default=None),
        period_to=max(days, default=None),
        status=NoticeStatus(decided.outcome) if ended else None,
    )
