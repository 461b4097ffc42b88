"""What the flows did: kept as each run finishes, listed for whoever asks."""

from collections.abc import Mapping
from datetime import date

from casework.actions.installation import Installation
from casework.domain import ENGINE
from casework.storage import runs
from casework.storage.runs import FinishedRun


def finished(
    inst: Installation, flow: str, flow_run: str, on: date, urn: str, counts: Mapping[str, int]
) -> None:
    """Keep what a run did, in counts."""
    with inst.act(ENGINE, flow_run) as tx:
        runs.keep_run(tx, FinishedRun(flow_run, flow, on, urn, counts, inst.now()))


def done(inst: Installation, flow_run: str) -> bool:
    """Whether a run of this name has finished."""
    with inst.act(ENGINE) as tx:
        return runs.is_kept(tx, flow_run)


def last(inst: Installation) -> dict[str, FinishedRun]:
    """The latest finished run of each flow, by the flow's name."""
    with inst.act(ENGINE) as tx:
        return {done.flow: done for done in runs.last_runs(tx)}
