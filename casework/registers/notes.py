"""What is noted while one file is read: its problems, its warnings and its counts.

A file with two hundred mistakes lists two hundred. A file with the same mistake in a million rows lists the
first thousand and counts the rest, so that memory stays bounded and the numbers stay exact.
"""

from casework.domain.errors import CaseworkError, Problem
from casework.registers.reading import FileCount

LISTED_PER_KIND = 1000
SHOWN_OF_A_VALUE = 80


class Unclear(CaseworkError):
    """A value or a file that cannot be taken as it stands: what is wrong, and what to do."""

    def __init__(self, says: str, remedy: str) -> None:
        self.says, self.remedy = says, remedy
        super().__init__(f"{says} {remedy}")


class _Listed:
    """Problems of one severity. Those with the same column and remedy are of one kind."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.count_of: dict[tuple[str, str], int] = {}

    def add(self, file: str, row: int, column: str, value: object, says: str, remedy: str) -> None:
        kind = (column, remedy)
        seen = self.count_of.get(kind, 0)
        self.count_of[kind] = seen + 1
        if seen < LISTED_PER_KIND:
            shown = str(value)
            if len(shown) > SHOWN_OF_A_VALUE:
                shown = shown[:SHOWN_OF_A_VALUE] + "..."
            self.kept.append(Problem(file, row, column, shown, says, remedy))

    @property
    def count(self) -> int:
        return sum(self.count_of.values())

    def all(self, file: str) -> tuple[Problem, ...]:
        listed: dict[tuple[str, str], int] = {}
        for problem in self.kept:
            kind = (problem.column, problem.remedy)
            listed[kind] = listed.get(kind, 0) + 1
        more = [
            Problem(file, 0, column, "", f"And {count - listed[column, remedy]:,} more like it.", remedy)
            for (column, remedy), count in self.count_of.items()
            if count > listed[column, remedy]
        ]
        return (*sorted(self.kept, key=lambda problem: problem.row), *more)


class Notes:
    """The notes of one file. Readers count `read` and `used`; what was read and not used was refused."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.read = 0
        self.used = 0
        self._problems = _Listed()
        self._warnings = _Listed()

    def problem(self, row: int, column: str, value: object, says: str, remedy: str) -> None:
        """Note something that refuses its row, or with row 0 the file."""
        self._problems.add(self.file, row, column, value, says, remedy)

    def refuse(self, row: int, column: str, value: object, fault: Unclear) -> None:
        """Note a value that could not be taken."""
        self.problem(row, column, value, fault.says, fault.remedy)

    def warn(self, row: int, column: str, value: object, says: str, remedy: str = "") -> None:
        """Note something worth a look that refuses nothing."""
        self._warnings.add(self.file, row, column, value, says, remedy)

    def more(self, column: str, remedy: str, times: int) -> None:
        """Count further problems of a kind already listed in full."""
        self._problems.count_of[column, remedy] += times

    @property
    def spotless(self) -> bool:
        """Whether no problem was noted."""
        return not self._problems.kept

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems in row order, then a line for each kind that had more."""
        return self._problems.all(self.file)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Warnings in row order."""
        return self._warnings.all(self.file)

    def count(self, format: str) -> FileCount:
        """The file's line on the result sheet."""
        refused = self.read - self.used
        return FileCount(
            self.file, format, self.read, self.used, refused, self._problems.count, self._warnings.count
        )
