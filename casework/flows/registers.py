"""Files in: each import is a run, to be seen like any other; a school is swept again after it."""

from dataclasses import dataclass
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
        taken = inbox.bring_in(installation(), drop, now, run_name("inbox", now.date(), drop.urn))
        return list(taken.urns), taken.problems


@task(task_run_name="put-away-of-inbox")
def put_away(drops: list[Drop], now: datetime) -> None:
    """Move the folders that were imported out of the way."""
    with private_errors():
        for drop in drops:
            inbox.put_away(drop, now)


@dataclass(frozen=True)
class BroughtIn:
    """What lay in the inbox: the folders imported, the schools they speak of, and how many were refused."""

    drops: list[Drop]
    urns: frozenset[str]
    refused: int


def bring_in(at: datetime) -> BroughtIn:
    """Import every folder of the inbox that is whole; it stays there until `put_away`."""
    place = config.read().inbox
    drops: list[Drop] = []
    urns: set[str] = set()
    refused = 0
    for number, drop in enumerate(inbox.waiting(place, at) if place else (), 1):
        spoken_of, problems = take_drop(drop, number, at)
        urns.update(spoken_of)
        refused += bool(problems)
        drops += [] if problems else [drop]
    return BroughtIn(drops, frozenset(urns), refused)


@flow(name="inbox")
def watch_inbox(now: datetime | None = None) -> dict[str, int]:
    """Import every folder of the inbox that is whole, and sweep the schools they speak of again.

    The folders are put away last: killed before the sweep, the next run does it.
    """
    at = now or datetime.now(UTC)
    day = at.astimezone(LONDON).date()
    found = bring_in(at)
    swept = sum(bool(sweep_again(urn, day)) for urn in sorted(found.urns))
    put_away(found.drops, at)
    counts = {"taken": len(found.drops), "refused": found.refused, "swept": swept}
    finished("inbox", day, **counts)
    return counts
