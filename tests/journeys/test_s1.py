"""Scenario S1: Monday in a new school, from the first file to a signed reply, by the command line.

The steps are told in order, in one installation; each test is named after its step.
"""

import csv
import io
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from casework import config
from casework.actions import absence, cases, demonstration, letters, schools, stops, triage
from casework.actions.importing import Imported, files_at, import_files
from casework.actions.installation import Installation, open_installation
from casework.actions.letters import NotReady
from casework.actions.recording import By
from casework.cli import main
from casework.demo import data, story
from casework.demo.officers import OFFICERS, at
from casework.demo.schools import INFANT, PRIMARY
from casework.domain import ENGINE, StageName
from casework.domain import events as e
from casework.storage import server
from casework.storage.letterheads import KeptLetterhead

pytestmark = pytest.mark.xdist_group("s1")

DAY = date(2026, 11, 20)
AFTERNOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
BAD = 12
URN = INFANT.urn
PASTORAL, HEAD = at(URN, "pastoral"), at(URN, "head")
ON = ("--on", DAY.isoformat())


@dataclass
class Monday:
    """The new school's installation, and its files as they came."""

    inst: Installation
    files: data.DemoFiles

    def bring_in(self, *paths: Path, urn: str = "") -> Imported:
        """Import some files that afternoon."""
        return import_files(self.inst, ENGINE, files_at(paths), now=AFTERNOON, school_urn=urn)

    def by(self, **more: str) -> By:
        """The pastoral lead, today."""
        return By(PASTORAL, DAY, **more)

    @property
    def workbook(self) -> Path:
        """This term's register of the school, as a wide spreadsheet with titles and footers."""
        return self.files.folder / INFANT.folder / "sheets" / "register-2026-autumn.xlsx"


@pytest.fixture(scope="module")
def monday() -> Iterator[Monday]:
    home = Path(tempfile.mkdtemp(prefix="casework-s1-"))
    kept = dict(os.environ)
    os.environ.update({"CASEWORK_HOME": str(home), "CASEWORK_DURABLE": "0"})
    inst = open_installation(config.read())
    files = data.write(home / "files", seed=4, pupils=90)
    found = Monday(inst, files)
    trust = files.folder / PRIMARY.folder / "native"
    found.bring_in(*(trust / f"{name}.csv" for name in ("schools", "terms", "sessions")))
    for officer in OFFICERS:
        demonstration.add_officer(inst, officer, "four plain words together")
    for name in ("pupils", "contacts"):
        found.bring_in(files.folder / INFANT.folder / "native" / f"{name}.csv")
    try:
        yield found
    finally:
        inst.db.close()
        server.stop(home)
        os.environ.clear()
        os.environ.update(kept)
        shutil.rmtree(home, ignore_errors=True)


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def casework(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["casework", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        found = capsys.readouterr()
        return Said(int(ended.value.code or 0), found.out, found.err)

    return run


def spoiled(workbook: Path) -> tuple[bytes, list[tuple[int, str]]]:
    """The workbook with twelve marks that no register knows, and the row and mark of each."""
    book = openpyxl.load_workbook(workbook)
    sheet = book.active
    assert sheet is not None
    rows = [
        row
        for row in range(6, sheet.max_row)
        if re.fullmatch(r"[A-Z]\d{11}\w", str(sheet.cell(row, 1).value))
    ]
    spoilt = []
    for number in range(BAD):
        row, mark = rows[number % len(rows)], f"{number % 10}?"
        sheet.cell(row, 10 + number).value = mark
        spoilt.append((row, mark))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), spoilt


def one_year_not_in(workbook: Path, year_one: Sequence[str], unexplained: Sequence[str]) -> bytes:
    """The workbook with no marks on its last day for some pupils, and no reason yet for others."""
    book = openpyxl.load_workbook(workbook)
    sheet = book.active
    assert sheet is not None
    last = sheet.max_column
    for row in range(6, sheet.max_row + 1):
        upn = sheet.cell(row, 1).value
        if upn in year_one:
            sheet.cell(row, last - 1).value = sheet.cell(row, last).value = None
        elif upn in unexplained:
            sheet.cell(row, last - 1).value = sheet.cell(row, last).value = "N"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(workbook: bytes) -> bytes:
    """The sheet as Excel saves it for Windows: commas, days as people write them, names in cp1252."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).active
    assert sheet is not None
    out = io.StringIO()
    csv.writer(out).writerows(
        [f"{v:%d/%m/%Y}" if isinstance(v, date) else "" if v is None else v for v in row]
        for row in sheet.iter_rows(values_only=True)
    )
    return out.getvalue().encode("cp1252")


@pytest.mark.parametrize("saved", ["xlsx", "csv"])
def test_1_a_sheet_with_twelve_bad_marks_stores_nothing_and_names_them_all(monday, casework, tmp_path, saved):
    content, spoilt = spoiled(monday.workbook)
    broken = tmp_path / f"register.{saved}"
    broken.write_bytes(content if saved == "xlsx" else as_csv(content))
    assert saved == "xlsx" or "Siân".encode("cp1252") in broken.read_bytes()

    said = casework("import", str(broken), "--school", URN)

    assert said.code == 1
    for row, mark in spoilt:
        assert re.search(rf"register\.{saved}, row {row}\b.*{re.escape(mark)}", said.err), (row, mark)
    assert "nothing was stored" in said.err
    assert casework("facts", "--school", URN, *ON).out.count('"possible":0') > 0


def test_1_corrected_it_is_stored_and_again_it_changes_nothing(monday):
    infant = monday.files.folder / INFANT.folder
    pupils = (infant / "native" / "pupils.csv").read_text().splitlines()
    heading = pupils[0].split(",")
    by_year: dict[str, list[str]] = {}
    for line in pupils[1:]:
        row = dict(zip(heading, line.split(","), strict=False))
        if not row["on_roll_to"]:
            by_year.setdefault(row["year_group"], []).append(row["upn"])
    told = {item.upn for item in story.STORIES}
    second = [upn for upn in by_year["2"] if upn not in told][:2]
    kept = infant / "sheets" / "register-2026-autumn.xlsx"
    kept.write_bytes(one_year_not_in(kept, by_year["1"], second))

    done = monday.bring_in(*sorted((infant / "sheets").glob("*.xlsx")), urn=URN)
    again = monday.bring_in(*sorted((infant / "sheets").glob("*.xlsx")), urn=URN)

    assert done.counts["marks_new"] > 1000
    assert done.counts["refused"] == 0
    assert (again.counts["marks_new"], again.counts["amendments"]) == (0, 0)
    assert again.stored is not None
    assert again.stored.nothing_new


def test_2_work_under_way_is_seeded_at_the_stage_it_shows(monday, tmp_path):
    upn, parent = story.SEPARATED_INFANT.upn, story.SEPARATED_INFANT.person.contacts[0].contact_id
    history = tmp_path / "history.csv"
    history.write_text(
        "upn,date,kind,contact_id,by,outcome,detail,review_on\n"
        f"{upn},2026-09-25,concern_letter,{parent},Sorcha Bellamy,sent,First letter,\n"
        f"{upn},2026-10-09,meeting,{parent},Sorcha Bellamy,attended,Fridays are her father's,2026-11-27\n"
    )

    done, again = monday.bring_in(history), monday.bring_in(history)

    case = cases.of_pupil(monday.inst, PASTORAL, upn)[-1]
    days = [item.event.on for item in case.recorded]
    assert done.cases_changed == (case.ref,)
    assert again.cases_changed == ()
    assert case.stage is StageName.SUPPORTIVE_ACTIONS
    assert days == sorted(days), "the past is not told in order"
    assert case.review_on == date(2026, 11, 27)


def test_3_the_first_sweep_is_a_list_severe_absence_first(monday, casework):
    said = casework("sweep", "--school", URN, *ON)
    listed = json.loads(casework("triage", "--school", URN, "--as", PASTORAL.officer_id, *ON, "--json").out)

    assert said.code == 0
    assert listed[0]["upn"] == story.SEVERE_INFANT.upn
    assert "severely_absent" in listed[0]["triggers"]
    assert len(cases.owned_by(monday.inst, PASTORAL, DAY)) == 0, "a case opened by itself"
    assert letters.waiting(monday.inst, PASTORAL) == (), "a letter was made by itself"


def test_4_accept_the_most_pressing_and_set_one_aside(monday, casework):
    listed = triage.waiting(monday.inst, PASTORAL, URN)
    treated = next(w.item.upn for w in listed if w.item.upn == story.NEAR_FIFTEEN_DAYS_ILL.upn)
    reason = "In treatment for cancer; the hospital school teaches him."

    aside = casework(
        *("triage", "--school", URN, "--set-aside", treated, "--reason", reason, "--until", "2027-07-20"),
        *("--as", PASTORAL.officer_id, *ON),
    )
    taken = casework("triage", "--school", URN, "--first", "3", "--as", PASTORAL.officer_id, *ON)

    assert (aside.code, taken.code) == (0, 0)
    kept = {w.item.upn: w.item for w in triage.listed(monday.inst, PASTORAL, URN)}
    assert (kept[treated].state, kept[treated].reason, kept[treated].until) == (
        "set_aside",
        reason,
        date(2027, 7, 20),
    )
    assert taken.out.count("C-2026-") == 3
    assert story.SEVERE_INFANT.upn in {case.upn for case in cases.owned_by(monday.inst, PASTORAL, DAY)}


def test_5_calls_for_whom_there_is_no_reason_and_none_for_a_register_not_in(monday):
    done = absence.morning(monday.inst, URN, DAY)
    again = absence.morning(monday.inst, URN, DAY)

    listed = absence.calls(monday.inst, PASTORAL, URN, DAY)
    assert done.calls == len(listed) == 2
    assert again.calls == 0
    assert done.waiting_for == ("1",)


def test_6_letters_run_and_a_bereaved_familys_is_held_back(monday, casework):
    _letterhead(monday)
    owned = [case for case in cases.owned_by(monday.inst, PASTORAL, DAY) if case.stage is None]
    for case in owned:
        why = ("--reasons", "We noticed, and would like to help.")
        said = casework("case", "decide", case.ref, "noticing", *why, "--as", PASTORAL.officer_id, *ON)
        assert said.code == 0, said.err
    first = owned[0]
    stops.note(monday.inst, monday.by(), first.ref, condition="bereavement", says="A grandfather.")

    waiting = letters.waiting(monday.inst, HEAD, urn=URN)
    held = [letter.document for letter in waiting if letter.document.case_ref == first.ref]
    said = casework("document", "approve", held[0].document_id, "--as", HEAD.officer_id, *ON)

    assert len(waiting) > len(owned) - 1
    assert said.code == 1
    assert "bereaved" in said.err
    with pytest.raises(NotReady):
        letters.approve(monday.inst, By(HEAD, DAY), held[0].document_id)


def test_6_a_run_of_letters_shows_first_whom_to_look_at(monday, casework):
    owned = [cases.load(monday.inst, PASTORAL, c.ref) for c in cases.owned_by(monday.inst, PASTORAL, DAY)]
    bereaved = next(case for case in owned if case.of(e.StopNoted))
    brothers_and_sisters = _one_family(monday)
    refs = {bereaved.ref}
    for upn in [*brothers_and_sisters, *_others(monday, 7)]:
        held = cases.of_pupil(monday.inst, PASTORAL, upn)
        case = held[-1] if held else triage.open_by_hand(monday.inst, monday.by(), URN, upn, "Often away.")
        refs.add(case.ref)
    named = [word for ref in sorted(refs) for word in ("--case", ref)]

    words = ("document", "run", "prepare", "concern_letter", "--school", URN, *named)
    prepared = casework(*words, "--as", HEAD.officer_id, *ON)
    run = re.search(r"run show (\S+)", prepared.out)
    assert run, prepared.err
    look = casework("document", "run", "show", run[1], "--as", HEAD.officer_id, *ON, "--json")
    gone = casework("document", "run", "go", run[1], "--as", HEAD.officer_id, *ON)
    after = casework("document", "run", "show", run[1], "--as", HEAD.officer_id, *ON, "--json")

    first = {
        item["case_ref"]: item["look_first"] for item in json.loads(look.out)["letters"] if item["look_first"]
    }
    assert "the family is bereaved" in first[bereaved.ref]
    family = {cases.of_pupil(monday.inst, PASTORAL, upn)[-1].ref for upn in brothers_and_sisters}
    assert all(any("for a brother or sister" in why for why in first[ref]) for ref in family)
    states = {item["case_ref"]: item["state"] for item in json.loads(after.out)["letters"]}
    assert {states[ref] for ref in first} == {"waiting"}, "one went that nobody had looked at"
    assert {states[ref] for ref in refs - set(first)} <= {"issued", "drafted"}
    assert len(refs) == 10
    assert "waiting for a tick" in gone.out


def test_7_separated_parents_get_two_letters_and_neither_holds_the_others_address(monday, casework, tmp_path):
    case = cases.of_pupil(monday.inst, PASTORAL, story.SEPARATED_INFANT.upn)[-1]
    mother, father = story.SEPARATED_INFANT.person.contacts
    for parent in (mother, father):
        words = ("document", "draft", case.ref, "concern_letter", "--parent", parent.contact_id)
        said = casework(*words, "--as", PASTORAL.officer_id, *ON)
        assert said.code == 0, said.err

    made = letters.letters_of(monday.inst, PASTORAL, case.ref)
    texts = {}
    for letter in made:
        saved = casework(
            *("document", "save", letter.document.document_id, "--to", str(tmp_path)),
            *("--as", PASTORAL.officer_id, *ON),
        )
        assert saved.code == 0
        texts[letter.document.parent_id] = _words(tmp_path / f"{letter.document.document_id}.docx")

    assert set(texts) == {mother.contact_id, father.contact_id}
    for parent, other in ((mother, father), (father, mother)):
        assert parent.address_1 in texts[parent.contact_id]
        assert other.address_1 not in texts[parent.contact_id]


def test_8_a_signed_reply_is_attached_and_the_case_shows_it(monday, casework, tmp_path):
    case = cases.of_pupil(monday.inst, PASTORAL, story.SEPARATED_INFANT.upn)[-1]
    reply = tmp_path / "reply.txt"
    reply.write_bytes(b"We would like the help. Signed.")

    said = casework(
        *("case", "receive", case.ref, "Signed reply", "--file", str(reply), "--from", "Ms Niamh"),
        *("--as", PASTORAL.officer_id, *ON),
    )
    shown = casework("case", "show", case.ref, "--as", PASTORAL.officer_id, *ON)

    assert said.code == 0
    assert "Received: Signed reply from Ms Niamh." in shown.out
    received = cases.load(monday.inst, PASTORAL, case.ref).last(e.ItemReceived)
    assert received is not None
    assert received.sha256


def _contacts(monday: Monday) -> list[dict[str, str]]:
    with (monday.files.folder / INFANT.folder / "native" / "contacts.csv").open(newline="") as rows:
        return list(csv.DictReader(rows))


def _on_roll(monday: Monday) -> list[str]:
    with (monday.files.folder / INFANT.folder / "native" / "pupils.csv").open(newline="") as rows:
        told = {item.upn for item in story.STORIES}
        return [
            row["upn"] for row in csv.DictReader(rows) if not row["on_roll_to"] and row["upn"] not in told
        ]


def _one_family(monday: Monday) -> list[str]:
    """Two children of one parent at one address, both on roll."""
    homes: dict[tuple[str, ...], list[str]] = {}
    here = _on_roll(monday)
    for row in _contacts(monday):
        if row["upn"] in here and row["parental_responsibility"] == "true":
            home = (row["forename"], row["surname"], row["address_1"], row["postcode"])
            homes.setdefault(home, []).append(row["upn"])
    return next(upns for upns in homes.values() if len(set(upns)) == 2)


def _others(monday: Monday, count: int) -> list[str]:
    """Children of other families than that one."""
    family = _one_family(monday)
    surnames = {row["surname"] for row in _contacts(monday) if row["upn"] in family}
    those = {row["upn"] for row in _contacts(monday) if row["surname"] in surnames}
    return [upn for upn in _on_roll(monday) if upn not in those][:count]


def _letterhead(monday: Monday) -> None:
    kept = KeptLetterhead(("School Lane", "Dappleford", "ZZ3 1AA"), "01632 960103", "School days, 8am to 4pm")
    schools.set_letterhead(monday.inst, HEAD, URN, kept)


def _words(path: Path) -> str:
    """All the text of a Word file."""
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("word/document.xml").decode()
    return re.sub(r"<[^>]+>", "", xml.replace("</w:p>", "\n"))
