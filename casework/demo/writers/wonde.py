"""Saved pages of a Wonde feed: students with contacts, the list of codes, and sessions of attendance."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from casework.demo.people import Enrolment
from casework.demo.remarks import Remarks
from casework.demo.trust import SchoolRegister
from casework.demo.writers.sims import DESCRIPTIONS
from casework.domain import Parent

SCHOOL = "https://api.wonde.com/v1.0/schools/A990004"
STUDENTS_A_PAGE = 200
SESSIONS_A_PAGE = 10_000


def pages(school: SchoolRegister, remarks: Remarks) -> dict[str, bytes]:
    """Every page of the feed by file name, in the order in which the feed sends them."""
    found = _paged("students", [_student(stay) for stay in school.stays], STUDENTS_A_PAGE)
    found |= _paged("attendance-codes", list(_codes()), 500)
    found |= _paged("attendance-session", list(_sessions(school, remarks)), SESSIONS_A_PAGE)
    return found


def _paged(resource: str, items: list[Any], size: int) -> dict[str, bytes]:
    address = f"{SCHOOL}/{resource.replace('attendance-session', 'attendance/session')}"
    count = max(1, -(-len(items) // size))
    found = {}
    for number in range(1, count + 1):
        page = {
            "data": items[(number - 1) * size : number * size],
            "meta": {
                "pagination": {
                    "next": f"{address}?page={number + 1}" if number < count else None,
                    "previous": f"{address}?page={number - 1}" if number > 1 else None,
                    "more": number < count,
                    "per_page": size,
                    "current_page": number,
                }
            },
        }
        found[f"{resource}-{number:03d}.json"] = json.dumps(page, separators=(",", ":")).encode()
    return found


def _moment(day: date | None) -> dict[str, Any] | None:
    if day is None:
        return None
    return {"date": f"{day} 00:00:00.000000", "timezone_type": 3, "timezone": "Europe/London"}


def student_id(stay: Enrolment) -> str:
    """The feed's own id of a student."""
    return f"A{1_700_000_000 + int(stay.mis_id)}"


def _student(stay: Enrolment) -> dict[str, Any]:
    pupil = stay.pupil
    home = next((c for c in stay.person.contacts if c.lives_with_pupil), None)
    return {
        "id": student_id(stay),
        "upi": f"{int(stay.mis_id) * 7919:032x}",
        "mis_id": stay.mis_id,
        "title": None,
        "initials": pupil.forename[:1] + pupil.surname[:1],
        "surname": pupil.surname,
        "forename": pupil.known_as or pupil.forename,
        "middle_names": None,
        "legal_surname": pupil.surname,
        "legal_forename": pupil.forename,
        "gender": {"F": "FEMALE", "M": "MALE"}.get(pupil.sex),
        "date_of_birth": _moment(pupil.dob),
        "restored_at": _moment(stay.first),
        "created_at": _moment(stay.first),
        "updated_at": _moment(stay.last or stay.first),
        "education_details": {
            "data": {
                "admission_number": stay.mis_id,
                "upn": pupil.upn,
                "local_upn": None,
                "former_upn": None,
                "learner_number": None,
                "current_nc_year": pupil.year_group,
                "part_time": bool(pupil.part_time_timetable),
                "part_time_rate": None,
                "admission_date": _moment(stay.first),
                "leaving_date": _moment(stay.last),
            }
        },
        "extended_details": {
            "data": {
                "free_school_meals": pupil.fsm,
                "sen_status": pupil.sen,
                "in_lea_care": pupil.looked_after,
                "first_language": pupil.eal_language or None,
                "english_as_additional_language": bool(pupil.eal_language),
                "traveller": pupil.traveller,
            }
        },
        "contact_details": {"data": _details(home)} if home else None,
        "year": {"data": {"code": pupil.year_group, "name": f"Year {pupil.year_group}"}},
        "registration_group": {"data": {"code": pupil.class_name, "name": pupil.class_name}},
        "contacts": {"data": [_contact(contact) for contact in stay.person.contacts]},
    }


def _details(contact: Parent) -> dict[str, Any]:
    number, _, street = contact.address_1.partition(" ")
    phone, email = contact.phone or None, contact.email or None
    home = {
        "house_number": number,
        "house_name": None,
        "street": street,
        "town": contact.town,
        "county": None,
        "postcode": contact.postcode,
    }
    return {
        "phones": {"phone": phone, "primary": None, "home": None, "work": None, "mobile": phone},
        "emails": {"email": email, "primary": None, "home": email, "work": None},
        "addresses": {"home": home},
    }


def _contact(contact: Parent) -> dict[str, Any]:
    return {
        "id": f"A{contact.contact_id}",
        "mis_id": contact.contact_id,
        "title": contact.title,
        "surname": contact.surname,
        "forename": contact.forename,
        "relationship": {
            "relationship": contact.relationship.upper(),
            "priority": contact.priority,
            "parental_responsibility": contact.parental_responsibility,
            "lives_with_pupil": contact.lives_with_pupil,
            "correspondence": contact.contact_allowed,
        },
        "contact_details": {"data": _details(contact)},
    }


def _code_id(code: str) -> str:
    return f"A{2000 + list(DESCRIPTIONS).index(code)}"


def _codes() -> Iterator[dict[str, Any]]:
    for code, description in DESCRIPTIONS.items():
        yield {"id": _code_id(code), "code": code, "description": description}


def _sessions(school: SchoolRegister, remarks: Remarks) -> Iterator[dict[str, Any]]:
    codes = {code: {"data": {"id": _code_id(code), "code": code}} for code in DESCRIPTIONS}
    number = 0
    for row, stay in enumerate(school.stays):
        student = {"data": {"id": student_id(stay)}}
        for session, code in school.codes(row):
            if not code:
                continue
            number += 1
            minutes, comment = remarks.of(row, session, code)
            yield {
                "id": f"A{3_000_000 + number}",
                "date": {"date": f"{session.date} 00:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
                "session": session.half.value,
                "comment": comment or None,
                "minutes_late": minutes,
                "student": student,
                "attendance_code": codes[code],
            }
