"""PDF by LibreOffice, where it is installed."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from casework.documents import Letters, pdf
from tests.documents import samples
from tests.documents.test_letters import FOLDER

LETTERS = Letters(FOLDER)


def test_without_libreoffice_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    assert not pdf.available()
    with pytest.raises(pdf.NoConverter, match="apt-get install --no-install-recommends libreoffice-writer"):
        pdf.to_pdf([("letter", b"")])


@pytest.mark.soffice
def test_documents_of_every_kind_become_tagged_pdfs_with_their_text():
    """Some of each module of the catalogue, ordinary and strange; `make gallery` makes them all."""
    ordinary, strangest = samples.ordinary(), samples.strangest()
    kinds = {
        "ordinary": {name: ordinary[name] for name in list(ordinary)[::4]},
        "strangest": {name: strangest[name] for name in list(samples.letters())[::2]},
    }
    files = [
        (f"{kind} {name}", LETTERS.render(name, fields).content)
        for kind, made in kinds.items()
        for name, fields in made.items()
    ]

    made = pdf.to_pdf(files)

    for (name, _), content in zip(files, made, strict=True):
        reader = PdfReader(io.BytesIO(content))
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"], name  # type: ignore[index]
        assert root["/Lang"] == "en-GB", name  # type: ignore[index]
        assert reader.metadata is not None
        assert reader.metadata.title, name
        assert b"<pdfaid:part>2</pdfaid:part>" in content, name
        text = "".join(page.extract_text() for page in reader.pages)
        assert "LKF" in text, name
        assert not [p for p in reader.pages if len(p.extract_text().split()) < 12], name


@pytest.mark.soffice
def test_the_address_shows_in_the_window_and_nothing_else_does():
    """A window of 35 by 90 mm, 20 mm from the left and 53 mm from the top of the sheet as folded."""
    fields = samples.letters()["concern_letter"]
    (content,) = pdf.to_pdf([("letter", LETTERS.render("concern_letter", fields).content)])
    page = PdfReader(io.BytesIO(content)).pages[0]
    lines: list[tuple[float, str]] = []
    height = float(page.mediabox.height)
    page.extract_text(
        visitor_text=lambda text, cm, tm, font, size: lines.append(
            ((height - tm[5]) / 72 * 25.4, text.strip())
        )
    )

    shown = [text for down, text in lines if 51 <= down <= 88 and text]

    assert shown == ["Ms Amira Okafor", "14 Rowan Street", "Larkfield", "LK3 4CD"]


@pytest.mark.soffice
def test_what_is_no_document_is_named(tmp_path: Path):
    with pytest.raises(pdf.NotConverted, match="No PDF could be made of broken"):
        pdf.to_pdf([("broken", b"PK\x03\x04 this is no document")])
