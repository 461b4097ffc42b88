"""Referrals and evidence: court, an order, what a witness says, what the register shows.

Source: documents reference, sections 7 to 9.
"""

from casework.documents.catalogue import blocks as b
from casework.documents.declared import Audience, Kind, Origin, Part, Template

DECLARATION = (
    "This statement is true to the best of my knowledge and belief and I make it knowing that, if it is "
    "tendered in evidence, I shall be liable to prosecution if I have wilfully stated in it anything which I "
    "know to be false or do not believe to be true."
)

DOCUMENTS = (
    b.form(
        "prosecution_referral",
        "Referral for legal action",
        *b.CHILD,
        b.PARENTS,
        *b.contact("notice_parent"),
        *b.COUNTS,
        b.SESSIONS,
        *b.case("offence", "previous_notices", "reasons_given"),
        *b.asked_day("act_by"),
        b.rows("warnings", Origin.CASE, "the case, letters", "date", "letter how_sent"),
        b.rows("meetings", Origin.CASE, "the case, meetings", "date", "meeting outcome"),
        b.SUPPORT,
        *b.asked("supervision_order_view", "defences", "public_interest", "communication", "head_name"),
        *b.asked_lines("enclosures"),
    ),
    b.form(
        "education_supervision_order_referral",
        "Referral for an education supervision order",
        *b.CHILD,
        b.PARENTS,
        *b.COUNTS,
        b.SUPPORT,
        *b.asked("parents_view", "child_wishes", "child_needs", "effect_of_change", "harm"),
        *b.asked("parents_capability", "why_an_order", "consultation", "head_name"),
        *b.asked_lines("proposed_plan", "enclosures"),
    ),
    Template(
        "section_9_statement",
        "Witness statement",
        Audience.LA,
        (
            *b.case("reference"),
            *b.asked("witness_name", "witness_role", "witness_age", "statement_pages"),
            *b.school("school_name"),
            *b.asked_lines("paragraphs"),
            b.asked_rows("exhibits", "", "label description", required=False),
            *b.asked("reader_declaration", required=False),
        ),
        (
            Part("The witness, and their age", ("witness_name", "witness_age")),
            Part(
                "The Acts and rules it is made under",
                words=("Criminal Justice Act 1967, section 9", "Criminal Procedure Rules, rule 16.2"),
            ),
            Part("How many pages", ("statement_pages",)),
            Part("The declaration", words=(DECLARATION,)),
            Part("What the witness says", ("paragraphs",)),
        ),
    ),
    Template(
        "headteacher_certificate",
        "Certificate of attendance",
        Audience.LA,
        (
            *b.LETTERHEAD,
            *b.case("reference"),
            *b.pupil("pupil_name"),
            *b.born("pupil_dob"),
            *b.register_day("on_roll_from"),
            *b.register_day("on_roll_to", required=False),
            *b.COUNTS,
            b.rows("every_session", Origin.REGISTER, "the register", "date", "morning afternoon"),
            b.rows("key", Origin.REGISTER, "the codes of the policy", "", "code meaning counted_as"),
            *b.asked("head_name", "head_role"),
        ),
        (
            Part("The section it is given under", words=("Education Act 1996, section 566",)),
            Part("The child and the period", ("pupil_name", "pupil_dob", "period_from", "period_to")),
            Part(
                "The particulars of attendance",
                ("possible", "attended", "unauthorised", "every_session", "key"),
            ),
            Part(
                "That it is true and comes from the register",
                words=("true to the best of my knowledge", "extracted from the attendance register"),
            ),
            Part("Who signs", ("head_name", "head_role")),
        ),
    ),
    Template(
        "register_extract",
        "Extract from the attendance register",
        Audience.LA,
        (
            *b.LETTERHEAD,
            *b.case("reference"),
            *b.pupil("pupil_name", "pupil_year", "upn"),
            *b.born("pupil_dob"),
            *b.COUNTS,
            *b.Make(Kind.MOMENT, Origin.REGISTER, "the register")("extracted_at"),
            b.rows(
                "weeks", Origin.REGISTER, "the register", "week", "monday tuesday wednesday thursday friday"
            ),
            b.rows("key", Origin.REGISTER, "the codes of the policy", "", "code meaning counted_as"),
            *b.SIGNED,
        ),
    ),
    Template(
        "register_changes",
        "Changes made to the attendance register",
        Audience.LA,
        (
            *b.LETTERHEAD,
            *b.case("reference"),
            *b.pupil("pupil_name", "pupil_year", "upn"),
            *b.PERIOD,
            *b.Make(Kind.MOMENT, Origin.REGISTER, "the register")("extracted_at"),
            b.rows("changes", Origin.REGISTER, "the register", "date", "half was now changed_by why"),
            *b.SIGNED,
        ),
    ),
    Template(
        "chronology",
        "Chronology",
        Audience.INTERNAL,
        (
            *b.school("school_name"),
            *b.case("reference"),
            *b.pupil("pupil_name", "pupil_year"),
            *b.asked_day("period_from", "period_to"),
            b.rows("entries", Origin.CASE, b.CASE, "date", "what by outcome"),
            *b.asked("prepared_by"),
            *b.asked_day("prepared_on"),
        ),
    ),
)
