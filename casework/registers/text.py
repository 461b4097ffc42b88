"""Bytes to text, and text as people and programs mangle it to text as it was meant."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator

from casework.registers.notes import Unclear

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKALIKES = str.maketrans(
    {
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u200b": "", "\ufeff": "",
        "\u2215": "/", "\u2044": "/", "\uff0f": "/", "\u2571": "/", "\u2216": "\\", "\uff3c": "\\",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    }
)  # fmt: skip
SEPARATORS = (",", ";", "\t", "|")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\ufffd]")


def decode(data: bytes) -> str:
    """The text of a file: its byte order mark, else UTF-8, else UTF-16 by its look, else cp1252.

    Raises:
        Unclear: The bytes are not text.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                raise Unclear("The file's text breaks off or is damaged.", "Export it again.") from None
    if b"\x00" in data[:4096]:
        return _without_mark(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if _is_junk(text):
        raise Unclear("This is not a text file.", "Export the register as CSV, XLSX, XML or JSON.")
    return text


def _without_mark(data: bytes) -> str:
    """UTF-16 without its mark: every second byte of plain text is zero."""
    sample = data[:4096]
    order = "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
    zeros = max(sample[1::2].count(0), sample[0::2].count(0))
    try:
        text = data.decode(order)
    except UnicodeDecodeError:
        text = "\x00"
    if zeros < len(sample) // 4 or _is_junk(text):
        raise Unclear("This is not a text file.", "Export the register as CSV, XLSX, XML or JSON.")
    return text


def _is_junk(text: str) -> bool:
    sample = text[:4096]
    return len(_CONTROLS.findall(sample)) * 20 > len(sample)


def clean(text: str) -> str:
    """A cell's text without stray spaces and with look-alike slashes, dashes and spaces made plain."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text.translate(_LOOKALIKES)).strip()


def plain(label: object) -> str:
    """A heading reduced to what identifies it: lower-case letters and digits."""
    return "".join(char for char in clean(str(label)).lower() if char.isalnum())


def separator(text: str) -> str:
    """What separates the columns: the one that gives the steadiest count over the first lines."""
    lines = [line for line in text[:65536].splitlines()[:60] if line.strip()]
    best, score = ",", (0, 0)
    for candidate in SEPARATORS[:3]:
        counts = [
            row_length for row in csv.reader(lines, delimiter=candidate) if (row_length := len(row)) > 1
        ]
        if counts:
            steadiest = max(set(counts), key=lambda n: (counts.count(n), n))
            found = (counts.count(steadiest), steadiest)
            if found > score:
                best, score = candidate, found
    return best


def rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of separated text. No escape character: a backslash is a mark.

    Raises:
        Unclear: A quotation is never closed, or one field is longer than any register's.
    """
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    except csv.Error as error:
        raise Unclear(
            f"The columns cannot be told apart ({error}).", "Export the file again as CSV."
        ) from None
