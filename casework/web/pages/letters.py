"""Letters: the list, one letter read before it goes, what it lacks, approval, issue, service."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from starlette.responses import Response

from casework.actions import case_view, letters, notices, officers, views
from casework.actions.access import MAY, Act
from casework.actions.case_view import LetterView, ToFill
from casework.actions.recording import By
from casework.domain import CaseworkError, Role
from casework.domain.errors import CaseChanged
from casework.web import forms, wording
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.pages.case import as_download
from casework.web.uploads import WORD
from casework.web.visit import Visit

STATES = {"draft": "To approve", "approved": "To issue", "issued": "Issued, not yet sent"}
METHODS = (
    Choice("first_class_post", "First-class post"),
    Choice("second_class_post", "Second-class post"),
    Choice("by_hand", "Given by hand"),
    Choice("left_at_address", "Left at the address"),
    Choice("email", "E-mail", "Only where the parent has agreed to it."),
)
SERVICE = (
    Field("method", "How did it go?", Kind.RADIOS, choices=METHODS),
    Field("posted_on", "On which day?", Kind.DAY),
    Field(
        "served_on",
        "Day it arrived",
        Kind.DAY,
        "Only if you know it; otherwise it is worked out for post.",
        False,
    ),
)
TOGETHER = (
    Field(
        "method",
        "How did they all go?",
        Kind.RADIOS,
        choices=tuple(method for method in METHODS if method.value != "email"),
    ),
    Field("posted_on", "On which day?", Kind.DAY),
)
"""What is asked of several letters that went together; an e-mail is recorded on its own."""
EDIT = (Field("file", "The draft, edited and saved in Word", Kind.FILE, "A Word document (.docx)."),)
RETURN = (
    Field("post_says", "What does the post say?", Kind.LONG, "Such as: gone away, not known here.", lines=2),
)
WITHDRAWAL = (Field("reason", "Why is it taken back?", Kind.LONG, lines=3),)
_KINDS = {"day": Kind.DAY, "moment": Kind.MOMENT, "lines": Kind.LONG, "text": Kind.LONG, "rows": Kind.LONG}


def letter_list(visit: Visit) -> Response:
    """Letters that wait: to look at first, then the others."""
    state = visit.query("state")
    state = state if state in STATES else "draft"
    return page_of_list(visit, state)


def approve_several(visit: Visit) -> Response:
    """Approve, or issue, the letters that were ticked; each is asked on its own, and refusals are named."""
    state = visit.sent("state")
    act: Callable[..., object] = letters.issue if state == "approved" else letters.approve
    chosen = [value for value in visit.form.get("letter", ()) if isinstance(value, str)]
    done, refusals = 0, []
    for document_id in chosen:
        try:
            acting = officers.at_case(visit.inst, visit.officer, letters.case_of(document_id))
            act(visit.inst, By(acting, visit.on), document_id)
            done += 1
        except CaseworkError as error:
            refusals.append(str(error))
    if not chosen:
        refusals.append("No letter was ticked. Tick those you have read.")
    if refusals:
        shown = state if state in STATES else "draft"
        return page_of_list(visit, shown, refusals=refusals, done=done, status=422)
    word = "issued" if state == "approved" else "approved"
    address = f"/letters?state={state if state in STATES else 'draft'}"
    return visit.go(address, f"{wording.how_many(done, 'letter')} {word}.")


def letter(visit: Visit) -> Response:
    """One letter: what it says, what it lacks, and what can be done with it now."""
    return _page(visit, _view(visit))


def fill(visit: Visit) -> Response:
    """Give a draft what it lacked."""
    view = _view(visit)
    form = forms.fill(_fields(view), visit.form, view.school.timezone)
    if not form.good:
        return _page(visit, view, form=form, status=422)
    given = {field.name: _as_text(form, field) for field in form.fields}
    given = {name: text for name, text in given.items() if text}
    return _do(
        visit,
        view,
        lambda by: letters.complete(visit.inst, by, _id(view), given),
        "The letter is made.",
        form=form,
    )


def approve(visit: Visit) -> Response:
    """Approve a draft."""
    view = _view(visit)
    return _do(visit, view, lambda by: letters.approve(visit.inst, by, _id(view)), "The letter is approved.")


def issue(visit: Visit) -> Response:
    """Issue a letter: its words are fixed from now on."""
    view = _view(visit)
    said = "The letter is issued. Print it, send it, then record how it went."
    return _do(visit, view, lambda by: letters.issue(visit.inst, by, _id(view)), said)


def serve(visit: Visit) -> Response:
    """Record how and when a letter went."""
    view = _view(visit)
    form = forms.fill(SERVICE, visit.form)
    if not form.good:
        return _page(visit, view, service=form, status=422)
    document = view.letter.document
    how: dict[str, Any] = {
        "method": form.text("method"),
        "posted_on": form.day("posted_on"),
        "served_on": form.day_if_given("served_on"),
    }

    def record(by: By) -> object:
        if document.template == "penalty_notice":  # its clocks start with its service
            notice = document.snapshot["given"]["notice_number"]
            return notices.serve_notice(visit.inst, by, document.case_ref, notice_id=notice, **how)
        return letters.serve(visit.inst, by, document.document_id, **how)

    return _do(visit, view, record, "How it went is recorded.")


def edit(visit: Visit) -> Response:
    """Put a draft edited in Word in the place of the one it came from."""
    view = _view(visit)
    form = forms.fill(EDIT, visit.form)
    upload = form.upload("file")
    if not form.good or upload is None:
        return _page(visit, view, edited=form, status=422)
    return _do(
        visit,
        view,
        lambda by: letters.put_back(visit.inst, by, _id(view), upload.content),
        "The edited draft stands in its place.",
    )


def returned(visit: Visit) -> Response:
    """Record that the post brought a letter back."""
    view = _view(visit)
    form = forms.fill(RETURN, visit.form)
    if not form.good:
        return _page(visit, view, came_back=form, status=422)
    return _do(
        visit,
        view,
        lambda by: letters.returned(visit.inst, by, _id(view), form.text("post_says")),
        "It is recorded. Check the address, then send the letter again.",
    )


def withdraw(visit: Visit) -> Response:
    """Set a draft aside or take an issued letter back."""
    view = _view(visit)
    form = forms.fill(WITHDRAWAL, visit.form)
    if not form.good:
        return _page(visit, view, withdrawal=form, status=422)
    return _do(
        visit,
        view,
        lambda by: letters.withdraw(visit.inst, by, _id(view), form.text("reason")),
        "The letter is taken back. Its words are kept.",
    )


def download(visit: Visit) -> Response:
    """The Word file, under a name that says no pupil's."""
    document, content = letters.content(visit.inst, visit.officer, visit.part("document_id"))
    return as_download(content, f"{document.document_id}-{document.template}.docx", WORD)


def _view(visit: Visit) -> LetterView:
    return case_view.letter_view(visit.inst, visit.officer, visit.part("document_id"), visit.on)


def _id(view: LetterView) -> str:
    return view.letter.document.document_id


def _do(
    visit: Visit,
    view: LetterView,
    act: Callable[[By], object],
    said: str,
    form: Filled | None = None,
) -> Response:
    try:
        act(visit.by())
    except CaseChanged as changed:
        return _page(visit, _view(visit), form=form, changed=changed, status=409)
    except CaseworkError as error:
        return _page(visit, _view(visit), form=form, refused=str(error), status=422)
    return visit.go(f"/letters/{_id(view)}", said)


def _page(
    visit: Visit,
    view: LetterView,
    form: Filled | None = None,
    service: Filled | None = None,
    withdrawal: Filled | None = None,
    edited: Filled | None = None,
    came_back: Filled | None = None,
    refused: str = "",
    changed: CaseChanged | None = None,
    status: int = 200,
) -> Response:
    named = frozenset(Role(name) for name in view.approvers) or MAY[Act.APPROVE_LETTERS]
    return visit.show(
        "letters/letter.html",
        status,
        view=view,
        form=form or forms.empty(_fields(view)),
        service=service or forms.empty(SERVICE),
        withdrawal=withdrawal or forms.empty(WITHDRAWAL),
        edited=edited or forms.empty(EDIT),
        came_back=came_back or forms.empty(RETURN),
        refused=refused,
        changed=changed,
        may_approve=not visit.roles.isdisjoint(named),
        may_issue=letters.may(visit.officer, view.letter.document.template, Act.ISSUE_LETTERS),
        may_write=letters.may(visit.officer, view.letter.document.template, Act.WRITE_CASES),
        needs_approval=bool(view.approvers),
    )


def page_of_list(
    visit: Visit,
    state: str,
    *,
    refusals: Sequence[str] = (),
    done: int = 0,
    sent: Filled | None = None,
    ticked: Sequence[str] = (),
    status: int = 200,
) -> Response:
    """The letters of one state, with what can be done with several of them at once.

    Args:
        refusals: Why some of those ticked were not done; `done` is how many were.
        sent: What was said of how letters went; asked anew where nothing was.
    """
    lines = views.letters_waiting(visit.inst, visit.officer, state, visit.on)
    may = Act.APPROVE_LETTERS if state == "draft" else Act.ISSUE_LETTERS
    return visit.show(
        "letters/list.html",
        status,
        lines=lines,
        state=state,
        states=STATES,
        may=not visit.roles.isdisjoint(MAY[may]),
        refusals=refusals,
        done=done,
        form=sent or forms.empty(TOGETHER),
        ticked=ticked,
    )


def _fields(view: LetterView) -> tuple[Field, ...]:
    return tuple(_field(gap) for gap in view.lacks if gap.here)


def _field(gap: ToFill) -> Field:
    kind = _KINDS.get(gap.kind, Kind.LINE)
    hint = {"lines": "One on each line.", "rows": f"A row on each line: {gap.columns}."}.get(gap.kind, "")
    return Field(gap.name, gap.title, kind, hint, lines=4 if gap.kind in ("lines", "rows") else 2)


def _as_text(form: Filled, field: Field) -> str:
    value = form.values.get(field.name)
    return value.isoformat() if isinstance(value, date) else str(value or "")
