"""Where registers are dropped: each folder of files is imported together, once it is whole.

`INBOX/NAME/` holds the files of one import. A NAME that is a school's URN says whose files they are; in any
other folder the files say so themselves. Taken files move to `INBOX/taken/`, refused ones to `INBOX/refused/`
with every problem beside them. Killed in between, the same files are imported again, which changes nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from casework.actions import importing
from casework.actions.installation import Installation
from casework.domain import ENGINE, CaseworkError, FileRefused

TAKEN, REFUSED = "taken", "refused"
PROBLEMS = "problems.txt"
SETTLED = timedelta(seconds=60)
"""How long nothing of a folder may have changed: a file still being written is left alone."""

_URN = re.compile(r"\d{6}")


@dataclass(frozen=True, slots=True)
class Drop:
    """A folder of files that is whole: imported together."""

    folder: Path
    files: tuple[Path, ...]

    @property
    def urn(self) -> str:
        """The school whose folder it is; empty where the files say so themselves."""
        return self.folder.name if _URN.fullmatch(self.folder.name) else ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a drop: the schools it speaks of, or the number of its problems."""

    urns: tuple[str, ...]
    problems: int


def waiting(inbox: Path, now: datetime) -> tuple[Drop, ...]:
    """The folders of the inbox that hold files and have come to rest, by name."""
    if not inbox.is_dir():
        return ()
    found = []
    for folder in sorted(path for path in inbox.iterdir() if path.is_dir()):
        files = tuple(sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != "."))
        if files and folder.name not in (TAKEN, REFUSED) and all(_at_rest(path, now) for path in files):
            found.append(Drop(folder, files))
    return tuple(found)


def take(inst: Installation, drop: Drop, now: datetime, flow_run: str) -> Taken:
    """Import a drop whole, or move it aside whole with every problem written beside it."""
    sources = [(path.name, path.read_bytes()) for path in drop.files]
    try:
        imported = importing.import_files(
            inst, ENGINE, sources, now=now, school_urn=drop.urn, flow_run=flow_run
        )
    except CaseworkError as error:
        problems = [str(problem) for problem in error.problems] if isinstance(error, FileRefused) else []
        aside = _move(drop, REFUSED, now)
        (aside / PROBLEMS).write_text("\n".join([*problems, str(error), ""]))
        return Taken((), max(len(problems), 1))
    _move(drop, TAKEN, now)
    return Taken(imported.urns, 0)


def _at_rest(path: Path, now: datetime) -> bool:
    return now.timestamp() - path.stat().st_mtime >= SETTLED.total_seconds()


def _move(drop: Drop, to: str, now: datetime) -> Path:
    aside = drop.folder.parent / to / drop.folder.name / f"{now:%Y%m%dT%H%M%S}"
    aside.mkdir(parents=True, exist_ok=True)
    for path in drop.files:
        path.rename(aside / path.name)
    return aside
