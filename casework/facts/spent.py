"""Which sessions earlier notices have used up: per parent, and for every parent of the pupil.

A session is spent for a parent when it lies inside the stated period of a penalty notice or prosecution of
that parent issued on or before the day asked about. A withdrawn notice gives its sessions back only where it
was withdrawn for a material error. Notices for being in a public place are a scheme of their own.
"""

from collections.abc import Iterable
from datetime import date

from casework.domain import Notice, NoticeKind, Session

_SPENDING = (NoticeKind.PENALTY_NOTICE, NoticeKind.PROSECUTION)


def spends(notice: Notice, on: date) -> bool:
    """Whether a notice uses up the sessions of its period, as known on a day."""
    freed = notice.withdrawn and notice.withdrawal_ground == "material_error"
    return notice.kind in _SPENDING and notice.issued_on <= on and not freed and not notice.public_place


def spent_for(
    parent_id: str, notices: Iterable[Notice], sessions: Iterable[Session], on: date
) -> set[Session]:
    """The sessions spent for one parent."""
    spending = [notice for notice in notices if notice.parent_id == parent_id and spends(notice, on)]
    return {session for session in sessions if any(notice.covers(session) for notice in spending)}


def spent_for_all(
    responsible: Iterable[str], notices: Iterable[Notice], sessions: Iterable[Session], on: date
) -> set[Session]:
    """The sessions spent for every parent with parental responsibility; none where there is none."""
    held, known = tuple(notices), tuple(sessions)
    each = [spent_for(parent_id, held, known, on) for parent_id in responsible]
    return set.intersection(*each) if each else set()
