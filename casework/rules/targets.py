"""A target agreed with a family in plain numbers: so many sessions of those expected, never a percentage."""

import re

_SESSIONS = re.compile(r"\b(\d{1,3}) (?:out )?of (?:the )?(\d{1,3}) sessions\b")


def in_sessions(text: str) -> bool:
    """Whether a target says so many of so many sessions, fewer than all of them, and no percentage.

    Source: letters
    """
    found = _SESSIONS.search(text.lower())
    if found is None or "%" in text or "per cent" in text.lower():
        return False
    return 0 < int(found.group(1)) < int(found.group(2))
