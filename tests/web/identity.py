"""A small OpenID Connect service, really served: it signs people in at once, and can be told to misbehave."""

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "casework-of-the-tests", "a secret between the two"


@dataclass
class Identity:
    """Whom it signs in, what it says of them, and which keys it has published."""

    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    published: list[RSAKey] = field(default_factory=list)
    algorithm: str = "RS256"
    given: dict[str, dict[str, str]] = field(default_factory=dict)
    says_issuer: str = ""
    address: str = ""
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.published = [self.key]
        routes = [
            Route("/.well-known/openid-configuration", self._description),
            Route("/keys", self._keys),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def begin(self) -> None:
        """Start it on a port of its own."""
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.02)
        self.address = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def end(self) -> None:
        """Stop it."""
        self._server.should_exit = True
        self._thread.join(10)

    async def _description(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.says_issuer or self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
            }
        )

    async def _keys(self, request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse(KeySet(list(self.published)).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        sent = dict(request.query_params)
        assert sent["response_type"] == "code"
        assert sent["client_id"] == CLIENT
        assert sent["code_challenge_method"] == "S256"
        assert "openid" in sent["scope"]
        code = secrets.token_urlsafe(16)
        self.given[code] = sent
        answer = urlencode({"code": code, "state": sent["state"]})
        return RedirectResponse(f"{sent['redirect_uri']}?{answer}", 302)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = self.given.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = (
            asked is not None
            and asked["code_challenge"] == challenge
            and asked["redirect_uri"] == form.get("redirect_uri")
            and (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        )
        if not good or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "somebody",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        key = OctKey.import_key(SECRET.ljust(32, "-")) if self.algorithm == "HS256" else self.key
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts]
            return JSONResponse({"id_token": ".".join((*encoded, "")), "token_type": "Bearer"})
        header = {"alg": self.algorithm, "kid": self.key.kid}
        token = jwt.encode(header, claims, key, algorithms=["RS256", "HS256"])
        return JSONResponse({"id_token": token, "access_token": "x", "token_type": "Bearer"})
