"""The jobs that are measured, each with its peers."""

from benchmarks.measuring import SetUp
from benchmarks.workloads import sweep

WORKLOADS: dict[str, SetUp] = {
    "sweep": sweep.set_up,
    "fetch": sweep.set_up_fetch,
}
"""By the names that `--only` takes, in the order they run."""
