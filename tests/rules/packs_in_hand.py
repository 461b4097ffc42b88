"""How a test writes a pack before it goes: one that may, and then one thing changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from casework.domain import Event, Parent
from casework.domain import events as e
from casework.domain.evidence import Checked, Held
from casework.rules.preflight import PackInHand, checked, wanted
from casework.rules.situation import Situation
from tests.situations import (
    SUPPORTED,
    A,
    B,
    came_of,
    head_of,
    nti,
    offer,
    situation,
    verdict,
)

ON = "2026-11-23"
ABSENT = "2026-09-14..2026-09-16 O; 2026-09-21 O; 2026-09-28 O; 2026-10-12 O; 2026-10-13 AM U; 2026-11-02 O"
LEAVE = "2026-11-09..2026-11-13 G"
RELATED = {"relationship": "mother"}


def whole(parent: Parent, **changes: Any) -> Parent:
    """A parent with everything a form asks."""
    return replace(parent, **({"relationship": "parent"} | changes))


HAPPENED: tuple[Event, ...] = (
    *SUPPORTED,
    e.MeetingHeld(**head_of("2026-09-18"), meeting_id="M1", attended=("A",), pupil_view="I miss the bus."),
    offer("2026-09-18", barrier="early_help", offer_id="eh"),
    came_of("2026-09-22", "declined", "eh"),
    nti("2026-10-02", "2026-11-13"),
    verdict("2026-11-16"),
    e.ParentTold(**head_of("2026-11-17"), parent_id="A", of="penalty_notice_referral"),
)
DECIDED = e.PenaltyNoticeRequested(
    **head_of(ON),
    role="headteacher",
    parent_id="A",
    reasons="It is right.",
    la_code="926",
    period_from=date(2026, 9, 14),
    period_to=date(2026, 11, 2),
)


def held(kind: str, on: str = "2026-10-02", source: str = "", **more: Any) -> Held:
    """Something the case holds: a letter to parent A, posted, unless said otherwise."""
    return Held(
        kind=kind,
        title=kind.replace("_", " ").capitalize(),
        on=date.fromisoformat(on),
        source=source or f"#{kind}",
        sha256="0" * 64,
        **({"parent_id": "A", "posted": True} | more),
    )


HOLDS = (
    held("penalty_notice_request", ON),
    held("notice_to_improve"),
    held("attendance_contract", "2026-09-25"),
    held("concern_letter", "2026-09-17"),
    held("previous_year_printout", "2026-11-20", parent_id=""),
    held("proof_of_posting", "2026-10-02", parent_id=""),
)
FORM = {"counted": 15, "unauthorised": 15, "sessions": [{}] * 15}


def about(
    absences: str = ABSENT, *events: Event, on: str = ON, la_code: str = "926", **changes: Any
) -> Situation:
    """The case of a pack on its day; the register of the year before is held from January alone."""
    given = events or (*HAPPENED, DECIDED)
    parents = changes.pop("parents", (whole(A), whole(B)))
    made = situation(on, absences, *given, parent=parents[0], la_code=la_code, parents=parents, **changes)
    joined = replace(made.facts.registers[0], roll=((date(2024, 9, 2), None),))
    return replace(made, facts=replace(made.facts, registers=(joined,)))


def yes(check: str, role: str = "headteacher", answer: str = "yes") -> e.EvidencePackAnswered:
    """An answer about the pack."""
    return e.EvidencePackAnswered(
        **head_of(ON), role=role, pack_id="E1", check=check, answer=answer, because="It was looked at."
    )


def in_hand(
    now: Situation | None = None,
    pack: str = "penalty_notice_request",
    holds: Sequence[Held] = HOLDS,
    answered: Sequence[str] = ("V7", "V11", "V12", "V22"),
    **changes: Any,
) -> PackInHand:
    """A pack that may go, unless something is changed."""
    now = now or about()
    made = PackInHand(
        situation=now,
        pack=pack,
        wanted=wanted(now, pack, holds),
        forms={"penalty_notice_request": FORM},
        texts={"The request": "A penalty notice of £160, or £80 if paid early."},
        answers={check: yes(check) for check in answered},
    )
    return replace(made, **changes)


def found(pack: PackInHand, check: str) -> Checked:
    """What one check says; the worst where several rows bear its name."""
    rows = [c for c in checked(pack) if check in (c.check, c.item if c.check == "contents" else "")]
    assert rows, f"{check} is not asked of a {pack.pack}"
    return next((c for c in rows if c.stops), rows[0])


def stops(pack: PackInHand) -> dict[str, str]:
    """Everything that keeps a pack back, and how."""
    return {c.item if c.check == "contents" else c.check: c.outcome.value for c in checked(pack) if c.stops}
