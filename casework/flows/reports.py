"""By the calendar: reports when their week, half term, term or year ends; returns; each morning's counts."""

from datetime import UTC, date, datetime

from prefect import flow, task

from casework.actions import digests as mornings
from casework.actions import reports as made
from casework.actions import returns as owed
from casework.flows.runs import (
    finished,
    installation,
    named_by_its_day,
    private_errors,
    run_name,
    schools_on,
    today,
)


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="reports-{urn}-{on}")
def make_due(urn: str, on: date) -> dict[str, int]:
    """Make and keep a school's reports of a day. Safe to repeat: each is kept once for its day."""
    with private_errors():
        count = made.keep_due(installation(), urn, on, run_name("reports", on, urn))
        finished("reports", on, urn)
        return {"made": count}


@flow(name="reports", flow_run_name=named_by_its_day("reports"))
def reports(on: date | None = None, urn: str = "") -> dict[str, dict[str, int]]:
    """The reports that fall due on a day, of one school or of every one; none on a day without school."""
    return {school: make_due(school, day) for school, day in schools_on(on, urn)}


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="returns-{urn}-{on}")
def ask_for_due(urn: str, on: date) -> dict[str, int]:
    """Ask for a school's returns to the LA. Safe to repeat: each is asked for once."""
    with private_errors():
        asked, saw = owed.ask_for_due(installation(), urn, on, run_name("returns", on, urn))
        finished("returns", on, urn, **saw)
        return {"asked": asked, **saw}


@flow(name="returns", flow_run_name=named_by_its_day("returns"))
def returns(on: date | None = None, urn: str = "") -> dict[str, dict[str, int]]:
    """The returns that the law asks for, put to a person at one school or at every one."""
    return {school: ask_for_due(school, day) for school, day in schools_on(on, urn)}


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="digests-{on}")
def queue_digests(on: date) -> dict[str, int]:
    """Queue the morning's message to each of the staff. Safe to repeat: each has a key."""
    with private_errors():
        queued = mornings.queue_all(installation(), on, datetime.now(UTC), run_name("digests", on))
        finished("digests", on)
        return {"queued": queued}


@flow(name="digests", flow_run_name=named_by_its_day("digests"))
def digests(on: date | None = None) -> dict[str, int]:
    """Each morning's counts, to whoever has something to do; without a day, today's."""
    return queue_digests(on or today())
