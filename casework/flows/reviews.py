"""Several times a school day: clocks that came due, and reviews that are due."""

from datetime import date

from prefect import flow, task

from casework.actions import timing
from casework.flows.runs import finished, installation, named_by_its_day, private_errors, run_name, today


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="clocks-{on}")
def fire_clocks(on: date) -> dict[str, int]:
    """Every clock and review due by a day. Safe to repeat: each has a key, and its insert is the claim."""
    with private_errors():
        done = timing.fire(installation(), on, run_name("reviews", on))
        finished("reviews", on)
        return done.counts()


@flow(name="reviews", flow_run_name=named_by_its_day("reviews"))
def reviews(on: date | None = None) -> dict[str, int]:
    """Fire what is due by a day; without a day, today."""
    return fire_clocks(on or today())
