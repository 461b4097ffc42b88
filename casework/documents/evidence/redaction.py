"""The redacted twin of a pack: what is taken out is gone from the file, and a log says what, why and by whom.

Words are taken out of the instructions that draw them and their place is blacked; a page that cannot be read
word by word (a scan, a drawing) is withheld whole. The result is read again by another reader, and every
stream of the file searched, before anybody gets it. The log names what was taken out and never repeats it.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    ContentStream,
    FloatObject,
    NumberObject,
)

from casework.documents.evidence.errors import CannotRedact, NotFoundToRedact, StillThere
from casework.documents.evidence.glyphs import Glyph, PageText, bytes_of, pieces_of

_TAGS = (b"BMC", b"BDC", b"EMC", b"MP", b"DP")
BLACK = "■"


@dataclass(frozen=True, slots=True)
class Redaction:
    """Something to take out: `words` wherever they stand, or one whole `page`; `what` names it in the log."""

    what: str
    why: str
    by: str
    words: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log: how often on which page, and how many letters; a page withheld has none."""

    what: str
    why: str
    by: str
    page: int
    places: int
    letters: int

    @property
    def withheld(self) -> bool:
        """Whether the whole page was left out."""
        return self.places == 0


@dataclass(frozen=True, slots=True)
class Twin:
    """The redacted file, its log, and the pages that are pictures, which only eyes can check."""

    content: bytes
    log: tuple[LogEntry, ...]
    look_at: tuple[int, ...]


def redact(content: bytes, redactions: Sequence[Redaction], blanks: Mapping[int, bytes]) -> Twin:
    """The redacted twin of a file.

    Args:
        redactions: What to take out; the same words may be named once for all pages.
        blanks: For each page to be withheld, the one-page PDF that stands in its place.

    Raises:
        NotFoundToRedact: Words or a page named are nowhere in the file.
        CannotRedact: Words were asked for and a page cannot be read letter by letter.
        StillThere: They could be read after all; nothing is given out.
    """
    reader = PdfReader(BytesIO(content))
    withheld = {r.page: r for r in redactions if r.page}
    wanted = [r for r in redactions if r.words]
    texts = {n: PageText.of(page) for n, page in enumerate(reader.pages, 1) if n not in withheld}
    unread = [n for n, text in texts.items() if text.glyphs and not text.readable]
    if wanted and unread:
        raise CannotRedact(unread)
    log = [LogEntry(r.what, r.why, r.by, r.page, 0, 0) for r in withheld.values()]
    taken: dict[int, set[int]] = {n: set() for n in texts}
    for redaction in wanted:
        for number, text in texts.items():
            places = [found for found in found_in(text, redaction.words) if not found <= taken[number]]
            if places:
                gone = set().union(*places) - taken[number]
                taken[number] |= gone
                letters = sum(_letters(text.glyphs[place]) for place in gone)
                entry = LogEntry(redaction.what, redaction.why, redaction.by, number, len(places), letters)
                log.append(entry)
    lacking = [r.what for r in wanted if not any(e.what == r.what and not e.withheld for e in log)]
    lacking += [f"page {n}" for n in withheld if not 0 < n <= len(reader.pages)]
    if lacking:
        raise NotFoundToRedact(lacking)
    made = _made(reader, texts, taken, blanks, [r.words for r in wanted])
    if left := [r.what for r in wanted if _readable_in(made, r.words)]:
        raise StillThere(left)
    look_at = tuple(n for n, text in texts.items() if text.pictures)
    return Twin(made, tuple(sorted(log, key=lambda e: (e.page, e.what))), look_at)


def unlogged(original: bytes, twin: bytes, log: Sequence[LogEntry]) -> tuple[str, ...]:
    """Where two twins differ without the log saying so: each as a sentence, none if all is logged."""
    one, two = PdfReader(BytesIO(original)), PdfReader(BytesIO(twin))
    if len(one.pages) != len(two.pages):
        return (f"The file has {len(one.pages)} pages, its twin {len(two.pages)}.",)
    found = []
    for number, (page, other) in enumerate(zip(one.pages, two.pages, strict=True), 1):
        logged = [entry for entry in log if entry.page == number]
        if any(entry.withheld for entry in logged):
            continue
        before, after = PageText.of(page).said, PageText.of(other).said
        if not _is_within(after, before):
            found.append(f"Page {number} says something in the twin that it does not say in the file.")
        gone, said = len(before) - len(after), sum(entry.letters for entry in logged)
        if gone != said:
            found.append(f"Page {number} lacks {gone} letters in the twin; the log says {said}.")
    return tuple(found)


def found_in(text: PageText, words: str) -> list[set[int]]:
    """The glyphs of each place where the words stand, whatever the spaces and line ends between them."""
    letters: list[tuple[str, int]] = []
    for place, glyph in enumerate(text.glyphs):
        letters += [(letter, place) for letter in _plain(glyph.text or "\ufffd")]
    said = "".join(letter for letter, _ in letters)
    found = []
    for wanted in {_plain(words), _plain(words)[::-1] if _right_to_left(words) else _plain(words)}:
        at = said.find(wanted) if wanted else -1
        while at >= 0:
            places = [place for _, place in letters[at : at + len(wanted)]]
            if _whole_word(text.glyphs, places[0], places[-1]):
                found.append(set(range(places[0], places[-1] + 1)))
            at = said.find(wanted, at + 1)
    return found


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().replace("\u200b", "").split())


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def _letters(glyph: Glyph) -> int:
    return len((glyph.text or "").strip())


def _whole_word(glyphs: Sequence[Glyph], first: int, last: int) -> bool:
    """Whether no letter runs on before or after: Ann is not taken out of Annual."""
    before, after = glyphs[first - 1] if first else None, glyphs[last + 1] if last + 1 < len(glyphs) else None
    runs_in = before is not None and not glyphs[first].after_gap and _is_letter(before, glyphs[first])
    runs_on = after is not None and not after.after_gap and _is_letter(after, glyphs[last])
    return not (runs_in or runs_on)


def _is_letter(one: Glyph, two: Glyph) -> bool:
    return (one.text or " ")[-1:].isalnum() and (two.text or " ")[:1].isalnum()


def _is_within(part: str, whole: str) -> bool:
    letters = iter(whole)
    return all(letter in letters for letter in part)


# -- the file ------------------------------------------------------------------------------------------------


def _made(
    reader: PdfReader,
    texts: Mapping[int, PageText],
    taken: Mapping[int, set[int]],
    blanks: Mapping[int, bytes],
    words: Sequence[str],
) -> bytes:
    writer = PdfWriter()
    for number, page in enumerate(reader.pages, 1):
        if number in blanks:
            writer.add_page(PdfReader(BytesIO(blanks[number])).pages[0])
            continue
        added = writer.add_page(page)
        if taken[number]:
            _rewrite(writer, added, texts[number], taken[number])
    for title, place in _bookmarks(reader):
        writer.add_outline_item(title=_without(title, words), page_number=place)
    writer.add_metadata({"/Title": "Redacted copy"})
    writer.compress_identical_objects(remove_unreferenced=True)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _rewrite(writer: PdfWriter, page: PageObject, text: PageText, gone: set[int]) -> None:
    """The page's instructions without the letters that go, their places blacked, its tags dropped."""
    by_string: dict[tuple[int, int], list[tuple[Glyph, bool]]] = {}
    for place, glyph in enumerate(text.glyphs):
        by_string.setdefault((glyph.operation, glyph.piece), []).append((glyph, place in gone))
    touched = {text.glyphs[place].operation for place in gone}
    stream = ContentStream(None, writer)
    operations: list[tuple[object, bytes]] = [([], b"q")]
    for number, (operands, operator) in enumerate(text.operations):
        if operator in _TAGS:
            continue
        if number not in touched:
            operations.append((operands, operator))
            continue
        if operator in (b"'", b'"'):
            if operator == b'"':
                operations += [([operands[0]], b"Tw"), ([operands[1]], b"Tc")]
            operations.append(([], b"T*"))
        kept = _kept((operands, operator), number, by_string)
        operations.append(([ArrayObject(kept)], b"TJ"))
    operations.append(([], b"Q"))
    for left, low, right, high in _bars([text.glyphs[place] for place in sorted(gone)]):
        bar = [FloatObject(value) for value in (left, low, right - left, high - low)]
        operations += [([], b"q"), ([NumberObject(0)], b"g"), (bar, b"re"), ([], b"f"), ([], b"Q")]
    stream.operations = operations
    page.replace_contents(stream)
    for name in ("/StructParents", "/Annots", "/PieceInfo", "/Metadata"):
        if name in page:
            del page[name]


def _kept(
    operation: tuple[list[object], bytes],
    number: int,
    by_string: Mapping[tuple[int, int], list[tuple[Glyph, bool]]],
) -> Iterator[ByteStringObject | FloatObject]:
    for place, piece in enumerate(pieces_of(operation)):
        if bytes_of(piece) is None:
            yield FloatObject(piece)
            continue
        run = b""
        for glyph, goes in by_string.get((number, place), []):
            if not goes:
                run += glyph.code
                continue
            if run:
                yield ByteStringObject(run)
                run = b""
            yield FloatObject(-round(glyph.width, 3))
        if run:
            yield ByteStringObject(run)


def _bars(glyphs: Sequence[Glyph]) -> Iterator[tuple[float, float, float, float]]:
    """One bar for each stretch of letters that stand side by side on a line."""
    bar: tuple[float, float, float, float] | None = None
    for glyph in glyphs:
        left, low, right, high = glyph.box
        if bar and abs(low - bar[1]) < 1 and -1 < left - bar[2] < (high - low):
            bar = (bar[0], min(low, bar[1]), right, max(high, bar[3]))
            continue
        if bar:
            yield bar
        bar = glyph.box
    if bar:
        yield bar


def _bookmarks(reader: PdfReader) -> Iterator[tuple[str, int]]:
    for item in reader.outline:
        if not isinstance(item, list):
            place = reader.get_destination_page_number(item)
            if place is not None:
                yield str(item.title), place


def _without(title: str, words: Sequence[str]) -> str:
    """A bookmark's title, left out whole where it holds any of the words."""
    return BLACK * 8 if any(_plain(word) in _plain(title) for word in words) else title


def _readable_in(content: bytes, words: str) -> bool:
    """Whether words can still be read: by another reader, or in any stream or string of the file."""
    reader = PdfReader(BytesIO(content))
    wanted = _plain(words)
    if any(found_in(PageText.of(page), words) for page in reader.pages):
        return True
    if any(_as_a_word(wanted, page.extract_text()) for page in reader.pages):
        return True
    return any(_as_a_word(wanted, text) for text in _strings(content))


def _as_a_word(wanted: str, text: str) -> bool:
    """Whether the words stand in a text, not as a part of a longer word."""
    spaced = unicodedata.normalize("NFKC", text).casefold()
    if wanted not in "".join(spaced.split()):
        return False
    letters = [(letter, place) for place, letter in enumerate(spaced) if not letter.isspace()]
    said = "".join(letter for letter, _ in letters)
    at = said.find(wanted)
    while at >= 0:
        first, last = letters[at][1], letters[at + len(wanted) - 1][1]
        before, after = spaced[first - 1 : first], spaced[last + 1 : last + 2]
        if not (before.isalnum() and wanted[0].isalnum()) and not (after.isalnum() and wanted[-1].isalnum()):
            return True
        at = said.find(wanted, at + 1)
    return False


def _strings(content: bytes) -> Iterator[str]:
    """Everything the file's bytes say, its compressed streams opened; fonts and pictures say nothing."""
    yield content.decode("latin-1")
    for packed in _STREAM.findall(content):
        try:
            data = zlib.decompress(packed)
        except zlib.error:
            continue
        if not data.startswith((b"\x00\x01\x00\x00", b"true", b"OTTO", b"\x01\x00\x04")):
            yield data.decode("latin-1")
            yield data.decode("utf-16-be", "ignore")


_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
