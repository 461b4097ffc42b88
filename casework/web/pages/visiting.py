"""Home visits on pages: what must be known before, who sets out, and what came of it once they are back."""

from casework.actions import visits
from casework.actions.case_view import Around
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.domain import Case
from casework.web import wording
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.pages.asked import WORDS, YES_NO, Fields, which_officer, which_parent, whom, worded

READ = (Choice("yes", "Yes, I have read it"), Choice("no", "No"))


def risk_note(around: Around) -> tuple[str, ...]:
    """What the case knows that whoever goes must know first."""
    return visits.risk_note(around.case, around.parents)


def set_out_fields(around: Around) -> Fields:
    """The note read, two names, whom they go to see, when they expect to be back."""
    return (
        Field("risk_note_read", "Have you read what stands above?", Kind.RADIOS, choices=READ),
        which_officer(around, "Who goes with you?"),
        which_parent(around, "Whom do you go to see?", nobody="The pupil"),
        Field("back_by", "When do you expect to be back?", Kind.MOMENT),
    )


def set_out(inst: Installation, by: By, ref: str, form: Filled) -> Case:
    """Check out."""
    return visits.set_out(
        inst,
        by,
        ref,
        second_officer=form.text("officer"),
        back_by=form.moment("back_by"),
        parent_id=whom(form),
        risk_note_read=form.yes_no("risk_note_read") is True,
    )


def back_fields(around: Around) -> Fields:
    """Which visit, what came of it, and whether the child was seen."""
    under_way = tuple(
        Choice(
            visit.visit_id,
            f"{around.names.get(visit.by, visit.by)} and "
            f"{around.names.get(visit.second_officer, visit.second_officer)}",
            f"Back by {wording.clock_time(visit.back_by)}",
        )
        for visit in visits.out(around.case)
    )
    return (
        Field("visit_id", "Who is back?", Kind.RADIOS, "Both of them.", choices=under_way),
        Field(
            "outcome",
            "What came of it?",
            Kind.RADIOS,
            choices=worded(("seen", "spoken", "no_answer", "refused")),
        ),
        Field(
            "child_seen",
            "Did you see the child?",
            Kind.RADIOS,
            "Speaking to a parent is not seeing the child.",
            choices=YES_NO,
        ),
        WORDS,
    )


def back(inst: Installation, by: By, ref: str, form: Filled) -> Case:
    """Check in."""
    return visits.back(
        inst,
        by,
        ref,
        visit_id=form.text("visit_id"),
        outcome=form.text("outcome"),
        child_seen=form.yes_no("child_seen"),
        says=form.text("says"),
    )
