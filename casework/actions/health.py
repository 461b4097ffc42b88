"""How an installation does: its flows' latest runs, its latest imports and what each said."""

from dataclasses import dataclass

from casework.actions import runs
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.domain import Officer, Problem
from casework.storage import imports
from casework.storage.imports import ImportRun
from casework.storage.runs import FinishedRun


@dataclass(frozen=True, slots=True)
class Health:
    """The latest finished run of each flow by name, and the latest imports, newest first."""

    runs: tuple[FinishedRun, ...]
    imports: tuple[ImportRun, ...]


def health(inst: Installation, by: Officer) -> Health:
    """What an administrator looks at first."""
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        return Health(
            tuple(sorted(runs.last(inst).values(), key=lambda done: done.run.flow)),
            imports.imports(tx, 20),
        )


def problems(inst: Installation, by: Officer, import_id: int) -> tuple[tuple[bool, Problem], ...]:
    """What an import refused (true) and warned of (false), in the order of its files."""
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        return imports.import_problems(tx, import_id)
