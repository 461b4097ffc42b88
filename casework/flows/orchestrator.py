"""A Prefect server of our own, on the installation's PostgreSQL, for as long as the program runs.

The server is a child process that dies with its parent, however the parent ends; one that was left behind is
found by its pid file and stopped before another starts. Nothing leaves the machine: telemetry and update
checks are off, and the API answers on the loopback address alone, behind a secret of this installation.
"""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from casework.config import Settings, quiet_environment
from casework.domain import CaseworkError

START_WITHIN = 120.0
"""Seconds a server may take to answer; it takes about six on a quiet machine."""


class OrchestratorFailed(CaseworkError):
    """The Prefect server did not come up."""

    def __init__(self, log: Path) -> None:
        self.log = log
        super().__init__(f"The Prefect server did not start. Its own words are at the end of {log}.")


@dataclass(frozen=True, slots=True)
class Orchestrator:
    """Where the Prefect API answers, and what a client needs to be let in."""

    api_url: str
    auth_string: str

    @property
    def environment(self) -> dict[str, str]:
        """What a child process needs to talk to this server."""
        return {"PREFECT_API_URL": self.api_url, "PREFECT_API_AUTH_STRING": self.auth_string}


@contextmanager
def orchestrator(settings: Settings, database_url: str) -> Iterator[Orchestrator]:
    """Start the installation's Prefect server, or use the one that CASEWORK_PREFECT_API_URL names.

    Args:
        settings: The installation.
        database_url: Prefect's own database, as its role, for asyncpg.

    Raises:
        OrchestratorFailed: The server did not answer in time.
    """
    if settings.prefect_api_url:
        yield Orchestrator(settings.prefect_api_url, os.environ.get("PREFECT_API_AUTH_STRING", ""))
        return
    home = settings.home / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    pid_file, log = home / "server.pid", home / "server.log"
    _stop_left_behind(pid_file)
    place = Orchestrator(f"http://127.0.0.1:{_free_port()}/api", _secret(home / "secret"))
    environment = {
        **os.environ,
        **quiet_environment(settings.home),
        "PREFECT_API_DATABASE_CONNECTION_URL": database_url,
        "PREFECT_SERVER_API_AUTH_STRING": place.auth_string,
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    }
    port = place.api_url.rsplit(":", 1)[1].removesuffix("/api")
    command = (sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port)
    with log.open("wb") as out, child((*command, "--no-ui"), environment, out.fileno()) as process:
        pid_file.write_text(f"{process.pid} {psutil.Process(process.pid).create_time()}")
        _wait_until_up(place, process, log)
        try:
            yield place
        finally:
            pid_file.unlink(missing_ok=True)


@contextmanager
def child(
    command: tuple[str, ...], environment: Mapping[str, str], out: int
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own that dies with this one; ended, then killed, on leaving."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )
    try:
        yield process
    finally:
        _end(process.pid)
        process.wait(timeout=30)


_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _end(pid: int) -> None:
    """End a process and what it started: a Prefect process may need asking twice."""
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for ask in (psutil.Process.terminate, psutil.Process.terminate, psutil.Process.kill):
        for process in family:
            try:
                ask(process)
            except psutil.NoSuchProcess:
                continue
        _, family = psutil.wait_procs(family, timeout=4)
        if not family:
            return


def _stop_left_behind(pid_file: Path) -> None:
    try:
        pid, started = pid_file.read_text().split()
        if psutil.Process(int(pid)).create_time() == float(started):
            _end(int(pid))
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        pass
    pid_file.unlink(missing_ok=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _secret(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("casework:" + secrets.token_urlsafe(24))
    return path.read_text()


def _wait_until_up(place: Orchestrator, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_WITHIN
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise OrchestratorFailed(log)
        try:
            with urllib.request.urlopen(place.api_url + "/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise OrchestratorFailed(log)
