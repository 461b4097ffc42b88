"""What each run of a flow did, by its name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a flow: its name, which begins with its flow's, and the day and school it is about."""

    name: str
    on: date
    urn: str = ""

    @property
    def flow(self) -> str:
        """The flow it is a run of."""
        return self.name.partition("-")[0]


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """One finished run: what it is, what it did and saw in counts, and when it was done."""

    run: Run
    counts: Mapping[str, int]
    finished_at: datetime


def add_counts(tx: Connection, run: Run, did: Mapping[str, int]) -> None:
    """Add what this transaction did to what its run had done before: both are kept, or neither is."""
    tx.execute(
        text("""
            insert into flow_record as kept (flow_run, flow, on_date, urn, counts, finished_at)
            values (:name, :flow, :on, :urn, cast(:did as jsonb), null)
            on conflict (flow_run) do update set counts = kept.counts || (
                select coalesce(
                    jsonb_object_agg(key, value::bigint + coalesce((kept.counts ->> key)::bigint, 0)), '{}'
                ) from jsonb_each_text(excluded.counts)
            )
        """),
        _named(run) | {"did": json.dumps(dict(did))},
    )


def keep_finished(tx: Connection, run: Run, saw: Mapping[str, int], at: datetime) -> None:
    """Keep that a run has finished, with what it saw; the same run done again is finished again."""
    tx.execute(
        text("""
            insert into flow_record as kept (flow_run, flow, on_date, urn, counts, finished_at)
            values (:name, :flow, :on, :urn, cast(:saw as jsonb), :at)
            on conflict (flow_run) do update
                set counts = kept.counts || excluded.counts, finished_at = excluded.finished_at
        """),
        _named(run) | {"saw": json.dumps(dict(saw)), "at": at},
    )


def is_finished(tx: Connection, name: str) -> bool:
    """Whether a run of this name has finished."""
    found = tx.execute(
        text("select exists (select from flow_record where flow_run = :name and finished_at is not null)"),
        {"name": name},
    )
    return bool(found.scalar_one())


def last_runs(tx: Connection) -> tuple[FinishedRun, ...]:
    """The latest finished run of each flow, by name."""
    rows = tx.execute(
        text("""
            select distinct on (flow) flow_run, on_date, urn, counts, finished_at from flow_record
            where finished_at is not null order by flow, finished_at desc, flow_run
        """)
    )
    return tuple(FinishedRun(Run(name, on, urn), counts, at) for name, on, urn, counts, at in rows)


def last_days(tx: Connection) -> dict[tuple[str, str], date]:
    """The latest day that each flow finished, by (flow, URN); the URN is empty for a flow of the whole."""
    rows = tx.execute(
        text(
            "select flow, urn, max(on_date) from flow_record where finished_at is not null group by flow, urn"
        )
    )
    return {(flow, urn): day for flow, urn, day in rows}


def _named(run: Run) -> dict[str, object]:
    return {"name": run.name, "flow": run.flow, "on": run.on, "urn": run.urn}
