"""Days as people and spreadsheets write them: `07/09/2026`, `9/7/26`, `7 Sep 2026`, `Mon 07/09`, `46272`.

One file has one order of day and month. It is chosen from everything the file writes; a file that
contradicts itself is refused, because a swapped day and month is a wrong register that looks right.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from casework.domain.calendar import academic_year_of
from casework.domain.register import Half
from casework.registers import values
from casework.registers.notes import Unclear

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_HALF = r"(?P<half>am|pm|a\.m\.|p\.m\.|morning|afternoon)"
_CLOCK = r"(?:\s+\d\d:\d\d(?::\d\d)?)?"
_SHAPES = tuple(
    re.compile(
        rf"(?:{_WEEKDAY}[\s,.]*)?{shape}(?:\s+\d\d:\d\d(?::\d\d)?)?(?:[\s,\-(]*{_HALF}\)?)?", re.IGNORECASE
    )
    for shape in (
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:T[\d:.]+Z?)?",
        r"(?P<a>\d{1,2})[/.\-](?P<b>\d{1,2})(?:[/.\-](?P<y>\d{4}|\d\d))?",
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s\-]*(?P<month>[a-z]{3,9})\.?,?(?:[\s\-]*(?P<y>\d{4}|\d\d))?",
    )
)
_WEEKDAY_ALONE = re.compile(rf"{_WEEKDAY}(?:[\s\-]*{_HALF})?", re.IGNORECASE)
_SPAN = re.compile(r"(20\d\d)\s*[/-]\s*(20\d\d|\d\d)(?![\d/-])")
_MONTH_AND_YEAR = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\s+(20\d\d)\b", re.IGNORECASE)
_DATE_INSIDE = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d\d)|\d{1,2}\s+[A-Za-z]{3,9}\s+\d{4}"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A day as written. With `ordered` false, `first` and `second` are day and month in the file's order."""

    text: str
    first: int
    second: int
    year: int | None
    weekday: int | None = None
    half: Half | None = None
    ordered: bool = True


def of_day(day: date, text: str = "") -> Written:
    """A day that a spreadsheet holds as a day."""
    return Written(text or day.isoformat(), day.day, day.month, day.year)


def written(text: str) -> Written | None:
    """The day that a text writes, or None."""
    if text.isascii() and text.isdigit() and len(text) == 5:
        day = values.excel_day(int(text))
        return of_day(day, text) if day else None
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return _of_match(text, found.groupdict())
    return None


def _of_match(text: str, found: Mapping[str, str | None]) -> Written | None:
    year = int(found["y"] or 0) or None
    if year is not None and year < 100:
        year += 2000
    weekday = _WEEKDAYS.index(found["weekday"].lower()) if found["weekday"] else None
    half = half_of(found["half"] or "")
    if found.get("a"):
        return Written(text, int(found["a"] or 0), int(found["b"] or 0), year, weekday, half, ordered=False)
    month = int(found.get("m") or 0)
    name = (found.get("month") or "")[:3].lower()
    if name:
        if name not in _MONTHS:
            return None
        month = _MONTHS.index(name) + 1
    return Written(text, int(found["d"] or 0), month, year, weekday, half)


def half_of(text: str) -> Half | None:
    """AM or PM from a heading's words."""
    plain = text.lower().replace(".", "").strip()
    if plain in ("am", "a", "morning"):
        return Half.AM
    return Half.PM if plain in ("pm", "p", "afternoon") else None


def weekday_of(text: str) -> tuple[int, Half | None] | None:
    """The weekday, 0 to 4 from Monday, and perhaps the half that a heading such as `Mon AM` names."""
    found = _WEEKDAY_ALONE.fullmatch(text.strip())
    if not found:
        return None
    return _WEEKDAYS.index(found["weekday"].lower()), half_of(found["half"] or "")


def academic_year_in(texts: Iterable[str]) -> int | None:
    """The academic year that title rows name, by itself, by a month or by any full date."""
    for text in texts:
        span = _SPAN.search(text)
        if span and (int(span[1]) + 1) % 100 == int(span[2]) % 100:
            return int(span[1])
        named = _MONTH_AND_YEAR.search(text)
        if named:
            return academic_year_of(date(int(named[2]), _MONTHS.index(named[1].lower()) + 1, 1))
        inside = _DATE_INSIDE.search(text)
        found = written(inside[0]) if inside else None
        if found and found.year and 1 <= found.second <= 12:
            return academic_year_of(date(found.year, found.second, 1))
    return None


class Order:
    """The order of day and month in one file, and the year of days written without one."""

    def __init__(self, month_first: bool, academic_year: int | None) -> None:
        self.month_first, self.academic_year = month_first, academic_year

    @classmethod
    def of(cls, days: Iterable[Written], academic_year: int | None, insisted: str = "") -> "Order":
        """The order that everything written fits: day first, unless only month first can be.

        Raises:
            Unclear: Neither order fits all of the file's days.
        """
        if insisted:
            return cls(insisted == "mdy", academic_year)
        numeric = {day for day in days if not day.ordered}
        numeric = {day for day in numeric if _possible(day, False) or _possible(day, True)}
        fits = [all(_possible(day, month_first) for day in numeric) for month_first in (False, True)]
        if not any(fits):
            raise Unclear(
                "Some dates have the day first and some the month.", "Export the dates as YYYY-MM-DD."
            )
        if all(fits) and numeric:
            odd = [sum(_odd(day, first, academic_year) for day in numeric) for first in (False, True)]
            return cls(odd[0] > 0 and odd[1] == 0, academic_year)
        return cls(not fits[0], academic_year)

    def day(self, found: Written) -> date | None:
        """The day meant; None for the days by which systems say that there is none.

        Raises:
            Unclear: There is no such day, its year is nowhere said, or its weekday is another.
        """
        number, month = found.first, found.second
        if not found.ordered and self.month_first:
            number, month = month, number
        year = found.year
        if year is None:
            if self.academic_year is None:
                raise Unclear("The date has no year.", "Write the academic year in a row above the headings.")
            year = self.academic_year + (month < 9)
        try:
            day = date(year, month, number)
        except ValueError:
            raise Unclear(
                "There is no such day.", "Correct the date, or export dates as YYYY-MM-DD."
            ) from None
        if found.weekday is not None and day.weekday() != found.weekday:
            raise Unclear(f"{day:%d %B %Y} is a {day:%A}.", "Check the year and the order of day and month.")
        return None if day in values.NO_DATES else day


def _possible(day: Written, month_first: bool) -> bool:
    number, month = (day.second, day.first) if month_first else (day.first, day.second)
    return 1 <= month <= 12 and 1 <= number <= 31


def _odd(day: Written, month_first: bool, academic_year: int | None) -> bool:
    """Whether read in this order a day falls on a weekend or on another weekday than the one written."""
    try:
        found = Order(month_first, academic_year).day(day)
    except Unclear:
        return True
    return found is None or found.weekday() >= 5
