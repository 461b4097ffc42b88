"""What is done to a step: chosen by the seed, the step and the attempt alone, so that a seed repeats a run.

A fault strikes at the Nth statement of the step, before or after its Nth commit, or after some milliseconds;
how many statements, commits and milliseconds the step has is known from the undisturbed run. Only faults
after some milliseconds may strike elsewhere when a seed is run again.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from casework.storage import server
from tests.chaos.term import Step

STRIKES = (0.42, 0.3, 0.2, 0.1)
"""How likely a fault is at a step's first attempt, its second ...; after these it is left in peace."""

KINDS = {
    "kill at a statement": 34,
    "kill before a commit": 12,
    "kill after a commit": 18,
    "kill after a time": 8,
    "database killed": 7,
    "database stopped at once": 5,
    "connections dropped": 7,
    "disk full": 4,
    "clock moved": 4,
    "two at once": 6,
}
KILLS = (
    *(kind for kind in KINDS if kind.startswith("kill")),
    *("database killed", "database stopped at once", "Prefect killed"),
)
"""The faults that kill something."""
TWO_AT_ONCE = ("reviews", "safeguarding", "inbox", "morning", "nightly", "documents", "catch_up")


@dataclass
class Profile:
    """What a step comes to when nothing disturbs it."""

    statements: int = 0
    commits: int = 0
    milliseconds: int = 0


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, and where in its step."""

    kind: str
    place: int = 0


def chosen(seed: int, step: Step, attempt: int, profile: Profile | None, *, disk: bool) -> Fault | None:
    """What happens to a step at an attempt."""
    if profile is None or attempt >= len(STRIKES) or not profile.statements:
        return None
    drawn = Random(f"casework chaos fault {seed} {step.name} {attempt}")
    if drawn.random() >= STRIKES[attempt]:
        return None
    if step.prefect:
        if attempt == 0:
            return Fault("Prefect killed", drawn.randrange(1, max(2, profile.milliseconds)))
        return Fault("kill at a statement", drawn.randint(1, profile.statements))
    (kind,) = drawn.choices(list(KINDS), weights=list(KINDS.values()))
    possible = {"disk full": disk, "two at once": step.kind in TWO_AT_ONCE}
    if not possible.get(kind, True):
        kind = "kill at a statement"
    match kind:
        case "kill before a commit" | "kill after a commit":
            return Fault(kind, drawn.randint(1, max(1, profile.commits)))
        case "kill after a time":
            return Fault(kind, drawn.randrange(1, max(2, profile.milliseconds)))
        case "clock moved":
            return Fault(kind, drawn.choice((-30, -1, 1, 400)))
        case "two at once":
            return Fault(kind)
    return Fault(kind, drawn.randint(1, profile.statements))


class Strikes:
    """Counts the statements and commits of the step that runs, and strikes where its fault says."""

    def __init__(self, home: Path, said: Callable[[str], None]) -> None:
        self.home, self.said = home, said
        self.counted = Profile()
        self.fault: Fault | None = None
        self.moved = timedelta()
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._commit)
        self._after_commit = 0

    @contextmanager
    def during(self, fault: Fault | None, server_pid: Path | None = None) -> Iterator[None]:
        """While a step runs."""
        self.counted, self.fault, self._after_commit = Profile(), fault, 0
        self.moved = timedelta(days=fault.place) if fault and fault.kind == "clock moved" else timedelta()
        timer = self._timer(server_pid)
        if timer is not None:
            timer.start()
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()
            self.fault, self.moved = None, timedelta()

    def _timer(self, server_pid: Path | None) -> threading.Timer | None:
        if self.fault is None:
            return None
        if self.fault.kind == "kill after a time":
            return threading.Timer(self.fault.place / 1000, self._die)
        if self.fault.kind == "Prefect killed" and server_pid is not None:
            return threading.Timer(self.fault.place / 1000, self._kill_prefect, (server_pid,))
        return None

    def _statement(self, *_: Any) -> None:
        self.counted.statements += 1
        fault = self.fault
        if fault is None:
            return
        if self._after_commit and fault.kind == "kill after a commit":
            self._die()
        if self.counted.statements != fault.place:
            return
        match fault.kind:
            case "kill at a statement":
                self._die()
            case "database killed":
                self._strike_server(signal.SIGKILL)
            case "database stopped at once":
                self._strike_server(signal.SIGQUIT)
            case "connections dropped":
                self.said("struck connections dropped")
                self._drop_connections()
            case "disk full":
                self.said("struck disk full")
                fill(self.home)

    def _commit(self, *_: Any) -> None:
        self.counted.commits += 1
        if self.fault and self.counted.commits == self.fault.place:
            if self.fault.kind == "kill before a commit":
                self._die()
            self._after_commit = self.counted.commits

    def ended(self) -> None:
        """The step came to its end: one that was to be killed after its last commit is killed now."""
        if self._after_commit and self.fault and self.fault.kind == "kill after a commit":
            self._die()

    def _die(self) -> None:
        assert self.fault is not None
        self.said(f"struck {self.fault.kind}")
        os.kill(os.getpid(), signal.SIGKILL)

    def _strike_server(self, how: signal.Signals) -> None:
        assert self.fault is not None
        self.said(f"struck {self.fault.kind}")
        os.kill(postmaster(self.home), how)

    def _kill_prefect(self, server_pid: Path) -> None:
        if server_pid.exists():
            self.said("struck Prefect killed")
            os.kill(int(server_pid.read_text().split()[0]), signal.SIGKILL)

    def _drop_connections(self) -> None:
        running = server.start(self.home)
        with psycopg.connect(running.url(server.SUPERUSER, "postgres")) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename like 'casework%'"
            )


def postmaster(home: Path) -> int:
    """The process of the home's own database server."""
    return int((home / "pg18" / "postmaster.pid").read_text().split("\n", 1)[0])


def fill(home: Path) -> None:
    """Leave not one free block on the file system of a home."""
    free = os.statvfs(home)
    with ballast(home).open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize))


def ballast(home: Path) -> Path:
    """The file that takes up all the room there is."""
    return home / "ballast"
