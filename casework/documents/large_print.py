"""A Word file in large print: the same words, every letter at least 16 points."""

import io
import re
import zipfile

LEAST = 32
"""Word counts in half points: 16 points."""

_FOR_A_WINDOW = re.compile(r'<w:framePr [^>]*/>|<w:spacing w:line="\d+" w:lineRule="exact"[^>]*/>')


def enlarged(file: bytes) -> bytes:
    """The same Word file in large print: running text at 16 points or more, headings larger in proportion.

    The address leaves the window of an envelope, which it would not fit: large print goes in a plain one.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as archive, zipfile.ZipFile(out, "w") as large:
        running = _running(archive.read("word/styles.xml").decode())
        for member in archive.namelist():
            content = archive.read(member)
            if re.fullmatch(r"word/(?:document|styles|header\d*|footer\d*)\.xml", member):
                content = _enlarged(content.decode(), running).encode()
            info = zipfile.ZipInfo(member)
            info.compress_type = zipfile.ZIP_DEFLATED
            large.writestr(info, content)
    return out.getvalue()


def _running(styles: str) -> int:
    """The size of running text, in half points."""
    normal = re.search(r'<w:style [^>]*w:default="1"[^>]*w:styleId="Normal".*?</w:style>', styles, re.DOTALL)
    size = re.search(r'<w:sz w:val="(\d+)"/>', normal.group() if normal else "")
    return int(size[1]) if size else 24


def _enlarged(xml: str, running: int) -> str:
    def larger(size: re.Match[str]) -> str:
        return f'<w:{size[1]} w:val="{max(LEAST, int(size[2]) * LEAST // running)}"/>'

    return re.sub(r'<w:(szC?s?) w:val="(\d+)"/>', larger, _FOR_A_WINDOW.sub("", xml))
