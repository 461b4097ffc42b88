"""Peers measured in turn: answers first, then rounds, and a ratio for each round.

Every round runs each peer once, and each round starts with another peer, so that a machine that slows down
slows all of them; the ratio is taken within the round, and the median of those ratios is what counts.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.installation import Bench
from benchmarks.machine import forget_peak, load, peak_mb

SLOW_SECONDS = 20.0
"""A peer that takes longer than this runs once, and is marked so."""

NOISY_SPREAD = 0.4
"""Ratios of single rounds that differ by more than this share of their median are called noisy."""


def _nothing(_: Any) -> None:
    """What most peers leave to clear up."""


@dataclass(frozen=True)
class Peer:
    """One way of doing the job.

    Args:
        run: Does the job once; what it gives is the raw answer.
        items: How many pupils, marks, timers ... one run does: a slow peer may do a sample of them.
        answer: Makes of the raw answer what is compared; outside the clock. None for a peer that is a
            physical limit and answers nothing.
        after: Clears up after a run, outside the clock.
        seconds: Takes the time of a run from its raw answer, where several processes do the job.
    """

    run: Callable[[], Any]
    items: int
    answer: Callable[[Any], Any] | None = lambda raw: raw
    after: Callable[[Any], None] = _nothing
    seconds: Callable[[Any], float] | None = None


@dataclass(frozen=True)
class Workload:
    """One job of one size, with its peers, set up and ready.

    Args:
        same: Says how the second answer differs from the first, naming the first pupil; empty if it does not.
        values: Numbers that are not times (bytes a mark, clocks lost), asked for after the rounds. Goals may
            ask for them as for a peer.
        pairs: The ratios worth printing, (of, to), beside those that goals ask for.
    """

    name: str
    size: Mapping[str, int]
    peers: Mapping[str, Peer] = field(default_factory=dict)
    same: Callable[[Any, Any], str] = lambda first, second: "" if first == second else "answers differ"
    rounds: int = 3
    values: Callable[[], Mapping[str, float]] = dict
    pairs: Sequence[tuple[str, str]] = ()


SetUp = Callable[[Bench], AbstractContextManager[Sequence[Workload]]]
"""Makes the workloads of one name ready, and clears up when left."""


@dataclass(frozen=True)
class Timing:
    """The seconds of one peer, round by round, with the items that each run did.

    `processor` are the seconds for which a processor worked on it, here or in the database; empty where it is
    done by processes of its own.
    """

    seconds: tuple[float, ...]
    items: int
    once: bool = False
    peak_mb: float | None = None
    processor: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        """The median of its runs."""
        return statistics.median(self.seconds)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The first and third quartile of its runs."""
        if len(self.seconds) < 2:
            return self.seconds[0], self.seconds[0]
        first, _, third = statistics.quantiles(self.seconds, n=4, method="inclusive")
        return first, third

    def of_round(self, number: int, *, processor: bool = False) -> float:
        """Seconds an item in a round; a peer that ran once stands for every round."""
        return (self.processor if processor else self.seconds)[0 if self.once else number] / self.items


@dataclass(frozen=True)
class Ratio:
    """How many times as long the second peer takes as the first, an item: median, lowest and highest."""

    of: str
    to: str
    median: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """How far the rounds lie apart, as a share of the median."""
        return (self.high - self.low) / self.median if self.median else 0.0

    @property
    def upside_down(self) -> "Ratio":
        """The same seen from the other peer."""
        return Ratio(self.to, self.of, 1 / self.median, 1 / self.high, 1 / self.low)


@dataclass(frozen=True)
class Measured:
    """A workload with what was measured of it, and the machine's load around it."""

    name: str
    size: Mapping[str, int]
    seed: int
    timings: Mapping[str, Timing]
    values: Mapping[str, float]
    pairs: Sequence[tuple[str, str]]
    load_before: float
    load_after: float
    rerun: bool = False

    def ratio(self, of: str, to: str) -> Ratio:
        """How many times as long `to` takes as `of`."""
        return self._ratio(of, to, processor=False)

    def ratio_by_processor(self, of: str, to: str) -> Ratio | None:
        """The same by processor time; None where it was not taken of both."""
        if not (self.timings[of].processor and self.timings[to].processor):
            return None
        return self._ratio(of, to, processor=True)

    def _ratio(self, of: str, to: str, *, processor: bool) -> Ratio:
        first, second = self.timings[of], self.timings[to]
        rounds = range(max(len(first.seconds), len(second.seconds)))
        return ratio_of(
            of,
            to,
            [
                second.of_round(n, processor=processor) / first.of_round(n, processor=processor)
                for n in rounds
            ],
        )


class Different(Exception):
    """Two peers do not agree, so there is nothing to time."""


def ratio_of(of: str, to: str, rounds: Sequence[float]) -> Ratio:
    """The ratio of two peers from those of the single rounds."""
    return Ratio(of, to, statistics.median(rounds), min(rounds), max(rounds))


def measure(workload: Workload, seed: int, processor: Callable[[], float] = time.process_time) -> Measured:
    """Compare the answers, then time the rounds.

    Args:
        processor: The processor time used so far, of this process and of whoever works for it.

    Raises:
        Different: Naming the two peers and the first pupil they differ on.
    """
    before = load()
    first = {name: _first_run(peer, processor) for name, peer in workload.peers.items()}
    _compare(workload, {name: run.answer for name, run in first.items()})
    slow = {name for name, run in first.items() if run.took.seconds > SLOW_SECONDS}
    took = {name: [first[name].took] if name in slow else [] for name in workload.peers}
    for order in rounds_of([name for name in workload.peers if name not in slow], workload.rounds):
        for name in order:
            took[name].append(_timed(workload.peers[name], processor))
    timings = {
        name: Timing(
            tuple(each.seconds for each in took[name]),
            peer.items,
            name in slow,
            first[name].peak_mb,
            () if peer.seconds else tuple(each.processor for each in took[name]),
        )
        for name, peer in workload.peers.items()
    }
    return Measured(
        workload.name, workload.size, seed, timings, workload.values(), workload.pairs, before, load()
    )


def measure_again(
    workload: Workload, measured: Measured, processor: Callable[[], float] = time.process_time
) -> Measured:
    """The same once more, because the first was noisy; the answers are compared again too."""
    return replace(measure(workload, measured.seed, processor), rerun=True)


def rounds_of(names: Sequence[str], count: int) -> Iterator[list[str]]:
    """Every round with every peer, each starting with the next one."""
    for number in range(count):
        start = number % len(names) if names else 0
        yield [*names[start:], *names[:start]]


def _compare(workload: Workload, answers: Mapping[str, Any]) -> None:
    given = [(name, answers[name]) for name, peer in workload.peers.items() if peer.answer is not None]
    for name, answer in given[1:]:
        says = workload.same(given[0][1], answer)
        if says:
            raise Different(f"{workload.name}: {given[0][0]} and {name} differ. {says}")


class _Took(NamedTuple):
    seconds: float
    processor: float


class _First(NamedTuple):
    took: _Took
    answer: Any
    peak_mb: float | None


def _first_run(peer: Peer, processor: Callable[[], float]) -> _First:
    """The run whose answer is compared, and whose peak memory is kept."""
    forget_peak()
    raw, took = _clocked(peer, processor)
    try:
        return _First(took, None if peer.answer is None else peer.answer(raw), peak_mb())
    finally:
        peer.after(raw)


def _timed(peer: Peer, processor: Callable[[], float]) -> _Took:
    gc.collect()
    gc.disable()
    try:
        raw, took = _clocked(peer, processor)
    finally:
        gc.enable()
    if peer.seconds is not None:
        took = took._replace(seconds=peer.seconds(raw))
    peer.after(raw)
    return took


def _clocked(peer: Peer, processor: Callable[[], float]) -> tuple[Any, _Took]:
    used = processor()
    began = time.perf_counter()
    raw = peer.run()
    seconds = time.perf_counter() - began
    return raw, _Took(seconds, processor() - used)


def folder_for(path: Path) -> Path:
    """The folder of a file to be written, made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent
