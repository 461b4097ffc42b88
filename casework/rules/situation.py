"""Everything a gate may look at when it answers a question about one case on one day."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from casework.domain import (
    Case,
    Notice,
    NoticeKind,
    NoticeStatus,
    Parent,
    Professional,
    Pupil,
    School,
    SchoolCalendar,
)
from casework.domain import events as e
from casework.facts import Facts
from casework.policy import Policy, Value


@dataclass(frozen=True)
class Situation:
    """One case with its pupil, parents, register, law and ledger, as known on a day.

    `parents` are the pupil's contacts; `parent` is the one asked about, None for questions about the pupil.
    `notices` is the ledger of every parent of this pupil, from any school or LA, as known on `on`.
    `calendar` is the case's school's; `holidays` the bank holidays that working days skip.
    """

    case: Case
    pupil: Pupil
    parents: tuple[Parent, ...]
    school: School
    facts: Facts
    policy: Policy
    calendar: SchoolCalendar
    holidays: frozenset[date]
    on: date
    parent: Parent | None = None
    notices: tuple[Notice, ...] = ()
    professionals: tuple[Professional, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What gates have already worked out about this parent, so that none does it twice."""
    shared: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """The same for the pupil: what is true whichever parent is asked about."""

    @property
    def parent_id(self) -> str:
        """The parent asked about; empty if none."""
        return self.parent.contact_id if self.parent else ""

    @property
    def parent_name(self) -> str:
        """How a sentence names the parent asked about."""
        return self.parent.name or self.parent.contact_id if self.parent else "the parent"

    @cached_property
    def liable_parents(self) -> tuple[Parent, ...]:
        """Contacts known to have parental responsibility; all of them where nobody's is known."""
        known = tuple(p for p in self.parents if p.parental_responsibility)
        return known or tuple(p for p in self.parents if p.parental_responsibility is not False)

    def about(self, parent: Parent | None) -> "Situation":
        """The same situation, asked about one parent; what was worked out about the pupil is kept."""
        if parent == self.parent:
            return self
        asked: dict[str, Situation] = self.shared.setdefault("about", {})
        key = parent.contact_id if parent else ""
        if key not in asked:
            asked[key] = replace(self, parent=parent)
            object.__setattr__(asked[key], "shared", self.shared)
        return asked[key]

    def value(self, key: str) -> Value:
        """The policy's value on the day asked about; NotInForce if it has none."""
        return self.policy.value(key, self.on)

    @cached_property
    def every_notice(self) -> tuple[Notice, ...]:
        """The ledger of every parent, with what the case itself records."""
        people = dict.fromkeys([n.parent_id for n in self.notices] + [p.contact_id for p in self.parents])
        return tuple(n for person in people for n in self._ledger_of(person))

    @cached_property
    def ledger(self) -> tuple[Notice, ...]:
        """Every notice and prosecution of the parent asked about, oldest first: the ledger and the case."""
        return self._ledger_of(self.parent_id)

    def _ledger_of(self, parent_id: str) -> tuple[Notice, ...]:
        own = [n for n in _from_case(self.case, parent_id) if n.issued_on <= self.on]
        elsewhere = [
            n
            for n in self.notices
            if n.parent_id == parent_id and n.issued_on <= self.on and not any(_is_row_of(n, o) for o in own)
        ]
        return tuple(sorted((*elsewhere, *own), key=lambda n: n.issued_on))

    @property
    def penalty_notices(self) -> tuple[Notice, ...]:
        """The parent's penalty notices for absence, whatever became of them."""
        return tuple(n for n in self.ledger if n.kind is NoticeKind.PENALTY_NOTICE and not n.public_place)


def _is_row_of(row: Notice, own: Notice) -> bool:
    """Whether a row of the ledger is about a notice that the case itself records."""
    same = (row.kind, row.issued_on, row.public_place) == (own.kind, own.issued_on, own.public_place)
    return same and (not row.la_code or not own.la_code or row.la_code == own.la_code)


def _from_case(case: Case, parent_id: str) -> tuple[Notice, ...]:
    paid = {event.notice_id: event for event in case.of(e.PenaltyNoticePaid)}
    withdrawn = {event.notice_id: event for event in case.of(e.PenaltyNoticeWithdrawn)}
    decided = case.last(e.ProsecutionDecided, parent_id=parent_id)
    found: list[Notice] = []
    for issued in case.of(e.PenaltyNoticeIssued, parent_id=parent_id):
        status, ground, paid_on = NoticeStatus.UNPAID, "", None
        if issued.notice_id in withdrawn:
            status, ground = NoticeStatus.WITHDRAWN, withdrawn[issued.notice_id].ground
        elif issued.notice_id in paid:
            status, paid_on = NoticeStatus.PAID, paid[issued.notice_id].paid_on
        elif decided and decided.outcome in (NoticeStatus.CONVICTED, NoticeStatus.ACQUITTED):
            status = NoticeStatus(decided.outcome)
        found.append(
            Notice(
                upn=case.upn,
                parent_id=parent_id,
                kind=NoticeKind.PENALTY_NOTICE,
                la_code=issued.la_code,
                issued_on=issued.issued_on,
                period_from=issued.period_from,
                period_to=issued.period_to,
                status=status,
                paid_on=paid_on,
                withdrawal_ground=ground,
                notice_id=issued.notice_id,
                public_place=issued.offence == "public_place",
            )
        )
    found += [
        Notice(
            upn=case.upn,
            parent_id=parent_id,
            kind=NoticeKind.NOTICE_TO_IMPROVE,
            la_code="",
            issued_on=nti.issued_on,
            period_from=nti.period_from,
            period_to=nti.period_to,
            status=NoticeStatus.WITHDRAWN if _was_withdrawn(case, nti) else None,
        )
        for nti in case.of(e.NoticeToImproveIssued, parent_id=parent_id)
    ]
    return tuple(found)


def _was_withdrawn(case: Case, notice: e.NoticeToImproveIssued) -> bool:
    """Whether a notice to improve was taken back: the first verdict after it says so."""
    events = [item.event for item in case.recorded]
    later = events[events.index(notice) + 1 :]
    verdicts = (
        event.verdict
        for event in later
        if isinstance(event, e.NoticeToImproveEnded) and event.parent_id == notice.parent_id
    )
    return next(verdicts, "") == "withdrawn"
