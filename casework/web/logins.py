"""Signed-in browsers, kept on the server: an idle limit, an end to every sign-in, and nothing in the cookie.

The cookie holds a random, signed word and no more. Signing out, an idle half hour or a restart ends a login;
a cookie kept from before opens nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from itsdangerous import BadSignature, Signer

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 60 * 60


@dataclass
class Login:
    """One signed-in browser. `said` are sentences that its next page shows, once."""

    officer_id: str
    began: float
    seen: float
    said: list[str] = field(default_factory=list)


class Logins:
    """Every login of one running application; threads may share it."""

    def __init__(self, secret: str, clock: Callable[[], float]) -> None:
        self._signer = Signer(secret, salt="casework.login", digest_method=hashlib.sha256)
        self._forms = hashlib.sha256(b"casework.form:" + secret.encode()).digest()
        self._clock = clock
        self._kept: dict[str, Login] = {}
        self._lock = Lock()

    def new_cookie(self) -> str:
        """A cookie for a browser that has none: it opens nothing, and ties forms to the browser."""
        return self._signer.sign(secrets.token_urlsafe(24)).decode()

    def genuine(self, cookie: str) -> bool:
        """Whether we made this cookie."""
        try:
            self._signer.unsign(cookie)
        except BadSignature:
            return False
        return True

    def begin(self, officer_id: str) -> str:
        """Sign an officer in; gives the new cookie, so that one planted before is worth nothing."""
        cookie = self.new_cookie()
        now = self._clock()
        with self._lock:
            self._kept = {key: login for key, login in self._kept.items() if self._lives(login, now)}
            self._kept[_key(cookie)] = Login(officer_id, now, now)
        return cookie

    def of(self, cookie: str) -> Login | None:
        """The login behind a cookie, if it still lives; asking keeps it alive."""
        now = self._clock()
        with self._lock:
            login = self._kept.get(_key(cookie))
            if login is None:
                return None
            if not self._lives(login, now):
                del self._kept[_key(cookie)]
                return None
            login.seen = now
            return login

    def end(self, cookie: str) -> None:
        """Sign out."""
        with self._lock:
            self._kept.pop(_key(cookie), None)

    def form_token(self, cookie: str) -> str:
        """What a form sent from this browser must carry."""
        return hmac.new(self._forms, cookie.encode(), hashlib.sha256).hexdigest()

    def form_is_ours(self, cookie: str, token: str) -> bool:
        """Whether a form came from a page that we gave to this browser."""
        return self.genuine(cookie) and hmac.compare_digest(self.form_token(cookie), token)

    def _lives(self, login: Login, now: float) -> bool:
        return now - login.seen <= IDLE_SECONDS and now - login.began <= LONGEST_SECONDS


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
