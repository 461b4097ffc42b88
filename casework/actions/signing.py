"""Signing in: a password, then a code where one is set up; tries are counted, and too many lock the door.

Logins are kept in the database, so that they outlive a restart, hold for every process, and end for all of
them at once. A cookie is known here only by its digest.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from casework.actions import codes
from casework.actions.installation import Installation
from casework.actions.officers import SHORTEST
from casework.actions.recording import Unclear
from casework.domain import ENGINE, CaseworkError
from casework.storage import logins, people
from casework.storage.logins import Login as Login

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
AWAY = timedelta(minutes=10)
TRIES_OF_A_NAME, TRIES_OF_AN_ADDRESS, TRIES_BEFORE_LOCKED = 5, 30, 10
_STILL_FRESH = timedelta(seconds=20)


class SignInRefused(CaseworkError):
    """The name or the password is not right; which of the two is never said."""

    def __init__(self) -> None:
        super().__init__("That name and password do not go together. Check both, then try again.")


class TooManyTries(CaseworkError):
    """Somebody tries too often, or tried too often before."""


def sign_in(inst: Installation, name: str, password: str, address: str, at: datetime) -> str:
    """The officer whose name and password these are, by reference.

    Raises:
        SignInRefused: They do not go together, or the officer no longer acts.
        TooManyTries: Too many failed a moment ago, or so many in an hour that the sign-in is locked.
    """
    hasher = PasswordHasher()
    where = digest(address)
    with inst.act(ENGINE) as tx:
        known = people.login(tx, name)
        who = digest(known.officer_id if known else name.lower())
        _refuse_too_many(logins.failures(tx, who, where, at))
        if known is not None and known.active and known.password_hash is not None:
            if _right(hasher, known.password_hash, password):
                logins.forgive(tx, who)
                if hasher.check_needs_rehash(known.password_hash):
                    logins.set_password(
                        tx, known.officer_id, hasher.hash(password), must_change=known.must_change
                    )
                return known.officer_id
        else:
            hasher.hash(password)  # Takes as long as a real check, so that a wrong name is not told by time.
        logins.failed(tx, who, where, at)
    raise SignInRefused


def _refuse_too_many(failures: Mapping[str, int]) -> None:
    if failures["name_hour"] >= TRIES_BEFORE_LOCKED:
        raise TooManyTries(
            "This sign-in is locked, for an hour after the last wrong try. Wait, or ask an administrator to "
            "open it."
        )
    if failures["name_minute"] >= TRIES_OF_A_NAME or failures["address_minute"] >= TRIES_OF_AN_ADDRESS:
        raise TooManyTries("Too many tries. Wait a minute, then try again.")


def _right(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except VerifyMismatchError:
        return False


def give_code(inst: Installation, cookie: str, code: str, at: datetime) -> None:
    """The second step of a sign-in. Each code is taken once.

    Raises:
        Unclear: It is wrong, ran out, or was used before.
        TooManyTries: Too many were wrong.
    """
    key = digest(cookie)
    with inst.act(ENGINE) as tx:
        login = logins.of(tx, key)
        kept = people.login(tx, login.officer_id) if login else None
        if login is None or kept is None or kept.totp_secret is None:
            return
        who = digest(login.officer_id)
        _refuse_too_many(logins.failures(tx, who, "", at))
        step = codes.step_of(kept.totp_secret, code, at)
        if step is not None and logins.use_code(tx, login.officer_id, step):
            logins.code_given(tx, key)
            return
        logins.failed(tx, who, "", at)
    raise Unclear("That code is not right, or was used before.", "Wait for the next one, then enter it.")


# -- signed-in browsers --------------------------------------------------------------------------------------


def begin(inst: Installation, cookie: str, officer_id: str, at: datetime) -> Login:
    """Sign a browser in; a code is asked for next where one is set up."""
    with inst.act(ENGINE) as tx:
        logins.end_old(tx, at - IDLE, at - LONGEST)
        kept = people.login(tx, officer_id)
        wants_code = kept is not None and kept.totp_secret is not None
        logins.begin(tx, digest(cookie), officer_id, at, code_given=not wants_code)
        begun = logins.of(tx, digest(cookie))
        assert begun is not None
        return begun


def of(inst: Installation, cookie: str, at: datetime) -> Login | None:
    """The login behind a cookie, if it still lives; asking keeps it alive."""
    key = digest(cookie)
    with inst.act(ENGINE) as tx:
        login = logins.of(tx, key)
        if login is None:
            return None
        if at - login.seen_at > IDLE or at - login.began_at > LONGEST:
            logins.end(tx, key)
            return None
        if at - login.seen_at > _STILL_FRESH:
            logins.seen(tx, key, at)
        return login


def end(inst: Installation, cookie: str) -> None:
    """Sign a browser out."""
    with inst.act(ENGINE) as tx:
        logins.end(tx, digest(cookie))


def end_others(inst: Installation, officer_id: str, cookie: str) -> int:
    """Sign an officer out of every browser but this one; how many that were."""
    with inst.act(ENGINE) as tx:
        return logins.end_others(tx, officer_id, digest(cookie))


def say(inst: Installation, cookie: str, sentence: str) -> None:
    """Keep a sentence for a browser's next page."""
    with inst.act(ENGINE) as tx:
        logins.say(tx, digest(cookie), sentence)


def hear(inst: Installation, cookie: str) -> tuple[str, ...]:
    """What is to be said on a browser's page, once."""
    with inst.act(ENGINE) as tx:
        return logins.hear(tx, digest(cookie))


# -- signing in with another service -------------------------------------------------------------------------


class NotOurs(CaseworkError):
    """Another service vouches for an address that nobody here has, or it comes back to no sign-in of ours."""


def begin_elsewhere(
    inst: Installation, cookie: str, state: str, nonce: str, verifier: str, onwards: str, at: datetime
) -> None:
    """Keep that a browser was sent to another service to sign in."""
    with inst.act(ENGINE) as tx:
        begun = logins.Begun(nonce, verifier, onwards, at)
        logins.begin_elsewhere(tx, digest(state), digest(cookie), begun)


def come_back(inst: Installation, cookie: str, state: str, at: datetime) -> logins.Begun:
    """The sign-in that a browser comes back to; it is taken once, and not after ten minutes.

    Raises:
        NotOurs: This browser began none such, or came back to it before.
    """
    with inst.act(ENGINE) as tx:
        begun = logins.come_back(tx, digest(state), digest(cookie))
    if begun is None or at - begun.begun_at > AWAY:
        raise NotOurs("That sign-in was begun too long ago, or in another browser. Begin again.")
    return begun


def officer_of(inst: Installation, address: str) -> str:
    """The officer whom an administrator has put down with an address that another service vouches for.

    Raises:
        NotOurs: There is none: nobody is added by signing in.
    """
    with inst.act(ENGINE) as tx:
        found = logins.officer_of_address(tx, address)
    if found is None:
        raise NotOurs(
            "Nobody here has the address of that account. Ask your administrator to put it down for you."
        )
    return found


# -- one's own password and authenticator --------------------------------------------------------------------


def change_password(inst: Installation, officer_id: str, old: str, new: str, cookie: str) -> None:
    """Change one's own password; other browsers are signed out.

    Raises:
        Unclear: The old one is not right, or the new one will not do.
    """
    hasher = PasswordHasher()
    with inst.act(ENGINE) as tx:
        kept = people.login(tx, officer_id)
        if kept is None or kept.password_hash is None or not _right(hasher, kept.password_hash, old):
            raise Unclear("The password you have now is not right.", "Enter it again.")
        if new == old:
            raise Unclear("The new password is the one you have.", "Choose another.")
        _refuse_weak(new, officer_id)
        logins.set_password(tx, officer_id, hasher.hash(new), must_change=False)
        logins.end_others(tx, officer_id, digest(cookie))


def _refuse_weak(password: str, officer_id: str) -> None:
    if len(password) < SHORTEST:
        raise Unclear(
            f"The password has fewer than {SHORTEST} characters.", "Three or four words together do."
        )
    if officer_id.lower() in password.lower() or len(set(password)) < 5:
        raise Unclear("The password is easy to guess.", "Three or four words together do.")


def set_up_code(inst: Installation, officer_id: str, secret: str, code: str, at: datetime) -> None:
    """Set up one's authenticator, once a code shows that the app has the secret.

    Raises:
        Unclear: The code is not that secret's.
    """
    step = codes.step_of(secret, code, at) if codes.is_secret(secret) else None
    if step is None:
        raise Unclear("That code is not right.", "Enter the next one that the app shows.")
    with inst.act(ENGINE) as tx:
        logins.set_code_secret(tx, officer_id, secret)
        logins.use_code(tx, officer_id, step)


def has_code(inst: Installation, officer_id: str) -> bool:
    """Whether an officer has set up an authenticator."""
    with inst.act(ENGINE) as tx:
        kept = people.login(tx, officer_id)
        return kept is not None and kept.totp_secret is not None


def digest(text: str) -> str:
    """What is kept of a cookie, a name or an address."""
    return hashlib.sha256(text.encode()).hexdigest()
