"""Work already under way when a school starts: on the case, in its order, at the stage it shows."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from casework.actions.installation import Installation
from casework.actions.policies import policy_for, policy_of
from casework.actions.recording import By, next_id
from casework.actions.sweeping import open_for
from casework.domain import ENGINE, Answer, Case, Event, Finding
from casework.domain import events as e
from casework.policy import Policy
from casework.rules.duties import KEY
from casework.storage import cases, clocks, people, schools

BEFORE = "history"
"""Who work recorded before casework came is by, where the file does not say."""


def seed(
    inst: Installation, tx: Connection, history: Sequence[Any], on: date, flow_run: str
) -> tuple[list[str], int]:
    """Put work already under way on the pupil's case, opening one where there is none; each row once.

    Returns:
        The cases that were added to, and how many rows were new.
    """
    touched: list[str] = []
    new = 0
    by_pupil: dict[str, list[Any]] = {}
    for row in history:
        by_pupil.setdefault(row.upn, []).append(row)
    for upn in sorted(by_pupil):
        rows = sorted(by_pupil[upn], key=lambda row: (row.on, row.row))
        urn = _school_of(tx, upn, on)
        fresh = [row for row in rows if clocks.claim(tx, _history_key(urn, row), "history", None, flow_run)]
        if not fresh:
            continue
        school = schools.school(tx, urn)
        by = By(ENGINE, fresh[0].on, flow_run=flow_run)
        case = cases.open_case_of(tx, upn, urn)
        if case is None:
            says = f"Work already under way since {fresh[0].on:%d %B %Y}."
            finding = Finding("history", Answer.HOLDS, says)
            case = open_for(inst, tx, school, policy_of(school), by, upn, None, finding)
        cases.lock(tx, case.ref)
        events = tuple(_from_history(case.ref, row, number) for number, row in enumerate(fresh, 1))
        sent = tuple(_sent_before(policy_for(case, school), case, fresh, on, len(events)))
        events += sent
        following = _seed_stage(case, fresh, on, flow_run)
        cases.append(tx, case.ref, (*events, *following), None, inst.now())
        touched.append(case.ref)
        new += len(fresh)
    return touched, new


def _history_key(urn: str, row: Any) -> str:
    parts = (urn, row.upn, row.on.isoformat(), row.kind, row.contact_id, row.outcome, row.detail)
    return "history:" + hashlib.sha256("|".join(parts).encode()).hexdigest()


def _school_of(tx: Connection, upn: str, on: date) -> str:
    """The school whose roll the pupil is on, or was last."""
    spells = people.enrolments(tx, upn)
    now = [s for s in spells if s.on_roll_from <= on and (s.on_roll_to is None or on <= s.on_roll_to)]
    return (now or list(spells))[-1].urn


def _from_history(case_ref: str, row: Any, number: int) -> Event:
    """A row of history.csv as the event it was, on its own day, marked with the file it came from."""
    header: dict[str, Any] = {
        "case_ref": case_ref,
        "on": row.on,
        "by": row.by or BEFORE,
        "source": row.file,
    }
    detail, outcome = row.detail, row.outcome
    match row.kind:
        case "call" | "visit":
            seen = True if outcome == "seen" else None
            return e.ContactRecorded(
                **header,
                method=row.kind,
                outcome=outcome or "spoken",
                parent_id=row.contact_id,
                child_seen=seen,
                says=detail,
            )
        case "support_offer":
            return e.SupportOffered(
                **header,
                offer_id=f"SH{number}",
                barrier=detail or "not recorded",
                offer=detail or "not recorded",
                parent_id=row.contact_id,
            )
        case "review":
            return e.ReviewHeld(**header, outcome=outcome or detail, next_review_on=row.review_on)
        case "referral":
            return e.AgencyInvolved(**header, agency=detail or "not recorded", outcome=outcome)
        case _:
            words = " ".join(
                part for part in (row.kind.replace("_", " ").capitalize(), outcome, detail) if part
            )
            return e.NoteAdded(**header, text=f"{words} (recorded before casework)")


def _sent_before(policy: Policy, case: Case, rows: Sequence[Any], on: date, ahead: int) -> Iterator[Event]:
    """Each letter of the school's own policy that a row names by its title, as a duty done on that day.

    What the policy asks next then follows from there: after a Level 1 letter, a Level 2.

    Args:
        ahead: How many events of the same import stand before these.
    """
    titles = {name: letter.title.casefold() for name, letter in policy.under("letters", on).items()}
    sends = [
        (name, titles[duty.letter]) for name, duty in policy.under("duties", on).items() if duty.get("letter")
    ]
    for row in rows:
        for duty in [name for name, title in sends if title == row.detail.strip().casefold()]:
            header: dict[str, Any] = {
                "case_ref": case.ref,
                "on": row.on,
                "by": row.by or BEFORE,
                "source": row.file,
            }
            task_id = next_id(case, "T", ahead)
            key = f"{KEY}{duty}:history:{row.on}"
            yield e.TaskAdded(
                **header,
                task_id=task_id,
                title=f"{row.detail} (sent before casework)",
                due_on=row.on,
                effect_key=key,
            )
            yield e.TaskDone(**header, task_id=task_id, outcome="Sent before casework")
            ahead += 2


_STAGE_SHOWN: dict[str, type[e.Step]] = {
    "concern_letter": e.NoticingStarted,
    "call": e.NoticingStarted,
    "visit": e.NoticingStarted,
    "meeting": e.SupportiveActionsStarted,
    "support_offer": e.SupportiveActionsStarted,
    "contract": e.AttendanceContractAgreed,
}


def _seed_stage(case: Case, rows: Sequence[Any], on: date, flow_run: str) -> tuple[Event, ...]:
    """The highest stage that the history shows, recorded as what it is: work done before, by others."""
    order = list(_STAGE_SHOWN.values())
    shown = [row for row in rows if row.kind in _STAGE_SHOWN]
    reviews = [row.review_on for row in rows if row.review_on is not None and row.review_on >= on]
    following: list[Event] = []
    if shown and case.stage is None:
        row = max(shown, key=lambda item: (order.index(_STAGE_SHOWN[item.kind]), item.on))
        header: dict[str, Any] = {
            "case_ref": case.ref,
            "on": row.on,
            "by": row.by or BEFORE,
            "flow_run": flow_run,
            "source": row.file,
            "reasons": "Under way when the school started with casework; see the history imported.",
        }
        match row.kind:
            case "contract":
                ends_on = row.review_on or row.on
                following.append(
                    e.AttendanceContractAgreed(
                        **header, starts_on=row.on, ends_on=ends_on, review_on=row.review_on
                    )
                )
            case _:
                following.append(_STAGE_SHOWN[row.kind](**header))
    if reviews:
        scheduled = e.ReviewScheduled(
            **By(ENGINE, rows[-1].on, flow_run=flow_run).header(case.ref),
            review_on=min(reviews),
            reason="From the history",
        )
        following.append(scheduled)
    return tuple(following)
