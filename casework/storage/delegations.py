"""What headteachers handed to colleagues for some days: roles with an end, by whom and why."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from casework.domain.people import Role


@dataclass(frozen=True, slots=True)
class Delegation:
    """A role that a headteacher gave a colleague at one school, from a day to a day, both included."""

    number: int
    officer_id: str
    name: str
    from_date: date
    to_date: date
    given_by: str
    reason: str
    taken_back: bool


def at_school(tx: Connection, urn: str, role: Role) -> tuple[Delegation, ...]:
    """Everything that was handed on at a school in this role, the latest to end first."""
    rows = tx.execute(
        text("""
            select officer_role_id, officer_id, officer.name, from_date, to_date, given_by, reason, taken_back
            from officer_role join officer using (officer_id) join school using (school_id)
            where urn = :urn and role = :role and given_by <> ''
            order by to_date desc, officer_role_id desc
        """),
        {"urn": urn, "role": role.value},
    )
    return tuple(Delegation(*row) for row in rows)


def give(
    tx: Connection,
    urn: str,
    officer_id: str,
    role: Role,
    days: tuple[date, date],
    *,
    given_by: str,
    reason: str,
) -> None:
    """Hand a role on for some days.

    Raises:
        IntegrityError: They hold it there on one of those days already.
    """
    tx.execute(
        text("""
            insert into officer_role (officer_id, role, school_id, from_date, to_date, given_by, reason)
            select :officer_id, :role, school_id, :first, :last, :given_by, :reason
            from school where urn = :urn
        """),
        {
            "officer_id": officer_id,
            "role": role.value,
            "urn": urn,
            "first": days[0],
            "last": days[1],
            "given_by": given_by,
            "reason": reason,
        },
    )


def take_back(tx: Connection, urn: str, number: int, on: date) -> bool:
    """End a delegation now: yesterday was its last day, or it was never held. False if there is none."""
    ended = tx.execute(
        text("""
            update officer_role set taken_back = from_date >= :on,
                to_date = case when from_date < :on then cast(:on as date) - 1 else to_date end
            where officer_role_id = :number and given_by <> '' and not taken_back and to_date >= :on
                and school_id = (select school_id from school where urn = :urn)
        """),
        {"number": number, "urn": urn, "on": on},
    )
    return ended.rowcount == 1
