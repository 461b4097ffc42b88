"""Deciding a step: the gates, the questions, a pause before a serious one, answers checked, then recorded."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response

from casework.actions import case_view, decide, drafts
from casework.actions.access import MAY, Act
from casework.actions.case_view import Question, StepView
from casework.actions.drafts import Draft
from casework.domain import CaseworkError, Consideration, Decision, Event
from casework.domain.errors import CaseChanged, StepRefused
from casework.web import forms, wording
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.visit import Visit

TAKE, LEAVE = "take", "leave"
DRAFT = "step:"
_KINDS = {"date": Kind.DAY, "lines": Kind.LONG, "choice": Kind.RADIOS, "text": Kind.LONG, "number": Kind.LINE}
_ANSWER_WORDS = {"yes": "Yes", "no": "No", "not_applicable": "Does not apply here"}
CARDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "notice_to_improve": (
        "A notice to improve is a parent's last chance to take up support before a penalty notice",
        (
            "Has the family been offered help that fits what keeps the child from school?",
            "Have you heard the child, and each parent?",
            "Is there anything about health, special needs or safety that should come first?",
        ),
    ),
    "penalty_notice": (
        "A penalty notice can lead to a fine, and if it is not paid to court",
        (
            "Has sufficient support been given, and is a notice the best tool for this family?",
            "Could another step help the child more?",
            "The authority decides; what you send must be complete and true.",
        ),
    ),
    "prosecution_referral": (
        "Prosecution can end with a parent's criminal record",
        (
            "Has every other route been considered, an education supervision order among them?",
            "Has any notice been paid, or any representation been left unanswered?",
            "Everything you rely on may be read in court by the family.",
        ),
    ),
}


def step(visit: Visit) -> Response:
    """The pages of one step, whichever of them is asked for."""
    view = case_view.step_view(
        visit.inst, visit.officer, visit.part("case_ref"), visit.part("step"), visit.on, _parent_id(visit)
    )
    if not visit.is_post:
        stop_first = view.serious and view.deciding_role and view.may_be_taken
        if stop_first and visit.query("go") != "on":
            heading, points = CARDS[view.key]
            return visit.show("steps/card.html", view=view, heading=heading, points=points)
        return _begin(visit, view)
    if visit.sent("keep"):
        return _keep_draft(visit, view)
    form = forms.fill(_wanted(view, visit), visit.form)
    _refuse_half_answers(view, form)
    if visit.sent("go") == "change" or not form.good:
        return _form_page(visit, view, form, status=200 if form.good else 422)
    if visit.sent("go") != "record":
        return visit.show("steps/check.html", view=view, form=form, rows=_rows(view, form), kept=_kept(form))
    return _decide(visit, view, form)


def _begin(visit: Visit, view: StepView) -> Response:
    """The form, empty or as this officer left it."""
    fields = fields_of(view)
    draft = (
        drafts.of(visit.inst, visit.officer, view.case.ref, _draft_name(view)) if view.deciding_role else None
    )
    if draft is None:
        return _form_page(visit, view, forms.empty(fields))
    return _form_page(visit, view, forms.again(fields, draft.raw, draft.ticked), draft=draft)


def _keep_draft(visit: Visit, view: StepView) -> Response:
    """Keep what is written so far, for its writer alone, or forget it; nothing is decided by it."""
    ref = view.case.ref
    if visit.sent("keep") == "no":
        drafts.throw_away(visit.inst, visit.officer, ref, _draft_name(view))
        return visit.go(f"/cases/{ref}", "The draft is thrown away.")
    form = forms.fill(fields_of(view), visit.form)
    drafts.keep(visit.inst, visit.officer, ref, _draft_name(view), form.raw, form.ticked)
    if visit.sent("keep") == "quietly":
        return Response(status_code=204)
    return visit.go(f"/cases/{ref}", "Your draft is kept, for you alone. Nothing is decided yet.")


def _draft_name(view: StepView) -> str:
    """What a draft of this step about this parent is kept as."""
    return f"{DRAFT}{view.key} {view.parent.contact_id if view.parent else ''}".strip()


def draft_address(draft: Draft) -> tuple[str, str] | None:
    """(title, address) of a draft of a step; None for a draft of something else."""
    if not draft.act.startswith(DRAFT):
        return None
    key, _, parent = draft.act.removeprefix(DRAFT).partition(" ")
    about = f"?{urlencode({'parent': parent})}" if parent else ""
    return f"Decide: {wording.lower_first(wording.stage(key))}", f"/cases/{draft.case_ref}/steps/{key}{about}"


def fields_of(view: StepView) -> tuple[Field, ...]:
    """Everything the step asks: whether to take it, its own details, its questions, and the reasons."""
    choices = [Choice(LEAVE, "No, not now", "Your reasons are kept with the case.")]
    if view.may_be_taken:
        choices.insert(0, Choice(TAKE, "Yes, take this step"))
    return (
        Field("answer", "What do you decide?", Kind.RADIOS, choices=tuple(choices)),
        *(_detail(view, ask.name) for ask in view.asks),
        *(field for question in view.questions for field in _question_fields(view, question)),
        Field(
            "reasons", "Your reasons", Kind.LONG, "They are kept as you write them, and may be read in court."
        ),
    )


def _wanted(view: StepView, visit: Visit) -> tuple[Field, ...]:
    """When the step is not taken, only the answer and the reasons are needed."""
    fields = fields_of(view)
    taken = view.may_be_taken and visit.sent("answer") == TAKE
    return fields if taken else (fields[0], fields[-1])


def _detail(view: StepView, name: str) -> Field:
    ask = next(ask for ask in view.asks if ask.name == name)
    label = wording.upper_first(ask.label)
    if name == "agreed_with":
        people = tuple(Choice(p.contact_id, p.name, p.relationship) for p in view.parents)
        return Field(
            name, "Which parents agreed?", Kind.TICKS, "Nobody can agree for somebody else.", choices=people
        )
    kind = _KINDS[ask.kind]
    choices = tuple(Choice(word, wording.plain(word)) for word in ask.choices)
    hint = "One on each line." if ask.kind == "lines" else ""
    label = label.removesuffix(", one a line")
    return Field(name, label, kind, hint, ask.required, choices, lines=4 if ask.kind == "lines" else 2)


def _question_fields(view: StepView, question: Question) -> tuple[Field, ...]:
    answers = tuple(Choice(a, _ANSWER_WORDS.get(a, wording.plain(a))) for a in question.answers)
    hint = question.told.source + ("" if question.told.verified else " (not verified: confirm it yourself)")
    fields = [
        Field(question.rule, question.says, Kind.RADIOS, hint, choices=answers, missing="Choose an answer"),
        Field(f"{question.rule}:because", "Why do you say so?", Kind.LONG, lines=2, missing="Say why"),
    ]
    if question.needs_evidence:
        shown = tuple(
            Choice(item.ref, f"{wording.short_day(item.event.on)}: {_happened(view, item.event)}")
            for item in reversed(view.case.recorded)
        )
        empty = Choice("", "Choose an entry of the case")
        fields.append(
            Field(
                f"{question.rule}:shown",
                "What on the case shows it?",
                Kind.SELECT,
                choices=(empty, *shown),
                missing="Choose the entry that shows it",
            )
        )
    return tuple(fields)


def _happened(view: StepView, event: Event) -> str:
    named = {p.contact_id: p.name for p in view.parents}
    text = wording.happened(event, named, view.names)
    return text if len(text) < 90 else text[:87] + "..."


def _refuse_half_answers(view: StepView, form: Filled) -> None:
    for ask in view.asks:
        if ask.name in form.faults or ask.name not in {f.name for f in form.fields}:
            continue
        fault = ask.fault({ask.name: _text_of(form, ask.name)})
        if fault:
            form.faults[ask.name] = wording.upper_first(fault)


def _text_of(form: Filled, name: str) -> str:
    if form.ticks(name):
        return "\n".join(form.ticks(name))
    value = form.values.get(name)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _decide(visit: Visit, view: StepView, form: Filled) -> Response:
    decision = Decision(
        stage=view.stage,
        officer=visit.officer,
        role=view.deciding_role,
        on=visit.on,
        yes=form.text("answer") == TAKE,
        reasons=form.text("reasons"),
        parent_id=view.parent.contact_id if view.parent else "",
        considerations=tuple(
            Consideration(
                question.rule,
                form.text(question.rule),
                form.text(f"{question.rule}:because"),
                tuple(filter(None, (form.text(f"{question.rule}:shown"),))),
            )
            for question in view.questions
            if form.text(question.rule)
        ),
        details={ask.name: _text_of(form, ask.name) for ask in view.asks if _text_of(form, ask.name)},
    )
    key = f"form:{visit.sent('key')}"
    try:
        decide.decide(visit.inst, view.case.ref, view.key, decision, seen=visit.seen, key=key)
    except CaseChanged as changed:
        return _form_page(visit, view, form, 409, changed=changed)
    except StepRefused as refused:
        return _form_page(visit, view, form, 422, refused=tuple(refused.missing))
    except CaseworkError as error:
        faults = getattr(error, "faults", None)
        if faults is None:
            raise
        return _form_page(visit, view, form, 422, refused=tuple(faults))
    drafts.throw_away(visit.inst, visit.officer, view.case.ref, _draft_name(view))
    if decision.yes:
        letter = f" A draft of the {view.letter.lower()} waits below." if view.letter else ""
        return visit.go(f"/cases/{view.case.ref}", f"{view.title}: recorded.{letter}")
    return visit.go(
        f"/cases/{view.case.ref}", f"{view.title}: you decided not to take it now. It is recorded."
    )


def _form_page(
    visit: Visit,
    view: StepView,
    form: Filled,
    status: int = 200,
    changed: CaseChanged | None = None,
    refused: tuple[str, ...] = (),
    draft: Draft | None = None,
) -> Response:
    form.fields = fields_of(view)
    return visit.show(
        "steps/form.html",
        status,
        view=view,
        form=form,
        changed=changed,
        refused=refused,
        draft=draft,
        may_override=not visit.roles.isdisjoint(MAY[Act.OVERRIDE_GATES]),
        decides=wording.by_whom(view.decided_by),
    )


def _rows(view: StepView, form: Filled) -> list[tuple[str, str]]:
    """What was answered, as a person checks it."""
    shown = {field.name: field for field in form.fields}
    rows = []
    for name, field in shown.items():
        if field.kind is Kind.TICKS:
            texts = {choice.value: choice.text for choice in field.choices}
            answer = ", ".join(texts[v] for v in form.ticks(name))
        elif field.kind in (Kind.RADIOS, Kind.SELECT):
            answer = next((c.text for c in field.choices if c.value and c.value == form.text(name)), "")
        elif field.kind is Kind.DAY:
            day = form.day_if_given(name)
            answer = wording.day(day) if day else ""
        else:
            answer = form.text(name)
        rows.append((field.label, answer or "Not given"))
    return rows


def _kept(form: Filled) -> list[tuple[str, str]]:
    """The answers again, as the hidden fields of the page that checks them."""
    pairs = list(form.raw.items())
    pairs += [(name, value) for name, values in form.ticked.items() for value in values]
    return pairs


def _parent_id(visit: Visit) -> str:
    return visit.sent("parent") if visit.is_post else visit.query("parent")
