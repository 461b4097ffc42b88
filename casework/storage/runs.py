"""What each run of a flow did, by its name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """One finished run: its name, its flow, the day it was about, and what it did in counts."""

    flow_run: str
    flow: str
    on: date
    urn: str
    counts: Mapping[str, int]
    finished_at: datetime


def keep_run(tx: Connection, done: FinishedRun) -> None:
    """Keep what a run did; the same run done again counts as its latest."""
    tx.execute(
        text("""
            insert into flow_record (flow_run, flow, on_date, urn, counts, finished_at)
            values (:flow_run, :flow, :on, :urn, cast(:counts as jsonb), :finished_at)
            on conflict (flow_run) do update
                set counts = excluded.counts, finished_at = excluded.finished_at
        """),
        {
            "flow_run": done.flow_run,
            "flow": done.flow,
            "on": done.on,
            "urn": done.urn,
            "counts": json.dumps(done.counts),
            "finished_at": done.finished_at,
        },
    )


def is_kept(tx: Connection, flow_run: str) -> bool:
    """Whether a run of this name has finished."""
    found = tx.execute(
        text("select exists (select from flow_record where flow_run = :flow_run)"), {"flow_run": flow_run}
    )
    return bool(found.scalar_one())


def last_runs(tx: Connection) -> tuple[FinishedRun, ...]:
    """The latest finished run of each flow, by name."""
    rows = tx.execute(
        text("""
            select distinct on (flow) flow_run, flow, on_date, urn, counts, finished_at from flow_record
            order by flow, finished_at desc
        """)
    )
    return tuple(FinishedRun(*row) for row in rows)
