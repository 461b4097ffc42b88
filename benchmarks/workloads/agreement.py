"""The product's sweep against the evaluator that is written to be read, on registers never seen before."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.facts import first_difference, of_summaries, of_sweep
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.population import ON, population
from benchmarks.registers import block_of
from benchmarks.workloads.sweep import POLICY, evaluated, sampled
from casework.actions.policies import code_classes, limits
from casework.facts.sweep import SweepResult, sweep
from casework.rules import triggers


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """Schools with six times the usual absence, and a fifth of the pupils coming late and leaving early."""
    pupils = 4_000 if bench.full else 600
    people = population(pupils, bench.seed, a_school=150, movers=0.2, trouble=6.0)
    block = block_of(people.schools)
    everyone = sampled(people, pupils)

    def product() -> SweepResult:
        return sweep(block, ON, code_classes(POLICY, ON), limits(POLICY, ON))

    peers = {
        "product": Peer(
            product, pupils, lambda result: of_sweep([(result, triggers.masks(POLICY, result.measures, ON))])
        ),
        "evaluator": Peer(lambda: [evaluated(*each) for each in everyone], pupils, of_summaries),
    }
    yield [Workload("agreement", {"pupils": pupils}, peers, first_difference, 1)]
