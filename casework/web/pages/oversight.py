"""The page of whoever answers for the work of others."""

from starlette.responses import Response

from casework.actions import oversight as answers
from casework.web.visit import Visit


def oversight(visit: Visit) -> Response:
    """Severe absence, load by officer, what nobody would come back to, files to audit."""
    return visit.show("oversight.html", see=answers.overview(visit.inst, visit.officer, visit.on))
