"""A case: what its events add up to, and the decision a person makes on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from casework.domain import events as e
from casework.domain.events import E, Event, Recorded
from casework.domain.people import Officer


class StageName(StrEnum):
    """The ladder, lowest first, then what runs beside it."""

    NOTICING = "noticing"
    SUPPORTIVE_ACTIONS = "supportive_actions"
    ATTENDANCE_CONTRACT = "attendance_contract"
    NOTICE_TO_IMPROVE = "notice_to_improve"
    PENALTY_NOTICE = "penalty_notice"
    PROSECUTION_REFERRAL = "prosecution_referral"
    CME_REPORT = "cme_report"
    EDUCATION_SUPERVISION_ORDER = "education_supervision_order"


LADDER = tuple(StageName)[:6]
BESIDE = tuple(StageName)[6:]

STEP_OF_STAGE: dict[StageName, type[e.Step]] = {
    StageName.NOTICING: e.NoticingStarted,
    StageName.SUPPORTIVE_ACTIONS: e.SupportiveActionsStarted,
    StageName.ATTENDANCE_CONTRACT: e.AttendanceContractAgreed,
    StageName.NOTICE_TO_IMPROVE: e.NoticeToImproveIssued,
    StageName.PENALTY_NOTICE: e.PenaltyNoticeRequested,
    StageName.PROSECUTION_REFERRAL: e.ProsecutionReferred,
    StageName.CME_REPORT: e.CmeReported,
    StageName.EDUCATION_SUPERVISION_ORDER: e.EducationSupervisionOrderReferred,
}
"""The event that says a stage was entered."""

_STAGE_OF_STEP = {step: stage for stage, step in STEP_OF_STAGE.items()}


class CaseStatus(StrEnum):
    """Where the case stands as a whole: one word, worked out from its events."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True)
class Decision:
    """A named person's answer to a proposed step. `details` holds what the stage asks for, by name."""

    stage: StageName
    officer: Officer
    role: str
    on: date
    yes: bool
    reasons: str
    parent_id: str = ""
    considerations: tuple[e.Consideration, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One pupil's case at one school, as its events stand. Empty of events it is nothing."""

    ref: str
    recorded: tuple[Recorded, ...]

    def __post_init__(self) -> None:
        if not self.recorded or not isinstance(self.recorded[0].event, e.CaseOpened):
            raise ValueError(f"case {self.ref} does not begin with its opening")

    @cached_property
    def opening(self) -> e.CaseOpened:
        """The event that opened the case."""
        first = self.recorded[0].event
        assert isinstance(first, e.CaseOpened)
        return first

    @property
    def upn(self) -> str:
        """The pupil."""
        return self.opening.upn

    @property
    def urn(self) -> str:
        """The school."""
        return self.opening.urn

    @property
    def sequence(self) -> int:
        """How many events the case has; what a second writer is compared with."""
        return self.recorded[-1].sequence

    def of(self, *kinds: type[E], parent_id: str | None = None) -> tuple[E, ...]:
        """Events of these classes, oldest first; with `parent_id`, only those about that parent."""
        return tuple(
            item.event
            for item in self.recorded
            if isinstance(item.event, kinds)
            and (parent_id is None or getattr(item.event, "parent_id", "") == parent_id)
        )

    def refs_of(self, *kinds: type[Event], parent_id: str | None = None) -> tuple[str, ...]:
        """How evidence names those events: `#3`, `#7`."""
        wanted = {id(event) for event in self.of(*kinds, parent_id=parent_id)}
        return tuple(item.ref for item in self.recorded if id(item.event) in wanted)

    def last(self, *kinds: type[E], parent_id: str | None = None) -> E | None:
        """The latest event of these classes, if any."""
        found = self.of(*kinds, parent_id=parent_id)
        return found[-1] if found else None

    def as_known(self, at_sequence: int) -> "Case":
        """The case as it stood after an earlier event."""
        return Case(self.ref, tuple(item for item in self.recorded if item.sequence <= at_sequence))

    @cached_property
    def stage(self) -> StageName | None:
        """The ladder stage the case stands on; None while it has only been opened."""
        stage: StageName | None = None
        for item in self.recorded:
            entered = _STAGE_OF_STEP.get(type(item.event))  # type: ignore[arg-type]
            if entered in LADDER:
                stage = entered
            elif isinstance(item.event, e.CaseSteppedDown):
                stage = StageName(item.event.to_stage)
        return stage

    @cached_property
    def beside(self) -> tuple[StageName, ...]:
        """What runs beside the ladder."""
        return tuple(stage for stage in BESIDE if self.of(STEP_OF_STAGE[stage]))

    @cached_property
    def status(self) -> CaseStatus:
        """Open, paused or closed."""
        status = CaseStatus.OPEN
        for item in self.recorded:
            match item.event:
                case e.CaseClosed():
                    status = CaseStatus.CLOSED
                case e.CasePaused():
                    status = CaseStatus.PAUSED
                case e.CaseReopened() | e.CaseResumed():
                    status = CaseStatus.OPEN
        return status

    @cached_property
    def owner_id(self) -> str:
        """The officer who carries the case; empty if nobody does."""
        last = self.last(e.OwnerAssigned)
        return last.owner_id if last else ""

    @cached_property
    def review_on(self) -> date | None:
        """The next review: the last day set by anybody, unless a review held since set none."""
        review: date | None = None
        for item in self.recorded:
            match item.event:
                case e.ReviewScheduled(review_on=day):
                    review = day
                case e.ReviewHeld(next_review_on=following):
                    review = following
                case e.Step(review_on=set_on) if set_on is not None:
                    review = set_on
        return review

    @cached_property
    def open_tasks(self) -> tuple[e.TaskAdded, ...]:
        """Tasks neither done nor set aside, soonest due first."""
        done = {event.task_id for event in self.of(e.TaskDone)}
        return tuple(
            sorted((t for t in self.of(e.TaskAdded) if t.task_id not in done), key=lambda t: t.due_on)
        )

    @cached_property
    def holds(self) -> tuple[e.HoldPlaced, ...]:
        """Holds in force. A hold past its review date stays on until the DSL lifts it."""
        lifted = {event.hold_id for event in self.of(e.HoldLifted)}
        return tuple(hold for hold in self.of(e.HoldPlaced) if hold.hold_id not in lifted)

    @cached_property
    def offers(self) -> tuple[tuple[e.SupportOffered, e.SupportOutcome | None], ...]:
        """Each offer of support with its outcome, the latest by the day it is about, whenever recorded."""
        by_day = sorted(self.of(e.SupportOutcome), key=lambda event: event.on)
        outcomes = {event.offer_id: event for event in by_day}
        return tuple((offer, outcomes.get(offer.offer_id)) for offer in self.of(e.SupportOffered))

    @cached_property
    def unreviewed_mark_changes(self) -> tuple[e.MarkChanged, ...]:
        """Changed marks under a taken step that nobody has looked at yet."""
        waiting: dict[str, e.MarkChanged] = {}
        for item in self.recorded:
            match item.event:
                case e.MarkChanged(session=session) as change:
                    waiting[session] = change
                case e.MarkChangeReviewed(session=session):
                    waiting.pop(session, None)
        return tuple(waiting.values())
