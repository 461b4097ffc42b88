"""The page of a case, and the files attached to it."""

from datetime import date

from starlette.responses import Response

from casework.actions import case_view, families, oversight, reasons
from casework.actions.access import MAY, Act
from casework.actions.case_view import CaseView
from casework.actions.recording import Unclear
from casework.domain import Recorded, Role
from casework.domain import events as e
from casework.web import forms, wording
from casework.web.drawing import chart_of
from casework.web.forms import Choice, Field, Kind
from casework.web.pages.acts import ACTS
from casework.web.uploads import ENDINGS, media_type, safe_name
from casework.web.visit import Visit

AT_ONCE = 40
WHAT_IF = (
    Field(
        "suppose",
        "Suppose the child is",
        Kind.RADIOS,
        choices=(
            Choice("absent", "absent on every school day"),
            Choice("present", "at school on every school day"),
        ),
    ),
    Field("until", "Until", Kind.DAY),
)
SCHOOLS_OWN = (
    *(e.SafeguardingFlagged, e.DslReviewed, e.NoteAdded, e.TaskAdded, e.TaskDone),
    *(e.DslFilePassedOn, e.DslFileArrived),
)
"""What the school writes for itself alone: an LA is not shown it."""


def case(visit: Visit) -> Response:
    """Where a case stands, why, the register, what may come next, people, letters, and what happened."""
    on = _day_asked(visit)
    view = case_view.case_view(visit.inst, visit.officer, visit.part("case_ref"), on, visit.on)
    past = on < visit.on
    oversight.log_reading(visit.inst, visit.officer, view.case.ref, visit.on)
    outside = (
        () if visit.roles <= {Role.EWO} else oversight.readings(visit.inst, visit.officer, view.case.ref)
    )
    shown = visit.query("show")
    everything = visit.query("all") == "yes"
    entries = _timeline(view, shown)
    if visit.roles <= {Role.EWO}:
        entries = [item for item in entries if not isinstance(item.event, SCHOOLS_OWN)]
    return visit.show(
        "case.html",
        view=view,
        chart=chart_of(view.picture.weeks),
        acts=[act for act in ACTS.values() if not past and not visit.roles.isdisjoint(act.roles)],
        past=past,
        family_stop=families.stopped_by(view.case),
        outside=outside,
        timeline=entries if everything else entries[:AT_ONCE],
        more=0 if everything else max(0, len(entries) - AT_ONCE),
        show=shown if shown in wording.GROUPS else "",
        may_write=not past and not visit.roles.isdisjoint(MAY[Act.WRITE_CASES]),
        may_issue=not past and not visit.roles.isdisjoint(MAY[Act.ISSUE_LETTERS]),
        may_unseal=not past and not visit.roles.isdisjoint(MAY[Act.READ_SEALED]),
    )


def _day_asked(visit: Visit) -> date:
    """The day the case is shown as of: today, or an earlier one."""
    try:
        return min(date.fromisoformat(visit.query("on")), visit.on)
    except ValueError:
        return visit.on


def what_if(visit: Visit) -> Response:
    """What would follow from absence, or from attending, until a day; nothing is recorded."""
    ref = visit.part("case_ref")
    around = case_view.around(visit.inst, visit.officer, ref, visit.on)
    if not visit.is_post:
        return visit.show("what_if.html", around=around, form=forms.empty(WHAT_IF), found=None)
    form = forms.fill(WHAT_IF, visit.form)
    found = None
    if form.good:
        try:
            found = reasons.supposed_until(
                visit.inst,
                visit.officer,
                ref,
                visit.on,
                form.day("until"),
                absent=form.text("suppose") == "absent",
            )
        except Unclear as unclear:
            form.faults["until"] = str(unclear)
    return visit.show("what_if.html", 200 if found else 422, around=around, form=form, found=found)


def received(visit: Visit) -> Response:
    """Download something received, under a name that is safe anywhere."""
    event, content = case_view.received_file(
        visit.inst, visit.officer, visit.part("case_ref"), visit.part("item_id")
    )
    kind = media_type(content)
    ending = ENDINGS.get(kind, "bin")
    name = safe_name(f"{visit.part('case_ref')} {event.item_id} {event.item}.x", ending)
    return as_download(content, name, kind or "application/octet-stream")


def as_download(content: bytes, name: str, kind: str) -> Response:
    """A file that a browser saves and does not open by itself."""
    return Response(
        content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def _timeline(view: CaseView, shown: str) -> list[Recorded]:
    kinds = wording.GROUPS.get(shown)
    newest = sorted(view.case.recorded, key=lambda item: (item.event.on, item.sequence), reverse=True)
    return [item for item in newest if kinds is None or isinstance(item.event, kinds)]
