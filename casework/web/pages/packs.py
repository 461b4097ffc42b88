"""Packs of a case: what each kind holds and lacks, made here, answered, sent, and its redacted twin."""

from collections.abc import Callable, Mapping

from starlette.responses import Response

from casework.actions import evidence_packs, pack_view, redactions
from casework.actions.access import MAY, Act
from casework.actions.evidence_making import media_type_of
from casework.actions.pack_view import PackView
from casework.actions.recording import By
from casework.actions.redactions import ToTakeOut
from casework.actions.referrals import acts_for_la_alone
from casework.domain import CaseworkError
from casework.domain.errors import CaseChanged
from casework.domain.evidence import Outcome
from casework.web import forms, wording
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.pages.case import as_download
from casework.web.visit import Visit

COLOURS = {
    Outcome.PASSES: ("Ok", "green"),
    Outcome.WARNS: ("Look at it", "yellow"),
    Outcome.NEEDS_A_PERSON: ("A person answers", "blue"),
    Outcome.BLOCKS: ("Stops it", "red"),
}
YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))
SENDING = (
    Field(
        "method",
        "How does it go?",
        Kind.RADIOS,
        choices=(
            Choice("portal", "The authority's portal"),
            Choice("secure_email", "Secure e-mail"),
            Choice("post", "Post"),
            Choice("by_hand", "By hand"),
        ),
    ),
    Field("receipt", "The authority's own reference", hint="If it gave one.", required=False),
)
TAKING_OUT = (
    Field("what", "What is taken out?", hint="As the log says it, such as: the other parent's address."),
    Field(
        "words",
        "The words themselves",
        hint="Taken out wherever they stand. Leave it empty to withhold a whole page.",
        required=False,
    ),
    Field("page", "Or the number of a page to withhold", required=False),
    Field("why", "Why?", Kind.LONG, lines=2),
)


def packs(visit: Visit) -> Response:
    """The kinds of pack a case can have and those made; of one kind, everything found about it."""
    return _kinds(visit, visit.query("kind"), visit.query("parent"))


def make(visit: Visit) -> Response:
    """Make a pack's files and fix them."""
    ref, kind, parent = visit.part("case_ref"), visit.sent("kind"), visit.sent("parent")
    try:
        made = evidence_packs.prepare(visit.inst, visit.by(), ref, kind, parent)
    except CaseworkError as refused:
        return _kinds(visit, kind, parent, refused=str(refused), status=422)
    return visit.go(f"/cases/{ref}/packs/{made.pack_id}", "The pack is made. Look at its checks and files.")


def release(visit: Visit) -> Response:
    """As the DSL: let one sealed thing go in one kind of pack."""
    ref, kind, parent = visit.part("case_ref"), visit.sent("kind"), visit.sent("parent")
    fields = _release_fields(visit, kind)
    form = forms.fill(fields, visit.form)
    if not form.good:
        return _kinds(visit, kind, parent, released=form, status=422)
    try:
        material, reason = form.text("material"), form.text("reason")
        evidence_packs.release(visit.inst, visit.by(), ref, material=material, pack=kind, reason=reason)
    except CaseworkError as refused:
        return _kinds(visit, kind, parent, released=form, refused=str(refused), status=422)
    return visit.go(f"/cases/{ref}/packs?kind={kind}&parent={parent}", "It may go in this kind of pack.")


def pack(visit: Visit) -> Response:
    """One pack: its files, what keeps it back, what is asked of a person, and what became of it."""
    return _page(visit, _view(visit))


def answer(visit: Visit) -> Response:
    """Answer what only a person can say about a pack."""
    view = _view(visit)
    place = visit.sent("place")
    form = forms.fill(_question(place, "Answer"), visit.form)
    if not form.good:
        return _page(visit, view, filled={f"answer {place}": form}, status=422)

    def record(by: By) -> object:
        return evidence_packs.answer(
            visit.inst,
            by,
            visit.part("case_ref"),
            view.made.pack_id,
            check=visit.sent("check"),
            answer=form.text(f"answer-{place}"),
            because=form.text(f"because-{place}"),
        )

    return _do(visit, view, record, "Your answer is recorded.", {f"answer {place}": form})


def submit(visit: Visit) -> Response:
    """Record that a pack goes to the authority; one with a stop cannot."""
    view = _view(visit)
    form = forms.fill(SENDING, visit.form)
    if not form.good:
        return _page(visit, view, filled={"sending": form}, status=422)

    def record(by: By) -> object:
        return evidence_packs.submit(
            visit.inst,
            by,
            visit.part("case_ref"),
            view.made.pack_id,
            method=form.text("method"),
            receipt=form.text("receipt"),
        )

    return _do(
        visit, view, record, "It is recorded as sent, with every check as it stood.", {"sending": form}
    )


def returned(visit: Visit) -> Response:
    """Record that the authority sent a pack back."""
    view = _view(visit)
    form = forms.fill(_return_fields(view), visit.form)
    if not form.good:
        return _page(visit, view, filled={"sent_back": form}, status=422)
    reasons = tuple(line.strip() for line in form.text("reasons").splitlines() if line.strip())

    def record(by: By) -> object:
        return evidence_packs.returned(
            visit.inst,
            by,
            visit.part("case_ref"),
            view.made.pack_id,
            reasons=reasons,
            checks=form.ticks("checks"),
        )

    return _do(visit, view, record, "It is recorded. A task says what to mend.", {"sent_back": form})


def redact(visit: Visit) -> Response:
    """Make the redacted twin of a pack."""
    view = _view(visit)
    form = forms.fill(TAKING_OUT, visit.form)
    words, page = form.text("words"), form.text("page")
    if form.good and bool(words) == bool(page):
        form.faults["words"] = "Enter the words to take out, or the number of a page, not both"
    if page and not page.isdigit():
        form.faults["page"] = "The page must be a number, such as 3"
    if not form.good:
        return _page(visit, view, filled={"taking_out": form}, status=422)
    asked = ToTakeOut(form.text("what"), form.text("why"), words, int(page or 0))

    def record(by: By) -> object:
        return redactions.redact(visit.inst, by, visit.part("case_ref"), view.made.pack_id, [asked])

    said = "The redacted copy is made. Read its log, and look at every page that is a picture yourself."
    return _do(visit, view, record, said, {"taking_out": form})


def file(visit: Visit) -> Response:
    """One file of a pack, saved under the name it was made with."""
    name = visit.part("name")
    content = pack_view.file_of(
        visit.inst, visit.officer, visit.part("case_ref"), visit.part("pack_id"), name
    )
    kind = "application/json" if name.endswith(".json") else media_type_of(name)
    return as_download(content, name, kind)


def _view(visit: Visit) -> PackView:
    return pack_view.pack_view(
        visit.inst, visit.officer, visit.part("case_ref"), visit.part("pack_id"), visit.on
    )


def _do(
    visit: Visit,
    view: PackView,
    act: Callable[[By], object],
    said: str,
    filled: Mapping[str, Filled] | None = None,
) -> Response:
    try:
        act(visit.by())
    except CaseChanged as changed:
        return _page(visit, _view(visit), changed=changed, status=409, filled=filled)
    except CaseworkError as refused:
        return _page(visit, _view(visit), refused=str(refused), status=422, filled=filled)
    return visit.go(f"/cases/{visit.part('case_ref')}/packs/{view.made.pack_id}", said)


def _page(
    visit: Visit,
    view: PackView,
    status: int = 200,
    refused: str = "",
    changed: CaseChanged | None = None,
    filled: Mapping[str, Filled] | None = None,
) -> Response:
    ref = visit.part("case_ref")
    kinds, parents = evidence_packs.choices(visit.inst, visit.officer, ref, visit.on)
    checks = view.looked.checks if view.looked else ()
    given = filled or {}
    answers = [
        (check, place, given.get(f"answer {place}") or forms.empty(_question(place, check.question)))
        for place, check in ((str(n), c) for n, c in enumerate(checks, 1) if c.question)
    ]
    return visit.show(
        "packs/pack.html",
        status,
        case_ref=ref,
        view=view,
        title=kinds.get(view.made.pack, wording.plain(view.made.pack)),
        about=parents.get(view.made.parent_id, ""),
        colours=COLOURS,
        answers=answers,
        sending=given.get("sending") or forms.empty(SENDING),
        taking_out=given.get("taking_out") or forms.empty(TAKING_OUT),
        sent_back=given.get("sent_back") or forms.empty(_return_fields(view)),
        refused=refused,
        changed=changed,
        may_write=not visit.roles.isdisjoint(MAY[Act.WRITE_CASES]),
        may_send=not visit.roles.isdisjoint(MAY[Act.ISSUE_LETTERS]),
    )


def _kinds(
    visit: Visit,
    kind: str,
    parent: str,
    released: Filled | None = None,
    refused: str = "",
    status: int = 200,
) -> Response:
    ref = visit.part("case_ref")
    choices, parents = evidence_packs.choices(visit.inst, visit.officer, ref, visit.on)
    of_la = acts_for_la_alone(visit.officer)
    found = None
    if kind and not of_la:
        found = evidence_packs.check(visit.inst, visit.officer, ref, kind, visit.on, parent)
    return visit.show(
        "packs/list.html",
        status,
        case_ref=ref,
        kinds=choices,
        to_make={} if of_la else choices,
        parents=parents,
        made=evidence_packs.packs_of(visit.inst, visit.officer, ref),
        found=found,
        kind=kind,
        parent=parent,
        about=parents.get(parent, ""),
        colours=COLOURS,
        released=released or forms.empty(_release_fields(visit, kind) if found else ()),
        refused=refused,
        may_write=not visit.roles.isdisjoint(MAY[Act.WRITE_CASES]),
    )


def _release_fields(visit: Visit, kind: str) -> tuple[Field, ...]:
    """What the DSL chooses from and why; nobody else sees that there is anything."""
    if visit.roles.isdisjoint(MAY[Act.WRITE_SEALED]):
        return ()
    held = pack_view.sealed_waiting(visit.inst, visit.officer, visit.part("case_ref"), kind, visit.on)
    if not held:
        return ()
    choices = tuple(
        Choice(item.document_id or item.source, item.title, f"Of {wording.day(item.on)}") for item in held
    )
    return (
        Field("material", "What may go in this kind of pack?", Kind.RADIOS, choices=choices),
        Field("reason", "Why must they have it?", Kind.LONG, lines=2),
    )


def _question(place: str, question: str) -> tuple[Field, ...]:
    return (
        Field(f"answer-{place}", question, Kind.RADIOS, choices=YES_NO, missing="Answer yes or no"),
        Field(f"because-{place}", "How do you know?", Kind.LONG, lines=2),
    )


def _return_fields(view: PackView) -> tuple[Field, ...]:
    checks = tuple(Choice(name, wording.upper_first(says)) for name, says in view.can_lack.items())
    return (
        Field("reasons", "Why did it come back?", Kind.LONG, "One reason on each line, in their words."),
        Field(
            "checks",
            "What did it lack?",
            Kind.TICKS,
            "Every school of the authority is asked for these from now on. They say nothing of a family.",
            required=False,
            choices=checks,
        ),
    )
