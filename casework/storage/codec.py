"""Events and the JSON that keeps them: a kind, a version and a body.

The envelope of an event (case, day, who, role, run) has columns of its own; everything else is the body. A
class that changes its shape raises its `version` and adds a step to `UPGRADES`, so that an old body is read
for ever and never rewritten.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from casework.domain.errors import CaseworkError
from casework.domain.events import EVENTS, Event, Recorded

Body = dict[str, Any]

ENVELOPE = ("case_ref", "on", "by", "role", "flow_run")
COVERED = ("case_ref", "sequence", "kind", "version", "by", "role", "body")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

UPGRADES: dict[tuple[str, int], Callable[[Body], Body]] = {}
"""(kind, version) -> how a body of that version becomes one of the next."""


class NotStorable(CaseworkError):
    """A text holds a character that no database or letter can keep."""

    def __init__(self, kind: str, field: str) -> None:
        self.kind, self.field = kind, field
        super().__init__(
            f"The {field.replace('_', ' ')} of {kind.replace('_', ' ')} holds a character "
            "that cannot be kept (an empty control character or half of a symbol). "
            "Delete it and type the text again."
        )


class NotReadable(CaseworkError):
    """A stored event is of a kind or shape that this release does not know."""

    def __init__(self, kind: str, version: int, why: str) -> None:
        self.kind, self.version = kind, version
        super().__init__(
            f"A stored {kind.replace('_', ' ')} (version {version}) cannot be read: {why}. "
            "Run the release that wrote it, or a later one."
        )


def encode(event: Event) -> Body:
    """The body of an event as plain JSON values: dates as `2026-10-05`, times with their offset.

    Raises:
        NotStorable: A text holds NUL or an unpaired surrogate; nothing is dropped silently.
    """
    for name in event.__dataclass_fields__:
        refuse_unstorable(event.kind, name, getattr(event, name))
    body: Body = _adapter(event.kind).dump_python(event, mode="json", exclude=set(ENVELOPE))
    return body


def decode(kind: str, version: int, body: Body, envelope: Mapping[str, Any]) -> Event:
    """The event that a body and its envelope stand for, brought up to today's version.

    Raises:
        NotReadable: An unknown kind, a version from a later release, or a body of another shape.
    """
    event_class = EVENTS.get(kind)
    if event_class is None:
        raise NotReadable(kind, version, "this release knows no such kind of event")
    if version > event_class.version:
        raise NotReadable(kind, version, f"this release knows versions up to {event_class.version}")
    for old in range(version, event_class.version):
        body = UPGRADES[kind, old](body)
    try:
        event: Event = _adapter(kind).validate_python({**body, **envelope})
    except ValidationError as error:
        fields = ", ".join(str(problem["loc"][0]) for problem in error.errors() if problem["loc"])
        raise NotReadable(kind, version, f"its body has another shape at {fields}") from error
    return event


def canonical(values: Mapping[str, Any]) -> bytes:
    """The one way a set of JSON values is written before it is hashed: keys sorted, no spaces, UTF-8."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def first_hash(case_ref: str) -> str:
    """What the first event of a case is chained to."""
    return hashlib.sha256(case_ref.encode()).hexdigest()


def content_hash(previous: str, row: Mapping[str, Any]) -> str:
    """The SHA-256 that ties an event's content to the event before it.

    The time of recording and the run are left out, so that the same work done twice (a rehearsal, a killed
    run finished later) gives the same hashes; `time_hash` holds those two.

    Args:
        previous: The hash of the event before, or `first_hash`.
        row: The event as the table `event` has it; only what the hash covers is looked at.
    """
    covered = canonical({name: row[name] for name in COVERED} | {"on_date": row["on_date"].isoformat()})
    return hashlib.sha256(previous.encode() + covered).hexdigest()


def time_hash(previous: str, event_hash: str, recorded_at: datetime, flow_run: str) -> str:
    """The SHA-256 that ties the time of recording and the run to the event, chained in the same order."""
    moment = recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256("|".join((previous, event_hash, moment, flow_run)).encode()).hexdigest()


def row_of(event: Event, sequence: int, recorded_at: datetime) -> Body:
    """An event as the table `event` keeps it, without its hashes."""
    return {
        "case_ref": event.case_ref,
        "sequence": sequence,
        "kind": event.kind,
        "version": event.version,
        "on_date": event.on,
        "recorded_at": recorded_at,
        "by": event.by,
        "role": event.role,
        "flow_run": event.flow_run,
        "body": encode(event),
    }


def recorded(row: Mapping[str, Any]) -> Recorded:
    """A stored row as the domain knows it. Columns as in the table `event`."""
    envelope = {
        "case_ref": row["case_ref"],
        "on": row["on_date"],
        "by": row["by"],
        "role": row["role"],
        "flow_run": row["flow_run"],
    }
    event = decode(row["kind"], row["version"], row["body"], envelope)
    return Recorded(row["sequence"], row["recorded_at"], event, row["previous_hash"], row["hash"])


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(EVENTS[kind])


def refuse_unstorable(kind: str, field: str, value: object) -> None:
    """Refuse a value that holds text no database can keep, however deep.

    Raises:
        NotStorable: It does.
    """
    match value:
        case str():
            if _UNSTORABLE.search(value):
                raise NotStorable(kind, field)
        case tuple():
            for item in value:
                refuse_unstorable(kind, field, item)
        case date() | int() | None:
            return
        case _:
            for name in value.__dataclass_fields__:  # type: ignore[attr-defined]
                refuse_unstorable(kind, field, getattr(value, name))
