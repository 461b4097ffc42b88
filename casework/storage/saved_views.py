"""Saved views: filters of a list that somebody comes back to, shown by row security to them alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

MINE = "officer_id = current_setting('casework.officer')"


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list under the name that its owner gave it: what is chosen, and the order."""

    name: str
    filters: Mapping[str, str]


def keep(tx: Connection, view: SavedView, at: datetime) -> None:
    """Keep a view of the transaction's officer, in place of one of the same name."""
    tx.execute(
        text("""
            insert into saved_view (officer_id, name, filters, saved_at)
            values (current_setting('casework.officer'), :name, cast(:filters as jsonb), :at)
            on conflict (officer_id, name)
            do update set filters = excluded.filters, saved_at = excluded.saved_at
        """),
        {"name": view.name, "filters": json.dumps(dict(view.filters)), "at": at},
    )


def mine(tx: Connection) -> tuple[SavedView, ...]:
    """Every view of the transaction's officer, by name."""
    rows = tx.execute(text(f"select name, filters from saved_view where {MINE} order by lower(name), name"))
    return tuple(SavedView(*row) for row in rows)


def forget(tx: Connection, name: str) -> None:
    """Forget a view of the transaction's officer."""
    tx.execute(text(f"delete from saved_view where {MINE} and name = :name"), {"name": name})
