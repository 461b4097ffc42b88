"""What is true of a pupil, as policies name it."""

from collections.abc import Iterable
from datetime import date

from casework.domain import Professional, Pupil
from casework.domain.calendar import add_months
from casework.policy import Policy

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


def moved_recently(policy: Policy, pupil: Pupil, first_on_roll: date | None, on: date) -> frozenset[str]:
    """The flag of a family that moved here within the years for which notices are counted, as rolls can tell.

    The number a pupil was given at first names the authority that gave it; where that is another, and the
    pupil's first day on a roll here is recent, the family has most likely moved. Unknown is no move.

    Args:
        first_on_roll: The first day on any roll in the authority of the case's school.
    """
    if not policy.la_code or first_on_roll is None or pupil.upn[1:4] == policy.la_code:
        return frozenset()
    since = add_months(on, -12 * policy.value("penalty_notice.limit", on).years)
    return frozenset({"moved_recently"} if first_on_roll >= since else ())
