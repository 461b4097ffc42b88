"""What the flows did: kept with the work itself as it is done, listed for whoever asks."""

from datetime import date

from sqlalchemy import Connection

from casework.actions.installation import Installation
from casework.domain import ENGINE
from casework.storage import runs
from casework.storage.runs import FinishedRun, Run


def did(tx: Connection, flow_run: str, on: date, urn: str = "", /, **counts: int) -> None:
    """Add what a transaction did to its run's counts, inside it: a run killed half-way counted what it did.

    Asked last of all in a transaction, so that two workers at one run wait for each other only to commit.
    What no run asked for is not counted.
    """
    if flow_run:
        runs.add_counts(tx, Run(flow_run, on, urn), counts)


def finished(inst: Installation, flow_run: str, on: date, urn: str = "", /, **saw: int) -> None:
    """Keep that a run came to its end, with what it saw: that is the same however often it is done."""
    with inst.act(ENGINE, flow_run) as tx:
        runs.keep_finished(tx, Run(flow_run, on, urn), saw, inst.now())


def done(inst: Installation, flow_run: str) -> bool:
    """Whether a run of this name has finished."""
    with inst.act(ENGINE) as tx:
        return runs.is_finished(tx, flow_run)


def last(inst: Installation) -> dict[str, FinishedRun]:
    """The latest finished run of each flow, by the flow's name."""
    with inst.act(ENGINE) as tx:
        return {done.run.flow: done for done in runs.last_runs(tx)}


def last_days(inst: Installation) -> dict[tuple[str, str], date]:
    """The latest day that each flow finished, by (flow, URN); the URN is empty for a flow of the whole."""
    with inst.act(ENGINE) as tx:
        return runs.last_days(tx)
