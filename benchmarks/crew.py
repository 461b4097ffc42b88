"""Workers in processes of their own, who wait to be told a job and begin it at one moment."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from typing import NamedTuple, Protocol

from sqlalchemy import text

from benchmarks.machine import forget_peak, peak_mb
from casework.domain import ENGINE
from casework.storage.database import Database

_SPAWN = get_context("spawn")
_READY_SECONDS = 0.02


class Holding(Protocol):
    """Shared with the process that kills: its value is 1 while a claim is held."""

    value: int


class Job(Protocol):
    """What a worker does: sent to its process, so a dataclass of plain values. Gives a count."""

    def __call__(self, db: Database) -> int: ...


class JobOfDoomed(Protocol):
    """A job of a worker that will be killed; it says when it holds a claim."""

    def __call__(self, db: Database, holding: Holding | None = None) -> int: ...


class Did(NamedTuple):
    """The counts of some workers together, the seconds from their start to the last one's end, and the most
    memory that one of them held."""

    done: int
    seconds: float
    peak_mb: float


class Worker(NamedTuple):
    """One process, and the pipe to it."""

    process: BaseProcess
    pipe: Pipe


@contextmanager
def crew(db: Database, size: int) -> Iterator[list[Worker]]:
    """Workers that are connected and wait to be told."""
    workers = []
    for _ in range(size):
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=_listen, args=(*_addresses(db), theirs), daemon=True)
        process.start()
        workers.append(Worker(process, ours))
    for worker in workers:
        worker.pipe.recv()
    yield workers
    for worker in workers:
        worker.pipe.send(None)
        worker.process.join()


def together(workers: Sequence[Worker], job: Job) -> Did:
    """Let some workers begin a job at one moment, and wait for the last."""
    begin = time.monotonic() + _READY_SECONDS
    for worker in workers:
        worker.pipe.send((job, begin))
    did: list[Did] = [worker.pipe.recv() for worker in workers]
    return Did(
        sum(each.done for each in did), max(each.seconds for each in did), max(each.peak_mb for each in did)
    )


def _addresses(db: Database) -> tuple[str, str]:
    """The owner's and the application's, as the driver takes them."""
    owner = db.owner_engine.url.set(drivername="postgresql")
    return owner.render_as_string(hide_password=False), db.app_url


def _listen(owner_url: str, app_url: str, pipe: Pipe) -> None:
    db = Database(owner_url, app_url)
    with db.transaction(ENGINE) as tx:
        tx.execute(text("select 1"))
    pipe.send("ready")
    while (told := pipe.recv()) is not None:
        job, begin = told
        forget_peak()
        time.sleep(max(0.0, begin - time.monotonic()))
        done = job(db)
        pipe.send(Did(done, time.monotonic() - begin, peak_mb() or 0.0))
    db.close()


# -- workers who are killed ----------------------------------------------------------------------------------


class Doomed(NamedTuple):
    """A worker that works by itself; `holding` is 1 while it holds a claim."""

    process: BaseProcess
    holding: Holding

    def kill_in_claim(self) -> bool:
        """Kill the process while it holds a claim; False if it ended before it held one."""
        while self.process.is_alive():
            if self.holding.value:
                self.process.kill()
                self.process.join()
                return True
            time.sleep(0.001)
        return False


def doomed(db: Database, job: JobOfDoomed) -> Doomed:
    """Start such a worker."""
    holding = _SPAWN.Value("i", 0)
    process = _SPAWN.Process(target=_work_alone, args=(*_addresses(db), job, holding))
    process.start()
    return Doomed(process, holding)


def _work_alone(owner_url: str, app_url: str, job: JobOfDoomed, holding: Holding) -> None:
    db = Database(owner_url, app_url)
    job(db, holding)
    db.close()
