"""Everything an installation holds, to be compared with another: no times of recording, no row numbers.

What is left out is what a crash or a second delivery truly adds: times, the log of imports, who read what.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from casework.actions import maintenance
from casework.actions.installation import Installation
from casework.storage import server
from casework.storage.database import NAME

LEFT_OUT = {
    "alembic_version", "app_right", "import_problem", "import_result", "import_run", "login", "case_read",
    "sealed_read", "sign_in_failure", "policy_version", "sheet_filling", "register_sheet", "roll_year",
    "mark_detail", "amender", "amendment_reason", "school", "pupil", "form_draft", "current_notice",
}  # fmt: skip
"""Row numbers, what was read, and the log of deliveries; marks are compared by the view `mark`."""
NOT_COLUMNS = {
    "enrolment_id", "officer_role_id", "change_id", "import_id", "notice_version_id", "contact_number",
    "shared_id", "snooze_id", "slot", "password_hash", "time_hash", "head_time_hash", "sealed_id",
}  # fmt: skip
NAMED = {
    "school_id": "(select urn from school s where s.school_id = t.school_id)",
    "pupil_id": "(select upn from pupil p where p.pupil_id = t.pupil_id)",
    "reason_id": "(select reason from amendment_reason r where r.reason_id = t.reason_id)",
    "amender_id": "(select name || ', ' || position from amender a where a.amender_id = t.amender_id)",
}
_AMENDED = """
    (select upn from pupil join roll_year y on y.pupil_ids[t.slot + 1] = pupil.pupil_id
     join school_session d using (school_id, academic_year)
     where d.school_id = t.school_id and d.session_date = t.session_date and d.half = t.half)
"""

Holding = dict[str, list[str]]


def holding(home: Path) -> Holding:
    """Each table's rows as text, sorted."""
    running = server.start(home)
    url = running.url(server.SUPERUSER, NAME)
    with psycopg.connect(url, row_factory=dict_row) as connection:
        tables = connection.execute(
            "select table_name, array_agg(array[column_name, data_type]::text[] order by ordinal_position)"
            " as columns from information_schema.columns where table_schema = 'public' group by 1 order by 1"
        ).fetchall()
        return {
            row["table_name"]: _rows(connection, row["table_name"], row["columns"])
            for row in tables
            if row["table_name"] not in LEFT_OUT
        }


def _rows(connection: "psycopg.Connection[Any]", table: str, columns: list[list[str]]) -> list[str]:
    asked = [
        sql.SQL(NAMED.get(name, "t.{0}")).format(sql.Identifier(name))
        + sql.SQL(" as {}").format(sql.Identifier(name))
        for name, kind in columns
        if name not in NOT_COLUMNS and not kind.startswith("timestamp")
    ]
    if table == "mark_amendment":
        asked.append(sql.SQL(_AMENDED + " as upn"))
    query = sql.SQL("select {} from {} t").format(sql.SQL(", ").join(asked), sql.Identifier(table))
    rows = connection.execute(query).fetchall()
    return sorted(json.dumps(_plain(table, row), default=_text, sort_keys=True) for row in rows)


def _plain(table: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what a run only saw: how many folders lay in the inbox depends on who sent them how often."""
    if table == "flow_record" and row["flow"] in ("inbox", "registers", "catch_up"):
        seen = ("taken", "refused", "swept", "read")
        return {**row, "counts": {name: n for name, n in row["counts"].items() if name not in seen}}
    return row


def parting(undisturbed: Holding, disturbed: Holding, most: int = 8) -> list[str]:
    """For each case whose chains differ, the events at which they part: what should be, and what is."""
    one, other = _chains(undisturbed), _chains(disturbed)
    found: list[str] = []
    for ref in sorted(one.keys() | other.keys()):
        should, there = one.get(ref, []), other.get(ref, [])
        if should == there or len(found) > 3 * most:
            continue
        pairs = enumerate(zip(should, there, strict=False))
        place = next((n for n, (a, b) in pairs if a != b), min(len(should), len(there)))
        found.append(f"{ref} parts at event {place + 1} of {len(should)}")
        found.append(f"  should be {should[place][:500] if place < len(should) else 'nothing'}")
        found.append(f"  is        {there[place][:500] if place < len(there) else 'nothing'}")
    return found


def _chains(holding: Holding) -> dict[str, list[str]]:
    rows = sorted((json.loads(row) for row in holding.get("event", ())), key=lambda row: row["sequence"])
    found: dict[str, list[str]] = {}
    for row in rows:
        told = [row["on_date"], row["kind"], row["by"], row["flow_run"], json.dumps(row["body"])]
        found.setdefault(row["case_ref"], []).append(" ".join(told))
    return found


def _text(value: object) -> str:
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)


def differences(undisturbed: Holding, disturbed: Holding, most: int = 5) -> list[str]:
    """What was lost and what was doubled or is new, table by table."""
    found: list[str] = []
    for table in sorted(undisturbed.keys() | disturbed.keys()):
        one, other = Counter(undisturbed.get(table, ())), Counter(disturbed.get(table, ()))
        for word, rows in (("lost", one - other), ("doubled or new", other - one)):
            if rows:
                found.append(f"{table}: {rows.total()} {word}")
                found += [f"  {row[:600]}" for row in list(rows)[:most]]
    return found


def broken(inst: Installation) -> list[str]:
    """Every break of the audit chain, in words."""
    return [str(item) for item in maintenance.verify(inst)]
