"""What a pack of evidence holds and what is checked before it goes: the shapes of those two subjects."""

from typing import Annotated, Literal

from pydantic import Field

from casework.domain.evidence import Part
from casework.policy.entries import Name, Strict

Names = Annotated[tuple[Name, ...], Field(strict=False)]
Check = Annotated[str, Field(pattern=r"^V([1-9]|1\d|2[0-2])$")]
Key = Annotated[str, Field(pattern=r"^([a-z_]+\.[a-z0-9_]+)?$")]


class EnclosureShape(Strict):
    """One enclosure: what it is, where it comes from, which file it goes in, when it is needed.

    Args:
        need: `when_asked` looks at the authority's switch `asked_by`, and at `asks` among its values;
            where the switch is not known, `if_unknown` says what is safe.
        documents: Letters and forms of the case that are it; `received` what somebody handed in.
        made: The page the engine makes itself.
        each_parent: Every parent the pack is about has one of their own.
        unless_held: It is not needed where one of these is there in its place.
        months: It is stale when older, where the authority says no other age.
    """

    enclosure: Name
    says: str
    part: Annotated[Part, Field(strict=False)] = Part.SERVED
    need: Literal["always", "when_asked", "when_held"]
    asked_by: Key = ""
    asks: str = ""
    if_unknown: bool = False
    documents: Names = ()
    received: Names = ()
    made: Name | Literal[""] = ""
    each_parent: bool = False
    unless_held: Names = ()
    exhibit: bool = False
    months: Annotated[int, Field(ge=1)] | None = None


class EvidenceShape(Strict):
    """One kind of pack: its number, whom it is about, its marking, its ordered contents, its checks.

    `stage` is what the authority answers. A pack that `goes_always` warns of what is missing and is never
    kept back by it. `copy_sheet` lists, in the portal's order, the fields a person copies into a portal.
    """

    number: Annotated[str, Field(pattern=r"^P([1-9]|1[0-3])$")]
    title: str
    about: Literal["parent", "pupil", "school"]
    stage: Name | Literal[""] = ""
    marking: str = ""
    dsl_only: bool = False
    goes_always: bool = False
    exhibits_by_date: bool = False
    contents: Annotated[tuple[EnclosureShape, ...], Field(min_length=1, strict=False)]
    checks: Annotated[tuple[Check, ...], Field(strict=False)] = ()
    copy_sheet: Names = ()


class PreflightShape(Strict):
    """One check before a pack goes: what it is called, and whether it stops the pack or only warns."""

    check: Check
    title: str
    fails: Literal["block", "warn"]
    remedy: str
    question: str = ""
    by: Annotated[tuple[str, ...], Field(strict=False)] = ()
    at_least: Annotated[int, Field(ge=0)] | None = None
    wants_meeting: bool = False
    wants_early_help: bool = False
    warn_months: Annotated[int, Field(ge=1)] | None = None
    check_months: Annotated[int, Field(ge=1)] | None = None
    phrases: Annotated[tuple[str, ...], Field(strict=False)] = ()
    kinds: Names = ()
    megabytes: Annotated[int, Field(ge=1)] | None = None
