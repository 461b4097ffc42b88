"""Days, times, choices and files as a browser sends them; cells of an export; a letter's text."""

import zipfile
from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.web.forms import Choice, Field, Kind, fill
from casework.web.pages.caseload import safe_cell
from casework.web.uploads import WORD, Upload, UploadRefused, checked, media_type, safe_name

DAY = Field("on", "The day", Kind.DAY)
MOMENT = Field("at", "When", Kind.MOMENT)


@pytest.mark.parametrize(
    ("parts", "day", "wrong"),
    [
        pytest.param(("5", "10", "2026"), date(2026, 10, 5), False, id="a day"),
        pytest.param(("5", "10", "26"), date(2026, 10, 5), False, id="a short year"),
        pytest.param(("31", "9", "2026"), None, True, id="no such day"),
        pytest.param(("5", "", "2026"), None, True, id="no month"),
        pytest.param(("", "", ""), None, True, id="nothing"),
        pytest.param(("five", "10", "2026"), None, True, id="words"),
    ],
)
def test_a_day(parts: tuple[str, str, str], day: date | None, wrong: bool) -> None:
    sent = {f"on-{name}": [text] for name, text in zip(("day", "month", "year"), parts, strict=True)}

    form = fill((DAY,), sent)

    assert (form.values["on"], bool(form.faults)) == (day, wrong)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [("9:30", 9, 30), ("9.30am", 9, 30), ("2pm", 14, 0), ("12pm", 12, 0), ("14:15", 14, 15)],
)
def test_a_time(text: str, hour: int, minute: int) -> None:
    form = fill((MOMENT,), {"at-day": ["5"], "at-month": ["10"], "at-year": ["2026"], "at-time": [text]})

    assert form.moment("at") == datetime(2026, 10, 5, hour, minute, tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.parametrize("text", ["", "25:00", "soon", "9:75"])
def test_no_time(text: str) -> None:
    form = fill((MOMENT,), {"at-day": ["5"], "at-month": ["10"], "at-year": ["2026"], "at-time": [text]})

    assert form.faults


def test_a_choice_that_was_not_offered_is_none() -> None:
    form = fill((Field("x", "X", Kind.RADIOS, choices=(Choice("a", "A"),)),), {"x": ["b"]})

    assert form.faults == {"x": "Choose x"}


@pytest.mark.parametrize("text", ["=1+1", "+44 1632", "-1", "@cmd", "\tx", "\rx"])
def test_a_cell_never_runs(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@given(st.text(max_size=60))
def test_a_file_name_is_safe_whatever_was_sent(name: str) -> None:
    made = safe_name(name, "pdf")

    assert made.endswith(".pdf")
    assert not set(made) & set('/\\:*?"<>|\r\n;\x00')
    assert not made.startswith(".")


def word_file(*names: str, size: int = 10) -> bytes:
    """A zip with these entries, each of so many bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"0" * size)
    return out.getvalue()


def test_a_word_document_is_one() -> None:
    assert media_type(word_file("[Content_Types].xml", "word/document.xml")) == WORD
    assert media_type(word_file("other.txt")) == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(word_file("[Content_Types].xml", "word/vbaProject.bin"), "macros", id="macros"),
        pytest.param(word_file("word/document.xml", size=61 * 1024 * 1024), "unpacks", id="a zip bomb"),
        pytest.param(b"%PDF-" + b"0" * 8 * 1024 * 1024, "smaller than 8 MB", id="too large"),
        pytest.param(b"<svg onload='x'>", "must be a PDF", id="a drawing with script"),
    ],
)
def test_files_that_are_refused(content: bytes, says: str) -> None:
    with pytest.raises(UploadRefused, match=says):
        checked(Upload("x.docx", content))
