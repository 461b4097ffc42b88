"""What a story needs before a pack: a letterhead, and letters completed, issued and posted."""

from collections.abc import Sequence
from datetime import date

from casework.actions import letters, schools
from casework.documents import Audience, template_named
from casework.documents.edited import words_of
from casework.documents.evidence.paper import Paper, to_pdf
from casework.domain import Officer
from casework.storage import files
from casework.storage.letterheads import KeptLetterhead
from tests.journeys.world import World

HEAD_OF_LETTERS = KeptLetterhead(
    ("1 Invented Road", "Nowhere", "ZZ9 9ZZ"), "01234 567890", "School days, 8am to 4pm",
    "office@invented.example", "Ida Quill",
)  # fmt: skip
SAID = {
    "enclosures": "The register of this year",
    "target": "8 of 10 sessions a week",
    "present": "Mrs Petrauskas\nBea Thorn, pastoral lead",
    "meeting_on": "2026-10-01",
    "noticed": "Mondays are hard.",
    "offers": "a bus pass",
    "reasons": "The first bus is missed.",
    "special_circumstances": "None known.",
    "head_name": "Ida Quill",
    "siblings": "None at this school.",
    "notice_to_improve": "Given to each parent on 2 October 2026.",
    "reasons_given": "The first bus is missed.",
    "early_help": "Offered on 1 October 2026.",
    "la_team": "Attendance team",
    "pupil_sex": "Female",
    "pupil_language": "Lithuanian",
    "school_number": "926/4001",
    "previous_notices": "None known.",
}


def letterhead(world: World, officer: Officer, urn: str) -> None:
    """How the school is reached."""
    schools.set_letterhead(world.inst, officer, urn, HEAD_OF_LETTERS)


def post(world: World, officer: Officer, ref: str, posted_on: date, *templates: str) -> list[str]:
    """Complete, approve, issue and post the latest draft of each template to each parent."""
    gone = []
    for letter in letters.letters_of(world.inst, officer, ref):
        kept = letter.document
        if kept.template not in templates or kept.state != "draft":
            continue
        document_id = kept.document_id
        if letter.lacking:
            letters.complete(world.inst, world.by(officer), document_id, _said(kept))
        letters.approve(world.inst, world.by(officer), document_id)
        letters.issue(world.inst, world.by(officer), document_id)
        if template_named(kept.template).audience is Audience.PARENT:
            letters.serve(
                world.inst, world.by(officer), document_id, method="first_class_post", posted_on=posted_on
            )
        gone.append(document_id)
    return gone


def _said(kept: files.Document) -> dict[str, str]:
    declared = kept.snapshot["fields"]
    return {name: text for name, text in SAID.items() if not declared.get(name)}


def printed(files: Sequence[tuple[str, bytes]]) -> list[bytes]:
    """Each Word letter's words on a page of ours: what a story needs of the converter, in no time."""
    return [a_scan(words_of(content)) for _, content in files]


def a_scan(*texts: str) -> bytes:
    """A PDF such as a school's own system prints."""
    paper = Paper("Printout")
    paper.heading("Printout")
    for text in texts:
        paper.text(text)
    return to_pdf(paper)
