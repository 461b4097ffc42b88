"""Each morning, to each member of staff whose day asks for something: how much of what, and which cases.

Counts and references only. E-mail may be read by others; who it is about is seen after signing in.
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from casework.actions import runs, views
from casework.actions.access import MAY, Act
from casework.actions.health import ENGLAND
from casework.actions.installation import Installation
from casework.actions.referrals import acts_for_la_alone
from casework.actions.views import Due, Today
from casework.domain import ENGINE, Officer
from casework.storage import outbox, people, schools, staff
from casework.storage.outbox import NewMessage

LISTED = 20
"""Cases named in one message; the rest are counted."""
DAY_ENDS = time(17)
"""After which the morning's counts have lost their sense; the next morning's say it all."""


def queue_all(inst: Installation, on: date, at: datetime, flow_run: str = "") -> int:
    """Queue the day's message to each of the staff who have an address and something to do; says how many.

    On a day on which none of an officer's schools is open they get none. Twice queues nothing more.
    """
    with inst.act(ENGINE) as tx:
        addresses = {c.officer_id: c.email for c in staff.colleagues(tx) if c.active and "@" in c.email}
        everyone = [o for o in people.officers(tx, on) if o.officer_id in addresses and _works_cases(o)]
        is_open = {s.urn: schools.calendar(tx, s.urn).is_school_day(on) for s in schools.schools(tx)}
        trust_of = {s.urn: s.trust for s in schools.schools(tx)}
    queued = 0
    for officer in everyone:
        theirs = [urn for urn in is_open if urn in officer.schools or trust_of[urn] in officer.trusts]
        if not any(is_open[urn] for urn in theirs):
            continue
        words = digest(views.today(inst, officer, on), officer)
        if words:
            queued += _queue(inst, officer.officer_id, addresses[officer.officer_id], words, on, at, flow_run)
    return queued


def digest(today: Today, officer: Officer) -> str:
    """What a day asks of an officer, as counts and references; empty where it asks for nothing."""
    counted = [
        ("overdue", sum(item.late for item in (*today.tasks, *today.reviews))),
        ("due today", sum(item.that_day for item in (*today.tasks, *today.reviews))),
        ("clocks near their end", len(today.clocks)),
        ("meetings today", sum(m.meeting.at.astimezone(ENGLAND).date() == today.on for m in today.meetings)),
        ("reasons for absence to find out", len(today.reasons)),
        ("calls to make", sum(day.to_call for day in today.schools)),
        ("packs returned by the LA", len(today.returned)),
    ]
    if officer.holds(*MAY[Act.APPROVE_LETTERS]):
        counted.append(("letters to approve", len(today.to_approve)))
        counted.append(("cases without an owner", len(today.unattended.without_owner)))
    lines = [f"{number} {says}" for says, number in counted if number]
    if not lines:
        return ""
    late = _refs([item for item in (*today.tasks, *today.reviews) if item.late])
    more = ["", f"Overdue: {late}"] if late else []
    return "\n".join((f"{today.on:%A %d %B %Y}", "", *lines, *more, "", "Sign in to see them.", ""))


def _refs(due: Sequence[Due]) -> str:
    refs = list(dict.fromkeys(item.case_ref for item in due))
    more = f" and {len(refs) - LISTED} more" if len(refs) > LISTED else ""
    return ", ".join(refs[:LISTED]) + more


def _works_cases(officer: Officer) -> bool:
    return officer.holds(*MAY[Act.READ_CASES]) and not acts_for_la_alone(officer)


def _queue(
    inst: Installation, officer_id: str, address: str, words: str, on: date, at: datetime, flow_run: str
) -> bool:
    message = NewMessage(
        key=f"digest:{officer_id}:{on.isoformat()}",
        kind="digest",
        on=on,
        to_whom=officer_id,
        to_address=address,
        subject="Your casework today",
        body=words,
        asked_by=ENGINE.officer_id,
        good_until=datetime.combine(on, DAY_ENDS, ENGLAND),
    )
    with inst.act(ENGINE, flow_run) as tx:
        added = outbox.queue(tx, message, at, flow_run)
        runs.did(tx, flow_run, on, queued=int(added))
    return added
