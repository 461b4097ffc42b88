"""The sweep on registers worked by hand: two years, slots that change, a mover, a pupil admitted again."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pytest

from casework.domain import Session
from casework.facts import Run
from casework.facts.sheets import SchoolSheets, SheetBlock
from casework.facts.sweep import sweep
from tests.facts.nasty import block_of, world
from tests.registers_text import CODES, LIMITS

EVER = (date(2020, 1, 1), date(2099, 1, 1))
NONE = np.zeros(0, np.int32)


def school(
    urn: str,
    upns: Iterable[str],
    sheets: dict[str, str],
    roll: list[tuple[int, int, str, tuple[date, date]]],
    half_terms: dict[str, int],
) -> SchoolSheets:
    """A school from sheets by session and a roll of (year, slot, upn, spell)."""
    names = tuple(upns)
    sessions = sorted(Session.parse(text) for text in sheets)
    filed = [sheets[str(session)].encode("ascii") for session in sessions]
    return SchoolSheets(
        urn=urn,
        upns=names,
        dates=np.array([session.date.toordinal() for session in sessions]),
        halves=np.array([session.half == "PM" for session in sessions], np.uint8),
        is_open=np.ones(len(sessions), np.bool_),
        half_terms=np.array([half_terms[str(session.date)[:7]] for session in sessions]),
        widths=np.array([len(sheet) for sheet in filed]),
        marks=b"".join(filed),
        roll_years=np.array([year for year, _, _, _ in roll]),
        roll_slots=np.array([slot for _, slot, _, _ in roll]),
        roll_lines=np.array([names.index(upn) for _, _, upn, _ in roll]),
        roll_first=np.array([first.toordinal() for _, _, _, (first, _) in roll]),
        roll_last=np.array([last.toordinal() for _, _, _, (_, last) in roll]),
        spent_lines=NONE,
        spent_sessions=NONE,
    )


def test_two_years_with_slots_that_change_a_mover_and_a_pupil_admitted_again() -> None:
    left, back = date(2026, 9, 3), date(2026, 9, 7)
    moved = date(2026, 9, 4)
    old = school(
        "1",
        ["again", "mover", "stays"],
        {
            # Last year: slot 0 stays, 1 again, 2 mover.
            "2026-07-20 AM": "/OO",
            "2026-07-20 PM": "IOO",
            # This year: slot 0 mover, 1 stays, 2 again; then again once more, in a slot of its own.
            "2026-09-02 AM": "OIO",
            "2026-09-02 PM": "OIO",
            "2026-09-03 AM": "O/O",
            "2026-09-03 PM": "O\\O",
            "2026-09-04 AM": "GIG",
            "2026-09-04 PM": "G?G",
            "2026-09-07 AM": "G/GO",
            "2026-09-07 PM": "G\\GN",
        },
        [
            (2025, 0, "stays", EVER),
            (2025, 1, "again", (EVER[0], left)),
            (2025, 2, "mover", (EVER[0], moved - timedelta(days=1))),
            (2026, 0, "mover", (EVER[0], moved - timedelta(days=1))),
            (2026, 1, "stays", EVER),
            (2026, 2, "again", (EVER[0], left)),
            (2026, 3, "again", (back, EVER[1])),
        ],
        {"2026-07": 5, "2026-09": 0},
    )
    new = school(
        "2",
        ["mover"],
        {"2026-09-04 AM": ".", "2026-09-04 PM": "O", "2026-09-07 AM": "O", "2026-09-07 PM": "/"},
        [(2026, 0, "mover", (moved, EVER[1]))],
        {"2026-09": 0},
    )

    result = sweep(SheetBlock((old, new)), date(2026, 9, 7), CODES, LIMITS)

    assert result.lines == (("1", "again"), ("1", "mover"), ("1", "stays"), ("2", "mover"))
    assert result.measure("year.possible").tolist() == [6, 4, 7, 3]
    assert result.measure("year.unauthorised").tolist() == [6, 4, 0, 2]
    assert result.measure("threshold.most").tolist() == [8, 6, 0, 2]
    assert result.measure("illness_sessions_year").tolist() == [0, 0, 3, 0]
    # Illness in July, then again in September with nothing between: it began in July, and once on the 4th.
    assert result.measure("illness_episodes_half_term").tolist() == [0, 0, 1, 0]
    runs = [result.summary(line).unauthorised_run for line in range(4)]
    # A day off the roll is no possible session and breaks no run; its sessions have no mark.
    assert runs[0] == Run(days=4, longest=4, started_on=date(2026, 7, 20), unmarked=2)
    assert runs[1] == Run(days=3, longest=3, started_on=date(2026, 7, 20), unmarked=0)
    assert runs[2] == Run()
    assert runs[3] == Run(days=0, longest=1)


def test_counts_past_the_reach_of_a_byte() -> None:
    opens = date(2023, 9, 4)
    days = [opens + timedelta(days=number) for number in range(700)]
    sheets = {f"{day} {half}": "N" for day in days if day.weekday() < 5 for half in ("AM", "PM")}
    months = {text[:7]: 0 for text in sheets}
    roll = [(year, 0, "a", EVER) for year in (2023, 2024)]

    result = sweep(SheetBlock((school("1", ["a"], sheets, roll, months),)), days[-1], CODES, LIMITS)

    summary = result.summary(0)
    assert summary.unauthorised_run == Run(500, 500, opens, 0)
    assert summary.overdue_n_sessions == 1000 - 12
    assert summary.year.unauthorised == sum(text >= "2024-09-01" for text in sheets)
    assert summary.threshold.most == 100
    assert (len(summary.threshold.counted), len(summary.threshold.first_counted)) == (100, 10)


@pytest.mark.parametrize("seed", range(5))
def test_schools_swept_in_pieces_say_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    held = world(seed)
    whole = sweep(block_of(held), held.on, CODES, held.limits)

    monkeypatch.setattr("casework.facts.sweep.MATRIX_BYTES", 1)
    pieces = sweep(block_of(held), held.on, CODES, held.limits)

    assert [pieces.summary(line) for line in range(len(pieces.lines))] == [
        whole.summary(line) for line in range(len(whole.lines))
    ]


def test_no_school_is_no_line() -> None:
    assert sweep(SheetBlock(()), date(2026, 9, 7), CODES, LIMITS).lines == ()
