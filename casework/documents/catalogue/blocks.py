"""What many documents print, declared once: a letter's ends, a form's sender, a pupil, counts, amounts.

A field of one name means the same in every document that takes it from here, so one source fills it, whatever
is being made.
"""

from collections.abc import Iterable
from dataclasses import replace

from casework.documents.declared import Audience, Field, Kind, Origin, Part, Template

PUPIL_PAGE = "the pupil's page, from the register"
CONTACTS = "the pupil's contacts"
SCHOOL = "the school's details, under letters"
CASE = "the case"
ASKED = "the form that makes this document"
LA = "the local authority's details"
REGISTER = "the register, for the period asked about"
POLICY = "the policy in force that day"


class Make:
    """Declares fields that share a kind, an origin and a place to enter them."""

    def __init__(self, kind: Kind, origin: Origin, where: str) -> None:
        self.kind, self.origin, self.where = kind, origin, where

    def __call__(self, *names: str, unit: str = "", required: bool = True) -> tuple[Field, ...]:
        return tuple(Field(name, self.kind, self.origin, self.where, required, unit) for name in names)


pupil = Make(Kind.TEXT, Origin.REGISTER, PUPIL_PAGE)
register_day = Make(Kind.DAY, Origin.REGISTER, PUPIL_PAGE)
born = Make(Kind.BIRTHDAY, Origin.REGISTER, PUPIL_PAGE)
register_count = Make(Kind.COUNT, Origin.REGISTER, REGISTER)
register_text = Make(Kind.TEXT, Origin.REGISTER, REGISTER)
school = Make(Kind.TEXT, Origin.REGISTER, SCHOOL)
school_lines = Make(Kind.LINES, Origin.REGISTER, SCHOOL)
contact = Make(Kind.TEXT, Origin.REGISTER, CONTACTS)
contact_lines = Make(Kind.LINES, Origin.REGISTER, CONTACTS)
case = Make(Kind.TEXT, Origin.CASE, CASE)
case_lines = Make(Kind.LINES, Origin.CASE, CASE)
case_day = Make(Kind.DAY, Origin.CASE, CASE)
case_moment = Make(Kind.MOMENT, Origin.CASE, CASE)
case_count = Make(Kind.COUNT, Origin.CASE, CASE)
asked = Make(Kind.TEXT, Origin.PERSON, ASKED)
asked_lines = Make(Kind.LINES, Origin.PERSON, ASKED)
asked_day = Make(Kind.DAY, Origin.PERSON, ASKED)
asked_moment = Make(Kind.MOMENT, Origin.PERSON, ASKED)
asked_count = Make(Kind.COUNT, Origin.PERSON, ASKED)
la = Make(Kind.TEXT, Origin.LA, LA)
la_lines = Make(Kind.LINES, Origin.LA, LA)
policy_money = Make(Kind.MONEY, Origin.LA, POLICY)
policy_count = Make(Kind.COUNT, Origin.LA, POLICY)


def rows(name: str, origin: Origin, where: str, days: str, texts: str, required: bool = True) -> Field:
    """A table whose columns are days first, then texts."""
    columns = tuple(Field(column, Kind.DAY, origin, where) for column in days.split())
    columns += tuple(Field(column, Kind.TEXT, origin, where) for column in texts.split())
    return Field(name, Kind.ROWS, origin, where, required, columns=columns)


def asked_rows(name: str, days: str, texts: str, required: bool = True) -> Field:
    """A table that a person writes."""
    return rows(name, Origin.PERSON, ASKED, days, texts, required)


def optional(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The same fields, where a document does without them."""
    return tuple(replace(field, required=False) for field in fields)


SESSIONS = rows("sessions", Origin.REGISTER, "the register", "date", "half code meaning reason")
SUPPORT = rows("support", Origin.CASE, "the case, support offered", "date", "offer given_by outcome")
CALLS = rows("calls", Origin.CASE, "the case, contacts", "date", "how with_whom outcome by")
VISITS = rows("visits", Origin.CASE, "the case, contacts", "date", "address spoken_to child_seen")
LETTERS_SENT = rows("letters_sent", Origin.CASE, "the case, letters", "date", "letter how_sent")
ACTIONS = rows("actions", Origin.CASE, "the case, supportive actions", "by_when", "what who")

LETTERHEAD = (*school("school_name"), *school_lines("school_address"), *school("school_phone"))
REACHABLE = (
    *asked("contact_name", "contact_role", "contact_phone", "contact_when"),
    *asked("contact_email", required=False),
)
SIGNED = asked("signed_by", "signed_role")
TO_PARENT = (*contact("parent_name"), *contact_lines("parent_address"))
LETTER = (
    *LETTERHEAD,
    *TO_PARENT,
    *contact("greeting"),
    *contact("language", required=False),
    *asked_day("letter_date"),
    *case("reference"),
    *pupil("pupil_name", "pupil_first"),
    *REACHABLE,
    *SIGNED,
    *asked_lines("enclosures", required=False),
)
PERIOD = register_day("period_from", "period_to")
COUNTS = (
    *PERIOD,
    *register_count("possible", "attended", "authorised", "unauthorised", "missed", unit="session"),
    *register_text("missed_days", "percent"),
)
AMOUNTS = (
    *policy_money("amount", "second_amount"),
    *policy_money("reduced_amount", required=False),
    *policy_count("reduced_within", required=False, unit="day"),
    *policy_count("pay_within", unit="day"),
    *policy_count("window", unit="year"),
)
FORM = (
    *school("school_name", "school_number"),
    *school_lines("school_address"),
    *school("school_phone"),
    *la("la_name", "la_team"),
    *asked_day("form_date"),
    *case("reference"),
    *asked("referrer_name", "referrer_role", "referrer_phone", "referrer_email"),
)
CHILD = (
    *pupil("pupil_surname", "pupil_forename", "pupil_sex", "pupil_year", "upn"),
    *pupil("pupil_known_as", "pupil_language", required=False),
    *born("pupil_dob"),
    *contact_lines("pupil_address"),
    *case("looked_after", "sen", "social_worker"),
    *case("siblings"),
    rows("agencies", Origin.CASE, "the case, agencies", "", "agency lead outcome", required=False),
)
PARENTS = rows(
    "parents",
    Origin.REGISTER,
    CONTACTS,
    "",
    "name relationship responsibility lives_with address phone language",
)
RECORD = (
    *school("school_name"),
    *case("reference"),
    *pupil("pupil_name", "pupil_year"),
    *asked("written_by", "written_role"),
    *asked_day("written_on"),
)
"""A record the school keeps: about whom, by whom, on which day."""

ALWAYS = (*asked_moment("completed_at"), *asked("phone_call"))
"""What a form about a child who may be in danger cannot go without: when it was completed, and the call."""

MEETING = (
    *case_moment("meeting_at"),
    *case("meeting_place"),
)
VIEWS = case("pupil_view", "parent_view", required=False)


def letter(name: str, title: str, *fields: Field, contents: tuple[Part, ...] = ()) -> Template:
    """A letter to one parent about one pupil."""
    return Template(name, title, Audience.PARENT, (*LETTER, *fields), contents)


def form(
    name: str,
    title: str,
    *fields: Field,
    contents: tuple[Part, ...] = (),
    goes_always: bool = False,
    sealed: bool = False,
) -> Template:
    """A form that another service receives; one that goes always says when it was made and who was rung."""
    first = ALWAYS if goes_always else ()
    return Template(name, title, Audience.LA, (*first, *FORM, *fields), contents, goes_always, sealed)


def record(name: str, title: str, *fields: Field, sealed: bool = False) -> Template:
    """A record the school keeps."""
    return Template(name, title, Audience.INTERNAL, (*RECORD, *fields), sealed=sealed)
