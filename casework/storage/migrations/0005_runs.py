"""What each run of a flow did, by its name: seen without the orchestrator, and named by every effect."""

from casework.storage.tables import grant, run

revision = "0005_runs"
down_revision = "0004_absence_calls"
branch_labels = None
depends_on = None

RUNS = """
    create table flow_record (
        flow_run text primary key,
        flow text not null,
        on_date date not null,
        urn text not null default '',
        counts jsonb not null,
        finished_at timestamptz not null
    )
"""


def upgrade() -> None:
    """Make the table; it holds references and counts, and is shown to everybody who may connect."""
    run((RUNS,))
    grant("flow_record", "select, insert, update")
