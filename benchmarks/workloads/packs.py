"""One pack of sixty pages: bound, stamped and indexed; its twin redacted; its manifest checked."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pypdf import PdfReader, PdfWriter

from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from casework.documents.evidence import manifest, redaction
from casework.documents.evidence.binding import Bound, Leaf, Look, Placed, bind
from casework.documents.evidence.paper import Paper, to_pdf
from casework.documents.evidence.redaction import Redaction

PAGES = 60
_LETTERS, _ROWS = 15, 790  # With the index and the long table behind it these make sixty pages.
_LINE = "Ms Parent{n} was written to at {n} Invented Lane about sessions missed in the week. " * 30


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """Fifteen letters of two or three pages and one table of some hundred rows, as a pack holds them."""
    leaves = [Leaf(f"Letter {n}", f"BT/{n}", _letter(n)) for n in range(1, _LETTERS + 1)]
    leaves.append(Leaf("Chronology", "", _table(), drawn_here=True))
    made = _bound(leaves)
    pages = manifest.page_digests(made.content)
    items = [{"title": p.title, "label": p.label, "first": p.first, "last": p.last} for p in made.placed]
    listed = manifest.sealed(
        {
            "files": [
                {
                    "name": "pack.pdf",
                    "sha256": manifest.digest_of(made.content),
                    "pages": pages,
                    "items": items,
                }
            ]
        }
    )
    address = [Redaction("an address", "not needed", "bench", words="7 Invented Lane")]
    peers = {
        "product": Peer(lambda: _bound(leaves), made.pages, None),
        "pypdf_append": Peer(lambda: _appended(leaves), made.pages, None),
        "redacted_twin": Peer(lambda: redaction.redact(made.content, address, {}), made.pages, None),
        "pages_checked": Peer(
            lambda: manifest.verify(listed, made.content + b"\n", "pack.pdf"), made.pages, None
        ),
    }
    yield [Workload("packs", {"pages": made.pages}, peers, _differ, bench.rounds(5))]


def _letter(number: int) -> bytes:
    paper = Paper(f"Letter {number}")
    paper.heading(f"Letter {number}")
    for _ in range(3):
        paper.text(_LINE.format(n=number))
    return to_pdf(paper)


def _table() -> bytes:
    paper = Paper("Chronology", wide=True)
    paper.heading("Chronology")
    rows = [
        (str(n), "Mon 5 Oct 2026", f"Something that happened, number {n}.", f"#{n}") for n in range(_ROWS)
    ]
    paper.table(("No.", "Date", "What happened", "Record"), (1, 3, 8, 2), rows)
    return to_pdf(paper)


def _bound(leaves: Sequence[Leaf]) -> Bound:
    return bind("Pack", Look("OFFICIAL-SENSITIVE", "ABC-26-0001-E1"), leaves, _index)


def _index(placed: Sequence[Placed]) -> Paper:
    paper = Paper("Index")
    paper.heading("Index")
    rows = [(item.label, item.title, f"{item.first} to {item.last}") for item in placed[1:]]
    paper.table(("Exhibit", "Item", "Pages"), (1, 6, 2), rows)
    return paper


def _appended(leaves: Sequence[Leaf]) -> bytes:
    """The pages joined and nothing else: no index, no stamps, no bookmarks."""
    writer = PdfWriter()
    for leaf in leaves:
        for page in PdfReader(io.BytesIO(leaf.content)).pages:
            writer.add_page(page)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _differ(first: object, second: object) -> str:
    return ""
