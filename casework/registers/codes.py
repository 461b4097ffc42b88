"""What a school typed for a session, and the statutory code it stands for on that day.

A school types display codes; the law knows statutory ones. The school's own list of codes is believed
first, then the codes in force, then a SIMS subcode's parent (`I_F` is I), then the policy's map of old and
local codes. Each different entry is looked up once a day of the file, not once a mark.
"""

from collections.abc import Mapping
from datetime import date

from casework.domain.errors import NotInForce
from casework.registers.notes import Unclear
from casework.registers.reading import CodeBook
from casework.registers.text import clean

NO_MARK = frozenset({"", "-", "--", "NO MARK"})
_MANGLED = frozenset({"0", "0.0", "TRUE", "FALSE"})
_ERRORS = ("##", "#REF", "#N/A", "#NAME", "#VALUE", "#DIV", "#NUM", "#NULL")


def entered(raw: str) -> str:
    """An entry as it was meant: trimmed, in capitals, a vertical bar read as a slash, `-` as no mark.

    Raises:
        Unclear: A spreadsheet has put something else in the mark's place.
    """
    found = clean(raw).upper().replace("|", "/")
    if found in NO_MARK:
        return ""
    if found in _MANGLED or found.startswith(_ERRORS):
        raise Unclear(
            "A spreadsheet has put something else in the mark's place.",
            "Export again with the mark columns formatted as text.",
        )
    return found


class Lookup:
    """Codes looked up by entry and day, each once.

    Args:
        book: The codes in force by date.
        display: The school's own list, display code to statutory code; may be empty.
        today: The day after which no pupil can have been seen in school; None leaves that unasked.
    """

    def __init__(
        self, book: CodeBook, display: Mapping[str, str] | None = None, today: date | None = None
    ) -> None:
        self.book, self.display, self.today = book, display or {}, today
        self._found: dict[tuple[str, date], str | Unclear] = {}

    def code(self, raw: str, on: date) -> str:
        """The statutory code of an entry on a day; empty for no mark.

        Raises:
            Unclear: The entry is no code on that day, or says that a pupil was seen on a day to come.
        """
        try:
            found = self._found[raw, on]
        except KeyError:
            found = self._found[raw, on] = self._look(raw, on)
        if isinstance(found, Unclear):
            raise Unclear(found.says, found.remedy)  # Anew: one raised again and again gathers its traces.
        return found

    def in_force(self, on: date) -> frozenset[str]:
        """The codes in force on a day; none where the policy knows nothing of it."""
        try:
            return self.book.codes(on)
        except NotInForce:
            return frozenset()

    def _look(self, raw: str, on: date) -> str | Unclear:
        try:
            display = entered(raw)
        except Unclear as fault:
            return fault
        if not display:
            return ""
        if not self.in_force(on):
            return Unclear(f"No register codes are known for {on:%d %B %Y}.", "Check the year of the date.")
        code = self._statutory(display, on)
        if code is None:
            return self._unknown(display, on)
        if self.today is not None and on > self.today and code in self.book.present(on):
            return Unclear(
                "The mark says that the pupil was in school on a day still to come.",
                "Import it once the session is over.",
            )
        return code

    def _statutory(self, display: str, on: date) -> str | None:
        in_force = self.in_force(on)
        own = self.display.get(display)
        if own is not None:
            return own if own in in_force or not own else self.book.statutory(own, on)
        if display in in_force:
            return display
        parent = display.split("_")[0]
        if parent != display and parent in in_force:
            return parent
        return self.book.statutory(display, on)

    def _unknown(self, display: str, on: date) -> Unclear:
        near = sorted(code for code in self.in_force(on) if code[0] == display[0] and code != display)
        hint = f" Codes near it are {', '.join(near)}." if near else ""
        return Unclear(
            f"{display[:12]} is not a register code on {on:%d %B %Y}.{hint}",
            "Correct the mark in the MIS and export again, or give the school's list of codes with the file.",
        )
