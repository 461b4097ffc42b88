"""Handing over the cases of somebody who leaves, several at once."""

from starlette.responses import Response

from casework.actions import handing_over, officers
from casework.actions.recording import Unclear
from casework.web import forms, wording
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.visit import Visit


def hand_over(visit: Visit) -> Response:
    """Whose cases, to whom, and why."""
    owner_id = visit.sent("from") or visit.query("from")
    form = (
        forms.fill(_fields(visit, owner_id), visit.form)
        if visit.is_post
        else forms.empty(_fields(visit, owner_id))
    )
    if not visit.is_post or not form.good:
        return _page(visit, owner_id, form, 422 if visit.is_post else 200)
    try:
        handed = handing_over.hand_over(
            visit.inst, visit.by(), form.ticks("case"), form.text("officer"), form.text("reason")
        )
    except Unclear as unclear:
        form.faults["reason"] = str(unclear)
        return _page(visit, owner_id, form, 422)
    said = f"{wording.how_many(handed.done, 'case')} handed over."
    if handed.refusals:
        return _page(visit, owner_id, form, 422, refusals=(*handed.refusals, said))
    return visit.go(f"/hand-over?from={owner_id}" if owner_id else "/hand-over", said)


def _fields(visit: Visit, owner_id: str) -> tuple[Field, ...]:
    carried = handing_over.carried_by(visit.inst, visit.officer, owner_id, visit.on) if owner_id else ()
    chosen = tuple(
        Choice(
            line.case_ref,
            f"{line.pupil}, {wording.year_group(line.year_group)}",
            f"{wording.stage(line.stage)}. Next review: {wording.short_day(line.review_on) or 'none set'}",
        )
        for line in carried
    )
    names = officers.colleagues(visit.inst, visit.officer, visit.on)
    to = sorted(((key, name) for key, name in names.items() if key != owner_id), key=lambda item: item[1])
    return (
        Field("case", "Which cases?", Kind.TICKS, choices=chosen, missing="Tick the cases to hand over"),
        Field(
            "officer",
            "To whom?",
            Kind.SELECT,
            choices=(Choice("", "Choose a person"), *(Choice(*item) for item in to)),
        ),
        Field("reason", "Why?", hint="It stands on each case."),
    )


def _page(
    visit: Visit, owner_id: str, form: Filled, status: int = 200, refusals: tuple[str, ...] = ()
) -> Response:
    owners = handing_over.owners(visit.inst, visit.officer, visit.on)
    whose = next((owner for owner in owners if owner.officer_id == owner_id), None)
    return visit.show("hand_over.html", status, owners=owners, whose=whose, form=form, refusals=refusals)
