"""The one door to every page: sign-in, roles, forms that are ours, and errors in plain words.

Every route is served through `Door`. It lets nobody past who is not signed in with one of the page's roles,
takes no form that did not come from a page of ours, and turns what went wrong into a page.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.actions import letters, officers, signing
from casework.domain import CaseworkError, NotAllowed, NotFound, Officer, Role
from casework.domain.errors import CaseChanged
from casework.web.forms import Sent
from casework.web.uploads import LARGEST, Upload
from casework.web.visit import Site, Visit

log = logging.getLogger(__name__)

COOKIE = "casework"
LARGEST_BODY = LARGEST + 256 * 1024
MOST_FIELDS = 2_000

SIGNED_IN = frozenset(Role)
"""Pages for everybody who is signed in, even if their last role has ended."""

Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """One route: its name, its address, the methods it takes, and the roles that may come in.

    Roles None means anybody, signed in or not.
    """

    name: str
    path: str
    methods: tuple[str, ...]
    roles: frozenset[Role] | None
    handler: Handler


class Door:
    """One page as an endpoint."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site, self.page = site, page

    async def answer(self, request: Request) -> Response:
        """Answer a request for the page, and count it."""
        began = time.perf_counter()
        response = await self._answer_to(request)
        seconds = time.perf_counter() - began
        self.site.answered(self.page.name, request.method, response.status_code, seconds)
        return response

    async def _answer_to(self, request: Request) -> Response:
        cookie = request.cookies.get(COOKIE, "")
        fresh = not self.site.cookies.genuine(cookie)
        cookie = self.site.cookies.new_cookie() if fresh else cookie
        visit = Visit(self.site, request, self.page.name, cookie)
        if request.method == "POST":
            length = request.headers.get("content-length", "")
            if not length.isdigit() or int(length) > LARGEST_BODY:
                return _problem(visit, 413, "That is too large", "Send a file smaller than 8 MB.")
            visit.form = await _read(request)
        response = await run_in_threadpool(self._answer, visit)
        if fresh and "set-cookie" not in response.headers:
            set_cookie(response, request, cookie)
        return response

    def _answer(self, visit: Visit) -> Response:
        visit.login = signing.of(self.site.inst, visit.cookie, self.site.clock())
        if visit.login is not None and visit.login.code_given:
            visit.signed_in = officers.officer(self.site.inst, visit.login.officer_id, visit.on)
        if self.page.roles is not None:
            if visit.signed_in is None:
                return _to_sign_in(visit)
            if visit.login and visit.login.must_change and self.page.name not in ("password", "sign out"):
                return RedirectResponse("/account/password", 303)
            if not self._opens_to(visit):
                return refused(visit)
        token = visit.sent("csrf")
        if visit.is_post and not self.site.cookies.form_is_ours(visit.cookie, token):
            return _problem(
                visit,
                403,
                "This form has gone stale",
                "It was open for too long, or was not opened from this service. Go back, load the page "
                "again, and send it once more.",
            )
        return self._handled(visit)

    def _opens_to(self, visit: Visit) -> bool:
        roles = self.page.roles
        return roles is None or roles == SIGNED_IN or not visit.roles.isdisjoint(roles)

    def _handled(self, visit: Visit) -> Response:
        try:
            if "\x00" in visit.request.scope["path"]:
                return missing(visit)  # no text that is kept holds this sign
            if self.page.roles is not None:
                visit.signed_in = _as_they_act_there(visit)
                if not self._opens_to(visit):
                    return refused(visit)
            return self.page.handler(visit)
        except NotFound:
            return missing(visit)
        except NotAllowed as not_allowed:
            return refused(visit, str(not_allowed))
        except CaseChanged as changed:
            return visit.show("changed.html", 409, changed=changed, back=f"/cases/{changed.case_ref}")
        except CaseworkError as error:
            return _problem(visit, 422, "That could not be recorded", str(error))
        except Exception as error:  # The last door: nothing of the error is shown.
            log.error(
                "page failed", extra={"page": self.page.name, "error": type(error).__name__}, exc_info=error
            )
            return _problem(
                visit,
                500,
                "Something went wrong",
                "Nothing was recorded. Try again; if it happens again, tell whoever looks after casework.",
            )


def _as_they_act_there(visit: Visit) -> Officer:
    """The officer with the roles of the school an address is about; with all of theirs where of none.

    A letter's id begins with its case's reference.
    """
    parts = visit.request.path_params
    if case_ref := str(parts.get("case_ref") or letters.case_of(parts.get("document_id", ""))):
        return officers.at_case(visit.inst, visit.officer, case_ref)
    if urn := str(parts.get("urn", "")):
        return officers.at_school(visit.inst, visit.officer, urn)
    return visit.officer


async def _read(request: Request) -> Sent:
    sent: dict[str, list[str | Upload]] = {}
    async with request.form(max_files=5, max_fields=MOST_FIELDS, max_part_size=LARGEST_BODY) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                sent.setdefault(name, []).append(Upload(value.filename or "", await value.read()))
            else:
                sent.setdefault(name, []).append(value)
    return sent


def set_cookie(response: Response, request: Request, cookie: str) -> None:
    """Give a browser its cookie: never to scripts, never across sites, only over TLS where there is TLS."""
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, cookie, path="/", secure=secure, httponly=True, samesite="lax")


def _to_sign_in(visit: Visit) -> Response:
    path = visit.request.url.path
    back = f"?next={quote(path)}" if visit.request.method == "GET" and path != "/" else ""
    return RedirectResponse(f"/sign-in{back}", 303)


def missing(visit: Visit) -> Response:
    """The same page whether there is no such thing or it is another school's."""
    return _problem(
        visit,
        404,
        "Page not found",
        "There is nothing here that you can see. Check the address, or go back to your start page.",
    )


def refused(visit: Visit, says: str = "") -> Response:
    """What somebody sees who is signed in, and not in a role that may."""
    words = says or "Your role does not open this page. Ask an administrator if you think it should."
    return _problem(visit, 403, "You cannot do this", words)


def _problem(visit: Visit, status: int, heading: str, says: str) -> Response:
    return visit.show("problem.html", status, heading=heading, says=says)


async def not_found(site: Site, request: Request, status: int) -> Response:
    """An address that is no page of ours."""
    cookie = request.cookies.get(COOKIE, "")
    visit = Visit(site, request, "", cookie if site.cookies.genuine(cookie) else site.cookies.new_cookie())
    if status != HTTPStatus.NOT_FOUND:
        return _problem(visit, status, "This page cannot be used like that", "Go back and try again.")
    return missing(visit)


POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class SafeHeaders:
    """Puts the security headers on every answer, and keeps pages about people out of every cache."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the application, with the headers added."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        still = scope["path"].startswith("/static/")
        https = scope["scheme"] == "https"

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers["cache-control"] = "public, max-age=3600" if still else "no-store"
                if https:
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        await self.app(scope, receive, add)
