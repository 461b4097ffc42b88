"""The letters drawn on a PDF page, each with its place on the page and in the instructions that draw it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream, StreamObject

from casework.documents.evidence.fonts import CodeReader, reader_of

Matrix = tuple[float, float, float, float, float, float]
Operation = tuple[list[Any], bytes]

SHOWS = (b"Tj", b"TJ", b"'", b'"')
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_ABOVE, _BELOW = 0.78, -0.24  # Of the type size: how far letters reach above and below their line.
_WORD_GAP = 0.15
_UNSAID_AT_MOST = 20  # One in so many.


@dataclass(frozen=True, slots=True)
class Glyph:
    """One code drawn: what it says, which instruction and which string of it, where, and how wide.

    `text` is None where the font does not say. `after_gap` is true where a reader sees a space before it.
    """

    text: str | None
    operation: int
    piece: int
    code: bytes
    width: float
    box: tuple[float, float, float, float]
    after_gap: bool


@dataclass
class PageText:
    """A page's instructions and the letters they draw, in the order they are drawn."""

    page: PageObject
    operations: list[Operation] = field(default_factory=list)
    glyphs: list[Glyph] = field(default_factory=list)
    pictures: int = 0
    hidden: bool = False
    """Whether text stands where this reader does not look: inside a form of its own."""

    @classmethod
    def of(cls, page: PageObject) -> "PageText":
        """The letters of a page."""
        content = page.get_contents()
        found = cls(page)
        if content is None:
            return found
        stream = content if isinstance(content, ContentStream) else ContentStream(content, page.pdf)
        found.operations = list(stream.operations)
        _Drawing(found).run()
        return found

    @cached_property
    def readable(self) -> bool:
        """Whether nearly every letter says what it is; a sign that no font could draw is no word."""
        unsaid = sum(glyph.text is None for glyph in self.glyphs)
        return not self.hidden and unsaid * _UNSAID_AT_MOST <= len(self.glyphs)

    @property
    def said(self) -> str:
        """What the page says, without spaces."""
        return "".join((glyph.text or "").strip() for glyph in self.glyphs)


def pieces_of(operation: Operation) -> list[Any]:
    """The strings and spacings that an instruction shows, in order."""
    operands, operator = operation
    if operator == b"TJ":
        return list(operands[0])
    return [operands[-1]]


def bytes_of(piece: Any) -> bytes | None:
    """The bytes of a string as the file holds them; None for a spacing."""
    original = getattr(piece, "original_bytes", None)
    if original is not None:
        return bytes(original)
    return bytes(piece) if isinstance(piece, bytes) else None


class _Drawing:
    """Walks a page's instructions as a viewer does, keeping the state that places text."""

    def __init__(self, found: PageText) -> None:
        self.found = found
        resources = found.page.get("/Resources")
        self.resources: Any = resources.get_object() if resources is not None else {}
        self.readers: dict[str, CodeReader] = {}
        self.ctm, self.tm, self.line = _IDENTITY, _IDENTITY, _IDENTITY
        self.kept: list[tuple[Any, ...]] = []
        self.font: CodeReader | None = None
        self.size = self.spacing = self.word_spacing = self.leading = self.rise = 0.0
        self.stretch = 1.0
        self.end: tuple[float, float] | None = None

    def run(self) -> None:
        for number, (operands, operator) in enumerate(self.found.operations):
            if operator in SHOWS:
                self._show(number, operands, operator)
            else:
                self._state(operands, operator)

    def _state(self, operands: Sequence[Any], operator: bytes) -> None:
        match operator:
            case b"q":
                self.kept.append(
                    (
                        self.ctm, self.font, self.size, self.spacing, self.word_spacing, self.stretch,
                        self.leading, self.rise,
                    )
                )  # fmt: skip
            case b"Q" if self.kept:
                (
                    self.ctm, self.font, self.size, self.spacing, self.word_spacing, self.stretch,
                    self.leading, self.rise,
                ) = self.kept.pop()  # fmt: skip
            case b"cm":
                self.ctm = _times(_matrix(operands), self.ctm)
            case b"BT":
                self.tm = self.line = _IDENTITY
            case b"Tf":
                self.font, self.size = self._reader(str(operands[0])), float(operands[1])
            case b"Tc":
                self.spacing = float(operands[0])
            case b"Tw":
                self.word_spacing = float(operands[0])
            case b"Tz":
                self.stretch = float(operands[0]) / 100
            case b"TL":
                self.leading = float(operands[0])
            case b"Ts":
                self.rise = float(operands[0])
            case b"Td":
                self._move(float(operands[0]), float(operands[1]))
            case b"TD":
                self.leading = -float(operands[1])
                self._move(float(operands[0]), float(operands[1]))
            case b"Tm":
                self.tm = self.line = _matrix(operands)
            case b"T*":
                self._move(0, -self.leading)
            case b"Do":
                self._form(str(operands[0]))
            case b"INLINE IMAGE":
                self.found.pictures += 1

    def _move(self, x: float, y: float) -> None:
        self.tm = self.line = _times((1, 0, 0, 1, x, y), self.line)

    def _reader(self, name: str) -> CodeReader:
        if name not in self.readers:
            self.readers[name] = reader_of(self.resources["/Font"].get_object()[name].get_object())
        return self.readers[name]

    def _form(self, name: str) -> None:
        drawn = self.resources["/XObject"].get_object()[name].get_object()
        if drawn.get("/Subtype") == "/Image":
            self.found.pictures += 1
        elif isinstance(drawn, StreamObject):
            inside = ContentStream(drawn, self.found.page.pdf)
            self.found.hidden |= any(operator in (*SHOWS, b"Do") for _, operator in inside.operations)

    def _show(self, number: int, operands: Sequence[Any], operator: bytes) -> None:
        if operator in (b"'", b'"'):
            if operator == b'"':
                self.word_spacing, self.spacing = float(operands[0]), float(operands[1])
            self._move(0, -self.leading)
        for place, piece in enumerate(pieces_of((list(operands), operator))):
            string = bytes_of(piece)
            if string is None:
                self.tm = _times((1, 0, 0, 1, -float(piece) / 1000 * self.size * self.stretch, 0), self.tm)
            elif self.font is not None:
                self.found.glyphs += self._drawn(number, place, string, self.font)

    def _drawn(self, number: int, place: int, string: bytes, font: CodeReader) -> Iterator[Glyph]:
        for nth, code in enumerate(font.codes(string)):
            raw = string[nth * font.length : (nth + 1) * font.length]
            width = font.width(code)
            extra = self.spacing + (self.word_spacing if font.length == 1 and code == 32 else 0)
            across = (width / 1000 * self.size + extra) * self.stretch
            at = _times(self.tm, self.ctm)
            box = _box(at, across, self.size * _BELOW + self.rise, self.size * _ABOVE + self.rise)
            size = abs(box[3] - box[1]) / (_ABOVE - _BELOW) or 1
            start = (at[4], at[5])
            gap = self.end is None or _apart(self.end, start) > _WORD_GAP * size
            yield Glyph(font.text.get(code), number, place, raw, width + extra / self.size * 1000, box, gap)
            self.tm = _times((1, 0, 0, 1, across, 0), self.tm)
            after = _times(self.tm, self.ctm)
            self.end = (after[4], after[5])


def _matrix(operands: Sequence[Any]) -> Matrix:
    a, b, c, d, x, y = (float(operand) for operand in operands)
    return a, b, c, d, x, y


def _times(one: Matrix, two: Matrix) -> Matrix:
    a, b, c, d, x, y = one
    e, f, g, h, i, j = two
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h, x * e + y * g + i, x * f + y * h + j


def _box(at: Matrix, across: float, below: float, above: float) -> tuple[float, float, float, float]:
    corners = [_times((1, 0, 0, 1, x, y), at)[4:] for x in (0.0, across) for y in (below, above)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _apart(one: tuple[float, float], two: tuple[float, float]) -> float:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])
