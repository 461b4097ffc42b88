"""Every row of the five policies accounted for: which entry carries it, or what runs instead and why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from casework.policy.load import Pack


class Standing(StrEnum):
    """What became of a row."""

    CARRIED = "carried"
    REPLACED = "replaced"
    BLOCKED = "blocked"
    OUT_OF_SCOPE = "out of scope"
    UNACCOUNTED = "unaccounted"


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of a policy, in facts only: its place on the ladder, and what software is to do with it."""

    row: str
    policy: str
    stage: str
    mark: str
    superseded: bool


@dataclass(frozen=True, slots=True)
class Accounted:
    """One row and what became of it: the entries that carry it, what runs instead, why, and its tests."""

    row: Row
    standing: Standing
    entries: tuple[str, ...]
    instead: str
    because: str
    tests: tuple[str, ...]


def account(
    rows: Iterable[Row], packs: Iterable[Pack], tests: Mapping[str, Sequence[str]]
) -> tuple[Accounted, ...]:
    """What became of every row.

    A row that carries nothing and is not excused is unaccounted; so is one in scope that no test names.

    Args:
        tests: The tests that name each row.
    """
    carrying: dict[str, list[str]] = {}
    excused: dict[str, tuple[str, str, str]] = {}
    for pack in packs:
        for key, placed in pack.layer.entries.items():
            fields = placed.entry.dated[max(placed.entry.dated)] if placed.entry.dated else {}
            for row in placed.entry.rows:
                if key.startswith("unrun."):
                    excused[row] = (fields["status"], fields["because"], fields.get("instead", ""))
                elif fields:
                    carrying.setdefault(row, []).append(key)
    return tuple(_accounted(row, carrying.get(row.row, []), excused.get(row.row), tests) for row in rows)


def _accounted(
    row: Row, entries: list[str], excuse: tuple[str, str, str] | None, tests: Mapping[str, Sequence[str]]
) -> Accounted:
    named = tuple(tests.get(row.row, ()))
    status, because, instead = excuse or ("", "", "")
    if excuse:
        standing = Standing(status.replace("_", " "))
    else:
        standing = Standing.CARRIED if entries else Standing.UNACCOUNTED
    if standing in (Standing.CARRIED, Standing.REPLACED, Standing.BLOCKED) and not named:
        standing, because = Standing.UNACCOUNTED, "no test names it"
    return Accounted(row, standing, tuple(sorted(entries)), instead, because, named)


def strangers(
    rows: Iterable[Row], packs: Iterable[Pack], tests: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Rows that an entry or a test names and no policy has, each as a sentence."""
    known = {row.row for row in rows}
    found = [
        f"{placed.file}, {key}: there is no row {row}."
        for pack in packs
        for key, placed in pack.layer.entries.items()
        for row in placed.entry.rows
        if row not in known
    ]
    return tuple(
        found + [f"A test names {row}, and there is no such row." for row in tests if row not in known]
    )


def counts(accounted: Iterable[Accounted]) -> dict[tuple[str, str], Counter[Standing]]:
    """How many rows of each policy and stage stand how."""
    found: dict[tuple[str, str], Counter[Standing]] = {}
    for item in accounted:
        found.setdefault((item.row.policy, item.row.stage), Counter())[item.standing] += 1
    return found
