"""Signing in and out."""

from limits import parse
from starlette.responses import RedirectResponse, Response

from casework.actions import officers
from casework.actions.officers import SignInRefused
from casework.web import forms
from casework.web.forms import Field, Kind
from casework.web.guard import set_cookie
from casework.web.visit import Visit

BY_NAME, BY_ADDRESS = parse("5/minute"), parse("30/minute")
FIELDS = (
    Field("name", "User name or e-mail address", autocomplete="username"),
    Field("password", "Password", Kind.PASSWORD, autocomplete="current-password"),
)


def sign_in(visit: Visit) -> Response:
    """The sign-in page."""
    if visit.signed_in is not None and not visit.is_post:
        return RedirectResponse("/", 303)
    if not visit.is_post:
        return _page(visit, forms.empty(FIELDS))
    form = forms.fill(FIELDS, visit.form)
    if not form.good:
        return _page(visit, form, status=422)
    name, where = form.text("name").lower(), visit.request.client.host if visit.request.client else ""
    limiter = visit.site.limiter
    if not (limiter.hit(BY_NAME, "name", name) and limiter.hit(BY_ADDRESS, "address", where)):
        form.faults["name"] = "Too many tries. Wait a minute, then try again"
        return _page(visit, form, status=429)
    try:
        officer = officers.sign_in(visit.inst, form.text("name"), form.text("password"), visit.on)
    except SignInRefused as refused:
        form.faults["name"] = str(refused)
        return _page(visit, form, status=422)
    visit.site.logins.end(visit.cookie)
    response = RedirectResponse(_local(visit.sent("next")), 303)
    set_cookie(response, visit.request, visit.site.logins.begin(officer.officer_id))
    return response


def sign_out(visit: Visit) -> Response:
    """End the login and go back to the sign-in page."""
    visit.site.logins.end(visit.cookie)
    response = RedirectResponse("/sign-in", 303)
    set_cookie(response, visit.request, visit.site.logins.new_cookie())
    return response


def _page(visit: Visit, form: forms.Filled, status: int = 200) -> Response:
    form.raw.pop("password", None)
    onwards = visit.sent("next") or visit.query("next")
    return visit.show(
        "sign_in.html", status, form=form, onwards=_local(onwards), accounts=visit.site.demo_accounts
    )


def _local(path: str) -> str:
    """A path of ours to go on to; anything else is the start page."""
    good = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path
    return path if good else "/"
