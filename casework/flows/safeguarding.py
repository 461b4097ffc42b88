"""Every school day: flags put to the DSL, reviews chased, holds left unreviewed told to the head."""

from datetime import date

from prefect import flow, task

from casework.actions import safeguarding as lane
from casework.flows.runs import finished, installation, named_by_its_day, private_errors, run_name, today


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="safeguarding-{on}")
def watch(on: date) -> dict[str, int]:
    """Flag and chase. Safe to repeat: each flag and reminder has a key of its own."""
    with private_errors():
        done = lane.watch(installation(), on, run_name("safeguarding", on))
        finished("safeguarding", on)
        return done.counts()


@flow(name="safeguarding", flow_run_name=named_by_its_day("safeguarding"))
def safeguarding(on: date | None = None) -> dict[str, int]:
    """The DSL's reminders of a day; without a day, today's."""
    return watch(on or today())
