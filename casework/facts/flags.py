"""Flags of a mark in one byte, and counters of a byte a pupil: the small change of the sweep."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from casework.domain.register import byte_of
from casework.facts.codes import CodeClass, CodeClasses
from casework.facts.layout import Bytes
from casework.facts.sheets import Ints

RUNS = ("unauthorised_run", "return_run", "illness_run")

# Flags of one mark. A session that is not possible has none of them but FITS, so it breaks no run.
POSSIBLE, AUTHORISED, UNAUTHORISED, THRESHOLD = 0, 1, 2, 3
FITS = (4, 5, 6)  # For each run: not possible, or one of the run's codes. All of a day's sessions must fit.
POSSIBLE_ONLY = 7
FITS_ALL = sum(1 << bit for bit in FITS)
ILLNESS = FITS[2]
NO_CODES = bytes([FITS_ALL]) * 256
"""The flag bytes of a day on which no code is in force."""


@dataclass(frozen=True)
class CodeTable:
    """The codes in force from a day on: a flag byte for each byte, and the bytes of two small sets."""

    begins: int
    flags: bytes
    late: tuple[int, ...]
    unexplained: tuple[int, ...]
    has_possible_only: bool

    @classmethod
    def of(cls, begins: date, classes: Mapping[str, CodeClass], codes: CodeClasses) -> "CodeTable":
        """The table of one dated entry of the policy."""
        possible = {code for code, kind in classes.items() if kind.is_possible}
        flags = bytearray(NO_CODES)
        for code in possible:
            flag = 1 << POSSIBLE
            flag |= (classes[code] is CodeClass.AUTHORISED) << AUTHORISED
            flag |= (classes[code] is CodeClass.UNAUTHORISED) << UNAUTHORISED
            flag |= (classes[code] is CodeClass.POSSIBLE_ONLY) << POSSIBLE_ONLY
            flag |= (code in codes.threshold) << THRESHOLD
            for bit, run in zip(FITS, (codes.unauthorised_run, codes.return_run, codes.illness), strict=True):
                flag |= (code in run) << bit
            flags[byte_of(code)] = flag
        return cls(
            begins=begins.toordinal(),
            flags=bytes(flags),
            late=tuple(byte_of(code) for code in sorted(codes.late & possible)),
            unexplained=tuple(byte_of(code) for code in sorted(codes.unexplained & possible)),
            has_possible_only=CodeClass.POSSIBLE_ONLY in classes.values(),
        )


def bit_of(flags: Bytes, bit: int) -> Bytes:
    """One flag of each, as noughts and ones."""
    ones: Bytes = (flags >> np.uint8(bit)) & np.uint8(1)
    return ones


def is_byte(marks: Bytes, byte: int) -> Bytes:
    """Which marks are this byte, as noughts and ones."""
    ones: Bytes = (marks == byte).view(np.uint8)
    return ones


class Tally:
    """Counts kept in bytes, added up in wider numbers before a byte can overflow."""

    def __init__(self, width: int) -> None:
        self._bytes = np.zeros(width, np.uint8)
        self._added = 0
        self._total = np.zeros(width, np.int64)

    def add(self, counts: Bytes, at_most: int) -> None:
        """Add a vector of small counts, none above `at_most`."""
        if self._added + at_most > 255:
            self._empty()
        np.add(self._bytes, counts, out=self._bytes)
        self._added += at_most

    @property
    def total(self) -> Ints:
        """Everything added so far."""
        self._empty()
        return self._total

    def _empty(self) -> None:
        if self._added:
            self._total += self._bytes
            self._bytes[:] = 0
            self._added = 0
