"""Part-time timetables and the way back into school.

Source: documents reference, sections 11.2 and 11.3.
"""

from casework.documents.catalogue import blocks as b

_TIMETABLE = (
    *b.asked("reason_for_timetable", "medical_support"),
    *b.asked("hours_a_week"),
    b.asked_rows("timetable", "", "day morning afternoon"),
    *b.asked_day("starts_on", "first_review_on", "full_time_on"),
)

DOCUMENTS = (
    b.form(
        "part_time_timetable_notice",
        "Notice of a part-time timetable",
        *b.CHILD,
        *_TIMETABLE,
        *b.asked_day("risk_assessed_on", "parent_agreed_on"),
        *b.asked("early_help", "child_protection", "plan_agreement", "alternative_provision", "head_name"),
        *b.asked_lines("enclosures"),
    ),
    b.record(
        "part_time_timetable_plan",
        "Plan for a part-time timetable",
        *_TIMETABLE,
        b.asked_rows("steps", "from_day", "hours support who"),
        *b.asked("work_at_home", "keeping_safe", "pupil_view", "parent_view"),
        *b.asked("parent_signing"),
    ),
    b.record(
        "part_time_risk_assessment",
        "Risk assessment for a part-time timetable",
        *b.asked_day("risk_assessed_on"),
        b.asked_rows("risks", "", "risk who_is_at_risk what_we_do by_whom"),
        *b.asked("where_the_child_is", "who_checks", "child_protection", "risk_decision"),
    ),
    b.record(
        "reintegration_plan",
        "Plan for coming back to school",
        *b.COUNTS,
        *b.asked("lead_adult", "backup_adult", "safe_place", "first_noticed"),
        *b.asked("strengths", "risk_factors"),
        *b.asked_lines("hardest_to_easiest"),
        b.asked_rows("steps", "start review", "step support who sign_of_success"),
        *b.asked("adjustments", "arrival", "setback_plan", "keeping_in_touch"),
        *b.asked("pupil_view", "parent_view", "school_view"),
        *b.asked_day("review_on"),
        *b.asked("parent_signing"),
    ),
)
