"""Documents of a school, not of a case: its termly meeting with its authority, and the list before a run.

Source: documents reference, section 13.1.
"""

from casework.documents.catalogue import blocks as b
from casework.documents.declared import Audience, Origin, Template

_SCHOOL = (
    *b.school("school_name"),
    *b.la("la_name"),
    *b.case("reference"),
    *b.asked_moment("support_meeting_at"),
    *b.asked("support_meeting_place"),
    *b.PERIOD,
)
_LISTS = "the school's lists"

DOCUMENTS = (
    Template(
        "targeting_support_agenda",
        "Agenda of a targeting support meeting",
        Audience.LA,
        (
            *_SCHOOL,
            *b.asked_lines("who_comes"),
            b.rows("figures", Origin.REGISTER, _LISTS, "", "group pupils attended persistent severe"),
            *b.asked_lines("matters", required=False),
            b.rows("earlier_actions", Origin.PERSON, b.ASKED, "due", "action owner done", required=False),
        ),
    ),
    Template(
        "targeting_support_list",
        "Pupils for a targeting support meeting",
        Audience.LA,
        (
            *_SCHOOL,
            b.rows(
                "pupils",
                Origin.REGISTER,
                _LISTS,
                "",
                "pupil year attended missed unauthorised flags help stage agreed",
            ),
            *b.asked("prepared_by"),
        ),
    ),
    Template(
        "run_cover_list",
        "Cover list of a run of letters",
        Audience.INTERNAL,
        (
            *b.school("school_name"),
            *b.case("reference", "letter_sent"),
            *b.asked_day("prepared_on"),
            b.rows("run_letters", Origin.CASE, "the run", "", "number reader postcode pupil document"),
        ),
    ),
)
