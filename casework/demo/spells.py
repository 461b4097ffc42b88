"""Placing a pupil's missed sessions on the register: in spells, on the days on which they happen."""

from bisect import bisect_right
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import numpy as np

from casework.demo.days import Days, Floats
from casework.domain.register import byte_of

PRESENT = b"/\\"
MONDAY, FRIDAY = 0, 4
TRIES = 14
# Which days an absence of each kind is drawn to, Monday to Friday, on top of the published weeks.
_WEEKDAYS = {
    "I": (1.45, 0.85, 0.8, 0.5, 2.05),
    "O": (2.0, 0.7, 0.7, 0.45, 1.9),
    "U": (1.15, 0.95, 0.95, 0.95, 1.1),
    "C": (1.2, 0.85, 0.8, 0.7, 1.9),
}
_ILLNESS_LENGTHS = (1, 2, 2, 2, 2, 2, 3, 4, 4, 4, 4, 5, 6, 6, 8, 10, 14)  # sessions
_OTHER_LENGTHS = (1, 1, 2, 2, 2, 2, 2, 2, 4, 4, 6, 8, 10)
# Eid al-Fitr above all, which fell in term in 2026, Diwali and Yom Kippur.
_FESTIVALS = (
    "2026-03-20",
    "2026-03-20",
    "2026-03-20",
    "2026-03-20",
    "2025-10-20",
    "2025-10-02",
    "2026-09-21",
)


class Spell(NamedTuple):
    """An unbroken absence: the pupil's row, its first session and the one after its last, and its code."""

    row: int
    start: int
    end: int
    code: str


class Placer:
    """Writes spells into one pupil's row, a byte a session, only where the pupil would be present."""

    def __init__(self, days: Days, random: Random) -> None:
        self.random = random
        self.base = PRESENT * len(days.dates)
        self.weekday: list[int] = days.weekday.tolist()
        self.week: list[int] = days.week.tolist()
        self.dates = [day.isoformat() for day in days.dates]
        self.half_term: list[int] = (days.year * 6 + days.half_term).tolist()
        self.weights = {code: self._sums(days, code) for code in ("I", "O", "U", "G", "C", "M")}
        self.spells: list[Spell] = []

    @staticmethod
    def _sums(days: Days, code: str) -> list[float]:
        weekday = np.array(_WEEKDAYS.get(code, (1, 1, 1, 1, 1)), dtype=float)
        by_day: Floats = days.shape(code) * weekday[days.weekday]
        return [0.0, *np.cumsum(by_day).tolist()]

    def day(self, code: str, first: int, last: int) -> int:
        """A day from `first` to `last`, drawn by how much of the code's absence falls on it."""
        sums = self.weights.get(code, self.weights["M"])
        low, high = sums[first], sums[last + 1]
        drawn = bisect_right(sums, low + self.random.random() * (high - low)) - 1
        return min(max(drawn, first), last)

    def put(self, row: bytearray, number: int, start: int, length: int, code: str) -> bool:
        """Write a spell if every one of its sessions is free."""
        end = start + length
        if row[start:end] != self.base[start:end] or end > len(row):
            return False
        row[start:end] = bytes([byte_of(code)]) * length
        self.spells.append(Spell(number, start, end, code))
        return True

    def put_anywhere(self, row: bytearray, number: int, lo: int, hi: int, count: int, code: str) -> None:
        """Write sessions into whatever is free from a day on, for a pupil who is hardly ever there."""
        mark, place = byte_of(code), self.random.randint(2 * lo, 2 * hi + 1)
        span = 2 * (hi - lo + 1)
        for step in range(span):
            if not count:
                return
            session = 2 * lo + (place - 2 * lo + step) % span
            if row[session] == self.base[session]:
                row[session] = mark
                self.spells.append(Spell(number, session, session + 1, code))
                count -= 1

    def spread(
        self, row: bytearray, number: int, lo: int, hi: int, count: int, code: str, lengths: Sequence[int],
        stretch: float = 1.0,
    ) -> None:  # fmt: skip
        """Use up a count in spells of drawn lengths, each around a drawn day, most of them within a week."""
        while count > 0:
            length = min(count, max(1, round(self.random.choice(lengths) * stretch)), 2 * (hi - lo + 1))
            for _ in range(TRIES):
                start = self._start(code, lo, hi, length)
                if (
                    start >= 2 * lo
                    and start + length <= 2 * hi + 2
                    and self.put(row, number, start, length, code)
                ):
                    break
            else:
                self.put_anywhere(row, number, lo, hi, length, code)
            count -= length

    def _start(self, code: str, lo: int, hi: int, length: int) -> int:
        anchor = self.day(code, lo, hi)
        if length == 1:
            return 2 * anchor + (self.random.random() < (0.15 if code == "U" else 0.55))
        full = (length + 1) // 2
        first = anchor - self.random.randrange(full)
        if 1 < full <= 5 and self.random.random() < 0.6:
            first = self._within_week(first, anchor, full)
        return 2 * first + length % 2

    def _within_week(self, first: int, anchor: int, full: int) -> int:
        """Move a spell back or on so that it does not run over the weekend by its anchor day."""
        while first < anchor and (first < 0 or self.week[first] != self.week[anchor]):
            first += 1
        last = min(first + full - 1, len(self.week) - 1)
        while last > anchor and self.week[last] != self.week[anchor]:
            last -= 1
        return max(0, last - full + 1)

    def holiday(self, row: bytearray, number: int, lo: int, hi: int, count: int) -> None:
        """A block of days in the holiday weeks; half of them end or begin where a break does."""
        full = max(1, count // 2)
        for _ in range(TRIES):
            anchor = self.day("G", lo, hi)
            first = self._beside_break(anchor, full) if self.random.random() < 0.5 else anchor
            if full == 5 and self.random.random() < 0.6:
                first = anchor - self.weekday[anchor]
            if first >= lo and first + full - 1 <= hi and self.put(row, number, 2 * first, 2 * full, "G"):
                return
        self.spread(row, number, lo, hi, 2 * full, "G", (2, 4, 10))

    def _beside_break(self, anchor: int, full: int) -> int:
        last = anchor
        while last + 1 < len(self.half_term) and self.half_term[last + 1] == self.half_term[anchor]:
            last += 1
        first = anchor
        while first and self.half_term[first - 1] == self.half_term[anchor]:
            first -= 1
        return last - full + 1 if last - anchor <= anchor - first else first

    def weekly(self, row: bytearray, number: int, lo: int, hi: int, count: int, code: str) -> None:
        """A weekly pattern, the same sessions each week, until the count is used: a part-time timetable."""
        patterns = ((1, 3, 5, 7, 9), (5, 6, 7, 8, 9), (7, 8, 9), (1, 3, 4, 5, 7, 9))
        pattern = self.random.choice(patterns)
        start = self.random.randint(lo, max(lo, hi - 3 * count // len(pattern)))
        for session in range(2 * start, 2 * hi + 2):
            if count and 2 * self.weekday[session // 2] + session % 2 in pattern:
                count -= self.put(row, number, session, 1, code)
        if count:
            self.put_anywhere(row, number, lo, hi, count, code)

    def festival(self, row: bytearray, number: int, lo: int, hi: int, count: int) -> None:
        """Religious observance, on the days of festivals."""
        for day in self.random.sample(_FESTIVALS, len(_FESTIVALS)):
            if day in self.dates and lo <= (place := self.dates.index(day)) <= hi and count > 1:
                count -= 2 * self.put(row, number, 2 * place, 2, "R")
        self.spread(row, number, lo, hi, count, "R", (2,))

    def fill(
        self, row: bytearray, number: int, lo: int, hi: int, counts: dict[str, int], share: float
    ) -> None:
        """Place a year's sessions of every code, the longest blocks first."""
        stretch = 1 + 5 * share
        take = counts.get
        if take("C2"):
            self.weekly(row, number, lo, hi, counts["C2"], "C2")
        if take("G"):
            self.holiday(row, number, lo, hi, counts["G"])
        if take("R"):
            self.festival(row, number, lo, hi, counts["R"])
        if take("S"):
            exams = [day for day in range(lo, hi + 1) if "2026-05-11" <= self.dates[day] <= "2026-06-26"]
            if exams:
                self.spread(row, number, exams[0], exams[-1], counts["S"], "S", (1, 2, 4))
        for code, lengths, longer in (
            ("T", (20, 30, 40), 1.0), ("E", (2, 4, 6, 10), 1.0), ("C", (1, 2, 2, 4, 10), 1.0),
            ("O", _OTHER_LENGTHS, stretch), ("I", _ILLNESS_LENGTHS, stretch), ("M", (1, 1, 1, 2), 1.0),
            ("J1", (1, 2), 1.0), ("C1", (2, 4), 1.0), ("U", (1,), 1.0),
        ):  # fmt: skip
            if take(code):
                self.spread(row, number, lo, hi, counts[code], code, lengths, longer)
