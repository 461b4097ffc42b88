"""The files: the same bytes for the same seed, and read back by the readers without a problem."""

import csv
import hashlib
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from casework.demo.calendars import DEFAULT_UNTIL, calendar_of
from casework.demo.data import DemoFiles, write
from casework.demo.schools import ACADEMY, PRIMARY, PROVISION, SCHOOLS, SECONDARY
from casework.demo.trust import build
from casework.domain import Half, Session
from casework.domain.identifiers import upn_fault
from casework.registers import formats

SEED, PUPILS = 11, 260
NOW = frozenset("/\\LKVPWBMSCTRIEGNOUDXQZ#") | {"C1", "C2", "J1", *(f"Y{n}" for n in range(1, 8))}


class _Book:
    """The codes in force throughout the demo's two years."""

    def codes(self, on: date) -> frozenset[str]:
        return NOW

    def present(self, on: date) -> frozenset[str]:
        return frozenset("/\\LU")

    def statutory(self, display: str, on: date) -> str | None:
        return None

    def counted_as(self, code: str, on: date) -> str:
        if code in ("/", "\\", "L", "K", "V", "P", "W", "B"):
            return "attended"
        if code in ("G", "N", "O", "U"):
            return "unauthorised"
        return "" if code in ("D", "X", "Q", "Z", "#", "") or code.startswith("Y") else "authorised"


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> DemoFiles:
    return write(tmp_path_factory.mktemp("trust"), SEED, PUPILS, DEFAULT_UNTIL)


@pytest.fixture(scope="module")
def read(files):
    """Each delivery's reading, by school and format."""
    return {
        (d.urn, d.format): formats.read(
            [(path.name, path.read_bytes()) for path in d.paths], codes=_Book(), school_urn=d.urn
        )
        for d in files.deliveries
    }


def digests(files: DemoFiles) -> dict[str, str]:
    return {
        str(path.relative_to(files.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files.paths
    }


def table(files: DemoFiles, school, name: str) -> list[dict[str, str]]:
    path = files.folder / school.folder / "native" / name
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_same_seed_same_bytes(files, tmp_path: Path):
    assert digests(write(tmp_path, SEED, PUPILS, DEFAULT_UNTIL)) == digests(files)


def test_another_seed_other_marks(files, tmp_path: Path):
    other, first = digests(write(tmp_path, SEED + 1, 120, DEFAULT_UNTIL)), digests(files)
    assert other["1_primary/native/marks.csv"] != first["1_primary/native/marks.csv"]
    assert other["1_primary/native/sessions.csv"] == first["1_primary/native/sessions.csv"]


def test_about_as_many_pupils_as_asked(files):
    assert files.pupils == pytest.approx(PUPILS + 27, abs=30)


def test_readers_find_no_problem(read):
    for (urn, format), reading in read.items():
        assert not reading.problems, (urn, format, reading.problems[:3])
        assert format in reading.format


def test_every_mark_comes_back(files, read):
    """Every open session of every pupil on a roll, mark for mark, whatever the format."""
    for item in build(SEED, PUPILS, DEFAULT_UNTIL):
        formats_of_marks = [r for (urn, _), r in read.items() if urn == item.school.urn and len(r.marks)]
        assert len(formats_of_marks) == 1
        people = {stay.mis_id: stay.pupil.upn for stay in item.stays}
        found = {
            (people.get(mark.pupil.value, mark.pupil.value), mark.session): mark.code
            for mark in formats_of_marks[0].marks
            if mark.code
        }
        written = {
            (stay.pupil.upn, session): code
            for row, stay in enumerate(item.stays)
            for session, code in item.codes(row)
            if code
        }
        closed = found.keys() - written.keys()
        assert all(found[key] == "#" for key in closed), item.school.folder
        assert {key: found[key] for key in found.keys() - closed} == written, item.school.folder


def test_totals_of_the_ctf_equal_the_marks(read):
    totals = {
        (t.upn, t.academic_year): (t.possible, t.attended, t.unauthorised)
        for t in read[SECONDARY.urn, "ctf"].totals
    }
    book = _Book()
    school = next(s for s in build(SEED, PUPILS, DEFAULT_UNTIL) if s.school is SECONDARY)
    counted = 0
    for row, stay in enumerate(school.stays):
        if stay.last is not None or sum(s.pupil.upn == stay.pupil.upn for s in school.stays) > 1:
            continue
        kinds = Counter(
            book.counted_as(c, s.date)
            for s, c in school.codes(row)
            if s.date.year == 2026 and s.date.month > 8
        )
        possible = kinds["attended"] + kinds["authorised"] + kinds["unauthorised"]
        assert totals[stay.pupil.upn, 2026] == (possible, kinds["attended"], kinds["unauthorised"])
        counted += 1
    assert counted > 50


def test_calendar_is_that_of_the_worked_examples(read):
    sessions = [row for row in read[PRIMARY.urn, "native"].sessions if row.urn == ACADEMY.urn and row.open]
    days = {row.session.date for row in sessions}
    calendar = calendar_of(ACADEMY)

    assert {row.session for row in sessions} == set(calendar.sessions)
    assert date(2026, 9, 1) not in days
    assert min(day for day in days if day > date(2026, 7, 31)) == date(2026, 9, 2)
    assert not {day for day in days if date(2026, 10, 23) < day < date(2026, 11, 2)}
    assert calendar.add_school_days(date(2026, 10, 4), 30) == date(2026, 11, 20)
    for school in SCHOOLS:
        year = [day for day in calendar_of(school).days if day < date(2026, 9, 1)]
        assert len(year) == 190
    assert Session(date(2025, 12, 19), Half.PM) not in calendar_of(PROVISION).index


def test_identifiers_are_invented(files):
    for school in SCHOOLS:
        assert school.urn.startswith("99")
    for place in (PRIMARY, PROVISION):
        for row in table(files, place, "contacts.csv"):
            assert re.fullmatch(r"(07700 900\d{3}|01632 960\d{3}|)", row["phone"])
            assert re.fullmatch(r"ZZ\d{1,2} \d[A-Z]{2}", row["postcode"])
            assert row["email"] == "" or row["email"].endswith("@example.org")
    assert not any(upn_fault(row["upn"]) for row in table(files, PRIMARY, "pupils.csv"))


def test_amendments_replace_n_and_agree_with_the_register(files):
    register = {(r["upn"], r["date"], r["session"]): r["code"] for r in table(files, PRIMARY, "marks.csv")}
    rows = table(files, PRIMARY, "amendments.csv")
    assert len(rows) > 20
    assert sum(row["original_code"] == "N" for row in rows) > 0.8 * len(rows)
    for row in rows:
        assert register[row["upn"], row["date"], row["session"]] == row["amended_code"]
        assert row["date"] < row["amended_at"][:10] <= DEFAULT_UNTIL.isoformat()
        assert row["reason"]
        assert row["amended_by"]
        assert row["position"]


def test_who_is_in_the_trust():
    """Movers, children of two schools, re-admissions, siblings across schools, and unknown responsibility."""
    schools = build(SEED, 900, DEFAULT_UNTIL)
    stays = [stay for item in schools for stay in item.stays]
    by_upn: dict[str, list[str]] = {}
    families: dict[str, set[str]] = {}
    for stay in stays:
        by_upn.setdefault(stay.pupil.upn, []).append(stay.school.urn)
        families.setdefault(stay.person.contacts[0].contact_id, set()).add(stay.school.urn)
    contacts = [contact for stay in stays for contact in stay.person.contacts]
    pupils = [stay.pupil for stay in stays]

    assert sum(len(set(urns)) > 1 for urns in by_upn.values()) > 20
    assert any(len(urns) > len(set(urns)) for urns in by_upn.values())
    assert sum(len(urns) > 1 for urns in families.values()) > 40
    assert {contact.parental_responsibility for contact in contacts} == {True, False, None}
    assert any(contact.contact_allowed is False for contact in contacts)
    assert any(pupil.upn[-1].isalpha() for pupil in pupils)
    assert any(stay.dual for stay in stays)
    for name in ("fsm", "looked_after", "social_worker", "youth_justice", "young_carer", "traveller",
                 "part_time_timetable", "eal_language"):  # fmt: skip
        assert sum(bool(getattr(pupil, name)) for pupil in pupils) >= 3, name
    assert {pupil.sen for pupil in pupils} == {"N", "K", "E"}


def test_children_with_free_meals_miss_about_twice_as_much():
    """Published: 10.0 per cent against 5.2."""
    missed: dict[bool, list[float]] = {True: [], False: []}
    book = _Book()
    for item in build(SEED, 2400, DEFAULT_UNTIL):
        for row, stay in enumerate(item.stays):
            kinds = Counter(book.counted_as(code, session.date) for session, code in item.codes(row))
            possible = kinds["attended"] + kinds["authorised"] + kinds["unauthorised"]
            if possible:
                missed[bool(stay.pupil.fsm)].append((possible - kinds["attended"]) / possible)
    ratio = (sum(missed[True]) / len(missed[True])) / (sum(missed[False]) / len(missed[False]))
    assert 1.5 < ratio < 2.4
