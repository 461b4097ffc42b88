"""A small world for pages: two schools, a term of registers, officers of every role, one case on its way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from sqlalchemy import Connection

from casework.actions import cases, decide, officers, safeguarding, schools, support, sweeping, triage
from casework.actions.absence import morning
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.documents import Letters
from casework.domain import ENGINE, Decision, Half, Officer, Parent, Pupil, Role, School, Session, StageName
from casework.domain.register import byte_of
from casework.storage import people, registers
from casework.storage import schools as stored
from casework.storage.database import Database
from casework.storage.letterheads import KeptLetterhead
from casework.storage.people import Enrolment, OfficerRole
from casework.storage.schools import CalendarEntry
from tests.law_calendar import law_calendar

NORTH, SOUTH = "100001", "100002"
ON = date(2026, 11, 20)
SWEPT = date(2026, 11, 16)
AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
PASSWORD = "four plain words together"
TEMPLATES = Path(__file__).parents[2] / "templates" / "documents"

ROLES: Mapping[str, tuple[str, tuple[Role, ...], str, str]] = {
    "pastoral": ("Bea Thorn", (Role.PASTORAL_LEAD,), NORTH, ""),
    "attendance": ("Petra Lind", (Role.ATTENDANCE_OFFICER,), NORTH, ""),
    "dsl": ("Dermot Kyle", (Role.DSL,), NORTH, ""),
    "head": ("Ida Quill", (Role.HEADTEACHER, Role.AUTHORISED_OFFICER), NORTH, ""),
    "governor": ("Perpetua Lumley", (Role.GOVERNOR,), NORTH, ""),
    "administrator": ("Silas Wren", (Role.ADMINISTRATOR,), NORTH, ""),
    "ewo": ("Olu Marsh", (Role.EWO,), "", "352"),
    "other-ewo": ("Lionel Sharrow", (Role.EWO,), "", "926"),
    "elsewhere": ("Winston Addo", (Role.PASTORAL_LEAD, Role.DSL, Role.HEADTEACHER), SOUTH, ""),
}
TRUST = ("lead", "Ignatius Bold", Role.TRUST_ATTENDANCE_LEAD)

ROBIN, WREN, AYLA, TOMAS, JORY = (f"T{number:012}" for number in (1, 2, 3, 4, 90))
"""Over the threshold; a brother; severely absent; no reason yet today; a pupil of the other school."""

ABSENT: Mapping[str, str] = {
    ROBIN: "2026-09-17 O;2026-09-18 O;2026-10-05 AM U;2026-10-12 O;2026-11-05 O;2026-11-06 O;2026-11-12 AM U;"
    "2026-09-28 I;2026-09-29 I",
    WREN: "2026-09-17 O;2026-09-18 O;2026-11-05 O;2026-11-06 O;2026-11-12 O;2026-11-13 O",
    AYLA: "2026-09-07..2026-09-25 I;2026-09-28..2026-10-16 O;2026-11-02..2026-11-13 O",
    TOMAS: "2026-11-16 AM N;2026-11-20 AM N",
}


@dataclass(frozen=True)
class World:
    """What tests point at in the world."""

    inst: Installation
    case_ref: str
    other_ref: str
    sibling_ref: str

    def officer(self, officer_id: str) -> Officer:
        """One of the officers."""
        return officers.officer(self.inst, officer_id, ON)

    def by(self, officer_id: str) -> By:
        """An officer who writes today."""
        return By(self.officer(officer_id), ON)


def installation(database: Database) -> Installation:
    """An installation over a database, with its letters and a clock of its own."""
    ticks = iter(range(10_000_000))
    return Installation(database, Letters(TEMPLATES), lambda: AT + timedelta(seconds=next(ticks)))


def build(database: Database) -> World:
    """Write the whole world."""
    inst = installation(database)
    with database.transaction(ENGINE) as tx:
        _schools(tx)
        _pupils(tx)
        _marks(tx)
    _officers(inst)
    head = officers.officer(inst, "head", ON)
    schools.set_letterhead(
        inst,
        head,
        NORTH,
        KeptLetterhead(
            ("Invented Lane", "Nowhere", "ZZ1 1ZZ"),
            "01632 960 000",
            "Monday to Friday, 8:30am to 4pm",
            "",
            "Ida Quill",
        ),
    )
    for urn in (NORTH, SOUTH):
        sweeping.sweep(inst, urn, SWEPT)
        morning(inst, urn, ON)
    return _work(inst)


def _schools(tx: Connection) -> None:
    stored.save_schools(
        tx,
        [
            School(NORTH, "Invented High School", "352", phase="secondary", trust="example"),
            School(SOUTH, "Another Academy", "926", phase="secondary"),
        ],
    )
    calendar = law_calendar()
    entries = [CalendarEntry(s, True, h) for s, h in zip(calendar.sessions, calendar.half_terms, strict=True)]
    for school_id in stored.ids_by_urn(tx).values():
        stored.save_calendar(tx, school_id, entries, AT)


def _parent(contact_id: str, upn: str, title: str, name: str, street: str, **more: object) -> Parent:
    forename, surname = name.split()
    parent = Parent(
        contact_id,
        upn,
        title=title,
        forename=forename,
        surname=surname,
        relationship="mother" if title == "Ms" else "father",
        parental_responsibility=True,
        lives_with_pupil=True,
        priority=1,
        address_1=street,
        town="Nowhere",
        postcode="ZZ1 1ZZ",
        phone="01632 960 123",
        contact_allowed=True,
    )
    return replace(parent, **more)  # type: ignore[arg-type]


def _pupils(tx: Connection) -> None:
    born = date(2013, 5, 14)
    named = [
        (Pupil(ROBIN, "Fennimore", "Robin", dob=born, looked_after=False, social_worker=False, sen="K"), "8"),
        (Pupil(WREN, "Fennimore", "Wren", dob=born, looked_after=False, social_worker=False), "7"),
        (Pupil(AYLA, "Kestrel", "Ayla", dob=born, looked_after=False, social_worker=True), "8"),
        (Pupil(TOMAS, "Quayle", "Tomas", dob=born, looked_after=False, social_worker=False), "7"),
    ]
    others = [
        (Pupil(f"T{n:012}", f"Surname{n}", f"Forename{n}", dob=born), "789"[n % 3]) for n in range(10, 22)
    ]
    people.save_pupils(
        tx, [pupil for pupil, _ in named + others] + [Pupil(JORY, "Penrose", "Jory", dob=born)]
    )
    since = date(2025, 9, 1)
    spells = [Enrolment(p.upn, NORTH, since, year_group=y, class_name=f"{y}B") for p, y in named + others]
    people.save_enrolments(tx, [*spells, Enrolment(JORY, SOUTH, since, year_group="8")])
    people.save_parents(
        tx,
        [
            _parent("c1", ROBIN, "Ms", "Mara Fennimore", "1 Invented Lane"),
            _parent(
                "c2", ROBIN, "Mr", "Piers Otterbourne", "77 Elsewhere Row", lives_with_pupil=False, priority=2
            ),
            _parent("c1", WREN, "Ms", "Mara Fennimore", "1 Invented Lane"),
            _parent("c1", AYLA, "Ms", "Nadia Kestrel", "4 Invented Lane", language="Arabic"),
            _parent("c2", AYLA, "Mr", "Yusuf Kestrel", "9 Other Street", contact_allowed=False, priority=2),
            _parent("c1", TOMAS, "Ms", "Elin Quayle", "6 Invented Lane"),
            _parent("c1", JORY, "Ms", "Kerra Penrose", "8 Invented Lane"),
        ],
    )


def codes_of(upn: str) -> dict[Session, str]:
    """A pupil's absences by session."""
    calendar = law_calendar()
    found: dict[Session, str] = {}
    for piece in filter(None, ABSENT.get(upn, ABSENT[AYLA] if upn == JORY else "").split(";")):
        span, *rest = piece.split()
        first, _, last = span.partition("..")
        for day in calendar.days_between(date.fromisoformat(first), date.fromisoformat(last or first)):
            for half in [Half(rest[0])] if len(rest) == 2 else list(Half):
                found[Session(day, half)] = rest[-1]
    return found


def _marks(tx: Connection) -> None:
    """Present from September to yesterday but for the absences; this morning only years 7 and 8 are in."""
    ids = dict(people._numbers(tx, "pupil", "upn", {p.upn for p in people.pupils(tx)}))
    keys = stored.ids_by_urn(tx)
    rows: list[tuple[int, int, int, int, int]] = []
    for spell in people.enrolments(tx):
        codes = codes_of(spell.upn)
        for session in law_calendar().sessions_between(date(2026, 9, 2), ON):
            if session.date == ON and (session.half is Half.PM or spell.year_group == "9"):
                continue
            code = codes.get(session, "/" if session.half is Half.AM else "\\")
            half = 0 if session.half is Half.AM else 1
            rows.append((keys[spell.urn], ids[spell.upn], session.date.toordinal(), half, byte_of(code)))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    marks = registers.Marks(*(column.astype(np.int64) for column in columns[:4]), columns[4].astype(np.uint8))
    registers.file_marks(tx, marks, registers.By("Import", "office", "import of marks.csv", AT))


def _officers(inst: Installation) -> None:
    hasher = PasswordHasher.from_parameters(CHEAPEST)
    since = date(2025, 9, 1)
    for officer_id, (name, roles, urn, la_code) in ROLES.items():
        given = [OfficerRole(role, since, urn=urn, la_code=la_code) for role in roles]
        officers.add(inst, ENGINE, officer_id, name, given, PASSWORD, hasher)
    officer_id, name, role = TRUST
    officers.add(
        inst, ENGINE, officer_id, name, [OfficerRole(role, since, trust="example")], PASSWORD, hasher
    )


def _work(inst: Installation) -> World:
    """Robin's case at the second stage with letters; the sibling's opened; the other school's too."""
    pastoral, elsewhere = (By(officers.officer(inst, who, SWEPT), SWEPT) for who in ("pastoral", "elsewhere"))
    case = triage.accept(inst, pastoral, NORTH, ROBIN)
    sibling = triage.accept(inst, pastoral, NORTH, WREN)
    other = triage.accept(inst, elsewhere, SOUTH, JORY)
    later = replace(pastoral, on=date(2026, 11, 17))
    noticed = Decision(
        StageName.NOTICING,
        later.officer,
        "pastoral_lead",
        later.on,
        True,
        "Absence has grown since September.",
    )
    decide.decide(inst, case.ref, "noticing", noticed)
    decide.decide(inst, sibling.ref, "noticing", noticed)
    support.contact(
        inst,
        later,
        case.ref,
        method="call",
        outcome="spoken",
        parent_id="c1",
        says="He is afraid of the bus.",
    )
    support.barrier(inst, later, case.ref, "transport", "The bus was the word he used.")
    offered = support.offer(
        inst, later, case.ref, barrier="transport", offer="a bus pass", parent_id="c1", given_by="Bea Thorn"
    )
    support.offer_outcome(
        inst,
        later,
        case.ref,
        offer_id=offered.offers[-1][0].offer_id,
        outcome="declined",
        says="She said no.",
    )
    support.offer(
        inst,
        later,
        case.ref,
        barrier="transport",
        offer="a lift from home",
        parent_id="c2",
        given_by="Bea Thorn",
    )
    now = replace(pastoral, on=ON)
    support.arrange_meeting(
        inst,
        now,
        case.ref,
        meeting="attendance meeting",
        at=datetime(2026, 11, 20, 15, 30, tzinfo=UTC),
        place="Room 4",
        invited=("c1", "c2"),
    )
    cases.add_task(inst, now, case.ref, title="Ring the bus company", due_on=date(2026, 11, 18))
    cases.receive(
        inst,
        now,
        case.ref,
        item="parent's reply",
        from_whom="Ms Fennimore",
        filename="reply.pdf",
        content=b"%PDF-1.7 a reply",
        media_type="application/pdf",
    )
    safeguarding.flag(inst, now, sibling.ref, "welfare_concern", "Something only the DSL may read.")
    return World(inst, case.ref, other.ref, sibling.ref)
