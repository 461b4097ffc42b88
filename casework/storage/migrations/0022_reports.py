"""Reports that fell due, as they were made: kept once for their day, and never changed."""

from casework.storage.tables import append_only, run, schools_in_scope, secure

revision = "0022_reports"
down_revision = "0021_sign_ins_begun"
branch_labels = None
depends_on = None

REPORTS = """
    create table report_made (
        school_id integer not null references school,
        name text not null,
        on_date date not null,
        every text not null,
        says text not null,
        made_for text[] not null,
        policy text not null,
        names_pupils boolean not null,
        lines jsonb not null,
        flow_run text not null default '',
        made_at timestamptz not null,
        primary key (school_id, on_date, name)
    )
"""
A_GOVERNOR_HERE = """(school_id || '=governor') = any (
    (select string_to_array(current_setting('casework.posts', true), ','))::text[])"""


def upgrade() -> None:
    """Make the table; a governor sees those that name no pupil."""
    run((REPORTS,))
    secure(
        "report_made",
        "select, insert",
        f"({schools_in_scope('school_id')} or (not names_pupils and {A_GOVERNOR_HERE}))",
    )
    append_only("report_made")
