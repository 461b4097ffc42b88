"""Leave in term time: the request, the answer, and the letter where none was asked for.

Source: documents reference, sections 4.3 and 5.
"""

from casework.documents.catalogue import blocks as b
from casework.documents.declared import Audience, Part, Template

_WARNED = (*b.AMOUNTS, *b.la("la_name"))

DOCUMENTS = (
    Template(
        "leave_request_form",
        "Request for leave in term time",
        Audience.PARENT,
        (
            *b.LETTERHEAD,
            *b.case("reference"),
            *b.pupil("pupil_name", "pupil_first", "pupil_year"),
            *b.REACHABLE,
            *b.asked("weeks_before"),
            *_WARNED,
        ),
        (
            Part("That leave is for exceptional reasons", words=("rare and special reason",)),
            Part(
                "A warning of a penalty notice", ("amount", "pay_within"), ("each parent", "penalty notice")
            ),
        ),
    ),
    b.letter(
        "leave_granted",
        "Leave in term time agreed",
        *b.asked_day("requested_on", "leave_from", "leave_to", "back_on"),
        *b.asked_count("leave_days", unit="school day"),
        *b.asked("reason_agreed"),
        contents=(
            Part("The days agreed", ("leave_from", "leave_to", "leave_days")),
            Part("The reason", ("reason_agreed",)),
            Part("The day of return", ("back_on",)),
            Part("That more days are not agreed", words=("recorded as unauthorised",)),
        ),
    ),
    b.letter(
        "leave_warning",
        "Answer to a request for leave in term time",
        *b.asked_day("requested_on", "leave_from", "leave_to", "more_by"),
        *b.asked_count("leave_days", unit="school day"),
        *b.asked("reason_refused"),
        *_WARNED,
        contents=(
            Part("The reason for this refusal", ("reason_refused",)),
            Part("That the absence will be unauthorised", words=("recorded as unauthorised (code G)",)),
            Part(
                "A warning of a penalty notice, for each parent and child",
                ("amount", "pay_within"),
                ("each parent", "penalty notice"),
            ),
            Part("How to give more information", ("more_by", "contact_name", "contact_phone")),
        ),
    ),
    b.letter(
        "leave_refused",
        "Answer to a request for leave, from a provider",
        *b.asked_day("requested_on", "leave_from", "leave_to", "more_by"),
        *b.asked_count("leave_days", unit="school day"),
        *b.asked("reason_refused"),
        contents=(
            Part("The reason for this refusal", ("reason_refused",)),
            Part("That the absence will be unauthorised", words=("recorded as unauthorised (code G)",)),
            Part("Who is told", words=("the school or council that asked us to teach",)),
            Part("How to give more information", ("more_by", "contact_name", "contact_phone")),
        ),
    ),
    b.letter(
        "suspected_leave_letter",
        "Letter about leave nobody asked for",
        *b.asked_day("leave_from", "leave_to", "reply_by"),
        *b.asked("why_we_think"),
        *_WARNED,
        contents=(
            Part("What the school believes, and why", ("leave_from", "leave_to", "why_we_think")),
            Part("That nobody asked", words=("did not ask us",)),
            Part("How to show otherwise", ("reply_by", "contact_name", "contact_phone")),
            Part("That leave is not given afterwards", words=("cannot agree to leave after it was taken",)),
            Part(
                "A warning of a penalty notice, for each parent and child",
                ("amount", "pay_within"),
                ("each parent", "penalty notice"),
            ),
        ),
    ),
)
