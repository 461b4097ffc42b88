"""Which band of absence a pupil is in, by exact integers; an edge belongs to one band alone."""

from datetime import date

from casework.facts import Counts
from casework.policy import Policy


def band_of(policy: Policy, counts: Counts, on: date) -> str:
    """The name of the policy's own band; of several, the one that begins highest. Empty if none.

    Source: bands
    """
    missed, possible = counts.absent * 100, counts.possible
    if not possible:
        return ""
    found = [
        (value.get("missed_at_least") or value.get("missed_more_than") or 0, name)
        for name, value in policy.under("bands", on).items()
        if "missed_percent" not in value
        and ("missed_at_least" not in value or missed >= value.missed_at_least * possible)
        and ("missed_more_than" not in value or missed > value.missed_more_than * possible)
        and ("missed_at_most" not in value or missed <= value.missed_at_most * possible)
        and ("missed_less_than" not in value or missed < value.missed_less_than * possible)
    ]
    return max(found)[1] if found else ""
