"""A calendar of one's own reviews for a calendar program: days and counts, and nothing about anybody.

The address holds a secret that is shown once and kept as a digest; a new one, or none, ends it. It opens
nothing for whoever may no longer sign in, and an empty calendar for whoever has no role that reads cases.
"""

import secrets
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from casework.actions import officers
from casework.actions.access import MAY, Act
from casework.actions.installation import Installation
from casework.actions.signing import digest
from casework.domain import ENGINE, NotFound, Officer
from casework.storage import feeds, lists
from casework.storage.lists import CaseFilter

AHEAD = timedelta(days=366)
MOST = 5_000


def make(inst: Installation, officer: Officer) -> str:
    """Make the secret part of a new address, in place of any before; it cannot be shown again."""
    secret = secrets.token_urlsafe(32)
    with inst.act(officer) as tx:
        feeds.keep(tx, officer.officer_id, digest(secret), inst.now())
    return secret


def end(inst: Installation, officer: Officer) -> None:
    """Make the address worth nothing."""
    with inst.act(officer) as tx:
        feeds.forget(tx, officer.officer_id)


def made_at(inst: Installation, officer: Officer) -> datetime | None:
    """When the officer's address was made; None if there is none."""
    with inst.act(officer) as tx:
        return feeds.made_at(tx, officer.officer_id)


def calendar(inst: Installation, secret: str, on: date) -> str:
    """The calendar that an address gives: one entry a day on which reviews of one's own cases are due.

    Raises:
        NotFound: The address opens nothing.
    """
    with inst.act(ENGINE) as tx:
        officer_id = feeds.whose(tx, digest(secret))
    if officer_id is None:
        raise NotFound("calendar", "this address", "Make a new address on your account's page.")
    officer = officers.officer(inst, officer_id, on)
    days: Counter[date] = Counter()
    if officer.holds(*MAY[Act.READ_CASES]):
        wanted = CaseFilter(on, owner_id=officer_id, due_before=on + AHEAD)
        with inst.act(officer) as tx:
            for line in lists.page(tx, wanted, "review", size=MOST).lines:
                if line.review_on:
                    days[max(line.review_on, on)] += 1
    return _written(days, digest(officer_id)[:16], inst.now())


def _written(days: Counter[date], whose: str, at: datetime) -> str:
    """RFC 5545, whole days; lines end with CR LF."""
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//casework//reviews//EN", "X-WR-CALNAME:Reviews due"]
    for day, count in sorted(days.items()):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day:%Y%m%d}-{whose}@casework",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{count} {'review' if count == 1 else 'reviews'} due",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
