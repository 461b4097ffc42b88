"""What the values of some subjects must hold, whole, once every layer has spoken."""

from typing import Annotated, Literal

from pydantic import Field

from casework.domain import StageName
from casework.policy.concepts import CONCEPTS
from casework.policy.entries import Name, Strict
from casework.policy.evidence import EvidenceShape, PreflightShape

Unit = Literal[
    "none",
    "minutes",
    "school_days",
    "calendar_days",
    "working_days",
    "school_weeks",
    "weeks",
    "months",
    "years",
]
Kind = Literal[
    "rule", "deadline", "earliest", "window", "run", "interval", "decision", "recorded", "date", "agreed"
]


class ClockShape(Strict):
    """One row of the master table of clocks."""

    number: Annotated[str, Field(pattern=r"^(K\d\d[a-z]?|[A-Z]{3,4}-\d{2,3})$")]
    kind: Kind
    unit: Unit
    length: Annotated[int, Field(ge=0)] | None = None
    counting: Literal["day0", "day1"]
    runs_from: Name
    on_expiry: Name
    may_pause: bool
    statutory: bool
    length_at_least: Annotated[int, Field(ge=1)] | None = None
    length_at_most: Annotated[int, Field(ge=1)] | None = None
    school_days_at_most: Annotated[int, Field(ge=1)] | None = None
    early_after_weeks: Annotated[int, Field(ge=1)] | None = None
    extension_at_most_years: int | None = None
    extension_at_most_months: int | None = None


class TriggerShape(Strict):
    """A measure compared with a limit: what raises a case, or (`opens` false) is only said on an open one."""

    bit: Annotated[int, Field(ge=0, le=63)]
    measure: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    comparison: Literal["at_least", "more_than", "exactly", "share_at_least", "share_more_than"]
    of: Annotated[tuple[str, ...], Field(strict=False)] = ()
    limit: Annotated[int, Field(ge=0)]
    possible_at_least: Annotated[int, Field(ge=0)] = 0
    once_per: Literal["episode", "half_term", "term", "academic_year", "always"]
    settles_after_school_days: Annotated[int, Field(ge=0)]
    severity: Annotated[int, Field(ge=1, le=99)]
    opens: bool = True
    stage: Annotated[StageName, Field(strict=False)]


_EVIDENCE: dict[str, type[Strict]] = {"evidence": EvidenceShape, "preflight": PreflightShape}

SHAPES: dict[str, type[Strict]] = {"clocks": ClockShape, "triggers": TriggerShape, **_EVIDENCE, **CONCEPTS}
"""The shape of a subject's values, where it has one."""
