"""How much of everything there is."""

from sqlalchemy import Connection, text

_ONE = {
    "schools": "select count(*) from school",
    "pupils": "select count(*) from pupil",
    "marks": "select count(*) from mark",
    "amendments": "select count(*) from mark_amendment",
    "triggers": "select count(*) from trigger_state",
    "cases": "select count(*) from case_file",
    "events": "select count(*) from event",
    "open_tasks": "select count(*) from case_task",
    "clock_firings": "select count(*) from clock_firing",
    "calls": "select count(*) from absence_call",
}
_MANY = {
    "cases_by_stage": "select coalesce(nullif(stage, ''), 'opened'), count(*) from case_summary group by 1",
    "letters_by_state": "select state, count(*) from document group by 1",
    "letters_by_kind": "select template, count(*) from document group by 1",
    "letters_of_policies": """
        select school.policy || ': ' || (snapshot -> 'given' ->> 'policy_title'), count(*)
        from document join school using (school_id)
        where snapshot -> 'given' ->> 'policy_title' is not null group by 1
    """,
    "asked_by_policies": """
        select school.policy || ': ' || split_part(body ->> 'effect_key', ':', 2), count(*)
        from event join case_file using (case_ref) join school using (school_id)
        where kind = 'task_added' and body ->> 'effect_key' like 'duty:%' group by 1
    """,
    "clocks_by_state": "select state, count(*) from clock group by 1",
    "triage_by_state": "select state, count(*) from triage group by 1",
    "events_by_kind": "select kind, count(*) from event group by 1",
    "flow_runs": "select flow, count(*) from flow_record "
    "where flow <> 'demo' and finished_at is not null group by 1",
}


def everything(tx: Connection) -> dict[str, object]:
    """Counts of what the transaction's officer sees, by name; some by kind."""
    found: dict[str, object] = {name: tx.execute(text(query)).scalar_one() for name, query in _ONE.items()}
    for name, query in _MANY.items():
        found[name] = {row[0]: row[1] for row in sorted(tx.execute(text(query)).all())}
    return found
