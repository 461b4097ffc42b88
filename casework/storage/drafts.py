"""Drafts of forms: what somebody has begun to write on a case, shown by row security to them alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

THROWN_AWAY_AFTER = timedelta(days=30)
MINE = "officer_id = current_setting('casework.officer')"


@dataclass(frozen=True, slots=True)
class Draft:
    """One form as far as it was filled in."""

    case_ref: str
    act: str
    raw: Mapping[str, str]
    ticked: Mapping[str, Sequence[str]]
    saved_at: datetime


def keep(tx: Connection, draft: Draft) -> None:
    """Keep a draft of the transaction's officer in place of the one before; old ones are thrown away."""
    tx.execute(
        text(f"delete from form_draft where {MINE} and saved_at < :old"),
        {"old": draft.saved_at - THROWN_AWAY_AFTER},
    )
    body = json.dumps({"raw": dict(draft.raw), "ticked": {k: [*v] for k, v in draft.ticked.items()}})
    tx.execute(
        text("""
            insert into form_draft (officer_id, case_ref, act, body, saved_at)
            values (current_setting('casework.officer'), :case_ref, :act, cast(:body as jsonb), :at)
            on conflict (officer_id, case_ref, act)
            do update set body = excluded.body, saved_at = excluded.saved_at
        """),
        {
            "case_ref": draft.case_ref,
            "act": draft.act,
            "body": body.replace("\\u0000", ""),
            "at": draft.saved_at,
        },
    )


def of(tx: Connection, case_ref: str, act: str) -> Draft | None:
    """The draft that the transaction's officer kept of one act on a case."""
    found = [draft for draft in mine(tx) if (draft.case_ref, draft.act) == (case_ref, act)]
    return found[0] if found else None


def mine(tx: Connection) -> tuple[Draft, ...]:
    """Every draft of the transaction's officer, latest first."""
    rows = tx.execute(
        text(f"""
            select case_ref, act, body->'raw', body->'ticked', saved_at from form_draft
            where {MINE} order by saved_at desc, case_ref, act
        """)
    )
    return tuple(Draft(*row) for row in rows)


def throw_away(tx: Connection, case_ref: str, act: str) -> None:
    """Forget a draft of the transaction's officer."""
    tx.execute(
        text(f"delete from form_draft where {MINE} and case_ref = :case_ref and act = :act"),
        {"case_ref": case_ref, "act": act},
    )
