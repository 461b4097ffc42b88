"""Who connects as whom, and what a transaction may see and do. On a real PostgreSQL."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from casework.config import Settings
from casework.domain.people import ENGINE, Officer, Role
from casework.storage import server
from casework.storage.database import (
    MIGRATIONS,
    Database,
    DatabaseRefused,
    driver,
    embedded,
    open_database,
)

NORTH, SOUTH, ELSEWHERE = "100001", "100002", "100003"
SCHOOLS = [(NORTH, "352", "Alder Trust"), (SOUTH, "352", ""), (ELSEWHERE, "873", "Alder Trust")]


@pytest.fixture
def schools(database: Database) -> Database:
    with database.transaction(ENGINE) as tx:
        for urn, la_code, trust in SCHOOLS:
            tx.execute(
                text("insert into school (urn, name, la_code, trust) values (:urn, :urn, :la, :trust)"),
                {"urn": urn, "la": la_code, "trust": trust},
            )
    return database


def officer(*roles: Role, **scope: frozenset[str]) -> Officer:
    return Officer("o1", "Officer One", frozenset(roles), **scope)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        pytest.param(ENGINE, {NORTH, SOUTH, ELSEWHERE}, id="the engine sees every school"),
        pytest.param(officer(Role.ADMINISTRATOR), {NORTH, SOUTH, ELSEWHERE}, id="so does an administrator"),
        pytest.param(
            officer(Role.DSL, schools=frozenset({NORTH})), {NORTH}, id="an officer sees their school"
        ),
        pytest.param(officer(Role.DSL), set(), id="an officer of no school sees none"),
        pytest.param(
            officer(Role.TRUST_ATTENDANCE_LEAD, trusts=frozenset({"Alder Trust"})),
            {NORTH, ELSEWHERE},
            id="a trust lead sees the trust's schools",
        ),
        pytest.param(
            officer(Role.DSL, trusts=frozenset({"Alder Trust"}), la_codes=frozenset({"352"})),
            set(),
            id="a trust and an LA without the role for it show nothing",
        ),
        pytest.param(
            officer(Role.EWO, la_codes=frozenset({"352"})),
            {NORTH, SOUTH},
            id="an EWO sees the schools of the LA",
        ),
        pytest.param(
            Officer("engine", "an impostor", frozenset(), frozenset({SOUTH})),
            set(),
            id="an officer called engine is not the engine",
        ),
    ],
)
def test_a_transaction_shows_the_schools_of_its_officer(
    schools: Database, who: Officer, sees: set[str]
) -> None:
    with schools.transaction(who) as tx:
        assert set(tx.execute(text("select urn from school")).scalars()) == sees


def test_a_connection_notices_that_the_other_end_is_gone(database: Database) -> None:
    with database.transaction(ENGINE) as tx:
        asked = driver(tx).info.get_parameters()

    assert (asked["tcp_user_timeout"], asked["keepalives_idle"]) == ("30000", "15")


def test_nothing_is_visible_where_no_scope_was_set(schools: Database) -> None:
    with schools.transaction(ENGINE) as tx:
        assert tx.execute(text("select count(*) from school")).scalar_one() == 3

    with schools.app_engine.begin() as tx:  # the same connection, from the pool
        assert tx.execute(text("select count(*) from school")).scalar_one() == 0


def test_a_row_of_another_school_cannot_be_written(schools: Database) -> None:
    with schools.transaction(ENGINE) as tx:
        south = tx.execute(text("select school_id from school where urn = :urn"), {"urn": SOUTH}).scalar_one()
    term = text("insert into school_term values (:school, 2026, 'autumn', 1, '2026-09-02', '2026-10-23')")

    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        schools.transaction(officer(Role.DSL, schools=frozenset({NORTH}))) as tx,
    ):
        tx.execute(term, {"school": south})


@pytest.mark.parametrize(
    "statement",
    [
        "set role casework_owner",
        "set role postgres",
        "set session authorization postgres",
        "alter table school disable row level security",
        "drop policy by_school on school",
        "create table mine (x int)",
        "delete from school",
        "truncate mark_amendment",
        "update mark_amendment set was = 'O'",
        "delete from calendar_change",
        "update notice set status = 'paid'",
        "update app_right set rights = 'all'",
        "alter role casework_app bypassrls",
    ],
)
def test_the_application_may_not(database: Database, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        database.transaction(ENGINE) as tx,
    ):
        tx.execute(text(statement))


def append_only_tables(database: Database) -> Iterator[str]:
    with database.owner_engine.begin() as connection:
        yield from connection.execute(
            text("select tgrelid::regclass::text from pg_trigger where tgname = 'never_changed'")
        ).scalars()


def test_not_even_the_owner_alters_what_is_only_added_to(database: Database) -> None:
    tables = set(append_only_tables(database))
    assert {"mark_amendment", "calendar_change", "notice", "policy_version", "import_run"} <= tables

    for table in sorted(tables):
        for statement in (f"delete from {table}", f"truncate {table} cascade"):
            with (
                pytest.raises(ProgrammingError, match="never changed"),
                database.owner_engine.begin() as owner,
            ):
                owner.execute(text(statement))


def test_every_table_with_a_school_or_pupil_is_secured(database: Database) -> None:
    query = text(
        "select distinct c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity"
        " and a.attname in ('school_id', 'pupil_id', 'enrolment_id', 'import_id', 'schools', 'case_ref')"
    )
    with database.owner_engine.begin() as owner:
        bare = set(owner.execute(query).scalars())

    assert bare <= {"officer_role"}  # read to sign in, before any school is in scope


def test_every_view_looks_with_the_rights_of_who_asks(database: Database) -> None:
    query = text(
        "select oid::regclass::text from pg_class where relkind = 'v'"
        " and relnamespace = 'public'::regnamespace"
        " and not coalesce('security_invoker=true' = any (reloptions), false)"
    )
    with database.owner_engine.begin() as owner:
        assert owner.execute(query).scalars().all() == []


def test_the_application_owns_nothing_and_has_no_powers(database: Database) -> None:
    query = text(
        "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb"
        " or exists (select from pg_class where relowner = pg_roles.oid)"
        " or exists (select from pg_auth_members where member = pg_roles.oid)"
        " from pg_roles where rolname = 'casework_app'"
    )
    with database.owner_engine.begin() as owner:
        assert owner.execute(query).scalar_one() is False


def test_migrations_are_named_after_their_files_and_follow_one_another() -> None:
    files = sorted(MIGRATIONS.glob("*.py"))
    previous = "None"

    for number, path in enumerate(files, 1):
        assert path.stem.startswith(f"{number:04d}_")
        words = path.read_text()
        assert f'revision = "{path.stem}"' in words
        assert re.search(rf"^down_revision(: [^=]+)? = {previous}$", words, re.MULTILINE)
        previous = f'"{path.stem}"'


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()

    with database.transaction(ENGINE) as tx:
        assert tx.execute(text("select count(*) from school")).scalar_one() == 0


# -- a server of one's own -----------------------------------------------------------------------------------


@pytest.fixture
def own(postgres: server.Server) -> Iterator[str]:
    """A database that a role of one's own owns, which may make roles; the address of its owner."""
    with psycopg.connect(postgres.url(server.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute("create role mine login createrole")
        connection.execute("create database mine owner mine")
        yield postgres.url("mine", "mine")
        connection.execute("drop database mine with (force)")
        connection.execute("drop role if exists mine_app")
        connection.execute("drop role if exists weak")
        connection.execute("drop role mine")


def test_a_database_of_ones_own_is_used_through_a_role_of_less_power(own: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=own)

    for _ in range(2):  # the second time the role and its password are there
        opened = open_database(settings)
        with opened.transaction(ENGINE) as tx:
            assert tx.execute(text("select current_user")).scalar_one() == "mine_app"
            assert tx.execute(text("select count(*) from school")).scalar_one() == 0
        opened.close()
    assert (tmp_path / "mine_app.password").stat().st_mode & 0o777 == 0o600
    with pytest.raises(DatabaseRefused, match="DATABASE_PREFECT_URL"):
        _ = opened.prefect_url


def test_an_owner_who_may_make_no_role_names_one(own: str, postgres: server.Server, tmp_path: Path) -> None:
    with psycopg.connect(postgres.url(server.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute("alter role mine nocreaterole")
        connection.execute("create role weak login")

    with pytest.raises(DatabaseRefused, match="DATABASE_APP_URL"):
        open_database(Settings(home=tmp_path, database_url=own))
    opened = open_database(
        Settings(home=tmp_path, database_url=own, database_app_url=postgres.url("weak", "mine"))
    )
    with opened.transaction(ENGINE) as tx:
        assert tx.execute(text("select current_user")).scalar_one() == "weak"
    opened.close()


@pytest.mark.parametrize("role", ["mine", "postgres"])
def test_the_application_never_runs_as_owner_or_superuser(
    own: str, postgres: server.Server, tmp_path: Path, role: str
) -> None:
    app_url = postgres.url(role, "mine")

    with pytest.raises(DatabaseRefused, match="must not"):
        open_database(Settings(home=tmp_path, database_url=own, database_app_url=app_url))


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused, match="does not answer"):
        open_database(Settings(home=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/nothing"))


def test_opened_twice_at_once_from_nothing(postgres: server.Server) -> None:
    def open_it(_: int) -> int:
        opened = embedded(postgres, "casework_from_nothing")
        opened.migrate()
        with opened.transaction(ENGINE) as tx:
            count = tx.execute(text("select count(*) from school")).scalar_one()
        opened.close()
        return int(count)

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(open_it, range(3))) == [0, 0, 0]
