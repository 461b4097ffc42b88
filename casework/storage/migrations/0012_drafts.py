"""What somebody has begun to write on a case and not recorded: theirs alone, and thrown away in time."""

from casework.storage.tables import run, secure

revision = "0012_drafts"
down_revision = "0011_logins"
branch_labels = None
depends_on = None

DRAFTS = """
    create table form_draft (
        officer_id text not null references officer,
        case_ref text not null references case_file,
        act text not null,
        body jsonb not null,
        saved_at timestamptz not null,
        primary key (officer_id, case_ref, act)
    )
"""
MINE = "(officer_id = (select current_setting('casework.officer', true)))"


def upgrade() -> None:
    """Make the table; each row is its writer's, while they see the case."""
    run((DRAFTS,))
    seen = "exists (select from case_file f where f.case_ref = form_draft.case_ref)"
    secure("form_draft", "select, insert, update, delete", f"({MINE} and {seen})")
