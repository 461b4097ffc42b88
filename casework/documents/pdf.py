"""Word files as tagged PDF, by LibreOffice: many in one call, each call with a profile of its own.

Latin letters are drawn in the font that comes with us, so that a page looks the same on every machine.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from casework.domain.errors import CaseworkError

INSTALL = "apt-get install --no-install-recommends libreoffice-writer-nogui fonts-liberation2"
FONTS = Path(__file__).parent / "fonts"
_SECONDS_TO_START, _SECONDS_A_FILE = 120, 20

# PDF/A-2b with the tags and the marks of PDF/UA, so that a screen reader can follow it.
_OPTIONS = {
    "SelectPdfVersion": {"type": "long", "value": "2"},
    "UseTaggedPDF": {"type": "boolean", "value": "true"},
    "PDFUACompliance": {"type": "boolean", "value": "true"},
    "ExportBookmarks": {"type": "boolean", "value": "true"},
}


class NoConverter(CaseworkError):
    """LibreOffice is not installed."""

    def __init__(self) -> None:
        super().__init__(f"LibreOffice makes PDF of Word files and is not installed. Install it: {INSTALL}")


class NotConverted(CaseworkError):
    """LibreOffice made no PDF of some files."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"No PDF could be made of {', '.join(names)}. Open each in Word to see why.")


def available() -> bool:
    """Whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def to_pdf(files: Sequence[tuple[str, bytes]]) -> list[bytes]:
    """PDFs of Word files, in their order.

    Args:
        files: (name, content) of each file; names are for the message if one fails, and may repeat.

    Raises:
        NoConverter: LibreOffice is not installed.
        NotConverted: It made nothing of some of them, or took too long.
    """
    program = shutil.which("soffice")
    if program is None:
        raise NoConverter
    if not files:
        return []
    with tempfile.TemporaryDirectory(prefix="casework-pdf-") as folder:
        home = Path(folder)
        sources = [home / f"{number:05d}.docx" for number in range(len(files))]
        for source, (_, content) in zip(sources, files, strict=True):
            source.write_bytes(content)
        command = [
            program,
            f"-env:UserInstallation={(home / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            f"pdf:writer_pdf_Export:{json.dumps(_OPTIONS)}",
            "--outdir",
            str(home),
            *map(str, sources),
        ]
        seconds = _SECONDS_TO_START + _SECONDS_A_FILE * len(files)
        try:
            subprocess.run(
                command, capture_output=True, timeout=seconds, check=False, env=_with_our_font(home)
            )
        except subprocess.TimeoutExpired as error:
            raise NotConverted([name for name, _ in files]) from error
        made = [source.with_suffix(".pdf") for source in sources]
        lacking = [name for (name, _), pdf in zip(files, made, strict=True) if not pdf.is_file()]
        if lacking:
            raise NotConverted(lacking)
        return [pdf.read_bytes() for pdf in made]


def _with_our_font(home: Path) -> dict[str, str]:
    """The environment in which the program finds our font beside the system's."""
    fonts = home / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?>\n<fontconfig>'
        f"<dir>{escape(str(FONTS))}</dir>"
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include></fontconfig>\n',
        "utf-8",
    )
    return {**os.environ, "FONTCONFIG_FILE": str(fonts)}
