"""The policy of a school, and what facts and readers need of it as plain values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from casework.domain import Case, NotFound, Problem, School, Source
from casework.domain import events as e
from casework.facts import CodeClasses, Limits
from casework.policy import Policy
from casework.policy.check import check
from casework.policy.load import ENGLAND, PACKS, load, manifest, names, placed_at
from casework.policy.versions import ends_on, kept, version_on
from casework.rules import examples

ALL_PACKS = PACKS
"""Where every layer's packs are."""
SCHOOL_PACKS = PACKS / "school"
"""Where the schools' packs are."""


def policy_of(school: School) -> Policy:
    """England, the school's LA, its trust and its own pack, folded into one.

    Raises:
        NotFound, PolicyRefused: The school names a pack that is not there, or that cannot be used.
    """
    return load(school.policy or "national", school.la_code or None)


def policy_for(case: Case, school: School) -> Policy:
    """The school's policy as this case keeps it: the version it began under, or was moved to by a person."""
    moved = case.last(e.PolicyMoved)
    end = ends_on(versions_of(school.policy or "national"), moved.on if moved else case.opening.on)
    policy = policy_of(school)
    return kept(policy, end) if end else policy


def version_of(school: School, on: date) -> str:
    """The name of the version of a school's own policy in force on a day; empty where it names none."""
    return version_on(versions_of(school.policy or "national"), on)


@lru_cache(maxsize=64)
def versions_of(pack: str) -> Mapping[str, date]:
    """The versions of a school's own policy, each with the day it begins."""
    return manifest(PACKS / "school" / pack).versions


@lru_cache(maxsize=512)
def code_classes(policy: Policy, on: date) -> CodeClasses:
    """The class of every code by date, with the named sets in force on a day."""
    timeline = policy.timelines["attendance_codes.classes"]
    dated = [
        (since, value.fields)
        for since, value in zip(timeline.dates, timeline.values, strict=True)
        if value is not None
    ]
    groups = policy.value("attendance_codes.groups", on).fields
    return CodeClasses.from_values(dated, groups, policy.value("penalty_notice.threshold", on).codes)


@lru_cache(maxsize=512)
def limits(policy: Policy, on: date) -> Limits:
    """The numbers that facts look back by, on a day."""
    threshold = policy.value("penalty_notice.threshold", on)
    return Limits(
        threshold_sessions=threshold.sessions,
        threshold_school_weeks=threshold.school_weeks,
        unexplained_school_days=policy.value("clocks.resolve_n", on).length,
    )


@dataclass(frozen=True)
class PolicyCodes:
    """The codes in force by date, for the readers of register files: a `CodeBook`."""

    policy: Policy

    def codes(self, on: date) -> frozenset[str]:
        """Every statutory code in force on the day of a session."""
        return _codes(self.policy, on)

    def present(self, on: date) -> frozenset[str]:
        """The codes that say the pupil was seen in school; none can be true of a day to come."""
        groups = self.policy.value("attendance_codes.groups", on)
        return frozenset(groups.present) | frozenset(groups.late)

    def statutory(self, display: str, on: date) -> str | None:
        """The statutory code behind an old or local display code, or None where a person must say."""
        local = self.policy.maybe("attendance_codes.display", on)
        return str(local.codes.get(display)) if local and display in local.codes else None

    def counted_as(self, code: str, on: date) -> str:
        """`attended`, `authorised`, `unauthorised`, or empty: not a possible session."""
        classes = self.policy.value("attendance_codes.classes", on).fields
        found = next((name for name, codes in classes.items() if code in codes), "")
        return {"attending": "attended"}.get(found, found if found in ("authorised", "unauthorised") else "")


@lru_cache(maxsize=4096)
def _codes(policy: Policy, on: date) -> frozenset[str]:
    classes = policy.value("attendance_codes.classes", on).fields
    return frozenset(code for codes in classes.values() for code in codes)


@dataclass(frozen=True)
class Shown:
    """One key on a day, ready to be printed. `since` None: no layer gives it a value then."""

    key: str
    says: str
    fields: Mapping[str, object]
    source: Source
    layer: str
    since: date | None
    ask: str = ""

    @property
    def verified(self) -> bool:
        """Whether the source was read."""
        return self.source.verified

    @property
    def in_short(self) -> str:
        """The value on one line."""
        if self.since is None:
            return f"not known; ask {self.ask}" if self.ask else "no value"
        return ", ".join(f"{name} = {value}" for name, value in self.fields.items())

    def as_data(self) -> dict[str, object]:
        """The same as plain values."""
        return {
            "key": self.key,
            "says": self.says,
            "value": dict(self.fields),
            "since": self.since,
            "source": {
                "title": self.source.title,
                "href": self.source.href,
                "force": self.source.force.value,
            },
            "verified": self.verified,
            "ask": self.ask,
            "layer": self.layer,
        }


def shown(pack: str, la_code: str, key: str, on: date) -> tuple[Shown, ...]:
    """A key on a day, or every key that begins so.

    Raises:
        NotFound: No key is, or begins, like that.
        NotInForce: The one key asked for has no value on that day.
    """
    policy = load(pack, la_code or None)
    keys = (key,) if key in policy.timelines else policy.keys(key)
    if not keys:
        raise NotFound("policy key", key, "See every key with: casework policy show ''.")
    if keys == (key,):
        policy.value(key, on)
    return tuple(_shown(policy, name, on) for name in keys)


def _shown(policy: Policy, key: str, on: date) -> Shown:
    value = policy.maybe(key, on)
    if value is not None:
        return Shown(key, value.says, value.fields, value.source, value.layer, value.since)
    declared = policy.declarations[key]
    return Shown(key, declared.says, {}, declared.source, declared.layer, None, declared.ask)


def problems(packs: Path = PACKS) -> tuple[Problem, ...]:
    """Everything wrong with any pack, its own examples among it; none when all are sound.

    Args:
        packs: The folder of packs, with its layers in folders of their own.

    Raises:
        NotFound: It holds no such layers.
    """
    if not (packs / ENGLAND).is_dir():
        raise NotFound("folder of packs", str(packs), f"Name one that holds {ENGLAND}, la, trust and school.")
    found = check(packs)
    return found or tuple(fault for pack in names(packs / "school") for fault in _examples(pack, packs))


def _examples(pack: str, packs: Path) -> Iterator[Problem]:
    policy = load(pack, packs=packs)
    for key in policy.keys("examples."):
        since = policy.history(key).dates[0]
        codes, numbers = code_classes(policy, since), limits(policy, since)
        remedy = "Correct the example, or the rule it is about."
        for faulty, says in examples.faults(policy, codes, numbers):
            if faulty == key:
                file, line = placed_at(pack, key, packs)
                yield Problem(file, line, key, "", says, remedy)


def packs() -> dict[str, dict[str, str]]:
    """The packs there are, by layer and name, with their titles."""
    return {
        kind: {name: manifest(PACKS / kind / name).title for name in names(PACKS / kind)}
        for kind in ("la", "trust", "school")
        if (PACKS / kind).is_dir()
    }
