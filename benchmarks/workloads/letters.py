"""Letters: the product's compiled templates against docxtpl's own loop, every part identical.

A document of a thousand rows and more is measured by itself, and how fast a converter makes pages of letters,
where there is one.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from docxtpl import DocxTemplate
from lxml import etree
from pypdf import PdfReader

from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from casework.documents import CATALOGUE, Letters, fields, pdf
from casework.documents.printing import Printed, printed
from casework.domain import Half, Parent, Pupil, School, Session

TEMPLATE = "notice_to_improve"
LONG = "headteacher_certificate"
ROWS = 1_520
CONVERTED = 20
CORE = "docProps/core.xml"
_FIRST = date(2026, 9, 7)
_LAST = date(2026, 11, 20)


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """Notices to improve with twelve rows each, for as many pupils."""
    count = 5_000 if bench.full else 60
    every = [_notice(number) for number in range(count)]
    few = min(count, 300)
    made = Letters(bench.settings.templates / "documents")
    path = made.folder / CATALOGUE[TEMPLATE].file
    contexts = [printed(CATALOGUE[TEMPLATE], given) for given in every[:few]]
    parts = [_parts_of(made.render(TEMPLATE, given).content) for given in every[:few]]
    changing = [name for name in parts[0] if parts[0][name] != parts[-1][name]]
    peers = {
        "product": Peer(
            lambda: [made.render(TEMPLATE, given).content for given in every],
            count,
            lambda letters: [_canonical(letter) for letter in letters[:few]],
        ),
        "docxtpl_loop": Peer(
            lambda: [_by_docxtpl(path.read_bytes(), context) for context in contexts],
            few,
            lambda letters: [_canonical(letter) for letter in letters],
        ),
        "zip_write_only": Peer(lambda: [_zip_written(letter, changing) for letter in parts], few, None),
        "zipfile_write": Peer(lambda: [_by_zipfile(letter) for letter in parts], few, None),
    }
    jobs = [Workload("letters", {"letters": count}, peers, _differ, bench.rounds(5)), _long(made, bench)]
    if pdf.available():
        jobs.append(_pages(made, every[:CONVERTED], bench))
    yield jobs


def _long(made: Letters, bench: Bench) -> Workload:
    """Certificates of a year and more of sessions, a row a day."""
    contexts = [_certificate(number) for number in range(8 if bench.full else 2)]
    path = made.folder / CATALOGUE[LONG].file
    put = [printed(CATALOGUE[LONG], given) for given in contexts]
    peers = {
        "product": Peer(
            lambda: [made.render(LONG, given).content for given in contexts],
            len(contexts),
            lambda done: [_canonical(one) for one in done],
        ),
        "docxtpl_loop": Peer(
            lambda: [_by_docxtpl(path.read_bytes(), context) for context in put],
            len(put),
            lambda done: [_canonical(one) for one in done],
        ),
    }
    size = {"documents": len(contexts), "rows": ROWS}
    return Workload("long_documents", size, peers, _differ, bench.rounds(5))


def _pages(made: Letters, given: Sequence[Mapping[str, object]], bench: Bench) -> Workload:
    """Pages of PDF from letters in Word, in one call of the converter."""
    files = [(f"L{n}", made.render(TEMPLATE, one).content) for n, one in enumerate(given)]
    pages = sum(len(PdfReader(io.BytesIO(content)).pages) for content in pdf.to_pdf(files))
    peers = {"product": Peer(lambda: pdf.to_pdf(files), pages, None)}
    return Workload("pdf_pages", {"letters": len(files), "pages": pages}, peers, _differ, bench.rounds(3))


def _certificate(number: int) -> Mapping[str, object]:
    """The fields of one certificate with a row for each of many days."""
    days = [_FIRST + timedelta(days=day) for day in range(ROWS)]
    return {
        "school_name": "Larkfield Academy",
        "school_address": ("Mill Lane", "Larkfield", "LK1 2AB"),
        "school_phone": "01632 960100",
        "reference": f"LKF-2026-{number:05}",
        "pupil_name": f"Invented Pupil{number}",
        "pupil_dob": date(2012, 3, 9),
        "on_roll_from": date(2023, 9, 4),
        **fields.counted(fields.Attendance(_FIRST, days[-1], 2 * ROWS, ROWS, 0, ROWS)),
        "every_session": [
            {"date": day, "morning": "/", "afternoon": "O" if day.day % 2 else "&"} for day in days
        ],
        "key": [{"code": "O", "meaning": "Absent, and no other code fits", "counted_as": "Unauthorised"}],
        "head_name": "Mr Tom Ellery",
        "head_role": "Headteacher",
    }


def _notice(number: int) -> Mapping[str, object]:
    """The fields of one invented parent's notice."""
    pupil = Pupil(f"A{number:012}", f"Pupil{number}", "Invented", dob=date(2012, 3, 9), year_group="9")
    parent = Parent(
        f"C{number}",
        pupil.upn,
        *("Ms", "Invented", f"Parent{number}", "mother", True, True, 1),
        *(f"{number} Rowan Street", "", "Larkfield", "LK3 4CD", "01632 960111"),
    )
    contact = fields.Reachable(
        "Mrs Priya Nair", "pastoral lead", "01632 960101", "Monday to Friday", "help@larkfield.example"
    )
    to = fields.To(
        pupil,
        parent,
        (),
        School("100001", "Larkfield Academy", "352"),
        fields.Letterhead(("Mill Lane", "Larkfield", "LK1 2AB"), "01632 960100"),
        date(2026, 11, 23),
        f"LKF-2026-{number:05}",
        contact,
        "Mr Tom Ellery",
        "Headteacher",
    )
    days = [_FIRST + timedelta(days=7 * week + number % 5) for week in range(6)]
    missed = [
        fields.Missed(Session(day, half), "O", "absent, no other code fits", "")
        for day in days
        for half in Half
    ]
    return fields.notice_to_improve(
        to,
        fields.Attendance(_FIRST, _LAST, 100, 84, 4, len(missed)),
        missed,
        [fields.Offer(date(2026, 10, 5), "A talk with the school nurse.", "Mrs Nair", "Taken up")],
        ["Help with the bus fare."],
        date(2026, 11, 30),
        date(2027, 1, 15),
        25,
        "No more sessions missed without a reason the school can accept.",
        "If 3 or more sessions are missed without such a reason in the first two weeks.",
        10,
        10,
        fields.PenaltyAmounts(16000, 28, 16000, 3, 8000, 21),
        "Larkshire Council",
    )


def _by_docxtpl(file: bytes, context: Mapping[str, Printed]) -> bytes:
    """As docxtpl's documentation has it: a template opened, rendered and saved for each letter."""
    word = DocxTemplate(io.BytesIO(file))
    word.render(dict(context), autoescape=True)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _parts_of(letter: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(letter)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _canonical(letter: bytes) -> dict[str, bytes]:
    """Each part, XML in canonical form; all but the properties, which hold the time of writing."""
    return {
        name: etree.tostring(etree.fromstring(part), method="c14n")
        if name.endswith((".xml", ".rels"))
        else part
        for name, part in _parts_of(letter).items()
        if name != CORE
    }


def _differ(first: Sequence[Mapping[str, bytes]], second: Sequence[Mapping[str, bytes]]) -> str:
    for number, (one, other) in enumerate(zip(first, second, strict=True)):
        wrong = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
        if wrong:
            return f"Letter {number}: {', '.join(wrong)}."
    return ""


def _zip_written(parts: Mapping[str, bytes], changing: Sequence[str]) -> bytes:
    """The parts that differ from letter to letter deflated, and the whole put together: no letter is less."""
    out = [b""]
    for name, part in parts.items():
        if name not in changing:
            out.append(part)
            continue
        writer = zlib.compressobj(6, zlib.DEFLATED, -15)
        made = writer.compress(part) + writer.flush()
        out += [struct.pack("<3I", zlib.crc32(part), len(made), len(part)), made]
    return b"".join(out)


def _by_zipfile(parts: Mapping[str, bytes]) -> bytes:
    """Every part deflated and written by the standard library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()
