"""The staged letters to parents: noticing, offering help, saying what got better, warning last.

Source: documents reference, sections 4.1, 4.2 and 12.3.
"""

from casework.documents.catalogue import blocks as b
from casework.documents.declared import Origin, Part

_OFFERS = b.asked_lines("offers")
_NOTICED = b.asked("noticed", required=False)

DOCUMENTS = (
    b.letter(
        "first_day_message",
        "Message on the first day of absence",
        *b.asked_day("absent_on"),
        *b.asked_lines("tried", required=False),
    ),
    b.letter(
        "unexplained_absence_letter",
        "Letter about absence without a reason",
        b.rows("unexplained", Origin.REGISTER, "the register", "date", "half"),
        *b.asked_lines("tried", required=False),
        *b.asked_day("reply_by"),
    ),
    b.letter(
        "concern_letter", "Letter about attendance", *b.COUNTS, *_NOTICED, *_OFFERS, *b.asked_day("review_on")
    ),
    b.letter(
        "lateness_letter",
        "Letter about being late",
        *b.PERIOD,
        *b.register_count("late", unit="time"),
        *b.register_count("late_after_close", unit="time", required=False),
        *_NOTICED,
        *_OFFERS,
        *b.asked_day("review_on"),
    ),
    b.letter(
        "second_concern_letter",
        "Second letter about attendance",
        *b.COUNTS,
        *_NOTICED,
        b.SUPPORT,
        *_OFFERS,
        *b.asked_day("review_on", "reply_by"),
    ),
    b.letter(
        "support_offer_sheet",
        "What help there is",
        *b.asked_lines("offers"),
        *b.asked_lines("agencies_offered", required=False),
    ),
    b.letter(
        "improvement_letter",
        "Letter about better attendance",
        *b.COUNTS,
        *b.asked("what_got_better"),
        *b.asked_lines("offers", required=False),
    ),
    b.letter(
        "formal_warning_letter",
        "Formal warning about attendance",
        *b.COUNTS,
        b.SESSIONS,
        b.SUPPORT,
        *b.asked_lines("further_support"),
        *b.asked_day("watched_to"),
        *b.AMOUNTS,
        *b.la("la_name"),
        contents=(
            Part("The support given so far", ("support",)),
            Part("The support still on offer", ("further_support", "contact_name", "contact_phone")),
            Part("The sessions relied on", ("sessions",)),
            Part("How long attendance is watched", ("watched_to",)),
            Part(
                "A warning of a penalty notice or court",
                ("amount", "pay_within"),
                ("penalty notice", "court"),
            ),
        ),
    ),
)
