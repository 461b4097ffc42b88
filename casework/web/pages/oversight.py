"""The pages of whoever answers for the work of others: the overview, and audits of files drawn by chance."""

from starlette.responses import Response

from casework.actions import audits
from casework.actions import oversight as answers
from casework.domain import NotFound
from casework.web import forms, wording
from casework.web.forms import Choice, Field, Kind
from casework.web.visit import Visit

FOUND = (
    Field(
        "outcome",
        "How does the file stand?",
        Kind.RADIOS,
        choices=(
            Choice("sound", "Sound", "Somebody new could take it over today."),
            Choice("needs_work", "Needs work"),
            Choice("serious", "A serious gap", "Tell the headteacher today."),
        ),
    ),
    Field("says", "What did you find?", Kind.LONG, "The owner of the case reads it. No names are needed."),
)


def oversight(visit: Visit) -> Response:
    """Severe absence, load by officer, what nobody would come back to, audits of files."""
    return visit.show("oversight.html", see=answers.overview(visit.inst, visit.officer, visit.on))


def draw(visit: Visit) -> Response:
    """Draw files for an audit."""
    size = visit.sent("size")
    audit_id = audits.draw(visit.inst, visit.by(), int(size) if size.isdigit() and len(size) < 4 else 5)
    return visit.go(f"/audits/{audit_id}", "The files are drawn. Read each, and say what you found.")


def audit(visit: Visit) -> Response:
    """One audit: its files, its seed, and what was found."""
    view = audits.view(visit.inst, visit.officer, visit.part("audit_id"), visit.on)
    return visit.show("audits/audit.html", view=view)


def audit_file(visit: Visit) -> Response:
    """Say what was found in one file."""
    audit_id, ref = visit.part("audit_id"), visit.part("case_ref")
    view = audits.view(visit.inst, visit.officer, audit_id, visit.on)
    line = next((line for file, line in view.files if file.case_ref == ref), None)
    if line is None:
        raise NotFound("file of this audit", ref, "Look at the audit again.")
    form = forms.fill(FOUND, visit.form) if visit.is_post else forms.empty(FOUND)
    if not visit.is_post or not form.good:
        return visit.show("audits/file.html", 422 if visit.is_post else 200, view=view, line=line, form=form)
    audits.find(visit.inst, visit.by(), audit_id, ref, outcome=form.text("outcome"), says=form.text("says"))
    left = sum(not file.outcome for file, _ in view.files if file.case_ref != ref)
    return visit.go(f"/audits/{audit_id}", f"It is kept. {wording.how_many(left, 'file')} to read.")
