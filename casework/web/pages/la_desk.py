"""The LA's desk beyond its referrals: notices, payments, time limits, objections, meetings with schools."""

import csv
from dataclasses import replace
from datetime import date
from io import StringIO

from starlette.responses import Response

from casework.actions import la_desk, payments
from casework.actions.la_desk import ForMeeting
from casework.actions.payments import Matched, PaymentsRefused
from casework.domain import CaseworkError
from casework.web import forms, wording
from casework.web.forms import Field, Filled, Kind
from casework.web.uploads import Upload
from casework.web.visit import Visit

STATES = {
    "not_served": ("Not served", "yellow"),
    "payable": ("Can be paid", "blue"),
    "paid": ("Paid", "green"),
    "withdrawn": ("Withdrawn", "grey"),
    "unpaid": ("Unpaid: prosecute or withdraw", "red"),
    "prosecuted": ("In court", "purple"),
}
"""How a notice stands, as a tag says it, and its colour."""


def ledger(visit: Visit) -> Response:
    """Every penalty notice that the LA issued to parents of its cases, newest first."""
    text = visit.query("page")
    page = int(text) if text.isdigit() and len(text) < 5 else 0
    urn = visit.query("school")
    found = la_desk.ledger(visit.inst, visit.officer, visit.on, urn, page)
    return visit.show("la/ledger.html", found=found, urn=urn, page_number=page, states=STATES)


def limits(visit: Visit) -> Response:
    """What time is left to pay, and to begin proceedings."""
    found = la_desk.limits(visit.inst, visit.officer, visit.on)
    return visit.show("la/limits.html", found=found, states=STATES)


def objections(visit: Visit) -> Response:
    """What parents wrote about notices and steps: what waits for an answer first."""
    found = la_desk.objections(visit.inst, visit.officer, visit.on)
    return visit.show("la/objections.html", found=found)


# -- payments ------------------------------------------------------------------------------------------------


def payments_file(visit: Visit) -> Response:
    """Read a file of payments, show what would become of each; once confirmed, record those that settle."""
    if not visit.is_post:
        return _payments(visit)
    confirmed = visit.sent("rows")
    sent = next((value for value in visit.form.get("file", ()) if isinstance(value, Upload)), None)
    content = confirmed.encode() if confirmed else (sent.content if sent else b"")
    if not content:
        return _payments(visit, problems=("Choose the file first.",), status=422)
    try:
        rows = payments.read(content, visit.on)
    except PaymentsRefused as refused:
        return _payments(visit, problems=refused.problems, status=422)
    if not confirmed:
        found = payments.match(visit.inst, visit.officer, rows, visit.on)
        return _payments(visit, found=found, rows=_as_csv(found))
    return _payments(visit, found=payments.record(visit.inst, visit.by(), rows), recorded=True)


def _as_csv(found: tuple[Matched, ...]) -> str:
    """The rows as they were read, to be sent back once somebody has looked at them."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(("reference", "amount", "paid on"))
    for item in found:
        pounds = f"{item.payment.amount_pence / 100:.2f}"
        writer.writerow((item.payment.reference, pounds, item.payment.paid_on.isoformat()))
    return text.getvalue()


def _payments(
    visit: Visit,
    *,
    problems: tuple[str, ...] = (),
    found: tuple[Matched, ...] = (),
    rows: str = "",
    recorded: bool = False,
    status: int = 200,
) -> Response:
    grouped = {
        state: [item for item in found if item.state == state]
        for state in ("settles", "not_settled", "unmatched", "recorded_before")
    }
    return visit.show(
        "la/payments.html",
        status,
        problems=problems,
        found=found,
        grouped=grouped,
        rows=rows,
        recorded=recorded,
        columns=payments.COLUMNS,
    )


# -- meetings ------------------------------------------------------------------------------------------------


def meetings(visit: Visit) -> Response:
    """The cases of one school's meeting, each with what was agreed; a row left empty is left on the list."""
    listed = la_desk.for_meetings(visit.inst, visit.officer)
    urn = visit.sent("school") or visit.query("school")
    here = [item for item in listed if item.line.urn == urn]
    fields = tuple(field for item in here for field in _fields(item))
    meeting = Field("meeting_on", "When was the meeting?", Kind.DAY)
    if not visit.is_post:
        return _meetings(visit, listed, here, forms.empty((meeting, *fields)))
    form = forms.fill((meeting, *fields), visit.form)
    begun = [item for item in here if _begun(form, item)]
    for item in begun:
        for name, says in (("agreed", "say what was agreed"), ("lead", "say who leads")):
            if not form.text(f"{name}-{item.line.case_ref}"):
                form.faults[f"{name}-{item.line.case_ref}"] = f"{item.line.pupil}: {says}"
        by_when = f"by_when-{item.line.case_ref}"
        if form.day_if_given(by_when) is None:
            form.faults.setdefault(by_when, f"{item.line.pupil}: say by when")
    if not begun:
        form.faults[fields[0].name if fields else "meeting_on"] = "Answer at least one case"
    if not form.good:
        return _meetings(visit, listed, here, form, status=422)
    refusals = [fault for item in begun if (fault := _agree(visit, form, item.line.case_ref))]
    for refusal in refusals:
        visit.say(refusal)
    done = wording.how_many(len(begun) - len(refusals), "case")
    return visit.go(f"/la/meetings?school={urn}", f"{done} recorded, each with a task for the school.")


def _agree(visit: Visit, form: Filled, ref: str) -> str:
    """Record what was agreed about one case; the refusal, if it was refused."""
    try:
        la_desk.agree(
            visit.inst,
            replace(visit.by(), key=f"form:{visit.sent('key')}:{ref}"),
            ref,
            agreed=form.text(f"agreed-{ref}"),
            lead=form.text(f"lead-{ref}"),
            by_when=form.day(f"by_when-{ref}"),
            meeting_on=form.day("meeting_on"),
        )
    except CaseworkError as fault:
        return str(fault)
    return ""


def _fields(item: ForMeeting) -> tuple[Field, ...]:
    ref = item.line.case_ref
    return (
        Field(f"agreed-{ref}", "What was agreed?", Kind.LONG, required=False, lines=2),
        Field(f"lead-{ref}", "Who leads?", required=False),
        Field(f"by_when-{ref}", "By when?", Kind.DAY, required=False),
    )


def _begun(form: Filled, item: ForMeeting) -> bool:
    ref = item.line.case_ref
    days: list[date | None] = [form.day_if_given(f"by_when-{ref}")]
    return any(days) or any(form.text(f"{name}-{ref}") for name in ("agreed", "lead"))


def _meetings(
    visit: Visit, listed: tuple[ForMeeting, ...], here: list[ForMeeting], form: Filled, status: int = 200
) -> Response:
    schools = {item.line.urn: item.line.school for item in listed}
    counts = {urn: sum(item.line.urn == urn for item in listed) for urn in schools}
    return visit.show(
        "la/meetings.html", status, schools=schools, counts=counts, here=here, form=form, listed=listed
    )
