"""The pages a pack makes itself: text, tables and signature lines, drawn by typst from plain values."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from casework.documents.printing import clean

HERE = Path(__file__).parent
FONTS = HERE.parent / "fonts"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # The same content gives the same bytes, whenever it is drawn.
_LONG = re.compile(r"\S{29,}")


@dataclass
class Paper:
    """One document under construction, block by block. `wide` is A4 on its side."""

    title: str
    wide: bool = False
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; the first is the document's own."""
        self.blocks.append({"kind": "heading", "level": level, "text": _typed(text)})

    def text(self, text: str) -> None:
        """A paragraph."""
        self.blocks.append({"kind": "text", "text": _typed(text)})

    def notice(self, text: str) -> None:
        """A paragraph that must be seen."""
        self.blocks.append({"kind": "notice", "text": _typed(text)})

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and values, one a line; a value that nobody recorded says so."""
        said = [[_typed(name), _typed(value) or "Not recorded"] for name, value in rows]
        self.blocks.append({"kind": "pairs", "rows": said})

    def table(self, columns: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """A table with a header row that stands on every page; nothing to show is one sentence."""
        if not rows:
            self.text("None recorded.")
            return
        cells = [[_typed(cell) for cell in row] for row in rows]
        self.blocks.append({"kind": "table", "columns": list(columns), "widths": list(widths), "rows": cells})

    def numbered(self, items: Sequence[str]) -> None:
        """Numbered paragraphs."""
        self.blocks.append({"kind": "numbered", "items": [_typed(item) for item in items]})

    def signature(self, *lines: str) -> None:
        """Lines to be signed by hand, kept together."""
        self.blocks.append({"kind": "signature", "lines": list(lines)})


def to_pdf(paper: Paper) -> bytes:
    """The paper as PDF; the same paper is always the same bytes."""
    said = {"title": paper.title, "wide": paper.wide, "blocks": paper.blocks}
    return drawn("pages.typ", paper=json.dumps(said))


def drawn(template: str, **inputs: str) -> bytes:
    """One of our own typst files as PDF, with its values."""
    made = typst.compile(
        HERE / template,
        root=HERE,
        font_paths=_fonts(),
        sys_inputs=inputs,
        format="pdf",
        timestamp=EPOCH,
    )
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[FONTS])


def _typed(text: str) -> str:
    """Text as typed; a run of letters too long for its column may break anywhere."""
    return _LONG.sub(lambda run: "\u200b".join(run.group()), clean(text))
