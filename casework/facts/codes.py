"""What each register code counts as, by the date of the session, and the sets of codes that rules name.

Nothing is decided here: the values come from the policy (`attendance_codes`, `penalty_notice`) and are handed
in, so that facts stay arithmetic.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Self

from casework.domain import Session


class CodeClass(StrEnum):
    """The statistical class of a code. The first four together are the possible sessions."""

    ATTENDING = "attending"
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    POSSIBLE_ONLY = "possible_only"
    NOT_POSSIBLE = "not_possible"
    NOT_COLLECTED = "not_collected"

    @property
    def is_possible(self) -> bool:
        """Whether a session with such a code is one the pupil could have attended."""
        return self not in (CodeClass.NOT_POSSIBLE, CodeClass.NOT_COLLECTED)

    @property
    def is_absent(self) -> bool:
        """Whether the pupil missed a possible session."""
        return self in (CodeClass.AUTHORISED, CodeClass.UNAUTHORISED)


Said = tuple[CodeClass | None, bool, bool]
"""What a code counts as, whether that is a possible session, and whether an absence."""

NOTHING: Said = (None, False, False)
"""What no mark says, and a code that is not in force."""


@dataclass(frozen=True)
class CodeClasses:
    """The class of every code by date, and the named sets in force on the day asked about.

    `classes` holds (first day, code -> class), oldest first; each entry is complete and ends where the next
    begins. A code without a class on its session's day counts in no total, and is not "no mark" either.
    """

    classes: tuple[tuple[date, Mapping[str, CodeClass]], ...]
    threshold: frozenset[str]
    unauthorised_run: frozenset[str]
    return_run: frozenset[str]
    illness: frozenset[str]
    late: frozenset[str]
    unexplained: frozenset[str]

    @classmethod
    def from_values(
        cls,
        classes: Iterable[tuple[date, Mapping[str, Sequence[str]]]],
        groups: Mapping[str, Sequence[str]],
        threshold: Iterable[str],
    ) -> Self:
        """Codes as the policy writes them down.

        Args:
            classes: Every dated entry of `attendance_codes.classes`: class name -> codes.
            groups: `attendance_codes.groups` on the day asked about.
            threshold: The codes of `penalty_notice.threshold` on the day asked about.
        """
        dated = (
            (begins, {code: CodeClass(name) for name, codes in entry.items() for code in codes})
            for begins, entry in classes
        )
        return cls(
            classes=tuple(sorted(dated, key=lambda entry: entry[0])),
            threshold=frozenset(threshold),
            unauthorised_run=frozenset(groups["unauthorised_run"]),
            return_run=frozenset(groups["return_run"]),
            illness=frozenset(groups["illness"]),
            late=frozenset(groups["late"]),
            unexplained=frozenset(groups["reason_not_established"]),
        )

    def class_of(self, code: str, day: date) -> CodeClass | None:
        """What a code counted as on a day; None for a code not in force then, and for no mark."""
        return self.says(code, day)[0]

    def says(self, code: str, day: date) -> Said:
        """What a code counted as on a day, whether that is a possible session, and whether an absence."""
        for begins, known in self._newest_first:
            if begins <= day:
                return known.get(code, NOTHING)
        return NOTHING

    def stretches(self, sessions: Sequence[Session]) -> Iterator[tuple[slice, Mapping[str, Said]]]:
        """What codes say, stretch by stretch of sessions in order: which of them, and each code's class.

        In a stretch before the first classes no code is known.
        """
        dated = [(date.min, {}), *reversed(self._newest_first)]
        starts = [bisect_left(sessions, begins, key=lambda session: session.date) for begins, _ in dated]
        for (_, known), first, end in zip(dated, starts, [*starts[1:], len(sessions)], strict=True):
            yield slice(first, end), known

    @cached_property
    def _newest_first(self) -> list[tuple[date, dict[str, Said]]]:
        return [
            (begins, {code: (kind, kind.is_possible, kind.is_absent) for code, kind in classes.items()})
            for begins, classes in reversed(self.classes)
        ]


@dataclass(frozen=True)
class Limits:
    """The numbers of the rules that facts look back by, as the policy gives them for the day asked about.

    `threshold_sessions` within `threshold_school_weeks`; an unexplained absence is overdue when more than
    `unexplained_school_days` school days lie after it.
    """

    threshold_sessions: int
    threshold_school_weeks: int
    unexplained_school_days: int
