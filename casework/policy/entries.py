"""What one entry of a policy file must look like."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from casework.domain import Force, Source

Sentence = Annotated[str, StringConstraints(min_length=8, pattern=r"[.?]$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Row = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3,4}-\d{2,3}$")]

RESERVED = frozenset({"key", "since", "says", "source", "layer", "rows", "above", "verified", "fields"})
"""Names that a value uses for itself, so that no field may."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SourceEntry(Strict):
    """Where a value comes from."""

    title: Annotated[str, StringConstraints(min_length=5)]
    href: Annotated[str, StringConstraints(pattern=r"^(https://\S+)?$")]
    force: Annotated[Force, Field(strict=False)]
    verified: bool

    @model_validator(mode="after")
    def _law_has_an_address(self) -> "SourceEntry":
        if not self.href and self.force not in (Force.TRUST_POLICY, Force.SCHOOL_POLICY):
            raise ValueError("href is empty; only a school's or trust's own policy may have no address")
        return self

    def source(self) -> Source:
        return Source(self.title, self.href, self.force, self.verified)


class Bounds(Strict):
    """Between two other fields of the same value, both edges included."""

    at_least: Name
    at_most: Name


Floor = Literal["max", "min", "subset", "superset", "fixed", "open"] | Bounds
"""How a lower layer may change a field: never above, never below, only fewer, only more, never, freely."""

Mode = Literal["add", "tighten", "replace", "block"]


class Reference(Strict):
    """A number that is another key's, so that it is written once: its field, times some, plus some."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z0-9_]+$")]
    field: Name
    plus: int = 0
    times: int = 1


class Entry(Strict):
    """One key of one file. `from` holds start dates only, so periods cannot overlap; `{}` repeals."""

    says: Sentence
    source: SourceEntry
    ask: str = ""
    mode: Mode = "add"
    rows: Annotated[tuple[Row, ...], Field(strict=False)] = ()
    floor: dict[Name, Floor] = {}
    dated: Annotated[dict[date, dict[Name, Any]], Field(alias="from", strict=False)]

    @model_validator(mode="after")
    def _fields_have_their_own_names(self) -> "Entry":
        taken = sorted(RESERVED & {name for fields in self.dated.values() for name in fields})
        if taken:
            raise ValueError(f"a field may not be called {', '.join(taken)}; choose another name")
        return self

    @model_validator(mode="after")
    def _a_block_holds_no_value(self) -> "Entry":
        if self.mode == "block" and any(self.dated.values()):
            raise ValueError("an entry that blocks holds a day and {}, no value")
        return self
