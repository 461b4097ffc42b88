"""Children of one family, as far as somebody may see them."""

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another child of the same parent at the same address, as far as the transaction's officer may see."""

    name: str
    year_group: str
    school: str
    case_ref: str
    status: str


def siblings(tx: Connection, upn: str) -> tuple[Sibling, ...]:
    """Pupils in scope who share a parent's name and postcode with one, with their latest case if any."""
    rows = tx.execute(
        text("""
            select trim(coalesce(nullif(p.known_as, ''), p.forename) || ' ' || p.surname),
                roll.year_group, roll.school, coalesce(made.case_ref, ''), coalesce(made.status, '')
            from pupil p
                join lateral (
                    select year_group, school.name as school, school_id from enrolment
                    join school using (school_id)
                    where pupil_id = p.pupil_id order by on_roll_from desc limit 1
                ) roll on true
                left join lateral (
                    select case_ref, status from case_summary
                    where pupil_id = p.pupil_id order by opened_on desc, case_ref desc limit 1
                ) made on true
            where p.upn <> :upn and exists (
                select from contact mine join pupil me using (pupil_id) join contact theirs
                    on theirs.pupil_id = p.pupil_id and mine.surname <> '' and mine.postcode <> ''
                    and lower(theirs.surname) = lower(mine.surname)
                    and lower(theirs.forename) = lower(mine.forename)
                    and replace(lower(theirs.postcode), ' ', '') = replace(lower(mine.postcode), ' ', '')
                where me.upn = :upn)
            order by 1
        """),
        {"upn": upn},
    )
    return tuple(Sibling(*row) for row in rows)
