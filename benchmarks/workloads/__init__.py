"""The jobs that are measured, each with its peers."""

from benchmarks.measuring import SetUp
from benchmarks.workloads import ingest, letters, lists, sweep

WORKLOADS: dict[str, SetUp] = {
    "sweep": sweep.set_up,
    "fetch": sweep.set_up_fetch,
    "ingest": ingest.set_up,
    "letters": letters.set_up,
    "lists": lists.set_up,
}
"""By the names that `--only` takes, in the order they run."""
