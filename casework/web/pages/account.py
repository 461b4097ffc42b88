"""One's own account: roles and their ends, password, authenticator, other browsers."""

from io import BytesIO

import segno
from markupsafe import Markup
from starlette.responses import Response

from casework.actions import codes, feeds, signing
from casework.actions.recording import Unclear
from casework.web import forms, wording
from casework.web.forms import Field, Filled, Kind
from casework.web.visit import Visit

PASSWORD = (
    Field("old", "The password you have now", Kind.PASSWORD, autocomplete="current-password"),
    Field(
        "new",
        "New password",
        Kind.PASSWORD,
        "At least 12 characters. Three or four words together do.",
        autocomplete="new-password",
    ),
    Field("again", "New password again", Kind.PASSWORD, autocomplete="new-password"),
)
CODE = (
    Field("secret", "Key", Kind.HIDDEN),
    Field("code", "Code", hint="The six digits that your app shows now.", autocomplete="one-time-code"),
)


def account(visit: Visit) -> Response:
    """Who one is here."""
    return _account(visit)


def _account(visit: Visit, address: str = "") -> Response:
    return visit.show(
        "account/account.html",
        has_code=signing.has_code(visit.inst, visit.officer.officer_id),
        feed_made=feeds.made_at(visit.inst, visit.officer),
        address=address,
    )


def password(visit: Visit) -> Response:
    """Change one's password."""
    if not visit.is_post:
        return _password(visit, forms.empty(PASSWORD))
    form = forms.fill(PASSWORD, visit.form)
    if form.good and form.text("new") != form.text("again"):
        form.faults["again"] = "The two new passwords are not the same"
    if form.good:
        try:
            signing.change_password(
                visit.inst, visit.officer.officer_id, form.text("old"), form.text("new"), visit.cookie
            )
            return visit.go("/account", "Your password is changed. Other browsers are signed out.")
        except Unclear as unclear:
            form.faults["old" if "have now" in unclear.says else "new"] = str(unclear)
    return _password(visit, form, 422)


def _password(visit: Visit, form: Filled, status: int = 200) -> Response:
    for name in ("old", "new", "again"):
        form.raw.pop(name, None)
    first_time = visit.login is not None and visit.login.must_change
    return visit.show("account/password.html", status, form=form, first_time=first_time)


def authenticator(visit: Visit) -> Response:
    """Set up an authenticator: read the picture with an app, then give its code."""
    form = forms.fill(CODE, visit.form) if visit.is_post else forms.empty(CODE)
    secret = form.text("secret") if visit.is_post else codes.new_secret()
    if not codes.is_secret(secret):
        secret = codes.new_secret()
    if visit.is_post and form.good:
        try:
            signing.set_up_code(
                visit.inst, visit.officer.officer_id, secret, form.text("code"), visit.site.clock()
            )
            return visit.go("/account", "Your authenticator is set up. Its code is asked for from now on.")
        except Unclear as unclear:
            form.faults["code"] = str(unclear)
    form.raw = {"secret": secret}
    return visit.show(
        "account/authenticator.html",
        422 if visit.is_post else 200,
        form=form,
        picture=_picture(codes.address_of(secret, visit.officer.officer_id)),
        key=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    )


def calendar_address(visit: Visit) -> Response:
    """Make an address for a calendar program, shown this once, or end the one there is."""
    if visit.sent("end"):
        feeds.end(visit.inst, visit.officer)
        return visit.go("/account", "The calendar's address opens nothing any more.")
    secret = feeds.make(visit.inst, visit.officer)
    return _account(visit, address=str(visit.request.url_for("calendar", secret=secret)))


def calendar(visit: Visit) -> Response:
    """A calendar program's reading of one's reviews: the secret in the address opens it, and no sign-in."""
    text = feeds.calendar(visit.inst, visit.part("secret"), visit.on)
    return Response(text, media_type="text/calendar; charset=utf-8")


def other_browsers(visit: Visit) -> Response:
    """Sign out everywhere else."""
    count = signing.end_others(visit.inst, visit.officer.officer_id, visit.cookie)
    return visit.go("/account", f"Signed out of {wording.how_many(count, 'other browser')}.")


def _picture(address: str) -> Markup:
    drawn = BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=5, border=2, xmldecl=False, svgns=False, title="Picture for your app"
    )
    return Markup(drawn.getvalue().decode())
