"""What is true of a pupil, as policies name it."""

from collections.abc import Iterable
from datetime import date

from casework.domain import Professional, Pupil

_BELOW_SCHOOL_AGE = ("N1", "N2")


def flags_of(pupil: Pupil, professionals: Iterable[Professional] = ()) -> frozenset[str]:
    """The facts of the roll, and the kinds of professional named for the pupil. Unknown is no flag."""
    facts = {
        "looked_after": pupil.looked_after,
        "social_worker": pupil.social_worker,
        "youth_justice": pupil.youth_justice,
        "young_carer": pupil.young_carer,
        "traveller": pupil.traveller,
        "part_time_timetable": pupil.part_time_timetable,
        "fsm": pupil.fsm,
        "sen": pupil.sen in ("K", "E"),
        "ehcp": pupil.sen == "E",
        "language": bool(pupil.eal_language),
        "nursery": pupil.year_group in _BELOW_SCHOOL_AGE,
    }
    named = {item.role for item in professionals}
    return frozenset(name for name, holds in facts.items() if holds) | (named & set(facts))


def moved_recently(pupil: Pupil, la_code: str, first_on_roll: date | None, since: date) -> bool:
    """Whether a pupil came from another authority's area since a day, as far as the rolls can tell.

    The number a pupil was given at first names the authority that gave it; where that is another, and the
    pupil's first day on a roll here is recent, the family has most likely moved. Unknown is no move.

    Args:
        first_on_roll: The first day on any roll in the authority of the case's school.
    """
    issued_by = pupil.upn[1:4]
    return bool(la_code) and issued_by != la_code and first_on_roll is not None and first_on_roll >= since
