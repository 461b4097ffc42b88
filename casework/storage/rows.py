"""Rows kept by their key: what is new is added, what is known better is changed, and nothing is forgotten."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text


def upsert(
    tx: Connection,
    table: str,
    key: Sequence[str],
    texts: Sequence[str],
    others: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
) -> tuple[int, int]:
    """Add rows to a table, or bring those with the same key up to date, in the order of their keys.

    What a row leaves unknown (None, or an empty text) changes nothing: a file with fewer columns erases none.

    Args:
        key: The columns that decide which row it is.
        texts: Columns of text, whose unknown is the empty text; may include key columns.
        others: Columns whose unknown is null; may include key columns.
        rows: The columns by name; one row for each key.

    Returns:
        How many were added and how many changed; the rest said nothing new.
    """
    if not rows:
        return 0, 0
    columns = [*texts, *others]
    free = [column for column in columns if column not in key]
    given = [f"coalesce(given.{column}, '')" for column in texts] + [f"given.{column}" for column in others]
    known = {
        column: f"nullif(excluded.{column}, '')" if column in texts else f"excluded.{column}"
        for column in free
    }
    better = {column: f"coalesce({value}, kept.{column})" for column, value in known.items()}
    change = (
        f"do update set {', '.join(f'{column} = {value}' for column, value in better.items())}"
        f" where ({', '.join(f'kept.{column}' for column in free)})"
        f" is distinct from ({', '.join(better.values())})"
        if free
        else "do nothing"
    )
    done = tx.execute(
        text(f"""
            insert into {table} as kept ({", ".join(columns)})
            select {", ".join(given)} from jsonb_populate_recordset(null::{table}, cast(:rows as jsonb)) given
            on conflict ({", ".join(key)}) {change} returning (xmax = 0) as added
        """),
        {"rows": json.dumps(sorted(rows, key=lambda row: [str(row[column]) for column in key]), default=str)},
    )
    added = [bool(row.added) for row in done]
    return sum(added), len(added) - sum(added)
