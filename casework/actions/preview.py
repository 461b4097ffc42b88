"""What a Word letter says, as plain blocks in reading order, so that it can be read before it goes."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a point of a list, or a table's rows (then `text` is empty)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(content: bytes) -> tuple[Block, ...]:
    """The body of a Word file we made ourselves, as text; empty paragraphs are left out."""
    with zipfile.ZipFile(BytesIO(content)) as file:
        body = fromstring(file.read("word/document.xml")).find(f"{_W}body")
    return () if body is None else tuple(_blocks(body))


def _blocks(parent: Element) -> Iterator[Block]:
    for item in parent:
        if item.tag == f"{_W}p":
            text = _text(item)
            if text:
                yield Block(_kind(item), text)
        elif item.tag == f"{_W}tbl":
            rows = tuple(
                tuple(
                    "\n".join(filter(None, map(_text, cell.iter(f"{_W}p")))) for cell in row.iter(f"{_W}tc")
                )
                for row in item.iter(f"{_W}tr")
            )
            yield Block("table", rows=rows)
        elif item.tag == f"{_W}sdt":
            content = item.find(f"{_W}sdtContent")
            if content is not None:
                yield from _blocks(content)


def _text(paragraph: Element) -> str:
    found = []
    for item in paragraph.iter():
        if item.tag == f"{_W}t":
            found.append(item.text or "")
        elif item.tag in (f"{_W}br", f"{_W}cr"):
            found.append("\n")
        elif item.tag == f"{_W}tab":
            found.append(" ")
    return "".join(found).strip()


def _kind(paragraph: Element) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = style.get(f"{_W}val", "").lower() if style is not None else ""
    if name.startswith(("heading", "title")):
        return "heading"
    if name.startswith("list") or paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
        return "point"
    return "paragraph"
