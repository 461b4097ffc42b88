"""What a school keeps of a pupil who may have no case: leave asked for, a part-time timetable, a destination.

All of it is shown to those who work on cases at the school, and nothing of it is ever changed: a later row
says what is so now.
"""

from casework.storage.tables import append_only, casework_at, run, secure

revision = "0019_leave_and_leavers"
down_revision = "0018_delegations"
branch_labels = None
depends_on = None

_OF_A_PUPIL = """
    school_id integer not null references school,
    pupil_id integer not null references pupil,
    by text not null,
    role text not null default '',
    on_date date not null,
    recorded_at timestamptz not null default clock_timestamp()
"""
TABLES = (
    f"""
    create table leave_request (
        request_id integer generated always as identity primary key,
        contact_id text not null default '',
        asked_on date not null,
        first_day date not null,
        last_day date not null,
        reason text not null,
        {_OF_A_PUPIL},
        check (first_day <= last_day)
    )
    """,
    """
    create table leave_decision (
        request_id integer primary key references leave_request,
        school_id integer not null references school,
        granted boolean not null,
        code text not null default '',
        first_day date,
        last_day date,
        reasons text not null,
        by text not null,
        role text not null,
        on_date date not null,
        recorded_at timestamptz not null default clock_timestamp(),
        check (granted = (first_day is not null) and granted = (last_day is not null))
    )
    """,
    f"""
    create table part_time_timetable (
        timetable_id integer generated always as identity primary key,
        contact_id text not null,
        starts_on date not null,
        review_on date not null,
        ends_on date not null,
        plan text not null,
        {_OF_A_PUPIL},
        check (starts_on <= review_on and review_on <= ends_on)
    )
    """,
    """
    create table part_time_ended (
        timetable_id integer primary key references part_time_timetable,
        school_id integer not null references school,
        ended_on date not null,
        says text not null,
        by text not null,
        on_date date not null,
        recorded_at timestamptz not null default clock_timestamp()
    )
    """,
    f"""
    create table leaver_destination (
        destination_id integer generated always as identity primary key,
        left_on date not null,
        ground text not null default '',
        destination text not null,
        confirmed boolean not null,
        says text not null default '',
        {_OF_A_PUPIL}
    )
    """,
    "create index leave_of_pupil on leave_request (pupil_id, first_day)",
    "create index timetable_of_pupil on part_time_timetable (pupil_id, starts_on)",
    "create index destination_of_pupil on leaver_destination (pupil_id, left_on, destination_id)",
)
NAMES = ("leave_request", "leave_decision", "part_time_timetable", "part_time_ended", "leaver_destination")


def upgrade() -> None:
    """Make the tables."""
    run(TABLES)
    for name in NAMES:
        secure(name, "select, insert", casework_at("school_id"))
    append_only(*NAMES)
