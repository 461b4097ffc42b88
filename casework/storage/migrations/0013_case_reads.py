"""Who from outside a school opened one of its cases: an LA's officer, a trust's lead. It is kept for good."""

from casework.storage.tables import append_only, run, secure

revision = "0013_case_reads"
down_revision = "0012_drafts"
branch_labels = None
depends_on = None

READS = (
    """
    create table case_read (
        read_id bigint generated always as identity primary key,
        case_ref text not null references case_file,
        school_id integer not null references school,
        read_by text not null,
        role text not null,
        on_date date not null,
        recorded_at timestamptz not null default clock_timestamp()
    )
    """,
    "create index read_of_case on case_read (case_ref, read_id)",
)


def upgrade() -> None:
    """Make the table; a reading is shown to whoever sees the case."""
    run(READS)
    secure(
        "case_read",
        "select, insert",
        "(exists (select from case_file f where f.case_ref = case_read.case_ref))",
    )
    append_only("case_read")
