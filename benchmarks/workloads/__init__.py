"""The jobs that are measured, each with its peers."""

from benchmarks.measuring import SetUp
from benchmarks.workloads import (
    agreement,
    amended,
    clocks,
    gates,
    ingest,
    kernel,
    large,
    letters,
    lists,
    nightly,
    packs,
    scale,
    simulate,
    sweep,
)

WORKLOADS: dict[str, SetUp] = {
    "agreement": agreement.set_up,
    "sweep": sweep.set_up,
    "fetch": sweep.set_up_fetch,
    "kernel": kernel.set_up,
    "amended": amended.set_up,
    "nightly": nightly.set_up,
    "scale": scale.set_up,
    "ingest": ingest.set_up,
    "clocks": clocks.set_up,
    "gates": gates.set_up,
    "letters": letters.set_up,
    "packs": packs.set_up,
    "lists": lists.set_up,
    "simulate": simulate.set_up,
}
"""By the names that `--only` takes, in the order they run."""

LARGE: dict[str, SetUp] = {
    "curve": large.set_up_curve,
    "streamed": large.set_up_streamed,
    "clocks_due": large.set_up_clocks_due,
}
"""Those of a country's size: run only when `--only` names them."""
