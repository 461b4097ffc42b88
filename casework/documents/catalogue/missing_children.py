"""Children missing from school, and the returns the law asks of every school.

Source: documents reference, sections 10 and 13.
"""

from casework.documents.catalogue import blocks as b
from casework.documents.declared import Origin

_ENQUIRIES = b.rows("enquiries", Origin.CASE, "the case, enquiries", "date", "enquiry asked_of answer")
_RETURN = (*b.CHILD, b.PARENTS)

DOCUMENTS = (
    b.form(
        "cme_report",
        "Report of a pupil missing from school",
        *b.CHILD,
        b.PARENTS,
        *b.register_day("last_attended_on", "last_seen_on"),
        *b.asked("last_seen_by", "circumstances", "child_protection", "on_roll"),
        _ENQUIRIES,
        b.VISITS,
        *b.asked("dsl_informed"),
        goes_always=True,
    ),
    b.form(
        "police_welfare_request",
        "Request to the police to check that a child is safe",
        *b.CHILD,
        b.PARENTS,
        *b.register_day("last_seen_on"),
        *b.asked("last_seen_by", "circumstances", "why_worried", "places_to_look", "police_reference"),
        goes_always=True,
    ),
    b.letter(
        "cme_warning_letter",
        "Letter when we cannot reach a family",
        *b.register_day("last_attended_on"),
        *b.asked_lines("tried"),
        *b.asked_day("reply_by"),
        *b.la("la_name"),
    ),
    b.form(
        "attendance_return",
        "Attendance return",
        *_RETURN,
        *b.asked("return_reason", "cause_of_absence", "staff_safety"),
        *b.COUNTS,
        b.SESSIONS,
        b.CALLS,
    ),
    b.form(
        "sickness_return",
        "Sickness return",
        *_RETURN,
        *b.register_count("ill_sessions", unit="session"),
        *b.register_day("ill_from"),
        *b.asked("expected_to_last", "kind_of_need", "evidence_held", "support_in_school", "health_contact"),
        *b.asked("parent_knows", "provision_asked"),
    ),
    b.form(
        "deletion_return",
        "Deletion return",
        *_RETURN,
        *b.case("deletion_ground"),
        *b.case_day("deleted_on"),
        *b.asked("new_address", "new_school", required=False),
        *b.asked("new_from", required=False),
        *b.asked("la_contacted"),
    ),
    b.form(
        "new_pupil_return",
        "New pupil return",
        *_RETURN,
        *b.register_day("on_roll_from"),
        *b.asked("previous_school", required=False),
        *b.asked("previous_address", required=False),
    ),
)
