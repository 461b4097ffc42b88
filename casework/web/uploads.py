"""Files that people send: what they are is read from their bytes, never their name; nothing is run."""

import re
import zipfile
from dataclasses import dataclass, replace
from io import BytesIO

from casework.domain import CaseworkError

LARGEST = 8 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", WORD: "docx"}


class UploadRefused(CaseworkError):
    """A file cannot be kept as it is."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; `media_type` is worked out from its content once it is checked."""

    filename: str
    content: bytes
    media_type: str = ""


def checked(upload: Upload) -> Upload:
    """The same file with the type its content shows and a name that is safe everywhere.

    Raises:
        UploadRefused: It is too large, of a kind we do not keep, or a Word file that hides something.
    """
    if len(upload.content) > LARGEST:
        raise UploadRefused(f"The file must be smaller than {LARGEST // 1024 // 1024} MB")
    kind = media_type(upload.content)
    if not kind:
        raise UploadRefused("The file must be a PDF, a photo (JPG or PNG) or a Word document (.docx)")
    return replace(upload, media_type=kind, filename=safe_name(upload.filename, ENDINGS[kind]))


def media_type(content: bytes) -> str:
    """What the bytes are; empty if not one of the kinds we keep.

    Raises:
        UploadRefused: It is a Word file with macros, or one that unpacks to far more than it should.
    """
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if not content.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(BytesIO(content)) as file:
            entries = file.infolist()
    except zipfile.BadZipFile:
        return ""
    names = {entry.filename for entry in entries}
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise UploadRefused("The Word document unpacks to more than we can keep. Save it as a PDF")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UploadRefused("The Word document holds macros. Save it as a PDF")
    return WORD if {"[Content_Types].xml", "word/document.xml"} <= names else ""


def safe_name(name: str, ending: str) -> str:
    """A file name without folders or anything a computer could misread, with the ending its content has."""
    stem = re.split(r"[\\/]", name)[-1].rpartition(".")[0] or name
    stem = re.sub(r"[^A-Za-z0-9 _-]+", " ", stem)
    return f"{' '.join(stem.split())[:80] or 'file'}.{ending}"
