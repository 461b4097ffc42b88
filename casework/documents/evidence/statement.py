"""A witness's statement as a draft: paragraphs in the first person, of what that witness did and saw alone.

Each paragraph has a key made of what it rests on. The witness confirms it in their own words; if what it
rests on changes, it has another key and waits to be confirmed again. Until all are, nothing can be signed.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.documents.evidence.narrative import Names, concerning
from casework.documents.printing import count
from casework.domain import events as e
from casework.domain.events import Event, Recorded
from casework.domain.words import day, in_words


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its key, the events or sessions it rests on, the draft, and the words confirmed."""

    key: str
    rests_on: tuple[str, ...]
    draft: str
    confirmed: str = ""

    @property
    def text(self) -> str:
        """The witness's own words where they are confirmed, otherwise the draft."""
        return self.confirmed or self.draft


@dataclass(frozen=True, slots=True)
class Charged:
    """The register of the period, as the statement puts it, in sessions."""

    first: date
    last: date
    possible: int
    attended: int
    authorised: int
    unauthorised: int
    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """Who makes the statement."""

    officer_id: str
    name: str
    role: str
    school: str


def paragraphs(
    recorded: Sequence[Recorded],
    witness: Witness,
    names: Names,
    charged: Charged,
    exhibits: Sequence[tuple[str, str]],
    confirmed: Mapping[str, str],
) -> tuple[Paragraph, ...]:
    """The statement's paragraphs in order: who I am, the child, the register, what I did, what I produce.

    Args:
        exhibits: (label, description) of what the witness produces.
        confirmed: The witness's own words, by paragraph.
    """
    made = [
        _paragraph(("witness", witness.officer_id, witness.role), _who(witness), confirmed),
        _paragraph(("family", names.parent_id), _family(names), confirmed),
        _paragraph(
            ("register", *map(str, (charged.first, charged.last, *_counts(charged))), *charged.sessions),
            _register(charged, names),
            confirmed,
        ),
    ]
    for item in concerning(recorded, names):
        event = item.event
        tell = _TELLS.get(type(event))
        if tell is None or event.by != witness.officer_id:
            continue
        says = tell(event, names)
        if says:
            made.append(_paragraph((item.ref,), says, confirmed))
    if exhibits:
        listed = "; ".join(f"{label}, {what}" for label, what in exhibits)
        made.append(
            _paragraph(("exhibits", *(f"{a} {b}" for a, b in exhibits)), f"I produce: {listed}.", confirmed)
        )
    return tuple(made)


def all_confirmed(made: Sequence[Paragraph]) -> bool:
    """Whether the witness confirmed every paragraph: only then is there a place to sign."""
    return bool(made) and all(paragraph.confirmed for paragraph in made)


def _paragraph(rests_on: tuple[str, ...], draft: str, confirmed: Mapping[str, str]) -> Paragraph:
    digest = hashlib.sha256("\n".join(rests_on).encode()).hexdigest()[:10]
    key = rests_on[0] if rests_on[0].startswith("#") else f"{rests_on[0]}-{digest}"
    return Paragraph(key, rests_on, draft, confirmed.get(key, ""))


def _counts(charged: Charged) -> tuple[int, ...]:
    return charged.possible, charged.attended, charged.authorised, charged.unauthorised


def _who(witness: Witness) -> str:
    return (
        f"I am {witness.name}. I am {witness.role} at {witness.school}. In this work I read the school's "
        "attendance register and the record of what is done about absence, which are kept each school day."
    )


def _family(names: Names) -> str:
    parent = names.parent(names.parent_id) if names.parent_id else "the parents"
    return f"This statement is about {names.pupil}, a registered pupil of the school, and {parent}."


def _register(charged: Charged, names: Names) -> str:
    return (
        f"From {day(charged.first)} to {day(charged.last)} the register shows "
        f"{count(charged.possible, 'possible session')}. {names.pupil} attended {charged.attended:,}, "
        f"was absent with leave or another authorised reason from {charged.authorised:,}, and was absent "
        f"without authority from {charged.unauthorised:,}. The sessions are listed in the coded register."
    )


def _contact(event: Any, names: Names) -> str:
    who = names.parent(event.parent_id) or "the family"
    did = {
        "call": f"I telephoned {who}",
        "visit": f"I visited the home of {who}",
        "text": f"I sent a text message to {who}",
        "email": f"I sent an e-mail to {who}",
        "meeting": f"I met {who}",
        "letter": f"I wrote to {who}",
    }.get(event.method, f"I was in touch with {who} by {in_words(event.method)}")
    came = {
        "no_answer": "Nobody answered.",
        "left_message": "I left a message.",
        "spoken": "We spoke.",
        "seen": "I saw them.",
        "refused": "They did not want to speak.",
    }.get(event.outcome, f"{in_words(event.outcome).capitalize()}.")
    seen = {True: " I saw the child.", False: " I did not see the child.", None: ""}[event.child_seen]
    return f"On {day(event.on)} {did}. {came}{seen}{_said(event.says)}"


def _said(text: str) -> str:
    return f" I recorded: “{text.strip()}”" if text.strip() else ""


def _offered(event: Any, names: Names) -> str:
    who = names.parent(event.parent_id) or "the pupil"
    because = f", because of {in_words(event.barrier)}" if event.barrier else ""
    return f"On {day(event.on)} I offered {who} help: {in_words(event.offer)}{because}."


def _came_of(event: Any, names: Names) -> str:
    came = in_words(event.outcome)
    return f"On {day(event.on)} I recorded what came of an offer of help: {came}.{_said(event.says)}"


def _met(event: Any, names: Names) -> str:
    came, not_there = names.people(event.attended), names.people(event.absent)
    interpreter = f" There was an interpreter: {event.interpreter}." if event.interpreter else ""
    return (
        f"On {day(event.on)} I was at a meeting about attendance. Came: {came or 'nobody'}. "
        f"Invited and not there: {not_there or 'nobody'}.{interpreter}{_said(event.says)}"
    )


def _served(event: Any, names: Names) -> str:
    title = names.documents.get(event.document_id)
    if title is None:
        return ""  # A letter to another parent is not this statement's.
    posted = event.posted_on or event.on
    return f"On {day(posted)} I sent the {title.lower()} ({event.document_id}) by {in_words(event.method)}."


def _told(event: Any, names: Names) -> str:
    how = f" by {in_words(event.method)}" if event.method else ""
    return f"On {day(event.on)} I told {names.parent(event.parent_id)}{how} of {in_words(event.of)}."


_TELLS: dict[type[Event], Callable[[Any, Names], str]] = {
    e.ContactRecorded: _contact,
    e.SupportOffered: _offered,
    e.SupportOutcome: _came_of,
    e.MeetingHeld: _met,
    e.DocumentServed: _served,
    e.ParentTold: _told,
    e.BarrierFound: lambda x, names: (
        f"On {day(x.on)} I recorded something that keeps the child from school: "
        f"{in_words(x.barrier)}.{_said(x.says)}"
    ),
    e.ReviewHeld: lambda x, names: f"On {day(x.on)} I held a review. {x.outcome.rstrip('.')}.",
    e.NoticeToImproveIssued: lambda x, names: (
        f"On {day(x.issued_on)} I decided that a notice to improve go to {names.parent(x.parent_id)}, for "
        f"{day(x.period_from)} to {day(x.period_to)}."
    ),
    e.NoticeToImproveEnded: lambda x, names: (
        f"On {day(x.on)} I looked at the improvement period of {names.parent(x.parent_id)} and found: "
        f"{in_words(x.verdict)}.{_said(x.says)}"
    ),
    e.AttendanceContractAgreed: lambda x, names: (
        f"On {day(x.on)} I agreed an attendance contract with {names.people(x.agreed_with)}, for "
        f"{day(x.starts_on)} to {day(x.ends_on)}."
    ),
}
"""What a witness did, in the first person. Whatever is not here is not the witness's own act."""
