"""After a time off: what should have run meanwhile is run, as of its own day, welfare first."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from prefect import flow

from casework.actions import runs
from casework.flows.registers import bring_in
from casework.flows.runs import RunFailed, installation
from casework.flows.schedule import missed


@flow(name="catch_up")
def catch_up(now: datetime | None = None, hours: int = 0) -> dict[str, int]:
    """Run what was missed by a moment. A message that has lost its time is kept as missed, never sent late.

    Registers that came in meanwhile are imported before anything else: a morning without them misses nobody.
    A run that fails stops the later days of its own flow and school, which rest on it, and nothing else.

    Args:
        hours: What was due since so many hours is left alone: it may still be on its way.

    Raises:
        RunFailed: Some run failed; the others were made all the same.
    """
    at = now or datetime.now(UTC)
    to_make = missed(runs.last_days(installation()), at - timedelta(hours=hours))
    if to_make:
        bring_in(at)
    done: Counter[str] = Counter()
    failed: set[tuple[str, str]] = set()
    for run in to_make:
        whose = (run.item.name, run.urn)
        if whose in failed:
            continue
        try:
            run.item.flow(**run.parameters, **({} if run.item.dated else {"now": at}))
            done[run.item.name] += 1
        except RunFailed:
            failed.add(whose)
    if failed:
        raise RunFailed(f"Runs of {', '.join(sorted({name for name, _ in failed}))} could not be caught up")
    return dict(done)
