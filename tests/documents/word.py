"""How a test reads a Word file: its text, its parts, its paragraphs by style."""

import io
import re
import zipfile

from docx import Document
from docx.document import Document as Opened
from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(content: bytes) -> Opened:
    """The file as python-docx reads it."""
    return Document(io.BytesIO(content))


def parts(content: bytes) -> dict[str, bytes]:
    """Every member of the file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def paragraphs(content: bytes) -> list[str]:
    """The text of every paragraph of the body, tables included, a line break as a line break."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    return [_text(p) for p in body.iter(f"{W}p")]


def text(content: bytes) -> str:
    """All the text of the body."""
    return "\n".join(paragraphs(content))


def prose(content: bytes) -> list[str]:
    """The sentences a parent reads: from the first heading to the signature, without headings and tables."""
    body = [p for p in opened(content).paragraphs if p.text.strip()]
    start = next(n for n, p in enumerate(body) if p.style.name == "Heading 1")
    end = next((n for n, p in enumerate(body) if p.text.startswith("Yours")), len(body))
    kept = [p.text for p in body[start + 1 : end] if not p.style.name.startswith("Heading")]
    return [sentence for line in kept for sentence in re.split(r"(?<=[.?!:])\s+", line)]


def _text(paragraph: object) -> str:
    return "".join(
        "\n" if node.tag == f"{W}br" else node.text or ""
        for node in paragraph.iter(f"{W}t", f"{W}br")  # type: ignore[attr-defined]
    )
