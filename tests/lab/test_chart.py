"""The picture of the weeks: one whole SVG that asks nothing of anybody else."""

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from casework.cli import simulate
from casework.lab.chart import PANELS, chart
from casework.lab.figures import KINDS, side
from tests.lab.written import AWAY, HERE, ILL, replayed
from tests.law_calendar import law_calendar

SVG = "{http://www.w3.org/2000/svg}"
MONDAYS = [date(2026, 9, 7), date(2026, 9, 14)]


def drawn(*packs: str) -> ElementTree.Element:
    days = {1: [ILL, HERE], 2: [AWAY, HERE]}
    found = {pack: replayed(pack, "2026-09-07", days, date(2026, 9, 18)) for pack in packs}
    sides = [side(pack, [(found[pack], law_calendar())], MONDAYS, {}) for pack in packs]
    return ElementTree.fromstring(chart("One & <other>", "A school's days.", sides))


def test_a_bar_stands_for_each_number_and_says_it():
    said = [title.text for title in drawn("national").iter(f"{SVG}title")]

    assert said[0] == "One & <other>"
    assert "national, week of 07 September 2026: 2" in said
    assert {text.text for text in drawn("national").iter(f"{SVG}tspan")} >= {name for name, _ in PANELS}


def test_two_packs_stand_side_by_side_and_never_on_one_another():
    bars = [
        (float(rect.attrib["x"]), float(rect.attrib["width"]), rect.attrib["fill"])
        for rect in drawn("national", "nether-stowe").iter(f"{SVG}rect")
        if rect.find(f"{SVG}title") is not None
    ]

    assert {fill for *_, fill in bars} == {"#1d70b8", "#f47738"}
    blue = {x: width for x, width, fill in bars if fill == "#1d70b8"}
    orange = {x for x, _, fill in bars if fill == "#f47738"}
    assert not any(x < other < x + width - 0.1 for x, width in blue.items() for other in orange)


def test_the_picture_needs_nothing_else():
    text = ElementTree.tostring(drawn("national", "nether-stowe"), "unicode")

    assert not re.findall(r"href|src=|url\(|<script|@import", text)
    assert set(re.findall(r"https?://[^\"' ]+", text)) == {"http://www.w3.org/2000/svg"}


def test_every_kind_that_is_drawn_is_counted():
    assert {kind for _, kinds in PANELS for kind in kinds} <= set(KINDS)


@pytest.mark.parametrize("file", ["weeks.png", "nowhere/at/all/weeks.svg"])
def test_a_file_that_cannot_hold_the_picture_is_refused_before_anything_is_read(file, tmp_path):
    with pytest.raises(simulate.CannotDraw, match=r"ends in \.svg"):
        simulate.simulate(policy="national", first=MONDAYS[0], last=MONDAYS[1], chart=Path(tmp_path, file))
