"""Returns made to the LA, each once for what it is about, whether or not the pupil has a case."""

from casework.storage.tables import append_only, run, secure

revision = "0006_returns"
down_revision = "0005_runs"
branch_labels = None
depends_on = None

RETURNS = """
    create table return_made (
        school_id integer not null references school,
        pupil_id integer not null references pupil,
        made text not null check (made in ('new_pupil', 'deletion', 'attendance', 'sickness')),
        episode text not null,
        la_code text not null,
        why text not null,
        made_on date not null,
        by text not null,
        role text not null,
        case_ref text references case_file,
        recorded_at timestamptz not null default clock_timestamp(),
        primary key (school_id, pupil_id, made, episode)
    )
"""


def upgrade() -> None:
    """Make the table; a return once made is never unmade."""
    run((RETURNS,))
    secure("return_made", "select, insert")
    append_only("return_made")
