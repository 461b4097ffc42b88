"""The weeks of a replay as a picture: one self-contained SVG, bars by week, a panel for each kind of work."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from casework.lab.figures import NOTICES, Side

WIDTH, PANEL, GAP, LEFT, TOP = 960, 108, 46, 56, 108
COLOURS = ("#1d70b8", "#f47738")
"""Blue for the pack asked about, orange for the other: told apart by those who see red and green alike."""
PANELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Cases opened", ("listed", "opened")),
    ("Letters drafted", ("letter",)),
    ("Meetings asked for", ("meeting",)),
    ("Tasks asked for, of all kinds", ("task",)),
    ("Notices proposed (none is issued)", NOTICES),
)


def chart(title: str, says: str, sides: Sequence[Side]) -> str:
    """The picture as text.

    Args:
        says: A sentence under the title: whose registers, and from when to when.
        sides: One pack's figures or two, of the same weeks.
    """
    height = TOP + len(PANELS) * (PANEL + GAP) + 24
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img" aria-labelledby="title says" '
            'font-family="Arial, Liberation Sans, sans-serif" font-size="13" fill="#0b0c0c">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="says">{escape(says)}</desc>',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            f'<text x="16" y="30" font-size="20" font-weight="bold">{escape(title)}</text>',
            f'<text x="16" y="52">{escape(says)}</text>',
            *_legend(sides),
            *(
                line
                for number, panel in enumerate(PANELS)
                for line in _panel(TOP + number * (PANEL + GAP), *panel, sides)
            ),
            "</svg>",
            "",
        )
    )


def _legend(sides: Sequence[Side]) -> Iterator[str]:
    left = 16
    for side, colour in zip(sides, COLOURS, strict=False):
        yield f'<rect x="{left}" y="66" width="14" height="14" fill="{colour}"/>'
        yield f'<text x="{left + 20}" y="78">{escape(side.pack)}</text>'
        left += 60 + 8 * len(side.pack)


def _panel(top: int, title: str, kinds: tuple[str, ...], sides: Sequence[Side]) -> Iterator[str]:
    counted = [[sum(week.counts[kind] for kind in kinds) for week in side.weeks] for side in sides]
    most = _round_up(max((number for counts in counted for number in counts), default=0))
    mondays = [week.monday for week in sides[0].weeks]
    step = (WIDTH - LEFT - 16) / max(1, len(mondays))
    base = top + PANEL
    sums = ", ".join(f"{side.pack} {sum(counts):,}" for side, counts in zip(sides, counted, strict=True))
    yield (
        f'<text x="{LEFT}" y="{top - 8}"><tspan font-weight="bold">{escape(title)}</tspan>'
        f'<tspan dx="8" fill="#505a5f">in all: {escape(sums)}</tspan></text>'
    )
    for share in (0, 0.5, 1):
        y, number = base - PANEL * share, most * share
        yield f'<line x1="{LEFT}" x2="{WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}" stroke="#b1b4b6"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{int(number):,}</text>'
    bar = step * 0.8 / len(sides)
    for place, (counts, colour) in enumerate(zip(counted, COLOURS, strict=False)):
        for week, number in enumerate(counts):
            if number:
                tall = PANEL * number / most
                x = LEFT + step * week + step * 0.1 + bar * place
                yield (
                    f'<rect x="{x:.1f}" y="{base - tall:.1f}" width="{bar:.1f}" height="{tall:.1f}" '
                    f'fill="{colour}"><title>{escape(sides[place].pack)}, week of '
                    f"{mondays[week]:%d %B %Y}: {number:,}</title></rect>"
                )
    yield from _months(mondays, step, base)


def _months(mondays: Sequence[date], step: float, base: float) -> Iterator[str]:
    """The first school week of each month, as far apart as names are wide; the year where it changes."""
    last, year = -100.0, 0
    for week, monday in enumerate(mondays):
        x = LEFT + step * week
        if (week == 0 or monday.month != mondays[week - 1].month) and x - last > 40:
            named = f"{monday:%b %Y}" if monday.year != year else f"{monday:%b}"
            yield f'<text x="{x:.1f}" y="{base + 17}">{named}</text>'
            last, year = x, monday.year


def _round_up(number: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 ... for the top of an axis, so that its half is a whole number."""
    factor = 1
    while number > 10 * factor:
        factor *= 10
    return next(step * factor for step in (2, 4, 10) if step * factor >= number)
