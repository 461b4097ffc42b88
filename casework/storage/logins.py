"""Signed-in browsers, and sign-ins that failed. Keys and names are digests; nothing here is of a pupil."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Login:
    """One signed-in browser, and whether something is asked first: a code, or another password."""

    officer_id: str
    began_at: datetime
    seen_at: datetime
    code_given: bool
    must_change: bool


@dataclass(frozen=True, slots=True)
class OfficerChange:
    """What somebody changed of a colleague's access."""

    officer_id: str
    says: str
    by: str
    on: date


def begin(tx: Connection, key: str, officer_id: str, at: datetime, *, code_given: bool) -> None:
    """Keep a new login."""
    tx.execute(
        text("""
            insert into login (key, officer_id, began_at, seen_at, code_given)
            values (:key, :officer_id, :at, :at, :code_given)
        """),
        {"key": key, "officer_id": officer_id, "at": at, "code_given": code_given},
    )


def of(tx: Connection, key: str) -> Login | None:
    """The login kept under a key, of an officer who may sign in."""
    row = (
        tx.execute(
            text("""
                select officer_id, began_at, seen_at, code_given, must_change
                from login join officer using (officer_id) where key = :key and active
            """),
            {"key": key},
        )
        .mappings()
        .one_or_none()
    )
    return Login(**row) if row else None


def seen(tx: Connection, key: str, at: datetime) -> None:
    """Keep a login alive."""
    tx.execute(text("update login set seen_at = :at where key = :key"), {"key": key, "at": at})


def code_given(tx: Connection, key: str) -> None:
    """The second step of a sign-in is done."""
    tx.execute(text("update login set code_given = true where key = :key"), {"key": key})


def end(tx: Connection, key: str) -> None:
    """Sign a browser out."""
    tx.execute(text("delete from login where key = :key"), {"key": key})


def end_others(tx: Connection, officer_id: str, key: str = "") -> int:
    """Sign an officer out everywhere but in one browser; how many that were."""
    statement = text("delete from login where officer_id = :officer_id and key <> :key")
    return int(tx.execute(statement, {"officer_id": officer_id, "key": key}).rowcount)


def end_old(tx: Connection, seen_before: datetime, began_before: datetime) -> None:
    """Forget logins that have ended by themselves."""
    tx.execute(
        text("delete from login where seen_at < :seen or began_at < :began"),
        {"seen": seen_before, "began": began_before},
    )


def count_of(tx: Connection, officer_id: str) -> int:
    """In how many browsers an officer is signed in."""
    found = tx.execute(text("select count(*) from login where officer_id = :id"), {"id": officer_id})
    return int(found.scalar_one())


def say(tx: Connection, key: str, sentence: str) -> None:
    """Keep a sentence for the browser's next page."""
    tx.execute(
        text("update login set said = array_append(said, cast(:sentence as text)) where key = :key"),
        {"key": key, "sentence": sentence},
    )


def hear(tx: Connection, key: str) -> tuple[str, ...]:
    """The sentences kept for a browser; they are told once."""
    kept = tx.execute(
        text("""
            with had as (select said from login where key = :key and said <> '{}' for update),
            told as (update login set said = '{}' where key = :key and exists (select from had))
            select said from had
        """),
        {"key": key},
    ).scalar_one_or_none()
    return tuple(kept or ())


# -- failures ------------------------------------------------------------------------------------------------


def failed(tx: Connection, name: str, address: str, at: datetime) -> None:
    """Keep that a sign-in failed; what is older than a day is forgotten."""
    tx.execute(
        text("insert into sign_in_failure values (:name, :address, :at)"),
        {"name": name, "address": address, "at": at},
    )
    tx.execute(text("delete from sign_in_failure where failed_at < :old"), {"old": at - timedelta(days=1)})


def failures(tx: Connection, name: str, address: str, at: datetime) -> Mapping[str, int]:
    """Failures up to now: of a name in the last minute and hour, of an address in the last minute."""
    row = tx.execute(
        text("""
            select count(*) filter (where name = :name and failed_at > :minute) as name_minute,
                count(*) filter (where name = :name) as name_hour,
                count(*) filter (where address = :address and failed_at > :minute) as address_minute
            from sign_in_failure where failed_at > :hour and (name = :name or address = :address)
        """),
        {
            "name": name,
            "address": address,
            "minute": at - timedelta(minutes=1),
            "hour": at - timedelta(hours=1),
        },
    )
    return dict(row.mappings().one())


def forgive(tx: Connection, name: str) -> None:
    """Forget the failures of a name."""
    tx.execute(text("delete from sign_in_failure where name = :name"), {"name": name})


# -- signing in with another service -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that another service is to answer: what it must send back, and where to go on to."""

    nonce: str
    verifier: str
    onwards: str
    begun_at: datetime


def begin_elsewhere(tx: Connection, state: str, browser: str, begun: Begun) -> None:
    """Keep a sign-in begun in a browser; what nobody came back from within a day is forgotten."""
    tx.execute(
        text("delete from sign_in_begun where begun_at < :old"), {"old": begun.begun_at - timedelta(days=1)}
    )
    tx.execute(
        text("""
            insert into sign_in_begun (state, browser, nonce, verifier, onwards, begun_at)
            values (:state, :browser, :nonce, :verifier, :onwards, :at)
        """),
        {
            "state": state,
            "browser": browser,
            "nonce": begun.nonce,
            "verifier": begun.verifier,
            "onwards": begun.onwards,
            "at": begun.begun_at,
        },
    )


def come_back(tx: Connection, state: str, browser: str) -> Begun | None:
    """Take a sign-in that this browser began; once, whatever comes of it."""
    row = tx.execute(
        text("""
            delete from sign_in_begun where state = :state and browser = :browser
            returning nonce, verifier, onwards, begun_at
        """),
        {"state": state, "browser": browser},
    ).one_or_none()
    return Begun(*row) if row else None


def officer_of_address(tx: Connection, address: str) -> str | None:
    """The officer who may sign in with an address, whose it alone is; None where there is none."""
    rows = tx.execute(
        text(
            "select officer_id from officer where active and email <> '' and lower(email) = lower(:address)"
        ),
        {"address": address},
    )
    return rows.scalar_one_or_none()


# -- what is signed in with ----------------------------------------------------------------------------------


def set_password(tx: Connection, officer_id: str, password_hash: str, *, must_change: bool) -> None:
    """Set an officer's password, by its hash."""
    tx.execute(
        text("""
            update officer set password_hash = :hash, must_change = :must_change where officer_id = :id
        """),
        {"id": officer_id, "hash": password_hash, "must_change": must_change},
    )


def set_code_secret(tx: Connection, officer_id: str, secret: str | None) -> None:
    """Set the secret of an officer's authenticator, or take it away."""
    tx.execute(
        text("update officer set totp_secret = :secret, code_step = 0 where officer_id = :id"),
        {"id": officer_id, "secret": secret},
    )


def use_code(tx: Connection, officer_id: str, step: int) -> bool:
    """Use the code of one step up; False if it, or a later one, was used before."""
    used = tx.execute(
        text("update officer set code_step = :step where officer_id = :id and code_step < :step"),
        {"id": officer_id, "step": step},
    )
    return used.rowcount == 1


def set_active(tx: Connection, officer_id: str, active: bool) -> None:
    """Let an officer sign in, or bar them."""
    tx.execute(
        text("update officer set active = :active where officer_id = :id"),
        {"id": officer_id, "active": active},
    )


def changed(tx: Connection, change: OfficerChange) -> None:
    """Keep what was changed of somebody's access."""
    tx.execute(
        text("""
            insert into officer_change (officer_id, says, by, on_date) values (:officer_id, :says, :by, :on)
        """),
        {"officer_id": change.officer_id, "says": change.says, "by": change.by, "on": change.on},
    )


def changes(tx: Connection, officer_id: str) -> tuple[OfficerChange, ...]:
    """What was changed of an officer's access, latest first."""
    rows = tx.execute(
        text("""
            select officer_id, says, by, on_date from officer_change
            where officer_id = :id order by change_id desc
        """),
        {"id": officer_id},
    )
    return tuple(OfficerChange(*row) for row in rows)
