"""One request as a page sees it: who asks, what was sent, on which day; and the answers a page can give."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from casework.actions import signing
from casework.actions.health import Timetable
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.actions.referrals import acts_for_la_alone
from casework.actions.signing import Login
from casework.domain import Officer, Role
from casework.web.cookies import Cookies
from casework.web.forms import Sent, first
from casework.web.service import Service


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account that the sign-in page of a demo offers."""

    officer_id: str
    name: str
    role: str
    school: str
    password: str


@dataclass(frozen=True)
class Site:
    """What every request shares."""

    inst: Installation
    cookies: Cookies
    pages: Environment
    today: Callable[[], date]
    clock: Callable[[], datetime]
    demo_accounts: tuple[DemoAccount, ...] = ()
    timetable: Timetable = lambda _: ()
    answered: Callable[[str, str, int, float], None] = lambda page, method, status, seconds: None
    service: Service | None = None
    address: str = ""


@dataclass
class Visit:
    """One request. `form` is what a POST sent; `cookie` ties its forms to this browser."""

    site: Site
    request: Request
    page: str
    cookie: str
    login: Login | None = None
    signed_in: Officer | None = None
    form: Sent = field(default_factory=dict)

    @property
    def inst(self) -> Installation:
        """The installation."""
        return self.site.inst

    @property
    def officer(self) -> Officer:
        """Who is signed in; only pages that need nobody are reached without."""
        assert self.signed_in is not None
        return self.signed_in

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that open pages here: an LA's officer acts for the LA alone."""
        if self.signed_in is None:
            return frozenset()
        if acts_for_la_alone(self.signed_in):
            return self.signed_in.roles & {Role.EWO}
        return self.signed_in.roles

    @property
    def works_cases(self) -> bool:
        """Whether the officer works on cases at a school or for a trust."""
        return not self.roles <= {Role.EWO, Role.GOVERNOR, Role.ADMINISTRATOR}

    @property
    def on(self) -> date:
        """The day asked about: today."""
        return self.site.today()

    def part(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """A parameter of the address."""
        return self.request.query_params.get(name, "").replace("\x00", "").strip()

    def sent(self, name: str) -> str:
        """A text that the form sent."""
        return first(self.form, name)

    @property
    def is_post(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    @property
    def seen(self) -> int | None:
        """The sequence of the case that the form's writer had last seen."""
        text = self.sent("seen")
        return int(text) if text.isdigit() else None

    def by(self, role: str = "") -> By:
        """Who writes, what they saw, and the key that makes sending the form twice record it once."""
        key = self.sent("key")
        return By(self.officer, self.on, role, self.seen, f"form:{key}" if key else "")

    def say(self, sentence: str) -> None:
        """Say something at the top of the next page."""
        if self.login is not None:
            signing.say(self.inst, self.cookie, sentence)

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page drawn from its template."""
        said = signing.hear(self.inst, self.cookie) if self.login and status == 200 else ()
        context: Mapping[str, Any] = {
            "visit": self,
            "officer": self.signed_in,
            "roles": self.roles,
            "on": self.on,
            "said": said,
            "csrf": self.site.cookies.form_token(self.cookie),
            "key": self.sent("key") or secrets.token_urlsafe(12),
            **values,
        }
        return HTMLResponse(self.site.pages.get_template(template).render(context), status)

    def go(self, path: str, said: str = "") -> Response:
        """A redirect after something was recorded, with a sentence for the next page."""
        if said:
            self.say(said)
        return RedirectResponse(path, 303)
