"""The whole nightly job, school by school, night after night: as many pupils, and five times as many.

Fetched, swept, compared with the night before; what changed looked at again by the readable evaluator, told,
cases opened and added to; the state kept. Each size has a process of its own, whose memory is watched.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from benchmarks.crew import Did, Worker, crew, together
from benchmarks.filling import fill
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.population import population
from benchmarks.workloads.sweep import POLICY, SCHOOLS_AT_ONCE
from casework.actions.installation import Installation
from casework.actions.sweeping import sweep, swept_facts
from casework.config import Settings
from casework.documents import Letters
from casework.domain import ENGINE
from casework.rules import triggers
from casework.rules.standing import Standing, compare
from casework.storage import people as people_kept
from casework.storage import triggers as stored
from casework.storage.database import Database
from casework.storage.triggers import SweepState

TIMES = 5
NIGHTS = 40


@dataclass(frozen=True)
class Night:
    """One night at some schools. Gives how many pupils were looked at."""

    urns: tuple[str, ...]
    on: date
    settings: Settings

    def __call__(self, db: Database) -> int:
        """Sweep each school, as the nightly flow does.

        Raises:
            RuntimeError: The sweep and the readable evaluator disagree on somebody.
        """
        letters = Letters(self.settings.templates / "documents")
        inst = Installation(db, letters, lambda: datetime.now(UTC))
        swept = [sweep(inst, urn, self.on) for urn in self.urns]
        if any(school.disagreed for school in swept):
            raise RuntimeError("the sweep and the readable evaluator disagree")
        return sum(school.pupils for school in swept)


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """4,000 and 20,000 pupils; in a full run 40,000 and 200,000."""
    few = 40_000 if bench.full else 4_000
    people = population(few * (1 + TIMES), bench.seed)
    days = [date.fromordinal(day) for day in np.unique(people.schools[0].dates)[-NIGHTS - 1 :].tolist()]
    share = len(people.urns) // (1 + TIMES)
    with bench.installation() as inst:
        fill(inst.db, people)
        for first in range(0, len(people.urns), SCHOOLS_AT_ONCE):
            _told_already(inst, people.urns[first : first + SCHOOLS_AT_ONCE], days[0])
        with crew(inst.db, 2) as workers:
            small = _Nights(workers[0], tuple(people.urns[:share]), days[1:], bench.settings)
            large = _Nights(workers[1], tuple(people.urns[share:]), days[1:], bench.settings)
            peers = {"large": large.peer(few * TIMES), "small": small.peer(few)}

            def memory() -> dict[str, float]:
                return {"peak_mb": large.peak_mb, "peak_mb_small": small.peak_mb}

            size = {"pupils": few * TIMES, "against": few}
            yield [Workload("nightly", size, peers, rounds=bench.rounds(), values=memory)]


class _Nights:
    """The nights of one size, one after the other."""

    def __init__(
        self, worker: Worker, urns: tuple[str, ...], days: Sequence[date], settings: Settings
    ) -> None:
        self.worker, self.urns, self.settings = worker, urns, settings
        self.days = iter(days)
        self.peak_mb = 0.0

    def peer(self, pupils: int) -> Peer:
        """The next night each time it runs, in the worker's process."""
        return Peer(self._next, pupils, None, seconds=lambda did: float(did.seconds))

    def _next(self) -> Did:
        did = together([self.worker], Night(self.urns, next(self.days), self.settings))
        self.peak_mb = max(self.peak_mb, did.peak_mb)
        return did


def _told_already(inst: Installation, urns: Sequence[str], on: date) -> None:
    """Leave schools as after a night on which all that holds has been told: no first night's triage list."""
    with inst.act(ENGINE) as tx:
        result = swept_facts(tx, urns, POLICY, on)
        masks = triggers.masks(POLICY, result.measures, on)
        start = 0
        for urn, upns in result.schools:
            on_roll = set(people_kept.on_roll(tx, urn, on))
            chosen = np.array([upn in on_roll for upn in upns])
            there = np.array([upn.encode() for upn in upns], "S13")[chosen]
            standing = compare(
                Standing.none(), there, masks[start : start + len(upns)][chosen], on.toordinal()
            ).standing
            standing.rows["told"] = 1
            stored.save_sweep_state(tx, urn, SweepState(POLICY.version, on, standing.as_bytes()))
            start += len(upns)
