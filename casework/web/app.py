"""The web application, put together: routes, templates, static files, sign-ins."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from casework.actions.health import Timetable
from casework.actions.installation import Installation, utc_now
from casework.web import wording
from casework.web.cookies import Cookies
from casework.web.guard import Door, SafeHeaders, not_found
from casework.web.routes import PAGES
from casework.web.service import Service
from casework.web.visit import DemoAccount, Site
from casework.web.watched import Watched

STATIC = Path(__file__).parent / "static"


def in_england() -> date:
    """Today, where the schools are."""
    return datetime.now(ZoneInfo("Europe/London")).date()


def create_app(
    inst: Installation,
    secret: str,
    *,
    demo_accounts: Sequence[DemoAccount] = (),
    timetable: Timetable = lambda _: (),
    metrics_token: str = "",
    service: Service | None = None,
    address: str = "",
    today: Callable[[], date] = in_england,
    clock: Callable[[], datetime] = utc_now,
) -> Starlette:
    """The application over one installation.

    Args:
        secret: Signs cookies and forms; a new one signs everybody out.
        demo_accounts: Shown on the sign-in page of a demo.
        timetable: When each flow should have run; without one no flow is ever late.
        metrics_token: What a program shows to read the metrics; without one only this machine may.
        service: Another service that people may sign in with.
        address: Where people open the application, where that is not what their browser asks for.
        today: The day pages ask about; a demo has a fixed one.
        clock: The time, for idle limits, codes and tries.
    """
    watched = Watched(inst, timetable, clock, metrics_token)
    site = Site(
        inst=inst,
        cookies=Cookies(secret),
        pages=environment(inst.letters.folder.parent / "web"),
        today=today,
        clock=clock,
        demo_accounts=tuple(demo_accounts),
        timetable=timetable,
        answered=watched.answered,
        service=service,
        address=address,
    )

    async def no_such_page(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return await not_found(site, request, error.status_code)

    app = Starlette(
        routes=[
            *(Route(p.path, Door(site, p).answer, methods=list(p.methods), name=p.name) for p in PAGES),
            *watched.routes,
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={HTTPException: no_such_page},
    )
    app.state.site = site
    return app


@cache
def environment(templates: Path) -> Environment:
    """The pages' templates: everything printed is escaped."""
    pages = Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=ChoiceLoader(
            [
                FileSystemLoader(templates),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
    )
    pages.filters.update(wording.FILTERS)
    pages.globals.update(wording.GLOBALS)
    return pages
