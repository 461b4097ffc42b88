"""Safeguarding: what is written down, decided and told to others. The DSL alone reads what is sealed.

Forms to social care and youth justice always go: what is not known is said to be not known. Whoever placed a
pupil with a provider is told of absence in a notice of its own.
Source: documents reference, section 14.
"""

from casework.documents.catalogue import blocks as b
from casework.documents.declared import Audience, Origin, Part, Template

_RECENT = b.rows("recent", Origin.REGISTER, "the register", "date", "half code meaning")
_SEEN = (*b.register_day("last_seen_on"), *b.asked("last_seen_by"))
_TOLD = (
    *b.CHILD,
    b.PARENTS,
    *b.asked("professional_name", "professional_organisation"),
    _RECENT,
    *b.asked("reason_known", "child_seen", "concern_level", "what_we_do", "what_we_ask"),
    *_SEEN,
    b.CALLS,
)

DOCUMENTS = (
    b.record(
        "record_of_concern",
        "Record of concern",
        *b.born("pupil_dob"),
        *b.asked_moment("happened_at"),
        *b.asked("concern", "exact_words", "other_information", "action_taken", "dsl_told"),
        *b.asked("witnesses", "body_map", required=False),
        *b.asked("opinion", required=False),
        sealed=True,
    ),
    b.record(
        "dsl_review",
        "DSL review of an attendance concern",
        *b.case("review_trigger"),
        *b.asked("what_is_known", "what_is_not_known", "last_seen", "protective_factors"),
        *b.asked("risk_level", "risk_reasons", "options_considered", "dsl_decision", "decision_reasons"),
        *b.asked("who_is_told"),
        *b.asked_day("review_on"),
        sealed=True,
    ),
    b.form(
        "social_worker_notice",
        "Notice to a social worker of an absence",
        *_TOLD,
        goes_always=True,
    ),
    b.form(
        "youth_justice_notice",
        "Notice to a youth justice worker of an absence",
        *_TOLD,
        goes_always=True,
    ),
    Template(
        "commissioner_notice",
        "Notice to the commissioner of a placement",
        Audience.LA,
        (
            *b.school("school_name", "school_phone"),
            *b.school_lines("school_address"),
            *b.case("reference"),
            *b.asked_day("form_date"),
            *b.asked("referrer_name", "referrer_role"),
            *b.asked("professional_name", "professional_organisation"),
            *b.pupil("pupil_name", "pupil_year", "upn"),
            *b.born("pupil_dob"),
            *b.COUNTS,
            *b.asked("noticed"),
            *b.optional((_RECENT, b.CALLS)),
            *b.asked_lines("offers"),
            *b.asked("what_we_ask", required=False),
        ),
        contents=(
            Part("Why the commissioner is told", ("noticed",)),
            Part("What the provider does meanwhile", ("offers",)),
            Part("That the school on whose roll the pupil is must have it too", words=("own school",)),
        ),
    ),
    b.form(
        "mash_referral",
        "Referral to children's social care",
        *b.CHILD,
        b.PARENTS,
        b.asked_rows("household", "", "name born relationship school"),
        *b.asked("kind_of_referral", "parent_aware", "consent", "worker_spoken_to"),
        *b.asked("worries", "impact", "own_words", "history", "going_well", "family_circumstances"),
        *b.asked("danger_now", "disability", "religion_and_ethnicity", "gp"),
        b.SUPPORT,
        *b.COUNTS,
        *_SEEN,
        *b.asked("why_absence_is_a_worry"),
        goes_always=True,
        sealed=True,
    ),
)
