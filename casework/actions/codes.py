"""One-time codes of an authenticator app: RFC 6238, six digits, thirty seconds, SHA-1 as every app has it."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
AROUND = 1
"""How many steps before and after now a code is still taken: clocks differ."""


def new_secret() -> str:
    """A secret of 160 random bits, in the letters that an app shows."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def is_secret(text: str) -> bool:
    """Whether a text is such a secret."""
    try:
        return len(base64.b32decode(text)) == 20
    except ValueError:
        return False


def code_at(secret: str, step: int) -> str:
    """The code of one step of thirty seconds."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_at(at: datetime) -> int:
    """The step a moment lies in."""
    return int(at.timestamp()) // SECONDS


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, near a moment; None if the code is wrong or has run out."""
    digits = "".join(code.split())
    now = step_at(at)
    for step in range(now - AROUND, now + AROUND + 1):
        if hmac.compare_digest(code_at(secret, step), digits):
            return step
    return None


def address_of(secret: str, name: str) -> str:
    """What an app is set up from: an otpauth address."""
    label = quote(f"casework:{name}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': 'casework'})}"
