"""CSV text with the same bytes everywhere."""

import csv
import io
from collections.abc import Iterable, Sequence


def csv_bytes(
    header: str, rows: Iterable[Sequence[object]], separator: str = ",", encoding: str = "utf-8"
) -> bytes:
    """A header of words and rows, quoted where needed; None is empty, a bool `true` or `false`."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(header.split())
    writer.writerows([_text(value) for value in row] for row in rows)
    return out.getvalue().encode(encoding, errors="replace")


def _text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
