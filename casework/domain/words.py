"""One plain sentence for every kind of event: for the timeline, the chronology and a second writer.

A sentence says what happened in the case's own words and the choices made. What somebody wrote freely (a
note, reasons, a view) is `said`, kept apart so that a page decides who sees it. Nothing here reveals sealed
matter: of a flag or a review by the DSL it says only that there was one, of a hold its scope and its day.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from casework.domain import events as e
from casework.domain.events import Event

FREE_TEXT = ("text", "says", "reasons", "reason", "because", "pupil_view", "parent_views", "question")
SEALED = (
    *(e.SafeguardingFlagged, e.DslReviewed, e.HoldPlaced, e.HoldLifted, e.MaterialReleased),
    *(e.DslFilePassedOn, e.DslFileArrived),
)
"""Events of the DSL: others see that there was one, and no pack tells of it unless the DSL lets it."""


def describe(event: Event) -> str:
    """What happened, as one sentence that ends with a full stop.

    Raises:
        KeyError: The class of event has no sentence; a test holds that every class has one.
    """
    return " ".join(_SENTENCES[type(event)](event).split()) + "."


def said(event: Event) -> tuple[str, ...]:
    """What somebody wrote freely in the event, in their words; nothing for safeguarding events."""
    if isinstance(event, SEALED):
        return ()
    return tuple(text for name in FREE_TEXT if isinstance(text := getattr(event, name, ""), str) and text)


def in_words(name: str) -> str:
    """A stored name as a person reads it: `no_answer` is no answer, `dsl` is DSL."""
    words = name.replace("_", " ").split()
    return " ".join(_INITIALS.get(word, word) for word in words)


def number_of(number: int, noun: str) -> str:
    """A number with its noun: 1 session, 2 sessions."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def inside(title: str) -> str:
    """A title as it stands inside a sentence: its first letter small, unless it is an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def day(when: date | None) -> str:
    """A day as letters write it: 5 October 2026."""
    return "a day not given" if when is None else f"{when.day} {when:%B %Y}"


_INITIALS = {
    "dsl": "DSL", "ewo": "EWO", "la": "LA", "las": "LAs", "cme": "CME", "gp": "GP", "nti": "NTI", "pn": "PN",
    "senco": "SENCo", "ehc": "EHC", "ehcp": "EHCP", "sen": "SEN", "fsm": "FSM", "pso": "PSO", "upn": "UPN",
}  # fmt: skip


def _moment(when: datetime) -> str:
    return f"{day(when.date())} at {when:%H:%M}"


def _parent(event: Any, word: str = "for") -> str:
    return f" {word} parent {event.parent_id}" if event.parent_id else ""


def _after(word: str, text: str) -> str:
    return f" {word} {text}" if text else ""


def _period(event: Any) -> str:
    return f"{day(event.period_from)} to {day(event.period_to)}"


def _pounds(pence: int) -> str:
    return f"£{pence // 100}" + (f".{pence % 100:02}" if pence % 100 else "")


def _contact(event: e.ContactRecorded) -> str:
    seen = {True: ", child seen", False: ", child not seen", None: ""}[event.child_seen]
    return f"{in_words(event.method).capitalize()}{_parent(event, 'with')}: {in_words(event.outcome)}{seen}"


def _opened(event: e.CaseOpened) -> str:
    return f"Case opened on {in_words(event.trigger)}" if event.trigger else "Case opened by a person"


def _penalty_notice(event: e.PenaltyNoticeIssued) -> str:
    reduced = f" ({_pounds(event.reduced_pence)} if paid early)" if event.reduced_pence is not None else ""
    return (
        f"Penalty notice {event.notice_id} of {_pounds(event.amount_pence)}{reduced} issued by LA "
        f"{event.la_code} on {day(event.issued_on)}{_parent(event)}, for {_period(event)}"
    )


def _task(event: e.TaskAdded) -> str:
    return f"Task {event.task_id} added, due {day(event.due_on)}: {event.title.rstrip('.')}"


def _enquiry(event: e.EnquiryMade) -> str:
    answered = f", answered {day(event.answered_on)}" if event.answered_on else ""
    return f"Enquiry made: {in_words(event.enquiry)}{_after('of', event.asked_of)}{answered}"


def _served(event: e.DocumentServed) -> str:
    posted = f", posted {day(event.posted_on)}" if event.posted_on else ""
    served = f", served {day(event.served_on)}" if event.served_on else ""
    return f"Document {event.document_id} sent by {in_words(event.method)}{posted}{served}"


def _ended(what: str) -> Callable[[Any], str]:
    return lambda event: f"{what}: {in_words(event.outcome)}"


_SENTENCES: dict[type[Event], Callable[[Any], str]] = {
    e.CaseOpened: _opened,
    e.TriggerRaised: lambda x: f"Trigger raised: {in_words(x.trigger)}",
    e.TriggerCleared: lambda x: f"Trigger no longer holds: {in_words(x.trigger)}",
    e.TriggerSnoozed: lambda x: f"Trigger {in_words(x.trigger)} set quiet until {day(x.until)}",
    e.OwnerAssigned: lambda x: f"Case given to {x.owner_id}" if x.owner_id else "Case left without an owner",
    e.ReviewScheduled: lambda x: f"Next review set for {day(x.review_on)}",
    e.ReviewHeld: lambda x: (
        f"Review held: {in_words(x.outcome).rstrip('.')}"
        + (f"; next on {day(x.next_review_on)}" if x.next_review_on else "")
    ),
    e.ContactRecorded: _contact,
    e.VisitBegun: lambda x: f"Two members of staff set out on a home visit{_parent(x, 'to')}",
    e.VisitEnded: lambda x: "They are back from the home visit",
    e.MeetingArranged: lambda x: f"{in_words(x.meeting).capitalize()} arranged for {_moment(x.at)}",
    e.MeetingHeld: lambda x: (
        f"Meeting {x.meeting_id} held: {len(x.attended)} came, {len(x.absent)} invited did not"
    ),
    e.BarrierFound: lambda x: f"Barrier found: {in_words(x.barrier)}",
    e.SupportOffered: lambda x: (
        f"Support offered{_parent(x, 'to')}: {in_words(x.offer)}{_after('against', in_words(x.barrier))}"
    ),
    e.SupportOutcome: lambda x: f"Support offer {x.offer_id}: {in_words(x.outcome)}",
    e.AgencyInvolved: lambda x: f"Agency involved: {in_words(x.agency)}",
    e.CaseListed: lambda x: (
        f"Put before the LA: {in_words(x.listed_for)}" + (f", {day(x.meeting_on)}" if x.meeting_on else "")
    ),
    e.AgreedWithLa: lambda x: f"Agreed with the LA: {x.agreed} {x.lead} leads, by {day(x.by_when)}",
    e.ProfessionalTold: lambda x: (
        f"The {in_words(x.professional_role)} was told{_after('by', in_words(x.method))}"
    ),
    e.NoteAdded: lambda x: "Note added",
    e.TaskAdded: _task,
    e.TaskDone: lambda x: f"Task {x.task_id}: {in_words(x.outcome).rstrip('.')}",
    e.ItemReceived: lambda x: (
        f"Received: {in_words(x.item)}{_after('from', x.from_whom)}"
        + (f", reply by {day(x.reply_by)}" if x.reply_by else "")
    ),
    e.SafeguardingFlagged: lambda x: "A safeguarding matter was put to the DSL",
    e.DslReviewed: lambda x: "The DSL reviewed a safeguarding matter",
    e.HoldPlaced: lambda x: (
        f"Held by the DSL{_parent(x)}: {in_words(x.scope)}, to be reviewed by {day(x.review_on)}"
    ),
    e.HoldLifted: lambda x: "A hold was lifted by the DSL",
    e.StopNoted: lambda x: f"Formal work stopped{_parent(x)}: {in_words(x.condition)}",
    e.StopCleared: lambda x: "A person looked at what stopped formal work, and it may go on",
    e.NoticingStarted: lambda x: f"Noticing: the school first wrote or spoke to the family{_parent(x)}",
    e.SupportiveActionsStarted: lambda x: f"Supportive actions started{_parent(x)}",
    e.AttendanceContractAgreed: lambda x: (
        f"Attendance contract agreed{_parent(x, 'with')}, {day(x.starts_on)} to {day(x.ends_on)}"
    ),
    e.AttendanceContractEnded: _ended("Attendance contract ended"),
    e.NoticeToImproveIssued: lambda x: (
        f"Notice to improve issued on {day(x.issued_on)}{_parent(x)}, improvement period {_period(x)}"
    ),
    e.NoticeToImproveEnded: lambda x: f"Notice to improve ended{_parent(x)}: {in_words(x.verdict)}",
    e.ParentTold: lambda x: (
        f"Told first of {in_words(x.of)}: parent {x.parent_id}{_after('by', in_words(x.method))}"
    ),
    e.PenaltyNoticeRequested: lambda x: (
        f"Penalty notice requested{_after('of LA', x.la_code)}{_parent(x)}, for {_period(x)}"
    ),
    e.ReferralReturned: lambda x: f"The LA returned the {in_words(x.stage)}{_parent(x)}",
    e.ReferralAccepted: lambda x: f"The LA accepted the {in_words(x.stage)}{_parent(x)} as complete",
    e.PenaltyNoticeIssued: _penalty_notice,
    e.PenaltyNoticePaid: lambda x: (
        f"Penalty notice {x.notice_id} paid on {day(x.paid_on)}: {_pounds(x.amount_pence)}"
    ),
    e.PenaltyNoticeWithdrawn: lambda x: f"Penalty notice {x.notice_id} withdrawn: {in_words(x.ground)}",
    e.ProsecutionReferred: lambda x: f"Referred for a decision on prosecution{_parent(x)}",
    e.ProsecutionDecided: lambda x: f"The LA's decision on prosecution{_parent(x)}: {in_words(x.outcome)}",
    e.CmeReported: lambda x: f"Reported{_after('to LA', x.la_code)} as {in_words(x.report)}",
    e.EnquiryMade: _enquiry,
    e.EducationSupervisionOrderReferred: lambda x: (
        f"Education supervision order put{_after('to LA', x.la_code) or ' to the LA'}"
    ),
    e.EducationSupervisionOrderDecided: _ended("Education supervision order"),
    e.ReturnMade: lambda x: f"Return made to LA {x.la_code}: {in_words(x.made)}",
    e.DeletionDecided: lambda x: (
        f"Decided that the name is deleted from the roll on {day(x.deleted_on)}, ground {x.ground}"
    ),
    e.StepDeclined: lambda x: f"Decided not to take the step {in_words(x.stage)}{_parent(x)}",
    e.SupportNotAppropriate: lambda x: f"Decided that support is not appropriate here{_parent(x)}",
    e.GateOverridden: lambda x: (
        f"Gate {x.gate} set aside for {in_words(x.stage)}{_parent(x)} until {day(x.expires_on)}"
    ),
    e.DocumentDrafted: lambda x: (
        f"Document {x.document_id} drafted{_parent(x)}: {in_words(x.letter or x.template)}"
    ),
    e.DocumentEdited: lambda x: f"Document {x.document_id} edited in Word",
    e.DocumentApproved: lambda x: f"Document {x.document_id} approved",
    e.DocumentIssued: lambda x: f"Document {x.document_id} issued",
    e.DocumentServed: _served,
    e.DocumentReturned: lambda x: f"Document {x.document_id} came back undelivered",
    e.DocumentWithdrawn: lambda x: f"Document {x.document_id} withdrawn",
    e.EvidencePackPrepared: lambda x: f"Pack {x.pack_id} prepared: {in_words(x.pack)}{_parent(x, 'about')}",
    e.EvidencePackAnswered: lambda x: f"Asked before pack {x.pack_id} goes, {in_words(x.check)}: {x.answer}",
    e.EvidencePackSubmitted: lambda x: (
        f"Pack {x.pack_id} sent{_after('to LA', x.la_code)} by {in_words(x.method)}{_parent(x, 'about')}"
    ),
    e.EvidencePackRedacted: lambda x: f"Redacted twin {x.twin_id} made of pack {x.pack_id}",
    e.MaterialReleased: lambda x: f"The DSL let sealed material go in a pack: {in_words(x.pack)}",
    e.CopyGiven: lambda x: (
        f"A copy of the case was made for {f'parent {x.asked_by}' if x.asked_by else 'the pupil'}: "
        f"{x.given} things given, {len(x.left_out)} left out"
    ),
    e.DslFilePassedOn: lambda x: "The DSL passed something on",
    e.DslFileArrived: lambda x: "What the DSL passed on has arrived",
    e.StatementBegun: lambda x: f"Statement {x.statement_id} begun{_parent(x, 'about')}",
    e.StatementParagraphConfirmed: lambda x: f"A paragraph of statement {x.statement_id} was confirmed",
    e.ClockStarted: lambda x: (
        f"Clock {x.clock_id} started, {in_words(x.rule.removeprefix('clocks.'))}, "
        f"from {day(x.started_on)}{_parent(x)}"
    ),
    e.ClockPaused: lambda x: f"Clock {x.clock_id} paused",
    e.ClockResumed: lambda x: f"Clock {x.clock_id} resumed",
    e.ClockStopped: lambda x: f"Clock {x.clock_id} stopped: {in_words(x.outcome)}",
    e.ClockFired: lambda x: (
        f"Clock {x.clock_id} came due on {day(x.due_on)}"
        + (", noticed late because the system was off" if x.missed else "")
    ),
    e.MarkChanged: lambda x: (
        f"The mark for {x.session} changed from {x.was or 'blank'} to {x.now or 'blank'} "
        f"after a step relied on it{f', by {x.changed_by}' if x.changed_by else ''}"
    ),
    e.MarkChangeReviewed: lambda x: (
        f"The changed mark for {x.session} was reviewed: {in_words(x.outcome).rstrip('.')}"
    ),
    e.RegisterQuestionAsked: lambda x: f"The register's keeper was asked about {x.session}",
    e.CaseSteppedDown: lambda x: f"Stepped down to {in_words(x.to_stage)}",
    e.CasePaused: lambda x: f"Case paused until {day(x.until)}",
    e.CaseResumed: lambda x: "Case resumed",
    e.CaseClosed: lambda x: f"Case closed: {in_words(x.outcome)}",
    e.CaseReopened: lambda x: "Case opened again",
    e.PolicyMoved: lambda x: f"Case moved to policy {x.policy} {x.policy_version}",
}
