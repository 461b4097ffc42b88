"""Audits of files: which were drawn by chance, from how many, with which seed; and what was found in each."""

from casework.storage.tables import append_only, casework_at, run, secure

revision = "0020_file_audits"
down_revision = "0019_leave_and_leavers"
branch_labels = None
depends_on = None

AUDITS = (
    """
    create table file_audit (
        audit_id text not null,
        position smallint not null,
        case_ref text not null references case_file,
        school_id integer not null references school,
        seed text not null,
        drawn_from integer not null,
        drawn_by text not null,
        on_date date not null,
        recorded_at timestamptz not null default clock_timestamp(),
        primary key (audit_id, position),
        unique (audit_id, case_ref)
    )
    """,
    """
    create table file_audit_finding (
        finding_id integer generated always as identity primary key,
        audit_id text not null,
        case_ref text not null,
        school_id integer not null references school,
        outcome text not null,
        says text not null,
        by text not null,
        on_date date not null,
        recorded_at timestamptz not null default clock_timestamp(),
        foreign key (audit_id, case_ref) references file_audit (audit_id, case_ref)
    )
    """,
)


def upgrade() -> None:
    """Make the tables; each row is shown to those who work on cases at its school."""
    run(AUDITS)
    for name in ("file_audit", "file_audit_finding"):
        secure(name, "select, insert", casework_at("school_id"))
    append_only("file_audit", "file_audit_finding")
