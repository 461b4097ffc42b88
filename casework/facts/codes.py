"""What each register code counts as, by the date of the session, and the sets of codes that rules name.

Nothing is decided here: the values come from the policy (`attendance_codes`, `penalty_notice`) and are handed
in, so that facts stay arithmetic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CodeClass(StrEnum):
    """The statistical class of a code. The first three together are the possible sessions."""

    ATTENDING = "attending"
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    NOT_POSSIBLE = "not_possible"
    NOT_COLLECTED = "not_collected"

    @property
    def is_possible(self) -> bool:
        """Whether a session with such a code is one the pupil could have attended."""
        return self in (CodeClass.ATTENDING, CodeClass.AUTHORISED, CodeClass.UNAUTHORISED)

    @property
    def is_absent(self) -> bool:
        """Whether the pupil missed a possible session."""
        return self in (CodeClass.AUTHORISED, CodeClass.UNAUTHORISED)


@dataclass(frozen=True)
class CodeClasses:
    """The class of every code by date, and the named sets in force on the day asked about.

    `classes` holds (first day, code -> class), oldest first; each entry is complete and ends where the next
    begins. A code without a class on its session's day counts nowhere.
    """

    classes: tuple[tuple[date, Mapping[str, CodeClass]], ...]
    threshold: frozenset[str]
    unauthorised_run: frozenset[str]
    return_run: frozenset[str]
    illness: frozenset[str]
    late: frozenset[str]
    unexplained: frozenset[str]

    def class_of(self, code: str, day: date) -> CodeClass | None:
        """What a code counted as on a day; None for a code not in force then, and for no mark."""
        for begins, classes in reversed(self.classes):
            if begins <= day:
                return classes.get(code)
        return None


@dataclass(frozen=True)
class Limits:
    """The numbers of the rules that facts look back by, as the policy gives them for the day asked about.

    `threshold_sessions` within `threshold_school_weeks`; an unexplained absence is overdue when more than
    `unexplained_school_days` school days lie after it.
    """

    threshold_sessions: int
    threshold_school_weeks: int
    unexplained_school_days: int
