"""An answer that keeps hold of its evidence and its source."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Answer(StrEnum):
    """What a gate can say. Only HOLDS lets a step through; an unknown never passes."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"
    FOR_A_PERSON = "for_a_person"


class Force(StrEnum):
    """How binding a rule is, strongest first. "Unlawful" is said of the first two alone."""

    ACT = "act"
    REGULATIONS = "regulations"
    STATUTORY_GUIDANCE = "statutory guidance"
    LOCAL_CODE = "local code"
    TRUST_POLICY = "trust policy"
    SCHOOL_POLICY = "school policy"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value or rule comes from: title with paragraph or section, address, force, and how sure."""

    title: str
    href: str
    force: Force
    verified: bool

    @property
    def is_law(self) -> bool:
        """Whether the source is legislation."""
        return self.force in (Force.ACT, Force.REGULATIONS)


@dataclass(frozen=True, slots=True)
class Finding:
    """One question answered on one day.

    `evidence` is what was counted, oldest first: sessions as `2026-10-05 AM`, events as `#12`, documents as
    `document:ID`, calendar weeks as `week 2026-10-05`. `missing` says what would make the answer hold.
    """

    rule: str
    answer: Answer
    says: str
    evidence: tuple[str, ...] = ()
    source: Source | None = None
    missing: str = ""
    answerable_by: str = ""
    on: date | None = None

    @property
    def holds(self) -> bool:
        """True for HOLDS alone."""
        return self.answer is Answer.HOLDS

    @property
    def bars(self) -> bool:
        """Whether this is a verified rule of legislation that does not hold: no rank can override it."""
        verified_law = self.source is not None and self.source.is_law and self.source.verified
        return self.answer is Answer.FAILS and verified_law
