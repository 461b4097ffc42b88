"""The DSL's pages: what waits, and what is sealed, each reading kept."""

from starlette.responses import Response

from casework.actions import case_view, safeguarding, views, watch
from casework.actions.views import CaseFilter
from casework.web.visit import Visit


def queue(visit: Visit) -> Response:
    """Concerns to review, holds with their dates, and the tasks that are the DSL's."""
    found = {
        flag: views.caseload(visit.inst, visit.officer, CaseFilter(visit.on, flag=flag), "last", size=200)
        for flag in ("with_dsl", "held")
    }
    severe = views.caseload(
        visit.inst, visit.officer, CaseFilter(visit.on, trigger="severely_absent"), "last", size=50
    )
    return visit.show(
        "safeguarding/queue.html",
        concerns=found["with_dsl"].lines,
        held=found["held"].lines,
        severe=severe.lines,
        not_seen=watch.not_seen(visit.inst, visit.officer, visit.on),
        readings=watch.latest_readings(visit.inst, visit.officer, visit.on),
    )


def concerns(visit: Visit) -> Response:
    """What only the headteacher reads."""
    return visit.show("safeguarding/concerns.html", found=watch.concerns(visit.inst, visit.officer))


def concern(visit: Visit) -> Response:
    """The concerns about staff on one case. Opening this page is a reading, and is kept."""
    ref = visit.part("case_ref")
    around = case_view.around(visit.inst, visit.officer, ref, visit.on)
    notes = watch.concern(visit.inst, visit.officer, ref)
    return visit.show(
        "safeguarding/sealed.html", around=around, notes=notes, readings=(), title="Concerns about staff"
    )


def sealed(visit: Visit) -> Response:
    """A case's sealed notes. Opening this page is a reading, and is kept."""
    ref = visit.part("case_ref")
    around = case_view.around(visit.inst, visit.officer, ref, visit.on)
    notes = safeguarding.notes(visit.inst, visit.officer, ref)
    readings = safeguarding.readings(visit.inst, visit.officer, ref)
    return visit.show("safeguarding/sealed.html", around=around, notes=notes, readings=readings)
