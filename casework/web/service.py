"""Signing in with another service, by OpenID Connect: where a browser is sent, and what the answer proves.

The service is found by its own published description. Its answer is a signed token; it is believed for one
browser, once, if its signature, issuer, audience, times and nonce are right, and only for an address that
the service says it has verified.
"""

import base64
import hashlib
import logging
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from casework.config import Settings
from casework.domain import CaseworkError

log = logging.getLogger(__name__)

SIGNED_WITH = ("RS256", "PS256", "ES256")
LEEWAY, WAITS = 60, 10
SHARED = ("/common", "/organizations", "/consumers")
"""Issuers of Microsoft's that speak for every tenant there is."""


class ServiceFailed(CaseworkError):
    """The other service did not answer, or its answer proves nothing; a person is told only to try again."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            "Signing in with that account did not work. Try again; if it happens again, sign in with your "
            "password, or tell your administrator."
        )


class ServiceRefused(CaseworkError):
    """The environment does not say enough, or says what is not safe."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One sign-in to send a browser away with: the address, and what must come back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass
class Service:
    """One OpenID Connect service; its description and keys are fetched when first needed."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    _described: Mapping[str, Any] | None = field(default=None, repr=False)
    _keys: KeySet | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, back: str) -> Asking:
        """A new sign-in.

        Args:
            back: Our own address that the service sends the browser to.

        Raises:
            ServiceFailed: The service does not answer.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self.client_id,
                "redirect_uri": back,
                "scope": "openid email profile",
                "state": state,
                "nonce": nonce,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
        )
        there = self._address("authorization_endpoint")
        return Asking(f"{there}{'&' if '?' in there else '?'}{query}", state, nonce, verifier)

    def verified_address(self, code: str, verifier: str, nonce: str, back: str, at: datetime) -> str:
        """The e-mail address that a code proves, as the service has verified it.

        Raises:
            ServiceFailed: The code, or the token given for it, proves nothing.
        """
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        token = self._fetch("POST", self._address("token_endpoint"), sent).get("id_token")
        if not isinstance(token, str):
            raise ServiceFailed("no token came back")
        claims = self._claims(token, nonce, at)
        address = claims.get("email")
        vouched = claims.get("email_verified") in (True, "true") or claims.get("xms_edov") in (
            True,
            1,
            "1",
            "true",
        )
        if not isinstance(address, str) or "@" not in address or not vouched:
            raise ServiceFailed("the service does not vouch for an address")
        return address

    def _claims(self, token: str, nonce: str, at: datetime) -> Mapping[str, Any]:
        try:
            decoded = jwt.decode(token, self._key_set(), algorithms=SIGNED_WITH)
        except (JoseError, ValueError):
            self._keys = None  # They may have changed; a forged token finds no better ones.
            try:
                decoded = jwt.decode(token, self._key_set(), algorithms=SIGNED_WITH)
            except (JoseError, ValueError) as error:
                raise ServiceFailed(f"the token is not signed by the service: {error}") from error
        wanted = jwt.JWTClaimsRegistry(
            now=int(at.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            wanted.validate(decoded.claims)
        except JoseError as error:
            raise ServiceFailed(f"the token does not fit: {error}") from error
        party = decoded.claims.get("azp", self.client_id)
        if party != self.client_id:
            raise ServiceFailed("the token is for somebody else")
        return decoded.claims

    def _key_set(self) -> KeySet:
        with self._lock:
            if self._keys is None:
                found = self._fetch("GET", self._address("jwks_uri"))
                try:
                    self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError) as error:
                    raise ServiceFailed(f"its keys cannot be read: {error}") from error
            return self._keys

    def _address(self, name: str) -> str:
        if self._described is None:
            found = self._fetch("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise ServiceFailed("its description names another issuer")
            self._described = found
        address = self._described.get(name)
        if not isinstance(address, str) or not is_safe(address):
            raise ServiceFailed(f"its description has no safe {name}")
        return address

    def _fetch(self, method: str, address: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        try:
            answer = httpx.request(method, address, data=form, timeout=WAITS, follow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ServiceFailed(f"{type(error).__name__} from {urlsplit(address).hostname}") from error
        if not isinstance(found, dict):
            raise ServiceFailed("its answer is no object")
        return found


def is_safe(address: str) -> bool:
    """Whether an address is reached over TLS, or on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    )


def service_of(settings: Settings) -> Service | None:
    """The service that the environment names; None where it names none.

    Raises:
        ServiceRefused: It says too little, or an issuer that proves nothing.
    """
    given = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    issuer, client_id, client_secret = (text or "" for text in given)
    if not any(given):
        return None
    if not all(given):
        raise ServiceRefused(
            "CASEWORK_OIDC_ISSUER, CASEWORK_OIDC_CLIENT_ID and CASEWORK_OIDC_CLIENT_SECRET go together. "
            "Set all three, or none."
        )
    if not is_safe(issuer):
        raise ServiceRefused("CASEWORK_OIDC_ISSUER is not an https address. Give the issuer's own.")
    if urlsplit(issuer).hostname == "login.microsoftonline.com" and any(part in issuer for part in SHARED):
        raise ServiceRefused(
            "CASEWORK_OIDC_ISSUER speaks for every Microsoft tenant there is. Give that of your own tenant."
        )
    return Service(issuer, client_id, client_secret, settings.oidc_name)
