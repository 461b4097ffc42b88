"""What became of every row of the five policies, as a table and as the page in the documentation."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from casework.policy.coverage import Accounted, Row, Standing, account, counts, strangers
from casework.policy.load import every_pack, rows

TABLES = Path("tests") / "policy" / "rows"
"""Where a checkout keeps the tables of rows that its tests prove."""

TITLES = {
    "MSE": "Music Stuff Education",
    "SJB": "St John Bosco, and St Chad's",
    "ATLP": "Arthur Terry Learning Partnership, Nether Stowe",
    "BLI": "Banks Lane Infant and Nursery",
    "MOT": "Magnum Opus Training",
}


@dataclass(frozen=True)
class Coverage:
    """Every row accounted for, or not; `strangers` name rows that no policy has."""

    rows: tuple[Accounted, ...]
    strangers: tuple[str, ...]

    @property
    def unaccounted(self) -> tuple[Accounted, ...]:
        """The rows that nothing carries or excuses, or that no test names."""
        return tuple(item for item in self.rows if item.standing is Standing.UNACCOUNTED)

    @property
    def whole(self) -> bool:
        """Whether every row is accounted for."""
        return not self.unaccounted and not self.strangers

    def as_data(self) -> list[dict[str, object]]:
        """The same as plain values, one for each row."""
        return [
            {
                "row": item.row.row,
                "policy": item.row.policy,
                "stage": item.row.stage,
                "mark": item.row.mark,
                "standing": item.standing.value,
                "entries": list(item.entries),
                "instead": item.instead,
                "because": item.because,
                "tests": list(item.tests),
            }
            for item in self.rows
        ]

    def table(self) -> tuple[tuple[str, ...], ...]:
        """A line for each policy and stage, and one for each policy: how many rows stand how."""
        found = []
        by_stage = counts(self.rows)
        for policy in TITLES:
            lines = {stage: number for (of, stage), number in by_stage.items() if of == policy}
            total = {kind: sum(number[kind] for number in lines.values()) for kind in Standing}
            for stage, number in sorted(lines.items()):
                found.append((policy, stage, *(str(number[kind]) for kind in Standing), str(number.total())))
            found.append((policy, "all", *(str(n) for n in total.values()), str(sum(total.values()))))
        return tuple(found)


def coverage(tables: Path = TABLES) -> Coverage:
    """Account for every row, with the tests of this checkout."""
    known = tuple(
        Row(item["row"], item["policy"], item["stage"], item["mark"], item["superseded"] == "true")
        for item in rows()
    )
    packs, tests = every_pack(), tested(tables)
    return Coverage(account(known, packs, tests), strangers(known, packs, tests))


def tested(tables: Path) -> dict[str, tuple[str, ...]]:
    """The tests that name each row, as pytest calls them; none outside a checkout."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(tables.glob("*.txt")):
        section = ""
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.startswith("["):
                section = line.strip("[]")
                continue
            named = line.split("|")[0] if "|" in line else ""
            for row in re.findall(r"[A-Z]{3,4}-\d{2,3}", named):
                found[row] = (*found.get(row, ()), f"test_row[{row} {section} {number}]")
    return found


def page(found: Coverage) -> str:
    """The page that the documentation keeps: the counts, then every row that does not run as printed."""
    heads = ("Policy", "Stage", *(kind.value.capitalize() for kind in Standing), "All")
    lines = [
        "# What became of every row of the five policies",
        "",
        "Written by `casework policy coverage --write docs/policy_coverage.md`; not by hand. Each row",
        "that is carried, replaced or blocked is named by a test of `tests/policy/test_rows.py`.",
        "",
        *_markdown(heads, found.table()),
        "",
        "## Rows that do not run as printed",
        "",
        *_markdown(
            ("Row", "", "Why", "Instead"),
            (
                (item.row.row, item.standing.value, item.because, f"`{item.instead}`" if item.instead else "")
                for item in found.rows
                if item.standing in (Standing.REPLACED, Standing.BLOCKED, Standing.OUT_OF_SCOPE)
            ),
        ),
        "",
        "## Rows carried",
        "",
        *_markdown(
            ("Row", "Carried by"),
            (
                (item.row.row, ", ".join(f"`{key}`" for key in item.entries))
                for item in found.rows
                if item.standing is Standing.CARRIED
            ),
        ),
    ]
    if found.unaccounted:
        listed = ", ".join(item.row.row for item in found.unaccounted)
        lines += ["", f"## Not accounted for yet: {len(found.unaccounted)}", "", listed]
    return "\n".join(lines) + "\n"


def _markdown(heads: Iterable[str], body: Iterable[Iterable[str]]) -> list[str]:
    names = tuple(heads)
    return [
        f"| {' | '.join(names)} |",
        f"|{'---|' * len(names)}",
        *(f"| {' | '.join(cells)} |" for cells in body),
    ]
