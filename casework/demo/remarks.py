"""What stands beside marks: minutes late, a comment now and then, and later changes."""

from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from casework.demo.officers import at
from casework.demo.story import CORRECTED
from casework.demo.trust import SchoolRegister
from casework.domain import Half, Session
from casework.domain.register import byte_of

RECODED_SHARE = 0.14
_COMMENTS = {
    "I": ("sickness bug", "high temperature", "mum rang", "chicken pox", "text received"),
    "M": ("orthodontist", "hospital appointment", "GP"),
    "C": ("family funeral", "agreed by head"),
    "O": ("no reply to calls", "said overslept", "unable to reach"),
    "G": ("leave refused in writing",),
}
_REASONS = {
    "I": "Parent telephoned: illness",
    "O": "No reason established within five school days",
    "C": "Leave agreed by the headteacher",
}


class Remarks:
    """Minutes and comments of one school's marks, the same for the same seed."""

    def __init__(self, seed: int, school: SchoolRegister) -> None:
        self._seed = seed * 1_000_003 + int(school.school.urn)

    def of(self, row: int, session: Session, code: str) -> tuple[int | None, str]:
        """Minutes late for L and U, and for a few absences a comment."""
        if code in ("/", "\\", ""):
            return None, ""
        place = self._seed + row * 7919 + session.date.toordinal() * 31 + (session.half is Half.PM)
        drawn = place * 2_654_435_761 % 4_294_967_296
        if code == "L":
            return 3 + drawn % 24, ""
        if code == "U":
            return 35 + drawn % 70, ""
        said = _COMMENTS.get(code, ())
        return None, said[drawn // 97 % len(said)] if said and drawn % 100 < 6 else ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """One mark changed: what it was, what it is, who changed it, when and why."""

    upn: str
    session: Session
    original: str
    amended: str
    reason: str
    at: datetime
    by: str
    position: str


def amendments(school: SchoolRegister, seed: int) -> tuple[Amendment, ...]:
    """N marks that became something else within a few school days, and the corrections of one storyline."""
    random = Random(f"casework demo amendments {seed} {school.school.urn}")
    by = at(school.school.urn, "attendance").name
    sheet, days = school.register.sheet, school.days
    found = []
    for spell in school.register.spells:
        code = sheet[spell.row, spell.start]
        if spell.code not in _REASONS or code != byte_of(spell.code) or random.random() > RECODED_SHARE:
            continue
        day = spell.start // 2 + random.choice((1, 1, 1, 2, 3, 5))
        if day >= len(days.dates):
            continue
        when = datetime.combine(days.dates[day], time(random.randint(9, 15), random.randint(0, 59)))
        session = Session(days.dates[spell.start // 2], (Half.AM, Half.PM)[spell.start % 2])
        upn = school.stays[spell.row].person.pupil.upn
        reason = _REASONS[spell.code]
        found.append(Amendment(upn, session, "N", spell.code, reason, when, by, "Attendance officer"))
    if CORRECTED.school is school.school:
        found += _corrections(by, days.dates[-1])
    return tuple(sorted(found, key=lambda a: (a.upn, a.session, a.at)))


def _corrections(by: str, until: date) -> list[Amendment]:
    """A mark first unexplained, then ill; and unauthorised days put right when a doctor's letter came."""
    told = datetime.combine(date(2026, 11, 6), time(9, 40))
    letter = datetime.combine(date(2026, 11, 3), time(14, 5))
    changes = (
        (date(2026, 11, 5), "N", _REASONS["I"], told),
        (date(2026, 10, 12), "O", "Hospital discharge letter received", letter),
        (date(2026, 10, 13), "O", "Hospital discharge letter received", letter),
    )
    return [
        Amendment(CORRECTED.upn, Session(day, half), was, "I", reason, when, by, "Attendance officer")
        for day, was, reason, when in changes
        for half in Half
        if when.date() <= until
    ]
