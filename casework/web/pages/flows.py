"""What runs by itself, for the administrator: when each did and will, what is late and what to do then."""

from starlette.responses import Response

from casework.actions import health
from casework.web.visit import Visit


def flows(visit: Visit) -> Response:
    """What is not as it should be first, in plain words with the remedy; then every flow with its times."""
    now, timetable = visit.site.clock(), visit.site.timetable
    return visit.show(
        "flows.html",
        troubles=health.troubles(visit.inst, timetable, now),
        flows=health.flows(visit.inst, visit.officer, timetable, now),
    )
