"""Letters in batches: what is approved is issued, each letter once, a batch at a time."""

from datetime import date

from prefect import flow, task

from casework.actions import letters
from casework.flows.runs import finished, installation, named_by_its_day, private_errors, run_name, today

BATCH = 50
"""Letters issued in one task."""


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="letters-{on}-{number}")
def issue_batch(document_ids: list[str], on: date, number: int) -> dict[str, int]:
    """Issue some approved letters. Safe to repeat: one already issued is left as it is."""
    with private_errors():
        return letters.issue_approved(installation(), document_ids, on, run_name("documents", on))


@flow(name="documents", flow_run_name=named_by_its_day("documents"))
def documents(on: date | None = None) -> dict[str, int]:
    """Issue every approved letter that nothing stops; without a day, today."""
    day = on or today()
    waiting = letters.approved(installation())
    totals = {"issued": 0, "stopped": 0}
    for number, start in enumerate(range(0, len(waiting), BATCH), 1):
        for name, count in issue_batch(waiting[start : start + BATCH], day, number).items():
            totals[name] += count
    finished("documents", day, stopped=totals["stopped"])
    return totals
