"""Every document, with the fields it prints, declared once; a test holds the Word files to it.

The first four stages' letters are each to one parent about one pupil. Forms for the LA and internal records
follow. Source: documents reference, sections 1, 2, 4 to 7, 9, 10 and 16.
"""

from collections.abc import Mapping

from casework.documents import printing
from casework.documents.declared import Audience, Field, Kind, Missing, Origin, Part, Template
from casework.domain.errors import NotFound

_PUPIL_PAGE = "the pupil's page, from the register"
_CONTACTS = "the pupil's contacts"
_SCHOOL = "the school's details, under letters"
_CASE = "the case"
_ASKED = "the form that makes this document"
_LA = "the local authority's details"


class _Make:
    """Declares fields that share a kind, an origin and a place to enter them."""

    def __init__(self, kind: Kind, origin: Origin, where: str) -> None:
        self.kind, self.origin, self.where = kind, origin, where

    def __call__(self, *names: str, unit: str = "", required: bool = True) -> tuple[Field, ...]:
        return tuple(Field(name, self.kind, self.origin, self.where, required, unit) for name in names)


_pupil = _Make(Kind.TEXT, Origin.REGISTER, _PUPIL_PAGE)
_register_day = _Make(Kind.DAY, Origin.REGISTER, _PUPIL_PAGE)
_born = _Make(Kind.BIRTHDAY, Origin.REGISTER, _PUPIL_PAGE)
_register_count = _Make(Kind.COUNT, Origin.REGISTER, "the register, for the period asked about")
_school = _Make(Kind.TEXT, Origin.REGISTER, _SCHOOL)
_contact = _Make(Kind.TEXT, Origin.REGISTER, _CONTACTS)
_case = _Make(Kind.TEXT, Origin.CASE, _CASE)
_case_lines = _Make(Kind.LINES, Origin.CASE, _CASE)
_asked = _Make(Kind.TEXT, Origin.PERSON, _ASKED)
_asked_lines = _Make(Kind.LINES, Origin.PERSON, _ASKED)
_asked_day = _Make(Kind.DAY, Origin.PERSON, _ASKED)
_case_day = _Make(Kind.DAY, Origin.CASE, _CASE)
_la = _Make(Kind.TEXT, Origin.LA, _LA)
_policy_money = _Make(Kind.MONEY, Origin.LA, "the policy in force that day")
_policy_count = _Make(Kind.COUNT, Origin.LA, "the policy in force that day")


def _rows(name: str, origin: Origin, where: str, days: str, texts: str, required: bool = True) -> Field:
    """A table whose columns are days first, then texts."""
    columns = tuple(Field(column, Kind.DAY, origin, where) for column in days.split())
    columns += tuple(Field(column, Kind.TEXT, origin, where) for column in texts.split())
    return Field(name, Kind.ROWS, origin, where, required, columns=columns)


_SESSIONS = _rows("sessions", Origin.REGISTER, "the register", "date", "half code meaning reason")
_SUPPORT = _rows("support", Origin.CASE, "the case, support offered", "date", "offer given_by outcome")

_LETTERHEAD = (
    *_school("school_name"),
    *_Make(Kind.LINES, Origin.REGISTER, _SCHOOL)("school_address"),
    *_school("school_phone"),
)
_REACHABLE = (
    *_asked("contact_name", "contact_role", "contact_phone", "contact_when"),
    *_asked("contact_email", required=False),
)
_SIGNED = _asked("signed_by", "signed_role")
_LETTER = (
    *_LETTERHEAD,
    *_contact("parent_name"),
    *_Make(Kind.LINES, Origin.REGISTER, _CONTACTS)("parent_address"),
    *_contact("greeting"),
    *_contact("language", required=False),
    *_asked_day("letter_date"),
    *_case("reference"),
    *_pupil("pupil_name", "pupil_first"),
    *_REACHABLE,
    *_SIGNED,
    *_asked_lines("enclosures", required=False),
)
_PERIOD = _register_day("period_from", "period_to")
_COUNTS = (
    *_PERIOD,
    *_register_count("possible", "attended", "authorised", "unauthorised", "missed", unit="session"),
    *_Make(Kind.TEXT, Origin.REGISTER, "the register, for the period asked about")("missed_days", "percent"),
)
_AMOUNTS = (
    *_policy_money("amount", "second_amount"),
    *_policy_money("reduced_amount", required=False),
    *_policy_count("reduced_within", required=False, unit="day"),
    *_policy_count("pay_within", unit="day"),
    *_policy_count("window", unit="year"),
)
_FORM = (
    *_school("school_name", "school_number"),
    *_Make(Kind.LINES, Origin.REGISTER, _SCHOOL)("school_address"),
    *_school("school_phone"),
    *_la("la_name", "la_team"),
    *_asked_day("form_date"),
    *_case("reference"),
    *_asked("referrer_name", "referrer_role", "referrer_phone", "referrer_email"),
)
_CHILD = (
    *_pupil("pupil_surname", "pupil_forename", "pupil_sex", "pupil_year", "upn"),
    *_pupil("pupil_known_as", "pupil_language", required=False),
    *_born("pupil_dob"),
    *_Make(Kind.LINES, Origin.REGISTER, _CONTACTS)("pupil_address"),
    *_case("looked_after", "sen", "social_worker"),
    *_case("siblings"),
    _rows("agencies", Origin.CASE, "the case, agencies", "", "agency lead outcome", required=False),
)
_PARENTS = _rows(
    "parents",
    Origin.REGISTER,
    _CONTACTS,
    "",
    "name relationship responsibility lives_with address phone language",
)

_CONCERN = Template(
    "concern_letter",
    "Letter about attendance",
    Audience.PARENT,
    (
        *_LETTER,
        *_COUNTS,
        *_asked("noticed", required=False),
        *_asked_lines("offers"),
        *_asked_day("review_on"),
    ),
)
_INVITATION = Template(
    "meeting_invitation",
    "Invitation to a meeting about attendance",
    Audience.PARENT,
    (
        *_LETTER,
        *_COUNTS,
        *_Make(Kind.MOMENT, Origin.CASE, "the case, meetings")("meeting_at"),
        *_Make(Kind.TEXT, Origin.CASE, "the case, meetings")("meeting_place", "purpose"),
        *_asked_lines("who_comes", "offers"),
        *_asked_day("reply_by"),
    ),
)
_PLAN = Template(
    "supportive_plan",
    "Plan to help with attendance",
    Audience.PARENT,
    (
        *_LETTER,
        *_COUNTS,
        *_case_day("meeting_on"),
        *_case_lines("present", "barriers"),
        *_case("pupil_view", "parent_view", required=False),
        _rows("actions", Origin.CASE, "the case, supportive actions", "by_when", "what who"),
        *_asked("target"),
        *_case_day("review_on"),
    ),
)
_CONTRACT = Template(
    "attendance_contract",
    "Attendance contract",
    Audience.PARENT,
    (
        *_LETTER,
        *_COUNTS,
        *_pupil("pupil_year"),
        *_born("pupil_dob"),
        *_case_day("meeting_on", "starts_on", "ends_on", "review_on"),
        *_case_lines("present", "requirements"),
        *_case("reasons"),
        *_case("pupil_view", "parent_view", required=False),
        _rows("support", Origin.CASE, "the case, attendance contract", "by_when", "what who"),
        *_case_lines("pupil_actions", required=False),
        *_asked("target"),
    ),
    (
        Part("That it is voluntary", words=("You do not have to sign it",)),
        Part(
            "What the parent agrees to do",
            ("requirements",),
            ("I agree to do what this contract asks",),
        ),
        Part("What help the school gives", ("support",), ("The school agrees to give the help",)),
        Part("For how long", ("starts_on", "ends_on", "review_on")),
        Part("What it may be used for", words=("may be used as evidence",)),
    ),
)
_CONTRACT_REVIEW = Template(
    "attendance_contract_review",
    "Review of the attendance contract",
    Audience.PARENT,
    (
        *_LETTER,
        *_COUNTS,
        *_case_day("meeting_on", "starts_on", "ends_on"),
        *_case_lines("present"),
        _rows("requirements", Origin.CASE, _ASKED, "", "what met evidence"),
        _rows("support", Origin.CASE, _ASKED, "", "what given reason"),
        *_case("pupil_view", "parent_view", required=False),
        *_asked("decision"),
        *_asked_day("next_review_on", required=False),
    ),
)
_NOTICE = Template(
    "notice_to_improve",
    "Notice to improve",
    Audience.PARENT,
    (
        *_LETTER,
        *_COUNTS,
        *_pupil("pupil_year"),
        *_born("pupil_dob"),
        _SESSIONS,
        _SUPPORT,
        *_asked_lines("further_support"),
        *_asked_lines("declined_support", required=False),
        *_case_day("improve_from", "improve_to"),
        *_Make(Kind.COUNT, Origin.CASE, _CASE)("improve_length", unit="school day"),
        *_asked("improvement_test", "early_grounds"),
        *_policy_count("threshold", unit="session"),
        *_policy_count("threshold_weeks", unit="school week"),
        *_AMOUNTS,
        *_Make(Kind.COUNT, Origin.LA, "the ledger of notices")(
            "previous_notices", unit="penalty notice", required=False
        ),
        *_la("la_name"),
    ),
    (
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
_LEAVE_WARNING = Template(
    "leave_warning",
    "Answer to a request for leave in term time",
    Audience.PARENT,
    (
        *_LETTER,
        *_asked_day("requested_on", "leave_from", "leave_to", "more_by"),
        *_Make(Kind.COUNT, Origin.PERSON, _ASKED)("leave_days", unit="school day"),
        *_asked("reason_refused"),
        *_AMOUNTS,
        *_la("la_name"),
    ),
    (
        Part("The reason for this refusal", ("reason_refused",)),
        Part("That the absence will be unauthorised", words=("recorded as unauthorised (code G)",)),
        Part(
            "A warning of a penalty notice, for each parent and child",
            ("amount", "pay_within"),
            ("each parent", "penalty notice"),
        ),
        Part("How to give more information", ("more_by", "contact_name", "contact_phone")),
    ),
)
_PENALTY_REQUEST = Template(
    "penalty_notice_request",
    "Request for a penalty notice: irregular attendance",
    Audience.LA,
    (
        *_FORM,
        *_CHILD,
        _PARENTS,
        *_contact("notice_parent"),
        *_COUNTS,
        *_register_count("counted", unit="session"),
        *_register_day("window_from", "window_to"),
        _SESSIONS,
        *_case_day("notice_to_improve_on", required=False),
        *_asked("notice_to_improve"),
        *_case("reasons_given"),
        _SUPPORT,
        *_case("previous_notices", "early_help"),
        *_asked("special_circumstances", "head_name"),
        *_asked_lines("enclosures"),
    ),
)
_PROSECUTION = Template(
    "prosecution_referral",
    "Referral for legal action",
    Audience.LA,
    (
        *_FORM,
        *_CHILD,
        _PARENTS,
        *_contact("notice_parent"),
        *_COUNTS,
        _SESSIONS,
        *_case("offence", "previous_notices", "reasons_given"),
        *_asked_day("act_by"),
        _rows("warnings", Origin.CASE, "the case, letters", "date", "letter how_sent"),
        _rows("meetings", Origin.CASE, "the case, meetings", "date", "meeting outcome"),
        _SUPPORT,
        *_asked("supervision_order_view", "defences", "public_interest", "communication", "head_name"),
        *_asked_lines("enclosures"),
    ),
)
_CME = Template(
    "cme_report",
    "Report of a pupil missing from school",
    Audience.LA,
    (
        *_FORM,
        *_Make(Kind.MOMENT, Origin.PERSON, _ASKED)("completed_at"),
        *_asked("phone_call"),
        *_CHILD,
        _PARENTS,
        *_register_day("last_attended_on", "last_seen_on"),
        *_asked("last_seen_by", "circumstances", "child_protection", "on_roll"),
        _rows("enquiries", Origin.CASE, "the case, enquiries", "date", "enquiry asked_of answer"),
        _rows("visits", Origin.CASE, "the case, contacts", "date", "address spoken_to child_seen"),
        *_asked("dsl_informed"),
    ),
    goes_always=True,
)
_SUPERVISION = Template(
    "education_supervision_order_referral",
    "Referral for an education supervision order",
    Audience.LA,
    (
        *_FORM,
        *_CHILD,
        _PARENTS,
        *_COUNTS,
        _SUPPORT,
        *_asked("parents_view", "child_wishes", "child_needs", "effect_of_change", "harm"),
        *_asked("parents_capability", "why_an_order", "consultation", "head_name"),
        *_asked_lines("proposed_plan", "enclosures"),
    ),
)
_EXTRACT = Template(
    "register_extract",
    "Extract from the attendance register",
    Audience.LA,
    (
        *_LETTERHEAD,
        *_case("reference"),
        *_pupil("pupil_name", "pupil_year", "upn"),
        *_born("pupil_dob"),
        *_COUNTS,
        *_Make(Kind.MOMENT, Origin.REGISTER, "the register")("extracted_at"),
        _rows("weeks", Origin.REGISTER, "the register", "week", "monday tuesday wednesday thursday friday"),
        _rows("key", Origin.REGISTER, "the codes of the policy", "", "code meaning counted_as"),
        *_SIGNED,
    ),
)
_CHRONOLOGY = Template(
    "chronology",
    "Chronology",
    Audience.INTERNAL,
    (
        *_school("school_name"),
        *_case("reference"),
        *_pupil("pupil_name", "pupil_year"),
        *_asked_day("period_from", "period_to"),
        _rows("entries", Origin.CASE, _CASE, "date", "what by outcome"),
        *_asked("prepared_by"),
        *_asked_day("prepared_on"),
    ),
)

CATALOGUE: Mapping[str, Template] = {
    template.name: template
    for template in (
        _CONCERN,
        _INVITATION,
        _PLAN,
        _CONTRACT,
        _CONTRACT_REVIEW,
        _NOTICE,
        _LEAVE_WARNING,
        _PENALTY_REQUEST,
        _PROSECUTION,
        _CME,
        _SUPERVISION,
        _EXTRACT,
        _CHRONOLOGY,
    )
}
"""Every document by its name, which is also its file's name without `.docx`."""


def template_named(name: str) -> Template:
    """A document by its name or its file's name.

    Raises:
        NotFound: There is no such document.
    """
    template = CATALOGUE.get(name.removesuffix(".docx"))
    if template is None:
        raise NotFound("document", name, "Choose one that the catalogue lists.")
    return template


def missing(template_name: str, fields: Mapping[str, object]) -> tuple[Missing, ...]:
    """What a document still needs before it can be made, each with where to enter it."""
    return printing.missing(template_named(template_name), fields)


def contents(template_name: str, fields: Mapping[str, object]) -> tuple[tuple[str, bool], ...]:
    """Each thing the document is expected to say, and whether these fields say it.

    What the template's own words say counts as said: a test holds the template to them.
    """
    template = template_named(template_name)
    lacking = {gap.field.partition(".")[0] for gap in missing(template_name, fields)}
    return tuple((part.says, lacking.isdisjoint(part.fields)) for part in template.contents)
