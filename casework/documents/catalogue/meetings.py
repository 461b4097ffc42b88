"""Meetings, panels, plans and contracts: the invitation, the record, the agreement, its review and its end.

Source: documents reference, sections 6 and 11.1.
"""

from casework.documents.catalogue import blocks as b
from casework.documents.declared import Kind, Origin, Part

_MEETING = (
    *b.Make(Kind.MOMENT, Origin.CASE, "the case, meetings")("meeting_at"),
    *b.Make(Kind.TEXT, Origin.CASE, "the case, meetings")("meeting_place"),
)
_WHO = (*b.case_lines("present"), *b.case_lines("absent", required=False))
_MEASURED = b.asked_rows("measured_actions", "by_when", "what who measure")
_MINUTES = (
    *_MEETING,
    *b.asked("invited_how"),
    *b.asked_lines("present"),
    *b.asked_lines("absent", required=False),
    *b.asked("interpreter", required=False),
    *b.COUNTS,
    *b.asked("parent_reasons", "pupil_reasons", "staff_reasons"),
    *b.asked_lines("barriers"),
    b.SUPPORT,
    _MEASURED,
    *b.asked("target"),
    *b.asked_day("review_on"),
    *b.asked("concern_passed_on"),
    *b.asked("warning_given", required=False),
    *b.asked("copies_sent", required=False),
)

DOCUMENTS = (
    b.letter(
        "meeting_invitation",
        "Invitation to a meeting about attendance",
        *b.COUNTS,
        *_MEETING,
        *b.Make(Kind.TEXT, Origin.CASE, "the case, meetings")("purpose"),
        *b.asked_lines("who_comes", "offers"),
        *b.asked_day("reply_by"),
    ),
    b.letter(
        "panel_invitation",
        "Invitation to an attendance panel",
        *b.COUNTS,
        *_MEETING,
        *b.asked_lines("who_comes", "offers"),
        b.SUPPORT,
        *b.asked_day("reply_by"),
    ),
    b.letter(
        "contract_invitation",
        "Invitation to talk about an attendance contract",
        *b.COUNTS,
        *_MEETING,
        *b.asked_lines("who_comes", "offers"),
        *b.asked_day("reply_by"),
        contents=(Part("That it is voluntary", words=("You do not have to agree to one",)),),
    ),
    b.letter(
        "meeting_rearranged_letter",
        "New time for a meeting",
        *b.asked("why_moved"),
        *_MEETING,
        *b.asked_day("reply_by"),
    ),
    b.letter(
        "meeting_missed_letter",
        "Letter after a missed meeting",
        *b.asked_day("missed_on"),
        *b.asked("what_happened"),
        *b.asked_lines("decided", required=False),
        *b.asked("new_time", required=False),
        *b.asked_lines("offers"),
        *b.asked_day("reply_by"),
    ),
    b.record("meeting_minutes", "Minutes of an attendance meeting", *_MINUTES),
    b.record("panel_minutes", "Minutes of an attendance panel", *_MINUTES, *b.asked("panel_decision")),
    b.record(
        "meeting_did_not_attend",
        "Record of a meeting a parent did not come to",
        *_MEETING,
        *b.asked(
            "who_was_missing", "invited_how", "call_made", "went_ahead", "meeting_decision", "letter_after"
        ),
        *b.asked("pupil_present", required=False),
    ),
    b.record(
        "pupil_voice",
        "What the pupil says",
        *b.asked_day("talked_on"),
        *b.asked("talked_with", "what_is_good", "what_is_hard", "would_help", "own_words"),
        *b.asked("compared_with_parent"),
    ),
    b.record(
        "attendance_action_plan",
        "Attendance action plan",
        *b.asked_lines("present"),
        *b.COUNTS,
        *b.asked_lines("barriers"),
        _MEASURED,
        *b.asked("target"),
        *b.asked_day("review_on"),
        *b.VIEWS,
        *b.asked("parent_signing"),
    ),
    b.letter(
        "supportive_plan",
        "Plan to help with attendance",
        *b.COUNTS,
        *b.case_day("meeting_on"),
        *b.case_lines("present", "barriers"),
        *b.VIEWS,
        b.ACTIONS,
        *b.asked("target"),
        *b.case_day("review_on"),
    ),
    b.letter(
        "attendance_contract",
        "Attendance contract",
        *b.COUNTS,
        *b.pupil("pupil_year"),
        *b.born("pupil_dob"),
        *b.case_day("meeting_on", "starts_on", "ends_on", "review_on"),
        *b.case_lines("present", "requirements"),
        *b.case("reasons"),
        *b.VIEWS,
        b.rows("support", Origin.CASE, "the case, attendance contract", "by_when", "what who"),
        *b.case_lines("pupil_actions", required=False),
        *b.asked("target"),
        contents=(
            Part("That it is voluntary", words=("You do not have to sign it",)),
            Part(
                "What the parent agrees to do", ("requirements",), ("I agree to do what this contract asks",)
            ),
            Part("What help the school gives", ("support",), ("The school agrees to give the help",)),
            Part("For how long", ("starts_on", "ends_on", "review_on")),
            Part("What it may be used for", words=("may be used as evidence",)),
        ),
    ),
    b.letter(
        "attendance_contract_review",
        "Review of the attendance contract",
        *b.COUNTS,
        *b.case_day("meeting_on", "starts_on", "ends_on"),
        *b.case_lines("present"),
        b.rows("requirements", Origin.CASE, b.ASKED, "", "what met evidence"),
        b.rows("support", Origin.CASE, b.ASKED, "", "what given reason"),
        *b.VIEWS,
        *b.asked("decision"),
        *b.asked_day("next_review_on", required=False),
    ),
    b.letter(
        "contract_ended_letter",
        "Letter at the end of an attendance contract",
        *b.case_day("starts_on"),
        *b.asked_day("ended_on"),
        *b.asked("how_it_ended"),
        *b.asked_lines("what_next"),
    ),
)
