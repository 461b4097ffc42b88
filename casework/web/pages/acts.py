"""What staff record on a case: each act its fields, its roles and the one action it calls.

All are drawn by one template and answered by one function, so that the same things hold of each: nothing has
a default answer, sending a form twice records it once, and a second writer is shown what changed and keeps
their text.
"""

from collections.abc import Callable, Mapping

from starlette.responses import Response

from casework.actions import case_view, cases, closing, drafts, safeguarding, support, watch
from casework.actions.access import MAY, Act
from casework.actions.case_view import Around
from casework.actions.drafts import Draft
from casework.actions.recording import Unclear
from casework.domain import Role
from casework.domain.errors import CaseChanged
from casework.web import forms
from casework.web.forms import Field, Filled, Kind
from casework.web.pages import asked, la_acts, visiting, written
from casework.web.pages.recording import Recording
from casework.web.visit import Visit

_WRITE, _OWN, _DSL = MAY[Act.WRITE_CASES], MAY[Act.OWN_CASES], MAY[Act.WRITE_SEALED]
_OVERRIDE = MAY[Act.OVERRIDE_GATES]

_LISTED = (
    Recording(
        "document",
        "Write a letter or form",
        "Draft it",
        "It is drafted. Open it under Letters.",
        _WRITE,
        written.document_fields,
        written.draft_document,
        intro="It is made from what the case and the register say. What it lacks is asked on its own page.",
    ),
    Recording(
        "call",
        "Record a call or message",
        "Record it",
        "The contact is recorded.",
        _WRITE,
        asked.call_fields,
        asked.record_call,
    ),
    Recording(
        "set-out",
        "Set out on a home visit",
        "Set out",
        "You are out on a visit. Say when you are back.",
        _WRITE,
        visiting.set_out_fields,
        visiting.set_out,
        intro="Two members of staff go. Until somebody says you are back, start pages show that you are out.",
        first=visiting.risk_note,
        drafts=False,
    ),
    Recording(
        "back",
        "Back from a home visit",
        "Record it",
        "You are back, and the visit is recorded.",
        _WRITE,
        visiting.back_fields,
        visiting.back,
        about=("visit_id",),
        listed=False,
    ),
    Recording(
        "visit",
        "Record a home visit afterwards",
        "Record the visit",
        "The visit is recorded.",
        _WRITE,
        asked.visit_fields,
        asked.record_visit,
        intro="Two members of staff, the risk note read first.",
    ),
    Recording(
        "meeting",
        "Arrange a meeting",
        "Arrange it",
        "The meeting is arranged.",
        _WRITE,
        asked.meeting_fields,
        asked.arrange_meeting,
    ),
    Recording(
        "meeting-held",
        "Record a meeting",
        "Record the meeting",
        "The meeting is recorded.",
        _WRITE,
        asked.meeting_held_fields,
        asked.record_meeting,
        about=("meeting_id",),
    ),
    Recording(
        "told",
        "Record that a professional was told",
        "Record it",
        "It is recorded that they were told.",
        _WRITE,
        asked.told_fields,
        asked.record_told,
        about=("task",),
    ),
    Recording(
        "barrier",
        "Record a barrier",
        "Record the barrier",
        "The barrier is recorded.",
        _WRITE,
        asked.barrier_fields,
        lambda inst, by, ref, form: support.barrier(inst, by, ref, form.text("barrier"), form.text("says")),
        "Support",
    ),
    Recording(
        "offer",
        "Offer support",
        "Record the offer",
        "The offer is recorded.",
        _WRITE,
        asked.offer_fields,
        asked.record_offer,
        "Support",
    ),
    Recording(
        "offer-outcome",
        "Say what became of an offer",
        "Record the outcome",
        "The outcome is recorded.",
        _WRITE,
        asked.outcome_fields,
        lambda inst, by, ref, form: support.offer_outcome(
            inst,
            by,
            ref,
            offer_id=form.text("offer_id"),
            outcome=form.text("outcome"),
            says=form.text("says"),
        ),
        "Support",
        about=("offer_id",),
    ),
    Recording(
        "agency",
        "Record an agency's part",
        "Record it",
        "The agency's part is recorded.",
        _WRITE,
        asked.agency_fields,
        lambda inst, by, ref, form: support.agency(
            inst,
            by,
            ref,
            agency=form.text("agency"),
            lead_practitioner=form.text("lead_practitioner"),
            plan=form.text("plan"),
            consent=form.text("consent"),
            outcome=form.text("outcome"),
        ),
        "Support",
    ),
    Recording(
        "review",
        "Hold a review",
        "Record the review",
        "The review is recorded.",
        _WRITE,
        asked.review_fields,
        lambda inst, by, ref, form: cases.hold_review(
            inst,
            by,
            ref,
            outcome=form.text("outcome"),
            pupil_view=form.text("pupil_view"),
            parent_views=form.text("parent_views"),
            next_review_on=form.day_if_given("next_review_on"),
        ),
        "Support",
        "The pupil's voice and each parent's view are part of every review.",
    ),
    Recording(
        "note",
        "Add a note",
        "Add the note",
        "The note is on the record.",
        _WRITE,
        lambda around: (Field("text", "Note", Kind.LONG, "Everyone who works on this case can read it."),),
        lambda inst, by, ref, form: cases.note(inst, by, ref, form.text("text")),
    ),
    Recording(
        "task",
        "Add a task",
        "Add the task",
        "The task is added.",
        _WRITE,
        asked.task_fields,
        lambda inst, by, ref, form: cases.add_task(
            inst,
            by,
            ref,
            title=form.text("title"),
            due_on=form.day("due_on"),
            for_officer=form.text("officer"),
        ),
    ),
    Recording(
        "task-done",
        "Finish a task",
        "Finish the task",
        "The task is finished.",
        _WRITE,
        asked.task_done_fields,
        lambda inst, by, ref, form: cases.finish_task(
            inst, by, ref, task_id=form.text("task"), outcome=form.text("outcome")
        ),
        about=("task",),
    ),
    Recording(
        "received",
        "Attach something received",
        "Attach it",
        "It is attached to the case.",
        _WRITE,
        asked.received_fields,
        asked.record_received,
    ),
    Recording(
        "flag",
        "Put a concern to the DSL",
        "Send it to the DSL",
        "The DSL has it. What you wrote is sealed.",
        _WRITE,
        asked.flag_fields,
        lambda inst, by, ref, form: safeguarding.flag(inst, by, ref, form.text("flag"), form.text("words")),
        drafts=False,
    ),
    Recording(
        "staff-concern",
        "Put a concern about staff to the headteacher",
        "Send it to the headteacher",
        "The headteacher alone has it. Nothing of it stands on the case.",
        _WRITE,
        lambda around: (
            Field(
                "words",
                "What is the concern?",
                Kind.LONG,
                "Who, what, where and when, and exact words. If it is about the headteacher, do not write it "
                "here: go to the chair of governors or the trust.",
            ),
        ),
        lambda inst, by, ref, form: watch.about_staff(inst, by, ref, form.text("words")),
        intro="About any member of staff, or the safeguarding lead. The DSL does not see it.",
        drafts=False,
    ),
    Recording(
        "mark-change",
        "Review a changed mark",
        "Record what follows",
        "The changed mark is reviewed.",
        _WRITE,
        asked.mark_fields,
        lambda inst, by, ref, form: cases.review_mark_change(
            inst, by, ref, session=form.text("session"), outcome=form.text("outcome")
        ),
        listed=False,
    ),
    Recording(
        "review-date",
        "Set the next review",
        "Set the date",
        "The next review is set.",
        _WRITE,
        lambda around: (
            Field("review_on", "When is the next review?", Kind.DAY),
            Field("reason", "Why then?", required=False),
        ),
        lambda inst, by, ref, form: cases.schedule_review(
            inst, by, ref, form.day("review_on"), form.text("reason")
        ),
        "The case",
    ),
    Recording(
        "owner",
        "Give the case to someone",
        "Hand it over",
        "The case has a new owner.",
        _OWN,
        lambda around: (
            asked.which_officer(around, "Who carries the case from now on?"),
            Field("reason", "Why?", required=False),
        ),
        lambda inst, by, ref, form: cases.assign(inst, by, ref, form.text("officer"), form.text("reason")),
        "The case",
    ),
    Recording(
        "pause",
        "Pause the case",
        "Pause it",
        "The case is paused.",
        _WRITE,
        lambda around: (Field("until", "Until when?", Kind.DAY), asked.REASON),
        lambda inst, by, ref, form: cases.pause(inst, by, ref, form.day("until"), form.text("reason")),
        "The case",
        "Nothing is asked of the family until then. Statutory clocks run on.",
    ),
    Recording(
        "resume",
        "End the pause",
        "Carry on",
        "The pause has ended.",
        _WRITE,
        lambda around: (asked.REASON,),
        lambda inst, by, ref, form: cases.resume(inst, by, ref, form.text("reason")),
        listed=False,
    ),
    Recording(
        "close",
        "Close the case",
        "Close it",
        "The case is closed.",
        _OWN,
        lambda around: (
            Field("outcome", "How does it end?", Kind.RADIOS, choices=asked.worded(cases.CLOSINGS)),
            asked.REASON,
        ),
        lambda inst, by, ref, form: cases.close(
            inst, by, ref, outcome=form.text("outcome"), reason=form.text("reason")
        ),
        "The case",
    ),
    Recording(
        "stop",
        "Stop letters and formal steps",
        "Stop them",
        "Letters and formal steps are stopped until somebody has looked.",
        _WRITE | {Role.EWO},
        asked.stop_fields,
        asked.note_stop,
        "The case",
        intro="For a death, a bereavement, new medical evidence, or an objection not answered yet.",
        about=("condition", "parent_id"),
    ),
    Recording(
        "clear-stop",
        "Let letters and steps go on",
        "Let them go on",
        "Letters and steps may go on.",
        _OWN | {Role.EWO},
        asked.clear_stop_fields,
        asked.clear_stop,
        "The case",
        about=("stop",),
    ),
    Recording(
        "reopen",
        "Open the case again",
        "Open it again",
        "The case is open again.",
        _OWN,
        lambda around: (asked.REASON,),
        lambda inst, by, ref, form: cases.reopen(inst, by, ref, form.text("reason")),
        listed=False,
    ),
    Recording(
        "override",
        "Set guidance or policy aside for one step",
        "Set it aside",
        "It is set aside for that step until the day you gave. Law cannot be set aside.",
        _OVERRIDE,
        asked.override_fields,
        asked.override,
        intro="Your name and reasons stand beside the step for as long as the case is kept.",
        about=("gate", "step", "parent_id"),
        listed=False,
    ),
    Recording(
        "dsl-review",
        "Review a safeguarding concern",
        "Record your decision",
        "Your decision is recorded; your reasons are sealed.",
        _DSL,
        asked.dsl_review_fields,
        lambda inst, by, ref, form: safeguarding.review(
            inst,
            by,
            ref,
            flag=form.text("flag"),
            outcome=form.text("outcome"),
            words=form.text("words"),
            next_review_on=form.day_if_given("next_review_on"),
        ),
        "Safeguarding",
        drafts=False,
    ),
    Recording(
        "hold",
        "Hold part of the work",
        "Place the hold",
        "The hold is in place. Others see only what is held, and until when.",
        _DSL,
        asked.hold_fields,
        lambda inst, by, ref, form: safeguarding.hold(
            inst,
            by,
            ref,
            scope=form.text("scope"),
            review_on=form.day("review_on"),
            words=form.text("words"),
            parent_id=asked.whom(form),
        ),
        "Safeguarding",
        drafts=False,
    ),
    Recording(
        "lift",
        "Lift a hold",
        "Lift it",
        "The hold is lifted.",
        _DSL,
        asked.lift_fields,
        lambda inst, by, ref, form: safeguarding.lift(inst, by, ref, form.text("hold")),
        "Safeguarding",
    ),
)
ACTS: Mapping[str, Recording] = {act.path: act for act in (*_LISTED, *la_acts.LISTED)}


def handler(act: Recording) -> Callable[[Visit], Response]:
    """The page of one act."""
    return lambda visit: record(visit, act)


def record(visit: Visit, act: Recording) -> Response:
    """Draw the form of an act, or record what it says."""
    ref = visit.part("case_ref")
    around = case_view.around(visit.inst, visit.officer, ref, visit.on)
    fields = act.fields(around)
    if nothing := next((f for f in fields if f.required and f.kind is Kind.RADIOS and not f.choices), None):
        says = f"{nothing.label.rstrip('?')}: this case has none to choose from."
        return visit.show("problem.html", 422, heading=act.title, says=says, back=f"/cases/{ref}")
    if not visit.is_post:
        given = {name: visit.query(name) for name in act.about}
        draft = drafts.of(visit.inst, visit.officer, ref, act.path) if act.drafts else None
        if draft is not None:
            kept = forms.again(fields, {**draft.raw, **{k: v for k, v in given.items() if v}}, draft.ticked)
            return _page(visit, act, around, kept, draft=draft)
        return _page(visit, act, around, forms.empty(fields, given))
    form = forms.fill(fields, visit.form, around.school.timezone)
    if act.drafts and visit.sent("keep"):
        return _keep_draft(visit, act, ref, form)
    if not form.good:
        return _page(visit, act, around, form, status=422)
    try:
        act.run(visit.inst, visit.by(), ref, form)
    except Unclear as unclear:
        form.faults[fields[-1].name] = str(unclear)
        return _page(visit, act, around, form, status=422)
    except CaseChanged as changed:
        around = case_view.around(visit.inst, visit.officer, ref, visit.on)
        return _page(visit, act, around, form, status=409, changed=changed)
    if act.drafts:
        drafts.throw_away(visit.inst, visit.officer, ref, act.path)
    return visit.go(f"/cases/{ref}", act.done)


def _keep_draft(visit: Visit, act: Recording, ref: str, form: Filled) -> Response:
    """Keep what is written so far, or forget it; a script that keeps it now and then wants no page."""
    if visit.sent("keep") == "no":
        drafts.throw_away(visit.inst, visit.officer, ref, act.path)
        return visit.go(f"/cases/{ref}", "The draft is thrown away.")
    drafts.keep(visit.inst, visit.officer, ref, act.path, form.raw, form.ticked)
    if visit.sent("keep") == "quietly":
        return Response(status_code=204)
    return visit.go(f"/cases/{ref}", "Your draft is kept, for you alone. Nothing is recorded yet.")


def _page(
    visit: Visit,
    act: Recording,
    around: Around,
    form: Filled,
    status: int = 200,
    changed: CaseChanged | None = None,
    draft: Draft | None = None,
) -> Response:
    return visit.show(
        "act.html",
        status,
        act=act,
        around=around,
        form=form,
        changed=changed,
        draft=draft,
        multipart=any(f.kind is Kind.FILE for f in form.fields),
        still_open=closing.still_open(around.case) if act.path == "close" else (),
        first=act.first(around),
    )
