"""From every numbered version to this release: a populated database keeps all it held, and a dry run nothing.

What a version's database held is written in that version's own tables: made by its migrations alone, filled
with the rows of a whole world as far as that version had the tables and columns for them.
"""

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text

from casework.domain import ENGINE
from casework.storage import server, upgrading, verify
from casework.storage.database import (
    Database,
    DatabaseRefused,
    embedded,
    newest_revision,
    recreate,
    revision_of,
    revisions,
    upgrade,
)
from tests.storage.filled import copy_of
from tests.web.world import build

pytestmark = pytest.mark.xdist_group("upgrading")

EARLIER = revisions()[:-1]
COLUMNS = """
    select table_name, array_agg(column_name::text order by ordinal_position)
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
        and table_name not in ('alembic_version', 'app_right')
    group by table_name order by table_name
"""
_numbers = count(1)

Plain = psycopg.Connection[tuple[object, ...]]
Columns = dict[str, list[str]]


@pytest.fixture(scope="module")
def whole(postgres: server.Server, template_database: str) -> Iterator[str]:
    """The database of a world of this release: registers, cases, letters, calls, sealed notes."""
    with copy_of(postgres, template_database) as (name, database):
        build(database)
        database.close()
        yield name


@pytest.fixture
def of_version(postgres: server.Server, whole: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database at a version, filled with what that version could hold of the world."""
    name = f"version_{next(_numbers)}"
    recreate(postgres, name)
    database = embedded(postgres, name)
    with database.owner_engine.begin() as owner:
        upgrade(owner, request.param)
    fill(postgres, whole, name)
    yield database
    database.close()
    recreate(postgres, name, anew=False)


def fill(postgres: server.Server, source: str, target: str) -> None:
    """Copy every row from one database to another, in the columns that both have."""
    with connect(postgres, source) as whole, connect(postgres, target) as old:
        has, had = columns_of(whole), columns_of(old)
        with old.transaction():
            old.execute("set local session_replication_role = replica")  # no triggers, no order of tables
            for table, columns in had.items():
                shared = [column for column in columns if column in has.get(table, [])]
                if shared:
                    copy(whole, old, table, shared)


def connect(postgres: server.Server, name: str) -> Plain:
    return psycopg.connect(postgres.url(server.SUPERUSER, name), autocommit=True)


def columns_of(connection: Plain) -> Columns:
    return dict(connection.execute(COLUMNS).fetchall())  # type: ignore[arg-type]


def listed(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def copy(
    source: Plain,
    target: Plain,
    table: str,
    columns: list[str],
) -> None:
    names = (sql.Identifier(table), listed(columns))
    out = sql.SQL("copy {} ({}) to stdout").format(*names)
    into = sql.SQL("copy {} ({}) from stdin").format(*names)
    with source.cursor().copy(out) as reading, target.cursor().copy(into) as writing:
        for data in reading:
            writing.write(data)


def content(connection: Plain, columns: Columns) -> dict[str, list[object]]:
    """Every row of every table, in these columns, as text."""
    found = {}
    for table, names in columns.items():
        query = sql.SQL("select {}::text from {} order by 1").format(row_of(names), sql.Identifier(table))
        found[table] = [row[0] for row in connection.execute(query)]
    return found


def row_of(columns: list[str]) -> sql.Composed:
    return sql.SQL("row({})").format(listed(columns))


@pytest.mark.parametrize("of_version", EARLIER, indirect=True, ids=lambda version: version)
def test_a_populated_database_of_every_version_becomes_one_of_this_release(postgres, of_version):
    name = of_version.owner_engine.url.database
    with connect(postgres, name) as old:
        had = columns_of(old)
        before = content(old, had)
    with of_version.owner_engine.begin() as owner:
        stood_at, rows = revision_of(owner), upgrading.row_counts(owner)

    if stood_at in (EARLIER[0], EARLIER[-1]):
        tried = upgrading.rehearse(of_version)
        assert [step.revision for step in tried.steps] == [r for r in revisions() if r > stood_at]
        with of_version.owner_engine.begin() as owner:
            now = (revision_of(owner), upgrading.row_counts(owner))
        assert now == (stood_at, rows), "a dry run changes nothing"
    of_version.migrate()
    with connect(postgres, name) as new:
        has = columns_of(new)
        kept = {table: [c for c in columns if c in has.get(table, [])] for table, columns in had.items()}
        assert kept == had, "no table and no column is gone"
        after = content(new, had)
    assert after == before
    assert before["pupil"], "there was something to lose"
    with of_version.transaction(ENGINE) as tx:
        assert verify.verify(tx) == ()
        assert tx.execute(text("select count(*) from pupil")).scalar_one() == len(before["pupil"])


def test_a_dry_run_on_tables_of_this_release_has_nothing_to_do(database):
    done = upgrading.rehearse(database)

    assert (done.came_from, done.to, done.steps) == (newest_revision(), newest_revision(), ())


@pytest.mark.parametrize("asked", [upgrading.rehearse, Database.migrate], ids=["tried", "done"])
def test_tables_of_a_later_release_are_left_alone(database, asked):
    with database.owner_engine.begin() as owner:
        owner.execute(text("update alembic_version set version_num = '9999_later'"))

    with pytest.raises(DatabaseRefused, match="of a later release: they stand at 9999_later"):
        asked(database)


def test_an_upgrade_that_would_lose_rows_is_refused(database, monkeypatch):
    with database.owner_engine.begin() as owner:
        owner.execute(text("insert into officer (officer_id, name) values ('x', 'X')"))
        owner.execute(text("update alembic_version set version_num = :r"), {"r": EARLIER[-1]})
    monkeypatch.setattr(upgrading, "upgrade", lambda tx, _: tx.execute(text("delete from officer")))

    with pytest.raises(upgrading.UpgradeLoses, match="officer: 1 before, 0 after"):
        upgrading.rehearse(database)

    with database.owner_engine.begin() as owner:
        assert owner.execute(text("select count(*) from officer")).scalar_one() == 1


def test_a_dry_run_does_not_wait_for_ever_for_tables_in_use(database, monkeypatch):
    monkeypatch.setattr(upgrading, "WAITS", "50ms")
    monkeypatch.setattr(
        upgrading, "upgrade", lambda tx, _: tx.execute(text("lock table school in access exclusive mode"))
    )
    with database.owner_engine.begin() as owner:
        owner.execute(text("update alembic_version set version_num = :r"), {"r": EARLIER[-1]})
    with database.transaction(ENGINE) as tx:
        tx.execute(text("select count(*) from school"))

        with pytest.raises(DatabaseRefused, match="others use the tables"):
            upgrading.rehearse(database)
