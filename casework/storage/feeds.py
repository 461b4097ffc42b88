"""Calendar feeds: the digest of the secret in each one's address. Nothing here is of a pupil."""

from datetime import datetime

from sqlalchemy import Connection, text


def keep(tx: Connection, officer_id: str, key: str, at: datetime) -> None:
    """Keep an officer's feed under a digest; the address they had before is worth nothing from now on."""
    tx.execute(
        text("""
            insert into calendar_feed (officer_id, key, made_at) values (:officer_id, :key, :at)
            on conflict (officer_id) do update set key = excluded.key, made_at = excluded.made_at
        """),
        {"officer_id": officer_id, "key": key, "at": at},
    )


def forget(tx: Connection, officer_id: str) -> None:
    """End an officer's feed."""
    tx.execute(text("delete from calendar_feed where officer_id = :id"), {"id": officer_id})


def made_at(tx: Connection, officer_id: str) -> datetime | None:
    """When an officer's feed was made; None if they have none."""
    found: datetime | None = tx.execute(
        text("select made_at from calendar_feed where officer_id = :id"), {"id": officer_id}
    ).scalar_one_or_none()
    return found


def whose(tx: Connection, key: str) -> str | None:
    """Whose feed a digest opens, if they may still sign in."""
    found: str | None = tx.execute(
        text(
            "select officer_id from calendar_feed join officer using (officer_id) where key = :key and active"
        ),
        {"key": key},
    ).scalar_one_or_none()
    return found
