"""The redacted twin: what goes is gone from the file, and the twins differ only where the log says so."""

import re
import subprocess
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from casework.documents.evidence import binding, redaction
from casework.documents.evidence.binding import Leaf
from casework.documents.evidence.errors import CannotRedact, NotFoundToRedact, StillThere
from casework.documents.evidence.redaction import LogEntry, Redaction
from casework.documents.pdf import to_pdf
from tests.documents.bound import LOOK, a_pack, a_paper, pages_of

BOUND = a_pack()
ADDRESS = Redaction("the address of parent A", "another parent may read it", "dsl", words="12 Invented Lane")
NAME = Redaction("the name of parent A", "not needed", "dsl", words="Rasa Petrauskas")


def everything(content: bytes) -> str:
    """All that the file's bytes hold, compressed streams opened."""
    found = [content.decode("latin-1")]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            opened = zlib.decompress(packed)
        except zlib.error:
            continue
        found += [opened.decode("latin-1"), opened.decode("utf-16-be", "ignore")]
    return "\n".join(found)


def test_what_is_taken_out_is_gone_from_the_text_and_from_every_stream() -> None:
    twin = redaction.redact(BOUND.content, [ADDRESS, NAME], {})

    said = " ".join(pages_of(twin.content))
    for gone in ("Invented", "Rasa", "Petrauskas"):
        assert gone not in said
        assert gone not in everything(twin.content)
    assert "Her son Annual was not at school" in said


def test_the_log_says_what_why_and_by_whom_and_never_repeats_it() -> None:
    twin = redaction.redact(BOUND.content, [ADDRESS], {})

    assert twin.log == (LogEntry("the address of parent A", "another parent may read it", "dsl", 2, 1, 14),)
    assert "Invented" not in str(twin.log)


def test_twins_differ_only_where_the_log_says_so() -> None:
    twin = redaction.redact(BOUND.content, [ADDRESS, NAME], {})

    assert redaction.unlogged(BOUND.content, twin.content, twin.log) == ()
    assert redaction.unlogged(BOUND.content, twin.content, twin.log[:1]) == (
        "Page 2 lacks 28 letters in the twin; the log says 14.",
    )
    other = a_pack(Leaf("Letter to parent A", "BT/1", a_paper("Letter", "Something else was written here.")))
    assert redaction.unlogged(BOUND.content, other.content, ()) != ()


def test_the_layout_stays_as_it_was() -> None:
    twin = redaction.redact(BOUND.content, [ADDRESS], {})

    before, after = pages_of(BOUND.content), pages_of(twin.content)
    assert before[0] == after[0]
    assert before[2:] == after[2:]
    assert len(before[1].splitlines()) == len(after[1].splitlines())


@pytest.mark.parametrize(
    ("words", "letters"),
    [
        pytest.param("Ann", 3, id="a name is not taken out of a longer word"),
        pytest.param("12 invented LANE", 14, id="capitals do not matter"),
        pytest.param("Lane. Her son", 11, id="a line end is a space"),
    ],
)
def test_words_are_found_as_a_reader_finds_them(words: str, letters: int) -> None:
    twin = redaction.redact(BOUND.content, [Redaction("it", "why", "me", words=words)], {})

    assert [entry.letters for entry in twin.log] == [letters]
    assert ("Annual" in pages_of(twin.content)[1]) is True


def test_words_on_many_pages_are_logged_page_by_page() -> None:
    twin = redaction.redact(BOUND.content, [Redaction("a heading", "why", "me", words="Contact log")], {})

    assert [entry.page for entry in twin.log] == [1, 3, 4]
    titles = [str(item.title) for item in PdfReader(BytesIO(twin.content)).outline]
    assert titles[2] == redaction.BLACK * 8, "a bookmark would say it too"


def test_a_page_withheld_says_why_under_its_own_number() -> None:
    says = "Withheld: it is about another child."
    sheet = binding.blank(LOOK, BOUND.placed, 2, BOUND.pages, says)
    withheld = Redaction("the letter", "it is about another child", "dsl", page=2)

    twin = redaction.redact(BOUND.content, [withheld], {2: sheet})

    said = pages_of(twin.content)[1]
    assert says in said
    assert "Page 2 of 5" in said
    assert "Petrauskas" not in everything(twin.content)
    assert twin.log[0].withheld
    assert redaction.unlogged(BOUND.content, twin.content, twin.log) == ()


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(
            Redaction("the address of parent B", "w", "me", words="9 Nowhere Road"), id="no such words"
        ),
        pytest.param(Redaction("part of a word", "w", "me", words="Annu"), id="part of a word alone"),
        pytest.param(Redaction("a page", "w", "me", page=99), id="no such page"),
    ],
)
def test_what_is_nowhere_is_named_and_nothing_is_made(asked: Redaction) -> None:
    with pytest.raises(NotFoundToRedact):
        redaction.redact(BOUND.content, [ADDRESS, asked], {})


def a_picture_page() -> bytes:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
        "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
    )
    return binding.picture_as_pdf(png, "image/png", "A scan")


def test_pages_that_are_pictures_are_for_eyes() -> None:
    bound = a_pack(
        Leaf("Letter", "", a_paper("Letter", "12 Invented Lane")), Leaf("Scan", "", a_picture_page())
    )

    twin = redaction.redact(bound.content, [ADDRESS], {})

    assert twin.look_at == (3,)


def no_text_known(content: bytes) -> bytes:
    """The same pages, whose fonts no longer say what their codes stand for."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    for page in writer.pages:
        for font in page["/Resources"]["/Font"].values():
            font.get_object().pop("/ToUnicode", None)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_page_that_cannot_be_read_is_withheld_or_nothing_is_made() -> None:
    unread = no_text_known(a_paper("Letter", "12 Invented Lane"))

    with pytest.raises(CannotRedact, match="page 1"):
        redaction.redact(unread, [ADDRESS], {})


def test_a_twin_from_which_it_could_still_be_read_is_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_rewrite", lambda *_: None)

    with pytest.raises(StillThere, match="the address of parent A"):
        redaction.redact(BOUND.content, [ADDRESS], {})


@pytest.mark.soffice
def test_a_word_letter_is_redacted_as_well_and_a_third_reader_agrees(tmp_path: Path) -> None:
    template = Path("templates/documents/notice_to_improve.docx")
    bound = a_pack(Leaf("Notice", "BT/1", to_pdf([("notice", template.read_bytes())])[0]))
    asked = Redaction("a sentence", "why", "me", words="last chance to accept help, before anyone thinks")

    twin = redaction.redact(bound.content, [asked], {})

    (tmp_path / "twin.pdf").write_bytes(twin.content)
    read = subprocess.run(
        ["pdftotext", str(tmp_path / "twin.pdf"), "-"], capture_output=True, text=True, check=True
    )
    assert "last chance" not in read.stdout
    assert "This letter is to you alone" in read.stdout
    assert redaction.unlogged(bound.content, twin.content, twin.log) == ()
