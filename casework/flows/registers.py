"""Files in: each import is a run, to be seen like any other; a school is swept again after it."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from prefect import flow, task

from casework import config
from casework.actions import importing, inbox, runs, sweeping
from casework.actions.inbox import Drop
from casework.domain import ENGINE
from casework.flows.runs import LONDON, finished, installation, private_errors, run_name


@task(task_run_name="import-{name}")
def take_in(folder: str, files: list[str], name: str, urn: str, format: str, now: datetime) -> list[str]:
    """Import some files of one folder together; nothing is half-imported. Gives the schools they speak of."""
    with private_errors():
        sources = importing.files_at([Path(folder) / file for file in files])
        imported = importing.import_files(
            installation(),
            ENGINE,
            sources,
            now=now,
            school_urn=urn,
            format=format or None,
            flow_run=f"registers-{name}",
        )
        runs.finished(installation(), f"registers-{name}", now.date(), urn, read=imported.counts["read"])
        return list(imported.urns)


@task(retries=3, retry_delay_seconds=[1, 10, 60], task_run_name="sweep-{urn}-{on}-after-import")
def sweep_again(urn: str, on: date) -> dict[str, int]:
    """Sweep a school again after an import, as of its last sweep if that was later.

    One never swept waits for its first sweep.
    """
    with private_errors():
        inst = installation()
        last = sweeping.last_sweep(inst, urn)
        if last is None:
            return {}
        day = max(on, last)
        return sweeping.sweep(inst, urn, day, flow_run=run_name("nightly", day, urn)).counts()


@flow(name="registers", flow_run_name="registers-{name}")
def registers(
    folder: str, files: list[str], name: str, now: datetime, urn: str = "", format: str = ""
) -> dict[str, dict[str, int]]:
    """Import files by reference (a folder, and names in it), then sweep the schools they speak of again."""
    urns = take_in(folder, files, name, urn, format, now)
    return {school: sweep_again(school, now.date()) for school in urns}


@task(task_run_name="import-of-inbox-{number}")
def take_drop(drop: Drop, number: int, now: datetime) -> tuple[list[str], int]:
    """Import one folder of the inbox: the schools it speaks of, and how many problems it had."""
    with private_errors():
        taken = inbox.take(installation(), drop, now, run_name("inbox", now.date(), drop.urn))
        return list(taken.urns), taken.problems


@flow(name="inbox")
def watch_inbox(now: datetime | None = None) -> dict[str, int]:
    """Import every folder of the inbox that is whole, and sweep the schools they speak of again."""
    at = now or datetime.now(UTC)
    place = config.read().inbox
    counts: Counter[str] = Counter(taken=0, refused=0, swept=0)
    swept: set[str] = set()
    for number, drop in enumerate(inbox.waiting(place, at) if place else (), 1):
        urns, problems = take_drop(drop, number, at)
        counts["refused" if problems else "taken"] += 1
        swept.update(urns)
    for urn in sorted(swept):
        counts["swept"] += bool(sweep_again(urn, at.astimezone(LONDON).date()))
    finished("inbox", at.astimezone(LONDON).date(), **counts)
    return dict(counts)
