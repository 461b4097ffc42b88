"""How many sessions of each code each pupil misses in a year: the published rates, shared out.

A pupil's absence is drawn from the published mixture by rank, so that even a small school has nearly the
published mean, persistent and severe shares. What each pupil misses is then split into codes so that each
code's total is the published one while few pupils have the rare codes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casework.demo import published
from casework.demo.days import Days, Floats, Ints

Flags = NDArray[np.bool_]
LATENT_NOISE = 0.45
HIGHEST = 0.97


@dataclass(frozen=True)
class Roll:
    """A school's pupils as columns, one place for each stay on the roll.

    `first` and `last` are day numbers of the register, both on the roll; `cohort` is the year in which the
    pupil was of reception age; `drawn` is false where the marks are written by hand.
    """

    rates: str
    first: Ints
    last: Ints
    cohort: Ints
    latent: Floats
    observes: Flags
    traveller: Flags
    drawn: Flags

    def __len__(self) -> int:
        return len(self.first)


def quantiles(rates: str, size: int = 20_000) -> Floats:
    """Absence of a large population under the published mixture, lowest first."""
    rng = np.random.default_rng(11)
    parts = published.MIXTURE[rates]
    drawn = [rng.beta(part.alpha, part.beta, round(part.weight * size)) for part in parts]
    return np.sort(np.concatenate(drawn))


def propensities(roll: Roll, rng: np.random.Generator) -> Floats:
    """The share of a year each pupil misses, by rank of what leans the pupil towards absence."""
    lean = roll.latent + rng.normal(0, LATENT_NOISE, len(roll))
    rank = np.argsort(np.argsort(lean))
    table = quantiles(roll.rates)
    place = (rank + rng.random(len(roll))) / len(roll) * len(table)
    return np.take(table, place.astype(np.int64))


class _Sharing:
    """Sessions still to be given a code, and those already given one."""

    def __init__(self, missed: Ints, share: Floats, rng: np.random.Generator) -> None:
        self.left, self.share, self.rng = missed.copy(), share, rng
        self.given: dict[str, Ints] = {}

    def give(self, code: str, total: float, weights: Floats, amounts: Ints, most: float = 1.0) -> None:
        """Give a code to pupils drawn by weight, each an amount, until the total is used up."""
        count = np.zeros_like(self.left)
        with np.errstate(divide="ignore"):
            order = np.argsort(self.rng.exponential(1.0, len(self.left)) / weights, kind="stable")
        able = np.minimum(amounts, (self.left * most).astype(int))
        able[weights <= 0] = 0
        taken = np.cumsum(able[order])
        reached = int(np.searchsorted(taken, total))
        count[order[:reached]] = able[order[:reached]]
        if reached < len(order):
            before = taken[reached - 1] if reached else 0
            count[order[reached]] = max(0, min(able[order[reached]], round(total - before)))
        self.left -= count
        self.given[code] = count

    def split_rest(self, total: float) -> None:
        """Split what is left into O, which a minority of pupils have and some have much of, and I."""
        some = self.rng.random(len(self.left)) < np.clip(0.30 + 3.0 * self.share, 0, 0.97)
        lean = some * self.rng.gamma(1.2, 1.0, len(self.left)) * (0.6 + 3.0 * np.minimum(self.share, 0.5))
        low, high = 0.0, 50.0
        for _ in range(40):
            middle = (low + high) / 2
            reached = float((np.clip(middle * lean, 0, 0.93) * self.left).sum())
            low, high = (middle, high) if reached < total else (low, middle)
        exact = np.clip(low * lean, 0, 0.93) * self.left
        other = np.floor(exact + self.rng.random(len(self.left))).astype(int)
        self.given["O"] = np.minimum(other, self.left)
        self.given["I"] = self.left - self.given["O"]


def budgets(roll: Roll, days: Days, year: int, share: Floats, rng: np.random.Generator) -> dict[str, Ints]:
    """Sessions of each absence code for each pupil in one academic year, up to the register's last day."""
    rates = published.ABSENCE[roll.rates]
    in_year = days.year == year
    weight = np.where(in_year, days.overall(roll.rates), 0.0)
    upto = np.concatenate([[0.0], np.cumsum(weight)])
    on_roll = np.concatenate([[0], np.cumsum(in_year)])
    possible = 2 * (on_roll[roll.last + 1] - on_roll[roll.first])
    expected = share * 2 * (upto[roll.last + 1] - upto[roll.first])
    missed = np.floor(np.minimum(expected, HIGHEST * possible) + rng.random(len(roll))).astype(int)
    missed[~roll.drawn] = 0
    wanted = {code: rate * float(days.shape(code)[in_year].mean()) for code, rate in rates.items()}
    scale = missed.sum() / sum(wanted.values())
    total = {code: rate * scale for code, rate in wanted.items()}
    total["O"] += total.pop("N")
    sharing = _Sharing(missed, share, rng)
    _give_rare(sharing, roll, year, total, possible / 380)
    sharing.split_rest(total["O"])
    return sharing.given


def _give_rare(sharing: _Sharing, roll: Roll, year: int, total: dict[str, float], portion: Floats) -> None:
    """Every code but I and O, the rarest first, each to the pupils it falls to."""
    rng, share, number = sharing.rng, sharing.share, len(roll)
    age = year - roll.cohort
    even = np.ones(number)

    def part_of_year(amounts: NDArray[np.floating[Any]] | Ints) -> Ints:
        return np.maximum(1, (amounts * portion).round()).astype(np.int64)

    def heavier(code: str) -> float:
        """How much more of a code its pupils have where the phase has more of it than most."""
        table = {phase: rates[code] for phase, rates in published.ABSENCE.items()}
        return max(1.0, table[roll.rates] / ((table["primary"] + table["secondary"]) / 2))

    long = part_of_year(rng.normal(55, 20, number).clip(10).astype(np.int64))
    sharing.give("C2", total["C2"], share * (share > 0.12), long, most=0.7)
    spells = 2 * (1 + rng.poisson(2, number)) * (1 + rng.poisson(0.8, number))
    sharing.give("E", total["E"], share * (share > 0.05) * (age > 2), spells, most=0.5)
    sharing.give("T", total["T"], even * roll.traveller, part_of_year(rng.integers(20, 60, number)))
    study = 2 * rng.integers(1, 7, number)
    sharing.give("S", total["S"] if year == 2025 else 0.0, even * (age == 11), study)
    holiday = rng.choice([2, 4, 6, 8, 10, 10, 10, 14, 20], number)
    sharing.give("G", total["G"], even * (sharing.left >= holiday + 2), holiday)
    festivals = 1.0 if year == 2025 else 0.15
    sharing.give("R", total["R"] * festivals, even * roll.observes, np.full(number, 2))
    kind = rng.random(number)
    leave = np.where(kind < 0.5, rng.integers(1, 5, number), rng.integers(4, 13, number))
    leave = np.where(kind > 0.88, rng.integers(20, 45, number), leave) * heavier("C")
    sharing.give("C", total["C"], 0.01 + share, part_of_year(leave), most=0.8)
    appointments = rng.geometric(0.3, number) * heavier("M")
    sharing.give("M", total["M"], even, part_of_year(appointments), most=0.8)
    closed = rng.geometric(0.16, number) * heavier("U")
    sharing.give("U", total["U"], 0.02 + share, part_of_year(closed), most=0.5)
    sharing.give("J1", total["J1"], even, rng.integers(1, 4, number))
    sharing.give("C1", total["C1"], even, rng.integers(1, 5, number))
