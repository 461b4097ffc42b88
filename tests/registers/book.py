"""A small code book for the readers' tests, and invented pupils whose UPNs have true check letters."""

from datetime import date

from casework.domain.identifiers import check_letter

NEW_CODES = date(2024, 8, 19)
NOW = frozenset("/\\LKVPWBMSCTRIEGNOUDXQZ#") | {"C1", "C2", "J1", *(f"Y{n}" for n in range(1, 8))}
BEFORE = frozenset("/\\LVPWBMSCTRIEGNOUDXZ#HFJY")


class Book:
    """Codes as they were before and from 19 August 2024, and a few old display codes."""

    def codes(self, on: date) -> frozenset[str]:
        return NOW if on >= NEW_CODES else BEFORE

    def present(self, on: date) -> frozenset[str]:
        return frozenset("/\\LU")

    def statutory(self, display: str, on: date) -> str | None:
        if on < NEW_CODES and display in ("7", "8"):
            return {"7": "I", "8": "Y"}[display]
        return {"X01": "X", "I01": "I", "+": "X"}.get(display)

    def counted_as(self, code: str, on: date) -> str:
        if code in ("/", "\\", "L", "K", "V", "P", "W", "B"):
            return "attended"
        if code in ("G", "N", "O", "U"):
            return "unauthorised"
        return "" if code in ("D", "X", "Q", "Z", "#", "") or code.startswith("Y") else "authorised"


BOOK = Book()


def upn(number: int) -> str:
    """An invented pupil's UPN."""
    body = f"999{number // 1000 % 10000:04}26{number % 1000:03}"
    return check_letter(body) + body
