"""Calls, visits, health: what is written down at the door or on the telephone, and asked of a parent.

Source: documents reference, section 12.
"""

from casework.documents.catalogue import blocks as b
from casework.documents.declared import Audience, Origin, Part, Template

DOCUMENTS = (
    b.record(
        "first_day_calling_log",
        "Log of calls about an absence",
        *b.asked_day("absent_on"),
        *b.asked("session_and_code"),
        b.asked_rows("attempts", "", "at how whom number outcome by"),
        *b.asked("child_safe", "reason_in_their_words", "help_offered", "code_set"),
        *b.asked("told_further", required=False),
    ),
    b.record(
        "home_visit_record",
        "Record of a home visit",
        *b.asked_moment("visited_at"),
        *b.asked("address_visited", "why_visited", "planned", "visitors", "authorised_by", "risk_checked"),
        *b.asked("hazards", "answered_by", "child_seen", "child_said", "reason_for_absence", "agreed"),
        *b.asked("signs_of_occupation", required=False),
        *b.asked("card_left", "concern_passed_on", "visit_outcome"),
    ),
    Template(
        "calling_card",
        "Calling card",
        Audience.PARENT,
        (
            *b.school("school_name", "school_phone"),
            *b.case("reference"),
            *b.contact("parent_name"),
            *b.asked("visitor_first", "visitor_role", "pupil_initials", "office_hours"),
            *b.asked_moment("visited_at"),
        ),
    ),
    b.letter(
        "home_visit_letter",
        "Letter after a visit when nobody was in",
        *b.asked_moment("visited_at"),
        *b.asked_day("reply_by"),
        *b.asked_lines("offers"),
    ),
    b.letter(
        "medical_evidence_request",
        "Letter about absence through illness",
        b.rows("illness", Origin.REGISTER, "the register", "date", "half reason"),
        *b.asked("why_asking"),
        *b.asked_lines("what_would_help"),
        *b.asked("how_recorded", required=False),
        *b.asked_lines("health_support"),
        *b.asked_day("reply_by"),
        contents=(
            Part("The sessions concerned", ("illness",)),
            Part("Why it is asked now, for this child", ("why_asking",)),
            Part("What would help, and not a letter from a doctor alone", ("what_would_help",)),
            Part(
                "That nothing need be paid for or booked",
                words=("do not need to pay for a letter", "only to get one"),
            ),
            Part("That a talk may be enough", words=("If you have nothing in writing, talk to us",)),
            Part("The help on offer", ("health_support",)),
        ),
    ),
    Template(
        "health_consent_form",
        "Consent to talk to a health professional",
        Audience.PARENT,
        (
            *b.LETTERHEAD,
            *b.case("reference"),
            *b.pupil("pupil_name", "pupil_first"),
            *b.born("pupil_dob"),
            *b.contact("parent_name"),
            *b.REACHABLE,
            *b.asked("professional_name", "what_is_asked"),
            *b.asked_day("consent_ends_on"),
        ),
        (Part("That it is voluntary", words=("You do not have to sign this",)),),
    ),
)
