"""A case of a replay: real events in memory, what is still to do on it, and what it has come to."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from casework.domain import ENGINE, Case, Event, Recorded, StageName
from casework.domain import events as e
from casework.policy import Value
from casework.rules.duties import Owed

_NEVER_RECORDED = datetime(1, 1, 1, tzinfo=UTC)

HELPING = ("help", "offer", "plan")
"""Duties by which somebody offers help."""
SUPPORTING = (*HELPING, "meet", "talk", "listen", "refer")
"""Duties by which the family first gets somebody's time: what the first support is counted from."""
TALKING = ("call", "talk", "listen")


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing of a replay, as the figures count it: what, when, about whom, and whose work it is."""

    what: str
    on: date
    upn: str
    role: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ToDo:
    """A task that was asked for and is not done yet."""

    task_id: str
    name: str
    due_on: date
    value: Value


@dataclass
class Paper:
    """One pupil's case.

    `since` is the first day on which the trigger that opened it held. `fresh` are events no night has looked
    at yet, each with what names it. `support_due` is the day on which the family first gets somebody's time.
    `running` are notices to improve taken as given whose end nobody has judged yet.
    """

    case: Case
    since: date
    fresh: list[tuple[Event, str]] = field(default_factory=list)
    recent: list[tuple[Event, str]] = field(default_factory=list)
    flags: frozenset[str] = frozenset()
    to_do: list[ToDo] = field(default_factory=list)
    review_on: date | None = None
    support_due: date | None = None
    proposed: set[tuple[str, str]] = field(default_factory=set)
    running: list[e.NoticeToImproveIssued] = field(default_factory=list)
    nothing_more: bool = False
    wants_look: bool = True
    looked_at: tuple[int, int] = (-1, -1)

    @classmethod
    def opened(cls, opening: e.CaseOpened, review: e.ReviewScheduled, since: date) -> "Paper":
        """A case with its first review."""
        first = Recorded(1, _NEVER_RECORDED, opening)
        paper = cls(Case(opening.case_ref, (first,)), since, fresh=[(opening, first.ref)])
        paper.add(review)
        paper.review_on = review.review_on
        return paper

    def add(self, *events: Event) -> None:
        """Record events."""
        for event in events:
            recorded = Recorded(self.case.sequence + 1, _NEVER_RECORDED, event)
            self.case = Case(self.case.ref, (*self.case.recorded, recorded))
            self.fresh.append((event, recorded.ref))

    def header(self, on: date, by: str = ENGINE.officer_id) -> dict[str, Any]:
        """The envelope of an event of this case."""
        return {"case_ref": self.case.ref, "on": on, "by": by}

    def next_id(self, prefix: str) -> str:
        """A short id for something the next event brings."""
        return f"{prefix}{self.case.sequence + 1}"

    def ask(self, item: Owed, key: str, on: date) -> None:
        """Put what a duty asks on the case, as a task."""
        task_id, due_on = self.next_id("T"), max(item.due_on, on)
        self.add(
            e.TaskAdded(
                **self.header(on),
                task_id=task_id,
                title=item.says,
                due_on=due_on,
                for_role=item.roles[0].value,
                effect_key=key,
            )
        )
        self.to_do.append(ToDo(task_id, item.name, due_on, item.value))
        if item.does in SUPPORTING:
            self.support_due = min(self.support_due or due_on, due_on)

    @property
    def first_support_on(self) -> date | None:
        """The day on which the family first gets somebody's time: a duty's, or else the first review's."""
        review = next((x.review_on for x in self.case.of(e.ReviewScheduled)), None)
        days = [day for day in (self.support_due, review) if day is not None]
        return min(days, default=None)

    @property
    def stage(self) -> StageName | None:
        """The ladder stage it stands on."""
        return self.case.stage
