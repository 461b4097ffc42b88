"""The sweep in memory, against reading the same bytes once: how far arithmetic is from the memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.population import ON, population
from benchmarks.registers import block_of
from benchmarks.workloads.sweep import POLICY, SCHOOLS_AT_ONCE
from casework.actions.policies import code_classes, limits
from casework.facts.sheets import SheetBlock
from casework.facts.sweep import sweep

COPIES = 10


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """400,000 pupils: 40,000 ten times over, each time with bytes of its own."""
    people = population(40_000, bench.seed)
    once = block_of(people.schools).schools
    schools = [
        replace(school, marks=bytes(bytearray(school.marks)), urn=f"{school.urn}-{number}")
        for number in range(COPIES)
        for school in once
    ]
    blocks = [
        SheetBlock(tuple(schools[first : first + SCHOOLS_AT_ONCE]))
        for first in range(0, len(schools), SCHOOLS_AT_ONCE)
    ]
    pupils = people.pupils * COPIES
    known, lengths = code_classes(POLICY, ON), limits(POLICY, ON)

    def product() -> int:
        return sum(len(sweep(block, ON, known, lengths).periods) for block in blocks)

    def read_bytes() -> int:
        # Rows of one school are whole multiples of eight bytes, so each word is eight marks.
        words = (np.frombuffer(school.marks, np.uint64) for school in schools)
        return int(sum(int(np.bitwise_xor.reduce(each)) for each in words))

    def classify() -> int:
        table = bytes(range(256))
        return sum(len(school.marks.translate(table)) for school in schools)

    peers = {
        "product": Peer(product, pupils, None),
        "read_bytes": Peer(read_bytes, pupils, None),
        "classify_bytes": Peer(classify, pupils, None),
    }
    yield [Workload("kernel", {"pupils": pupils, "sessions": people.sessions}, peers, rounds=bench.rounds())]
