"""What a sweep remembers of a school: which triggers hold for which pupil, since when, and whether told.

Kept as one array of bytes per school, so that tomorrow's sweep compares a whole school at once.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LAYOUT = np.dtype([("upn", "S13"), ("bit", "u1"), ("since", "<i4"), ("told", "u1")])
BITS = 64


@dataclass(frozen=True)
class Standing:
    """One row for each trigger that holds for a pupil: `upn`, `bit`, `since` (a day's ordinal) and `told`."""

    rows: NDArray[Any]

    @classmethod
    def none(cls) -> "Standing":
        """Before a school's first sweep."""
        return cls(np.empty(0, _LAYOUT))

    @classmethod
    def of_bytes(cls, kept: bytes) -> "Standing":
        """As it was kept."""
        return cls(np.frombuffer(kept, _LAYOUT))

    def as_bytes(self) -> bytes:
        """To be kept."""
        return self.rows.tobytes()


@dataclass(frozen=True)
class Compared:
    """Yesterday's triggers against today's: what stands now, and which (upn, bit) no longer does."""

    standing: Standing
    cleared: tuple[tuple[str, int], ...]


def compare(before: Standing, upns: NDArray[Any], masks: NDArray[np.uint64], on: int) -> Compared:
    """What stands today, keeping since when and whether told; and what was told before and has cleared.

    Args:
        upns: UPNs as bytes, one for each mask, each once.
        masks: A bit for each trigger that holds.
        on: The day's ordinal; what is new stands since then.
    """
    lines, bits = _bits(masks)
    now = np.empty(len(lines), _LAYOUT)
    now["upn"], now["bit"], now["since"], now["told"] = upns[lines], bits, on, 0
    keys_now, keys_before = _keys(now), _keys(before.rows)
    order = np.argsort(keys_before)
    place = np.searchsorted(keys_before, keys_now, sorter=order)
    place = np.minimum(place, max(len(order) - 1, 0))
    if len(order):
        old = order[place]
        held = keys_before[old] == keys_now
        now["since"][held] = before.rows["since"][old[held]]
        now["told"][held] = before.rows["told"][old[held]]
    gone = before.rows[(before.rows["told"] == 1) & ~np.isin(keys_before, keys_now)]
    cleared = tuple((row["upn"].decode(), int(row["bit"])) for row in gone)
    return Compared(Standing(now), cleared)


def _bits(masks: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    raised = np.flatnonzero(masks)
    if not len(raised):
        return raised.astype(np.int64), np.empty(0, np.uint8)
    spread = np.unpackbits(
        masks[raised].astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little"
    )
    row, bit = np.nonzero(spread)
    return raised[row].astype(np.int64), bit.astype(np.uint8)


def _keys(rows: NDArray[Any]) -> NDArray[Any]:
    """One comparable value for each row: the UPN with the trigger's bit behind it."""
    keys = np.empty(len(rows), "S14")
    if len(rows):
        flat = np.zeros((len(rows), 14), np.uint8)
        flat[:, :13] = np.ascontiguousarray(rows["upn"]).view(np.uint8).reshape(-1, 13)
        flat[:, 13] = rows["bit"] + 1
        keys = flat.reshape(-1).view("S14")
    return keys
