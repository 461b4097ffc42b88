"""A draft that a person edited in Word, before it takes the place of the one it came from.

Wording is theirs to change. What the document must say in fixed words stays, whom it is to and about whom
stays, and nothing may be in the file that the page does not show.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from casework.documents.declared import Template
from casework.documents.errors import TemplateFault

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHOWN = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_TRACKED = ("ins", "del", "moveFrom", "moveTo")
_KEPT = ("parent_name", "pupil_name", "pupil_surname", "reference", "notice_number")


def words_of(file: bytes) -> str:
    """All that a Word file shows, its headers and footers too, a paragraph a line.

    Raises:
        TemplateFault: It is no Word document.
    """
    return "\n".join(_words(part) for part in _parts(file).values())


def faults_of_edit(template: Template, file: bytes, fields: Mapping[str, object]) -> tuple[str, ...]:
    """What keeps an edited draft from being used, each as a sentence; empty if nothing.

    Args:
        fields: What the draft was filled with, as its snapshot keeps it.

    Raises:
        TemplateFault: The file is no Word document.
    """
    parts = _parts(file)
    shown = _one_line("\n".join(map(_words, parts.values())))
    found = [
        f"It does not say '{words}' any more ({part.says.lower()})."
        for part in template.contents
        for words in part.words
        if _one_line(words) not in shown
    ]
    for name in _KEPT:
        value = fields.get(name)
        if template.field(name) and isinstance(value, str) and value and _one_line(value) not in shown:
            found.append(f"It does not say the {name.replace('_', ' ')} as the draft did.")
    lines = fields.get("parent_address")
    if isinstance(lines, Sequence) and not isinstance(lines, str):
        gone = [line for line in map(str, lines) if _one_line(line) not in shown]
        if gone:
            found.append("The address is not whole any more.")
    if any(
        element.tag in {_W + kind for kind in _TRACKED} for part in parts.values() for element in part.iter()
    ):
        found.append("It holds tracked changes. Accept or reject them all in Word.")
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        names = archive.namelist()
    if "word/comments.xml" in names:
        found.append("It holds comments. Delete them all in Word.")
    if any(name.lower().endswith((".bin", ".exe", ".js")) for name in names):
        found.append("It holds a macro or another file. Save it as a plain Word document.")
    if any(element.tag == _W + "vanish" for part in parts.values() for element in part.iter()):
        found.append("It holds hidden text. Show it or delete it in Word.")
    return tuple(found)


def _parts(file: bytes) -> dict[str, Element]:
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            names = [name for name in archive.namelist() if _SHOWN.fullmatch(name)]
            parts = {name: fromstring(archive.read(name)) for name in sorted(names)}
    except (zipfile.BadZipFile, ParseError, DefusedXmlException) as error:
        says = "It is not a Word document (.docx). Save it as one in Word."
        raise TemplateFault("that was sent back", says) from error
    if "word/document.xml" not in parts:
        raise TemplateFault(
            "that was sent back", "It is not a Word document (.docx). Save it as one in Word."
        )
    return parts


def _words(part: Element) -> str:
    return "\n".join(
        "".join(_shown(node) for node in paragraph.iter() if node.tag in (_W + "t", _W + "br"))
        for paragraph in part.iter(_W + "p")
    )


def _shown(node: Element) -> str:
    return "\n" if node.tag == _W + "br" else node.text or ""


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("’", "'")
