"""Nasty registers: small invented schools whose calendars, rolls and marks hold every trap there is.

A world is plain data (dates, halves, codes), turned here into what the plain evaluator and the sweep read.
The oracle reads the plain data itself.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from casework.domain import Half, Mark, Notice, NoticeKind, NoticeStatus, SchoolCalendar, Session
from casework.domain.register import byte_of
from casework.facts import CodeClasses, Facts, Limits, Register
from casework.facts.sheets import SchoolSheets, SheetBlock
from casework.facts.spent import spent_for_all

Slot = tuple[date, str]  # A date and "AM" or "PM", as the files write it.

FAR = date(2099, 1, 1)
PRESENT = {"AM": "/", "PM": "\\"}
OLD = [*"LBJPVWCEFHIMRSTGNOUDXYZ#"]
NEW = [*"LKVPWBMSCTRIEGNOUDXQZ#", "C1", "C2", "J1", *(f"Y{n}" for n in range(1, 8))]
MONDAYS = ["2024-06-03", "2024-07-01", "2025-05-05", "2025-11-03", "2021-12-06"]
HOLES = ["X", "D", "Q", "Y1", "Y7", ""]


@dataclass
class PupilHeld:
    """One pupil at one school, as the files say."""

    upn: str
    spells: list[tuple[date, date | None]]
    marks: dict[Slot, str]
    notices: list[Notice] = field(default_factory=list)
    responsible: tuple[str, ...] = ()


@dataclass
class SchoolHeld:
    """One school: each session's (open, half term), and the pupils ever on its roll."""

    urn: str
    sessions: dict[Slot, tuple[bool, int]]
    pupils: list[PupilHeld]


@dataclass
class World:
    """Some schools, the day asked about, and the limits of that day."""

    schools: list[SchoolHeld]
    on: date
    limits: Limits


def year_of(day: date) -> int:
    return day.year if day.month >= 9 else day.year - 1


# -- drawing -------------------------------------------------------------------------------------------------


def world(seed: int) -> World:
    """One world of one to three schools; the same seed gives the same world."""
    rng = random.Random(seed)
    start = rng.choice(
        [date(2024, 6, 3), date(2024, 7, 1), date(2025, 5, 5), date(2025, 11, 3), date(2021, 12, 6)]
    )
    weeks = rng.choice([6, 14, 22, 40])
    days = weeks * 7
    schools = [_school(rng, f"10000{number}", start, days) for number in range(rng.randint(1, 3))]
    if len(schools) > 1:  # A mover has a line at each of two schools.
        schools[1].pupils[0].upn = schools[0].pupils[0].upn
    on = start + timedelta(days=rng.randint(days // 2, days + 30) if rng.random() < 0.95 else -3)
    limits = Limits(10, 10, 5) if rng.random() < 0.9 else Limits(7, 6, 3)
    for school in schools:
        _to_the_edge(rng, school, on)
    return World(schools, on, limits)


def _school(rng: random.Random, urn: str, start: date, days: int) -> SchoolHeld:
    sessions: dict[Slot, tuple[bool, int]] = {}
    shift = rng.randint(-10, 10)
    opens_saturday = rng.random() < 0.3
    for week in range(days // 7):
        kind = rng.choices(["whole", "holiday", "one session", "ragged"], [12, 2, 2, 3])[0]
        monday = start + timedelta(days=7 * week)
        if monday.month == 8:
            kind = rng.choice(["holiday", "holiday", "whole"])
        only = (rng.randint(0, 6 if opens_saturday else 4), rng.choice(["AM", "PM"]))
        for weekday in range(7):
            day = monday + timedelta(days=weekday)
            for half in ("AM", "PM"):
                is_open = weekday < 5 or (opens_saturday and rng.random() < 0.3)
                if kind == "holiday":
                    is_open = False
                elif kind == "one session":
                    is_open = (weekday, half) == only
                elif kind == "ragged":
                    is_open = is_open and rng.random() < 0.7
                if is_open or rng.random() < 0.5:
                    sessions[day, half] = is_open, _half_term(day, shift)
    pupils = [_pupil(rng, urn, number, start, days, sessions) for number in range(rng.randint(2, 7))]
    return SchoolHeld(urn, sessions, pupils)


def _half_term(day: date, shift: int) -> int:
    """A half term from the day of the academic year, the edges moved a little from school to school."""
    into = (day - date(year_of(day), 9, 1)).days + shift
    return sum(into >= edge for edge in (56, 122, 170, 220, 274))


def _pupil(
    rng: random.Random, urn: str, number: int, start: date, days: int, sessions: dict[Slot, tuple[bool, int]]
) -> PupilHeld:
    def some_day() -> date:
        return start + timedelta(days=rng.randint(0, days))

    first, second, third = sorted([some_day(), some_day(), some_day()])
    spells: list[tuple[date, date | None]] = rng.choices(
        [
            [(start - timedelta(days=400), None)],
            [(first, None)],
            [(start, second)],
            [(start, first), (first + timedelta(days=rng.randint(1, 60)), None)],
            [(start, first), (second + timedelta(days=1), third + timedelta(days=1))],
        ],
        [8, 2, 2, 3, 1],
    )[0]
    marks: dict[Slot, str] = {}
    style = rng.choice(["mostly here", "gone", "ill", "every code", "to the edge", "blank"])
    for slot in sorted(sessions):
        marks[slot] = _code(rng, style, slot)
    if style == "to the edge":
        _spread(rng, marks, [slot for slot in sorted(sessions) if sessions[slot][0]])
    held = PupilHeld(
        f"{urn}-{number}", spells, {slot: code for slot, code in marks.items() if code != "none"}
    )
    if rng.random() < 0.5:
        held.responsible = ("a", "b")[: rng.randint(0, 2)]
        held.notices = [_notice(rng, held.upn, first, second) for _ in range(rng.randint(1, 3))]
    return held


def _code(rng: random.Random, style: str, slot: Slot) -> str:
    here = PRESENT[slot[1]]
    codes = NEW if slot[0] >= date(2024, 8, 19) else OLD
    match style:
        case "gone":
            return rng.choices(["O", "G", "N", "U", here, *HOLES], [40, 20, 20, 2, 2, 2, 2, 1, 1, 1, 4])[0]
        case "ill":
            return rng.choices(["I", here, "O", *HOLES], [20, 8, 1, 1, 1, 1, 1, 1, 2])[0]
        case "every code":
            return rng.choice([*codes, here, "", "none", "H", "J", "Y"])
        case "blank":
            return rng.choice([here, "", "none", "O"])
        case _:
            return rng.choices([here, "O", "L", "U", "I", "N", "M", "none"], [70, 4, 3, 3, 3, 2, 2, 1])[0]


def _spread(rng: random.Random, marks: dict[Slot, str], opened: list[Slot]) -> None:
    """Eight to twelve unauthorised sessions over nine to twelve school weeks."""
    weeks = sorted({day - timedelta(days=day.weekday()) for day, _ in opened})
    first = rng.randint(0, max(0, len(weeks) - 9))
    chosen = set(weeks[first : first + rng.randint(9, 12)])
    inside = [slot for slot in opened if slot[0] - timedelta(days=slot[0].weekday()) in chosen]
    for slot in inside:
        marks[slot] = PRESENT[slot[1]]
    count = min(len(inside), rng.randint(8, 12))
    ends = [inside[0], inside[-1]] if count > 2 else []
    for slot in [*ends, *rng.sample(inside, max(0, count - len(ends)))]:
        marks[slot] = rng.choice("GNOU")


def _to_the_edge(rng: random.Random, school: SchoolHeld, on: date) -> None:
    """Marks around the day asked about: an N just on either side of its limit, a run that is open."""
    opened = [slot for slot in sorted(school.sessions) if school.sessions[slot][0] and slot[0] <= on]
    for pupil in school.pupils:
        if len(opened) > 16 and rng.random() < 0.5:
            pupil.marks[opened[-rng.randint(8, 16)]] = "N"
        if len(opened) > 8 and rng.random() < 0.5:
            for slot in opened[-rng.randint(2, 8) :]:
                pupil.marks[slot] = rng.choice(["O", "O", "O", "N", "G", rng.choice(HOLES)])


def _notice(rng: random.Random, upn: str, first: date, last: date) -> Notice:
    status = rng.choice([NoticeStatus.PAID, NoticeStatus.UNPAID, NoticeStatus.WITHDRAWN, None])
    withdrawn = status is NoticeStatus.WITHDRAWN
    return Notice(
        upn=upn,
        parent_id=rng.choice("ab"),
        kind=rng.choices(list(NoticeKind), [1, 3, 1])[0],
        la_code="352",
        issued_on=last + timedelta(days=rng.randint(1, 40)),
        period_from=first,
        period_to=last,
        status=status,
        withdrawal_ground=rng.choice(["material_error", "ought_not"]) if withdrawn else "",
    )


# -- the same world, as each evaluator reads it --------------------------------------------------------------


def facts_of(school: SchoolHeld, pupil: PupilHeld, held: World, codes: CodeClasses) -> Facts:
    """The plain evaluator's view of one line."""
    calendar = SchoolCalendar.of(
        (Session(day, Half(half)), half_term)
        for (day, half), (is_open, half_term) in school.sessions.items()
        if is_open
    )
    marks = tuple(Mark(Session(day, Half(half)), code) for (day, half), code in pupil.marks.items())
    register = Register(school.urn, calendar, tuple(pupil.spells), marks)
    notices = tuple(pupil.notices)
    return Facts(pupil.upn, (register,), codes, held.limits, notices, pupil.responsible)


def block_of(held: World, seed: int = 0) -> SheetBlock:
    """The sweep's view of the world: slots given out afresh each year, in an order of their own."""
    rng = random.Random(seed)
    return SheetBlock(tuple(_sheets(rng, school, held.on) for school in held.schools))


def _sheets(rng: random.Random, school: SchoolHeld, on: date) -> SchoolSheets:
    slots = sorted(school.sessions)
    years = sorted({year_of(day) for day, _ in slots})
    roll: list[tuple[int, int, int, date, date]] = []
    for year in years:
        opens, ends = date(year, 9, 1), date(year + 1, 8, 31)
        spells = [
            (first, last or FAR, line)
            for line, pupil in enumerate(school.pupils)
            for first, last in pupil.spells
            if first <= ends and (last or FAR) >= opens
        ]
        rng.shuffle(spells)
        spells.sort(key=lambda spell: max(spell[0], opens))
        roll += [(year, slot, line, first, last) for slot, (first, last, line) in enumerate(spells)]
    sheets = [_sheet(rng, school, roll, slot) for slot in slots]
    spent = [
        (line, slots.index((session.date, session.half.value)))
        for line, pupil in enumerate(school.pupils)
        for session in spent_for_all(
            pupil.responsible, pupil.notices, [Session(day, Half(half)) for day, half in slots], on
        )
    ]
    rng.shuffle(roll)
    years_, slots_, lines_, firsts, lasts = zip(*roll, strict=True) if roll else ((), (), (), (), ())
    return SchoolSheets(
        urn=school.urn,
        upns=tuple(pupil.upn for pupil in school.pupils),
        dates=np.array([day.toordinal() for day, _ in slots], np.int32),
        halves=np.array([half == "PM" for _, half in slots], np.uint8),
        is_open=np.array([school.sessions[slot][0] for slot in slots], np.bool_),
        half_terms=np.array([school.sessions[slot][1] for slot in slots], np.int8),
        widths=np.array([len(sheet) for sheet in sheets], np.int32),
        marks=b"".join(sheets),
        roll_years=np.array(years_, np.int32),
        roll_slots=np.array(slots_, np.int32),
        roll_lines=np.array(lines_, np.int32),
        roll_first=np.array([day.toordinal() for day in firsts], np.int32),
        roll_last=np.array([day.toordinal() for day in lasts], np.int32),
        spent_lines=np.array([line for line, _ in spent], np.int32),
        spent_sessions=np.array([place for _, place in spent], np.int32),
    )


def _sheet(
    rng: random.Random, school: SchoolHeld, roll: list[tuple[int, int, int, date, date]], slot: Slot
) -> bytes:
    """One session's sheet, as long as the roll had grown by then; now and then none was filed."""
    day = slot[0]
    places = [entry for entry in roll if entry[0] == year_of(day)]
    grown = sum(first <= day for _, _, _, first, _ in places)
    sheet = bytearray(b"." * (-(-grown // 4) * 4))
    filed = False
    for _, place, line, first, last in places:
        code = school.pupils[line].marks.get(slot)
        if place < len(sheet) and (first <= day <= last or rng.random() < 0.5):
            sheet[place] = byte_of(code) if code is not None else ord(rng.choice("?."))
            filed = filed or bool(code)
    return bytes(sheet) if filed or rng.random() < 0.5 else b""
