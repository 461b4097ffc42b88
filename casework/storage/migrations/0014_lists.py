"""Lists and calendars that a person keeps, and how a case was read: opened, or taken away in a file."""

from casework.storage.tables import grant, run, secure

revision = "0014_lists"
down_revision = "0013_case_reads"
branch_labels = None
depends_on = None

MINE = "(officer_id = (select current_setting('casework.officer', true)))"
STATEMENTS = (
    "alter table case_read add column how text not null default 'opened'",
    """
    create table saved_view (
        officer_id text not null references officer,
        name text not null,
        filters jsonb not null,
        saved_at timestamptz not null,
        primary key (officer_id, name)
    )
    """,
    # The key is a digest: who reads the table cannot read the calendar.
    """
    create table calendar_feed (
        officer_id text primary key references officer,
        key text not null unique,
        made_at timestamptz not null
    )
    """,
)


def upgrade() -> None:
    """Make the tables; a view is shown to nobody but whoever saved it."""
    run(STATEMENTS)
    secure("saved_view", "select, insert, update, delete", MINE)
    grant("calendar_feed", "select, insert, update, delete")
