"""The cookie that ties a browser to its login and its forms: a random, signed word and no more."""

import hashlib
import hmac
import secrets

from itsdangerous import BadSignature, Signer


class Cookies:
    """Makes and knows the cookies of one installation, and the tokens of their forms."""

    def __init__(self, secret: str) -> None:
        self._signer = Signer(secret, salt="casework.login", digest_method=hashlib.sha256)
        self._forms = hashlib.sha256(b"casework.form:" + secret.encode()).digest()

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

    def form_token(self, cookie: str) -> str:
        """What a form sent from this browser must carry."""
        return hmac.new(self._forms, cookie.encode(), hashlib.sha256).hexdigest()

    def form_is_ours(self, cookie: str, token: str) -> bool:
        """Whether a form came from a page that we gave to this browser."""
        return self.genuine(cookie) and hmac.compare_digest(self.form_token(cookie), token)
