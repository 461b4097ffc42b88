"""The attendance register: sessions, the codes entered for them, and marks."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self


class Half(StrEnum):
    """Which half of the school day a session is."""

    AM = "AM"
    PM = "PM"

    __hash__ = str.__hash__  # An enum's own hash is slow, and every look-up of a session takes it.


class Session(NamedTuple):
    """Half a school day. Sessions order by date, then AM before PM."""

    date: date
    half: Half

    def __str__(self) -> str:
        return f"{self.date.isoformat()} {self.half.value}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-10-05 AM`; ValueError on anything else."""
        day, _, half = text.partition(" ")
        return cls(date.fromisoformat(day), Half(half))


@dataclass(frozen=True, slots=True)
class Mark:
    """A pupil's entry for one session, with the characters entered. An empty code is no mark taken."""

    session: Session
    code: str
    minutes_late: int | None = None
    comment: str = ""


# One byte a mark, readable: the code itself, and a byte of its own for each two-character code.
OFF_ROLL = "."  # not on roll, or the school is closed
NO_MARK = "?"  # open, on roll, and no mark taken
_BYTE_OF = {"C1": "c", "C2": "d", "J1": "j", **{f"Y{n}": str(n) for n in range(1, 8)}, "": NO_MARK}
_CODE_OF = {byte: code for code, byte in _BYTE_OF.items()}


def byte_of(code: str) -> int:
    """The byte a register sheet keeps for a code; the empty code is `?`.

    Raises:
        ValueError: The code has two characters and no byte of its own.
    """
    text = _BYTE_OF.get(code, code)
    if len(text) != 1 or not text.isascii():
        raise ValueError(f"{code!r} has no place on a register sheet")
    return ord(text)


def code_of(byte: int) -> str:
    """The code behind a sheet's byte; empty where no mark was taken or none could be."""
    text = chr(byte)
    return "" if text == OFF_ROLL else _CODE_OF.get(text, text)
