"""Signed-in browsers, tries that failed, and who changed what of a colleague's access."""

from casework.storage.tables import append_only, grant, run

revision = "0011_logins"
down_revision = "0010_access"
branch_labels = None
depends_on = None

LOGINS = (
    # A password given by an administrator is changed at once; a code is taken once.
    """
    alter table officer
        add column must_change boolean not null default false,
        add column code_step bigint not null default 0
    """,
    # The key is a digest: who reads the table cannot sign in with it.
    """
    create table login (
        key text primary key,
        officer_id text not null references officer,
        began_at timestamptz not null,
        seen_at timestamptz not null,
        code_given boolean not null,
        said text[] not null default '{}'
    )
    """,
    "create index login_of_officer on login (officer_id)",
    """
    create table sign_in_failure (
        name text not null,
        address text not null,
        failed_at timestamptz not null
    )
    """,
    "create index sign_in_failure_by_name on sign_in_failure (name, failed_at)",
    "create index sign_in_failure_by_address on sign_in_failure (address, failed_at)",
    """
    create table officer_change (
        change_id bigint generated always as identity primary key,
        officer_id text not null references officer,
        says text not null,
        by text not null,
        on_date date not null,
        recorded_at timestamptz not null default clock_timestamp()
    )
    """,
)


def upgrade() -> None:
    """Make the tables; none holds anything of a pupil."""
    run(LOGINS)
    grant("login", "select, insert, update, delete")
    grant("sign_in_failure", "select, insert, delete")
    grant("officer_change", "select, insert")
    append_only("officer_change")
