"""Packs that the demo makes on its last day: a notice that is whole, and one for court in the making."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from casework.actions import evidence_packs, letters, statements
from casework.actions.installation import Installation
from casework.demo import story
from casework.demo.desk import Desk, desk_of, open_case, parents_of
from casework.demo.officers import at
from casework.domain import events as e

CERTIFICATE = "headteacher_certificate"
COURT = {
    "school_number": "926/4001",
    "la_team": "Attendance team",
    "siblings": "None at this school.",
    "early_help": "Offered in September.",
    "supervision_order_view": "Help at home was offered and not taken up; an order may help.",
    "defences": "Illness, transport and leave were looked at: none explains the absence.",
    "public_interest": "A year of school is at stake.",
    "communication": "English at home; no help needed with reading.",
    "head_name": "The headteacher",
    "enclosures": "Every letter\nThe register of the year",
    "pupil_sex": "Not recorded",
}


def make(inst: Installation, on: date) -> None:
    """A pack of each parent's notice to improve, and one for court that says what it lacks.

    Where letters cannot be turned into PDF no pack is made.
    """
    if not evidence_packs.can_be_made():
        return
    read_at = datetime(on.year, on.month, on.day, 16, 0, tzinfo=ZoneInfo("Europe/London"))
    child = story.NORFOLK_NTI
    desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
    for parent in parents_of(inst, child):
        who = desk.by(f"notice pack {parent.contact_id}")
        evidence_packs.prepare(inst, who, desk.ref, "notice_to_improve", parent.contact_id, read_at)
    _for_court(inst, on, read_at)


def _for_court(inst: Installation, on: date, read_at: datetime) -> None:
    child = story.SEVERE_ACADEMY
    desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
    parent_id = parents_of(inst, child)[0].contact_id
    head = desk_of(inst, at(child.school.urn, "head"), child, on)
    _issue_form(inst, head)
    _certify(inst, head)
    referred = open_case(inst, child).of(e.ProsecutionReferred)[-1]
    statements.begin(
        inst,
        desk.by("statement"),
        desk.ref,
        witness_id=desk.officer.officer_id,
        parent_id=parent_id,
        period_from=date(2026, 9, 7),
        period_to=referred.on,
    )
    draft = statements.shown(inst, desk.officer, desk.ref, on, parent_id)
    assert draft is not None
    for paragraph in draft.paragraphs[:-1]:  # The last is left for the witness to read.
        statements.confirm(
            inst,
            desk.by(f"confirmed {paragraph.key}"),
            desk.ref,
            statement_id=draft.statement_id,
            paragraph=paragraph.key,
        )
    evidence_packs.prepare(inst, desk.by("court pack"), desk.ref, "prosecution", parent_id, read_at)


def _certify(inst: Installation, head: Desk) -> None:
    """The head's certificate of the register, over exactly the sessions put to court."""
    if any(x.document.template == CERTIFICATE for x in letters.letters_of(inst, head.officer, head.ref)):
        return
    said = {"head_name": head.officer.name, "head_role": "Headteacher"}
    letters.draft(inst, head.by("certificate"), head.ref, CERTIFICATE, given=said)
    made = letters.letters_of(inst, head.officer, head.ref)[-1].document
    letters.issue(inst, head.by("certificate issued"), made.document_id)


def _issue_form(inst: Installation, head: Desk) -> None:
    """The referral's form, made whole by the head and fixed."""
    for letter in letters.letters_of(inst, head.officer, head.ref):
        document = letter.document
        if document.template != "prosecution_referral" or document.state not in ("draft", "approved"):
            continue
        if document.state == "draft":
            if letter.lacking:
                fields = document.snapshot["fields"]
                said = {name: text for name, text in COURT.items() if not fields.get(name)}
                letters.complete(inst, head.by("court form"), document.document_id, said)
            letters.approve(inst, head.by("court form approved"), document.document_id)
        letters.issue(inst, head.by("court form issued"), document.document_id)
