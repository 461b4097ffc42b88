"""Who is tried next about an absence without a reason: the ladder of contacts, as the school's policy has it.

Contact comes before everything else and is never held up. A rung ends the ladder for the day only where its
own test is met: for one that asks that the child be seen, speaking to a parent is not enough.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from casework.domain import Role
from casework.policy import Policy, Value
from casework.rules.duties import roles_of, with_policy_flags


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt made: which rung, whom, and what came of it."""

    rung: str
    contact_id: str = ""
    outcome: str = "no_answer"
    child_seen: bool = False


@dataclass(frozen=True, slots=True)
class ToTry:
    """One contact to make now. `contact_ids` are the pupil's own contacts to try, in order."""

    rung: str
    says: str
    whom: str
    method: str
    roles: tuple[Role, ...]
    contact_ids: tuple[str, ...]
    by_time: str
    value: Value


def rungs(policy: Policy, day: int, flags: Collection[str], on: date) -> tuple[tuple[str, Value], ...]:
    """The rungs that belong to a school day of an absence, in order.

    Source: contacts
    """
    known = with_policy_flags(policy, flags, on)
    found = [
        (name, value)
        for name, value in policy.under("contacts", on).items()
        if (day == value.get("day", 1) or (value.get("and_after") and day > value.get("day", 1)))
        and (not value.get("flags") or not set(value.flags).isdisjoint(known))
        and set(value.get("without") or ()).isdisjoint(known)
    ]
    return tuple(sorted(found, key=lambda item: (item[1].order, item[0])))


def provider_rule(policy: Policy, on: date) -> Value | None:
    """How pupils taught elsewhere are confirmed: by which codes, by what time; None without such a rule."""
    key = "review.provider_attendance"
    return policy.maybe(key, on) if key in policy.timelines else None


def ask_provider(policy: Policy, on: date) -> ToTry:
    """The call to the provider, which comes before any to the family of a pupil taught elsewhere.

    Source: review.provider_attendance
    """
    rule = policy.value("review.provider_attendance", on)
    who = (Role.ATTENDANCE_OFFICER, Role.PASTORAL_LEAD)
    return ToTry("provider", rule.says, "provider", "call", who, (), str(rule.by_time), rule)


def to_try(
    policy: Policy,
    day: int,
    contacts: Sequence[str],
    tried: Sequence[Tried],
    on: date,
    flags: Collection[str] = (),
    concern: bool = False,
) -> tuple[ToTry, ...]:
    """The contacts to make now, the next first; nothing once the test of every rung still open is met.

    Args:
        day: Which school day in a row of the absence this is, from 1.
        contacts: The pupil's contacts who may be called, by priority.
        tried: What was tried today.
        concern: Whether a person has recorded concern for the child's welfare.

    Source: contacts
    """
    spoken = any(item.outcome in ("spoken", "seen") for item in tried)
    seen = any(item.child_seen for item in tried)
    today = rungs(policy, day, flags, on)
    done = {name for name, value in today if _is_exhausted(name, value, contacts, tried)}
    found = []
    for name, value in today:
        met = seen if value.get("until", "spoken") == "seen" else spoken or seen
        waits = [other for other in value.get("after") or () if other not in done]
        if met or waits or (value.get("concern") and not concern):
            continue
        people = _people(value, contacts)
        left = tuple(p for p in people if not any(t.rung == name and t.contact_id == p for t in tried))
        if (value.whom == "contacts" and not left) or (value.whom != "contacts" and name in done):
            continue
        found.append(
            ToTry(
                rung=name,
                says=value.says,
                whom=value.whom,
                method=value.method,
                roles=roles_of(policy, value.by, on),
                contact_ids=left,
                by_time=str(value.get("by_time") or ""),
                value=value,
            )
        )
    return tuple(found)


def _is_exhausted(name: str, value: Value, contacts: Sequence[str], tried: Sequence[Tried]) -> bool:
    """Whether everybody of a rung was tried; nobody to try counts as tried."""
    asked = {item.contact_id for item in tried if item.rung == name}
    if value.whom == "contacts":
        return set(_people(value, contacts)) <= asked
    return bool(asked)


def _people(value: Value, contacts: Sequence[str]) -> tuple[str, ...]:
    return tuple(contacts[value.get("first", 1) - 1 : value.get("last")]) if value.whom == "contacts" else ()
