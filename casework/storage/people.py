"""Pupils, their times on a roll, the people around them, and the officers who act."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from casework.domain.errors import NotFound
from casework.domain.notices import Notice, NoticeKind, NoticeStatus, Professional, goes_back
from casework.domain.people import Officer, Parent, Post, Pupil, Role
from casework.storage.database import every_school
from casework.storage.rows import upsert

_PUPIL_TEXTS = ("upn", "surname", "forename", "known_as", "sex", "sen", "eal_language")
_PUPIL_OTHERS = (
    *("dob", "fsm", "looked_after", "social_worker", "youth_justice", "young_carer", "traveller"),
    "part_time_timetable",
)
_CONTACT_TEXTS = (
    *("contact_id", "title", "forename", "surname", "relationship", "address_1", "address_2", "town"),
    *("postcode", "phone", "email", "language"),
)
_CONTACT_OTHERS = ("parental_responsibility", "lives_with_pupil", "priority", "contact_allowed")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One time of one pupil on one roll; both days are days on the roll, no last day means still there."""

    upn: str
    urn: str
    on_roll_from: date
    on_roll_to: date | None = None
    year_group: str = ""
    class_name: str = ""
    mis_id: str = ""
    wonde_id: str = ""


# -- pupils --------------------------------------------------------------------------------------------------


def save_pupils(tx: Connection, pupils: Iterable[Pupil]) -> tuple[int, int]:
    """Add pupils or bring them up to date; how many were added and changed. UPN decides who it is.

    Year group and class belong to a time on the roll: `save_enrolments`.
    """
    rows = [{name: getattr(pupil, name) for name in (*_PUPIL_TEXTS, *_PUPIL_OTHERS)} for pupil in pupils]
    with every_school(tx):  # a pupil may come from a school this officer does not see
        return upsert(tx, "pupil", ("upn",), _PUPIL_TEXTS, _PUPIL_OTHERS, rows)


def save_enrolments(tx: Connection, enrolments: Sequence[Enrolment]) -> tuple[int, int]:
    """Add times on the roll or bring them up to date; how many were added and changed.

    Raises:
        IntegrityError: Two times of one pupil on one roll overlap; the importer has said so before.
    """
    schools = dict(_numbers(tx, "school", "urn", {item.urn for item in enrolments}))
    with every_school(tx):
        pupils = dict(_numbers(tx, "pupil", "upn", {item.upn for item in enrolments}))
    rows = [
        {**asdict(item), "school_id": schools[item.urn], "pupil_id": pupils[item.upn]} for item in enrolments
    ]
    texts = ("year_group", "class_name", "mis_id", "wonde_id")
    others = ("school_id", "pupil_id", "on_roll_from", "on_roll_to")
    return upsert(tx, "enrolment", ("school_id", "pupil_id", "on_roll_from"), texts, others, rows)


def pupil(tx: Connection, upn: str, urn: str | None = None) -> Pupil:
    """A pupil, with the year group and class of the latest time on a roll (at one school, if named).

    Raises:
        NotFound: No pupil in scope has this UPN.
    """
    found = pupils(tx, upns=[upn], urn=urn)
    if not found:
        raise NotFound("pupil", upn, "Check the UPN, or ask whether the pupil is at a school you work for.")
    return found[0]


def pupils(tx: Connection, upns: Iterable[str] | None = None, urn: str | None = None) -> tuple[Pupil, ...]:
    """Pupils in scope by surname and forename: these, or those ever on one school's roll, or all."""
    columns = ", ".join(f"pupil.{name}" for name in (*_PUPIL_TEXTS, *_PUPIL_OTHERS))
    rows = tx.execute(
        text(f"""
            select {columns}, coalesce(latest.year_group, '') as year_group,
                coalesce(latest.class_name, '') as class_name
            from pupil {"left join" if urn is None else "join"} lateral (
                select year_group, class_name from enrolment join school using (school_id)
                where enrolment.pupil_id = pupil.pupil_id and (cast(:urn as text) is null or urn = :urn)
                order by on_roll_from desc limit 1
            ) latest on true
            where cast(:upns as text[]) is null or upn = any (:upns)
            order by lower(surname), lower(forename), upn
        """),
        {"upns": None if upns is None else list(upns), "urn": urn},
    )
    return tuple(Pupil(**row) for row in rows.mappings())


def upns_of(tx: Connection, pupil_ids: Iterable[int]) -> dict[int, str]:
    """The UPNs behind the numbers that pupils are kept under."""
    with every_school(tx):
        rows = tx.execute(
            text("select pupil_id, upn from pupil where pupil_id = any (:ids)"), {"ids": list(pupil_ids)}
        )
        return {row.pupil_id: row.upn for row in rows}


def enrolments(
    tx: Connection, upn: str | None = None, urn: str | None = None, upns: Iterable[str] | None = None
) -> tuple[Enrolment, ...]:
    """Times on the roll of a pupil, of a school, or of some pupils at every school in scope, oldest first."""
    rows = tx.execute(
        text("""
            select upn, urn, on_roll_from, on_roll_to, year_group, class_name, mis_id, wonde_id
            from enrolment join pupil using (pupil_id) join school using (school_id)
            where (cast(:upn as text) is null or upn = :upn) and (cast(:urn as text) is null or urn = :urn)
                and (cast(:upns as text[]) is null or upn = any (:upns))
            order by on_roll_from, upn, urn
        """),
        {"upn": upn, "urn": urn, "upns": None if upns is None else sorted(set(upns))},
    )
    return tuple(Enrolment(**row) for row in rows.mappings())


def spells_of(
    tx: Connection, upns: Iterable[str]
) -> dict[str, dict[str, tuple[tuple[date, date | None], ...]]]:
    """When some pupils were on the roll of each school (URN): first and last day of each time."""
    rows = tx.execute(
        text("""
            select upn, urn, on_roll_from, on_roll_to
            from pupil join enrolment using (pupil_id) join school using (school_id)
            where upn = any (:upns) order by upn, urn, on_roll_from
        """),
        {"upns": list(upns)},
    )
    found: dict[str, dict[str, tuple[tuple[date, date | None], ...]]] = {}
    for upn, urn, first, last in rows:
        spells = found.setdefault(upn, {})
        spells[urn] = (*spells.get(urn, ()), (first, last))
    return found


def first_days_in(tx: Connection, upns: Iterable[str], la_code: str) -> dict[str, date]:
    """The first day of some pupils on any roll in an authority's area, of those who have one."""
    rows = tx.execute(
        text("""
            select upn, min(on_roll_from)
            from enrolment join pupil using (pupil_id) join school using (school_id)
            where upn = any (:upns) and la_code = :la_code group by upn
        """),
        {"upns": list(upns), "la_code": la_code},
    )
    return {str(upn): first for upn, first in rows}


def ever_on_roll(tx: Connection, urn: str, on: date) -> frozenset[str]:
    """The UPNs that were on a school's roll at any time up to a day."""
    rows = tx.execute(
        text("""
            select distinct upn from enrolment join pupil using (pupil_id) join school using (school_id)
            where urn = :urn and on_roll_from <= :on
        """),
        {"urn": urn, "on": on},
    )
    return frozenset(rows.scalars())


def on_roll(tx: Connection, urn: str, on: date) -> tuple[str, ...]:
    """The UPNs on a school's roll on a day, in order."""
    rows = tx.execute(
        text("""
            select distinct upn from enrolment join pupil using (pupil_id) join school using (school_id)
            where urn = :urn and on_roll_from <= :on and (on_roll_to is null or :on <= on_roll_to)
            order by upn
        """),
        {"urn": urn, "on": on},
    )
    return tuple(rows.scalars())


# -- the people around a pupil -------------------------------------------------------------------------------


def save_parents(tx: Connection, parents: Sequence[Parent]) -> tuple[int, int]:
    """Add contacts or bring them up to date; how many were added and changed."""
    if not parents:
        return 0, 0
    rows = _with_pupils(tx, parents)
    with every_school(tx):
        return upsert(
            tx,
            "contact",
            ("pupil_id", "contact_id"),
            _CONTACT_TEXTS,
            ("pupil_id", *_CONTACT_OTHERS),
            rows,
        )


def parents(tx: Connection, upn: str) -> tuple[Parent, ...]:
    """A pupil's contacts, in the school's order of calling."""
    return parents_of(tx, [upn]).get(upn, ())


def parents_of(tx: Connection, upns: Iterable[str]) -> dict[str, tuple[Parent, ...]]:
    """The contacts of some pupils by UPN, each in the school's order of calling."""
    columns = ", ".join(f"contact.{name}" for name in (*_CONTACT_TEXTS, *_CONTACT_OTHERS))
    rows = tx.execute(
        text(f"""
            select upn, {columns} from contact join pupil using (pupil_id)
            where upn = any (:upns) order by upn, priority nulls last, contact_id
        """),
        {"upns": sorted(set(upns))},
    )
    found: dict[str, tuple[Parent, ...]] = {}
    for row in rows.mappings():
        found[row["upn"]] = (*found.get(row["upn"], ()), Parent(**row))
    return found


def save_professionals(tx: Connection, professionals: Sequence[Professional]) -> tuple[int, int]:
    """Add named professionals or bring them up to date, one for each role; how many of each."""
    if not professionals:
        return 0, 0
    rows = [
        {**row, "from_date": row["from_day"], "to_date": row["to_day"]}
        for row in _with_pupils(tx, professionals)
    ]
    texts = ("role", "name", "organisation", "phone", "email")
    others = ("pupil_id", "from_date", "to_date", "last_checked")
    with every_school(tx):
        return upsert(tx, "professional", ("pupil_id", "role"), texts, others, rows)


def professionals(tx: Connection, upn: str) -> tuple[Professional, ...]:
    """The named professionals around a pupil, by role."""
    return professionals_of(tx, [upn]).get(upn, ())


def professionals_of(tx: Connection, upns: Iterable[str]) -> dict[str, tuple[Professional, ...]]:
    """The named professionals around some pupils by UPN, each by role."""
    rows = tx.execute(
        text("""
            select upn, role, name, organisation, phone, email, from_date as from_day, to_date as to_day,
                last_checked
            from professional join pupil using (pupil_id) where upn = any (:upns) order by upn, role
        """),
        {"upns": sorted(set(upns))},
    )
    found: dict[str, tuple[Professional, ...]] = {}
    for row in rows.mappings():
        found[row["upn"]] = (*found.get(row["upn"], ()), Professional(**row))
    return found


def save_notices(
    tx: Connection, notices: Sequence[Notice], import_id: int | None = None, at: datetime | None = None
) -> tuple[int, tuple[Notice, ...]]:
    """Keep notices and prosecutions; a notice that says something new is a further version of it.

    Args:
        at: The time of recording; now, if none.

    Returns:
        How many were new or said something new, and those whose status is older than what is known: of them
        it is not kept.
    """
    columns = (
        *("contact_id", "kind", "issued_on", "la_code", "period_from", "period_to", "status", "paid_on"),
        *("withdrawal_ground", "public_place"),
    )
    added, older = 0, []
    for notice, row in zip(notices, _with_pupils(tx, notices), strict=True):
        given = {**row, "contact_id": row["parent_id"], "import_id": import_id}
        said = {column: given[column] for column in columns}
        key = {"pupil_id": row["pupil_id"], **{c: said[c] for c in ("contact_id", "kind", "issued_on")}}
        latest = (
            tx.execute(
                text(f"""
                select {", ".join(columns)} from current_notice where pupil_id = :pupil_id
                    and contact_id = :contact_id and kind = :kind and issued_on = :issued_on
            """),
                key,
            )
            .mappings()
            .one_or_none()
        )
        if latest is not None:
            said = {c: latest[c] if said[c] in (None, "") else said[c] for c in columns}
            if goes_back(latest["status"], said["status"]):
                said["status"] = latest["status"]
                older.append(notice)
        if latest is None or said != dict(latest):
            tx.execute(
                text(f"""
                    insert into notice (pupil_id, import_id, recorded_at, {", ".join(columns)})
                    values (:pupil_id, :import_id, coalesce(cast(:at as timestamptz), clock_timestamp()),
                        {", ".join(f":{c}" for c in columns)})
                """),
                {**said, "pupil_id": row["pupil_id"], "import_id": import_id, "at": at},
            )
            added += 1
    return added, tuple(older)


def notices(
    tx: Connection, upns: Iterable[str] | None = None, as_known: datetime | None = None
) -> tuple[Notice, ...]:
    """Notices and prosecutions as last known, by pupil and day of issue: of these pupils, or of all.

    Args:
        as_known: As last known at that time.
    """
    known = """(
        select distinct on (pupil_id, contact_id, kind, issued_on) * from notice where recorded_at <= :known
        order by pupil_id, contact_id, kind, issued_on, notice_version_id desc
    ) known"""
    rows = tx.execute(
        text(f"""
            select upn, contact_id as parent_id, kind, la_code, issued_on, period_from, period_to, status,
                paid_on, withdrawal_ground, public_place, notice_version_id::text as notice_id
            from {known if as_known else "current_notice"} join pupil using (pupil_id)
            where cast(:upns as text[]) is null or upn = any (:upns) order by upn, issued_on, contact_id
        """),
        {"upns": None if upns is None else list(upns)} | ({"known": as_known} if as_known else {}),
    )
    return tuple(
        Notice(
            **{
                **row,
                "kind": NoticeKind(row["kind"]),
                "status": NoticeStatus(row["status"]) if row["status"] else None,
            }
        )
        for row in rows.mappings()
    )


def _numbers(tx: Connection, table: str, name: str, wanted: Iterable[str]) -> list[tuple[str, int]]:
    rows = tx.execute(
        text(f"select {name}, {table}_id from {table} where {name} = any (:wanted)"), {"wanted": list(wanted)}
    )
    return [(key, number) for key, number in rows]


def _with_pupils(tx: Connection, items: Sequence[Any]) -> list[dict[str, Any]]:
    """The fields of each item, with the number its pupil is kept under.

    Raises:
        NotFound: There is no such pupil.
    """
    if not items:
        return []
    with every_school(tx):
        known = dict(_numbers(tx, "pupil", "upn", {item.upn for item in items}))
    for item in items:
        if item.upn not in known:
            raise NotFound("pupil", item.upn, "Import the roll first.")
    return [{**asdict(item), "pupil_id": known[item.upn]} for item in items]


# -- officers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfficerRole:
    """One role, from a day to a day (both included), at one school, for one trust or LA, or everywhere."""

    role: Role
    from_date: date
    to_date: date | None = None
    urn: str = ""
    trust: str = ""
    la_code: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """What signing in is checked against. A hash or secret of None: they sign in some other way."""

    officer_id: str
    email: str
    password_hash: str | None
    totp_secret: str | None
    active: bool
    must_change: bool = False


def save_officer(tx: Connection, officer_id: str, name: str, email: str = "") -> None:
    """Add an officer, or bring their name and address up to date."""
    upsert(
        tx,
        "officer",
        ("officer_id",),
        ("officer_id", "name", "email"),
        ("active",),
        [{"officer_id": officer_id, "name": name, "email": email, "active": True}],
    )


def give_role(tx: Connection, officer_id: str, given: OfficerRole) -> None:
    """Give an officer a role; giving it again from the same day changes only its end."""
    tx.execute(
        text("""
            with had as (
                update officer_role set to_date = :to_date
                where officer_id = :officer_id and role = :role and from_date = :from_date and trust = :trust
                    and not taken_back and la_code = :la_code and school_id is not distinct from
                        (select school_id from school where urn = :urn)
                returning 1
            )
            insert into officer_role (officer_id, role, school_id, trust, la_code, from_date, to_date)
            select :officer_id, :role, (select school_id from school where urn = :urn), :trust, :la_code,
                cast(:from_date as date), cast(:to_date as date)
            where not exists (select from had)
        """),
        {"officer_id": officer_id, **asdict(given)},
    )


def officer(tx: Connection, officer_id: str, on: date) -> Officer:
    """An officer with the roles held on a day.

    Raises:
        NotFound: There is none, or they no longer act.
    """
    found = [item for item in officers(tx, on) if item.officer_id == officer_id]
    if not found:
        raise NotFound("officer", officer_id, "Check the reference, or ask an administrator to add them.")
    return found[0]


def officers(tx: Connection, on: date) -> tuple[Officer, ...]:
    """Everyone who acts, with the roles held on a day, by name."""
    with every_school(tx):
        rows = tx.execute(
            text("""
                select officer.officer_id, officer.name, coalesce(jsonb_agg(jsonb_build_object(
                    'role', role, 'urn', coalesce(urn, ''), 'trust', officer_role.trust,
                    'la_code', officer_role.la_code, 'since', from_date, 'until', to_date))
                    filter (where role is not null), '[]')
                from officer left join officer_role on officer_role.officer_id = officer.officer_id
                        and from_date <= :on and (to_date is null or :on <= to_date) and not taken_back
                    left join school using (school_id)
                where active
                group by officer.officer_id order by officer.name, officer.officer_id
            """),
            {"on": on},
        ).all()
    return tuple(_officer(*row) for row in rows)


def _officer(officer_id: str, name: str, held: Sequence[dict[str, str]]) -> Officer:
    posts = frozenset(
        Post(
            Role(p["role"]),
            p["urn"],
            p["trust"],
            p["la_code"],
            date.fromisoformat(p["since"]),
            date.fromisoformat(p["until"]) if p["until"] else date.max,
        )
        for p in held
    )
    return Officer(
        officer_id,
        name,
        frozenset(post.role for post in posts),
        frozenset(post.urn for post in posts if post.urn),
        frozenset(post.la_code for post in posts if post.la_code),
        frozenset(post.trust for post in posts if post.trust),
        posts,
    )


def login(tx: Connection, name: str) -> Login | None:
    """What an officer signs in against, by reference or e-mail address; None if there is no such officer."""
    row = (
        tx.execute(
            text("""
            select officer_id, email, password_hash, totp_secret, active, must_change from officer
            where officer_id = :name or (email <> '' and lower(email) = lower(:name))
            order by officer_id = :name desc limit 1
        """),
            {"name": name},
        )
        .mappings()
        .one_or_none()
    )
    return Login(**row) if row else None


def set_login(
    tx: Connection,
    officer_id: str,
    *,
    password_hash: str | None,
    totp_secret: str | None,
    active: bool = True,
) -> None:
    """Set what an officer signs in against, or bar them."""
    tx.execute(
        text("""
            update officer set password_hash = :password_hash, totp_secret = :totp_secret, active = :active
            where officer_id = :officer_id
        """),
        {
            "officer_id": officer_id,
            "password_hash": password_hash,
            "totp_secret": totp_secret,
            "active": active,
        },
    )
