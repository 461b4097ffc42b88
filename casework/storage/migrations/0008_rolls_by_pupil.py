"""Rows found quickly: an officer's schools read once a statement, a pupil's rolls by a plain index.

Nothing that is kept or shown changes.
"""

from casework.storage.tables import run, schools_in_scope

revision = "0008_rolls_by_pupil"
down_revision = "0007_run_counts"
branch_labels = None
depends_on = None

BY_SCHOOL = (
    *("school", "school_term", "school_session", "calendar_change", "enrolment", "letterhead"),
    *("register_sheet", "roll_year", "mark_detail", "sheet_filling", "mark_amendment", "return_made"),
    *("case_number", "case_file", "case_summary", "case_task", "clock", "clock_firing", "document"),
    *("sweep_state", "trigger_state", "trigger_snooze", "triage", "absence_call", "absence_contact"),
)
"""Tables whose rows are shown by their school alone. Their policies read the list for every row."""

# The overlap is held by one number for pupil and school: with the two columns in the index itself, it would
# be used to look up a roll too, and such an index is ten times as slow at that as a plain one.
ROLLS = (
    """
    alter table enrolment drop constraint times_on_one_roll_do_not_overlap,
        add constraint times_on_one_roll_do_not_overlap exclude using gist (
            (pupil_id * 4294967296 + school_id) with =, daterange(on_roll_from, on_roll_to, '[]') with &&
        )
    """,
    "create index enrolment_of_pupil on enrolment (pupil_id, school_id)",
    "drop index enrolment_pupil_id_idx",
    "create index detail_of_slot on mark_detail (school_id, slot, session_date)",
)


def upgrade() -> None:
    """Make the policies and the indexes anew."""
    shown = schools_in_scope("school_id")
    run(f"alter policy by_school on {table} using {shown} with check {shown}" for table in BY_SCHOOL)
    run(ROLLS)
