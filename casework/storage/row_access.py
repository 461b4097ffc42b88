"""Which role sees which rows: the declared matrix. The database enforces it, a test walks it, docs print it.

Row security alone is meant here, whatever the pages let through: even a statement that a person typed would
show no more.
"""

from collections.abc import Mapping
from enum import StrEnum

from casework.domain.people import Role


class Sees(StrEnum):
    """What a transaction of a role sees of a table."""

    EVERYTHING = "every school"
    OWN = "own school"
    SHARED = "put to the LA"
    SEALED = "sealed for the role, own school"
    NOTHING = "nothing"


_WORKS = (Role.PASTORAL_LEAD, Role.ATTENDANCE_OFFICER, Role.DSL, Role.HEADTEACHER, Role.AUTHORISED_OFFICER)
_AT_WORK = {role.value: Sees.OWN for role in (*_WORKS, Role.TRUST_ATTENDANCE_LEAD)}
_KNOWN = {
    **_AT_WORK,
    Role.GOVERNOR.value: Sees.OWN,
    Role.EWO.value: Sees.SHARED,
    Role.ADMINISTRATOR.value: Sees.EVERYTHING,
}
_PEOPLE = {**_AT_WORK, Role.EWO.value: Sees.SHARED, Role.ADMINISTRATOR.value: Sees.EVERYTHING}
_REGISTERS = {**_AT_WORK, Role.ADMINISTRATOR.value: Sees.EVERYTHING}
_CASES = {**_AT_WORK, Role.EWO.value: Sees.SHARED}
_CASEWORK = dict(_AT_WORK)
_SEALED = {Role.DSL.value: Sees.SEALED, Role.HEADTEACHER.value: Sees.SEALED}

ROWS: Mapping[str, Mapping[str, Sees]] = {
    **dict.fromkeys(("school", "school_term", "school_session", "calendar_change", "letterhead"), _KNOWN),
    **dict.fromkeys(("enrolment", "pupil", "contact", "professional", "notice"), _PEOPLE),
    **dict.fromkeys(
        ("register_sheet", "roll_year", "mark_detail", "sheet_filling", "mark_amendment", "sweep_state"),
        _REGISTERS,
    ),
    **dict.fromkeys(("import_run", "import_result", "import_problem", "own_wording"), _REGISTERS),
    **dict.fromkeys(("outbox", "outbox_history"), _REGISTERS),
    **dict.fromkeys(("case_file", "case_summary", "case_task", "clock", "clock_firing", "document"), _CASES),
    **dict.fromkeys(("event", "effect", "case_holds_file", "stored_file", "case_read"), _CASES),
    **dict.fromkeys(("shared_with_la", "return_made"), _CASES),
    **dict.fromkeys(
        (
            *("case_number", "triage", "trigger_state", "trigger_snooze", "absence_call", "absence_contact"),
            *("letter_run", "letter_run_item"),
            *("leave_request", "leave_decision", "part_time_timetable", "part_time_ended"),
            *("leaver_destination", "file_audit", "file_audit_finding"),
        ),
        _CASEWORK,
    ),
    **dict.fromkeys(("sealed_note", "sealed_read"), _SEALED),
}
"""By table, then by role. A role that is not named sees nothing."""

OF_ITS_WRITER = frozenset({"form_draft", "saved_view"})
"""Tables whose rows are shown to the person who wrote them, whatever their role: a draft, while they see its
case."""

SHOWN_TO_ALL = frozenset(
    {
        "app_right",
        "officer",
        "officer_role",
        "officer_change",
        "login",
        "calendar_feed",
        "sign_in_failure",
        "sign_in_begun",
        "amendment_reason",
        "amender",
        "policy_version",
        "flow_record",
        "alembic_version",
    }
)
"""Tables without rows of a school: who signs in, words of amendments, versions, runs. No pupil is in them."""
