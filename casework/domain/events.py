"""Everything that can be recorded on a case, one class each. A case is what its events add up to.

An event is never edited: a later event corrects it. `on` is the day it is about; the time it was recorded,
its place in the case and its hash belong to `Recorded`, which storage makes. Ids (`task_id`, `offer_id`,
`clock_id`, ...) are short texts, unique in their case. `parent_id` is a `Parent.contact_id`.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, TypeVar

EVENTS: dict[str, type["Event"]] = {}
"""Every class of event by its stored kind, e.g. `notice_to_improve_issued`."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event says: which case, which day, who recorded it and in which role.

    `flow_run` names the run that recorded it, for what no person did; `source` names the file it was
    imported from, for work already under way when a school started.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[str] = "event"

    case_ref: str
    on: date
    by: str
    role: str = ""
    flow_run: str = ""
    source: str = ""

    def __init_subclass__(cls) -> None:
        cls.kind = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        EVENTS[cls.kind] = cls


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in its place: sequence from 1, the UTC time it was recorded, and the chain of hashes."""

    sequence: int
    recorded_at: datetime
    event: Event
    previous_hash: str = ""
    hash: str = ""

    @property
    def ref(self) -> str:
        """How evidence names the event."""
        return f"#{self.sequence}"


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A finding as it stood when a person decided."""

    rule: str
    answer: str
    says: str
    evidence: tuple[str, ...] = ()
    source: str = ""
    force: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Consideration:
    """A question the law or the policy asks, answered by a person. No answer is ever a default."""

    question: str
    answer: str
    because: str
    evidence: tuple[str, ...] = ()


# -- opening, owning, reviewing ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Event):
    """A trigger opened the case, or a person did (then `trigger` is empty and `says` is their reason)."""

    upn: str
    urn: str
    trigger: str = ""
    says: str
    evidence: tuple[str, ...] = ()
    policy: str
    policy_version: str = ""


@dataclass(frozen=True, kw_only=True)
class TriggerRaised(Event):
    """A further trigger attached to the open case."""

    trigger: str
    says: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TriggerCleared(Event):
    """A trigger no longer holds, for instance because a mark was corrected."""

    trigger: str
    says: str


@dataclass(frozen=True, kw_only=True)
class TriggerSnoozed(Event):
    """A person asked not to be told of a trigger again until a day, and said why."""

    trigger: str
    until: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class OwnerAssigned(Event):
    """The one officer who carries the case from now on."""

    owner_id: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ReviewScheduled(Event):
    """The next day on which somebody must look at the case."""

    review_on: date
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ReviewHeld(Event):
    """A review with the pupil's voice and the parents' view, in their words."""

    outcome: str
    pupil_view: str = ""
    parent_views: str = ""
    next_review_on: date | None = None


# -- contact, meetings, support ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ContactRecorded(Event):
    """A call, visit, message or talk. `outcome` is seen, spoken, no_answer, left_message or refused.

    `child_seen` is None when nobody said; a visit that meets only a parent has not seen the child.
    """

    method: str
    outcome: str
    parent_id: str = ""
    child_seen: bool | None = None
    says: str = ""
    second_officer: str = ""
    risk_note_read: bool | None = None


@dataclass(frozen=True, kw_only=True)
class VisitBegun(Event):
    """Two members of staff set out on a home visit, the risk note read; `back_by` is when they expect it."""

    visit_id: str
    second_officer: str
    back_by: datetime
    parent_id: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitEnded(Event):
    """Both are back from a home visit; what came of it is recorded beside."""

    visit_id: str


@dataclass(frozen=True, kw_only=True)
class MeetingArranged(Event):
    """An invitation to a meeting or panel."""

    meeting_id: str
    meeting: str
    at: datetime
    place: str = ""
    invited: tuple[str, ...] = ()
    interpreter: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingHeld(Event):
    """Who came, who did not, and what was agreed."""

    meeting_id: str
    attended: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    interpreter: str = ""
    says: str = ""
    pupil_view: str = ""


@dataclass(frozen=True, kw_only=True)
class BarrierFound(Event):
    """Something that keeps the pupil from school, as the family or staff described it."""

    barrier: str
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class SupportOffered(Event):
    """Help offered against a barrier, to one parent or (empty `parent_id`) to the pupil."""

    offer_id: str
    barrier: str
    offer: str
    parent_id: str = ""
    given_by: str = ""


@dataclass(frozen=True, kw_only=True)
class SupportOutcome(Event):
    """What became of an offer: engaged, declined, did_not_attend, helped, did_not_help or withdrawn."""

    offer_id: str
    outcome: str
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class AgencyInvolved(Event):
    """An agency's part: lead practitioner, plan, consent."""

    agency: str
    lead_practitioner: str = ""
    plan: str = ""
    consent: str = ""
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseListed(Event):
    """The case is put before the LA, for a meeting or its own act; its officers see it from then on."""

    listed_for: str
    meeting_on: date | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class AgreedWithLa(Event):
    """What the school and its LA agreed about a listed case at their meeting, who leads, and by when."""

    agreed: str
    lead: str
    by_when: date
    meeting_on: date


@dataclass(frozen=True, kw_only=True)
class ProfessionalTold(Event):
    """A named professional (social worker, youth-justice worker, virtual school head, ...) was told."""

    professional_role: str
    why: str
    method: str = ""
    name: str = ""


# -- notes, tasks, things received ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Event):
    """Anything a member of staff wants on the record."""

    text: str


@dataclass(frozen=True, kw_only=True)
class TaskAdded(Event):
    """Something for a person or a role to do by a day. `effect_key` is unique for what a flow asks."""

    task_id: str
    title: str
    due_on: date
    for_role: str = ""
    for_officer: str = ""
    effect_key: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskDone(Event):
    """A task was done, or is no longer needed; `outcome` says which and how."""

    task_id: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ItemReceived(Event):
    """A signed contract, a GP note, a parent's reply, proof of posting: a file attached to the case."""

    item_id: str
    item: str
    from_whom: str = ""
    filename: str = ""
    sha256: str = ""
    reply_by: date | None = None
    says: str = ""


# -- safeguarding --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SafeguardingFlagged(Event):
    """A flag put to the DSL. What was seen is sealed; only the flag's kind stands here."""

    flag: str
    sealed_id: str = ""


@dataclass(frozen=True, kw_only=True)
class DslReviewed(Event):
    """The DSL looked at a flag. The reasons are sealed; the outcome for others is in plain words."""

    flag: str
    outcome: str
    sealed_id: str = ""
    next_review_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(Event):
    """The DSL holds part of the work: others see only its scope and its review date.

    `scope` is one of letters, enforcement, visits, all_contact, first_day_contact, cme_report; `parent_id`
    narrows it to one parent.
    """

    hold_id: str
    scope: str
    review_on: date
    parent_id: str = ""


@dataclass(frozen=True, kw_only=True)
class HoldLifted(Event):
    """A hold ends only when the DSL or deputy says so, never by its date alone."""

    hold_id: str


# -- what stops everything but care --------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class StopNoted(Event):
    """Something that stops letters and formal steps until a person has looked.

    `condition` is one of death_of_pupil, death_of_parent, bereavement, off_roll, became_looked_after,
    new_medical_evidence, open_representation; `parent_id` narrows it to steps about one parent.
    """

    stop_id: str
    condition: str
    parent_id: str = ""
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class StopCleared(Event):
    """A person looked, and said why the work may go on."""

    stop_id: str
    reason: str


# -- decisions and steps -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Step(Event):
    """What every decided step keeps: reasons, the findings as they stood, the questions as answered."""

    parent_id: str = ""
    reasons: str
    findings: tuple[FindingRecord, ...] = ()
    considerations: tuple[Consideration, ...] = ()
    evidence: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    review_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NoticingStarted(Step):
    """The school noticed, and wrote or spoke to the family for the first time."""


@dataclass(frozen=True, kw_only=True)
class SupportiveActionsStarted(Step):
    """A plan of help, with what the family and the school will each do."""

    plan: str = ""


@dataclass(frozen=True, kw_only=True)
class AttendanceContractAgreed(Step):
    """A voluntary written agreement: what the parent will do, what help the school will give."""

    requirements: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    starts_on: date
    ends_on: date
    agreed_with: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AttendanceContractEnded(Event):
    """completed, breached, ended_by_agreement or varied."""

    outcome: str
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticeToImproveIssued(Step):
    """A parent's last chance to take up support before a penalty notice is considered."""

    issued_on: date
    period_from: date
    period_to: date
    improvement_test: str = ""
    early_grounds: str = ""
    further_support: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoticeToImproveEnded(Event):
    """A named person's verdict: improved, not_improved, withdrawn or ended_early."""

    parent_id: str
    verdict: str
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class ParentTold(Event):
    """A parent was told first, as some steps need: `of` names the step, such as early_penalty_notice."""

    parent_id: str
    of: str
    method: str = ""


@dataclass(frozen=True, kw_only=True)
class PenaltyNoticeRequested(Step):
    """The school asks the LA for a penalty notice. Route is irregular or leave."""

    route: str = "irregular"
    la_code: str = ""
    period_from: date
    period_to: date


@dataclass(frozen=True, kw_only=True)
class ReferralReturned(Event):
    """The LA returned a referral, with reasons.

    `checks` name what was lacking in the policy's words: they say nothing of the family, and become checks
    for every school of that LA.
    """

    stage: str
    parent_id: str = ""
    reasons: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReferralAccepted(Event):
    """The LA accepted a referral as complete."""

    stage: str
    parent_id: str = ""


@dataclass(frozen=True, kw_only=True)
class PenaltyNoticeIssued(Step):
    """The LA's own decision, kept apart from the school's request. `offence` is absence or public_place."""

    notice_id: str
    la_code: str
    issued_on: date
    period_from: date
    period_to: date
    tier: int
    amount_pence: int
    reduced_pence: int | None = None
    offence: str = "absence"


@dataclass(frozen=True, kw_only=True)
class PenaltyNoticePaid(Event):
    """A payment that settles the notice."""

    notice_id: str
    amount_pence: int
    paid_on: date


@dataclass(frozen=True, kw_only=True)
class PenaltyNoticeWithdrawn(Event):
    """ought_not, wrong_person, material_error or not_contemplated."""

    notice_id: str
    ground: str
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class ProsecutionReferred(Step):
    """Sessions put to the LA for a decision on court action."""

    la_code: str = ""
    notice_id: str = ""
    offence: str = "s444_1"
    last_day: date | None = None


@dataclass(frozen=True, kw_only=True)
class ProsecutionDecided(Step):
    """The LA's decision: proceed, not_proceed, convicted, acquitted or discontinued, with reasons."""

    outcome: str


@dataclass(frozen=True, kw_only=True)
class CmeReported(Step):
    """Reported to the LA: `report` is missing_from_school while on roll, or children_missing_education."""

    report: str = "missing_from_school"
    la_code: str = ""
    last_seen_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class EnquiryMade(Event):
    """One of the reasonable enquiries, or a cross-border enquiry about earlier notices: asked, answered."""

    enquiry: str
    asked_of: str = ""
    answer: str = ""
    answered_on: date | None = None
    parent_id: str = ""
    joint_with_la: bool = False


@dataclass(frozen=True, kw_only=True)
class EducationSupervisionOrderReferred(Step):
    """Put to the LA, which must consider an order before it prosecutes."""

    la_code: str = ""


@dataclass(frozen=True, kw_only=True)
class EducationSupervisionOrderDecided(Event):
    """applied, made, refused, not_applied, extended or discharged, with reasons."""

    outcome: str
    reasons: str = ""


@dataclass(frozen=True, kw_only=True)
class ReturnMade(Event):
    """A return to the LA: new_pupil, deletion, attendance or sickness. `episode` makes it once only."""

    made: str
    la_code: str
    why: str
    episode: str = ""


@dataclass(frozen=True, kw_only=True)
class DeletionDecided(Step):
    """The name is to be taken off the roll, on a ground that held. The school's own system takes it off."""

    ground: str
    deleted_on: date


@dataclass(frozen=True, kw_only=True)
class StepDeclined(Step):
    """A named person decided not to take a step, or to leave one out, and said why."""

    stage: str


@dataclass(frozen=True, kw_only=True)
class SupportNotAppropriate(Step):
    """A recorded decision that support is not appropriate here, as for a term-time holiday."""


@dataclass(frozen=True, kw_only=True)
class GateOverridden(Event):
    """Guidance, code or policy set aside for one step by the rank its policy names, until a day."""

    gate: str
    stage: str
    reason: str
    expires_on: date
    parent_id: str = ""


# -- documents -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class DocumentDrafted(Event):
    """A letter drafted for one parent from an event, waiting for approval where the policy says so.

    `letter` names the one of the school's own policy that it is, if it is one.
    """

    document_id: str
    template: str
    parent_id: str = ""
    from_sequence: int = 0
    letter: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentEdited(Event):
    """A person edited a draft in Word and put it back; `sha256` names the bytes that stand now."""

    document_id: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class DocumentApproved(Event):
    """Approved by the person the policy names."""

    document_id: str


@dataclass(frozen=True, kw_only=True)
class DocumentIssued(Event):
    """The bytes are fixed for ever; `sha256` names them."""

    document_id: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class DocumentServed(Event):
    """How and when it went, and when it is deemed served; drives the clocks."""

    document_id: str
    method: str
    posted_on: date | None = None
    served_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class DocumentReturned(Event):
    """The post brought it back: it was not served, whatever the law presumes of a letter posted."""

    document_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DocumentWithdrawn(Event):
    """A draft set aside, or an issued letter taken back; the bytes stay."""

    document_id: str
    reason: str


# -- packs of evidence ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EvidencePackPrepared(Event):
    """A pack's files were made and fixed. `seal` is its manifest's; `files` are the SHA-256 of all it holds.

    `register` is the digest of the register it rests on: if that changes, the pack is prepared anew.
    """

    pack_id: str
    pack: str
    parent_id: str = ""
    la_code: str = ""
    seal: str
    manifest: str = ""
    files: tuple[str, ...] = ()
    register: str = ""
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EvidencePackAnswered(Event):
    """A named person answered what only a person can say before a pack goes: yes or no, and why."""

    pack_id: str
    check: str
    answer: str
    because: str


@dataclass(frozen=True, kw_only=True)
class EvidencePackSubmitted(Event):
    """A pack went to the authority, with its checks as they stood."""

    pack_id: str
    pack: str
    parent_id: str = ""
    la_code: str = ""
    method: str
    receipt: str = ""
    checks: tuple[FindingRecord, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EvidencePackRedacted(Event):
    """A redacted twin of a pack was made; its own manifest holds the log."""

    pack_id: str
    twin_id: str
    seal: str
    manifest: str = ""
    files: tuple[str, ...] = ()
    redactions: int


@dataclass(frozen=True, kw_only=True)
class MaterialReleased(Event):
    """The DSL lets one sealed thing go in one kind of pack: `material` is an event, `#12`, or a letter."""

    material: str
    pack: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CopyGiven(Event):
    """A copy of the case for whoever it is about: the pupil (`asked_by` empty) or a parent who asked.

    `left_out` names what was held back, as `#12`, a letter or an item, each with its exemption.
    """

    asked_by: str = ""
    given: int
    left_out: tuple[str, ...] = ()
    sha256: str


@dataclass(frozen=True, kw_only=True)
class DslFilePassedOn(Event):
    """The DSL passed a file on to the next school; to whom and what it holds is sealed."""

    transfer_id: str
    sealed_id: str = ""


@dataclass(frozen=True, kw_only=True)
class DslFileArrived(Event):
    """The next school confirmed that what the DSL passed on has come; by whom is sealed."""

    transfer_id: str
    sealed_id: str = ""


@dataclass(frozen=True, kw_only=True)
class StatementBegun(Event):
    """A witness statement is being written: whose, about which parent, for which period."""

    statement_id: str
    witness_id: str
    parent_id: str = ""
    period_from: date
    period_to: date


@dataclass(frozen=True, kw_only=True)
class StatementParagraphConfirmed(Event):
    """The witness confirmed one paragraph, in the words that stand here from now on."""

    statement_id: str
    paragraph: str
    text: str


# -- clocks and watches --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ClockStarted(Event):
    """A clock of the law or the policy began. Its date is derived from the rule, never kept here.

    `agreed_on` is the last day agreed in writing, for a rule that leaves the length to those who agree.
    """

    clock_id: str
    rule: str
    started_on: date
    parent_id: str = ""
    about: str = ""
    agreed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ClockPaused(Event):
    """Only where the law allows; who, why, and from when."""

    clock_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ClockResumed(Event):
    """The pause ended."""

    clock_id: str


@dataclass(frozen=True, kw_only=True)
class ClockStopped(Event):
    """What the clock waited for happened."""

    clock_id: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ClockFired(Event):
    """The clock came due: one firing, one effect. `missed` says that its moment passed while all was off."""

    clock_id: str
    due_on: date
    firing_key: str
    missed: bool = False


@dataclass(frozen=True, kw_only=True)
class MarkChanged(Event):
    """A mark that a step relied on changed afterwards: the next step waits until a person has looked."""

    session: str
    was: str
    now: str
    changed_by: str = ""
    reason: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MarkChangeReviewed(Event):
    """A person looked at a changed mark and said what follows."""

    session: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class RegisterQuestionAsked(Event):
    """The engine never changes a mark: it asks the register's keeper."""

    question_id: str
    session: str
    question: str


# -- the life of the case ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CaseSteppedDown(Event):
    """Things are better: back to an earlier stage, with a reason."""

    to_stage: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CasePaused(Event):
    """Nothing is asked of the family until a day. Statutory clocks run on, and both are shown."""

    until: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseResumed(Event):
    """The pause ended early, or at its day."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseClosed(Event):
    """improved, moved, off_roll, set_aside, merged or other; `left_open` lists what was still open."""

    outcome: str
    reason: str
    left_open: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseReopened(Event):
    """Opened again, by whom and why."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class PolicyMoved(Event):
    """A named person moved the case to another version of its policy."""

    policy: str
    policy_version: str
    reason: str
