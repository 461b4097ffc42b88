"""The concepts a school's own policy is written in: one shape for each, all of them data.

Law and local codes have clocks and triggers (`shapes`). A school adds who does what: roles, bands, duties,
contact ladders, letters, records, reports, times of the day, reasons, requests for leave, gates, flags,
centres; and says of each row of its policy that does not run as printed what runs instead (`unrun`).
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from casework.domain import Role, StageName
from casework.policy.entries import Name, Strict

Names = Annotated[tuple[Name, ...], Field(strict=False)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Half = Literal["AM", "PM"]
Where = dict[Name, Annotated[tuple[str, ...], Field(strict=False)]]
Count = Annotated[int, Field(ge=0)]
Occasion = Literal[
    "trigger",
    "event",
    "answer",
    "unexplained_day",
    "school_day",
    "week",
    "fortnight",
    "half_term",
    "term",
    "academic_year",
]
Period = Literal["event", "half_term", "term", "academic_year", "case"]


class RoleShape(Strict):
    """A role as the policy names it, and the roles of the engine that fill it, first choice first.

    `appointed` roles must be held by somebody by name.
    """

    holds: Annotated[tuple[Annotated[Role, Field(strict=False)], ...], Field(min_length=1, strict=False)]
    appointed: bool = False


class BandShape(Strict):
    """A band of absence as a share of possible sessions, each edge explicit."""

    missed_percent: Count | None = None
    missed_at_least: Count | None = None
    missed_more_than: Count | None = None
    missed_at_most: Count | None = None
    missed_less_than: Count | None = None
    label: str = ""


class DutyShape(Strict):
    """Something a person does when something happens: who, by when, with which letter, telling whom.

    Args:
        on: What sets it off; `of` names the triggers, the kinds of event, or the duties somebody answered:
            one of them is enough.
        where: What a field of the event must be, one of a list of texts.
        mentions: What a field that people write freely must speak of: words that begin with one of these.
        flags: The pupil has at least one of these; `without` lists those that must be absent.
        holding: Of what comes by the calendar: one of these triggers holds for the pupil that day.
        day: Which school day of an absence without a reason; `and_after` repeats it on every later one.
        after: Duties owed in an earlier period, and so many weeks ago (`after_weeks`).
        unless: Duties that must not have been owed, in this period.
        within: How long there is; `by_time` the time of that day.
        asks: What the person answers or chooses from.
        each_centre: Of the school's day: asked of each of the school's centres by itself.
    """

    on: Occasion
    of: Names = ()
    where: Where = Field(default_factory=dict)
    mentions: Where = Field(default_factory=dict)
    flags: Names = ()
    without: Names = ()
    holding: Names = ()
    day: Annotated[int, Field(ge=1)] | None = None
    and_after: bool = False
    after: Names = ()
    after_weeks: Count = 0
    unless: Names = ()
    by: Name
    does: Name
    within: Count = 0
    unit: Literal["school_days", "calendar_days", "weeks", "months"] = "school_days"
    by_time: Clock | None = None
    letter: Name | None = None
    tells: Names = ()
    asks: Names = ()
    stage: Annotated[StageName, Field(strict=False)] | None = None
    once_per: Period = "event"
    each_centre: bool = False

    @model_validator(mode="after")
    def _an_occasion_says_what(self) -> "DutyShape":
        if self.on in ("trigger", "event", "answer") and not self.of:
            raise ValueError(f"on = {self.on} names none; say which in of")
        if self.on == "answer" and set(self.mentions) != {"outcome"}:
            raise ValueError("on = answer says in mentions which outcome it waits for, and nothing else")
        if self.on == "unexplained_day" and self.day is None:
            raise ValueError("on = unexplained_day needs day, the school day of the absence")
        return self


class ContactShape(Strict):
    """One rung of the ladder of contacts about an absence without a reason.

    Args:
        day: The school day of the absence it first belongs to; `and_after` repeats it on every later one.
        order: Its place among the rungs of a day, lowest first.
        first, last: Which of the pupil's contacts, by priority from 1; all later ones if no last.
        until: What ends the ladder for the day: a contact was spoken to, or the child was seen.
        after: Rungs that must have been tried without that.
        concern: A person has recorded concern for the child's welfare.
    """

    day: Annotated[int, Field(ge=1)] = 1
    and_after: bool = False
    order: Annotated[int, Field(ge=1)]
    whom: Literal[
        "contacts", "commissioner", "local_authority", "lead_professional", "home", "police", "social_care"
    ]
    first: Annotated[int, Field(ge=1)] = 1
    last: Annotated[int, Field(ge=1)] | None = None
    method: Literal["call", "message", "email", "visit"]
    by: Name
    flags: Names = ()
    without: Names = ()
    until: Literal["spoken", "seen"] = "spoken"
    after: Names = ()
    concern: bool = False
    by_time: Clock | None = None


class LetterShape(Strict):
    """One of the policy's own letters: which document carries it, and what it says in that place.

    `never_for` lists codes: absence of these alone never brings this letter. `target_in_sessions` wants a
    target as sessions of those expected, fewer than all, and no percentage. Whoever is `approved_by` approves
    it in the place of those who approve others on its template. `tag` and `category` are where the school's
    records system keeps it.
    """

    template: Name
    title: str
    noticed: str = ""
    offers: Annotated[tuple[str, ...], Field(strict=False)] = ()
    signed_by: Name
    approved_by: Name | None = None
    needs: Names = ()
    never_for: Annotated[tuple[str, ...], Field(strict=False)] = ()
    not_on_last_day_of_term: bool = False
    target_in_sessions: bool = False
    tag: str = ""
    category: str = ""


class RecordShape(Strict):
    """A kind of record the policy asks staff to keep, as an event of the case.

    `sets` are the fields it always has, `needs` those that must be given. `starts` is a clock that ends on
    the day agreed, which the record keeps as its `reply_by`.
    """

    event: Name
    starts: Annotated[str, StringConstraints(pattern=r"^clocks\.[a-z0-9_]+$")] = ""
    sets: dict[Name, str | bool] = Field(default_factory=dict)
    needs: Names = ()
    by: Name | None = None
    kept_in: str = ""


class ReportShape(Strict):
    """A report that falls due by the calendar: for whom, by which cuts, of which pupils."""

    every: Literal["school_day", "week", "fortnight", "half_term", "term", "academic_year"]
    by: Name
    to: Names
    cuts: Names
    of: Names = ()
    by_time: Clock | None = None


class TimesShape(Strict):
    """The times of one register: when it starts, when its marks are in, when it closes."""

    half: Half
    starts: Clock
    late_from: Clock
    closes: Clock
    gates: Clock | None = None
    in_by: Clock | None = None


class ReasonsShape(Strict):
    """Reasons for absence the policy names, and how they stand; a person always decides."""

    reasons: Names
    stands: Literal["authorised", "unauthorised", "for_a_person"]
    code: str = ""
    needs: Names = ()


class RequestShape(Strict):
    """How leave is asked for and answered; notice given late is a flag, never a refusal."""

    to: Name
    form: str = ""
    in_advance: bool = True
    notice: Count = 0
    unit: Literal["school_weeks", "weeks", "school_days"] = "weeks"
    answer: Literal["in_writing", "told"] = "in_writing"
    sets_days: bool = False
    asks: Names = ()
    advises: str = ""


class GateShape(Strict):
    """What must stand on the case before a step: an event, with these fields."""

    before: Annotated[
        tuple[Annotated[StageName, Field(strict=False)], ...], Field(min_length=1, strict=False)
    ]
    event: Name
    where: Where = Field(default_factory=dict)
    flags: Names = ()
    same_parent: bool = False


class FlagShape(Strict):
    """A standing fact about pupils, true where one of these is."""

    any: Names


class CentreShape(Strict):
    """A school of several centres: which field of the roll says where a pupil is, and who is told there.

    A pupil whom the roll attaches to none is named until somebody has attached them.
    """

    field: Literal["class_name"]
    called: Annotated[str, StringConstraints(min_length=3)]
    by: Name


class FollowsShape(Strict):
    """A rule of the policy that the law already runs as it stands: by which keys."""

    keys: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]


class UnrunShape(Strict):
    """A row that does not run as printed: why, and what the engine does instead, by key."""

    status: Literal["replaced", "blocked", "out_of_scope"]
    because: Annotated[str, StringConstraints(min_length=8)]
    instead: Annotated[str, StringConstraints(pattern=r"^([a-z_]+\.[a-z0-9_]+)?$")] = ""

    @model_validator(mode="after")
    def _what_is_replaced_has_a_successor(self) -> "UnrunShape":
        if self.status != "out_of_scope" and not self.instead:
            raise ValueError("instead is empty; name the key of what runs in its place")
        return self


class ContradictionShape(Strict):
    """Two rules of one policy that cannot both run, and how the pack settles it."""

    between: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    settled: Annotated[str, StringConstraints(min_length=8)]
    to_be_confirmed: bool = True


class ExampleShape(Strict):
    """A register, week by week from a Monday, and what it must and must not raise on its last day."""

    monday: str
    weeks: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    raises: Names = ()
    raises_not: Names = ()


CONCEPTS: dict[str, type[Strict]] = {
    "roles": RoleShape,
    "bands": BandShape,
    "duties": DutyShape,
    "contacts": ContactShape,
    "letters": LetterShape,
    "records": RecordShape,
    "reports": ReportShape,
    "times": TimesShape,
    "reasons": ReasonsShape,
    "requests": RequestShape,
    "gates": GateShape,
    "flags": FlagShape,
    "centres": CentreShape,
    "follows": FollowsShape,
    "unrun": UnrunShape,
    "contradictions": ContradictionShape,
    "examples": ExampleShape,
}
"""The shape of each subject a school's policy may use."""
