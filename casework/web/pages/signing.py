"""Signing in and out: with a password, or with another service."""

import logging
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from casework.actions import signing
from casework.actions.recording import Unclear
from casework.actions.signing import SignInRefused, TooManyTries
from casework.domain import CaseworkError
from casework.web import forms
from casework.web.forms import Field, Kind
from casework.web.guard import missing, set_cookie
from casework.web.service import ServiceFailed
from casework.web.visit import Visit

log = logging.getLogger(__name__)

FIELDS = (
    Field("name", "User name or e-mail address", autocomplete="username"),
    Field("password", "Password", Kind.PASSWORD, autocomplete="current-password"),
)
CODE = (Field("code", "Code", hint="The six digits that your app shows now.", autocomplete="one-time-code"),)


def sign_in(visit: Visit) -> Response:
    """The sign-in page."""
    if visit.signed_in is not None and not visit.is_post:
        return RedirectResponse("/", 303)
    if not visit.is_post:
        return _page(visit, forms.empty(FIELDS))
    form = forms.fill(FIELDS, visit.form)
    if not form.good:
        return _page(visit, form, status=422)
    where = visit.request.client.host if visit.request.client else ""
    now = visit.site.clock()
    try:
        officer_id = signing.sign_in(visit.inst, form.text("name"), form.text("password"), where, now)
    except SignInRefused as refused:
        form.faults["name"] = str(refused)
        return _page(visit, form, status=422)
    except TooManyTries as too_many:
        form.faults["name"] = str(too_many)
        return _page(visit, form, status=429)
    return _signed_in(visit, officer_id, _local(visit.sent("next")))


def _signed_in(visit: Visit, officer_id: str, onwards: str) -> Response:
    """A new login in this browser, with a cookie of its own: one planted before is worth nothing."""
    signing.end(visit.inst, visit.cookie)
    cookie = visit.site.cookies.new_cookie()
    login = signing.begin(visit.inst, cookie, officer_id, visit.site.clock())
    asked = "/sign-in/code" + (f"?next={quote(onwards)}" if onwards != "/" else "")
    response = RedirectResponse(onwards if login.code_given else asked, 303)
    set_cookie(response, visit.request, cookie)
    return response


def service(visit: Visit) -> Response:
    """Send the browser to the other service, to come back with its answer."""
    there = visit.site.service
    if there is None:
        return missing(visit)
    try:
        asking = there.ask(_back(visit))
    except ServiceFailed as failed:
        return _not_so(visit, failed)
    onwards = _local(visit.query("next"))
    signing.begin_elsewhere(
        visit.inst,
        visit.cookie,
        asking.state,
        asking.nonce,
        asking.verifier,
        onwards,
        visit.site.clock(),
    )
    return RedirectResponse(asking.address, 303)


def service_back(visit: Visit) -> Response:
    """What the other service answered: a login of the officer with that address, or none."""
    there, now = visit.site.service, visit.site.clock()
    if there is None:
        return missing(visit)
    try:
        begun = signing.come_back(visit.inst, visit.cookie, visit.query("state"), now)
        if not visit.query("code"):
            raise ServiceFailed("it was given up, or refused, there")
        address = there.verified_address(visit.query("code"), begun.verifier, begun.nonce, _back(visit), now)
        officer_id = signing.officer_of(visit.inst, address)
    except (ServiceFailed, signing.NotOurs) as failed:
        return _not_so(visit, failed)
    return _signed_in(visit, officer_id, begun.onwards)


def _not_so(visit: Visit, failed: CaseworkError) -> Response:
    log.warning("sign-in with a service failed", extra={"why": getattr(failed, "why", "not ours")})
    form = forms.empty(FIELDS)
    form.faults["name"] = str(failed)
    return _page(visit, form, status=422)


def _back(visit: Visit) -> str:
    return f"{visit.site.address or str(visit.request.base_url).rstrip('/')}/sign-in/service/back"


def code(visit: Visit) -> Response:
    """The second step: the code of one's authenticator."""
    if visit.login is None or visit.signed_in is not None:
        return RedirectResponse("/" if visit.signed_in else "/sign-in", 303)
    onwards = _local(visit.sent("next") or visit.query("next"))
    form = forms.fill(CODE, visit.form) if visit.is_post else forms.empty(CODE)
    if visit.is_post and form.good:
        try:
            signing.give_code(visit.inst, visit.cookie, form.text("code"), visit.site.clock())
            return RedirectResponse(onwards, 303)
        except (Unclear, TooManyTries) as error:
            form.faults["code"] = str(error)
    form.raw.pop("code", None)
    return visit.show("sign_in_code.html", 422 if visit.is_post else 200, form=form, onwards=onwards)


def sign_out(visit: Visit) -> Response:
    """End the login and go back to the sign-in page."""
    signing.end(visit.inst, visit.cookie)
    response = RedirectResponse("/sign-in", 303)
    set_cookie(response, visit.request, visit.site.cookies.new_cookie())
    return response


def _page(visit: Visit, form: forms.Filled, status: int = 200) -> Response:
    form.raw.pop("password", None)
    onwards = visit.sent("next") or visit.query("next")
    return visit.show(
        "sign_in.html",
        status,
        form=form,
        onwards=_local(onwards),
        accounts=visit.site.demo_accounts,
        service=visit.site.service,
    )


def _local(path: str) -> str:
    """A path of ours to go on to; anything else is the start page."""
    good = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path
    return path if good else "/"
