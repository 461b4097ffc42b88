"""One PDF of many: an index with page numbers, labels, running numbers, marking and reference, bookmarks.

Pages from elsewhere (letters, scans) are set a little smaller on A4, so that nothing stamped covers them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError
from pypdf.generic import RectangleObject

from casework.documents.evidence import paper
from casework.documents.evidence.errors import CannotBind
from casework.documents.evidence.paper import Paper

PDF = "application/pdf"
PICTURES = {"image/png": "png", "image/jpeg": "jpg"}
A4 = (595.28, 841.89)
_SMALLER = 0.92
_INDEX = "Index"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One item as it goes in: its title, its label if it is an exhibit, its PDF, and whether we drew it."""

    title: str
    label: str
    content: bytes
    drawn_here: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an item stands in the file, first and last page from 1."""

    title: str
    label: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Look:
    """What stands on every page: the marking (empty for none) and the reference."""

    marking: str
    reference: str


@dataclass(frozen=True, slots=True)
class Bound:
    """The file and where everything stands in it."""

    content: bytes
    placed: tuple[Placed, ...]
    pages: int


IndexOf = Callable[[Sequence[Placed]], Paper]


def bind(title: str, look: Look, leaves: Sequence[Leaf], index: IndexOf) -> Bound:
    """The items in one file, behind their index.

    Args:
        index: Draws the index from where everything stands; it is drawn twice, for its own length counts.

    Raises:
        CannotBind: An item is no PDF, is locked with a password, or has no page.
    """
    readers = [_opened(leaf) for leaf in leaves]
    front = paper.to_pdf(index(_places(leaves, readers, 1)))
    placed = _places(leaves, readers, _length(front))
    front = paper.to_pdf(index(placed))
    if _length(front) != placed[0].last:
        placed = _places(leaves, readers, _length(front))
        front = paper.to_pdf(index(placed))
    writer = PdfWriter()
    for page in PdfReader(BytesIO(front)).pages:
        writer.add_page(page)
    for leaf, reader in zip(leaves, readers, strict=True):
        for page in reader.pages:
            added = writer.add_page(page)
            if not leaf.drawn_here:
                _set_smaller(added)
    _stamp(writer, look, placed)
    for item in placed:
        writer.add_outline_item(title=f"{item.label} {item.title}".strip(), page_number=item.first - 1)
    writer.add_metadata({"/Title": title})
    writer.compress_identical_objects(remove_unreferenced=True)
    made = BytesIO()
    writer.write(made)
    return Bound(made.getvalue(), placed, len(writer.pages))


def blank(look: Look, placed: Sequence[Placed], page: int, pages: int, says: str) -> bytes:
    """The page that stands where one was withheld: why, under the same stamps."""
    sheet = Paper("Page withheld")
    sheet.heading("Page withheld")
    sheet.text(says)
    writer = PdfWriter()
    writer.add_page(PdfReader(BytesIO(paper.to_pdf(sheet))).pages[0])
    label = _label_at(placed, page)
    stamps = _stamps([_said(look, label, page, pages, *A4)])
    writer.pages[0].merge_page(stamps[0])
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def picture_as_pdf(content: bytes, media_type: str, title: str) -> bytes:
    """A photograph or scan as one page.

    Raises:
        CannotBind: It cannot be drawn.
    """
    kind = PICTURES[media_type]
    name = f"picture.{kind}"
    source = (
        '#set page(paper: "a4", margin: 1.5cm)\n#set document(title: "Picture", date: none)\n'
        f'#align(center, image("{name}", width: 100%, height: 100%, fit: "contain", alt: "Scanned item"))'
    )
    with TemporaryDirectory(prefix="casework-picture-") as folder:
        (Path(folder) / name).write_bytes(content)
        main = Path(folder) / "main.typ"
        main.write_text(source, "utf-8")
        try:
            made = typst.compile(main, root=Path(folder), format="pdf", timestamp=paper.EPOCH)
        except typst.TypstError as error:
            raise CannotBind(title, "it is no picture that can be opened.") from error
    assert isinstance(made, bytes)
    return made


def _opened(leaf: Leaf) -> PdfReader:
    try:
        reader = PdfReader(BytesIO(leaf.content))
        if reader.is_encrypted:
            raise CannotBind(leaf.title, "it is locked with a password.")
        if not len(reader.pages):
            raise CannotBind(leaf.title, "it has no page.")
    except (PyPdfError, ValueError, KeyError, TypeError) as error:
        raise CannotBind(leaf.title, "it is not a PDF that can be opened.") from error
    return reader


def _length(content: bytes) -> int:
    return len(PdfReader(BytesIO(content)).pages)


def _places(leaves: Sequence[Leaf], readers: Sequence[PdfReader], front: int) -> tuple[Placed, ...]:
    placed = [Placed(_INDEX, "", 1, front)]
    for leaf, reader in zip(leaves, readers, strict=True):
        first = placed[-1].last + 1
        placed.append(Placed(leaf.title, leaf.label, first, first + len(reader.pages) - 1))
    return tuple(placed)


def _set_smaller(page: PageObject) -> None:
    """Set a page on A4, upright or on its side as it was, a little smaller and in the middle."""
    page.transfer_rotation_to_content()
    box = page.cropbox
    left, low, wide, high = float(box.left), float(box.bottom), float(box.width), float(box.height)
    across, up = A4 if high >= wide else (A4[1], A4[0])
    scale = _SMALLER * min(across / wide, up / high)
    move = Transformation().translate(-left, -low).scale(scale)
    page.add_transformation(move.translate((across - wide * scale) / 2, (up - high * scale) / 2))
    for name in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/Annots", "/StructParents"):
        if name in page:
            del page[name]
    page.mediabox = RectangleObject((0, 0, across, up))


def _stamp(writer: PdfWriter, look: Look, placed: Sequence[Placed]) -> None:
    pages = len(writer.pages)
    stamps = _stamps(
        [
            _said(
                look, _label_at(placed, number), number, pages,
                float(page.mediabox.width), float(page.mediabox.height),
            )
            for number, page in enumerate(writer.pages, 1)
        ]
    )  # fmt: skip
    for page, stamp in zip(writer.pages, stamps, strict=True):
        page.merge_page(stamp)
        page.compress_content_streams()


def _said(
    look: Look, label: str, number: int, pages: int, width: float, height: float
) -> Mapping[str, object]:
    return {
        "marking": look.marking,
        "reference": look.reference,
        "label": label,
        "number": f"Page {number} of {pages}",
        "width": width,
        "height": height,
    }


def _stamps(said: Sequence[Mapping[str, object]]) -> Sequence[PageObject]:
    made = paper.drawn("stamps.typ", stamps=json.dumps(said))
    return PdfReader(BytesIO(made)).pages


def _label_at(placed: Sequence[Placed], page: int) -> str:
    return next((item.label for item in placed if item.first <= page <= item.last), "")
