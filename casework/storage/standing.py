"""How the work stands, in counts: what a flow finished when, what is overdue, what waits."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class LastFinish:
    """The latest a flow finished, for one school or for the whole: the day it was about, and when."""

    flow: str
    urn: str
    on: date
    at: datetime


def last_finishes(tx: Connection) -> tuple[LastFinish, ...]:
    """The latest finish of each flow at each school; the URN is empty for a flow of the whole."""
    rows = tx.execute(
        text("""
            select flow, urn, max(on_date), max(finished_at) from flow_record
            where finished_at is not null group by flow, urn order by flow, urn
        """)
    )
    return tuple(LastFinish(*row) for row in rows)


def clocks_overdue(tx: Connection, on: date) -> int:
    """How many running clocks came due before a day and have not fired."""
    found = tx.execute(
        text("select count(*) from clock where state = 'running' and due_on < :on"), {"on": on}
    )
    return int(found.scalar_one())


def revision(tx: Connection) -> str:
    """The migration that the tables stand at."""
    return str(tx.execute(text("select version_num from alembic_version")).scalar_one())
