"""Jobs of a country's size, run when they are named: `--only curve,streamed,clocks_due`.

The schools are the same ones several times over, since what a sweep does hardly depends on what it sees; what
is streamed is forgotten school by school, so that memory does not grow with the country.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from sqlalchemy import text

from benchmarks.crew import Did, crew, together
from benchmarks.filling import fill
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.population import population, repeated
from benchmarks.workloads.clocks import Drain, fill_clocks, running_again
from benchmarks.workloads.sweep import SCHOOLS_AT_ONCE, sweep_all
from casework.actions.installation import Installation

A_SCHOOL = 500
MADE = 20_000
CURVE = (1_000, 5_000, 20_000, 50_000, 100_000, 200_000)
COUNTRY = 9_000_000
"""About the pupils of England's schools."""
DUE = 1_000_000
WORKERS = 2


@contextmanager
def set_up_curve(bench: Bench) -> Iterator[Sequence[Workload]]:
    """From a thousand pupils to a large authority's 200,000: each size is the first schools of all."""
    people = repeated(population(MADE, bench.seed, a_school=A_SCHOOL), CURVE[-1] // MADE)
    with bench.installation() as inst:
        fill(inst.db, people)
        peers = {f"pupils_{size}": _swept(inst, people.urns[: size // A_SCHOOL], size) for size in CURVE}
        pairs = [(f"pupils_{size}", f"pupils_{CURVE[-1]}") for size in CURVE[:-1]]
        size = {"pupils": CURVE[-1], "sessions": people.sessions}
        yield [Workload("curve", size, peers, rounds=bench.rounds(), pairs=pairs)]


@contextmanager
def set_up_streamed(bench: Bench) -> Iterator[Sequence[Workload]]:
    """Nine million pupils: the schools of one installation swept again and again until as many are done."""
    people = population(MADE, bench.seed, a_school=A_SCHOOL)
    with bench.installation() as inst:
        fill(inst.db, people)
        country = _swept(inst, people.urns * (COUNTRY // MADE), COUNTRY)
        size = {"pupils": COUNTRY, "sessions": people.sessions}
        yield [Workload("streamed", size, {"product": country}, rounds=1)]


@contextmanager
def set_up_clocks_due(bench: Bench) -> Iterator[Sequence[Workload]]:
    """A million clocks, all due, and two workers who claim and finish them."""
    found: list[float] = []
    with bench.installation() as inst:
        fill_clocks(inst, DUE, DUE)
        with crew(inst.db, WORKERS) as workers:

            def count_and_begin_again(did: Did) -> None:
                found.append(_twice_or_lost(inst, did))
                running_again(inst)(did)

            def drain(batch: int) -> Peer:
                return Peer(
                    lambda: together(workers, Drain(batch)),
                    DUE,
                    lambda did: f"{did.done} done",
                    count_and_begin_again,
                    lambda did: float(did.seconds),
                )

            peers = {f"product_{batch}_a_claim": drain(batch) for batch in (100, 1000)}
            size = {"due": DUE, "workers": WORKERS}
            worst = partial(_worst, found)
            yield [Workload("clocks_due", size, peers, rounds=1, values=worst)]


def _swept(inst: Installation, urns: Sequence[str], pupils: int) -> Peer:
    """Some schools swept about forty at a time; what was found of them is forgotten before the next."""

    def run() -> int:
        return sum(
            len(result.periods)
            for first in range(0, len(urns), SCHOOLS_AT_ONCE)
            for result, _ in sweep_all(inst, urns[first : first + SCHOOLS_AT_ONCE])
        )

    return Peer(run, pupils, None)


def _worst(found: Sequence[float]) -> dict[str, float]:
    return {"twice_or_lost": max(found)}


def _twice_or_lost(inst: Installation, did: Did) -> float:
    """How far what the workers counted, and what stands as fired, are from each clock once."""
    with inst.db.owner_engine.connect() as tx:
        fired = tx.execute(text("select count(*) from clock_firing")).scalar_one()
        running = tx.execute(text("select count(*) from clock where state = 'running'")).scalar_one()
    return float(abs(did.done - DUE) + abs(fired - DUE) + running)
