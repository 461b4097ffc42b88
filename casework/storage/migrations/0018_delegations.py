"""What a headteacher hands to a colleague for some days: a role with an end, by whom given, and why."""

from casework.storage.tables import run

revision = "0018_delegations"
down_revision = "0017_shared_row_by_row"
branch_labels = None
depends_on = None

DELEGATIONS = (
    # One taken back before its first day is over was never held; it stands in nobody's way.
    """
    alter table officer_role
        add column given_by text not null default '',
        add column reason text not null default '',
        add column taken_back boolean not null default false
    """,
    "alter table officer_role drop constraint one_role_at_a_time",
    """
    alter table officer_role add constraint one_role_at_a_time exclude using gist (
        officer_id with =, role with =, coalesce(school_id, 0) with =, trust with =, la_code with =,
        daterange(from_date, to_date, '[]') with &&
    ) where (not taken_back)
    """,
)


def upgrade() -> None:
    """Say of a role who gave it and why; an administrator's say so in `officer_change`."""
    run(DELEGATIONS)
