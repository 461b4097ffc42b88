r"""How a test writes a register: one string a week, from Monday, as a register shows it.

HERE = r"/\ /\ /\ /\ /\ "        each day AM then PM; a day of `##` is closed, `#` one closed session
LATE = r"/\ U\ C1\ /Y1 ?? "      two-character codes stand as they are; `?` is a blank, never an absence
SATURDAY = r"/\ /\ /\ /\ /\ /\ " a sixth day is Saturday, a seventh Sunday
"""

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import casework
from casework.domain import Half, Mark, Notice, SchoolCalendar, Session
from casework.facts import CodeClasses, Facts, Limits, Register

_CODE = re.compile(r"[CJ][12]|Y[1-7]|.")
_ENGLAND = Path(casework.__file__).parent / "policy" / "packs" / "england"

URN, UPN = "100001", "A123456789012"


def england(on: date = date(2026, 9, 1)) -> CodeClasses:
    """The national codes, with the named sets in force on a day."""
    codes = tomllib.loads((_ENGLAND / "attendance_codes.toml").read_text(encoding="utf-8"))
    notices = tomllib.loads((_ENGLAND / "penalty_notice.toml").read_text(encoding="utf-8"))
    threshold = notices["threshold"]["from"]
    return CodeClasses.from_values(
        [(date.fromisoformat(begins), entry) for begins, entry in codes["classes"]["from"].items()],
        codes["groups"]["from"][max(day for day in codes["groups"]["from"] if day <= on.isoformat())],
        threshold[max(day for day in threshold if day <= on.isoformat())]["codes"],
    )


CODES = england()
LIMITS = Limits(threshold_sessions=10, threshold_school_weeks=10, unexplained_school_days=5)


def split_codes(text: str) -> list[str]:
    """The codes of one day: `C1Y3` is two codes, `/\\` two, `?` a blank (an empty code)."""
    return ["" if code == "?" else code for code in _CODE.findall(text)]


def marks_of(monday: str, *weeks: str) -> list[Mark]:
    """The marks of weekly strings; `#` is there too, since some systems enter it."""
    start = date.fromisoformat(monday)
    assert start.weekday() == 0, f"{monday} is not a Monday"
    found = []
    for number, week in enumerate(weeks):
        for weekday, codes in enumerate(week.split()):
            day = start + timedelta(days=7 * number + weekday)
            halves = split_codes(codes)
            assert len(halves) == 2, f"{codes!r} in week {number + 1} is not two codes"
            found += [
                Mark(Session(day, half), code) for half, code in zip((Half.AM, Half.PM), halves, strict=True)
            ]
    return found


def half_term_by_month(day: date) -> int:
    """A half term for a session whose test does not care: by the month alone."""
    return {9: 0, 10: 0, 11: 1, 12: 1, 1: 2, 2: 2, 3: 3, 4: 4, 5: 4}.get(day.month, 5)


def calendar_of(marks: list[Mark]) -> SchoolCalendar:
    """The calendar a written register implies: every session not marked `#` is open."""
    sessions = (mark.session for mark in marks if mark.code != "#")
    return SchoolCalendar.of((session, half_term_by_month(session.date)) for session in sessions)


def register(
    monday: str,
    *weeks: str,
    calendar: SchoolCalendar | None = None,
    roll: tuple[tuple[date, date | None], ...] = ((date(2000, 1, 1), None),),
    notices: tuple[Notice, ...] = (),
    responsible: tuple[str, ...] = (),
    compulsory: tuple[date, date] | None = None,
) -> Facts:
    """Facts of one pupil from weekly strings that begin on a Monday.

    Without a calendar, the school was open for every session written, `#` apart, and half terms go by month.
    """
    marks = marks_of(monday, *weeks)
    held = Register(URN, calendar or calendar_of(marks), roll, tuple(marks))
    return Facts(UPN, (held,), CODES, LIMITS, notices, responsible, compulsory)
