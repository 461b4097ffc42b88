"""A wide spreadsheet, as a school prints its official register: two columns a day under a merged date."""

import io
import zipfile
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from casework.demo.trust import SchoolRegister
from casework.demo.writers.spans import Span

_FIXED = (2026, 1, 1, 0, 0, 0)
_LEADING = ("UPN", "Pupil name", "Class")


def wide(school: SchoolRegister, span: Span) -> bytes:
    """One span of days: title rows, two heading rows with merged dates, a row a pupil, and footers."""
    days = [day for day in school.days.dates if span.first <= day <= span.last]
    place = {day: 4 + 2 * number for number, day in enumerate(days)}
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Register"
    span_text = f"{span.first:%d/%m/%Y} to {span.last:%d/%m/%Y}"
    sheet.append([f"{school.school.school.name}: official register {span_text}"])
    sheet.append([f"Printed on {span.last:%d/%m/%Y} at 16:05"])
    sheet.append([])
    heading: list[str | None] = [*_LEADING]
    for day in days:
        heading += [f"{day:%a} {day:%d/%m}", None]
    sheet.append(heading)
    sheet.append([None, None, None, *(["AM", "PM"] * len(days))])
    count = 0
    for row, stay in enumerate(school.stays):
        marks = {(s.date, s.half.value): code for s, code in school.codes(row, span.first, span.last)}
        if not marks:
            continue
        count += 1
        pupil = stay.pupil
        name = f"{pupil.surname}, {pupil.known_as or pupil.forename}".replace("'", "’")
        cells: list[str | None] = [pupil.upn, name, pupil.class_name]
        for day in days:
            cells += [marks.get((day, "AM")) or None, marks.get((day, "PM")) or None]
        sheet.append(cells)
    sheet.append([])
    sheet.append([f"Total pupils: {count}"])
    sheet.append(["Key: / present AM   \\ present PM   I illness   O unauthorised   blank: no mark"])
    for day in days:
        sheet.merge_cells(start_row=4, end_row=4, start_column=place[day], end_column=place[day] + 1)
        sheet.cell(4, place[day]).alignment = Alignment(horizontal="center")
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue(), span.last)


def _without_clock(data: bytes, saved_on: date) -> bytes:
    """The same workbook with the day of the export in place of the moment it was saved."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as write:
        for item in read.infolist():
            body = read.read(item)
            if item.filename == "docProps/core.xml":
                body = _fixed_properties(saved_on)
            entry = zipfile.ZipInfo(item.filename, _FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            write.writestr(entry, body)
    return out.getvalue()


def _fixed_properties(saved_on: date) -> bytes:
    stamp = f"{saved_on}T16:05:00Z"
    office = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    return (
        f'<cp:coreProperties xmlns:cp="{office}" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    ).encode()
