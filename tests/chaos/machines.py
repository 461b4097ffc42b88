"""Many machines: `python -m tests.chaos.machines`.

A real Prefect server on PostgreSQL, a work pool of two runs at once and three workers. Two are killed, with
everything they started, while they are in the middle of a school's sweep, so that both places of the pool are
held by runs that nobody makes any more. Every school's sweep must end once, and what it brings about must be
what one undisturbed process brings about.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)

from casework import config
from casework.actions import runs
from casework.actions.importing import import_files
from casework.actions.installation import Installation, open_installation
from casework.demo import acts
from casework.demo.schools import SCHOOLS
from casework.domain import ENGINE, Half
from casework.flows.catch_up import catch_up
from casework.flows.deploying import deploy_all
from casework.flows.nightly import nightly
from casework.flows.orchestrator import Orchestrator, child, orchestrator
from casework.flows.registers import watch_inbox
from casework.flows.spread import spread
from casework.storage import server
from casework.storage.database import NAME
from tests.chaos import compared
from tests.chaos.__main__ import PUPILS, installation_at
from tests.chaos.compared import Holding
from tests.chaos.deliveries import Trust
from tests.chaos.lived import Place
from tests.chaos.term import deliver, officers
from tests.flows_in_process import in_process

FIRST, DAY = date(2026, 9, 24), date(2026, 9, 25)
AFTER = datetime(2026, 9, 25, 20, 0, tzinfo=UTC)
POOL = "casework"
WORKERS, AT_ONCE = 3, 2
SILENT_AFTER = timedelta(seconds=75)
"""How long a run may be silent before it counts as dead, here: each says that it lives every 30 seconds."""
WAIT = 600.0


def main() -> int:
    """1 if a school was not swept, or anything was lost or doubled."""
    root = Path(tempfile.mkdtemp(prefix="casework-machines-"))
    root.chmod(0o711)
    one = _alone(Place(root / "one" / "home", root / "one"))
    many, unfinished = _together(Place(root / "many" / "home", root / "many"))
    found = [*unfinished, *compared.differences(one, many), *compared.parting(one, many)]
    print("\n".join(found) or "Each school's sweep ended once; nothing lost, nothing doubled.")
    shutil.rmtree(root)
    return 1 if found else 0


def _alone(place: Place) -> Holding:
    """The night in one process that nobody disturbs."""
    with installation_at(place.home, disk=False), in_process():
        inst = brought_in(place)
        nightly(on=DAY)
        catch_up(now=AFTER)
        return holding_of(inst, place)


def _together(place: Place) -> tuple[Holding, list[str]]:
    """The night on three machines, of which two die."""
    with installation_at(place.home, disk=False), ExitStack() as stack:
        with in_process():
            inst = brought_in(place)
        prefect = stack.enter_context(orchestrator(config.read(), inst.db.prefect_url))
        known = {
            PREFECT_API_URL: prefect.api_url,
            PREFECT_API_AUTH_STRING: prefect.auth_string,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        }
        stack.enter_context(temporary_settings(known))
        deploy_all(config.read(), POOL, AT_ONCE, SILENT_AFTER)
        workers = [stack.enter_context(_worker(place, prefect, number)) for number in range(WORKERS)]
        with _nobody_sweeps(place.home) as waiting:
            spread(of="nightly", on=DAY)
            until(lambda: waiting() == AT_ONCE, "two sweeps are under way")
            busy = [worker for worker in workers if psutil.Process(worker.pid).children(recursive=True)]
            for worker in busy[:AT_ONCE]:
                _kill_with_all(worker.pid)
            print(f"{len(busy[:AT_ONCE])} of {len(workers)} workers killed in their sweeps", flush=True)
        left = len(SCHOOLS) - AT_ONCE
        until(lambda: _swept(inst) >= left, f"{left} schools are swept by the worker that is left")
        print(f"{_swept(inst)} of {len(SCHOOLS)} schools swept; caught up meanwhile:", flush=True)
        print(catch_up(now=AFTER), flush=True)
        states = sorted(run["state_name"] for run in _runs(prefect) if run["name"].startswith("nightly-"))
        print(f"Runs: {', '.join(states)}", flush=True)
        unfinished = [
            f"{school.urn} was not swept"
            for school in SCHOOLS
            if not runs.done(inst, f"nightly-{school.urn}-{DAY}")
        ]
        return holding_of(inst, place), unfinished


def brought_in(place: Place) -> Installation:
    """The trust up to Thursday, swept, with its first cases; then Friday's registers, not yet swept."""
    place.notes.mkdir(parents=True, exist_ok=True)
    inst = open_installation(config.read())
    trust = Trust(1, PUPILS)
    at = datetime(2026, 9, 24, 17, 0, tzinfo=UTC)
    for drop in trust.rolls():
        deliver(place.inbox, (drop,), at)
        watch_inbox(now=at)
    officers(inst)
    for day in trust.days:
        drops = [drop for half in Half for drop in trust.of_day(day, half)] if day <= FIRST else []
        deliver(place.inbox, tuple(drops), at)
    watch_inbox(now=at)
    nightly(on=FIRST)
    acts.accept_first(inst, FIRST)
    after = datetime(2026, 9, 25, 17, 0, tzinfo=UTC)
    drops = [drop for half in Half for drop in trust.of_day(DAY, half)]
    for drop in drops:
        import_files(inst, ENGINE, list(drop.files.items()), now=after)
    return inst


def holding_of(inst: Installation, place: Place) -> Holding:
    broken = compared.broken(inst)
    assert not broken, broken
    found = compared.holding(place.home)
    inst.db.close()
    return found


def _swept(inst: Installation) -> int:
    return sum(runs.done(inst, f"nightly-{school.urn}-{DAY}") for school in SCHOOLS)


@contextmanager
def _worker(place: Place, prefect: Orchestrator, number: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = (sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--limit", "1")
    heard = {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}
    environment = {**os.environ, **prefect.environment, **heard}
    with (place.notes / f"worker-{number}.log").open("wb") as out:
        name = ("--name", f"machine-{number}")
        with child((*command, *name), environment, out.fileno()) as process:
            yield process


@contextmanager
def _nobody_sweeps(home: Path) -> Iterator[Callable[[], int]]:
    """Hold every school's sweep where it begins; gives how many wait there."""
    url = server.start(home).url(server.SUPERUSER, NAME)
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    with psycopg.connect(url) as held, psycopg.connect(url, autocommit=True) as asked:
        for school in SCHOOLS:
            held.execute("select pg_advisory_lock(hashtext('sweep'), hashtext(%s))", (school.urn,))
        held.commit()

        def count() -> int:
            row = asked.execute(waiting).fetchone()
            return int(row[0]) if row else 0

        yield count


def _kill_with_all(pid: int) -> None:
    """What happens to a machine whose power goes: the worker and all it started, at once."""
    top = psutil.Process(pid)
    for process in (top, *top.children(recursive=True)):
        process.kill()


def _runs(prefect: Orchestrator) -> list[dict[str, Any]]:
    name, _, word = prefect.auth_string.partition(":")
    return list(httpx.post(f"{prefect.api_url}/flow_runs/filter", json={}, auth=(name, word)).json())


def until(holds: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + WAIT
    while not holds():
        if time.monotonic() > give_up:
            raise TimeoutError(f"It did not come to pass in {WAIT:.0f} s that {what}.")
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
