"""The same work done once for many: the calls of a morning, and letters that went by one post."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from casework.actions import absence, letters, officers, support, views
from casework.actions.recording import By
from casework.actions.views import Call, CallList
from casework.domain import CaseworkError
from casework.web import forms, wording
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.pages.letters import TOGETHER
from casework.web.pages.letters import page_of_list as letters_page
from casework.web.pages.schools import CALL_METHODS, STANDS, mark_of
from casework.web.visit import Visit

NEEDED = ("whom", "how", "outcome", "state")
OPEN = ("to_call", "not_reached")
"""What a call may stand at that is still worth another try."""


def calls(visit: Visit) -> Response:
    """Every call of today that still waits, each answered in its own row; a row left empty is left alone."""
    urn = visit.part("urn")
    found = views.calls(visit.inst, visit.officer, urn, visit.on)
    waiting = [call for call in found.calls if call.state in OPEN]
    rows = {mark_of(visit, call.upn): call for call in waiting}
    fields = [field for mark, call in rows.items() for field in _fields(mark, call, found)]
    if not visit.is_post:
        return _page(visit, found, rows, forms.empty(fields))
    form = forms.fill(fields, visit.form)
    begun = [mark for mark in rows if any(form.text(f.name) for f in fields if f.name.endswith(mark))]
    for mark in begun:
        for name in NEEDED:
            if not form.text(f"{name}-{mark}"):
                form.faults[f"{name}-{mark}"] = f"{rows[mark].pupil}: {_LACKING[name]}"
    if rows and not begun:
        form.faults[fields[0].name] = "Answer at least one row"
    if not form.good:
        return _page(visit, found, rows, form, 422)
    for mark in begun:
        absence.record_call(
            visit.inst,
            replace(visit.by(), key=f"form:{visit.sent('key')}:{mark}"),
            urn,
            rows[mark].upn,
            visit.on,
            contact_id=form.text(f"whom-{mark}"),
            method=form.text(f"how-{mark}"),
            outcome=form.text(f"outcome-{mark}"),
            state=form.text(f"state-{mark}"),
            child_seen=form.yes_no(f"seen-{mark}"),
            says=form.text(f"says-{mark}"),
        )
    return visit.go(
        f"/schools/{urn}/calls", f"{wording.how_many(len(begun), 'call')} recorded, each on its own."
    )


_LACKING = {
    "whom": "say whom you tried",
    "how": "say how",
    "outcome": "say what came of it",
    "state": "say where it stands now",
}


def _fields(mark: str, call: Call, found: CallList) -> tuple[Field, ...]:
    nothing = Choice("", "Choose")
    people = tuple(
        Choice(c.contact_id, ", ".join(filter(None, (c.name, c.relationship, c.phone))))
        for c in found.contacts.get(call.upn, ())
        if c.allowed
    )
    asked: Sequence[tuple[str, str, tuple[Choice, ...]]] = (
        ("whom", "Whom did you try?", people),
        (
            "how",
            "How?",
            tuple(Choice(m, wording.plain(m)) for m in CALL_METHODS),
        ),
        ("outcome", "What came of it?", tuple(Choice(o, wording.plain(o)) for o in support.OUTCOMES)),
        ("state", "Where does it stand now?", tuple(replace(c, hint="") for c in STANDS)),
        ("seen", "Did anybody see the child?", (Choice("yes", "Yes"), Choice("no", "No"))),
    )
    selects = tuple(
        Field(f"{name}-{mark}", label, Kind.SELECT, required=False, choices=(nothing, *choices))
        for name, label, choices in asked
    )
    return (*selects, Field(f"says-{mark}", "The reason given, in their words", required=False))


def _page(visit: Visit, found: CallList, rows: dict[str, Call], form: Filled, status: int = 200) -> Response:
    return visit.show("schools/calls_together.html", status, found=found, rows=rows, form=form)


def sent(visit: Visit) -> Response:
    """Record of several letters that they went the same way on the same day; each is asked on its own."""
    chosen = [value for value in visit.form.get("letter", ()) if isinstance(value, str)]
    form = forms.fill(TOGETHER, visit.form)
    if not chosen:
        form.faults["letter"] = "Tick the letters that went"
    if not form.good:
        return letters_page(visit, "issued", sent=form, ticked=chosen, status=422)
    done, refusals = 0, []
    for document_id in chosen:
        try:
            acting = officers.at_case(visit.inst, visit.officer, document_id.rpartition("-L")[0])
            letters.serve(
                visit.inst,
                By(acting, visit.on),
                document_id,
                method=form.text("method"),
                posted_on=form.day("posted_on"),
            )
            done += 1
        except CaseworkError as error:
            refusals.append(str(error))
    if refusals:
        return letters_page(visit, "issued", refusals=refusals, done=done, sent=form, status=422)
    return visit.go("/letters?state=issued", f"{wording.how_many(done, 'letter')} recorded as sent.")
