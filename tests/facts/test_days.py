"""Many days swept at once give what each day's own sweep gives."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.facts import days
from casework.facts.days import sweep_days
from casework.facts.sheets import SchoolSheets, SheetBlock
from casework.facts.sweep import sweep
from tests.facts.nasty import block_of, world
from tests.registers_text import CODES


def as_each_day(school: SchoolSheets, on: Sequence[date], limits) -> None:
    swept = list(sweep_days([(day, school) for day in on], CODES, limits))

    assert [found.on for found in swept] == list(on)
    for found in swept:
        alone = sweep(SheetBlock((school,)), found.on, CODES, limits)
        for name, values in alone.measures.items():
            assert (found.measures[name] == values).all(), name
        for name, values in alone.started_on.items():
            assert (found.started_on[name] == values).all(), name
        assert (found.periods == alone.periods).all()


@given(st.integers(0, 2**32 - 1))
def test_a_run_of_days_says_what_each_day_says(seed: int) -> None:
    held = world(seed)
    for school in block_of(held, seed).schools:
        as_each_day(school, [held.on - timedelta(days=back) for back in (40, 12, 3, 1, 0)], held.limits)


def test_days_swept_in_pieces_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "AT_ONCE", 1)
    held = world(3)
    school = block_of(held, 3).schools[0]

    as_each_day(school, [held.on - timedelta(days=back) for back in range(5)], held.limits)


def test_no_day_and_no_pupil_are_nothing() -> None:
    held = world(3)
    school = block_of(held, 3).schools[0]
    nobody = replace(
        school,
        upns=(),
        **{name: getattr(school, name)[:0] for name in ("roll_years", "roll_slots", "roll_lines")},
        **{name: getattr(school, name)[:0] for name in ("roll_first", "roll_last")},
        **{name: getattr(school, name)[:0] for name in ("spent_lines", "spent_sessions")},
    )

    assert list(sweep_days([], CODES, held.limits)) == []
    (found,) = sweep_days([(held.on, nobody)], CODES, held.limits)
    assert found.periods.shape == (0, 2)
