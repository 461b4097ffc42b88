"""How a school is reached: what stands at the top of its letters."""

from casework.storage.tables import run, secure

revision = "0003_letterheads"
down_revision = "0002_cases"
branch_labels = None
depends_on = None

LETTERHEAD = """
    create table letterhead (
        school_id integer primary key references school,
        address text[] not null,
        phone text not null,
        email text not null default '',
        reachable text not null,
        headteacher text not null default '',
        recorded_at timestamptz not null default clock_timestamp()
    )
"""


def upgrade() -> None:
    """Make the table."""
    run((LETTERHEAD,))
    secure("letterhead", "select, insert, update")
