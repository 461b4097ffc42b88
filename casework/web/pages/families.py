"""A case's two pages for whoever leads: stop everything for the family, and the case told without a name."""

from starlette.responses import Response

from casework.actions import families, stories
from casework.actions.recording import Unclear
from casework.web import forms
from casework.web.forms import Field, Kind
from casework.web.visit import Visit

STOP = (
    Field("reason", "Why is everything stopped?", Kind.LONG, "Whoever works on these cases reads it."),
    Field("review_on", "When will you look at it again?", Kind.DAY),
)
LIFT = (Field("reason", "Why may the work go on?", Kind.LONG, lines=3),)


def family(visit: Visit) -> Response:
    """Stop letters and formal steps for every child of a family, or let them go on."""
    ref = visit.part("case_ref")
    found = families.family(visit.inst, visit.officer, ref, visit.on)
    stopped = any(child.stopped for child in found)
    fields = LIFT if stopped else STOP
    if not visit.is_post:
        return visit.show(
            "heads/family.html", found=found, ref=ref, form=forms.empty(fields), stopped=stopped
        )
    form = forms.fill(fields, visit.form)
    if form.good:
        try:
            if stopped:
                families.lift(visit.inst, visit.by(), ref, reason=form.text("reason"))
                return visit.go(f"/cases/{ref}", "The work may go on with every child of the family.")
            families.stop(
                visit.inst, visit.by(), ref, reason=form.text("reason"), review_on=form.day("review_on")
            )
            return visit.go(
                f"/cases/{ref}", "Everything is stopped for this family. Care and the law's clocks go on."
            )
        except Unclear as unclear:
            form.faults[fields[-1].name] = str(unclear)
    return visit.show("heads/family.html", 422, found=found, ref=ref, form=form, stopped=stopped)


def story(visit: Visit) -> Response:
    """The case on one page, to print: nobody in it is named."""
    found = stories.story(visit.inst, visit.officer, visit.part("case_ref"), visit.on)
    return visit.show("heads/story.html", found=found, ref=visit.part("case_ref"))
