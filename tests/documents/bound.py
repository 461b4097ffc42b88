"""How a test makes a pack's file: a few papers bound behind an index."""

from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader

from casework.documents.evidence import manifest
from casework.documents.evidence.binding import Bound, Leaf, Look, Placed, bind
from casework.documents.evidence.paper import Paper, to_pdf

LOOK = Look("OFFICIAL-SENSITIVE", "ABC-26-0001-P1")
LETTER = "Mrs Rasa Petrauskas lives at 12 Invented Lane.\nHer son Annual was not at school. Ann rang twice."


def a_paper(title: str, *texts: str, rows: int = 0, wide: bool = False) -> bytes:
    """A paper of some paragraphs and a table."""
    paper = Paper(title, wide=wide)
    paper.heading(title)
    for text in texts:
        paper.text(text)
    if rows:
        paper.table(("Date", "What"), (1, 4), [(f"Day {n}", f"{title} {n}") for n in range(1, rows + 1)])
    return to_pdf(paper)


def index(placed: Sequence[Placed]) -> Paper:
    """A plain index."""
    paper = Paper("Index")
    paper.heading("Index")
    paper.table(
        ("Item", "Pages"), (4, 1), [(item.title, f"{item.first} to {item.last}") for item in placed[1:]]
    )
    return paper


def a_pack(*leaves: Leaf) -> Bound:
    """Three items unless others are given: a letter from elsewhere, a long table, a page on its side."""
    given = leaves or (
        Leaf("Letter to parent A", "BT/1", a_paper("Letter", LETTER)),
        Leaf("Contact log", "", a_paper("Contact log", rows=60), drawn_here=True),
        Leaf("Register", "BT/2", a_paper("Register", wide=True, rows=3), drawn_here=True),
    )
    return bind("Pack ABC-26-0001-P1", LOOK, given, index)


def listed(bound: Bound, name: str = "pack.pdf") -> bytes:
    """The manifest of one file."""
    items = [
        {"title": p.title, "label": p.label, "first": p.first, "last": p.last, "source": "#1", "sha256": ""}
        for p in bound.placed
    ]
    digest = manifest.digest_of(bound.content)
    pages = manifest.page_digests(bound.content)
    return manifest.sealed(
        {"files": [{"name": name, "sha256": digest, "pages": pages, "items": items}], "extracted_at": "now"}
    )


def pages_of(content: bytes) -> list[str]:
    """What each page says."""
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
