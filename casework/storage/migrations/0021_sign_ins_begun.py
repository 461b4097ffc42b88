"""Sign-ins begun with another service: what must come back, from which browser, once."""

from casework.storage.tables import grant, run

revision = "0021_sign_ins_begun"
down_revision = "0020_file_audits"
branch_labels = None
depends_on = None

BEGUN = (
    """
    create table sign_in_begun (
        state text primary key,
        browser text not null,
        nonce text not null,
        verifier text not null,
        onwards text not null,
        begun_at timestamptz not null
    )
    """,
)


def upgrade() -> None:
    """Make the table; state and browser are digests, and nothing in it is of a pupil."""
    run(BEGUN)
    grant("sign_in_begun", "select, insert, delete")
