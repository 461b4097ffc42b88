"""What the codes of a PDF font stand for, and how wide each is drawn."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pypdf.generic import DictionaryObject, StreamObject

_BASE = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")


@dataclass(frozen=True)
class CodeReader:
    """How one font's strings are read: bytes a code, text of a code, width in thousandths.

    A text of None is one that the font does not say.
    """

    length: int
    text: Mapping[int, str | None]
    width: Callable[[int], float]

    def codes(self, string: bytes) -> list[int]:
        """The codes of a string, in order."""
        step = self.length
        return [int.from_bytes(string[at : at + step], "big") for at in range(0, len(string), step)]


def reader_of(font: Any) -> CodeReader:
    """How a font resource is read."""
    table = font.get("/ToUnicode")
    table = table.get_object() if table is not None else None
    said = _to_unicode(table.get_data()) if isinstance(table, StreamObject) else {}
    if font.get("/Subtype") == "/Type0":
        known: Mapping[int, str | None] = said if font.get("/Encoding") == "/Identity-H" else {}
        return CodeReader(2, known, _cid_widths(font["/DescendantFonts"].get_object()[0].get_object()))
    return CodeReader(1, {**_base(font), **said}, _simple_widths(font))


def _base(font: Any) -> dict[int, str | None]:
    encoding = font.get("/Encoding")
    encoding = encoding.get_object() if encoding is not None else None
    table = encoding if isinstance(encoding, DictionaryObject) else DictionaryObject()
    differences = table.get("/Differences")
    name = table.get("/BaseEncoding") if table else encoding
    codec = _BASE.get(str(name))
    found: dict[int, str | None] = {}
    if codec is not None:
        found = {code: bytes([code]).decode(codec, "replace") for code in range(32, 256)}
    code = 0
    for item in differences or ():
        if isinstance(item, int):
            code = int(item)
        else:
            found[code] = _NAMES.get(str(item)[1:], str(item)[1:] if len(str(item)) == 2 else None)
            code += 1
    return found


_NAMES = {
    "space": " ", "period": ".", "comma": ",", "hyphen": "-", "colon": ":", "slash": "/", "quotesingle": "'",
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9",
}  # fmt: skip


def _to_unicode(table: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for kind, body in _BLOCK.findall(table):
        tokens = [(re.sub(rb"\s", b"", t[0]), bool(t[1]), bool(t[2])) for t in _TOKEN.findall(body)]
        place = 0
        while place < len(tokens):
            first = int(tokens[place][0] or b"0", 16)
            if kind == b"bfchar":
                found[first] = _utf16(tokens[place + 1][0])
                place += 2
                continue
            last = int(tokens[place + 1][0] or b"0", 16)
            if tokens[place + 2][1]:
                place += 3
                for code in range(first, last + 1):
                    found[code] = _utf16(tokens[place][0])
                    place += 1
                place += 1
                continue
            start = tokens[place + 2][0]
            for code in range(first, last + 1):
                text = _utf16(start)
                found[code] = text[:-1] + chr(ord(text[-1]) + code - first) if text else ""
            place += 3
    return found


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _simple_widths(font: Any) -> Callable[[int], float]:
    first = int(font.get("/FirstChar", 0))
    widths = [float(width) for width in font.get("/Widths", [])]
    return lambda code: widths[code - first] if 0 <= code - first < len(widths) else 500.0


def _cid_widths(font: Any) -> Callable[[int], float]:
    found: dict[int, float] = {}
    items = [item.get_object() for item in font.get("/W", [])]
    place = 0
    while place < len(items):
        first = int(items[place])
        if isinstance(items[place + 1], list):
            found |= {first + n: float(width) for n, width in enumerate(items[place + 1])}
            place += 2
        else:
            found |= dict.fromkeys(range(first, int(items[place + 1]) + 1), float(items[place + 2]))
            place += 3
    usual = float(font.get("/DW", 1000))
    return lambda code: found.get(code, usual)
