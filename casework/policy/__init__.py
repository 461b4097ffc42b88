"""The law, the local code, the trust's and the school's policy: a key's value on a day, and who said so."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from casework.domain import NotInForce, Source


class UnknownKey(NotInForce):
    """No layer declares the key at all: most often a slip of the pen in the code that asked."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one table of a policy file, read as attributes."""

    fields: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name == "fields" or name.startswith("__"):
            raise AttributeError(name)
        try:
            return self.fields[name]
        except KeyError:
            raise AttributeError(f"there is no field {name}; there are {', '.join(self.fields)}") from None

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def get(self, name: str, default: Any = None) -> Any:
        """A field that a policy may leave out."""
        return self.fields.get(name, default)


@dataclass(frozen=True, slots=True)
class Value(Fields):
    """What a key says from a day on: its fields, its source, and the layer that said it last.

    `above` is the value of the layers above that this one tightened or replaced.
    """

    key: str
    since: date
    says: str
    source: Source
    layer: str
    rows: tuple[str, ...] = ()
    above: "Value | None" = None

    @property
    def verified(self) -> bool:
        """Whether the source was read; if not, a named person confirms before a formal step."""
        return self.source.verified


@dataclass(frozen=True, slots=True)
class Declaration:
    """A key some layer declares, whether or not it has a value yet, and whom to ask for one."""

    says: str
    ask: str
    source: Source
    layer: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One key's values in order of the days they begin; None where it is repealed or blocked."""

    dates: tuple[date, ...]
    values: tuple[Value | None, ...]


@dataclass(frozen=True, eq=False)
class Policy:
    """All layers folded into one, looked up by key and day.

    `layers` names them from the floor up; `version` is the SHA-256 of their files. `la_known` is False where
    the school's local authority has no pack: its switches are not known, never national.
    """

    layers: tuple[str, ...]
    version: str
    timelines: Mapping[str, Timeline]
    declarations: Mapping[str, Declaration]
    la_code: str = ""
    la_known: bool = False

    def maybe(self, key: str, on: date) -> Value | None:
        """A key's value on a day, or None where no layer gives one then: not known, never a default.

        Raises:
            UnknownKey: No layer declares the key.
        """
        timeline = self.timelines.get(key)
        if timeline is None:
            raise UnknownKey(key, on)
        place = bisect_right(timeline.dates, on)
        return timeline.values[place - 1] if place else None

    def value(self, key: str, on: date) -> Value:
        """A key's value on a day.

        Raises:
            NotInForce: No layer gives one then. Missing law stops the step.
        """
        found = self.maybe(key, on)
        if found is None:
            raise NotInForce(key, on, self.declarations[key].ask if key in self.declarations else "")
        return found

    def keys(self, prefix: str = "") -> tuple[str, ...]:
        """Every declared key, in order, that begins with a prefix such as `clocks.`."""
        return tuple(sorted(key for key in self.timelines if key.startswith(prefix)))

    def under(self, subject: str, on: date) -> dict[str, Value]:
        """Every value of one subject in force on a day, by its name without the subject."""
        return dict(_under(self, subject, on))

    def history(self, key: str) -> Timeline:
        """Every value of a key, with the day each began.

        Raises:
            UnknownKey: No layer declares the key.
        """
        if key not in self.timelines:
            raise UnknownKey(key, date.max)
        return self.timelines[key]


@lru_cache(maxsize=4096)
def _under(policy: Policy, subject: str, on: date) -> Mapping[str, Value]:
    found = ((key, policy.maybe(key, on)) for key in policy.keys(f"{subject}."))
    return {key.partition(".")[2]: value for key, value in found if value is not None}


def code_meanings(policy: Policy, on: date) -> dict[str, str]:
    """Each code in force on a date and its meaning in words."""
    return {item.code: item.says for item in policy.value("attendance_codes.meanings", on).codes}
