"""Folding layers into one policy: England, local authority, trust, school, each on the ones above.

A layer adds a key, tightens or replaces fields where the layer above leaves room (its `floor`), or blocks
what is not law. Whatever it may not do is a problem that quotes the source it would have weakened. A school's
pack may start from another (its `base`): that gives it values, and binds it to none of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from casework.domain import Force, Problem
from casework.policy import Declaration, Fields, Timeline, Value
from casework.policy.entries import Bounds, Entry, Floor, Reference
from casework.policy.naming import never_answered, never_recorded, strangers
from casework.policy.shapes import SHAPES


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and where it stands, so that a problem can point at it."""

    entry: Entry
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Layer:
    """The entries of one pack. One that `is_start` is where the next began, and no floor for it."""

    name: str
    entries: Mapping[str, Placed]
    is_start: bool = False


def frozen(value: Any) -> Any:
    """Lists as tuples and tables as Fields, so that a policy cannot be changed by whoever reads it."""
    if isinstance(value, dict):
        return Fields({name: frozen(inner) for name, inner in value.items()})
    return tuple(frozen(inner) for inner in value) if isinstance(value, list) else value


def thawed(value: Any) -> Any:
    """The opposite: plain tables and tuples, for a shape to look at."""
    if isinstance(value, Fields):
        return {name: thawed(inner) for name, inner in value.fields.items()}
    return tuple(thawed(inner) for inner in value) if isinstance(value, tuple) else value


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and "key" in value and "field" in value


@dataclass
class Folding:
    """One folding of layers. `problems` collects everything a layer may not do."""

    layers: Sequence[Layer]
    problems: list[Problem] = field(default_factory=list)
    timelines: dict[str, Timeline] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)

    def fold(self) -> dict[str, Timeline]:
        """Every key's timeline."""
        for key in dict.fromkeys(key for layer in self.layers for key in layer.entries):
            self.timeline(key)
        self._check_bits()
        self._check_names()
        self._check_answers()
        return self.timelines

    def declarations(self) -> dict[str, Declaration]:
        """Every key's declaration, from the highest layer that makes one."""
        return {
            key: Declaration(placed.entry.says, placed.entry.ask, placed.entry.source.source(), layer.name)
            for layer in reversed(self.layers)
            for key, placed in layer.entries.items()
        }

    def timeline(self, key: str) -> Timeline:
        """One key's values, its references to other keys resolved."""
        if key in self.timelines:
            return self.timelines[key]
        placed = [(layer, layer.entries[key]) for layer in self.layers if key in layer.entries]
        if key in self._open:
            self._refuse(
                placed[-1][1], key, "its limit comes back to itself.", "Write the number once, here."
            )
            return Timeline((), ())
        self._open.add(key)
        dates: list[date] = []
        values: list[Value | None] = []
        for day in self._days(placed):
            value = self._on(key, placed, day)
            if not values or not _same(value, values[-1]):
                dates.append(day)
                values.append(value)
        self._open.discard(key)
        self.timelines[key] = Timeline(tuple(dates), tuple(values))
        return self.timelines[key]

    def _days(self, placed: list[tuple[Layer, Placed]]) -> list[date]:
        own = {day for _, item in placed for day in item.entry.dated}
        for _, item in placed:
            for fields in item.entry.dated.values():
                for value in fields.values():
                    if _is_reference(value):
                        own |= {day for day in self.timeline(value["key"]).dates if day > min(own)}
        return sorted(own)

    def _on(self, key: str, placed: list[tuple[Layer, Placed]], day: date) -> Value | None:
        """The value on one day. `ground` is what binds the next layer: all but what a starting point says."""
        value: Value | None = None
        ground: Value | None = None
        floor: dict[str, Floor] = {}
        for layer, item in placed:
            began = max((start for start in item.entry.dated if start <= day), default=None)
            if began is None:
                continue
            fields = self._resolved(key, item, item.entry.dated[began], day)
            self._check_own_floor(key, item, ground, floor)
            value = self._combined(key, layer.name, item, value, ground, floor, fields, day)
            if not layer.is_start:
                ground = value
                floor |= item.entry.floor
        if value is not None and key.partition(".")[0] in SHAPES:
            self._check_shape(key, value, placed[-1][1])
        return value

    def _resolved(self, key: str, item: Placed, fields: Mapping[str, Any], day: date) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in fields.items():
            if not _is_reference(value):
                found[name] = frozen(value)
                continue
            try:
                reference = Reference.model_validate(value)
            except ValidationError as error:
                self._refuse(
                    item, key, f"{name} is no reference: {error.errors()[0]['msg']}.", "See clocks.toml."
                )
                continue
            number = self._number(reference, day)
            if number is None:
                says = f"{name} needs {reference.key}.{reference.field}, with no number on {day:%d %B %Y}."
                self._refuse(
                    item, key, says, "Name a key and a field that hold one then, or write the number."
                )
                continue
            found[name] = number * reference.times + reference.plus
        return found

    def _number(self, reference: Reference, day: date) -> int | None:
        if not any(reference.key in layer.entries for layer in self.layers):
            return None
        timeline = self.timeline(reference.key)
        standing = [v for start, v in zip(timeline.dates, timeline.values, strict=True) if start <= day]
        number = standing[-1].get(reference.field) if standing and standing[-1] else None
        return number if isinstance(number, int) and not isinstance(number, bool) else None

    def _combined(
        self,
        key: str,
        layer: str,
        item: Placed,
        above: Value | None,
        ground: Value | None,
        floor: Mapping[str, Floor],
        fields: dict[str, Any],
        day: date,
    ) -> Value | None:
        mode = item.entry.mode
        if ground is not None and mode == "block":
            return self._blocked(key, item, ground, floor)
        if ground is not None and mode == "add":
            says = f"{ground.layer} already gives this key a value ({ground.source.title})."
            remedy = 'Say mode = "tighten", "replace" or "block", or choose another key.'
            self._refuse(item, key, says, remedy)
            return above
        if not fields:
            return ground
        if ground is not None:
            self._check_floor(key, item, ground, floor, fields, whole=mode == "replace")
        if above is not None and mode == "tighten":
            fields = {**above.fields, **fields}
        return Value(
            fields=fields,
            key=key,
            since=day,
            says=item.entry.says,
            source=item.entry.source.source(),
            layer=layer,
            rows=item.entry.rows,
            above=above,
        )

    def _blocked(self, key: str, item: Placed, above: Value, floor: Mapping[str, Floor]) -> Value | None:
        binding = above.source.force not in (Force.TRUST_POLICY, Force.SCHOOL_POLICY) and above.verified
        if (binding or above.source.is_law) and floor.get("block") != "open":
            says = f"{above.layer} may not be blocked: {above.source.title} ({above.source.force.value})."
            self._refuse(
                item, key, says, "Take the entry out; a lower layer can ask for more, never for less."
            )
            return above
        return None

    def _check_floor(
        self,
        key: str,
        item: Placed,
        above: Value,
        floor: Mapping[str, Floor],
        fields: Mapping[str, Any],
        *,
        whole: bool,
    ) -> None:
        merged = {**above.fields, **fields}
        for name, value in fields.items():
            fault = _loosened(above.fields.get(name), value, floor.get(name, "fixed"), merged)
            if fault:
                says = f"{name} = {_shown(value)} {fault}: {above.source.title} ({above.source.force.value})."
                self._refuse(item, key, says, f"{above.layer} is the floor; ask for more, never for less.")
        left_out = [n for n in above.fields if n not in fields and floor.get(n, "fixed") != "open"]
        if whole and left_out:
            says = f"{', '.join(left_out)} of {above.layer} would be lost: {above.source.title}."
            self._refuse(item, key, says, 'Say mode = "tighten" to keep what is not mentioned.')

    def _check_own_floor(
        self, key: str, item: Placed, ground: Value | None, floor: Mapping[str, Floor]
    ) -> None:
        """A layer may close what the ones above left open, and open nothing that they closed."""
        if ground is None:
            return
        for name, rule in item.entry.floor.items():
            known = name in floor or name in ground
            closed = floor.get(name, "fixed")
            if known and closed != "open" and rule not in ("fixed", closed):
                says = f"the floor of {name} is opened; a layer above closed it."
                self._refuse(item, key, says, 'Say "fixed", or leave it out.')

    def _check_bits(self) -> None:
        """No two triggers have the same place in a mask, on any day."""
        taken: dict[int, str] = {}
        for key in sorted(key for key in self.timelines if key.startswith("triggers.")):
            for bit in {value.get("bit") for value in self.timelines[key].values if value is not None}:
                if taken.setdefault(bit, key) != key:
                    item = next(layer.entries[key] for layer in self.layers[::-1] if key in layer.entries)
                    self._refuse(item, key, f"{taken[bit]} already has bit {bit}.", "Choose a free bit.")

    def _check_names(self) -> None:
        """What one entry says of another by name is there."""
        for key, timeline in self.timelines.items():
            for value in timeline.values:
                for fault in strangers(key, value, self.timelines) if value is not None else ():
                    item = next(layer.entries[key] for layer in self.layers[::-1] if key in layer.entries)
                    self._refuse(item, key, fault, "Add it, or correct the name.")
        records = [
            v for key, line in self.timelines.items() if key.startswith("records.") for v in line.values
        ]
        for key, timeline in self.timelines.items():
            for value in timeline.values if key.startswith(("duties.", "gates.")) else ():
                for fault in never_recorded(value, [r for r in records if r]) if value is not None else ():
                    item = next(layer.entries[key] for layer in self.layers[::-1] if key in layer.entries)
                    self._refuse(item, key, fault, "Add a kind of record that sets it.")

    def _check_answers(self) -> None:
        """A duty waits for no answer that the duty before it does not ask for."""
        duties = {key: line for key, line in self.timelines.items() if key.startswith("duties.")}
        for key, timeline in duties.items():
            for value in timeline.values:
                if value is None or value.on != "answer":
                    continue
                before = [duties[f"duties.{name}"] for name in value.of if f"duties.{name}" in duties]
                asked = [found for line in before for found in line.values if found is not None]
                for fault in (fault for found in asked for fault in never_answered(value, found)):
                    item = next(layer.entries[key] for layer in self.layers[::-1] if key in layer.entries)
                    self._refuse(item, key, fault, "Wait for one of its answers, or add it there.")

    def _check_shape(self, key: str, value: Value, item: Placed) -> None:
        try:
            SHAPES[key.partition(".")[0]].model_validate(thawed(Fields(value.fields)))
        except ValidationError as error:
            for fault in error.errors():
                name = ".".join(str(part) for part in fault["loc"])
                self._refuse(
                    item, key, f"{name}: {fault['msg']}.", "See the same file in england for the shape."
                )

    def _refuse(self, item: Placed, key: str, says: str, remedy: str) -> None:
        problem = Problem(item.file, item.line, key, "", says, remedy)
        if problem not in self.problems:
            self.problems.append(problem)


def _same(value: Value | None, before: Value | None) -> bool:
    """Whether a day changed nothing but the day."""
    if value is None or before is None:
        return value is before
    return replace(value, since=before.since, above=before.above) == before


def _shown(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def _loosened(above: Any, value: Any, floor: Floor, merged: Mapping[str, Any]) -> str:
    """How a lower layer's field would loosen the one above it; empty if it does not."""
    fault = ""
    if isinstance(floor, Bounds):
        low, high = merged.get(floor.at_least), merged.get(floor.at_most)
        if (low is not None and value < low) or (high is not None and value > high):
            fault = f"is outside {low} to {high}"
    elif floor == "max" and above is not None and value > above:
        fault = f"is more than {above}"
    elif floor == "min" and above is not None and value < above:
        fault = f"is less than {above}"
    elif floor == "subset" and not set(value) <= set(above or ()):
        fault = f"holds more than {_shown(above)}"
    elif floor == "superset" and not _names(above) <= _names(value):
        fault = f"leaves out {', '.join(sorted(_names(above) - _names(value)))}"
    elif floor == "fixed" and value != above:
        fault = f"changes {_shown(above)}" if above is not None else "is not a lower layer's to add"
    return fault


def _names(value: Any) -> set[str]:
    """A list's members; of tables, the first field, which names each."""
    return {
        str(next(iter(part.fields.values()))) if isinstance(part, Fields) else str(part)
        for part in value or ()
    }
