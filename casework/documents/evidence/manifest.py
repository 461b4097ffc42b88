"""What is in a pack, so that anybody can check it later from the manifest and the file alone.

The manifest lists each file with its SHA-256, each page's own digest, each item with its source event, its
SHA-256 and its pages, and the register as it stood. It is sealed with the digest of everything it says; the
same seal stands in the case's chain of events.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import StreamObject

from casework.domain.errors import CaseworkError

VERSION = 1
_KIND = "casework_evidence_pack"
Content = dict[str, Any]


class NotAManifest(CaseworkError):
    """A file given as a manifest is none that this release reads."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"This is no manifest of a pack: {why} Give the file that was saved beside the pack."
        )


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check found: nothing wrong, or each thing that is, as a sentence."""

    file: str
    items: int
    pages: int
    problems: tuple[str, ...]


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def sealed(content: Mapping[str, Any]) -> bytes:
    """A manifest as bytes, with its seal."""
    whole = {_KIND: VERSION, **content}
    return _written({**whole, "seal": seal_of(whole)})


def seal_of(content: Mapping[str, Any]) -> str:
    """The digest of everything a manifest says but the time the register was read and the seal itself.

    The time is left out so that the same pack made twice has the same seal.
    """
    said = {name: value for name, value in content.items() if name not in ("seal", "extracted_at")}
    return hashlib.sha256(_written(said)).hexdigest()


def read(content: bytes) -> Content:
    """A manifest from its bytes.

    Raises:
        NotAManifest: It is something else, or of a later release.
    """
    try:
        said = json.loads(content)
    except ValueError as error:
        raise NotAManifest("it is not JSON.") from error
    if not isinstance(said, dict) or said.get(_KIND) != VERSION or "seal" not in said:
        raise NotAManifest("it does not say so, or a later release wrote it.")
    return said


def page_digests(content: bytes) -> list[str]:
    """A digest of each page of a PDF: its size, its instructions and the pictures it draws."""
    found = []
    for page in PdfReader(BytesIO(content)).pages:
        digest = hashlib.sha256(",".join(f"{float(side):.2f}" for side in page.mediabox).encode())
        drawn = page.get_contents()
        digest.update(drawn.get_data() if drawn is not None else b"")
        resources = page.get("/Resources")
        pictures = resources.get_object().get("/XObject") if resources is not None else None
        for _, picture in sorted((pictures.get_object() if pictures is not None else {}).items()):
            shown = picture.get_object()
            if isinstance(shown, StreamObject):
                digest.update(hashlib.sha256(shown._data).digest())
        found.append(digest.hexdigest())
    return found


def verify(manifest: bytes, content: bytes, name: str = "") -> Verified:
    """Check one file of a pack against its manifest, with nothing else at hand.

    Args:
        name: The file's name; where the manifest lists no file of that name, the one whose digest fits is
            meant, or its only one.

    Raises:
        NotAManifest: The manifest is none.
    """
    said = read(manifest)
    problems = (
        [] if seal_of(said) == said["seal"] else ["The manifest itself was changed: its seal does not fit."]
    )
    digest = digest_of(content)
    listed = _listed(said, name, digest)
    if listed is None:
        names = ", ".join(file["name"] for file in said["files"])
        return Verified(name, 0, 0, (*problems, f"The manifest lists no such file; it lists {names}."))
    if "pages" not in listed:
        if digest != listed["sha256"]:
            problems.append(f"{listed['name']} is not the file that the manifest lists: its bytes differ.")
        return Verified(listed["name"], 1, 0, tuple(problems))
    if digest != listed["sha256"]:
        problems += _differences(listed, content)
    return Verified(listed["name"], len(listed["items"]), len(listed["pages"]), tuple(problems))


def _listed(said: Content, name: str, digest: str) -> Content | None:
    files: Sequence[Content] = [*said["files"], *said.get("editable", ())]
    for file in files:
        if file["name"] == name:
            return file
    for file in files:
        if file["sha256"] == digest:
            return file
    return files[0] if len(files) == 1 else None


def _differences(listed: Content, content: bytes) -> list[str]:
    """What is different in a file whose digest does not fit, named as closely as can be."""
    wanted: list[str] = listed["pages"]
    try:
        now = page_digests(content)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError):
        return ["The file was changed and can no longer be opened as a PDF."]
    if now == wanted:
        return ["The file's bytes differ, though every page shows the same: it was altered or saved again."]
    found: list[str] = []
    if len(now) != len(wanted):
        found.append(f"The file has {len(now)} pages; the manifest lists {len(wanted)}.")
    swapped = _swapped(listed, now)
    if swapped:
        return [*found, *swapped]
    places = {digest: place for place, digest in enumerate(wanted, 1)}
    known = Counter(wanted)
    for number, digest in enumerate(now, 1):
        if number <= len(wanted) and digest == wanted[number - 1]:
            continue
        item = _item_at(listed, number)
        if known[digest]:
            found.append(f"Page {number} ({item}) is the page that should be page {places[digest]}.")
        else:
            found.append(f"Page {number} ({item}) is not the page that the manifest lists.")
    return found


def _swapped(listed: Content, now: Sequence[str]) -> list[str]:
    """Items that stand whole where others should."""
    items: list[Content] = listed["items"]
    wanted = listed["pages"]
    order: list[Content] = []
    left, at = list(items), 0
    while at < len(now):
        here = next(
            (
                item
                for item in left
                if now[at : at + item["last"] - item["first"] + 1] == wanted[item["first"] - 1 : item["last"]]
            ),
            None,
        )
        if here is None:
            return []
        order.append(here)
        left.remove(here)
        at += here["last"] - here["first"] + 1
    moved = [(was, here) for was, here in zip(items, order, strict=False) if was != here]
    return [f"{here['title']} stands where {was['title']} should." for was, here in moved]


def _item_at(listed: Content, page: int) -> str:
    for item in listed["items"]:
        if item["first"] <= page <= item["last"]:
            return f"{item['label']} {item['title']}".strip()
    return "beyond the last item"


def _written(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode()
