"""A pack of evidence: what an authority wants in it, what the case holds, what was found before it goes."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.domain.finding import Source


class Part(StrEnum):
    """Which file of a pack an item goes in. The parts never mix."""

    SERVED = "served"
    SEALED = "sealed"
    NOT_EXHIBITED = "not_exhibited"


class Outcome(StrEnum):
    """What a check before sending can say. Only BLOCKS and NEEDS_A_PERSON keep a pack back."""

    PASSES = "passes"
    WARNS = "warns"
    NEEDS_A_PERSON = "needs_a_person"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class Held:
    """Something the case holds that may go in a pack.

    `kind` is a document's template or what was received, in words joined by `_`. `source` is the event that
    brought it, `#12`. `sealed` is DSL material: only the DSL lets it go, for one kind of pack.
    """

    kind: str
    title: str
    on: date
    source: str
    sha256: str = ""
    media_type: str = ""
    parent_id: str = ""
    document_id: str = ""
    served_on: date | None = None
    posted: bool = False
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One thing a pack should hold, and what is there for it.

    `made` names the page the engine makes itself. `needed` is None where only a person can say. `stale` says
    why what is there is too old; `why` who asks for it.
    """

    name: str
    says: str
    part: Part
    needed: bool | None
    exhibit: bool
    made: str = ""
    held: tuple[Held, ...] = ()
    lacking: str = ""
    stale: str = ""
    why: str = ""
    source: Source | None = None

    @property
    def missing(self) -> bool:
        """Whether it is needed and not, or not wholly, there."""
        return bool(self.needed) and (bool(self.lacking) or not (self.held or self.made))

    @property
    def included(self) -> bool:
        """Whether anything of it goes in."""
        return bool(self.held or self.made)


@dataclass(frozen=True, slots=True)
class Checked:
    """One check before sending: V1 to V22, or `returned` and a name for what this authority sent back before.

    `item` is what it is about, `remedy` what to do, `question` what a person answers where one must.
    """

    check: str
    title: str
    outcome: Outcome
    says: str
    item: str = ""
    remedy: str = ""
    question: str = ""
    evidence: tuple[str, ...] = ()
    source: Source | None = None

    @property
    def stops(self) -> bool:
        """Whether the pack may not go yet."""
        return self.outcome in (Outcome.BLOCKS, Outcome.NEEDS_A_PERSON)


def in_short(wanted: tuple[Enclosure, ...]) -> str:
    """How much of a pack is there: `2 of 9 missing, 1 stale`, or that all of it is."""
    needed = [item for item in wanted if item.needed]
    missing = sum(item.missing for item in needed)
    stale = sum(bool(item.stale) and not item.missing for item in needed)
    said = [f"{missing} of {len(needed)} missing"] if missing else []
    said += [f"{stale} stale"] if stale else []
    return ", ".join(said) or f"all {len(needed)} there"
