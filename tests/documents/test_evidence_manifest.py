"""A pack checked from its manifest and file alone: one byte, one page, one item."""

import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from casework.documents.evidence import manifest
from tests.documents.bound import a_pack, listed

BOUND = a_pack()
MANIFEST = listed(BOUND)


def rearranged(order: list[int]) -> bytes:
    """The pack with its pages in another order."""
    reader, writer = PdfReader(BytesIO(BOUND.content)), PdfWriter()
    for place in order:
        writer.add_page(reader.pages[place])
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def one_byte(content: bytes) -> bytes:
    place = content.rindex(b"trailer") if b"trailer" in content else len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def a_page_of_another() -> bytes:
    other = PdfReader(BytesIO(a_pack().content))
    writer = PdfWriter()
    for place, page in enumerate(PdfReader(BytesIO(BOUND.content)).pages):
        writer.add_page(other.pages[0] if place == 2 else page)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_pack_as_it_was_made_verifies() -> None:
    found = manifest.verify(MANIFEST, BOUND.content, "pack.pdf")

    assert (found.problems, found.items, found.pages) == ((), 4, 5)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda: one_byte(BOUND.content), "changed|altered|not the page", id="one byte changed"),
        pytest.param(lambda: BOUND.content + b"\n", "every page shows the same", id="one byte added"),
        pytest.param(lambda: rearranged([0, 1, 2, 3, 4]), "every page shows the same", id="saved again"),
        pytest.param(
            lambda: rearranged([0, 1, 3, 2, 4]), "Page 3 .Contact log. is the page that should be page 4",
            id="one page moved",
        ),
        pytest.param(
            lambda: rearranged([0, 2, 3, 1, 4]), "Contact log stands where Letter to parent A should",
            id="two items swapped",
        ),
        pytest.param(
            a_page_of_another, "Page 3 .Contact log. is the page that should be page 1",
            id="a page put in twice",
        ),
        pytest.param(
            lambda: rearranged([0, 1, 2, 3]), "has 4 pages; the manifest lists 5", id="a page left out"
        ),
        pytest.param(lambda: b"%PDF-1.7 nothing", "no longer be opened", id="no PDF any more"),
    ],
)  # fmt: skip
def test_what_was_changed_is_named(change: Callable[[], bytes], says: str) -> None:
    found = manifest.verify(MANIFEST, change(), "pack.pdf")

    assert found.problems
    assert any(re.search(says, problem) for problem in found.problems), found.problems


def test_every_single_byte_of_the_file_counts() -> None:
    for place in range(0, len(BOUND.content), len(BOUND.content) // 40):
        changed = bytearray(BOUND.content)
        changed[place] ^= 0x20
        assert manifest.verify(MANIFEST, bytes(changed), "pack.pdf").problems


def test_a_manifest_that_was_changed_says_so() -> None:
    said = json.loads(MANIFEST)
    said["files"][0]["items"][1]["sha256"] = "0" * 64

    found = manifest.verify(json.dumps(said).encode(), BOUND.content, "pack.pdf")

    assert found.problems == ("The manifest itself was changed: its seal does not fit.",)


def test_the_seal_does_not_turn_on_the_time_the_register_was_read() -> None:
    said = json.loads(MANIFEST)

    assert manifest.seal_of({**said, "extracted_at": "later"}) == said["seal"]
    assert manifest.seal_of({**said, "files": []}) != said["seal"]


def test_a_file_that_is_not_listed_is_not_passed() -> None:
    two = json.loads(MANIFEST)
    two["files"].append({**two["files"][0], "name": "other.pdf", "sha256": "1"})
    del two["seal"]

    found = manifest.verify(manifest.sealed(two), b"%PDF-", "third.pdf")

    assert "lists no such file; it lists pack.pdf, other.pdf" in found.problems[0]


def test_an_editable_part_is_checked_by_its_bytes() -> None:
    said = {"files": [], "editable": [{"name": "01.docx", "sha256": manifest.digest_of(b"word")}]}
    whole = manifest.sealed(said)

    assert manifest.verify(whole, b"word", "01.docx").problems == ()
    assert "its bytes differ" in manifest.verify(whole, b"w0rd", "01.docx").problems[0]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1}', b'{"casework_evidence_pack": 9, "seal": ""}'])
def test_what_is_no_manifest_says_so(content: bytes) -> None:
    with pytest.raises(manifest.NotAManifest, match="no manifest of a pack"):
        manifest.verify(content, BOUND.content)
