"""A school's register: a byte a session, in spells of absence, lateness, trips, and N where it is new."""

from dataclasses import dataclass, field
from random import Random

import numpy as np
from numpy.typing import NDArray

from casework.demo import published
from casework.demo.budgets import Roll, budgets, propensities
from casework.demo.days import Days, Ints
from casework.demo.spells import PRESENT, Placer, Spell
from casework.domain.register import OFF_ROLL, byte_of

Sheet = NDArray[np.uint8]
RECENT_DAYS = 8
UNEXPLAINED_OF_RECENT = 0.075
"""The share of recent spells of illness or other absence whose reason is not in yet."""
UNEXPLAINED_OF_OLD = 0.0004


@dataclass(frozen=True)
class Register:
    """A school's marks: a row a pupil, a column a session, `.` off roll; with the spells behind them."""

    days: Days
    sheet: Sheet
    spells: tuple[Spell, ...] = field(repr=False, default=())


def draw(roll: Roll, days: Days, seed: str) -> Register:
    """Draw every mark of a school from its roll, by the published rates of its phase.

    Args:
        seed: Two draws with the same roll, days and seed are equal.
    """
    rng = np.random.default_rng(list(seed.encode()))
    placer = Placer(days, Random(seed))
    rows = [bytearray(PRESENT * len(days.dates)) for _ in range(len(roll))]
    for year in dict.fromkeys(days.year.tolist()):
        share = propensities(roll, rng)
        given = budgets(roll, days, year, share, rng)
        here = np.flatnonzero(days.year == year)
        low, high = np.maximum(roll.first, here[0]), np.minimum(roll.last, here[-1])
        counts = {code: count.tolist() for code, count in given.items()}
        for number, row in enumerate(rows):
            if low[number] <= high[number] and roll.drawn[number]:
                mine = {code: count[number] for code, count in counts.items() if count[number]}
                span = int(low[number]), int(high[number])
                placer.fill(row, number, *span, mine, float(share[number]))
    sheet = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(roll), -1).copy()
    _unexplained(sheet, placer.spells, days, rng)
    attended = roll.drawn[:, None] & (sheet == np.frombuffer(PRESENT * len(days.dates), dtype=np.uint8))
    _trips(sheet, attended, roll, days, rng)
    _late(sheet, attended, roll, days, rng)
    take_off_roll(sheet, roll)
    return Register(days, sheet, tuple(placer.spells))


def take_off_roll(sheet: Sheet, roll: Roll) -> None:
    """Clear every session outside a pupil's days on the roll."""
    day = np.arange(sheet.shape[1]) // 2
    sheet[(day < roll.first[:, None]) | (day > roll.last[:, None])] = ord(OFF_ROLL)


def _unexplained(sheet: Sheet, spells: list[Spell], days: Days, rng: np.random.Generator) -> None:
    """Leave N where a recent absence has no reason yet; all but a very few old ones have been recoded."""
    recent = 2 * (len(days.dates) - RECENT_DAYS)
    chance = rng.random(len(spells))
    for draw_, spell in zip(chance, spells, strict=True):
        if spell.code not in "IO" or not (sheet[spell.row, spell.start : spell.end] == ord(spell.code)).all():
            continue
        if draw_ < (UNEXPLAINED_OF_RECENT if spell.start >= recent else UNEXPLAINED_OF_OLD):
            sheet[spell.row, spell.start : min(spell.end, spell.start + 4)] = ord("N")


def _late(
    sheet: Sheet, attended: NDArray[np.bool_], roll: Roll, days: Days, rng: np.random.Generator
) -> None:
    """Marks of L: some pupils much more than others, three in four in the morning."""
    rate = published.ATTENDED_ELSEWHERE[roll.rates]["L"] / 100
    lean = rng.gamma(0.5, 2.0, len(roll))
    lean *= rate / max(1e-9, lean.mean()) / (1 - published.OVERALL[roll.rates] / 100)
    morning = np.tile(
        [2 * published.LATE_IN_THE_MORNING, 2 - 2 * published.LATE_IN_THE_MORNING], len(days.dates)
    )
    chance = np.minimum(lean[:, None] * morning[None, :], 0.7)
    sheet[(rng.random(sheet.shape) < chance) & attended] = ord("L")


def _trips(
    sheet: Sheet, attended: NDArray[np.bool_], roll: Roll, days: Days, rng: np.random.Generator
) -> None:
    """Attendance elsewhere: visits by year group, a week of work experience, and regular places for a few."""
    rates = published.ATTENDED_ELSEWHERE[roll.rates]

    def mark(rows: NDArray[np.bool_], sessions: slice, code: str) -> None:
        part = sheet[:, sessions]
        part[attended[:, sessions] & rows[:, None]] = byte_of(code)
        attended[:, sessions] &= ~rows[:, None]

    for year in dict.fromkeys(days.year.tolist()):
        here = np.flatnonzero(days.year == year)
        sessions = 2 * len(here)
        if sessions < 20:
            continue
        for cohort in dict.fromkeys(roll.cohort.tolist()):
            mine = roll.cohort == cohort
            visits = int(rates["V"] / 100 * sessions / 2 * 1.08 + rng.random())
            for day in rng.choice(here[5:], visits, replace=False):
                mark(mine, slice(2 * int(day), 2 * int(day) + 2), "V")
            if rates["W"] and year - cohort == 10:
                weeks = here[(days.weekday[here] == 0) & (days.half_term[here] == 5)]
                if len(weeks):
                    goes = mine & (rng.random(len(roll)) < min(1.0, rates["W"] / 0.31 * 0.62))
                    mark(goes, slice(2 * int(weeks[-2]), 2 * int(weeks[-2]) + 10), "W")
        for code, each in (("B", 30.0), ("P", 3.0), ("K", 60.0)):
            share = min(0.5, rates[code] / 100 * 380 / each)
            places = rng.choice(len(roll), int(share * len(roll) + rng.random()), replace=False)
            _regular(attended, sheet, places, here, code, each / 380, rng)


def _regular(
    attended: NDArray[np.bool_], sheet: Sheet, places: Ints, here: Ints, code: str, chance: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """The same weekly afternoons for a few pupils."""
    for row in places:
        sessions = 2 * here + 1
        chosen = sessions[rng.random(len(sessions)) < min(1.0, 2 * chance)]
        chosen = chosen[attended[row, chosen]]
        sheet[row, chosen] = byte_of(code)
        attended[row, chosen] = False
