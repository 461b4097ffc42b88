"""Whether what one entry of a policy names is there: roles, triggers, duties, letters, events and keys."""

from collections.abc import Collection, Iterator
from dataclasses import fields
from functools import lru_cache

from casework.domain.events import EVENTS
from casework.domain.words import in_words
from casework.policy import Value

PUPIL_FLAGS = frozenset(
    {
        "looked_after",
        "social_worker",
        "youth_justice",
        "young_carer",
        "traveller",
        "part_time_timetable",
        "fsm",
        "sen",
        "ehcp",
        "language",
        "nursery",
        "moved_recently",
    }
)
"""What is known of a pupil without a policy saying more."""


def strangers(key: str, value: Value, keys: Collection[str]) -> Iterator[str]:
    """What an entry names that no entry, event or fact bears, each as a sentence."""
    subject = key.partition(".")[0]
    for field, of in _NAMED.get(subject, ()):
        named = value.get(field)
        for name in (named,) if isinstance(named, str) else named or ():
            if f"{of}.{name}" not in keys:
                yield f"{field} names {name}, and there is no {of}.{name}."
    for on, of in _OF.items() if subject == "duties" else ():
        for name in value.of if value.on == on else ():
            if f"{of}.{name}" not in keys:
                yield f"of names {name}, and there is no {of}.{name}."
    for name in value.get("holding") or ():
        if f"triggers.{name}" not in keys:
            yield f"holding names {name}, and there is no triggers.{name}."
    if subject == "duties" and value.on == "event":
        for kind in value.of:
            wanted = [*value.get("where", ()), *value.get("mentions", ())]
            yield from _unlike_the_event(kind, wanted, "of")
    if subject in ("records", "gates"):
        wanted = [*value.get("where", ()), *value.get("sets", ())]
        if subject == "records":
            wanted += value.get("needs", ())
        yield from _unlike_the_event(value.event, wanted, "event")
    if subject == "records" and value.get("starts"):
        if value.starts not in keys:
            yield f"starts names {value.starts}, and no layer declares it."
        if "reply_by" not in value.get("needs", ()):
            yield "starts wants a day agreed, and the record does not need reply_by."
    for name in value.get("keys", ()) if subject == "follows" else ():
        if name not in keys:
            yield f"keys names {name}, and no layer declares it."
    if subject == "unrun" and value.get("instead") and value.instead not in keys:
        yield f"instead names {value.instead}, and no layer declares it."
    for field in ("flags", "without") if subject in _NAMED else ():
        for name in value.get(field) or ():
            if name not in PUPIL_FLAGS and f"flags.{name}" not in keys:
                yield f"{field} names {name}, which is neither a fact of a pupil nor a flag of the policy."


FREE = {"item_received": "item", "enquiry_made": "enquiry", "safeguarding_flagged": "flag"}
"""Fields in which people name a thing in their own words, by the kind of event."""


def never_recorded(value: Value, records: Collection[Value]) -> Iterator[str]:
    """What an entry waits for by a name that no kind of record of the policy gives: nobody would write it."""
    wanted = value.get("where")
    kept = {
        (record.event, name, str(said))
        for record in records
        for name, said in (record.sets.fields.items() if record.get("sets") else ())
    }
    for kind in value.get("of") or (value.get("event"),):
        field = FREE.get(str(kind))
        for word in wanted.fields[field] if wanted and field in wanted else ():
            if (kind, field, word) not in kept:
                yield f"where waits for {field} = {word}, and no record of the policy sets it."


def never_answered(value: Value, asked: Value) -> Iterator[str]:
    """What a duty waits for among the answers to another, and nobody is asked to choose from."""
    choices = [in_words(choice) for choice in asked.get("asks") or ()]
    for word in value.mentions.outcome:
        if word not in choices:
            yield f"mentions waits for the answer {word}, and {asked.key} does not ask for it."


def _unlike_the_event(kind: str, wanted: Collection[str], field: str) -> Iterator[str]:
    if kind not in EVENTS:
        yield f"{field} names {kind}, and nothing of that kind is ever recorded."
        return
    for name in wanted:
        if name not in _fields(kind):
            yield f"an event {kind} has no {name}; it has {', '.join(sorted(_fields(kind)))}."


@lru_cache(maxsize=256)
def _fields(kind: str) -> frozenset[str]:
    return frozenset(field.name for field in fields(EVENTS[kind]))


_OF = {"trigger": "triggers", "answer": "duties"}
"""What the `of` of a duty names, by what sets it off."""
_NAMED: dict[str, tuple[tuple[str, str], ...]] = {
    "duties": (("by", "roles"), ("letter", "letters"), ("after", "duties"), ("unless", "duties")),
    "contacts": (("by", "roles"), ("after", "contacts")),
    "records": (("by", "roles"),),
    "centres": (("by", "roles"),),
    "gates": (),
    "flags": (),
    "letters": (("signed_by", "roles"), ("approved_by", "roles")),
    "reports": (("by", "roles"),),
    "requests": (("to", "roles"),),
}
"""The fields of a subject that name entries of another."""
