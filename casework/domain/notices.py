"""Notices and prosecutions of one parent for one pupil, wherever issued: the ledger of `notices.csv`."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.domain.register import Session


class NoticeKind(StrEnum):
    """What was issued to the parent."""

    NOTICE_TO_IMPROVE = "nti"
    PENALTY_NOTICE = "pn"
    PROSECUTION = "prosecution"


class NoticeStatus(StrEnum):
    """What became of it; UNPAID is also a notice whose time to pay still runs."""

    UNPAID = "unpaid"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    CONVICTED = "convicted"
    ACQUITTED = "acquitted"


GROUNDS = ("ought_not", "wrong_person", "material_error", "not_contemplated")
"""Why a penalty notice is withdrawn."""

_RANK: dict[str | None, int] = {
    None: 0,
    NoticeStatus.UNPAID: 1,
    NoticeStatus.PAID: 2,
    NoticeStatus.WITHDRAWN: 3,
}
"""What comes after what; a court's outcome stands at the end of a prosecution, as paid does of a notice."""


def goes_back(known: str | None, said: str | None) -> bool:
    """Whether what is said of a notice is older than what is known: paid is never unpaid again."""
    return _RANK.get(said, 2) < _RANK.get(known, 2)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as it is known on the day asked about. `period_from` AM to `period_to` PM is what it is for.

    A status of None is not known, never unpaid. `withdrawal_ground` is one of `GROUNDS`; empty unless
    withdrawn, and where it is not known. `public_place` notices (excluded pupils)
    are a scheme of their own.
    """

    upn: str
    parent_id: str
    kind: NoticeKind
    la_code: str
    issued_on: date
    period_from: date | None = None
    period_to: date | None = None
    status: NoticeStatus | None = None
    paid_on: date | None = None
    withdrawal_ground: str = ""
    notice_id: str = ""
    public_place: bool = False

    @property
    def withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.status is NoticeStatus.WITHDRAWN

    def covers(self, session: Session) -> bool:
        """Whether a session lies inside the stated period, both ends included."""
        return (
            self.period_from is not None
            and self.period_to is not None
            and self.period_from <= session.date <= self.period_to
        )


@dataclass(frozen=True, slots=True)
class Professional:
    """A named professional involved with a pupil, as `professionals.csv` keeps them."""

    upn: str
    role: str
    name: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    from_day: date | None = None
    to_day: date | None = None
    last_checked: date | None = None

    def involved(self, on: date) -> bool:
        """Whether they were involved on a day."""
        return (self.from_day is None or self.from_day <= on) and (self.to_day is None or on <= self.to_day)
