"""Officers as an administrator sees them: every role, and how they sign in."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from casework.domain.people import Role


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as an administrator sees it, with its number and the name of its school."""

    number: int
    role: Role
    from_date: date
    to_date: date | None
    school: str
    trust: str
    la_code: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """An officer as an administrator sees them: every role, past and to come, and how they sign in."""

    officer_id: str
    name: str
    email: str
    active: bool
    has_password: bool
    has_code: bool
    must_change: bool
    roles: tuple[HeldRole, ...]


def colleagues(tx: Connection, officer_id: str = "") -> tuple[Colleague, ...]:
    """Everyone there is, or one, by name."""
    rows = tx.execute(
        text("""
            select officer_role_id, officer_id, role, from_date, to_date, coalesce(school.name, '') as school,
                officer_role.trust, officer_role.la_code
            from officer_role left join school using (school_id)
            where :officer_id in ('', officer_id) and not taken_back
            order by from_date, role, officer_role_id
        """),
        {"officer_id": officer_id},
    )
    held: dict[str, list[HeldRole]] = {}
    for number, who, role, *rest in rows:
        held.setdefault(who, []).append(HeldRole(number, Role(role), *rest))
    known = tx.execute(
        text("""
            select officer_id, name, email, active, password_hash is not null as has_password,
                totp_secret is not null as has_code, must_change
            from officer where :officer_id in ('', officer_id) order by lower(name), officer_id
        """),
        {"officer_id": officer_id},
    )
    return tuple(Colleague(**row, roles=tuple(held.get(row["officer_id"], ()))) for row in known.mappings())


def end_role(tx: Connection, officer_id: str, number: int, to_date: date) -> bool:
    """Let a role end with a day, included; False if this officer has no such role, or it begins later."""
    ended = tx.execute(
        text("""
            update officer_role set to_date = :to_date
            where officer_role_id = :number and officer_id = :officer_id and from_date <= :to_date
        """),
        {"number": number, "officer_id": officer_id, "to_date": to_date},
    )
    return ended.rowcount == 1
