"""What a school's files said, stored: matched with what is known, or every reason why not.

The rows come from `casework.registers`; here they meet the schools, pupils and calendars on file and each
other. A row that cannot be matched is refused by name with its remedy; what is odd but possible is a warning.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, text

from casework.domain.calendar import academic_year_of
from casework.domain.errors import FileRefused, Problem
from casework.domain.notices import Notice, NoticeKind, NoticeStatus, Professional
from casework.domain.people import Parent, School
from casework.domain.register import Session, byte_of
from casework.storage import people, registers, schools
from casework.storage.database import every_school
from casework.storage.marks import MarkBatch, Roll, mark_columns
from casework.storage.outcome import Outcome
from casework.storage.registers import Filing
from casework.storage.rolls import save_roll
from casework.storage.schools import CalendarEntry, TermDates
from casework.storage.sheets import By, Change, Told, hold

_TERMS = ("autumn", "spring", "summer")


class Reading(Protocol):
    """What the readers hand over; the rows are those of `casework.registers.reading`."""

    @property
    def files(self) -> tuple[str, ...]: ...
    @property
    def format(self) -> str: ...
    @property
    def schools(self) -> Sequence[Any]: ...
    @property
    def terms(self) -> Sequence[Any]: ...
    @property
    def sessions(self) -> Sequence[Any]: ...
    @property
    def pupils(self) -> Sequence[Any]: ...
    @property
    def contacts(self) -> Sequence[Any]: ...
    @property
    def marks(self) -> MarkBatch: ...
    @property
    def amendments(self) -> Sequence[Any]: ...
    @property
    def notices(self) -> Sequence[Any]: ...
    @property
    def history(self) -> Sequence[Any]: ...
    @property
    def professionals(self) -> Sequence[Any]: ...
    @property
    def problems(self) -> tuple[Problem, ...]: ...
    @property
    def warnings(self) -> tuple[Problem, ...]: ...
    @property
    def counts(self) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, in which position, why (empty: `import of FILE`), and when it is recorded (UTC)."""

    by: str
    position: str
    at: datetime
    reason: str = ""
    flow_run: str = ""


@dataclass(frozen=True, slots=True)
class FileResult:
    """One line of the result sheet."""

    file: str
    format: str
    sha256: str
    read: int
    used: int
    refused: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What an import did. `added` and `changed` count rows by kind; `history` are the rows for the cases."""

    import_id: int
    files: tuple[FileResult, ...]
    added: Mapping[str, int]
    changed: Mapping[str, int]
    marks: Filing
    amendments: Filing
    refused: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    history: tuple[Any, ...]
    urns: tuple[str, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every filed mark that another took the place of."""
        return (*self.marks.changes, *self.amendments.changes)

    @property
    def nothing_new(self) -> bool:
        """Whether everything had been imported before."""
        filed = (self.marks, self.amendments)
        marks = (
            sum(one.new + one.amended for one in filed) + self.amendments.history + self.amendments.differing
        )
        return not (marks or sum(self.added.values()) or sum(self.changed.values()))

    def result(self) -> dict[str, Any]:
        """The result sheet as plain values."""
        kept = ("new", "unchanged", "amended", "blank", "superseded", "history", "differing")
        return {
            "files": [asdict(line) for line in self.files],
            "added": dict(self.added),
            "changed": dict(self.changed),
            "marks": {name: getattr(self.marks, name) for name in kept},
            "amendments": {name: getattr(self.amendments, name) for name in kept},
            "refused": len(self.refused),
            "warnings": len(self.warnings),
        }


def store(
    tx: Connection,
    reading: Reading,
    importer: Importer,
    *,
    school_urn: str = "",
    skip_refused: bool = False,
    sha256: Mapping[str, str] | None = None,
) -> Stored:
    """Store everything that some files said, in the caller's transaction.

    Args:
        school_urn: The school of rows that do not name one.
        skip_refused: Store the rest where some rows are refused.
        sha256: The hash of each file by its name, kept with the import.

    Raises:
        FileRefused: Something was refused, by the readers or here; every problem is in it, and the caller's
            transaction must be undone.
    """
    return _Import(tx, reading, importer, school_urn, sha256 or {}).run(skip_refused)


class _Import:
    """One import under way: what was refused so far, and what is known."""

    def __init__(
        self, tx: Connection, reading: Reading, importer: Importer, urn: str, sha256: Mapping[str, str]
    ) -> None:
        self.tx, self.reading, self.importer, self.urn, self.sha256 = tx, reading, importer, urn, sha256
        self.outcome = Outcome()
        self.strangers: set[tuple[str, str]] = set()
        self.on_these_rolls = {row.upn for row in reading.pupils} - {""}
        self.known: dict[str, School] = {}
        self.ids: dict[str, int] = {}

    def run(self, skip_refused: bool) -> Stored:
        """Everything in the order in which rows rest on each other."""
        self._schools()
        hold(self.tx, [self.ids[urn] for urn in self._urns() if urn in self.ids])
        import_id = self._open()
        self._terms()
        self._sessions(import_id)
        self.roll = self._roll()
        self._contacts()
        self._professionals()
        self._notices(import_id)
        history = tuple(row for row in self.reading.history if self._pupil_known(row, row.upn))
        marks = self._marks(import_id)
        amendments = self._amendments(import_id)
        outcome = self.outcome
        refused = (*self.reading.problems, *outcome.problems)
        if refused and not skip_refused:
            raise FileRefused(refused)
        stored = Stored(
            import_id,
            self._file_results(),
            outcome.added,
            outcome.changed,
            marks,
            amendments,
            refused,
            (*self.reading.warnings, *outcome.warnings),
            history,
            tuple(self._urns()),
        )
        self._close(stored)
        return stored

    def _urns(self) -> list[str]:
        """Every school the files speak of."""
        rows = (*self.reading.schools, *self.reading.terms, *self.reading.sessions, *self.reading.pupils)
        named = {row.urn for row in (*rows, *self.reading.amendments)} | set(self.reading.marks.urns)
        return sorted({urn or self.urn for urn in named} - {""})

    def _school_known(self, row: Any, urn: str) -> bool:
        if urn in self.ids:
            return True
        says = f"School {urn} is not on file, or not one of yours." if urn else "No school is named."
        remedy = "Give schools.csv with it or import that first, or name the school with --school."
        self.outcome.refuse_alike(row, "urn", urn, says, remedy)
        self.strangers.add((row.file, urn))
        return False

    def _pupil_known(self, row: Any, upn: str) -> bool:
        if upn and upn in self.roll.pupils:
            return True
        if upn in self.on_these_rolls:  # refused there, and the reason told there
            self.outcome.refuse_quietly(row.file, 1)
            return False
        says = "No pupil with this UPN is on file." if upn else "The file does not say which pupil it is of."
        self.outcome.refuse_alike(row, "upn", upn, says, "Import the roll with this pupil first.")
        return False

    # -- schools and calendars -------------------------------------------------------------------------------

    def _schools(self) -> None:
        names = School.__dataclass_fields__
        known = schools.ids_by_urn(self.tx)
        scope = text("select current_setting('casework.schools')")
        self.sees_all = self.tx.execute(scope).scalar_one() == "*"
        good = []
        for row in self.reading.schools:
            if row.urn in known or self.sees_all:
                good.append(School(**{name: getattr(row, name) for name in names}))
            else:
                says = "This school is not one of yours."
                self.outcome.refuse(row, "urn", row.urn, says, "Ask an administrator to import it.")
        saved = (0, 0)
        if good:
            with every_school(self.tx):  # a new row's number is in nobody's scope yet
                saved = schools.save_schools(self.tx, good)
        self.outcome.count("schools", saved)
        self.known = {school.urn: school for school in schools.schools(self.tx)}
        self.ids = schools.ids_by_urn(self.tx) if good else known

    def _terms(self) -> None:
        self.terms: dict[str, dict[tuple[int, str, int], TermDates]] = {}
        for row in self.reading.terms:
            if not self._school_known(row, row.urn):
                continue
            if row.starts_on is None or row.ends_on is None:
                self.outcome.refuse(
                    row, "starts_on", "", "The half term has no dates.", "Give starts_on and ends_on."
                )
                continue
            year = academic_year_of(row.starts_on) if row.academic_year is None else row.academic_year
            found = TermDates(year, row.term, row.half, row.starts_on, row.ends_on)
            held = self._terms_of(row.urn)
            clash = [
                other
                for key, other in held.items()
                if key != (year, row.term, row.half)
                and other.starts_on <= found.ends_on
                and found.starts_on <= other.ends_on
            ]
            if clash:
                says = f"The half term overlaps the {clash[0].term} term, half {clash[0].half}."
                self.outcome.refuse(
                    row, "starts_on", row.starts_on, says, "Correct the dates of one of them."
                )
                continue
            held[year, row.term, row.half] = found
        for urn, held in self.terms.items():
            self.outcome.count("terms", schools.save_terms(self.tx, self.ids[urn], held.values()))

    def _terms_of(self, urn: str) -> dict[tuple[int, str, int], TermDates]:
        if urn not in self.terms:
            stored = schools.terms(self.tx, urn)
            self.terms[urn] = {(term.academic_year, term.term, term.half): term for term in stored}
        return self.terms[urn]

    def _sessions(self, import_id: int) -> None:
        entries: dict[str, list[CalendarEntry]] = {}
        held: dict[str, dict[Session, int]] = {}
        for row in self.reading.sessions:
            urn = row.urn or self.urn
            if not self._school_known(row, urn):
                continue
            if urn not in held:
                held[urn] = {e.session: e.half_term for e in schools.calendar_entries(self.tx, urn)}
            half_term = row.half_term
            if half_term is None:
                half_term = held[urn].get(row.session)
            if half_term is None:
                half_term = self._half_term(urn, row.session.date, closed=not row.open)
            if half_term is None:
                says = "The half term is not given, and no term on file holds this day."
                self.outcome.refuse(row, "half_term", "", says, "Give half_term, or the terms in terms.csv.")
                continue
            entries.setdefault(urn, []).append(CalendarEntry(row.session, row.open, half_term))
        for urn in sorted(entries):
            changed = schools.save_calendar(self.tx, self.ids[urn], entries[urn], self.importer.at, import_id)
            self.outcome.count("sessions", (changed, 0))

    def _half_term(self, urn: str, day: date, closed: bool) -> int | None:
        """The half term that holds a day; for a closed day between terms the one before, or the first."""
        terms = [term for term in self._terms_of(urn).values() if term.starts_on <= day]
        last = max(terms, key=lambda term: term.starts_on, default=None)
        if last is not None and (closed or day <= last.ends_on):
            return _TERMS.index(last.term) * 2 + last.half - 1
        return 0 if closed else None

    # -- people and papers -----------------------------------------------------------------------------------

    def _roll(self) -> Roll:
        """Take in the roll, and read back everyone the files speak of."""
        rows = [replace(row, urn=row.urn or self.urn) for row in self.reading.pupils]
        save_roll(self.tx, [row for row in rows if self._school_known(row, row.urn)], self.outcome)
        roll = Roll(self.tx, {urn: self.ids[urn] for urn in self._urns() if urn in self.ids})
        papers = (*self.reading.contacts, *self.reading.professionals, *self.reading.notices)
        spoken_of = {row.upn for row in (*papers, *self.reading.history, *self.reading.amendments)}
        if spoken_of - {""}:
            rows_found = self.tx.execute(
                text("select upn, pupil_id from pupil where upn = any (:upns)"),
                {"upns": list(spoken_of - roll.pupils.keys() - {""})},
            )
            roll.pupils.update({row.upn: row.pupil_id for row in rows_found})
        return roll

    def _contacts(self) -> None:
        good: dict[tuple[str, str], Parent] = {}
        for row in self.reading.contacts:
            upn = row.upn or self.roll.upn_by_mis_id.get((self.ids.get(self.urn, 0), row.mis_id), "")
            if self._pupil_known(row, upn):
                fields = {name: getattr(row, name) for name in Parent.__dataclass_fields__}
                good[upn, row.contact_id] = Parent(**{**fields, "upn": upn})
        self.outcome.count("contacts", people.save_parents(self.tx, list(good.values())))

    def _professionals(self) -> None:
        good = {
            (row.upn, row.role): Professional(
                row.upn,
                row.role,
                row.name,
                row.organisation,
                row.phone,
                row.email,
                row.held_from,
                row.held_to,
                row.last_checked,
            )
            for row in self.reading.professionals
            if self._pupil_known(row, row.upn)
        }
        self.outcome.count("professionals", people.save_professionals(self.tx, list(good.values())))

    def _notices(self, import_id: int) -> None:
        rows = [row for row in self.reading.notices if self._pupil_known(row, row.upn)]
        good = [
            Notice(
                row.upn,
                row.contact_id,
                NoticeKind(row.kind),
                row.la_code,
                row.issued_on,
                row.period_from,
                row.period_to,
                NoticeStatus(row.status) if row.status else None,
                row.paid_on,
                row.withdrawal_ground,
            )
            for row in rows
        ]
        kept, older = people.save_notices(self.tx, good, import_id, self.importer.at)
        for row, notice in zip(rows, good, strict=True):
            if notice in older:
                says = "This notice is known to have gone further; its status is left as it is."
                remedy = "If the file is right, ask whoever recorded the later status to put it right."
                self.outcome.warn(row, "status", row.status, says, remedy)
        self.outcome.count("notices", (kept, 0))

    # -- the register ----------------------------------------------------------------------------------------

    def _marks(self, import_id: int) -> Filing:
        batch = self.reading.marks
        if not len(batch.pupil):
            return Filing()
        matched = mark_columns(self.tx, batch, self.roll, self.ids, self.urn)
        for found in matched.refused:
            problem = found.problem
            if (problem.file, problem.value) in self.strangers or problem.value in self.on_these_rolls:
                self.outcome.refuse_quietly(problem.file, found.rows)
            else:
                self.outcome.refuse_rows(problem, found.rows)
        self.outcome.warnings += matched.warnings
        return registers.file_marks(self.tx, matched.marks, self._by(import_id, self._mark_files()))

    def _amendments(self, import_id: int) -> Filing:
        told = []
        for row in self.reading.amendments:
            urn = row.urn or self.urn
            if not self._school_known(row, urn) or not self._pupil_known(row, row.upn):
                continue
            moment = row.amended_at
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(self.known[urn].timezone))
            told.append(
                Told(
                    self.ids[urn],
                    self.roll.pupils[row.upn],
                    row.session,
                    byte_of(row.original_code),
                    byte_of(row.amended_code),
                    moment,
                    row.reason,
                    row.amended_by,
                    row.position,
                )
            )
        files = sorted({row.file for row in self.reading.amendments})
        return registers.file_amendments(self.tx, told, self._by(import_id, files))

    def _mark_files(self) -> list[str]:
        batch = self.reading.marks
        return [batch.files[n] for n in np.flatnonzero(np.bincount(batch.file)).tolist()]

    def _by(self, import_id: int, files: Iterable[str]) -> By:
        reason = self.importer.reason or f"import of {', '.join(files)}"
        return By(self.importer.by, self.importer.position, reason, self.importer.at, import_id)

    # -- the run ---------------------------------------------------------------------------------------------

    def _open(self) -> int:
        """Write down that the import took place, and get its number."""
        return int(
            self.tx.execute(
                text("""
                    insert into import_run
                        (files, format, schools, imported_by, position, reason, flow_run, recorded_at)
                    values (cast(:files as jsonb), :format, :schools, :by, :position, :reason, :flow_run, :at)
                    returning import_id
                """),
                {
                    "files": json.dumps({name: self.sha256.get(name, "") for name in self.reading.files}),
                    "format": self.reading.format,
                    "schools": self._schools_of_run(),
                    **asdict(self.importer),
                },
            ).scalar_one()
        )

    def _schools_of_run(self) -> list[int]:
        """Whose import it was: the schools spoken of, or else those of the officer who imports."""
        named = [self.ids[urn] for urn in self._urns() if urn in self.ids]
        return named or ([] if self.sees_all else sorted(self.ids.values()))

    def _file_results(self) -> tuple[FileResult, ...]:
        return tuple(
            FileResult(
                count.file,
                count.format,
                self.sha256.get(count.file, ""),
                count.read,
                count.used - self.outcome.refused_rows.get(count.file, 0),
                count.refused + self.outcome.refused_rows.get(count.file, 0),
            )
            for count in self.reading.counts
        )

    def _close(self, stored: Stored) -> None:
        """Keep the result sheet, the refused rows and the warnings."""
        self.tx.execute(
            text("insert into import_result values (:import_id, cast(:result as jsonb))"),
            {"import_id": stored.import_id, "result": json.dumps(stored.result())},
        )
        listed = [(True, problem) for problem in stored.refused]
        listed += [(False, warning) for warning in stored.warnings]
        if listed:
            self.tx.execute(
                text("""
                    insert into import_problem values
                        (:import_id, :place, :refused, :file, :row, :column, :value, :says, :remedy)
                """),
                [
                    {"import_id": stored.import_id, "place": place, "refused": refused, **asdict(problem)}
                    for place, (refused, problem) in enumerate(listed, 1)
                ],
            )


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One import as it is kept."""

    import_id: int
    files: Mapping[str, str]
    format: str
    imported_by: str
    recorded_at: datetime
    result: Mapping[str, Any] = field(default_factory=dict)


def imports(tx: Connection, most: int = 50) -> tuple[ImportRun, ...]:
    """The latest imports of schools in scope, newest first."""
    rows = tx.execute(
        text("""
            select import_id, files, format, imported_by, recorded_at, result
            from import_run join import_result using (import_id) order by import_id desc limit :most
        """),
        {"most": most},
    )
    return tuple(ImportRun(**row) for row in rows.mappings())


def import_problems(tx: Connection, import_id: int) -> tuple[tuple[bool, Problem], ...]:
    """What an import refused (true) and warned of (false), in order."""
    rows = tx.execute(
        text("""
            select refused, file, file_row, column_name, value, says, remedy from import_problem
            where import_id = :import_id order by place
        """),
        {"import_id": import_id},
    )
    return tuple((refused, Problem(*rest)) for refused, *rest in rows)
