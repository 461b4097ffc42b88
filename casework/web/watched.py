"""How programs see the service from outside: is it alive, is it ready, how much of what. It names nobody.

Alive says that this process answers; ready, that the database does too and stands at this release. The
metrics are for whoever shows the token, or for this machine alone where none is set; what came through a
proxy came from elsewhere.
"""

import hmac
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from casework.actions import health
from casework.actions.health import Measures, Timetable
from casework.actions.installation import Installation

log = logging.getLogger(__name__)


class Watched:
    """The three addresses for programs, and the counts behind one of them."""

    def __init__(
        self, inst: Installation, timetable: Timetable, clock: Callable[[], datetime], token: str
    ) -> None:
        self._inst, self._token = inst, token
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "casework_pages_answered", "Pages answered", ("page", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "casework_page_seconds", "How long pages took to answer", ("page",), registry=self._registry
        )
        self._registry.register(Kept(lambda: health.measures(inst, timetable, clock())))
        self.routes = (
            Route("/health", self._alive, methods=["GET"], name="health"),
            Route("/ready", self._ready, methods=["GET"], name="ready"),
            Route("/metrics", self._metrics, methods=["GET"], name="metrics"),
        )

    def answered(self, page: str, method: str, status: int, seconds: float) -> None:
        """Count a page that was answered."""
        self._answers.labels(page, method, str(status)).inc()
        self._seconds.labels(page).observe(seconds)
        log.info(
            "page answered",
            extra={"page": page, "method": method, "status": status, "seconds": round(seconds, 3)},
        )

    async def _alive(self, request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def _ready(self, request: Request) -> Response:
        try:
            why_not = await run_in_threadpool(health.not_ready, self._inst)
        except SQLAlchemyError as error:
            log.error("database does not answer", extra={"error": type(error).__name__})
            why_not = "The database does not answer."
        return PlainTextResponse(f"{why_not or 'ready'}\n", 503 if why_not else 200)

    async def _metrics(self, request: Request) -> Response:
        if not self._may_read(request):
            return PlainTextResponse("Show the token, or ask from this machine.\n", 403)
        drawn = await run_in_threadpool(generate_latest, self._registry)
        return Response(drawn, media_type=CONTENT_TYPE_LATEST)

    def _may_read(self, request: Request) -> bool:
        if self._token:
            shown = request.headers.get("authorization", "").removeprefix("Bearer ")
            return hmac.compare_digest(shown.encode(), self._token.encode())
        proxied = not {"forwarded", "x-forwarded-for", "x-real-ip"}.isdisjoint(request.headers.keys())
        return not proxied and _is_this_machine(request.client.host if request.client else "")


class Kept(Collector):
    """What the database knows, read anew each time it is asked for."""

    def __init__(self, read: Callable[[], Measures]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        """Every count, under a name that says what it is."""
        kept = self._read()
        for name, says, label, values in (
            (
                "casework_messages",
                "Messages by state; those a person dealt with left out",
                "state",
                kept.messages,
            ),
            ("casework_flow_finished_seconds", "When each flow last finished", "flow", kept.finished),
            ("casework_flow_late", "1 for each flow that is late", "flow", kept.late),
        ):
            gauge = GaugeMetricFamily(name, says, labels=[label])
            for value, number in values.items():
                gauge.add_metric([value], number)
            yield gauge
        yield GaugeMetricFamily("casework_clocks_overdue", "Clocks due and not fired", kept.clocks_overdue)
        yield GaugeMetricFamily("casework_troubles", "What is not as it should be", kept.troubles)

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: asking costs a look at the database."""
        return iter(())


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
