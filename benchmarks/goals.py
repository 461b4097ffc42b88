"""Goals, and whether a run reaches them."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.machine import cores
from benchmarks.measuring import NOISY_SPREAD, Measured, Ratio, ratio_of

Better = Literal["faster", "slower", "smaller", "at_least", "at_most"]
_MOST: tuple[Better, ...] = ("slower", "at_most")


@dataclass(frozen=True)
class Goal:
    """One goal: what is compared, the gate that a run must hold, and the aim."""

    name: str
    says: str
    workload: str
    of: str
    better: Better
    gate: float
    aim: float
    to: str = ""

    def figure(self, measured: Measured) -> Ratio | None:
        """The ratio or value that the goal asks for; None if the workload lacks a peer of it."""
        match self.better:
            case "faster" | "slower" if self.of in measured.timings and self.to in measured.timings:
                return self._seen(measured.ratio(self.of, self.to))
            case "smaller" if self.of in measured.values and self.to in measured.values:
                return ratio_of(self.of, self.to, [measured.values[self.to] / measured.values[self.of]])
            case "at_least" | "at_most" if self.of in measured.values:
                return ratio_of(self.of, "", [measured.values[self.of]])
        return None

    def by_processor(self, measured: Measured) -> Ratio | None:
        """The ratio by processor time; None where the goal asks for no ratio, or it was not taken."""
        if self.better not in ("faster", "slower"):
            return None
        found = measured.ratio_by_processor(self.of, self.to)
        return found and self._seen(found)

    def _seen(self, found: Ratio) -> Ratio:
        return found if self.better == "faster" else found.upside_down

    def reached(self, figure: float, mark: float) -> bool:
        """Whether a figure is at the gate, or the aim, or past it."""
        return figure <= mark if self.better in _MOST else figure >= mark


@dataclass(frozen=True)
class Verdict:
    """A goal with the figure of one run."""

    goal: Goal
    measured: Measured
    figure: Ratio

    @property
    def ok(self) -> bool:
        """Whether the gate holds."""
        return self.goal.reached(self.figure.median, self.goal.gate)

    @property
    def aimed(self) -> bool:
        """Whether the aim is reached too."""
        return self.goal.reached(self.figure.median, self.goal.aim)

    @property
    def by_processor(self) -> Ratio | None:
        """The same by processor time, which waiting does not change: told beside the ratio, no gate."""
        return self.goal.by_processor(self.measured)

    @property
    def ok_by_processor(self) -> bool:
        """Whether the gate would hold by processor time."""
        return self.by_processor is not None and self.goal.reached(self.by_processor.median, self.goal.gate)

    @property
    def noisy(self) -> bool:
        """Whether the machine was too busy, or the rounds too far apart, to trust a figure that misses."""
        busy = max(self.measured.load_before, self.measured.load_after) > cores()
        return busy or self.figure.spread > NOISY_SPREAD


def read(path: Path) -> tuple[Goal, ...]:
    """The goals of a file.

    Raises:
        TypeError: A goal has a key that none has, or lacks one.
    """
    entries: Mapping[str, Mapping[str, Any]] = tomllib.loads(path.read_text())
    return tuple(Goal(name=name, **entry) for name, entry in entries.items())


def judged(goals: Sequence[Goal], measured: Iterable[Measured]) -> list[Verdict]:
    """Every goal that these workloads can tell of, in the order of the goals."""
    found = list(measured)
    return [
        Verdict(goal, workload, figure)
        for goal in goals
        for workload in found
        if workload.name == goal.workload and (figure := goal.figure(workload)) is not None
    ]
