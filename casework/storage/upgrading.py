"""The next release tried on the rows of this one: every migration done, every table counted, all taken back.

PostgreSQL changes tables within transactions, so that a rehearsal runs the very statements on the very rows
and leaves no trace. While it runs nobody else can use the tables that it changes.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from casework.domain.errors import CaseworkError
from casework.storage.database import (
    Database,
    DatabaseRefused,
    newest_revision,
    revision_of,
    revisions,
    upgrade,
)

WAITS = "10s"
"""How long a rehearsal waits for tables that others use."""


class UpgradeLoses(CaseworkError):
    """After the migrations a table has fewer rows than before, or is gone with rows in it."""

    def __init__(self, tables: Mapping[str, tuple[int, int]]) -> None:
        self.tables = dict(tables)
        lost = "; ".join(
            f"{name}: {before} before, {after} after" for name, (before, after) in tables.items()
        )
        super().__init__(
            f"The upgrade would lose rows ({lost}). Nothing was changed. Do not upgrade; report it."
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One migration, and how long it took."""

    revision: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an upgrade did before it was taken back; `came_from` is empty where there were no tables."""

    came_from: str
    to: str
    steps: tuple[Step, ...]
    tables: int
    rows: int


def rehearse(database: Database) -> Rehearsal:
    """Do every migration that is due, compare the rows of each table, and take all of it back.

    Raises:
        UpgradeLoses: A table would have fewer rows.
        DatabaseRefused: The tables are of a later release; or others hold them.
    """
    with database.owner_engine.connect() as connection, connection.begin() as transaction:
        try:
            return _done(connection)
        except OperationalError as error:
            raise DatabaseRefused(
                "The upgrade could not be tried: others use the tables. Stop casework on every machine first."
            ) from error
        finally:
            transaction.rollback()


def _done(connection: Connection) -> Rehearsal:
    connection.execute(text(f"set local lock_timeout = '{WAITS}'"))
    came_from = revision_of(connection)
    before = row_counts(connection)
    due = [revision for revision in revisions() if came_from is None or revision > came_from]
    steps = [_step(connection, revision) for revision in due]
    if not due:
        upgrade(connection, newest_revision())  # refuses tables of a later release
    after = row_counts(connection)
    lost = {name: (rows, after.get(name, 0)) for name, rows in before.items() if after.get(name, 0) < rows}
    if lost:
        raise UpgradeLoses(lost)
    kept = {name: rows for name, rows in after.items() if name in before}
    return Rehearsal(came_from or "", newest_revision(), tuple(steps), len(kept), sum(kept.values()))


def _step(connection: Connection, revision: str) -> Step:
    began = time.perf_counter()
    upgrade(connection, revision)
    return Step(revision, time.perf_counter() - began)


def row_counts(connection: Connection) -> dict[str, int]:
    """The number of rows of every table of ours."""
    tables = connection.execute(
        text("select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version'")
    ).scalars()
    return {
        name: int(connection.execute(text(f'select count(*) from "{name}"')).scalar_one())
        for name in sorted(tables)
    }
