"""What an import comes to while it is under way: what was refused, what is odd, what was new."""

from dataclasses import dataclass, field
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
    """Problems and warnings so far, rows refused by file, and rows added and changed by kind."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refused_rows: dict[str, int] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def refuse(self, row: Placed, column: str, value: object, says: str, remedy: str) -> None:
        """Refuse one row."""
        self.refuse_rows(Problem(row.file, row.row, column, str(value), says, remedy), 1)

    def refuse_rows(self, problem: Problem, rows: int) -> None:
        """Refuse as many rows as stand for one reason; the problem names the first."""
        self.problems.append(problem)
        self.refused_rows[problem.file] = self.refused_rows.get(problem.file, 0) + rows

    def warn(self, row: Placed, column: str, value: object, says: str, remedy: str) -> None:
        """Say what is odd and refuses nothing."""
        self.warnings.append(Problem(row.file, row.row, column, str(value), says, remedy))

    def count(self, kind: str, done: tuple[int, int]) -> None:
        """Count rows added and changed."""
        self.added[kind] = self.added.get(kind, 0) + done[0]
        self.changed[kind] = self.changed.get(kind, 0) + done[1]
