"""One installation: its database, its letters and its clock, opened once where the program starts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import Connection

from casework.config import Settings
from casework.documents import Letters
from casework.domain import Officer
from casework.storage.database import Database, open_database


@dataclass(frozen=True)
class Installation:
    """What every action is given first. `now` says when something is recorded, never what day `on` is."""

    db: Database
    letters: Letters
    now: Callable[[], datetime]

    @contextmanager
    def act(self, officer: Officer, flow_run: str = "") -> Iterator[Connection]:
        """One transaction as one officer: they see what is theirs; all of it is kept, or nothing."""
        with self.db.transaction(officer, flow_run) as tx:
            yield tx


def utc_now() -> datetime:
    """The time of recording."""
    return datetime.now(UTC)


@cache
def open_installation(settings: Settings) -> Installation:
    """The installation that the settings describe, its server started and its database migrated."""
    return Installation(open_database(settings), Letters(settings.templates / "documents"), utc_now)
