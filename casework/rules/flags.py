"""What is true of a pupil, as policies name it."""

from collections.abc import Iterable

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
