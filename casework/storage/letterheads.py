"""How each school is reached, for the top of its letters."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.domain import NotFound


@dataclass(frozen=True, slots=True)
class KeptLetterhead:
    """A school's postal address, telephone, and when it can be reached, in words."""

    address: tuple[str, ...]
    phone: str
    reachable: str
    email: str = ""
    headteacher: str = ""


def letterhead(tx: Connection, urn: str) -> KeptLetterhead | None:
    """The school's letterhead, or None where nobody has entered it."""
    row = tx.execute(
        text("""
            select address, phone, reachable, email, headteacher from letterhead join school using (school_id)
            where urn = :urn
        """),
        {"urn": urn},
    ).one_or_none()
    return (
        KeptLetterhead(tuple(row.address), row.phone, row.reachable, row.email, row.headteacher)
        if row
        else None
    )


def set_letterhead(tx: Connection, urn: str, kept: KeptLetterhead) -> None:
    """Enter or correct a school's letterhead.

    Raises:
        NotFound: The school is not on file, or not one of this officer's.
    """
    changed = tx.execute(
        text("""
            insert into letterhead (school_id, address, phone, email, reachable, headteacher)
            select school_id, :address, :phone, :email, :reachable, :headteacher from school where urn = :urn
            on conflict (school_id) do update set address = excluded.address, phone = excluded.phone,
                email = excluded.email, reachable = excluded.reachable, headteacher = excluded.headteacher,
                recorded_at = clock_timestamp()
        """),
        {
            "urn": urn,
            "address": list(kept.address),
            "phone": kept.phone,
            "email": kept.email,
            "reachable": kept.reachable,
            "headteacher": kept.headteacher,
        },
    ).rowcount
    if not changed:
        raise NotFound("school", urn, "Import the school first, or ask for access to it.")
