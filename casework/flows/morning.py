"""Every school morning, after registers close: absences without a reason, calls to make, who must be told."""

from datetime import date

from prefect import flow, task

from casework.actions import absence
from casework.flows.runs import (
    finished,
    installation,
    named_by_its_day,
    private_errors,
    run_name,
    schools_on,
    today,
)


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="absences-{urn}-{on}")
def list_absences(urn: str, on: date, late: bool) -> dict[str, int]:
    """One school's list of calls. Safe to repeat: a pupil is on a day's list once."""
    with private_errors():
        done = absence.morning(installation(), urn, on, run_name("morning", on, urn), late=late)
        finished("morning", on, urn, **done.saw())
        return done.counts()


@flow(name="morning", flow_run_name=named_by_its_day("morning"))
def morning(on: date | None = None, urn: str = "", late: bool | None = None) -> dict[str, dict[str, int]]:
    """The morning of one school, or of every one. The calls of a day that has passed are kept as missed."""
    return {
        school: list_absences(school, day, day < today() if late is None else late)
        for school, day in schools_on(on, urn)
    }
