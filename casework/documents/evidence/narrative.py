"""What happened, from the case's events: chronology, contact log, help offered, meetings, how letters went.

Every row names the event it comes from. Nothing of the DSL's is told, nor anything about another parent than
the one a pack is about.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from casework.domain import events as e
from casework.domain.events import Event, Recorded
from casework.domain.words import SEALED, day, describe, in_words

TOLD = (
    e.CaseOpened,
    e.ReviewHeld,
    e.ContactRecorded,
    e.MeetingArranged,
    e.MeetingHeld,
    e.BarrierFound,
    e.SupportOffered,
    e.SupportOutcome,
    e.AgencyInvolved,
    e.AgreedWithLa,
    e.ProfessionalTold,
    e.ItemReceived,
    e.NoticingStarted,
    e.SupportiveActionsStarted,
    e.AttendanceContractAgreed,
    e.AttendanceContractEnded,
    e.NoticeToImproveIssued,
    e.NoticeToImproveEnded,
    e.ParentTold,
    e.PenaltyNoticeRequested,
    e.ReferralReturned,
    e.ReferralAccepted,
    e.PenaltyNoticeIssued,
    e.PenaltyNoticePaid,
    e.PenaltyNoticeWithdrawn,
    e.ProsecutionReferred,
    e.ProsecutionDecided,
    e.CmeReported,
    e.EnquiryMade,
    e.EducationSupervisionOrderReferred,
    e.EducationSupervisionOrderDecided,
    e.ReturnMade,
    e.DeletionDecided,
    e.StepDeclined,
    e.SupportNotAppropriate,
    e.DocumentIssued,
    e.DocumentServed,
    e.MarkChanged,
    e.MarkChangeReviewed,
    e.CaseSteppedDown,
    e.CasePaused,
    e.CaseResumed,
    e.CaseClosed,
    e.CaseReopened,
)
"""What a chronology tells. Clocks, drafts, tasks and notes are the school's own housekeeping."""


@dataclass(frozen=True)
class Names:
    """How pages name people: the pupil, the parent a pack is about (empty for all), officers by reference.

    `parents` gives each parent's name by contact; a parent the pack is not about is only `another parent`.
    `documents` gives each letter's title.
    """

    pupil: str
    parent_id: str
    parents: Mapping[str, str]
    officers: Mapping[str, str]
    documents: Mapping[str, str]

    def parent(self, parent_id: str) -> str:
        """A parent as this pack may name them."""
        if not parent_id:
            return ""
        if self.parent_id and parent_id != self.parent_id:
            return "another parent"
        return self.parents.get(parent_id, "") or f"parent {parent_id}"

    def officer(self, officer_id: str) -> str:
        """An officer by name where it is known."""
        return self.officers.get(officer_id, officer_id)

    def people(self, contacts: Iterable[str]) -> str:
        """Parents by name; whoever is no contact, as they were written."""
        named = [self.parent(c) if c in self.parents else c for c in contacts]
        return ", ".join(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what happened: when, what, by whom, what came of it, and the event it comes from."""

    on: date
    what: str
    by: str
    outcome: str
    ref: str


def chronology(recorded: Sequence[Recorded], names: Names) -> list[Row]:
    """What happened, oldest first; help and meetings beside letters and steps."""
    rows = []
    offers = {x.event.offer_id: x.event.offer for x in recorded if isinstance(x.event, e.SupportOffered)}
    for item in _of(recorded, names, TOLD):
        event = item.event
        if isinstance(event, e.SupportOutcome):
            what = f"What came of the help offered, {in_words(offers.get(event.offer_id, event.offer_id))}"
            came = f"{in_words(event.outcome).capitalize()}{_after(event.says)}"
            rows.append(Row(event.on, f"{what}.", names.officer(event.by), came, item.ref))
            continue
        rows.append(
            Row(event.on, _sentence(event, names), names.officer(event.by), _outcome(event), item.ref)
        )
    return sorted(rows, key=lambda row: (row.on, int(row.ref[1:])))


def contact_log(recorded: Sequence[Recorded], names: Names) -> list[Row]:
    """Every call, visit, message and talk."""
    return [
        Row(
            item.event.on,
            in_words(item.event.method).capitalize() + _with(item.event.parent_id, names),
            " and ".join(names.officer(who) for who in (item.event.by, item.event.second_officer) if who),
            _contact_outcome(item.event),
            item.ref,
        )
        for item in _of(recorded, names, (e.ContactRecorded,))
        if isinstance(item.event, e.ContactRecorded)
    ]


def support_list(recorded: Sequence[Recorded], names: Names) -> list[Row]:
    """Each offer of help, by whom, and what came of it."""
    outcomes = {
        item.event.offer_id: item.event for item in recorded if isinstance(item.event, e.SupportOutcome)
    }
    rows = []
    for item in _of(recorded, names, (e.SupportOffered,)):
        event = item.event
        assert isinstance(event, e.SupportOffered)
        came = outcomes.get(event.offer_id)
        said = "Waiting for an answer"
        if came is not None:
            said = f"{in_words(came.outcome).capitalize()} on {day(came.on)}" + _after(came.says)
        what = in_words(event.offer).capitalize() + _to(event.parent_id, names) + _against(event.barrier)
        rows.append(Row(event.on, what, event.given_by or names.officer(event.by), said, item.ref))
    return rows


def meetings(recorded: Sequence[Recorded], names: Names) -> list[list[tuple[str, str]]]:
    """Each meeting held, as names and values: invited, came, did not come, interpreter, what was said."""
    arranged = {
        item.event.meeting_id: item.event for item in recorded if isinstance(item.event, e.MeetingArranged)
    }
    found = []
    for item in recorded:
        event = item.event
        if not isinstance(event, e.MeetingHeld):
            continue
        asked = arranged.get(event.meeting_id)
        found.append(
            [
                (
                    "Meeting",
                    f"{in_words(asked.meeting).capitalize() if asked else 'Meeting'}, {day(event.on)}",
                ),
                ("Invited on", day(asked.on) if asked else ""),
                ("Place", asked.place if asked else ""),
                ("Came", names.people(event.attended) or "nobody"),
                ("Invited, did not come", names.people(event.absent) or "nobody"),
                ("Interpreter", event.interpreter or "none"),
                ("What was said and agreed", event.says),
                ("The child's own words", event.pupil_view),
                ("Recorded by", f"{names.officer(event.by)}, {item.ref}"),
            ]
        )
    return found


def posting(recorded: Sequence[Recorded], names: Names) -> list[Row]:
    """How each letter went, and when it is taken to have arrived."""
    parents = {
        item.event.document_id: item.event.parent_id
        for item in recorded
        if isinstance(item.event, e.DocumentDrafted)
    }
    rows = []
    for item in recorded:
        event = item.event
        if not isinstance(event, e.DocumentServed):
            continue
        to = parents.get(event.document_id, "")
        if names.parent_id and to and to != names.parent_id:
            continue
        title = names.documents.get(event.document_id, event.document_id)
        what = f"{title} ({event.document_id})" + _to(to, names)
        came = f"taken to have arrived on {day(event.served_on)}" if event.served_on else ""
        sent = f"{in_words(event.method).capitalize()}, posted {day(event.posted_on or event.on)}"
        rows.append(Row(event.on, what, names.officer(event.by), f"{sent}; {came}".rstrip("; "), item.ref))
    return rows


def enquiries(recorded: Sequence[Recorded], names: Names) -> list[Row]:
    """Each enquiry about a missing child, and each visit."""
    rows = [
        Row(
            item.event.on,
            in_words(item.event.enquiry).capitalize() + _after_word("of", item.event.asked_of),
            names.officer(item.event.by),
            item.event.answer or "No answer yet",
            item.ref,
        )
        for item in recorded
        if isinstance(item.event, e.EnquiryMade)
    ]
    visits = [row for row in contact_log(recorded, names) if row.what.startswith("Visit")]
    return sorted([*rows, *visits], key=lambda row: (row.on, int(row.ref[1:])))


def views(recorded: Sequence[Recorded], names: Names) -> list[tuple[str, str]]:
    """What the child and the parents said, in their words, with the day."""
    found = []
    for item in recorded:
        event = item.event
        if isinstance(event, e.ReviewHeld | e.MeetingHeld) and event.pupil_view:
            found.append((f"The child, {day(event.on)}", event.pupil_view))
        if isinstance(event, e.ReviewHeld) and event.parent_views:
            found.append((f"The parents, {day(event.on)}", event.parent_views))
    return found


def concerning(recorded: Sequence[Recorded], names: Names) -> Iterator[Recorded]:
    """What a pack about this parent may tell: nothing of the DSL's, nothing about another parent.

    What came of an offer, or of a letter, is about whom the offer or the letter was to.
    """
    others = {
        getattr(item.event, key)
        for item in recorded
        for kind, key in ((e.DocumentDrafted, "document_id"), (e.SupportOffered, "offer_id"))
        if isinstance(item.event, kind) and _another(getattr(item.event, "parent_id", ""), names)
    }
    for item in recorded:
        event = item.event
        about = {getattr(event, "document_id", ""), getattr(event, "offer_id", "")}
        apart = _another(getattr(event, "parent_id", ""), names) or about & others
        if not (isinstance(event, SEALED) or apart):
            yield item


def _of(recorded: Sequence[Recorded], names: Names, kinds: tuple[type[Event], ...]) -> Iterator[Recorded]:
    return (item for item in concerning(recorded, names) if isinstance(item.event, kinds))


def _another(parent_id: str, names: Names) -> bool:
    return bool(names.parent_id and parent_id and parent_id != names.parent_id)


def _sentence(event: Event, names: Names) -> str:
    """The event's own sentence, with people and letters by name."""
    says = describe(event)
    parent_id = getattr(event, "parent_id", "")
    if parent_id:
        says = says.replace(f"parent {parent_id}", names.parent(parent_id))
    document_id = getattr(event, "document_id", "")
    if document_id in names.documents:
        says = says.replace(f"Document {document_id}", f"{names.documents[document_id]} ({document_id})")
    if isinstance(event, e.MeetingHeld):
        came, not_there = names.people(event.attended), names.people(event.absent)
        says = f"Meeting held. Came: {came or 'nobody'}. Did not come: {not_there or 'nobody'}."
    if isinstance(event, e.CaseOpened):
        says = f"Attendance case opened: {event.says}"
    return says


def _outcome(event: Event) -> str:
    match event:
        case e.ContactRecorded() | e.SupportOutcome() | e.BarrierFound() | e.MeetingHeld():
            return event.says
        case e.ReviewHeld():
            return event.outcome
        case e.EnquiryMade():
            return event.answer
        case e.AttendanceContractEnded() | e.NoticeToImproveEnded():
            return event.says
    return ""


def _contact_outcome(event: e.ContactRecorded) -> str:
    seen = {True: "; child seen", False: "; child not seen", None: ""}[event.child_seen]
    return f"{in_words(event.outcome).capitalize()}{seen}{_after(event.says)}"


def _after(says: str) -> str:
    return f": {says}" if says else ""


def _after_word(word: str, text: str) -> str:
    return f" {word} {text}" if text else ""


def _with(parent_id: str, names: Names) -> str:
    return f" with {names.parent(parent_id)}" if parent_id else ""


def _to(parent_id: str, names: Names) -> str:
    return f" to {names.parent(parent_id)}" if parent_id else ""


def _against(barrier: str) -> str:
    return f", because of {in_words(barrier)}" if barrier else ""
