"""A school of several centres: each pupil is attached to one, whose letters, checks and tasks they are."""

from collections.abc import Iterable
from datetime import date

from casework.domain import Pupil
from casework.policy import Policy, Value


def rule(policy: Policy, on: date) -> Value | None:
    """How the policy attaches pupils to centres; None for a school that is one place.

    Source: centres
    """
    return next(iter(policy.under("centres", on).values()), None)


def centre_of(policy: Policy, pupil: Pupil, on: date) -> str:
    """The centre the roll attaches a pupil to; empty where there are none, or nobody has attached the pupil.

    Source: centres
    """
    asked = rule(policy, on)
    return str(getattr(pupil, asked.field)) if asked else ""


def centres(policy: Policy, pupils: Iterable[Pupil], on: date) -> tuple[str, ...]:
    """Every centre somebody is attached to, by name."""
    return tuple(sorted({centre_of(policy, pupil, on) for pupil in pupils} - {""}))


def unattached(policy: Policy, pupils: Iterable[Pupil], on: date) -> tuple[Pupil, ...]:
    """The pupils of a school of several centres whom the roll attaches to none."""
    return tuple(p for p in pupils if not centre_of(policy, p, on)) if rule(policy, on) else ()


def said(policy: Policy, pupil: Pupil, on: date) -> str:
    """The centre as a task and a letter say it, such as `Learning centre: The Loft.`; empty without one."""
    asked, name = rule(policy, on), centre_of(policy, pupil, on)
    return f"{asked.called}: {name}." if asked and name else ""
