"""Single values as files write them. Each reader takes stripped, non-empty text or says what is wrong."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.domain.identifiers import upn_fault
from casework.domain.register import Half
from casework.registers.notes import Unclear

NO_DATES = frozenset({date(2079, 6, 6), date(9999, 12, 31), date(1900, 1, 1), date(1899, 12, 30)})
"""Days by which systems say that there is none."""

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_UPN_REMEDY = "Copy the UPN from the admission register."
_YEAR_GROUPS = frozenset({"N1", "N2", "R", "X", *(str(n) for n in range(1, 15))})
_YEAR_WORDS = {"RECEPTION": "R", "REC": "R", "YR": "R", "0": "R", "NURSERY1": "N1", "NURSERY2": "N2"}


def text(value: str) -> str:
    """Any text."""
    return value


def iso_date(value: str) -> date | None:
    """A `YYYY-MM-DD` day, with or without a time; None for the days that mean none."""
    found = _ISO.fullmatch(value)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise Unclear("This is not a date.", "Write dates as YYYY-MM-DD.")
    return None if day in NO_DATES else day


def moment(value: str) -> datetime:
    """A day and time in ISO form, or a day alone for its midnight."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise Unclear("This is not a date and time.", "Write it as YYYY-MM-DDTHH:MM:SS.") from None


def boolean(value: str) -> bool:
    """`true` or `false`, in the words that systems use for them."""
    known = {
        "true": True,
        "false": False,
        "1": True,
        "0": False,
        "yes": True,
        "no": False,
        "y": True,
        "n": False,
    }
    try:
        return known[value.lower()]
    except KeyError:
        raise Unclear(
            "This is neither true nor false.", "Write true, false, or nothing if unknown."
        ) from None


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number within a range."""

    def read(value: str) -> int:
        if value.isascii() and value.isdigit() and len(value) < 8 and low <= int(value) <= high:
            return int(value)
        raise Unclear(f"This is not a whole number from {low} to {high}.", "Correct the number.")

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """One of a few words, in any case."""
    known = {choice.lower(): choice for choice in choices}

    def read(value: str) -> str:
        try:
            return known[value.lower()]
        except KeyError:
            raise Unclear("This word is not known here.", f"Use one of: {', '.join(choices)}.") from None

    return read


def half(value: str) -> Half:
    """AM or PM."""
    try:
        return Half(value.upper())
    except ValueError:
        raise Unclear("This is not a session.", "Write AM or PM.") from None


def upn(value: str) -> str:
    """A UPN whose check letter fits, in capitals."""
    found = value.upper()
    fault = upn_fault(found)
    if fault:
        raise Unclear(fault, _UPN_REMEDY)
    return found


def urn(value: str) -> str:
    """A school's six-figure number."""
    if not re.fullmatch(r"\d{6}", value, re.ASCII):
        raise Unclear("A URN is six digits.", "Look the school up on Get Information about Schools.")
    return value


def la_code(value: str) -> str:
    """A local authority's three-figure number."""
    if not re.fullmatch(r"\d{3}", value, re.ASCII):
        raise Unclear("An LA code is three digits.", "Write the LA's three-figure code, for example 352.")
    return value


def uln(value: str) -> str:
    """A unique learner number; one that a spreadsheet rounded is lost."""
    digits = value.split(".")[0]
    if re.fullmatch(r"[1-9]\d{9}", digits, re.ASCII):
        weighed = (
            sum(int(digit) * place for digit, place in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
        )
        if weighed and int(digits[9]) == 10 - weighed:
            return digits
    if re.search(r"e\+?\d", value, re.IGNORECASE):
        raise Unclear("A spreadsheet has rounded this number, and its digits are lost.", "Export it as text.")
    raise Unclear("This is not a unique learner number.", "Copy it from the learner record.")


def year_group(value: str) -> str:
    """N1, N2, R or 1 to 14, however it is dressed: `Year 7`, `Y07`, `7`."""
    found = re.sub(r"^(YEAR|YR|NCY|Y)(?=\d|N|R$)", "", re.sub(r"[\s.]+", "", value.upper()))
    found = _YEAR_WORDS.get(found, found.lstrip("0") or "R")
    if found not in _YEAR_GROUPS:
        raise Unclear("This is not a year group.", "Write N1, N2, R or 1 to 14.")
    return found


def academic_year(value: str) -> int:
    """The year in which an academic year such as `2025/26` began."""
    found = re.fullmatch(r"(\d{4})[/-](?:\d{2})?(\d{2})", value, re.ASCII)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise Unclear("This is not an academic year.", "Write it as 2025/26.")
    return int(found[1])


def sex(value: str) -> str:
    """M or F, from a letter or a word."""
    letter = value[:1].upper()
    if value.upper() not in {"M", "F", "MALE", "FEMALE"}:
        raise Unclear("This is not a sex that the census uses.", "Write M or F, or nothing.")
    return letter


def timezone(value: str) -> str:
    """A time zone by its name."""
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        raise Unclear("This is not a time zone.", "Write a name such as Europe/London.") from None
    return value


def excel_day(serial: float) -> date | None:
    """The day behind a spreadsheet's serial number, if it lies between 2000 and 2099."""
    if 36526 <= serial < 73051:
        return date(1899, 12, 30) + timedelta(days=int(serial))
    return None
