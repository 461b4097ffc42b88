"""A link that is cut: `python -m tests.chaos.cut_link`, as root.

Two workers in network namespaces of their own, and the database on the network between them. The link of one
is cut in the middle of a school's sweep, which still holds the school for itself; the other is asked for the
same sweep. It must get the school within a minute or two and end it once, and the first must find its work
undone when its link is back.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from casework.demo.schools import PRIMARY
from casework.flows.nightly import nightly
from casework.storage import server
from casework.storage.database import APP, NAME
from tests.chaos import compared
from tests.chaos.__main__ import installation_at
from tests.chaos.compared import Holding
from tests.chaos.lived import Place
from tests.chaos.machines import DAY, brought_in, holding_of, until
from tests.flows_in_process import in_process

HERE, NET = "10.213.0.1", "10.213.0"
BRIDGE, ONE, OTHER = "casework-br", "casework-one", "casework-other"
URN = PRIMARY.urn
WITHIN = 180.0
"""Seconds in which the other worker must be done: a dead link is noticed after half a minute."""
NIGHT = f"""
from datetime import date
from casework.flows.nightly import nightly
from tests.flows_in_process import in_process
with in_process():
    nightly(on=date.fromisoformat("{DAY}"), urn="{URN}")
"""


def main() -> int:
    """1 if the other worker never got the school, or anything was lost or doubled."""
    if os.geteuid() != 0 or shutil.which("ip") is None or not _namespaces():
        print("NOT RUN: the cut link needs root, and the program ip with network namespaces.")
        return 0
    root = Path(tempfile.mkdtemp(prefix="casework-link-"))
    root.chmod(0o711)
    place = Place(root / "alone" / "home", root / "alone")
    with installation_at(place.home, disk=False), in_process():
        inst = brought_in(place)
        nightly(on=DAY, urn=URN)
        alone = holding_of(inst, place)
    cut, seconds = _cut(Place(root / "cut" / "home", root / "cut"))
    print(f"The other worker was done {seconds:.0f} s after the link was cut.")
    found = [*compared.differences(alone, cut), *compared.parting(alone, cut)]
    print("\n".join(found) or "The sweep ended once; nothing lost, nothing doubled.")
    shutil.rmtree(root)
    return 1 if found else 0


def _cut(place: Place) -> tuple[Holding, float]:
    with installation_at(place.home, disk=False), ExitStack() as stack:
        with in_process():
            brought_in(place).db.close()
        server.stop(place.home)
        stack.enter_context(_network())
        with _on_the_network(place.home):
            url = f"postgresql://{server.SUPERUSER}@{HERE}/{NAME}"
            with psycopg.connect(url) as held, psycopg.connect(url, autocommit=True) as asked:
                held.execute("select pg_advisory_lock(hashtext('sweep'), hashtext(%s))", (URN,))
                one = stack.enter_context(_worker(place, ONE))
                until(lambda: _waits(asked), "the first worker has begun its sweep")
                _ip("-n", ONE, "link", "set", "eth0", "down")
            began = time.monotonic()
            other = stack.enter_context(_worker(place, OTHER))
            if other.wait(timeout=WITHIN):
                raise RuntimeError(f"The other worker failed: see {place.notes}")
            seconds = time.monotonic() - began
            _ip("-n", ONE, "link", "set", "eth0", "up")
            if one.wait(timeout=WITHIN) == 0:
                raise RuntimeError("The worker whose link was cut took its sweep for done.")
        found = compared.holding(place.home)
    return found, seconds


def _waits(asked: "psycopg.Connection[tuple[object, ...]]") -> bool:
    waiting = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
    return asked.execute(waiting).fetchone() == (True,)


@contextmanager
def _worker(place: Place, network: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The night of one school, in a process on one of the networks."""
    environment = {
        **os.environ,
        "CASEWORK_HOME": str(place.home / network),
        "DATABASE_URL": f"postgresql://{server.SUPERUSER}@{HERE}/{NAME}",
        "DATABASE_APP_URL": f"postgresql://{APP}@{HERE}/{NAME}",
    }
    command = ("ip", "netns", "exec", network, sys.executable, "-c", NIGHT)
    with (place.notes / f"{network}.log").open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def _on_the_network(home: Path) -> Iterator[None]:
    """The home's database server, listening on the bridge."""
    data = home / "pg18"
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {NET}.0/24 trust\n")
    options = f"-c listen_addresses={HERE} -c unix_socket_directories={data}"
    control = (server.program("pg_ctl"), "-D", data, "-w", "-l", data / "log")
    account = {"user": data.stat().st_uid, "group": data.stat().st_gid, "cwd": "/"}
    subprocess.run((*control, "-o", options, "start"), check=True, stdout=subprocess.DEVNULL, **account)  # type: ignore[call-overload]
    try:
        yield
    finally:
        subprocess.run(
            (*control, "-m", "immediate", "stop"), check=True, stdout=subprocess.DEVNULL, **account
        )  # type: ignore[call-overload]


@contextmanager
def _network() -> Iterator[None]:
    """A bridge, and two namespaces with a link to it each."""
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{HERE}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number, name in enumerate((ONE, OTHER), 2):
            end = f"casework-v{number}"
            _ip("netns", "add", name)
            _ip("link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", name)
            _ip("link", "set", end, "master", BRIDGE, "up")
            _ip("-n", name, "addr", "add", f"{NET}.{number}/24", "dev", "eth0")
            _ip("-n", name, "link", "set", "eth0", "up")
            _ip("-n", name, "link", "set", "lo", "up")
        yield
    finally:
        for name in (ONE, OTHER):
            _ip("netns", "del", name, check=False)
        _ip("link", "del", BRIDGE, check=False)


def _namespaces() -> bool:
    made = _ip("netns", "add", f"{ONE}-try", check=False)
    _ip("netns", "del", f"{ONE}-try", check=False)
    return made


def _ip(*words: str, check: bool = True) -> bool:
    return subprocess.run(("ip", *words), check=check, capture_output=True).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
