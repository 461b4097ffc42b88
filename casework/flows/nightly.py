"""Every school night: look at every pupil of each school, raise and clear triggers, open and attach cases."""

from datetime import date

from prefect import flow, task

from casework.actions import sweeping
from casework.flows.runs import finished, installation, named_by_its_day, private_errors, run_name, schools_on


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="sweep-{urn}-{on}")
def sweep_school(urn: str, on: date) -> dict[str, int]:
    """One school's sweep. Safe to repeat: the same school on the same day gives the same triggers."""
    with private_errors():
        done = sweeping.sweep(installation(), urn, on, flow_run=run_name("nightly", on, urn))
        finished("nightly", on, urn, **done.saw())
        return done.counts()


@flow(name="nightly", flow_run_name=named_by_its_day("nightly"))
def nightly(on: date | None = None, urn: str = "") -> dict[str, dict[str, int]]:
    """Sweep one school, or every one, as of a day; without a day, today where the school is."""
    return {school: sweep_school(school, day) for school, day in schools_on(on, urn)}
