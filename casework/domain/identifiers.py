"""The check letter of a unique pupil number (UPN).

Source: reference data, identifiers; the algorithm is published by the Department for Education.
"""

import re

UPN_LENGTH = 13
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_SHAPE = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]")


def check_letter(body: str) -> str:
    """The letter that twelve further characters of a UPN ask for; `body` is places 2 to 13."""
    total = sum(
        place * (LETTERS.index(char) if char.isalpha() else int(char)) for place, char in enumerate(body, 2)
    )
    return LETTERS[total % 23]


def upn_fault(upn: str) -> str:
    """What is wrong with a UPN, as a sentence; empty if nothing is. A temporary UPN ends with a letter."""
    if not _SHAPE.fullmatch(upn):
        return "A UPN is a letter, eleven digits, then a digit or (if temporary) a letter."
    expected = check_letter(upn[1:])
    return "" if upn[0] == expected else f"The check letter should be {expected}."
