"""Reports as they were made, each once for its day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class KeptReport:
    """One report of a school: which, of which day and how often, for whom, and its lines as data.

    `names_pupils`: a line of it is about one pupil; no governor sees such a report.
    """

    urn: str
    name: str
    on: date
    every: str
    says: str
    made_for: tuple[str, ...]
    policy: str
    names_pupils: bool
    lines: tuple[Mapping[str, Any], ...]
    made_at: datetime


def keep(tx: Connection, report: KeptReport, flow_run: str) -> bool:
    """Keep a report; False if it was made for that day before."""
    return bool(
        tx.execute(
            text("""
                insert into report_made (school_id, name, on_date, every, says, made_for, policy,
                    names_pupils, lines, flow_run, made_at)
                select school_id, :name, :on, :every, :says, :made_for, :policy, :names_pupils,
                    cast(:lines as jsonb), :flow_run, :made_at
                from school where urn = :urn on conflict do nothing
            """),
            {
                "urn": report.urn,
                "name": report.name,
                "on": report.on,
                "every": report.every,
                "says": report.says,
                "made_for": list(report.made_for),
                "policy": report.policy,
                "names_pupils": report.names_pupils,
                "lines": json.dumps([dict(line) for line in report.lines]),
                "flow_run": flow_run,
                "made_at": report.made_at,
            },
        ).rowcount
    )


def made_of(tx: Connection, urn: str, on: date) -> frozenset[str]:
    """The names of a school's reports that were made for a day."""
    rows = tx.execute(
        text(
            "select report_made.name from report_made join school using (school_id)"
            " where urn = :urn and on_date = :on"
        ),
        {"urn": urn, "on": on},
    )
    return frozenset(rows.scalars())


def kept(tx: Connection, urn: str, names: Sequence[str] = (), limit: int = 200) -> tuple[KeptReport, ...]:
    """The reports of a school that this transaction's officer may see, newest first."""
    rows = tx.execute(
        text("""
            select urn, report_made.name, on_date as "on", every, says, made_for, report_made.policy,
                names_pupils, lines, made_at
            from report_made join school using (school_id)
            where urn = :urn and (cardinality(cast(:names as text[])) = 0 or report_made.name = any (:names))
            order by on_date desc, report_made.name limit :limit
        """),
        {"urn": urn, "names": list(names), "limit": limit},
    ).mappings()
    return tuple(
        KeptReport(**{**row, "made_for": tuple(row["made_for"]), "lines": tuple(row["lines"])})
        for row in rows
    )
