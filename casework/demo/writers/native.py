"""The native CSV folder: the trust's schools and calendars, and any school's roll, marks and history."""

from collections.abc import Iterable
from datetime import date

from casework.demo.calendars import HALF_TERMS, TERM_NAMES, academic_year_text, calendar_of, closed_sessions
from casework.demo.past import HistoryLine, Notice, Professional
from casework.demo.people import Enrolment
from casework.demo.remarks import Amendment, Remarks
from casework.demo.schools import SCHOOLS
from casework.demo.trust import SchoolRegister
from casework.demo.writers.tables import csv_bytes

PUPIL_COLUMNS = (
    "upn urn surname forename known_as dob sex year_group class on_roll_from on_roll_to fsm sen looked_after "
    "social_worker youth_justice young_carer eal_language traveller part_time_timetable mis_id"
)
CONTACT_COLUMNS = (
    "upn contact_id title forename surname relationship parental_responsibility lives_with_pupil priority "
    "address_1 address_2 town postcode phone email language contact_allowed"
)


def schools() -> bytes:
    """`schools.csv` of the whole trust."""
    header = "urn name la_code dfe_number phase policy trust setting timezone"
    rows = [
        (s.urn, s.name, s.la_code, s.dfe_number, s.phase, s.policy, s.trust, s.setting, s.timezone)
        for s in (item.school for item in SCHOOLS)
    ]
    return csv_bytes(header, rows)


def terms() -> bytes:
    """`terms.csv` of the whole trust."""
    header = "urn academic_year term half starts_on ends_on"
    rows = [
        (
            school.urn,
            academic_year_text(half.starts_on),
            TERM_NAMES[half.number // 2],
            half.number % 2 + 1,
            half.starts_on,
            half.ends_on,
        )
        for school in SCHOOLS
        for half in HALF_TERMS
    ]
    return csv_bytes(header, rows)


def sessions() -> bytes:
    """`sessions.csv` of the whole trust: every open session of both years, and those closed by name."""
    rows: list[tuple[object, ...]] = []
    for school in SCHOOLS:
        calendar = calendar_of(school)
        for session, half_term in zip(calendar.sessions, calendar.half_terms, strict=True):
            rows.append((school.urn, session.date, session.half.value, True, half_term))
        rows += [(school.urn, s.date, s.half.value, False, None) for s in sorted(closed_sessions(school))]
    return csv_bytes("urn date session open half_term", rows)


def pupils(stays: Iterable[Enrolment]) -> bytes:
    """`pupils.csv`: a row for each stay on a roll."""
    rows = []
    for stay in stays:
        p = stay.pupil
        rows.append(
            (
                p.upn, stay.school.urn, p.surname, p.forename, p.known_as, p.dob, p.sex, p.year_group,
                p.class_name, stay.first, stay.last, p.fsm, p.sen, p.looked_after, p.social_worker,
                p.youth_justice, p.young_carer, p.eal_language, p.traveller, p.part_time_timetable,
                stay.mis_id,
            )
        )  # fmt: skip
    return csv_bytes(PUPIL_COLUMNS, rows)


def contacts(stays: Iterable[Enrolment]) -> bytes:
    """`contacts.csv`: every contact of every pupil once."""
    people = {stay.person.pupil.upn: stay.person for stay in stays}
    rows = [
        (
            c.upn, c.contact_id, c.title, c.forename, c.surname, c.relationship, c.parental_responsibility,
            c.lives_with_pupil, c.priority, c.address_1, c.address_2, c.town, c.postcode, c.phone, c.email,
            c.language, c.contact_allowed,
        )
        for person in people.values()
        for c in person.contacts
    ]  # fmt: skip
    return csv_bytes(CONTACT_COLUMNS, rows)


def marks(school: SchoolRegister, remarks: Remarks) -> bytes:
    """`marks.csv`: every open session of every pupil on the roll."""
    lines = ["upn,urn,date,session,code,minutes_late,comment"]
    urn = school.school.urn
    for row, stay in enumerate(school.stays):
        upn = stay.person.pupil.upn
        for session, code in school.codes(row):
            minutes, comment = remarks.of(row, session, code)
            late = "" if minutes is None else minutes
            lines.append(f"{upn},{urn},{session.date},{session.half.value},{code},{late},{comment}")
    return ("\r\n".join(lines) + "\r\n").encode()


def amendments(urn: str, made: Iterable[Amendment]) -> bytes:
    """`amendments.csv`: marks changed since they were first taken."""
    header = "upn urn date session original_code amended_code reason amended_at amended_by position"
    rows = [
        (
            a.upn, urn, a.session.date, a.session.half.value, a.original, a.amended, a.reason,
            a.at.isoformat(), a.by, a.position,
        )
        for a in made
    ]  # fmt: skip
    return csv_bytes(header, rows)


def notices(made: Iterable[Notice]) -> bytes:
    """`notices.csv`: notices of earlier years, or of elsewhere."""
    header = "upn contact_id kind la_code issued_on period_from period_to status paid_on withdrawal_ground"
    rows = [
        (
            n.upn,
            n.contact_id,
            n.kind,
            n.la_code,
            n.issued_on,
            n.period_from,
            n.period_to,
            n.status,
            n.paid_on,
            "",
        )
        for n in made
    ]
    return csv_bytes(header, rows)


def history(made: Iterable[HistoryLine], until: date) -> bytes:
    """`history.csv`: work under way by a day."""
    header = "upn date kind contact_id by outcome detail review_on"
    rows = [
        (h.upn, h.on, h.kind, h.contact_id, h.by, h.outcome, h.detail, h.review_on)
        for h in made
        if h.on <= until
    ]
    return csv_bytes(header, rows)


def professionals(made: Iterable[Professional]) -> bytes:
    """`professionals.csv`: who works with a child."""
    header = "upn role name organisation phone email from to last_checked"
    rows = [(p.upn, p.role, p.name, p.organisation, p.phone, p.email, p.since, None, p.checked) for p in made]
    return csv_bytes(header, rows)
