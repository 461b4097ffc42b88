"""XML read without trusting it: no document types, no entities, names without namespaces or case."""

import io
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from casework.registers.notes import Unclear


@lru_cache(maxsize=4096)
def _plain(tag: str) -> str:
    return tag.rsplit("}", 1)[-1].lower()


def name_of(element: Element) -> str:
    """An element's name in small letters, without its namespace."""
    return _plain(element.tag)


def child(element: Element, *path: str) -> Element | None:
    """The first element down a path of names, whatever their case."""
    found: Element | None = element
    for name in path:
        found = None if found is None else next((c for c in found if name_of(c) == name.lower()), None)
    return found


def children(element: Element | None, *path: str) -> list[Element]:
    """Every element at the end of a path whose other steps are taken once."""
    inner = child(element, *path[:-1]) if element is not None else None
    return [] if inner is None else [c for c in inner if name_of(c) == path[-1].lower()]


def text_at(element: Element | None, *path: str) -> str:
    """The text at the end of a path, stripped; empty if it is not there."""
    found = child(element, *path) if element is not None else None
    return (found.text or "").strip() if found is not None else ""


def records(data: bytes, *names: str) -> Iterator[Element]:
    """Each finished element of these names, in order; what was read is let go as it passes.

    Raises:
        Unclear: The file is cut short, no XML, or holds a document type or entities, after the elements
            that came before the fault.
    """
    wanted = {name.lower() for name in names}
    try:
        for _, element in iterparse(io.BytesIO(data), events=("end",), forbid_dtd=True):
            if _plain(element.tag) in wanted:
                yield element
                element.clear()
    except DefusedXmlException:
        raise Unclear(
            "The file declares a document type or entities, which no register needs.",
            "Export it again from the MIS itself.",
        ) from None
    except ParseError as error:
        line = error.position[0] if error.position else 0
        raise Unclear(f"The file is cut short or damaged at line {line}.", "Export it again.") from None
    except (LookupError, ValueError):
        raise Unclear("The file names an encoding that is not known.", "Export it as UTF-8.") from None


def root_of(data: bytes) -> str:
    """The name of the outermost element, in small letters; empty if there is none to be read."""
    try:
        for _, element in iterparse(io.BytesIO(data), events=("start",), forbid_dtd=True):
            return name_of(element)
    except (DefusedXmlException, ParseError, LookupError, ValueError):
        return ""
    return ""
