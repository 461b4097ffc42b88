"""What leaves the school: a copy for whoever a case is about, the child protection file of one who moves."""

from starlette.responses import Response

from casework.actions import case_view, copies, dsl_files
from casework.actions.recording import Unclear
from casework.domain import Role
from casework.web import forms
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.pages.case import as_download
from casework.web.visit import Visit

PUPIL = "pupil"
SENT = (
    Field("to_school", "To which school?"),
    Field("to_whom", "To whom there?", hint="The designated safeguarding lead, by name."),
    Field("how", "How did it go?", hint="Such as: by hand, by their system's own transfer, by tracked post."),
    Field("sent_on", "On which day?", Kind.DAY),
)


def copy(visit: Visit) -> Response:
    """Choose whom a copy is for, look through what is marked, and save it; what was left out is recorded."""
    ref = visit.part("case_ref")
    around = case_view.around(visit.inst, visit.officer, ref, visit.on)
    known = {PUPIL: around.pupil.name, **{p.contact_id: p.name for p in around.parents}}
    who = visit.sent("for") or visit.query("for")
    if who not in known:
        return visit.show("copy.html", around=around, known=known, prepared=None, who="")
    asked_by = "" if who == PUPIL else who
    if visit.is_post:
        let_go = [value for value in visit.form.get("give", ()) if isinstance(value, str)]
        made = copies.make(visit.inst, visit.by(), ref, asked_by, let_go)
        return as_download(made.content, f"copy-{ref}.zip", "application/zip")
    prepared = copies.prepare(visit.inst, visit.officer, ref, asked_by, visit.on)
    is_dsl = Role.DSL in visit.roles
    return visit.show("copy.html", around=around, known=known, prepared=prepared, who=who, is_dsl=is_dsl)


def child_protection(visit: Visit) -> Response:
    """Pass the child protection file on, and have its arrival confirmed."""
    if not visit.is_post:
        return _child_protection(visit, forms.empty(SENT))
    ref = visit.part("case_ref")
    back = f"/cases/{ref}/child-protection"
    receipt = _receipt(visit)
    if visit.sent("transfer_id"):
        form = forms.fill(receipt, visit.form)
        if form.good:
            try:
                dsl_files.confirm(
                    visit.inst,
                    visit.by(),
                    ref,
                    transfer_id=form.text("transfer_id"),
                    by_whom=form.text("by_whom"),
                    came_on=form.day("came_on"),
                )
                return visit.go(back, "Its arrival is recorded.")
            except Unclear as unclear:
                form.faults["came_on"] = str(unclear)
        return _child_protection(visit, forms.empty(SENT), form, status=422)
    form = forms.fill(SENT, visit.form)
    if form.good:
        try:
            dsl_files.pass_on(
                visit.inst,
                visit.by(),
                ref,
                to_school=form.text("to_school"),
                to_whom=form.text("to_whom"),
                how=form.text("how"),
                sent_on=form.day("sent_on"),
            )
            return visit.go(back, "It is recorded that the file went. You are asked for its receipt.")
        except Unclear as unclear:
            form.faults["sent_on"] = str(unclear)
    return _child_protection(visit, form, status=422)


def child_protection_file(visit: Visit) -> Response:
    """Save the child protection part of a case. It reads every sealed note, and that is kept."""
    ref = visit.part("case_ref")
    content = dsl_files.file_of(visit.inst, visit.officer, ref, visit.on)
    return as_download(content, f"child-protection-{ref}.zip", "application/zip")


def _receipt(visit: Visit) -> tuple[Field, ...]:
    around = case_view.around(visit.inst, visit.officer, visit.part("case_ref"), visit.on)
    waiting = tuple(
        Choice(item.transfer_id, f"Passed on on {item.on.day} {item.on:%B %Y}")
        for item in dsl_files.passed_on(around.case)
        if item.arrived_on is None
    )
    if not waiting:
        return ()
    return (
        Field("transfer_id", "Which one has arrived?", Kind.RADIOS, choices=waiting),
        Field("by_whom", "Who confirmed it?", hint="By name, with their post."),
        Field("came_on", "On which day did it come?", Kind.DAY),
    )


def _child_protection(
    visit: Visit, form: Filled, receipt: Filled | None = None, status: int = 200
) -> Response:
    around = case_view.around(visit.inst, visit.officer, visit.part("case_ref"), visit.on)
    return visit.show(
        "safeguarding/child_protection.html",
        status,
        around=around,
        passed_on=dsl_files.passed_on(around.case),
        form=form,
        receipt=receipt or forms.empty(_receipt(visit)),
    )
