"""Several marks in one cell: a day's two, or a week's ten, in AM and PM pairs from Monday.

Since August 2024 some codes have two characters, so a run of characters no longer says by itself where one
mark ends. Such a run is read only where it can be read in one way.
"""

import re
from collections.abc import Collection

from casework.registers.notes import Unclear
from casework.registers.text import clean

_BREAKS = re.compile(r"\s*[,;]\s*|\s+")
_BLANKS = ("-", "?", ".")


def pair_of(text: str, codes: Collection[str]) -> tuple[str, str]:
    """A day's AM and PM marks from one cell; an empty mark is none taken.

    Raises:
        Unclear: There are not two marks, or the cell can be read in two ways.
    """
    found = clean(text).upper()
    parts = _BREAKS.split(found)
    if len(parts) == 2:
        return _blank(parts[0]), _blank(parts[1])
    if len(parts) == 1:
        known = {*codes, *_BLANKS, "|"}
        ways = [
            (found[:cut], found[cut:])
            for cut in range(1, len(found))
            if found[:cut] in known and found[cut:] in known
        ]
        if len(ways) == 1:
            return _blank(ways[0][0]), _blank(ways[0][1])
        if len(found) == 2 and found not in codes:
            return _blank(found[0]), _blank(found[1])
    raise Unclear(
        "A day's cell needs two marks, the morning's and the afternoon's.",
        "Separate the two with a space, and write - where none was taken.",
    )


def week_of(text: str, codes: Collection[str]) -> tuple[str, ...]:
    """A week's ten marks, Monday AM first; an empty mark is none taken.

    Raises:
        Unclear: There are not ten, or they are not separated although a code has two characters.
    """
    found = clean(text).upper()
    if re.search(r"[,;]", found):
        parts = [part.strip() for part in re.split(r"[,;]", found)]
        while len(parts) > 10 and not parts[-1]:
            parts.pop()
    else:
        parts = found.split()
    if len(parts) == 10:
        return tuple(_blank(part) for part in parts)
    if len(parts) == 5 and not any(part in codes for part in parts if len(part) == 2):
        return tuple(mark for part in parts for mark in pair_of(part, codes))
    if len(parts) == 1 and len(found) == 10 and not any(char.isdigit() for char in found):
        return tuple(_blank(char) for char in found)
    if any(char.isdigit() for char in found):
        raise Unclear(
            "A week with a two-character code can be read in more than one way.",
            "Separate the ten marks with commas.",
        )
    raise Unclear(
        f"A week needs ten marks, and {len(parts) if len(parts) > 1 else len(found)} were found.",
        "Write ten marks from Monday morning to Friday afternoon, with - where none was taken.",
    )


def _blank(mark: str) -> str:
    return "" if mark in _BLANKS else mark
