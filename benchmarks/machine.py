"""The machine a run was made on: named in every result, never part of a goal."""

import os
import platform
import re
import subprocess
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import psycopg

_SETTINGS = (
    "shared_buffers",
    "work_mem",
    "maintenance_work_mem",
    "max_wal_size",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "max_parallel_workers_per_gather",
    "jit",
    "data_checksums",
)
_PACKAGES = ("numpy", "psycopg", "SQLAlchemy", "docxtpl", "lxml")


def describe(url: str) -> dict[str, Any]:
    """The processor, the versions and the database's settings."""
    with psycopg.connect(url) as connection:
        settings = {name: connection.execute(f"show {name}").fetchone() for name in _SETTINGS}
        postgres = connection.info.parameter_status("server_version")
    return {
        "cpu": _processor(),
        "cores": cores(),
        "python": platform.python_version(),
        "postgres": postgres,
        "settings": {name: row[0] for name, row in settings.items() if row},
        **{name.lower(): version(name) for name in _PACKAGES},
    }


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> float:
    """The load of the last minute."""
    return round(os.getloadavg()[0], 2)


def server_process(url: str) -> int:
    """The process that all of a local database server's own processes come from."""
    with psycopg.connect(url) as connection:
        return psutil.Process(connection.info.backend_pid).ppid()


def processor_seconds(server: int) -> float:
    """The processor time that this process and a database server have used: waiting for either adds nothing.

    To the nanosecond where the system tells it; of processes that have ended, to the hundredth of a second.
    """
    root = psutil.Process(server)
    ended = root.cpu_times()
    ours = time.process_time()
    return ours + ended.children_user + ended.children_system + sum(map(_ran, [root, *root.children()]))


def _ran(process: psutil.Process) -> float:
    told = Path(f"/proc/{process.pid}/schedstat")
    try:
        if told.exists():
            return int(told.read_text().split()[0]) / 1e9
        times = process.cpu_times()
    except (OSError, psutil.Error):
        return 0.0
    return float(times.user + times.system)


def peak_mb() -> float | None:
    """The most memory this process has held since `forget_peak`; None where the system does not say."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else None


def forget_peak() -> None:
    """Start a new peak of memory, where the system allows it."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def commit() -> str:
    """The commit of the checkout, with a plus sign if files have changed since; empty outside one."""
    root = Path(__file__).parent.parent
    try:
        head = _git(root, "rev-parse", "--short=12", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", "casework", "benchmarks")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head}+" if changed else head


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    return found[1] if found else platform.processor()
