"""A pupil on a school's roll, found by what a person types: a UPN, or the whole name."""

from datetime import date

from sqlalchemy import Connection

from casework.actions.recording import Unclear, given
from casework.storage import people


def one_pupil(tx: Connection, urn: str, typed: str, on: date) -> str:
    """The UPN of the one pupil on a school's roll who is meant.

    Raises:
        Unclear: Nobody, or more than one, is of that name.
    """
    wanted = " ".join(given(typed, "The pupil").lower().split())
    here = people.pupils(tx, people.on_roll(tx, urn, on), urn)
    found = [
        pupil.upn
        for pupil in here
        if wanted
        in (
            pupil.upn.lower(),
            pupil.name.lower(),
            f"{pupil.forename} {pupil.surname}".lower(),
            f"{pupil.surname}, {pupil.forename}".lower(),
        )
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise Unclear("More than one pupil on the roll has that name.", "Give the UPN instead.")
    raise Unclear("Nobody on the roll has that name or UPN.", "Write the whole name as the register does.")
