"""The day's calls: who is absent without a reason, who was called, what came of it, and who was told."""

from casework.storage.tables import append_only, run, secure

revision = "0004_absence_calls"
down_revision = "0003_letterheads"
branch_labels = None
depends_on = None

CALLS = (
    """
    create table absence_call (
        school_id integer not null references school,
        pupil_id integer not null references pupil,
        on_date date not null,
        sessions text[] not null,
        tell text[] not null default '{}',
        state text not null default 'to_call'
            check (state in ('to_call', 'explained', 'safe', 'not_reached', 'missed')),
        flow_run text not null default '',
        recorded_at timestamptz not null default clock_timestamp(),
        primary key (school_id, on_date, pupil_id)
    )
    """,
    """
    create table absence_contact (
        contact_number bigint generated always as identity primary key,
        school_id integer not null,
        pupil_id integer not null,
        on_date date not null,
        contact_id text not null default '',
        method text not null,
        outcome text not null,
        child_seen boolean,
        says text not null default '',
        by text not null,
        recorded_at timestamptz not null default clock_timestamp(),
        foreign key (school_id, on_date, pupil_id) references absence_call (school_id, on_date, pupil_id)
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    run(CALLS)
    secure("absence_call", "select, insert, update")
    secure("absence_contact", "select, insert")
    append_only("absence_contact")
