"""A small school for the actions' tests, brought in as a school would bring it: as native CSV files."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from casework.actions.importing import Imported, import_files
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.documents import Letters
from casework.domain import ENGINE, Half, Officer, Role
from casework.storage.database import Database
from tests.law_calendar import law_calendar
from tests.registers.book import upn

URN = "100001"
ON = date(2026, 11, 20)
FIRST_SWEEP = date(2026, 11, 16)
ROBIN, WREN, AYLA, TOMAS, QUIET, NINTH = (upn(number) for number in range(1, 7))
"""At the threshold; one short; severely absent, with a social worker; nothing yet; never away; year 9."""

TEN = (
    "2026-09-17 AM", "2026-09-17 PM", "2026-09-18 AM", "2026-09-18 PM", "2026-10-12 AM", "2026-10-12 PM",
    "2026-11-05 AM", "2026-11-05 PM", "2026-11-06 AM", "2026-11-12 AM",
)  # fmt: skip
"""Robin's ten unauthorised sessions, all in the ten school weeks that end on 16 November 2026."""

TEMPLATES = Path(__file__).parents[2] / "templates" / "documents"


def officer(officer_id: str, *roles: Role, urn: str = URN) -> Officer:
    """Someone who acts at the school."""
    return Officer(officer_id, officer_id.title(), frozenset(roles), frozenset({urn}))


PASTORAL = officer("pastoral", Role.PASTORAL_LEAD)
HEAD = officer("head", Role.HEADTEACHER, Role.AUTHORISED_OFFICER)
DSL = officer("dsl", Role.DSL)
ADMINISTRATOR = officer("administrator", Role.ADMINISTRATOR)


def by(who: Officer, on: date = ON, **more: object) -> By:
    """Who writes, and on which day."""
    return By(who, on, **more)  # type: ignore[arg-type]


def installation(database: Database) -> Installation:
    """An installation over a database, with its letters and a clock of its own."""
    ticks = iter(range(10_000_000))
    start = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    return Installation(database, Letters(TEMPLATES), lambda: start + timedelta(seconds=next(ticks)))


def absences() -> dict[str, dict[str, str]]:
    """Each pupil's codes, by session, that are not present."""
    severe = law_calendar().sessions_between(date(2026, 9, 14), date(2026, 11, 13))
    return {
        ROBIN: dict.fromkeys(TEN, "O"),
        WREN: dict.fromkeys(TEN[:9], "O"),
        AYLA: {str(session): "I" for session in severe},
    }


def marks(codes: Mapping[str, str], pupil: str, first: date, last: date) -> list[str]:
    """Rows of marks.csv for one pupil: present but for the codes given."""
    found = []
    for session in law_calendar().sessions_between(first, last):
        present = "/" if session.half is Half.AM else "\\"
        code = codes.get(str(session), present)
        found.append(f"{pupil},{URN},{session.date},{session.half.value},{code}")
    return found


def marks_file(*rows: str) -> tuple[str, bytes]:
    """A marks.csv of some rows."""
    return "marks.csv", "\n".join(("upn,urn,date,session,code", *rows, "")).encode()


def school_files(last: date = FIRST_SWEEP) -> list[tuple[str, bytes]]:
    """The school's whole folder, its registers in from September up to a day."""
    calendar = law_calendar()
    sessions = [
        f"{URN},{session.date},{session.half.value},true,{half_term}"
        for session, half_term in zip(calendar.sessions, calendar.half_terms, strict=True)
        if session.date >= date(2026, 9, 1)
    ]
    pupils = [
        f"{ROBIN},{URN},Fennimore,Robin,2013-05-14,8,2025-09-01,false,false",
        f"{WREN},{URN},Fennimore,Wren,2014-05-14,7,2025-09-01,false,false",
        f"{AYLA},{URN},Kestrel,Ayla,2013-03-02,8,2025-09-01,false,true",
        f"{TOMAS},{URN},Quayle,Tomas,2014-02-02,7,2025-09-01,false,false",
        f"{QUIET},{URN},Linnet,Orla,2014-02-03,7,2025-09-01,false,false",
        f"{NINTH},{URN},Vesper,Idris,2012-12-03,9,2025-09-01,false,false",
    ]
    people = {ROBIN: "Mara Fennimore", WREN: "Mara Fennimore", AYLA: "Nadia Kestrel", TOMAS: "Elin Quayle"}
    contacts = [
        f"{pupil},c1,Ms,{name.split()[0]},{name.split()[1]},mother,true,true,1,1 Invented Lane,Nowhere,"
        "ZZ1 1ZZ,01632 960 123,true"
        for pupil, name in people.items()
    ]
    away = absences()
    everyone = (ROBIN, WREN, AYLA, TOMAS, QUIET, NINTH)
    rows = [row for who in everyone for row in marks(away.get(who, {}), who, date(2026, 9, 2), last)]
    tables = {
        "schools.csv": [
            "urn,name,la_code,phase,policy,setting",
            f"{URN},Invented High School,926,secondary,national,maintained",
        ],
        "sessions.csv": ["urn,date,session,open,half_term", *sessions],
        "pupils.csv": [
            "upn,urn,surname,forename,dob,year_group,on_roll_from,looked_after,social_worker",
            *pupils,
        ],
        "contacts.csv": [
            "upn,contact_id,title,forename,surname,relationship,parental_responsibility,lives_with_pupil,"
            "priority,address_1,town,postcode,phone,contact_allowed",
            *contacts,
        ],
        "marks.csv": ["upn,urn,date,session,code", *rows],
    }
    return [(name, ("\n".join(lines) + "\n").encode()) for name, lines in tables.items()]


def bring_in(inst: Installation, *files: tuple[str, bytes], on: date = ON, **more: object) -> Imported:
    """Import some files on a day, as the engine."""
    now = datetime(on.year, on.month, on.day, 15, 0, tzinfo=UTC)
    return import_files(inst, ENGINE, files, now=now, **more)  # type: ignore[arg-type]


def one_mark(pupil: str, session: str, code: str) -> tuple[str, bytes]:
    """A marks.csv of one mark; the session as `2026-11-05 AM`."""
    day, half = session.split()
    return marks_file(f"{pupil},{URN},{day},{half},{code}")
