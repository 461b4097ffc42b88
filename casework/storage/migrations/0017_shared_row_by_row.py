"""What was put to an LA asked of each row alone: a page of cases must not read everything ever put to it.

Nothing that is kept or shown changes.
"""

from casework.storage.tables import run

revision = "0017_shared_row_by_row"
down_revision = "0016_upns_of_slots"
branch_labels = None
depends_on = None

CASES = """((select current_setting('casework.cases', true)) = '*' or school_id = any (
    (select string_to_array(nullif(current_setting('casework.cases', true), '*'), ',')::int[])::int[]))"""
MY_LAS = "(select string_to_array(current_setting('casework.las', true), ','))::text[]"
OF_CASES = ("case_file", "case_summary", "case_task", "clock", "clock_firing", "document")


# The school stands in them too, because the row security of what was shared asks for it.
INDEXES = (
    "drop index shared_by_la",
    "create index shared_by_la on shared_with_la (la_code, case_ref) include (school_id)",
)


def shared(table: str, *columns: str) -> str:
    """The condition that shows a row by what was put to an LA of the officer's.

    With `offset 0` it cannot be made into a list of everything put to the LA, which the planner would prefer.
    """
    alike = " and ".join(f"shared.{column} = {table}.{column}" for column in columns)
    found = f"select from shared_with_la shared where shared.la_code = any ({MY_LAS}) and {alike} offset 0"
    return f"exists ({found})"


def upgrade() -> None:
    """Make the policies anew, and the index they ask."""
    run(INDEXES)
    for table in OF_CASES:
        shown = f"({CASES} or {shared(table, 'case_ref')})"
        run((f"alter policy by_school on {table} using {shown} with check {shown}",))
    run((f"alter policy shared on enrolment using ({shared('enrolment', 'school_id', 'pupil_id')})",))
