"""A school's own policy in daily use: its records, reasons, leave, arrivals, and roles nobody holds."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any

from casework.actions import safeguarding
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_for, policy_of
from casework.actions.recording import By, Header, Unclear, next_id, write
from casework.domain import Case, Event, Finding, Half, Officer
from casework.domain import events as e
from casework.domain.events import EVENTS
from casework.policy import Policy
from casework.rules import arrivals, asked, kept
from casework.rules.asked import LeaveAsked
from casework.rules.duties import unfilled
from casework.storage import cases, people, schools


def record(inst: Installation, by: By, case_ref: str, kind: str, given: Mapping[str, str]) -> Case:
    """Keep one of the policy's kinds of record on a case, with everything the policy asks for.

    One that is a concern goes to the DSL, and what is given as `words` is sealed.

    Raises:
        NotInForce: The policy has no such kind of record.
        RecordLacks: Something it asks for is missing.
        Unclear: What was given is of another kind than the record's field, or no field of it at all.
    """
    require(by.officer, Act.WRITE_CASES)
    if kind in (concerns := _concerns(inst, by.officer, case_ref, by.on)):
        return safeguarding.flag(inst, by, case_ref, concerns[kind], given.get("words", ""))

    def make(tx: Any, case: Case, header: Any) -> tuple[Any, ...]:
        policy = policy_for(case, schools.school(tx, case.urn))
        event = policy.value(f"records.{kind}", by.on).event
        said = {**_ids(case, event), **_typed(event, given)}
        made = kept.make(policy, kind, header, said, by.on)
        return (made, *received(policy, case, header, made))

    return write(inst, by, case_ref, make)


def received(policy: Policy, case: Case, header: Header, made: Event) -> tuple[Event, ...]:
    """The clock that goes with something that came in, where the policy starts one to a day agreed."""
    if not isinstance(made, e.ItemReceived):
        return ()
    clock = kept.clock_of(policy, made, next_id(case, "K", 1), header)
    return (clock,) if clock else ()


def kinds(inst: Installation, officer: Officer, urn: str, on: date) -> dict[str, str]:
    """The kinds of record a school's policy asks for, each with what it is."""
    return kept.kinds(_policy(inst, officer, urn), on)


def reason(
    inst: Installation, officer: Officer, urn: str, given: str, on: date, shown: tuple[str, ...] = ()
) -> Finding:
    """How a reason for absence stands under the school's policy; a person decides."""
    return asked.reason(_policy(inst, officer, urn), given, on, shown)


def leave(
    inst: Installation,
    officer: Officer,
    urn: str,
    asked_on: date,
    first_day: date,
    last_day: date,
    on: date,
) -> tuple[Finding, ...]:
    """What to know before a request for leave is decided: when it was asked, and the days it is for."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        policy, calendar = policy_of(schools.school(tx, urn)), schools.calendar(tx, urn)
    return asked.leave(policy, LeaveAsked(asked_on, first_day, last_day), calendar, on)


def code_for_arrival(
    inst: Installation, officer: Officer, urn: str, half: Half, arrived: time, on: date
) -> str:
    """The mark that an arrival at a time asks for; empty where the policy gives no times."""
    return arrivals.code_for(_policy(inst, officer, urn), half, arrived, on)


def roles_nobody_holds(inst: Installation, officer: Officer, urn: str, on: date) -> tuple[str, ...]:
    """Roles for which the policy wants somebody named, and nobody at the school is."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        policy = policy_of(schools.school(tx, urn))
        held = {role for who in people.officers(tx, on) if urn in who.schools for role in who.roles}
    return unfilled(policy, held, on)


def _policy(inst: Installation, officer: Officer, urn: str) -> Policy:
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return policy_of(schools.school(tx, urn))


def _concerns(inst: Installation, officer: Officer, case_ref: str, on: date) -> dict[str, str]:
    """The kinds of record that are a concern for the DSL, each with its flag: their words are sealed."""
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        records = policy_for(case, schools.school(tx, case.urn)).under("records", on)
    return {name: str(v.sets.flag) for name, v in records.items() if v.event == "safeguarding_flagged"}


def _ids(case: Case, event: str) -> dict[str, str]:
    """The id that a record brings with it, where its class has one of its own and nobody gives another."""
    own = {"item_received": ("item_id", "I"), "support_offered": ("offer_id", "S")}.get(event)
    return {own[0]: next_id(case, own[1])} if own else {}


def _typed(event: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Each text as the event's field holds it."""
    kinds_of = {field.name: str(field.type) for field in fields(EVENTS[event])}
    if strangers := sorted(set(given) - set(kinds_of)):
        raise Unclear(f"The record has no {', '.join(strangers)}.", f"It has {', '.join(sorted(kinds_of))}.")
    return {name: _as(kinds_of[name], name, text) for name, text in given.items()}


def _as(kind: str, name: str, text: str) -> Any:
    try:
        if "tuple" in kind:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        if "bool" in kind:
            return {"yes": True, "no": False}[text.lower()]
        if "datetime" in kind:
            return datetime.fromisoformat(text)
        if "date" in kind:
            return date.fromisoformat(text)
        return int(text) if "int" in kind else text
    except (KeyError, ValueError):
        wanted = (
            "yes or no" if "bool" in kind else "a day such as 2026-11-20" if "date" in kind else "a number"
        )
        raise Unclear(f"{name}: {text!r} is not {wanted}.", "Correct it, then record it again.") from None
