"""Wonde's JSON, saved page by page: pupils with their contacts, session marks, codes and deletions.

Pages of one feed may be given together. A page's kind is told from its records. A mark's code is taken by
its `code`, never by its id alone, so ids need the attendance-codes page; a student's UPN stands only in the
included `education_details`. A record that comes again, in an updated page, replaces the earlier one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from casework.domain.register import Session
from casework.registers import values
from casework.registers.codes import Lookup
from casework.registers.marks import MarkBuilder, taken
from casework.registers.notes import Notes, Unclear
from casework.registers.reading import KeyKind, MarkBatch, PupilKey, PupilRow, Row
from casework.registers.wonde_contacts import contact_rows
from casework.registers.wonde_json import Record, day, inner, kind_of, records_of, said, truth

_UPN_REMEDY = "Ask Wonde for the page again with include=education_details."
_CODE_REMEDY = "Give the attendance-codes page with it, or ask for include=attendance_code."


@dataclass
class _Page:
    """One page being read: its records, what they become, and which of its marks were replaced."""

    records: list[Record | None]
    followed: bool
    notes: Notes
    builder: MarkBuilder
    rows: list[Row] = field(default_factory=list)
    replaced: set[int] = field(default_factory=set)

    def of(self, kind: str) -> list[tuple[int, Record]]:
        """The records of a kind, with the place each has in the page, from 1."""
        return [
            (row, record)
            for row, record in enumerate(self.records, 1)
            if record is not None and kind_of(record) == kind
        ]


@dataclass
class _Feed:
    """What links the pages of one feed: ids and what they stand for."""

    lookup: Lookup
    urn: str
    code_of_id: dict[str, str] = field(default_factory=dict)
    key_of_id: dict[str, PupilKey] = field(default_factory=dict)
    mark_of_id: dict[str, tuple[_Page, int]] = field(default_factory=dict)


def read(
    pages: Sequence[tuple[bytes, Notes]], lookup: Lookup, urn: str = ""
) -> list[tuple[list[Row], MarkBatch]]:
    """Each page's rows and marks, in order; rows count a page's records from 1."""
    feed = _Feed(lookup, urn)
    opened = [_Page(*records_of(data, notes), notes, MarkBuilder(notes.file)) for data, notes in pages]
    _warn_of_further_pages(opened)
    for page in opened:
        page.notes.read = len(page.records)
        for _, record in page.of("code"):
            feed.code_of_id[said(record, "id")] = said(record, "code")
            page.notes.used += 1
    for page in opened:
        _people(page, feed)
    for page in opened:
        for row, record in page.of("mark"):
            page.notes.used += _mark(page, row, record, feed)
    for page in opened:
        for row, record in page.of("deletion"):
            _deletion(page, row, record, feed)
            page.notes.used += 1
        for row, record in page.of(""):
            says = "The record is of a kind that is not read here."
            page.notes.warn(row, "", ", ".join(list(record)[:6]), says, "Nothing needs to be done.")
            page.notes.used += 1
    return [(page.rows, _without(page.builder.batch(), page.replaced)) for page in opened]


def _warn_of_further_pages(pages: Sequence[_Page]) -> None:
    """Say so where a page is followed by one that was not given with it."""
    last_of_kind = {kind_of(page.records[0]): page for page in pages if page.records and page.records[0]}
    for page in last_of_kind.values():
        if page.followed:
            says = "Further pages of this feed follow."
            page.notes.warn(0, "meta", "", says, "Import the following pages too.")


def _without(batch: MarkBatch, replaced: set[int]) -> MarkBatch:
    if not replaced:
        return batch
    keep = np.ones(len(batch), dtype=np.bool_)
    keep[list(replaced)] = False
    return taken(batch, keep)


def _people(page: _Page, feed: _Feed) -> None:
    seen: dict[str, int] = {}
    for row, record in page.of("student"):
        pupil = _student(page, row, record, feed)
        if pupil is None:
            continue
        same = pupil.upn or pupil.wonde_id
        if seen.setdefault(same, row) != row:
            says = f"Record {seen[same]} is the same pupil; the later one was taken."
            page.notes.warn(row, "upn", "", says, "Check whether the pupil left and came back.")
            page.rows = [r for r in page.rows if not (isinstance(r, PupilRow) and r.row == seen[same])]
            seen[same] = row
        page.rows.append(pupil)
        page.rows += contact_rows(record, pupil, page.notes)
        page.notes.used += 1
    for row, record in page.of("contact"):
        linked = inner(record, "students")
        students = linked if isinstance(linked, list) else [linked]
        found = [feed.key_of_id.get(said(student, "id")) for student in students]
        pupils = [key for key in found if key is not None]
        if not pupils:
            page.notes.problem(
                row,
                "students",
                said(record, "id"),
                "The contact is of no pupil that these pages name.",
                "Save the students page with include=contacts,contacts.contact_details instead.",
            )
            continue
        for key in pupils:
            about = PupilRow(
                file=page.notes.file,
                row=row,
                upn=key.value if key.kind is KeyKind.UPN else "",
                mis_id=key.value if key.kind is KeyKind.MIS_ID else "",
            )
            page.rows += contact_rows({"contacts": [record]}, about, page.notes)
        page.notes.used += 1


def _student(page: _Page, row: int, record: Record, feed: _Feed) -> PupilRow | None:
    """One pupil; None, with every fault noted, if they cannot be."""
    education = inner(record, "education_details")
    upn, good = _checked_upn(education, page.notes, row)
    if not upn and good:
        says = "The page says no UPN of this pupil." if education is None else "The pupil has no UPN."
        page.notes.warn(row, "upn", said(record, "id"), says, _UPN_REMEDY)
    found: dict[str, Any] = {}
    for name, holder, key in (
        ("dob", record, "date_of_birth"),
        ("on_roll_from", education, "admission_date"),
        ("on_roll_to", education, "leaving_date"),
    ):
        try:
            found[name] = day(holder, key)
        except Unclear as fault:
            page.notes.refuse(row, key, holder.get(key), fault)
            good = False
    extended = inner(record, "extended_details")
    for name, value, reader in (
        ("sex", said(record, "gender") or said(record, "legal_sex"), values.sex),
        ("year_group", said(education, "current_nc_year") or _year(record), values.year_group),
        ("uln", said(education, "learner_number"), values.uln),
    ):
        try:
            found[name] = reader(value) if value else ""
        except Unclear as fault:
            page.notes.warn(row, name, value, f"{fault.says} It was left out.", fault.remedy)
    if not good:
        return None
    wonde_id, mis_id = said(record, "id"), said(record, "mis_id")
    feed.key_of_id[wonde_id] = (
        PupilKey(KeyKind.UPN, upn)
        if upn
        else PupilKey(KeyKind.MIS_ID, mis_id)
        if mis_id
        else PupilKey(KeyKind.WONDE_ID, wonde_id)
    )
    return PupilRow(
        file=page.notes.file,
        row=row,
        upn=upn,
        urn=feed.urn,
        surname=said(record, "legal_surname") or said(record, "surname"),
        forename=said(record, "legal_forename") or said(record, "forename"),
        known_as=said(record, "forename") if said(record, "legal_forename") else "",
        class_name=said(inner(record, "registration_group"), "name"),
        former_upn=said(education, "former_upn").upper(),
        fsm=truth(extended, "free_school_meals"),
        looked_after=truth(extended, "in_lea_care"),
        mis_id=mis_id,
        wonde_id=wonde_id,
        **found,
    )


def _year(record: Record) -> str:
    year = inner(record, "year")
    return said(year, "code") or said(year, "name")


def _checked_upn(education: Any, notes: Notes, row: int) -> tuple[str, bool]:
    given = said(education, "upn")
    try:
        return (values.upn(given) if given else ""), True
    except Unclear as fault:
        notes.refuse(row, "upn", given, fault)
        return "", False


def _mark(page: _Page, row: int, record: Record, feed: _Feed) -> bool:
    """Add one mark; false, with every fault noted, if it cannot be."""
    notes = page.notes
    key = _pupil_of(record, feed)
    if key is None:
        notes.problem(
            row, "student", "", "The mark does not say which pupil.", "Ask for the page with include=student."
        )
    on = half = None
    try:
        on = day(record, "date")
        if on is None:
            raise Unclear("The mark has no date.", "Save the page again.")
    except Unclear as fault:
        notes.refuse(row, "date", record.get("date"), fault)
    try:
        half = values.half(said(record, "session"))
    except Unclear as fault:
        notes.refuse(row, "session", record.get("session"), fault)
    entry = _entry(record, feed)
    if entry is None:
        notes.problem(row, "attendance_code", "", "The mark's code is only an id.", _CODE_REMEDY)
    if on is None or entry is None:
        return False
    try:
        code = feed.lookup.code(entry, on)
    except Unclear as fault:
        notes.refuse(row, "attendance_code", entry, fault)
        return False
    minutes = said(record, "minutes_late")
    if key is None or half is None:
        return False
    mark_id = said(record, "id")
    earlier = feed.mark_of_id.get(mark_id)
    if earlier is not None:
        earlier[0].replaced.add(earlier[1])
    if mark_id:
        feed.mark_of_id[mark_id] = (page, len(page.builder))
    page.builder.add(
        key,
        feed.urn,
        Session(on, half),
        code,
        row,
        minutes_late=int(minutes) if minutes.isdigit() and 0 < len(minutes) < 4 and minutes != "0" else None,
        comment=said(record, "comment"),
        raw=entry,
    )
    return True


def _pupil_of(record: Record, feed: _Feed) -> PupilKey | None:
    """The pupil a mark is of, by the best name that the pages give."""
    student = inner(record, "student")
    wonde_id = said(student, "id") or said(record, "student_id") or said(record, "student")
    known = feed.key_of_id.get(wonde_id)
    if known is not None:
        return known
    if said(student, "mis_id"):
        return PupilKey(KeyKind.MIS_ID, said(student, "mis_id"))
    return PupilKey(KeyKind.WONDE_ID, wonde_id) if wonde_id else None


def _entry(record: Record, feed: _Feed) -> str | None:
    """What was entered; None if only an id says it and no page of codes does."""
    included = inner(record, "attendance_code")
    if said(included, "code"):
        return said(included, "code")
    code_id = said(included, "id") or said(record, "attendance_code_id") or said(record, "attendance_code")
    return feed.code_of_id.get(code_id) if code_id else ""


def _deletion(page: _Page, row: int, record: Record, feed: _Feed) -> None:
    """A deleted mark of these pages is taken out again; anything else deleted needs a person."""
    gone = feed.mark_of_id.pop(said(record, "id"), None)
    if gone is not None:
        gone[0].replaced.add(gone[1])
        return
    says = f"The MIS has deleted a record of kind {said(record, 'type') or 'unknown'}."
    remedy = "Look at the pupil's register and roll; nothing was changed here."
    page.notes.warn(row, "id", said(record, "id"), says, remedy)
