"""Every table, every role, in SQL: what a person's transaction sees of their own school and of another's."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text

from casework.domain.people import ENGINE, Officer, Post, Role
from casework.storage.database import Database
from casework.storage.row_access import OF_ITS_WRITER, ROWS, SHOWN_TO_ALL, Sees
from tests.web.world import NORTH, SOUTH, World

ROLES = {
    **{
        role.value: Officer("someone", "Some One", frozenset({role}), frozenset({NORTH}))
        for role in Role
        if role not in (Role.EWO, Role.TRUST_ATTENDANCE_LEAD)
    },
    "ewo": Officer("someone", "Some One", frozenset({Role.EWO}), la_codes=frozenset({"352"})),
    "ewo_elsewhere": Officer("someone", "Some One", frozenset({Role.EWO}), la_codes=frozenset({"873"})),
    "trust_attendance_lead": Officer(
        "someone", "Some One", frozenset({Role.TRUST_ATTENDANCE_LEAD}), trusts=frozenset({"example"})
    ),
    "nobody": Officer("someone", "Some One", frozenset()),
}
pytestmark = pytest.mark.xdist_group("row access")


@dataclass(frozen=True)
class Keys:
    """The numbers of two schools, and what was put to the LA at the northern one."""

    north: int
    south: int
    shared_ref: str


@pytest.fixture(scope="module")
def keys(still: World) -> Keys:
    """A world in which one case was put to the LA."""
    with still.inst.act(ENGINE) as tx:
        ids = dict(iter(tx.execute(text("select urn, school_id from school")).tuples()))
    with still.inst.db.owner_engine.begin() as owner:
        owner.execute(
            text("""
                insert into shared_with_la (la_code, school_id, pupil_id, case_ref, why, since)
                select '352', school_id, pupil_id, case_ref, 'case_listed', '2026-11-20' from case_file
                where case_ref = :ref
            """),
            {"ref": still.case_ref},
        )
        owner.execute(
            text("""
                insert into report_made (school_id, name, on_date, every, says, made_for, policy,
                    names_pupils, lines, made_at)
                select school_id, named.name, '2026-11-20', 'week', 'A report.', '{leaders}', 'national',
                    named.pupils, '[]', now()
                from school, (values ('figures', false), ('pupils', true)) as named (name, pupils)
            """)
        )
    return Keys(ids[NORTH], ids[SOUTH], still.case_ref)


def tables(database: Database) -> Iterator[str]:
    """Every table that the application may read anything of."""
    with database.owner_engine.begin() as owner:
        yield from owner.execute(
            text("""
                select c.relname from pg_class c join app_right on table_name = c.relname
                where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1
            """)
        ).scalars()


def test_the_matrix_names_every_table(still: World) -> None:
    assert set(ROWS) | SHOWN_TO_ALL | OF_ITS_WRITER == set(tables(still.inst.db))


WHERE = {
    "school_id": "school_id = {school}",
    "pupil_id": "pupil_id in (select pupil_id from enrolment where school_id = {school})",
    "case_ref": "case_ref in (select case_ref from case_file where school_id = {school})",
    "schools": "{school} = any (schools)",
    "import_id": "import_id in (select import_id from import_run where {school} = any (schools))",
    "sha256": "sha256 in (select sha256 from case_holds_file join case_file using (case_ref)"
    " where school_id = {school})",
}


def count(tx: Connection, table: str, school: int) -> int:
    found = set(
        tx.execute(
            text("select attname from pg_attribute where attrelid = cast(:t as regclass) and attnum > 0"),
            {"t": table},
        ).scalars()
    )
    column = next(name for name in WHERE if name in found)
    where = WHERE[column].format(school=school)
    return int(tx.execute(text(f"select count(*) from {table} where {where}")).scalar_one())


@pytest.mark.parametrize("role", ROLES)
def test_each_table_shows_each_role_what_the_matrix_says(still: World, keys: Keys, role: str) -> None:
    wrong = []
    for table, shown in ROWS.items():
        with still.inst.act(ENGINE) as tx:
            everything = {school: count(tx, table, school) for school in (keys.north, keys.south)}
        with still.inst.act(ROLES[role]) as tx:
            seen = {school: count(tx, table, school) for school in (keys.north, keys.south)}
        sees = shown.get(role, Sees.NOTHING)
        expected = {
            Sees.EVERYTHING: everything,
            Sees.OWN: {keys.north: everything[keys.north], keys.south: 0},
            Sees.NOTHING: {keys.north: 0, keys.south: 0},
        }.get(sees)
        if sees is Sees.SEALED:
            with still.inst.db.owner_engine.begin() as owner:
                owner.execute(text(f"set local casework.posts = '{keys.north}={role},{keys.south}={role}'"))
                ok = seen == {keys.north: count(owner, table, keys.north), keys.south: 0}
        elif sees is Sees.NO_PUPILS:
            ok = seen == {keys.north: everything[keys.north] - 1, keys.south: 0}
        elif sees is Sees.SHARED:
            ok = seen[keys.south] == 0 and seen[keys.north] <= everything[keys.north]
        else:
            ok = seen == expected
        wrong += [] if ok else [f"{table}: {role} sees {seen} of {everything}, the matrix says {sees.value}"]

    assert not wrong, "\n".join(wrong)


def test_an_ewo_sees_the_case_that_was_put_to_the_la_and_no_other(still: World, keys: Keys) -> None:
    with still.inst.act(ROLES["ewo"]) as tx:
        for table in ("case_file", "case_summary", "event"):
            refs = set(tx.execute(text(f"select case_ref from {table}")).scalars())
            assert refs == {keys.shared_ref}, table
        assert tx.execute(text("select count(*) from pupil")).scalar_one() == 1
        assert tx.execute(text("select count(*) from register_sheet")).scalar_one() == 0
        files = set(tx.execute(text("select sha256 from stored_file")).scalars())
    with still.inst.act(ENGINE) as tx:
        held = text("select sha256 from case_holds_file where case_ref = :ref")
        assert files == set(tx.execute(held, {"ref": keys.shared_ref}).scalars())


def test_roles_are_held_where_they_are_held(still: World, keys: Keys) -> None:
    """A DSL of one school who is a pastoral lead of another reads what is sealed at the first alone."""
    both = Officer(
        "two",
        "Two Posts",
        frozenset({Role.DSL, Role.PASTORAL_LEAD}),
        frozenset({NORTH, SOUTH}),
        posts=frozenset({Post(Role.PASTORAL_LEAD, urn=NORTH), Post(Role.DSL, urn=SOUTH)}),
    )
    with still.inst.act(both) as tx:
        assert tx.execute(text("select count(*) from case_file")).scalar_one() == 3
        assert tx.execute(text("select count(*) from sealed_note")).scalar_one() == 0
        assert tx.execute(text("select * from read_sealed_notes(:r)"), {"r": still.sibling_ref}).all() == []


@pytest.mark.parametrize("role", ["governor", "administrator", "ewo", "nobody"])
def test_who_works_no_cases_writes_none(still: World, keys: Keys, role: str) -> None:
    with still.inst.act(ROLES[role]) as tx:
        changed = tx.execute(
            text("update case_summary set owner_id = 'x' where case_ref = :r"), {"r": still.sibling_ref}
        )
        assert changed.rowcount == 0
        assert (
            tx.execute(
                text("select seal_note(:r, 'dsl', 'x', '2026-11-20')"), {"r": still.sibling_ref}
            ).scalar()
            is None
        )
