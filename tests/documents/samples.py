"""Invented letters and forms of every template: an ordinary one, the longest and the strangest."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from casework.documents import CATALOGUE, Field, Kind, fields, forms
from casework.domain import Half, Parent, Pupil, School, Session
from tests.documents.said import SAID, STEPS

LONDON = ZoneInfo("Europe/London")
SCHOOL = School("100001", "Larkfield Academy", "352")
LETTERHEAD = fields.Letterhead(("Mill Lane", "Larkfield", "LK1 2AB"), "01632 960100")
PUPIL = Pupil(
    "A123456789012", "Okafor", "Zoë", dob=date(2012, 3, 9), sex="F", year_group="9", class_name="9B"
)
PARENT = Parent(
    "C1",
    PUPIL.upn,
    "Ms",
    "Amira",
    "Okafor",
    "mother",
    True,
    True,
    1,
    "14 Rowan Street",
    "",
    "Larkfield",
    "LK3 4CD",
    "01632 960111",
    "amira@example.org",
    "English",
    True,
)
OTHER = Parent(
    "C2",
    PUPIL.upn,
    "Mr",
    "Daniel",
    "Brandt",
    "father",
    True,
    False,
    2,
    "Flat 2, 77 Quay Road",
    "",
    "Easthaven",
    "EH9 8ZZ",
    "01632 960222",
    "d.brandt@example.org",
    "",
    True,
)
CONTACT = fields.Reachable(
    "Mrs Priya Nair",
    "pastoral lead",
    "01632 960101",
    "Monday to Friday, 8am to 4pm",
    "help@larkfield.example",
)
ON = date(2026, 11, 23)
TO = fields.To(
    PUPIL,
    PARENT,
    (OTHER,),
    SCHOOL,
    LETTERHEAD,
    ON,
    "LKF-2026-00017",
    CONTACT,
    "Mr Tom Ellery",
    "Headteacher",
    ("Attendance record, with a key to the codes",),
)
ATTENDANCE = fields.Attendance(date(2026, 9, 7), date(2026, 11, 20), 100, 84, 4, 12)
AMOUNTS = fields.PenaltyAmounts(16000, 28, 16000, 3, 8000, 21)
STRANGE = (
    "She said \"we're < 5 minutes away\" & then 'no bus'.\n{{ 7 * 7 }} {% if x %} {# hidden #} {_{\n"
    "O’Brien, Zoë, 李小龍, שלום עולם, مرحبا بالعالم, 👩‍👩‍👧 😀 <w:p/> &amp; ]]>"
)
LONG = ("The bus was late again and nobody could say why, so we walked. " * 50)[:3000]


def sessions(count: int, reason: str = "", words: str = "") -> list[fields.Missed]:
    """That many unauthorised sessions in the sample period, two a school day from its first Monday."""
    days = [ATTENDANCE.period_from + timedelta(days=n) for n in range(75)]
    halves = [Session(day, half) for day in days if day.weekday() < 5 for half in Half]
    return [
        fields.Missed(session, "O", "absent, no other code fits", "" if n % 3 else reason if n else words)
        for n, session in enumerate(halves[:count])
    ]


def letters(
    to: fields.To = TO, words: str = "", rows: int = 12, lines: int = 3
) -> dict[str, dict[str, object]]:
    """The fields of every letter to a parent, with `words` wherever a person writes."""
    attendance = replace(ATTENDANCE, attended=96 - rows, unauthorised=rows)
    offers = [words or offer for offer in OFFERS[:lines]]
    actions = [fields.Action(words or what, "Mrs Nair", date(2026, 12, 4)) for what in OFFERS[:lines]]
    present = [words or role for role in ("You", "Mrs Priya Nair, pastoral lead", "Zoë")]
    outcomes = [
        fields.Outcome(words or what, result, words or because)
        for what, result, because in (
            ("Call the school by 8:30am when Zoë is ill", "Yes", "Calls on 9 and 17 November"),
            ("Meet Mrs Nair each Friday", "In part", "Two meetings of three were held"),
        )
    ]
    support = [
        fields.Offer(date(2026, 10, 5 + n), words or offer, "Mrs Nair", words or "Taken up for two weeks")
        for n, offer in enumerate(OFFERS[:lines])
    ]
    target = words or "No more than 2 sessions missed without a reason by the end of term."
    views = {
        "pupil_view": words or "I like art. Mornings are hard.",
        "parent_view": words or "We are often tired.",
    }
    return {
        "concern_letter": fields.concern_letter(
            to,
            attendance,
            offers,
            date(2026, 12, 14),
            words or "Most of the missed sessions were on Mondays.",
        ),
        "meeting_invitation": fields.meeting_invitation(
            to,
            attendance,
            datetime(2026, 12, 2, 15, 30, tzinfo=LONDON),
            words or "Room 4, Larkfield Academy",
            words or "How Zoë is, what makes mornings hard, and what would help",
            present,
            offers,
            date(2026, 11, 30),
        ),
        "supportive_plan": fields.supportive_plan(
            to, attendance, date(2026, 11, 18), present, offers, actions, target, date(2026, 12, 14), **views
        ),
        "attendance_contract": fields.attendance_contract(
            to,
            attendance,
            date(2026, 11, 18),
            present,
            words or "Mornings are hard since the move.",
            offers,
            actions,
            target,
            ON,
            date(2027, 2, 12),
            date(2026, 12, 14),
            offers[:1],
            **views,
        ),
        "attendance_contract_review": fields.attendance_contract_review(
            to,
            attendance,
            date(2026, 11, 18),
            present,
            date(2026, 10, 5),
            date(2027, 2, 12),
            outcomes,
            outcomes,
            words or "The contract goes on. The school will move the Friday meeting to 8:30am.",
            date(2026, 12, 14),
            **views,
        ),
        "notice_to_improve": fields.notice_to_improve(
            to,
            attendance,
            sessions(rows, "Missed the bus", words or "Missed the bus"),
            support,
            offers,
            date(2026, 11, 30),
            date(2027, 1, 15),
            25,
            words or "No more sessions missed without a reason the school can accept.",
            words or "If 3 or more sessions are missed without such a reason in the first two weeks.",
            10,
            10,
            AMOUNTS,
            "Larkshire Council",
            offers[:1],
            1,
        ),
        "leave_warning": fields.leave_warning(
            to,
            date(2026, 11, 16),
            date(2026, 12, 7),
            date(2026, 12, 11),
            5,
            words or "The law lets me agree only for a rare and special reason. A holiday is not one.",
            date(2026, 11, 30),
            AMOUNTS,
            "Larkshire Council",
        ),
    }


REFERRAL = forms.Referral(
    replace(SCHOOL, dfe_number="352/4001"),
    LETTERHEAD,
    "Larkshire Council",
    "Attendance support team",
    ON,
    TO.reference,
    "Mrs Priya Nair",
    "Pastoral lead",
    "01632 960101",
    "help@larkfield.example",
)
CHILD = forms.Child(
    replace(PUPIL, looked_after=False, sen="K", social_worker=None),
    (PARENT, OTHER),
    "One brother, year 5 at Larkfield Primary. His attendance is good.",
    (("School nursing", "Jo Bell", "Two visits in October"),),
)
MARKS = {
    Session(ATTENDANCE.period_from + timedelta(days=n), half): "O"
    if n % 7 == 0
    else "/"
    if half is Half.AM
    else "\\"
    for n in range(75)
    if (ATTENDANCE.period_from + timedelta(days=n)).weekday() < 5
    for half in Half
}
MEANINGS = {
    "/": ("Present in the morning", "Attended"),
    "\\": ("Present in the afternoon", "Attended"),
    "O": ("Absent, and no other code fits", "Unauthorised absence"),
}


def la_forms() -> dict[str, dict[str, object]]:
    """The fields of every form and record, an ordinary case."""
    offers = [
        fields.Offer(date(2026, 10, 5 + n), o, "Mrs Nair", "Taken up for two weeks")
        for n, o in enumerate(OFFERS[:3])
    ]
    missed = sessions(12, "Missed the bus", "Missed the bus")
    enclosed = [
        "Attendance record for this year and last",
        "Notice to improve, 5 October 2026",
        "Letters sent",
    ]
    reasons = "The family moved in August. Mornings are hard and the bus is often late."
    head = {"head_name": "Mr Tom Ellery", "enclosures": enclosed}
    return {
        "penalty_notice_request": forms.penalty_notice_request(
            REFERRAL,
            CHILD,
            PARENT,
            ATTENDANCE,
            missed,
            (date(2026, 9, 7), date(2026, 11, 20)),
            offers,
            {
                "notice_to_improve_on": date(2026, 10, 5),
                "reasons_given": reasons,
                "previous_notices": "No earlier notice known",
                "notice_to_improve": "First class post; 5 October to 13 November 2026; little improvement.",
                "early_help": "Offered on 12 October 2026; declined.",
                "special_circumstances": "Nothing known.",
                **head,
            },
        ),
        "prosecution_referral": forms.prosecution_referral(
            REFERRAL,
            CHILD,
            PARENT,
            ATTENDANCE,
            missed,
            offers,
            [(date(2026, 10, 5), "Notice to improve", "First class post, certificate kept")],
            [(date(2026, 9, 28), "Attendance meeting", "Plan agreed")],
            date(2027, 3, 7),
            {
                "offence": "Section 444(1), Education Act 1996",
                "previous_notices": "One, unpaid: 20 October 2026",
                "reasons_given": reasons,
                "communication": "No needs known. Speaks English.",
                "supervision_order_view": "Considered. The parent can act, so an order would add little.",
                "defences": "No leave, illness or other cause shown. No day of observance.",
                "public_interest": "Support was offered in three ways. No disability is known.",
                **head,
            },
        ),
        "education_supervision_order_referral": forms.education_supervision_order_referral(
            REFERRAL,
            CHILD,
            ATTENDANCE,
            offers,
            {
                "parents_view": "The mother agrees. 18 November 2026.",
                "child_wishes": "Zoë would like help with mornings.",
                "child_needs": "Routine, and someone to talk to.",
                "effect_of_change": "No change is proposed.",
                "harm": "Missed learning.",
                "parents_capability": "Willing, with little influence in the mornings.",
                "why_an_order": "Advice and directions would give the family a steady adult.",
                "consultation": "Children's services were asked on 16 November 2026 and have no concerns.",
                "proposed_plan": ["A supervisor visits weekly", "A review each half term"],
                **head,
            },
        ),
        "cme_report": forms.cme_report(
            REFERRAL,
            CHILD,
            datetime(2026, 11, 23, 10, 40, tzinfo=LONDON),
            "Duty desk, 23 November 2026 at 10:20; spoke to a duty worker.",
            [(date(2026, 11, 18), "Call to every number", "Both parents", "No answer")],
            [
                {
                    "date": date(2026, 11, 19),
                    "address": "14 Rowan Street, Larkfield",
                    "spoken_to": "A neighbour",
                    "child_seen": "Not seen",
                }
            ],
            {
                "last_attended_on": date(2026, 11, 13),
                "last_seen_on": date(2026, 11, 13),
                "last_seen_by": "Mr Ellery",
                "circumstances": "No contact since the weekend. A neighbour saw a van on Sunday.",
                "child_protection": "No plan. No social worker known.",
                "on_roll": "Yes",
                "dsl_informed": "Mrs Cole, 18 November 2026",
            },
        ),
        "register_extract": forms.register_extract(
            SCHOOL,
            LETTERHEAD,
            PUPIL,
            TO.reference,
            ATTENDANCE,
            MARKS,
            MEANINGS,
            datetime(2026, 11, 23, 9, 0, tzinfo=LONDON),
            "Mr Tom Ellery",
            "Headteacher",
        ),
        "chronology": forms.chronology(
            SCHOOL,
            PUPIL,
            TO.reference,
            (ATTENDANCE.period_from, ATTENDANCE.period_to),
            [
                (date(2026, 10, 5), "Meeting with Ms Okafor and Zoë", "Mrs Nair", "A plan was agreed"),
                (
                    date(2026, 9, 21),
                    "Letter about attendance, first class",
                    "Mr Ellery",
                    "No reply by 28 September",
                ),
            ],
            "Mrs Priya Nair",
            ON,
        ),
    }


OFFERS = (
    "A quiet place to start the day, from 8:15am.",
    "A talk with the school nurse.",
    "Help with the bus fare.",
    "A card that lets Zoë leave a lesson when things get hard.",
    "Time each Friday to catch up on missed work.",
)


def filled(
    name: str, words: str = "", rows: int = 4, to: fields.To = TO, said: Mapping[str, object] = {}
) -> dict[str, object]:
    """A document's fields: as an ordinary case has them, or each with a plausible value of its kind.

    Args:
        said: What is said of each field; what it leaves out is made up.
    """
    template = CATALOGUE[name]
    values: dict[str, object] = {field.name: _value(field, words, rows) for field in template.fields}
    known = {**KNOWN, **said, **({"steps": STEPS[name]} if said and name in STEPS else {})}
    values |= {key: value for key, value in known.items() if key in values}
    if template.field("parent_name") is not None:
        addressed = fields.letter(to, {})
        values |= {key: value for key, value in addressed.items() if key in values}
    return values


KNOWN: Mapping[str, object] = {
    "school_name": SCHOOL.name,
    "school_address": LETTERHEAD.address,
    "school_phone": LETTERHEAD.phone,
    "reference": TO.reference,
    "pupil_name": PUPIL.name,
    "pupil_surname": PUPIL.surname,
    "pupil_forename": PUPIL.forename,
    "pupil_dob": PUPIL.dob,
    "pupil_year": "Year 9",
    "upn": PUPIL.upn,
    "period_from": ATTENDANCE.period_from,
    "period_to": ATTENDANCE.period_to,
    "possible": ATTENDANCE.possible,
    "attended": ATTENDANCE.attended,
    "authorised": ATTENDANCE.authorised,
    "unauthorised": ATTENDANCE.unauthorised,
    "missed": 16,
    "missed_days": "8 school days",
    "percent": "84%",
}


def _value(field: Field, words: str, rows: int) -> Any:
    match field.kind:
        case Kind.DAY | Kind.BIRTHDAY:
            return ON
        case Kind.MOMENT:
            return datetime(2026, 11, 23, 10, 40, tzinfo=LONDON)
        case Kind.COUNT:
            return 12
        case Kind.MONEY:
            return 16000
        case Kind.LINES:
            return [words or f"{field.title} {number}" for number in (1, 2, 3)]
        case Kind.ROWS:
            texts = [words, *[""] * (rows - 1)]
            return [{column.name: _value(column, text, rows) for column in field.columns} for text in texts]
        case Kind.TEXT:
            return words or field.title


def ordinary() -> dict[str, dict[str, object]]:
    """Every template, as most documents are."""
    made = {**letters(), **la_forms()}
    usual = {key: value for fields_of in (*made.values(),) for key, value in fields_of.items()}
    usual |= {"support": made["notice_to_improve"]["support"], "head_name": "Mr Tom Ellery"}
    said = {**usual, **SAID}
    return {name: made[name] if name in made else filled(name, said=said) for name in CATALOGUE}


def longest() -> dict[str, dict[str, object]]:
    """Every template with 3,000 characters wherever a person writes, and 60 rows in a table."""
    name = "The Saint Bartholomew and Saint Wilfrid Church of England Voluntary Aided Upper School"
    parent = replace(
        PARENT,
        title="Professor",
        forename="Anastasia-Konstantina",
        surname="Featherstonehaugh-Papadopoulos",
        address_1="Flat 1204, The Old Corn Exchange and Maltings",
        address_2="North Larkfield Industrial Estate",
        language="Portuguese",
    )
    pupil = replace(PUPIL, known_as="Maximiliana-Josephine", surname="Featherstonehaugh-Papadopoulos")
    to = replace(TO, parent=parent, pupil=pupil, school=replace(SCHOOL, name=name), enclosures=OFFERS)
    return _every(letters(to, LONG, 60, 5), LONG, 60, to)


def strangest() -> dict[str, dict[str, object]]:
    """Every template with text that breaks things, and a pupil whose forename nobody knows."""
    parent = replace(PARENT, title="", forename="Seán & <b>", surname="O'Brien 李", language="עברית")
    pupil = replace(PUPIL, forename="", surname="Ng {{ 7 * 7 }} & <Co>")
    to = replace(TO, parent=parent, pupil=pupil, reference='LKF "7" & <8>')
    return _every(letters(to, STRANGE, 1, 1), STRANGE, 1, to)


def emptiest() -> dict[str, dict[str, object]]:
    """Every template with its required fields alone, and one of each thing counted."""
    least = {}
    for name, values in _every(letters(rows=1, lines=1), "", 1, TO).items():
        needed = {field.name for field in CATALOGUE[name].fields if field.required}
        least[name] = {key: value for key, value in values.items() if key in needed}
    return least


def _every(
    made: dict[str, dict[str, object]], words: str, rows: int, to: fields.To
) -> dict[str, dict[str, object]]:
    return {name: made[name] if name in made else filled(name, words, rows, to) for name in CATALOGUE}
