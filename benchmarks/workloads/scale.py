"""The sweep from a small school group to a large authority: whether twice the pupils take twice the time.

The larger populations are the same schools several times over: the sweep looks at every byte whatever it
holds, and a million invented years would take longer to make than to sweep.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from benchmarks.filling import fill
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.population import population, repeated
from benchmarks.workloads.sweep import sweep_all
from casework.actions.installation import Installation

A_SCHOOL = 500
MADE = 20_000
"""How many pupils are invented; more than these are copies."""
QUICK = (1_000, 5_000, 20_000)
FULL = (1_000, 10_000, 40_000, 200_000, 1_000_000)


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """Every size is the first schools of one installation, swept about forty schools at a time."""
    sizes = FULL if bench.full else QUICK
    people = repeated(population(MADE, bench.seed, a_school=A_SCHOOL), sizes[-1] // MADE)
    with bench.installation() as inst:
        fill(inst.db, people)
        peers = {
            f"pupils_{size}": Peer(_swept(inst, people.urns[: size // A_SCHOOL]), size, None)
            for size in sizes
        }
        pairs = [(f"pupils_{size}", f"pupils_{sizes[-1]}") for size in sizes[:-1]]
        size = {"pupils": people.pupils, "sessions": people.sessions}
        yield [Workload("scale", size, peers, rounds=bench.rounds(), pairs=pairs)]


def _swept(inst: Installation, urns: Sequence[str]) -> Callable[[], int]:
    return lambda: sum(len(result.periods) for result, _ in sweep_all(inst, urns))
