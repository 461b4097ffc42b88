"""The kinds of record a school's policy asks for, each as the event that keeps it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.domain import CaseworkError, Event
from casework.domain import events as e
from casework.domain.events import EVENTS
from casework.policy import Policy


class RecordLacks(CaseworkError):
    """A record leaves out what the policy asks for; everything missing is listed at once."""

    def __init__(self, kind: str, missing: tuple[str, ...]) -> None:
        self.kind, self.missing = kind, missing
        words = ", ".join(name.replace("_", " ") for name in missing)
        super().__init__(f"The record {kind.replace('_', ' ')} lacks {words}. Give it, then record it again.")


def kinds(policy: Policy, on: date) -> dict[str, str]:
    """Every kind of record the policy asks for, with what it is in words."""
    return {name: value.says for name, value in policy.under("records", on).items()}


def items(policy: Policy, on: date) -> tuple[str, ...]:
    """What the policy's records call the things that come in: requests, notes, what a parent shows.

    Source: records
    """
    kept = policy.under("records", on).values()
    named = (
        record.sets.get("item") for record in kept if record.event == "item_received" and record.get("sets")
    )
    return tuple(dict.fromkeys(str(item) for item in named if item))


def make(policy: Policy, kind: str, header: Mapping[str, Any], given: Mapping[str, Any], on: date) -> Event:
    """The event of one kind of record, with what the policy fixes and what a person gave.

    Raises:
        NotInForce: The policy has no such kind of record on that day.
        RecordLacks: Something the policy asks for was not given.

    Source: records
    """
    asked = policy.value(f"records.{kind}", on)
    missing = tuple(name for name in asked.get("needs") or () if given.get(name) in (None, "", ()))
    if missing:
        raise RecordLacks(kind, missing)
    fixed = dict(asked.sets.fields) if asked.get("sets") else {}
    return EVENTS[asked.event](**header, **{**given, **fixed})


def clock_of(
    policy: Policy, received: e.ItemReceived, clock_id: str, header: Mapping[str, Any]
) -> e.ClockStarted | None:
    """The clock that something received starts, to the day agreed; None where the policy names none.

    Source: records, clocks
    """
    for record in policy.under("records", received.on).values():
        names = record.event == received.kind and record.get("sets") and record.sets.item == received.item
        if names and record.get("starts") and received.reply_by is not None:
            return e.ClockStarted(
                **header,
                clock_id=clock_id,
                rule=record.starts,
                started_on=received.on,
                about=received.item,
                agreed_on=received.reply_by,
            )
    return None
