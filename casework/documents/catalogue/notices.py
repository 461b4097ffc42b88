"""The notice to improve and the penalty notice: before, the notice itself, its request, its end.

The particulars of a penalty notice are those of regulation 3 of the Education (Penalty Notices) (England)
Regulations 2007 as the documents reference gives them. Source: documents reference, sections 1 to 3.
"""

from casework.documents.catalogue import blocks as b
from casework.documents.declared import Audience, Kind, Origin, Part, Template

_IMPROVE = b.case_day("improve_from", "improve_to")
_AUTHORITY = (
    *b.la("la_name"),
    *b.la_lines("la_address"),
    *b.la("la_phone"),
    *b.la("la_email", required=False),
)
_ABOUT_NOTICE = (
    *b.TO_PARENT,
    *b.case("reference", "notice_number"),
    *b.pupil("pupil_name"),
    *b.contact_lines("pupil_address"),
    *b.school("school_name"),
    *b.case_day("issued_on"),
    *b.asked("officer_name", "officer_role"),
)
_REQUEST = (
    *b.CHILD,
    b.PARENTS,
    *b.contact("notice_parent"),
    *b.COUNTS,
    b.SESSIONS,
    *b.case("previous_notices", "early_help"),
    *b.asked("special_circumstances", "head_name"),
    *b.asked_lines("enclosures"),
)

_NOTICE_TO_IMPROVE = b.letter(
    "notice_to_improve",
    "Notice to improve",
    *b.COUNTS,
    *b.pupil("pupil_year"),
    *b.born("pupil_dob"),
    b.SESSIONS,
    b.SUPPORT,
    *b.asked_lines("further_support"),
    *b.asked_lines("declined_support", required=False),
    *_IMPROVE,
    *b.case_count("improve_length", unit="school day"),
    *b.asked("improvement_test", "early_grounds"),
    *b.policy_count("threshold", unit="session"),
    *b.policy_count("threshold_weeks", unit="school week"),
    *b.AMOUNTS,
    *b.Make(Kind.COUNT, Origin.LA, "the ledger of notices")(
        "previous_notices", unit="penalty notice", required=False
    ),
    *b.la("la_name"),
    contents=(
        Part(
            "The attendance record and details of the offences",
            ("period_from", "period_to", "possible", "attended", "unauthorised", "sessions"),
        ),
        Part(
            "The benefits of regular attendance and the duty in section 7",
            words=("section 7 of the Education Act 1996", "do better and feel better"),
        ),
        Part("The support given so far", ("support",)),
        Part(
            "Further support, and the option to take up support not taken up before",
            ("further_support", "contact_name", "contact_phone"),
            ("You can still say yes to help you did not take up before",),
        ),
        Part(
            "A clear warning that a penalty notice may be issued or prosecution considered",
            ("amount", "pay_within", "la_name"),
            ("penalty notice", "take the case to court"),
        ),
        Part("A clear period in which to improve", ("improve_from", "improve_to", "improve_length")),
        Part("What sufficient improvement looks like", ("improvement_test",)),
        Part("When a penalty notice may be issued before the period ends", ("early_grounds",)),
    ),
)
_PENALTY_NOTICE = Template(
    "penalty_notice",
    "Penalty notice",
    Audience.PARENT,
    (
        *_AUTHORITY,
        *_ABOUT_NOTICE,
        *b.case("offence_particulars"),
        *b.PERIOD,
        *b.register_count("unauthorised", unit="session"),
        b.SESSIONS,
        *b.policy_money("amount"),
        *b.policy_money("reduced_amount", required=False),
        *b.case_day("pay_reduced_by", required=False),
        *b.case_day("pay_by"),
        *b.case("which_notice"),
        *b.la_lines("how_to_pay"),
    ),
    (
        Part(
            "Particulars of the circumstances alleged to be the offence",
            ("offence_particulars", "sessions"),
            ("section 444 of the Education Act 1996",),
        ),
        Part("The name and address of the person it is given to", ("parent_name", "parent_address")),
        Part("The child's name and address, and the school", ("pupil_name", "pupil_address", "school_name")),
        Part("The authorised officer's name and post", ("officer_name", "officer_role")),
        Part("The period of the offence, and the day of issue", ("period_from", "period_to", "issued_on")),
        Part("The amount, and any variation", ("amount",)),
        Part("The authority, and where to pay and write", ("la_name", "la_address", "la_phone")),
        Part("How to pay", ("how_to_pay",)),
        Part("The period for payment", ("pay_by",)),
        Part(
            "That payment in time ends liability for the offence",
            words=("you cannot be taken to court for this offence",),
        ),
        Part("What follows if it is not paid in time", words=("If you do not pay in time",)),
        Part(
            "The grounds on which it may be withdrawn",
            words=(
                "it should not have been given",
                "it should not have been given to you",
                "it holds an error that matters",
            ),
        ),
    ),
    by_authority=True,
)
_WITHDRAWAL = Template(
    "penalty_notice_withdrawal",
    "Penalty notice withdrawn",
    Audience.PARENT,
    (
        *_AUTHORITY,
        *_ABOUT_NOTICE,
        *b.case_day("withdrawn_on"),
        *b.case("withdrawal_ground"),
        *b.case("corrected_notice", required=False),
        *b.asked("refund", required=False),
    ),
    (
        Part("Which notice is withdrawn", ("notice_number", "issued_on")),
        Part("The ground", ("withdrawal_ground",)),
        Part("That money paid is given back", words=("give back any money you paid",)),
        Part("That no case follows", words=("will not take you to court for the same days",)),
    ),
    by_authority=True,
)

DOCUMENTS = (
    _NOTICE_TO_IMPROVE,
    b.letter(
        "notice_to_improve_outcome",
        "How the notice to improve ended",
        *_IMPROVE,
        *b.COUNTS,
        *b.asked("improvement_test", "how_it_went"),
        *b.asked_lines("what_next"),
    ),
    b.letter(
        "early_notice_letter",
        "Letter before a penalty notice is asked for early",
        *_IMPROVE,
        *b.asked("early_grounds"),
        b.SESSIONS,
        *b.PERIOD,
        *b.register_count("unauthorised", unit="session"),
        *b.asked_lines("further_support"),
        *b.asked_day("reply_by"),
        *b.AMOUNTS,
        *b.la("la_name"),
        contents=(
            Part("The grounds, as the notice to improve gave them", ("early_grounds",)),
            Part("The sessions missed since", ("sessions",)),
            Part("How to answer first", ("reply_by", "contact_name", "contact_phone")),
            Part("That a penalty notice may be asked for", ("amount", "pay_within"), ("penalty notice",)),
        ),
    ),
    b.form(
        "penalty_notice_request",
        "Request for a penalty notice: irregular attendance",
        *_REQUEST,
        *b.register_count("counted", unit="session"),
        *b.register_day("window_from", "window_to"),
        *b.case_day("notice_to_improve_on", required=False),
        *b.asked("notice_to_improve"),
        *b.case("reasons_given"),
        b.SUPPORT,
    ),
    b.form(
        "penalty_notice_request_leave",
        "Request for a penalty notice: leave in term time",
        *_REQUEST,
        *b.asked_day("leave_from", "leave_to"),
        *b.asked_count("leave_days", unit="school day"),
        *b.asked("leave_request", "leave_answer", "who_took_the_child", "how_parents_knew"),
        *b.asked_day("returned_on", required=False),
    ),
    _PENALTY_NOTICE,
    _WITHDRAWAL,
    Template(
        "penalty_notice_leaflet",
        "Penalty notices: what parents need to know",
        Audience.PARENT,
        (
            *b.LETTERHEAD,
            *b.case("reference"),
            *b.REACHABLE,
            *b.policy_count("threshold", unit="session"),
            *b.policy_count("threshold_weeks", unit="school week"),
            *b.AMOUNTS,
            *b.la("la_name"),
        ),
    ),
    b.record(
        "posting_record",
        "Record of posting",
        *b.contact("parent_name"),
        *b.contact_lines("parent_address"),
        *b.case("letter_sent", "how_sent"),
        *b.case_day("posted_on", "deemed_served_on"),
        *b.asked("posted_by", "address_checked", "proof_kept"),
    ),
)
