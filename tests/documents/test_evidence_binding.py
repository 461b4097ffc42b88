"""One file of many: where everything stands, what each page carries, and what cannot go in."""

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ContentStream

from casework.documents.evidence import binding
from casework.documents.evidence.binding import Leaf
from casework.documents.evidence.errors import CannotBind
from casework.documents.evidence.paper import Paper, to_pdf
from tests.documents.bound import a_pack, a_paper, pages_of

STRANGE = "O'Brien & <Zoë> “{{ x }}” #eval(1) $x$ *b* 李 مرحبا 😀 " + "w" * 300


def test_the_index_says_on_which_pages_each_item_stands() -> None:
    bound = a_pack()

    assert [(item.title, item.first, item.last) for item in bound.placed] == [
        ("Index", 1, 1),
        ("Letter to parent A", 2, 2),
        ("Contact log", 3, 4),
        ("Register", 5, 5),
    ]
    said = pages_of(bound.content)
    assert "3 to 4" in said[0]
    assert "Contact log 60" in said[3]


def test_every_page_has_its_marking_twice_its_reference_its_number_and_its_label() -> None:
    said = pages_of(a_pack().content)

    for number, page in enumerate(said, 1):
        assert page.count("OFFICIAL-SENSITIVE") == 2
        assert "ABC-26-0001-P1" in page
        assert f"Page {number} of {len(said)}" in page
    assert ["BT/1" in page for page in said] == [False, True, False, False, False]
    assert "BT/2" in said[4]


def test_bookmarks_lead_to_each_item_and_the_title_is_set() -> None:
    reader = PdfReader(BytesIO(a_pack().content))

    found = [(item.title, reader.get_destination_page_number(item)) for item in reader.outline]
    assert found == [("Index", 0), ("BT/1 Letter to parent A", 1), ("Contact log", 2), ("BT/2 Register", 4)]
    assert reader.metadata is not None
    assert reader.metadata.title == "Pack ABC-26-0001-P1"


def test_the_same_items_give_the_same_bytes() -> None:
    assert a_pack().content == a_pack().content


def test_an_index_of_two_pages_counts_its_own_length() -> None:
    bound = a_pack(*(Leaf(f"Item {n}", "", a_paper(f"Item {n}"), True) for n in range(60)))

    assert bound.placed[0].last == 2
    assert f"Item 59 {bound.pages}" in pages_of(bound.content)[1].replace(" to ", " ").replace("\n", " ")


def test_pages_from_elsewhere_leave_room_for_the_stamps() -> None:
    page = PdfReader(BytesIO(a_pack(Leaf("Letter", "BT/1", a_paper("Letter", "x " * 2000))).content)).pages[1]
    lines: list[float] = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: lines.append(tm[5] * cm[3] + cm[5]))

    assert float(page.mediabox.height) == pytest.approx(841.89, abs=0.1)
    letters = [y for y in lines if 40 < y < 800]
    assert max(letters) < 790
    assert min(letters) > 45


def test_a_page_that_was_scanned_on_its_side_is_set_upright() -> None:
    writer = PdfWriter()
    writer.add_page(PdfReader(BytesIO(a_paper("Scan", "text"))).pages[0]).rotate(90)
    turned = BytesIO()
    writer.write(turned)

    page = PdfReader(BytesIO(a_pack(Leaf("Scan", "", turned.getvalue())).content)).pages[1]

    assert page.rotation == 0
    assert page.mediabox.width > page.mediabox.height


def test_a_picture_becomes_a_page_and_what_is_no_picture_is_refused() -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
        "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
    )

    made = binding.picture_as_pdf(png, "image/png", "A scan")

    assert len(PdfReader(BytesIO(made)).pages) == 1
    with pytest.raises(CannotBind, match="A scan cannot go in the pack"):
        binding.picture_as_pdf(b"no picture", "image/png", "A scan")


def locked() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "not a PDF", id="an empty file"),
        pytest.param(b"PK\x03\x04 a Word file", "not a PDF", id="a file of another kind"),
        pytest.param(locked(), "password", id="locked with a password"),
    ],
)
def test_what_cannot_be_opened_is_named_with_its_remedy(content: bytes, why: str) -> None:
    with pytest.raises(CannotBind, match=why) as refused:
        a_pack(Leaf("Travel documents", "", content))

    assert str(refused.value).startswith("Travel documents cannot go in the pack")


def test_what_anybody_typed_is_printed_and_never_run() -> None:
    paper = Paper(STRANGE)
    paper.heading(STRANGE)
    paper.text(STRANGE + "\n\nsecond line" + "\x00\ud800")
    paper.pairs([("Name", STRANGE), ("Nothing", "")])
    paper.table(("A", "B"), (1, 1), [(STRANGE, STRANGE)])
    paper.table(("A", "B"), (1, 1), [])
    paper.numbered([STRANGE])
    paper.signature("Signed", "Date")

    said = " ".join(pages_of(to_pdf(paper)))

    assert "#eval(1)" in said
    assert "{{ x }}" in said
    assert "Not recorded" in said
    assert "None recorded." in said
    assert said.replace("\n", "").replace("\u200b", "").count("w" * 300) == 6


def test_a_long_word_stays_inside_its_column() -> None:
    paper = Paper("Long")
    paper.table(("A", "B"), (1, 1), [("w" * 400, "short")])
    page = PdfReader(BytesIO(to_pdf(paper))).pages[0]

    content = ContentStream(page.get_contents(), page.pdf)

    assert sum(operator in (b"Tj", b"TJ") for _, operator in content.operations) > 8
