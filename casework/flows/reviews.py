"""Several times a school day: clocks and reviews that came due, and providers who have not answered."""

from datetime import date

from prefect import flow, task

from casework.actions import absence, timing
from casework.flows.runs import (
    finished,
    installation,
    named_by_its_day,
    private_errors,
    run_name,
    schools_on,
    today,
)


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="clocks-{on}")
def fire_clocks(on: date) -> dict[str, int]:
    """Every clock and review due by a day. Safe to repeat: each has a key, and its insert is the claim."""
    with private_errors():
        done = timing.fire(installation(), on, run_name("reviews", on))
        finished("reviews", on)
        return done.counts()


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="providers-{urn}-{on}")
def look_for_providers(urn: str, on: date) -> dict[str, int]:
    """One school's pupils taught elsewhere whom no provider has confirmed. Safe to repeat."""
    with private_errors():
        return absence.unconfirmed(installation(), urn, on, run_name("reviews", on)).did()


@flow(name="reviews", flow_run_name=named_by_its_day("reviews"))
def reviews(on: date | None = None) -> dict[str, int]:
    """Fire what is due by a day; without a day, today. A provider's silence by then is no attendance."""
    for school, day in schools_on(on or today(), ""):
        look_for_providers(school, day)
    return fire_clocks(on or today())
