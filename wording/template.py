"""From the words of a document to its Word template: plain text in, the same bytes out each time.

The words stand in `wording/documents/NAME.txt`, what several documents share in `wording/blocks/`. A line is
one of these; lines that follow one another are one paragraph, an empty line ends it:

    # Title, ## heading, ### heading          the headings, one `#` for the first alone
    - a line of a list                        a bullet; `-* field` is one for each line of a field
    <field>                                   the lines of a field in one, with commas
    ~ a paragraph                             kept on the page of what follows it
    **words**                                 bold; a field may stand inside
    {% if field %}, {% for line in field %}   alone on a line: what stands between is left out or repeated
    @block                                    the words of wording/blocks/block.txt
    =layout words                             one of LAYOUTS: the parts of a letter that the post looks at
    |# What the table shows (20 50 30)        a table with its caption and the widths of its columns
    |: What the table shows                   a table of items and their details
    | cell | > cell                           a row, the first the header; `>` stands to the right
    |{% for row in field %}                   rows repeated, or left out
    |_ cell |  |                              a row to write in by hand, here with two cells left empty
    !page landscape, !marking WORDS           of the page: its shape, what stands above and below each

A straight apostrophe is printed as a curly one. What a document is called and whom it is for its declaration
says.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from casework.documents import CATALOGUE, Audience

HERE = Path(__file__).parent
SOURCES = HERE / "documents"
BLOCKS = HERE / "blocks"
BASE = HERE / "base.docx"

_WINDOW = (
    '<w:framePr w:w="4990" w:h="3180" w:hRule="atLeast" w:wrap="notBeside" w:vAnchor="text" '
    'w:hAnchor="margin" w:x="1" w:y="1"/>'
)
LAYOUTS = {
    "school": '<w:spacing w:line="440" w:lineRule="exact" w:after="0" w:before="0"/>',
    "head": '<w:spacing w:line="320" w:lineRule="exact" w:after="0" w:before="0"/>',
    "window": f'{_WINDOW}<w:spacing w:line="300" w:lineRule="exact" w:after="0" w:before="1000"/>',
    "address": f'{_WINDOW}<w:spacing w:line="300" w:lineRule="exact" w:after="0" w:before="0"/>',
    "tight": '<w:spacing w:after="0"/>',
    "about": '<w:spacing w:after="200"/>',
    "close": '<w:keepNext/><w:spacing w:before="200" w:after="800"/>',
    "name": '<w:keepNext/><w:spacing w:after="0"/>',
    "with": '<w:keepNext/><w:spacing w:after="40"/>',
    "write": '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="auto"/></w:pBdr>'
    '<w:spacing w:before="320" w:after="120"/>',
}
_BIG = {"school": 32}
_SIZES = {Audience.PARENT: 24, Audience.LA: 22, Audience.INTERNAL: 22}
_PORTRAIT, _LANDSCAPE = (11906, 16838), (16838, 11906)
_SIDE = 1134
_ROW_TO_WRITE_IN = '<w:trHeight w:val="680" w:hRule="atLeast"/>'
_SHORT = 8
"""A table of so few rows, its words known, stays on one page."""
_IN_ONE = r"{% for line in \1 %}{{ line }}{% if not loop.last %}, {% endif %}{% endfor %}"


class WordingFault(Exception):
    """A line of the words that is none of those a document may have."""


def template_of(name: str) -> bytes:
    """The Word template of a declared document, made from its words."""
    declared = CATALOGUE[name]
    lines = list(_lines(SOURCES / f"{name}.txt"))
    page = _PORTRAIT
    marking = ""
    kept = []
    for line in lines:
        if line.startswith("!page landscape"):
            page = _LANDSCAPE
        elif line.startswith("!marking "):
            marking = line.removeprefix("!marking ").strip()
        else:
            kept.append(line)
    body = "".join(_blocks(kept, page[0] - 2 * _SIDE))
    return _package(declared.title, _SIZES[declared.audience], body, page, marking)


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            yield ""
            yield from _lines(BLOCKS / f"{line[1:].strip()}.txt")
            yield ""
        elif line.startswith("-* "):
            yield from (f"{{% for line in {line[3:].strip()} %}}", "- {{ line }}", "{% endfor %}")
        else:
            yield re.sub(r"<(\w+)>", _IN_ONE, line.rstrip())


# -- paragraphs ----------------------------------------------------------------------------------------------


def _blocks(lines: list[str], width: int) -> Iterator[str]:
    here = 0
    while here < len(lines):
        line = lines[here]
        if line.startswith("|"):
            end = here
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            yield _table(lines[here:end], width)
            here = end
            continue
        here += 1
        if not line:
            continue
        if re.fullmatch(r"\{%.*%\}", line) and line.count("{%") == 1:
            yield _paragraph("{%p" + line[2:])
            continue
        while here < len(lines) and _goes_on(lines[here]):
            line += " " + lines[here].strip()
            here += 1
        yield _shaped(f"~ {line}" if _leads_into_a_table(line, lines[here:]) else line)


def _goes_on(line: str) -> bool:
    return bool(line) and not re.match(r"[#\-~=|]|\{%.*%\}$", line)


def _leads_into_a_table(line: str, following: list[str]) -> bool:
    """Whether a paragraph is what a table's reader reads first: it stays on the table's page."""
    plain = not re.match(r"[#\-~=|]", line)
    return plain and next((after for after in following if after), "").startswith("|")


def _shaped(line: str) -> str:
    heading = re.match(r"(#{1,3}) (.*)", line)
    if heading:
        return _paragraph(heading[2], f'<w:pStyle w:val="Heading{len(heading[1])}"/>', heading=True)
    if line.startswith("- "):
        return _paragraph(line[2:], '<w:pStyle w:val="ListBullet"/>')
    if line.startswith("~ "):
        return _paragraph(line[2:], "<w:keepNext/>")
    if line.startswith("="):
        layout, _, words = line[1:].partition(" ")
        return _paragraph(words, LAYOUTS[layout], size=_BIG.get(layout, 0))
    if re.match(r"[|#!@]", line):
        raise WordingFault(f"{line!r} is no line of a document.")
    return _paragraph(line)


def _paragraph(words: str, properties: str = "", size: int = 0, heading: bool = False) -> str:
    shape = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{shape}{_runs(words, size, heading)}</w:p>"


def _runs(words: str, size: int = 0, heading: bool = False) -> str:
    runs = []
    for number, part in enumerate(re.split(r"\*\*", words)):
        if not part:
            continue
        look = ("<w:b/>" if number % 2 and not heading else "") + (f'<w:sz w:val="{size}"/>' if size else "")
        shaped = f"<w:rPr>{look}</w:rPr>" if look else ""
        runs.append(f'<w:r>{shaped}<w:t xml:space="preserve">{_printed(part)}</w:t></w:r>')
    return "".join(runs)


def _printed(words: str) -> str:
    """Words as XML, apostrophes curled outside fields."""
    parts = re.split(r"(\{\{.*?\}\}|\{%.*?%\})", words)
    return "".join(part if part.startswith("{") else escape(part.replace("'", "’")) for part in parts)


# -- tables --------------------------------------------------------------------------------------------------


def _table(lines: list[str], width: int) -> str:
    first = lines[0]
    if first.startswith("|:"):
        caption, shares, rows = first[2:].strip(), [35, 65], ["| Item | Details", *lines[1:]]
    else:
        named = re.fullmatch(r"\|# (.*) \(([\d ]+)\)", first)
        if not named:
            raise WordingFault(f"{first!r} names no table and the widths of its columns.")
        caption, shares, rows = named[1], [int(share) for share in named[2].split()], lines[1:]
    columns = [width * share // sum(shares) for share in shares]
    rights = [cell.startswith(">") for cell in _cells(rows[0])]
    loops = any(row.startswith("|{%") and " for " in row for row in rows)
    # What people write may be longer than a page: such a row is let run on, and holds no other to its page.
    written = loops or first.startswith("|:")
    together = not written and len(rows) <= _SHORT
    made = [_row(_cells(rows[0]), columns, rights, header=True, keep=True)]
    for number, row in enumerate(rows[1:], 2):
        if row.startswith("|{%"):
            made.append(_control(row[1:].strip(), columns))
            continue
        by_hand = row.startswith("|_")
        cells = _cells(row)
        if len(cells) != len(columns):
            raise WordingFault(f"{row!r} has {len(cells)} cells, and the table {len(columns)} columns.")
        keep = together and number < len(rows)
        made.append(_row(cells, columns, rights, by_hand=by_hand, keep=keep, whole=by_hand or not written))
    grid = "".join(f'<w:gridCol w:w="{column}"/>' for column in columns)
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:type="auto" w:w="0"/>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="40" w:type="dxa"/>'
        '<w:left w:w="85" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>'
        '</w:tblCellMar><w:tblLook w:firstColumn="0" w:firstRow="1" w:lastColumn="0" w:lastRow="0" '
        f'w:noHBand="1" w:noVBand="1" w:val="0420"/><w:tblCaption w:val={quoteattr(caption)}/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(made)}</w:tbl>"
        '<w:p><w:pPr><w:spacing w:after="0" w:line="160" w:lineRule="exact"/></w:pPr></w:p>'
    )


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r" \|(?: |$)", re.sub(r"^\|_? ?", "", row))]


def _control(words: str, columns: list[int]) -> str:
    cells = ["{%tr" + words[2:], *[""] * (len(columns) - 1)]
    return (
        "<w:tr>"
        + "".join(_cell(_paragraph(cell), w) for cell, w in zip(cells, columns, strict=True))
        + ("</w:tr>")
    )


def _row(
    cells: list[str],
    columns: list[int],
    rights: list[bool],
    header: bool = False,
    by_hand: bool = False,
    keep: bool = False,
    whole: bool = True,
) -> str:
    made = []
    for cell, column, right in zip(cells, columns, rights, strict=True):
        words = cell.removeprefix(">").strip()
        shape = ("<w:keepNext/>" if keep else "") + '<w:spacing w:after="40" w:before="40"/>'
        shape += '<w:jc w:val="right"/>' if right else ""
        shaded = '<w:shd w:val="clear" w:color="auto" w:fill="E7ECEF"/>' if header else ""
        made.append(_cell(_paragraph(f"**{words}**" if header else words, shape), column, shaded))
    look = (
        ("<w:cantSplit/>" if whole else "")
        + (_ROW_TO_WRITE_IN if by_hand else "")
        + ("<w:tblHeader/>" if header else "")
    )
    return f"<w:tr><w:trPr>{look}</w:trPr>{''.join(made)}</w:tr>"


def _cell(paragraph: str, width: int, shaded: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/>{shaded}</w:tcPr>{paragraph}</w:tc>'


# -- the file ------------------------------------------------------------------------------------------------


def _package(title: str, size: int, body: str, page: tuple[int, int], marking: str) -> bytes:
    parts = dict(_base())
    wide = ' w:orient="landscape"' if page == _LANDSCAPE else ""
    header = '<w:headerReference w:type="default" r:id="rId10"/>' if marking else ""
    section = (
        f'<w:sectPr>{header}<w:footerReference w:type="default" r:id="rId9"/>'
        f'<w:pgSz w:w="{page[0]}" w:h="{page[1]}"{wide}/><w:pgMar w:top="850" w:right="{_SIDE}" '
        f'w:bottom="{1304 if marking else 1020}" w:left="{_SIDE}" w:header="454" w:footer="510" '
        'w:gutter="0"/><w:cols w:space="720"/><w:docGrid w:linePitch="360"/></w:sectPr>'
    )
    document = parts["word/document.xml"]
    start = document.index("<w:body>") + len("<w:body>")
    parts["word/document.xml"] = f"{document[:start]}{body}{section}</w:body></w:document>"
    parts["word/styles.xml"] = _sized(parts["word/styles.xml"], size)
    parts["docProps/core.xml"] = re.sub(
        r"<dc:title>.*?</dc:title>", f"<dc:title>{escape(title)}</dc:title>", parts["docProps/core.xml"]
    )
    if marking:
        _mark(parts, marking)
    return _zipped(parts)


@cache
def _base() -> tuple[tuple[str, str], ...]:
    with zipfile.ZipFile(BASE) as archive:
        return tuple((name, archive.read(name).decode("utf-8")) for name in archive.namelist())


def _sized(styles: str, size: int) -> str:
    """The styles with the size of running text; headings keep theirs, the third in the text's own."""

    def sized(style: re.Match[str]) -> str:
        return re.sub(r'<w:sz w:val="\d+"/>', f'<w:sz w:val="{size}"/>', style.group())

    for name in ("Normal", "ListBullet"):
        styles = re.sub(rf'<w:style [^>]*w:styleId="{name}".*?</w:style>', sized, styles, flags=re.DOTALL)
    return styles


def _mark(parts: dict[str, str], marking: str) -> None:
    """The marking above and below each page."""
    line = '<w:p><w:pPr><w:pStyle w:val="{}"/><w:jc w:val="center"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    footer = parts["word/footer1.xml"]
    opening = footer[: footer.index("<w:p>")]
    parts["word/footer1.xml"] = footer.replace("</w:ftr>", line.format("Footer", marking) + "</w:ftr>")
    header = opening.replace("<w:ftr ", "<w:hdr ") + line.format("Header", marking) + "</w:hdr>"
    parts["word/header1.xml"] = header
    relations = "word/_rels/document.xml.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header"
    parts[relations] = parts[relations].replace(
        "</Relationships>",
        f'<Relationship Id="rId10" Type="{kind}" Target="header1.xml"/></Relationships>',
    )
    types = "[Content_Types].xml"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
    parts[types] = parts[types].replace(
        "</Types>", f'<Override PartName="/word/header1.xml" ContentType="{kind}"/></Types>'
    )


def _zipped(parts: dict[str, str]) -> bytes:
    """A zip file with every member dated 1 January 1980."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, part.encode("utf-8"))
    return out.getvalue()
