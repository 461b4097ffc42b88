"""The events of a case in their order, each tied to the one before by its hash."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from casework.domain.case import Case
from casework.domain.events import Event, Recorded
from casework.storage import codec


class Head(NamedTuple):
    """Where a chain ends: what the next event is tied to."""

    sequence: int
    hash: str
    time_hash: str


def read(tx: Connection, case_refs: Iterable[str]) -> tuple[Case, ...]:
    """Cases with all their events, in order of reference; those this officer may not know of are left out."""
    rows = tx.execute(
        text("select * from event where case_ref = any (:refs) order by case_ref, sequence"),
        {"refs": list(case_refs)},
    ).mappings()
    kept: dict[str, list[Recorded]] = {}
    for row in rows:
        kept.setdefault(row["case_ref"], []).append(codec.recorded(dict(row)))
    return tuple(Case(ref, tuple(recorded)) for ref, recorded in kept.items())


def extend(tx: Connection, head: Head, events: Sequence[Event], at: datetime) -> tuple[Recorded, ...]:
    """Tie events to the end of a case's chain and store them; the database checks that they follow.

    Args:
        head: The end of the chain, read while the case was held.
        at: The time of recording, with its offset.
    """
    rows: list[dict[str, Any]] = []
    recorded: list[Recorded] = []
    for event in events:
        row = codec.row_of(event, head.sequence + 1, at)
        row["previous_hash"], row["hash"] = head.hash, codec.content_hash(head.hash, row)
        row["time_hash"] = codec.time_hash(head.time_hash, row["hash"], at, event.flow_run)
        head = Head(row["sequence"], row["hash"], row["time_hash"])
        rows.append(row | {"body": codec.canonical(row["body"]).decode()})
        recorded.append(Recorded(head.sequence, at, event, row["previous_hash"], head.hash))
    tx.execute(
        text("""
            insert into event (case_ref, sequence, kind, version, on_date, recorded_at, by, role, flow_run,
                body, previous_hash, hash, time_hash)
            values (:case_ref, :sequence, :kind, :version, :on_date, :recorded_at, :by, :role, :flow_run,
                cast(:body as jsonb), :previous_hash, :hash, :time_hash)
        """),
        rows,
    )
    return tuple(recorded)
