"""What a run has done so far is kept with the work itself, so a run may be known before it has finished."""

from casework.storage.tables import run

revision = "0007_run_counts"
down_revision = "0006_returns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A run that did something and has not finished has no `finished_at` yet."""
    run(("alter table flow_record alter column finished_at drop not null",))
