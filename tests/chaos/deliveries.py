"""What a small invented trust sends in a term: its rolls once, then each school's registers twice a day.

The same seed sends the same bytes. A school now and then sends a whole day late, or an afternoon in the
evening, and each Friday some marks of the week before come again with the reason that was found for them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from casework.demo import past
from casework.demo.calendars import DEFAULT_UNTIL
from casework.demo.remarks import Remarks
from casework.demo.trust import SchoolRegister, build
from casework.demo.writers import native
from casework.domain import Half

FIRST_DAY = date(2026, 9, 16)
"""Everything up to the day before comes in at once, with the rolls."""
OFF = date(2026, 10, 7)
"""The machine is off for this whole day; its files wait in the inbox."""
LATE_SHARE = 0.03
EVENING_SHARE = 0.1
FOUND_SHARE = 0.2

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Drop:
    """One folder of the inbox: its name and its files."""

    name: str
    files: Files


class Trust:
    """Six schools and their registers up to the demo's last day."""

    def __init__(self, seed: int, pupils: int) -> None:
        self.seed = seed
        self.schools: tuple[SchoolRegister, ...] = build(seed, pupils, DEFAULT_UNTIL)
        self._lines = {school.school.urn: _lines_by_session(school, seed) for school in self.schools}

    @property
    def days(self) -> tuple[date, ...]:
        """The days of the term on which some school is open, from the first one worked through."""
        found = {day for school in self.schools for day in school.days.dates if day >= FIRST_DAY}
        return tuple(sorted(found))

    def rolls(self) -> Iterator[Drop]:
        """What comes in at the start: the trust's schools and calendars, then each school's own folder."""
        yield Drop(
            "trust",
            {"schools.csv": native.schools(), "terms.csv": native.terms(), "sessions.csv": native.sessions()},
        )
        for school in self.schools:
            urn = school.school.urn
            before = FIRST_DAY - timedelta(days=1)
            files = {
                "pupils.csv": native.pupils(school.stays),
                "contacts.csv": native.contacts(school.stays),
                "professionals.csv": native.professionals(past.professionals(school.stays)),
                "marks.csv": self._marks(urn, date.min, before),
            }
            if history := past.history(school):
                files["history.csv"] = native.history(history, before)
            yield Drop(f"roll-{urn}", files)
        yield Drop("notices", {"notices.csv": native.notices(past.notices())})

    def of_day(self, day: date, half: Half) -> Iterator[Drop]:
        """What the schools send of a morning or an afternoon, with what came late and what was found out."""
        for school in self.schools:
            urn = school.school.urn
            if half is Half.AM and (yesterday := self._before(day)) and self._is_late(urn, yesterday):
                yield self._drop(urn, yesterday, *Half)
            if not self._is_late(urn, day) and not (half is Half.PM and self._by_evening(urn, day)):
                yield self._drop(urn, day, half)
            if half is Half.PM and day.weekday() == 4 and (found := self._found_out(urn, day)):
                yield Drop(f"reasons-{urn}-{day}", {"marks.csv": found})

    def of_evening(self, day: date) -> Iterator[Drop]:
        """The afternoon of the schools that send it only in the evening."""
        for school in self.schools:
            urn = school.school.urn
            if self._by_evening(urn, day) and not self._is_late(urn, day):
                yield self._drop(urn, day, Half.PM)

    def _by_evening(self, urn: str, day: date) -> bool:
        return self._drawn("evening", urn, day).random() < EVENING_SHARE

    def _before(self, day: date) -> date | None:
        return max((known for known in self.days if known < day), default=None)

    def _is_late(self, urn: str, day: date) -> bool:
        return self._drawn("late", urn, day).random() < LATE_SHARE

    def _drop(self, urn: str, day: date, *halves: Half) -> Drop:
        name = f"feed-{urn}-{day}-{'-'.join(half.value for half in halves)}"
        return Drop(name, {"marks.csv": self._marks(urn, day, day, *halves)})

    def _marks(self, urn: str, first: date, last: date, *halves: Half) -> bytes:
        lines = self._lines[urn]
        wanted = [
            line
            for (day, half), some in lines.items()
            if first <= day <= last and (not halves or half in halves)
            for line in some
        ]
        return "\r\n".join((_HEADER, *wanted, "")).encode()

    def _found_out(self, urn: str, day: date) -> bytes:
        """Marks of last week that had no reason, or an unauthorised one, and have a better one now."""
        drawn = self._drawn("found out", urn, day)
        monday = day - timedelta(days=11)
        changed = []
        for (when, _), lines in self._lines[urn].items():
            if not monday <= when <= monday + timedelta(days=4):
                continue
            for line in lines:
                upn, school, on, half, code, _, _ = line.split(",", 6)
                if code in ("N", "O") and drawn.random() < FOUND_SHARE:
                    changed.append(f"{upn},{school},{on},{half},{drawn.choice('IM')},,")
        return "\r\n".join((_HEADER, *changed, "")).encode() if changed else b""

    def _drawn(self, *about: object) -> Random:
        return Random(f"casework chaos {self.seed} {about}")


_HEADER = "upn,urn,date,session,code,minutes_late,comment"


def _lines_by_session(school: SchoolRegister, seed: int) -> dict[tuple[date, Half], list[str]]:
    """A school's rows of marks.csv, by the session they are of."""
    found: dict[tuple[date, Half], list[str]] = {}
    for line in native.marks(school, Remarks(seed, school)).decode().splitlines()[1:]:
        _, _, on, half, _ = line.split(",", 4)
        found.setdefault((date.fromisoformat(on), Half(half)), []).append(line)
    return found
