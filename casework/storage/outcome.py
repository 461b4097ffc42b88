"""What an import comes to while it is under way: what was refused, what is odd, what was new."""

from dataclasses import dataclass, field, replace
from typing import Protocol

from casework.domain.errors import Problem


class Placed(Protocol):
    """A row that knows where it stands in its file."""

    @property
    def file(self) -> str: ...
    @property
    def row(self) -> int: ...


@dataclass
class Outcome:
    """Problems and warnings so far, rows refused by file, and rows added and changed by kind.

    `alike` has, for what is wrong in the same way in many rows, its place among the problems and how many.
    """

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refused_rows: dict[str, int] = field(default_factory=dict)
    alike: dict[tuple[str, str, str, str], tuple[int, int]] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def refuse(self, row: Placed, column: str, value: object, says: str, remedy: str) -> None:
        """Refuse one row."""
        self.refuse_rows(Problem(row.file, row.row, column, str(value), says, remedy), 1)

    def refuse_alike(self, row: Placed, column: str, value: str, says: str, remedy: str) -> None:
        """Refuse one row for a reason that others of its file may share: told once, with their number."""
        key = (row.file, column, value, says)
        place, rows = self.alike.get(key, (len(self.problems), 0))
        self.alike[key] = (place, rows + 1)
        if not rows:
            self.refuse(row, column, value, says, remedy)
            return
        told = f"{says.removesuffix('.')} ({rows + 1:,} rows)."
        self.problems[place] = replace(self.problems[place], says=told)
        self.refuse_quietly(row.file, 1)

    def refuse_quietly(self, file: str, rows: int) -> None:
        """Count rows as refused whose reason is told elsewhere."""
        self.refused_rows[file] = self.refused_rows.get(file, 0) + rows

    def refuse_rows(self, problem: Problem, rows: int) -> None:
        """Refuse as many rows as stand for one reason; the problem names the first."""
        self.problems.append(problem)
        self.refuse_quietly(problem.file, rows)

    def warn(self, row: Placed, column: str, value: object, says: str, remedy: str) -> None:
        """Say what is odd and refuses nothing."""
        self.warnings.append(Problem(row.file, row.row, column, str(value), says, remedy))

    def count(self, kind: str, done: tuple[int, int]) -> None:
        """Count rows added and changed."""
        self.added[kind] = self.added.get(kind, 0) + done[0]
        self.changed[kind] = self.changed.get(kind, 0) + done[1]
