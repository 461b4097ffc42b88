"""Where registers are dropped: each folder of files is imported together, once it is whole.

`INBOX/NAME/` holds the files of one import. A NAME that is a school's URN says whose files they are; in any
other folder the files say so themselves. Refused files move to `INBOX/refused/` with every problem beside
them; imported ones to `INBOX/taken/`, once all that follows from them is done. Killed in between, the same
files are imported again, which changes nothing. A move that was killed half-way is finished first: of files
that came together none is ever imported without the others.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from casework.actions import importing
from casework.actions.installation import Installation
from casework.domain import ENGINE, CaseworkError, FileRefused

TAKEN, REFUSED = "taken", "refused"
PROBLEMS = "problems.txt"
_MOVING = ".moving.json"
"""In a folder whose files are being moved away: where to, and which."""
SETTLED = timedelta(seconds=60)
"""How long nothing of a folder may have changed: a file still being written is left alone."""

_URN = re.compile(r"\d{6}")


@dataclass(frozen=True, slots=True)
class Drop:
    """A folder of files that is whole: imported together.

    `as_found` is the time and size of each: one that has changed since was not the one imported.
    """

    folder: Path
    files: tuple[Path, ...]
    as_found: tuple[tuple[int, int], ...] = ()

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
        _finish_moving(folder)
        files = tuple(sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != "."))
        if files and folder.name not in (TAKEN, REFUSED) and all(_at_rest(path, now) for path in files):
            found.append(Drop(folder, files, tuple(_state(path) for path in files)))
    return tuple(found)


def bring_in(inst: Installation, drop: Drop, now: datetime, flow_run: str) -> Taken:
    """Import a drop whole, or move it aside whole with every problem written beside it."""
    sources = [(path.name, path.read_bytes()) for path in drop.files]
    try:
        imported = importing.import_files(
            inst, ENGINE, sources, now=now, school_urn=drop.urn, flow_run=flow_run
        )
    except CaseworkError as error:
        problems = [str(problem) for problem in error.problems] if isinstance(error, FileRefused) else []
        aside = _aside(drop, REFUSED, now)
        (aside / PROBLEMS).write_text("\n".join([*problems, str(error), ""]))
        _move(drop, aside)
        return Taken((), max(len(problems), 1))
    return Taken(imported.urns, 0)


def put_away(drop: Drop, now: datetime) -> None:
    """Move what was imported away; a file that was sent again meanwhile waits for the next import."""
    _move(drop, _aside(drop, TAKEN, now))


def _at_rest(path: Path, now: datetime) -> bool:
    return now.timestamp() - path.stat().st_mtime >= SETTLED.total_seconds()


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _aside(drop: Drop, to: str, now: datetime) -> Path:
    aside = drop.folder.parent / to / drop.folder.name / f"{now:%Y%m%dT%H%M%S}"
    aside.mkdir(parents=True, exist_ok=True)
    return aside


def _move(drop: Drop, aside: Path) -> None:
    """Move the files of a drop; which and where to is written down first."""
    files = zip(drop.files, drop.as_found, strict=True)
    same = [path.name for path, found in files if path.exists() and _state(path) == found]
    note = drop.folder / f"{_MOVING}.new"
    note.write_text(json.dumps({"to": str(aside.relative_to(drop.folder.parent)), "files": same}))
    note.rename(drop.folder / _MOVING)
    _finish_moving(drop.folder)


def _finish_moving(folder: Path) -> None:
    note = folder / _MOVING
    if not note.exists():
        return
    moving = json.loads(note.read_text())
    aside = folder.parent / moving["to"]
    aside.mkdir(parents=True, exist_ok=True)
    for name in moving["files"]:
        if (folder / name).exists():
            (folder / name).rename(aside / name)
    note.unlink(missing_ok=True)
