"""Files in: read, matched, stored in one transaction; then cases are told of what changed under them.

Nothing is half-imported. A mark that changed under a step already taken is put on the case, with who changed
it and why, and the next step waits until a person has looked. Work already under way seeds the case at the
stage it shows, so that no family is started again at stage one.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from casework.actions import runs, stops
from casework.actions.access import Act, require
from casework.actions.history import seed
from casework.actions.installation import Installation
from casework.actions.policies import PolicyCodes, policy_of
from casework.actions.recording import By
from casework.actions.timing import date_school
from casework.domain import (
    ENGINE,
    Case,
    CaseworkError,
    Event,
    Officer,
    Problem,
    School,
    Session,
)
from casework.domain import events as e
from casework.policy.load import load
from casework.registers import ColumnMapping, Reading, column_mapping, read
from casework.storage import cases, imports, people, schools
from casework.storage.database import every_school
from casework.storage.imports import Importer, Stored
from casework.storage.registers import Filing
from casework.storage.sheets import Change

log = logging.getLogger(__name__)

IMPORTED = "imported"
DID = ("marks_new", "amendments", "work_new")
"""What an import brings about, of all that it counts."""


class NothingThere(CaseworkError):
    """A path names no file to import."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"There is nothing to import at {path}. Check the path, and that it can be read.")


@dataclass(frozen=True)
class Imported:
    """The result sheet of an import. `cases_changed` were told of a changed mark or given their history."""

    stored: Stored | None
    reading: Reading
    refused: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    urns: tuple[str, ...] = ()
    cases_changed: tuple[str, ...] = ()
    dry_run: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def nothing_new(self) -> bool:
        """Whether everything had been imported before."""
        return self.stored is not None and self.stored.nothing_new and not self.counts["work_new"]


class _OnlyLooking(Exception):
    """Undoes a dry run's transaction once its result is known."""


def files_at(paths: Sequence[Path]) -> list[tuple[str, bytes]]:
    """The name and bytes of every file named, and of every file in a folder named, in order of name.

    Raises:
        NothingThere: A path names nothing that can be read.
    """
    found: list[tuple[str, bytes]] = []
    for path in paths:
        inside = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
        if not inside or not all(p.is_file() for p in inside):
            raise NothingThere(path)
        found += [(p.name, p.read_bytes()) for p in inside]
    return found


def import_files(
    inst: Installation,
    officer: Officer,
    sources: Sequence[tuple[str, bytes]],
    *,
    now: datetime,
    on: date | None = None,
    school_urn: str = "",
    format: str | None = None,
    mapping: ColumnMapping | None = None,
    academic_year: int | None = None,
    dry_run: bool = False,
    skip_refused: bool = False,
    reason: str = "",
    by: str = "",
    position: str = "",
    flow_run: str = "",
) -> Imported:
    """Import some files together: everything in them, or, where anything is refused, nothing.

    Args:
        now: The moment of import; marks of pupils seen after its day in the school's zone are refused.
        on: The day on which cases are told of what came in; the day of import if not given.
        school_urn: The school the files are of, where they do not say; already imported.
        dry_run: Read, match and count, and store nothing.
        skip_refused: Store the rest where some rows are refused.
        reason: Why a stored mark changes, where one does; "import of FILE" if not given.
        by: Who changed it in the school's register, if not the officer.

    Raises:
        FileRefused: With every problem of every file.
        NotFound: The school named is not on file.
        NotAllowed: The officer may not import registers.
    """
    require(officer, Act.IMPORT_REGISTERS)
    school = _school(inst, officer, school_urn)
    reading = _read(sources, school, format, mapping, academic_year, now)
    importer = Importer(by or officer.officer_id, position or IMPORTED, inst.now(), reason, flow_run)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sources}
    try:
        with inst.act(officer, flow_run) as tx:
            named = {row.upn for row in reading.pupils if row.upn}
            in_care = stops.looked_after(tx, named)
            stored = imports.store(
                tx,
                reading,
                importer,
                school_urn=school_urn,
                skip_refused=skip_refused,
                sha256=hashes,
            )
            day = on or _day(now, school)
            changed = _watch_changes(inst, tx, stored.changes, day, flow_run)
            seeded, work = seed(inst, tx, stored.history, day, flow_run)
            rolls = stored.urns if named else ()
            stopped = stops.follow_files(inst, tx, named, rolls, in_care, day, flow_run)
            counts = _counts(stored, work)
            done = _imported(stored, reading, (*changed, *seeded, *stopped), counts, dry_run)
            if dry_run:
                raise _OnlyLooking
            runs.did(tx, flow_run, day, school_urn, **{name: counts[name] for name in DID})
    except _OnlyLooking:
        return done
    if stored.changed.get("sessions") or stored.added.get("sessions"):
        for urn in stored.urns:
            date_school(inst, urn, day, flow_run)
    log.info("files imported", extra={"import_id": stored.import_id, **counts})
    return done


def _imported(
    stored: Stored, reading: Reading, cases: Sequence[str], counts: dict[str, int], dry_run: bool
) -> Imported:
    return Imported(
        stored,
        reading,
        stored.refused,
        stored.warnings,
        stored.urns,
        tuple(dict.fromkeys(cases)),
        dry_run,
        counts,
    )


def _school(inst: Installation, officer: Officer, urn: str) -> School | None:
    if not urn:
        return None
    with inst.act(officer) as tx:
        return schools.school(tx, urn)


def _day(now: datetime, school: School | None) -> date:
    return now.astimezone(ZoneInfo(school.timezone if school else "Europe/London")).date()


def _read(
    sources: Sequence[tuple[str, bytes]],
    school: School | None,
    format: str | None,
    mapping: ColumnMapping | None,
    academic_year: int | None,
    now: datetime,
) -> Reading:
    policy = policy_of(school) if school else load()
    return read(
        sources,
        codes=PolicyCodes(policy),
        format=format,
        mapping=mapping,
        school_urn=school.urn if school else "",
        dfe_number=school.dfe_number if school else "",
        academic_year=academic_year,
        today=_day(now, school),
    )


def _counts(stored: Stored, work: int) -> dict[str, int]:
    filed: tuple[Filing, ...] = (stored.marks, stored.amendments)
    return {
        "read": sum(file.read for file in stored.files),
        "used": sum(file.used for file in stored.files),
        "refused": sum(file.refused for file in stored.files),
        "marks_new": sum(item.new for item in filed),
        "marks_unchanged": sum(item.unchanged for item in filed),
        "amendments": sum(item.amended + item.history for item in filed),
        "work_new": work,
        "problems": len(stored.refused),
        "warnings": len(stored.warnings),
    }


# -- a mark changed under a step -----------------------------------------------------------------------------


def _watch_changes(
    inst: Installation, tx: Connection, changes: Sequence[Change], on: date, flow_run: str
) -> list[str]:
    """Tell each case whose steps rested on a changed mark: the very session, was and now, who and why."""
    touched: list[str] = []
    if not changes:
        return touched
    upns = people.upns_of(tx, {change.pupil_id for change in changes})
    by_pupil: dict[str, list[Change]] = {}
    for change in changes:
        by_pupil.setdefault(upns[change.pupil_id], []).append(change)
    for upn in sorted(by_pupil):
        with every_school(tx):
            found = cases.cases_of_pupil(tx, upn)
        for case in found:
            events = list(_changed_under(case, by_pupil[upn], on, flow_run))
            if events:
                with every_school(tx):
                    cases.lock(tx, case.ref)
                    cases.append(tx, case.ref, events, None, inst.now())
                touched.append(case.ref)
    return touched


def _changed_under(case: Case, changes: Sequence[Change], on: date, flow_run: str) -> Iterator[Event]:
    for change in sorted(changes, key=lambda item: item.session):
        steps = tuple(
            item.ref
            for item in case.recorded
            if isinstance(item.event, e.Step) and _rests_on(item.event, change.session)
        )
        if steps:
            yield e.MarkChanged(
                **By(ENGINE, on, flow_run=flow_run).header(case.ref),
                session=str(change.session),
                was=change.was,
                now=change.now,
                changed_by=change.by,
                reason=change.reason,
                steps=steps,
            )


def _rests_on(step: e.Step, session: Session) -> bool:
    """Whether a step relied on a session, or has a period that holds it."""
    if str(session) in step.evidence:
        return True
    match step:
        case e.NoticeToImproveIssued() | e.PenaltyNoticeRequested() | e.PenaltyNoticeIssued():
            return step.period_from <= session.date <= step.period_to
    return False


def mapping_at(path: Path) -> ColumnMapping:
    """The mapping file that names a new export's columns.

    Raises:
        NothingThere: There is no such file.
        FileRefused: It is not a mapping; the problem says what to write.
    """
    if not path.is_file():
        raise NothingThere(path)
    return column_mapping(path.name, path.read_bytes())
