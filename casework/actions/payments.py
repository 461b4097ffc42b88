"""Payments of penalty notices from the finance system's file: read whole or not at all, matched, recorded.

A payment settles a notice only if it is the very sum due on its day; whatever else came is listed for a
person, and nothing is guessed. The same file again changes nothing.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from casework.actions import notices
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.actions.situations import situation_of
from casework.domain import CaseworkError, NotFound, Officer
from casework.domain import events as e
from casework.registers.notes import Unclear as NotText
from casework.registers.text import decode
from casework.storage import cases, lists

COLUMNS = {
    "reference": ("reference", "notice", "notice reference", "our reference", "payment reference"),
    "amount": ("amount", "amount paid", "paid", "sum"),
    "paid on": ("paid on", "date", "date paid", "payment date"),
}
"""What each column may be called, in any case and order; other columns are left alone."""
MOST_ROWS = 2_000
_NOTICE = re.compile(r"(C-\d{4}-\d{6}-\d{4,})\W*(PN\d+)", re.IGNORECASE)
_AMOUNT = re.compile(r"£?\s?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{2}))?")
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T].*)?")
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})")


class PaymentsRefused(CaseworkError):
    """A file of payments cannot be read as it is; `problems` are all that is wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"The file has {len(self.problems)} problems: {' '.join(self.problems)}")


@dataclass(frozen=True, slots=True)
class Payment:
    """One row of the file: what it says of which notice, a payment of how many pence, on which day."""

    row: int
    reference: str
    amount_pence: int
    paid_on: date

    @property
    def notice(self) -> tuple[str, str] | None:
        """The case and the notice that the reference names; None if it names none."""
        found = _NOTICE.search(self.reference)
        return (found[1].upper(), found[2].upper()) if found else None


@dataclass(frozen=True, slots=True)
class Matched:
    """One row with what becomes of it.

    `state` is settles (it would be, or was, recorded), recorded_before, not_settled (it names a notice, and
    does not settle it) or unmatched; `says` is why.
    """

    payment: Payment
    state: str
    says: str = ""
    case_ref: str = ""
    pupil: str = ""


# -- reading -------------------------------------------------------------------------------------------------


def read(content: bytes, on: date) -> tuple[Payment, ...]:
    """The rows of a CSV file of payments.

    Args:
        on: No payment is dated after this day.

    Raises:
        PaymentsRefused: Anything in it cannot be read; every problem is named, and nothing is taken.
    """
    try:
        text = decode(content)
    except NotText as fault:
        raise PaymentsRefused([str(fault)]) from None
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in row)]
    if not rows:
        raise PaymentsRefused(["The file is empty."])
    if len(rows) - 1 > MOST_ROWS:
        raise PaymentsRefused([f"The file has more than {MOST_ROWS:,} rows. Export a shorter time."])
    places = _places(rows[0])
    problems: list[str] = []
    found = []
    for number, row in enumerate(rows[1:], 2):
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        pence, paid_on = _pence(cells["amount"]), _day(cells["paid on"])
        problems += [f"Row {number}: {fault}" for fault in _faults(cells, pence, paid_on, on)]
        if pence is not None and paid_on is not None:
            found.append(Payment(number, cells["reference"], pence, paid_on))
    if problems:
        raise PaymentsRefused(problems)
    return tuple(found)


def _places(heading: Sequence[str]) -> dict[str, int]:
    """In which column each thing stands."""
    said = [" ".join(re.split(r"[^a-z]+", cell.lower().replace("\ufeff", ""))).strip() for cell in heading]
    problems = []
    places = {}
    for name, known in COLUMNS.items():
        at = [place for place, cell in enumerate(said) if cell in known]
        if len(at) != 1:
            several = "more than one column" if at else "no column"
            problems.append(f"Row 1: there is {several} for the {name}. Call one of them {name!r}.")
        else:
            places[name] = at[0]
    if problems:
        raise PaymentsRefused(problems)
    return places


def _faults(cells: dict[str, str], pence: int | None, paid_on: date | None, on: date) -> Iterator[str]:
    if not cells["reference"]:
        yield "there is no reference."
    if pence is None:
        yield f"{cells['amount'] or 'nothing'} is not a sum in pounds, such as 80.00."
    if paid_on is None:
        yield f"{cells['paid on'] or 'nothing'} is not a day, such as 2026-10-05 or 05/10/2026."
    elif paid_on > on:
        yield f"{paid_on:%d %B %Y} is a day to come."


def _pence(text: str) -> int | None:
    found = _AMOUNT.fullmatch(text)
    pence = int(found[1].replace(",", "")) * 100 + int(found[2] or 0) if found else 0
    return pence or None


def _day(text: str) -> date | None:
    """A day as 2026-10-05, or with the day first as 5/10/2026; the month is never guessed to come first."""
    written = _YEAR_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    try:
        return date(int(written["y"]), int(written["m"]), int(written["d"])) if written else None
    except ValueError:
        return None


# -- matching and recording ----------------------------------------------------------------------------------


def match(inst: Installation, officer: Officer, payments: Sequence[Payment], on: date) -> tuple[Matched, ...]:
    """What would become of each payment; nothing is recorded."""
    require(officer, Act.ANSWER_REFERRALS)
    settled: set[tuple[str, str]] = set()
    found = []
    with inst.act(officer) as tx:
        for payment in payments:
            told = _told(tx, payment, on, settled)
            if told.state == "settles" and payment.notice:
                settled.add(payment.notice)
            found.append(told)
        lines = lists.lines(tx, {told.case_ref for told in found if told.case_ref})
    return tuple(
        replace(told, pupil=lines[told.case_ref].pupil) if told.case_ref in lines else told for told in found
    )


def record(inst: Installation, by: By, payments: Sequence[Payment]) -> tuple[Matched, ...]:
    """Record every payment that settles its notice, each on its own, and say what became of all of them."""
    found = []
    for told in match(inst, by.officer, payments, by.on):
        payment = told.payment
        if told.state == "settles" and payment.notice:
            ref, notice_id = payment.notice
            try:
                notices.pay_notice(
                    inst,
                    by,
                    ref,
                    notice_id=notice_id,
                    amount_pence=payment.amount_pence,
                    paid_on=payment.paid_on,
                )
            except CaseworkError as fault:
                told = replace(told, state="not_settled", says=str(fault))
        found.append(told)
    return tuple(found)


def _told(tx: Connection, payment: Payment, on: date, settled: set[tuple[str, str]]) -> Matched:
    if payment.notice is None:
        return Matched(payment, "unmatched", "The reference names no notice of a case.")
    ref, notice_id = payment.notice
    try:
        case = cases.load(tx, ref)
    except NotFound:
        return Matched(payment, "unmatched", "No case of that reference was put to you.")
    if not any(issued.notice_id == notice_id for issued in case.of(e.PenaltyNoticeIssued)):
        return Matched(payment, "unmatched", f"The case has no notice {notice_id}.", ref)
    paid = next((p for p in case.of(e.PenaltyNoticePaid) if p.notice_id == notice_id), None)
    if paid and (paid.amount_pence, paid.paid_on) == (payment.amount_pence, payment.paid_on):
        return Matched(payment, "recorded_before", "", ref)
    if payment.notice in settled:
        return Matched(payment, "not_settled", "An earlier row of the file settles this notice.", ref)
    fault = notices.why_not_settled(
        situation_of(tx, case, on), notice_id, payment.amount_pence, payment.paid_on
    )
    return Matched(payment, "not_settled" if fault else "settles", str(fault or ""), ref)
