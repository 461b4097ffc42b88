"""Every school night: look at every pupil of each school, raise and clear triggers, open and attach cases."""

from datetime import date

from prefect import flow, task

from casework import config
from casework.actions import sweeping
from casework.actions.installation import open_installation
from casework.flows.schools import run_name, schools_on


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="sweep-{urn}-{on}")
def sweep_school(urn: str, on: date) -> dict[str, int]:
    """One school's sweep. Safe to repeat: the same school on the same day gives the same triggers."""
    inst = open_installation(config.read())
    return sweeping.sweep(inst, urn, on, flow_run=run_name("nightly", on, urn)).counts()


@flow(name="nightly", flow_run_name="nightly-{urn}-{on}")
def nightly(on: date | None = None, urn: str = "") -> dict[str, dict[str, int]]:
    """Sweep one school, or every one, as of a day; without a day, today where the school is."""
    return {school: sweep_school(school, day) for school, day in schools_on(on, urn)}
