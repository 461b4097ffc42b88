"""What a school's files said: rows with their places, every problem, and the counts of a result sheet.

`None` and the empty string mean that the file did not say; nothing is ever guessed. Every row carries the
file and the row number a person sees in it (from 1, header included; in XML and JSON the record's place).
Good rows stand beside the problems, so that a caller may store the rest when told to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from casework.domain.errors import Problem
from casework.domain.identifiers import UPN_LENGTH
from casework.domain.register import Session

Index = NDArray[np.int32]


class CodeBook(Protocol):
    """Which register codes are in force on a day. Policy data answers; the readers know no law."""

    def codes(self, on: date) -> frozenset[str]:
        """Every statutory code in force on the day of a session, as entered: `/`, `\\`, `L`, `C1` ..."""
        ...

    def present(self, on: date) -> frozenset[str]:
        """The codes that say the pupil was seen in school: none can be true of a day to come."""
        ...

    def statutory(self, display: str, on: date) -> str | None:
        """The statutory code behind a known local or old display code on a day, or None."""
        ...

    def counted_as(self, code: str, on: date) -> str:
        """`attended`, `authorised`, `unauthorised`, or empty: not a possible session."""
        ...


class KeyKind(StrEnum):
    """What a file names its pupils by. A Wonde id is learnt from the students page."""

    UPN = "upn"
    MIS_ID = "mis_id"
    WONDE_ID = "wonde_id"


class PupilKey(NamedTuple):
    """One pupil, as a file names them."""

    kind: KeyKind
    value: str


class Upns(Sequence[PupilKey]):
    """Pupils named by UPN, kept as one text: a key is made only when it is asked for.

    Args:
        text: The UPNs end to end, `UPN_LENGTH` bytes each.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text

    def __len__(self) -> int:
        return len(self.text) // UPN_LENGTH

    @overload
    def __getitem__(self, place: int) -> PupilKey: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[PupilKey, ...]: ...
    def __getitem__(self, place: int | slice) -> PupilKey | tuple[PupilKey, ...]:
        if isinstance(place, slice):
            return tuple(self[n] for n in range(*place.indices(len(self))))
        start = range(len(self))[place] * UPN_LENGTH
        return PupilKey(KeyKind.UPN, self.text[start : start + UPN_LENGTH].decode())


class MarkRow(NamedTuple):
    """One mark with its place, for reading one by one. `raw` is what was entered, if not `code` itself."""

    pupil: PupilKey
    urn: str
    session: Session
    code: str
    minutes_late: int | None
    comment: str
    raw: str
    file: str
    row: int


@dataclass(frozen=True, slots=True, eq=False)
class MarkBatch:
    """Marks as columns: each distinct value once, and for each mark which value it has.

    Mark `i` is of pupil `pupils[pupil[i]]` at `urns[urn[i]]` (empty: the school given with the file) in
    `sessions[session[i]]` with `codes[code[i]]` (empty: no mark taken). Marks stand in the order of the
    files; where two say different things of one session, the later file is the later word. Minutes late,
    comments and display codes are kept only for the marks that have them.
    """

    pupils: Sequence[PupilKey]
    urns: tuple[str, ...]
    sessions: tuple[Session, ...]
    codes: tuple[str, ...]
    files: tuple[str, ...]
    pupil: Index
    urn: Index
    session: Index
    code: Index
    file: Index
    row: Index
    minutes_late: Mapping[int, int] = field(default_factory=dict)
    comment: Mapping[int, str] = field(default_factory=dict)
    raw: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pupil)

    @property
    def upns(self) -> bytes:
        """The UPNs end to end where every pupil is named by one of `UPN_LENGTH` characters; else nothing."""
        if isinstance(self.pupils, Upns):
            return self.pupils.text
        if any(key.kind is not KeyKind.UPN or len(key.value) != UPN_LENGTH for key in self.pupils):
            return b""
        return "".join(key.value for key in self.pupils).encode()

    def __iter__(self) -> Iterator[MarkRow]:
        columns = (self.pupil, self.urn, self.session, self.code, self.file, self.row)
        lists: list[list[int]] = [column.tolist() for column in columns]
        for i, (pupil, urn, session, code, file, row) in enumerate(zip(*lists, strict=True)):
            yield MarkRow(
                self.pupils[pupil],
                self.urns[urn],
                self.sessions[session],
                self.codes[code],
                self.minutes_late.get(i),
                self.comment.get(i, ""),
                self.raw.get(i, ""),
                self.files[file],
                row,
            )


def no_marks() -> MarkBatch:
    """A batch with nothing in it."""
    none = np.empty(0, dtype=np.int32)
    return MarkBatch((), (), (), (), (), none, none, none, none, none, none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Where a row stands."""

    file: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRow(Row):
    """One school."""

    urn: str
    name: str = ""
    la_code: str = ""
    dfe_number: str = ""
    phase: str = ""
    policy: str = ""
    trust: str = ""
    setting: str = ""
    timezone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow(Row):
    """One half of one term. `academic_year` is the year it began: 2025 for 2025/26."""

    urn: str
    term: str
    half: int
    academic_year: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow(Row):
    """One session of a school's calendar. `half_term` is 0 to 5; not open closes a session sent before."""

    urn: str
    session: Session
    open: bool = True
    half_term: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRow(Row):
    """One pupil's time on one roll. `upn` is empty only where an MIS file names the pupil by `mis_id`.

    `wonde_id` is the id that Wonde's marks use. `enrolment` is a CTF's EnrolStatus as it stands.
    """

    upn: str
    urn: str = ""
    surname: str = ""
    forename: str = ""
    known_as: str = ""
    dob: date | None = None
    sex: str = ""
    year_group: str = ""
    class_name: str = ""
    on_roll_from: date | None = None
    on_roll_to: date | None = None
    fsm: bool | None = None
    sen: str = ""
    looked_after: bool | None = None
    social_worker: bool | None = None
    youth_justice: bool | None = None
    young_carer: bool | None = None
    eal_language: str = ""
    traveller: bool | None = None
    part_time_timetable: bool | None = None
    mis_id: str = ""
    wonde_id: str = ""
    former_upn: str = ""
    uln: str = ""
    enrolment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow(Row):
    """One contact of one pupil. `relationship` is in words, `relationship_raw` as the file has it.

    `upn` is empty only where an MIS file names the pupil by `mis_id` alone.
    """

    upn: str
    contact_id: str
    mis_id: str = ""
    title: str = ""
    forename: str = ""
    surname: str = ""
    relationship: str = ""
    relationship_raw: str = ""
    parental_responsibility: bool | None = None
    lives_with_pupil: bool | None = None
    priority: int | None = None
    address_1: str = ""
    address_2: str = ""
    town: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    contact_allowed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentRow(Row):
    """A change of a mark that the school's own system recorded. `amended_at` as given, zone or none."""

    upn: str
    urn: str
    session: Session
    amended_at: datetime
    original_code: str = ""
    amended_code: str = ""
    reason: str = ""
    amended_by: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow(Row):
    """A notice or prosecution that happened before, or elsewhere."""

    upn: str
    contact_id: str
    kind: str
    issued_on: date
    la_code: str = ""
    period_from: date | None = None
    period_to: date | None = None
    status: str = ""
    paid_on: date | None = None
    withdrawal_ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow(Row):
    """Work already under way when the school starts."""

    upn: str
    on: date
    kind: str
    contact_id: str = ""
    by: str = ""
    outcome: str = ""
    detail: str = ""
    review_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfessionalRow(Row):
    """A named professional around a pupil; `held_from` and `held_to` are the file's `from` and `to`."""

    upn: str
    role: str
    name: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    held_from: date | None = None
    held_to: date | None = None
    last_checked: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsRow(Row):
    """A year's session totals of one pupil at one school, as a CTF carries them; for reconciliation.

    `academic_year` is the year the totals are filed under; `dfe_number` is LA and establishment together.
    """

    upn: str
    academic_year: int
    dfe_number: str = ""
    school_name: str = ""
    possible: int | None = None
    attended: int | None = None
    authorised: int | None = None
    unauthorised: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayCodeRow(Row):
    """One line of a school's own list of codes: what staff type, and what it is returned as."""

    display: str
    statutory: str
    description: str = ""
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class FileCount:
    """One line of the result sheet: rows read, used and refused in one file, exact however many."""

    file: str
    format: str
    read: int
    used: int
    refused: int
    problems: int
    warnings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that some files said.

    `problems` refuse, `warnings` do not. Of problems alike in one file and column the first thousand are
    listed and one more line counts the rest; `counts` are exact.
    """

    files: tuple[str, ...] = ()
    format: str = ""
    schools: tuple[SchoolRow, ...] = ()
    terms: tuple[TermRow, ...] = ()
    sessions: tuple[SessionRow, ...] = ()
    pupils: tuple[PupilRow, ...] = ()
    contacts: tuple[ContactRow, ...] = ()
    marks: MarkBatch = field(default_factory=no_marks)
    amendments: tuple[AmendmentRow, ...] = ()
    notices: tuple[NoticeRow, ...] = ()
    history: tuple[HistoryRow, ...] = ()
    professionals: tuple[ProfessionalRow, ...] = ()
    totals: tuple[TotalsRow, ...] = ()
    display_codes: tuple[DisplayCodeRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    counts: tuple[FileCount, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether anything in the files was refused."""
        return bool(self.problems)
