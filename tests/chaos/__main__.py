"""The command: `make chaos SEED=n`, or `python -m tests.chaos`.

A simulated term of an invented trust is lived through twice. The first time nothing happens. The second time
processes are killed, the database is killed and its disk is full, connections are dropped, the clock moves,
files come twice, cut short and in another order. At the end everything that both hold is compared, and the
audit chain walked: nothing may be lost, nothing doubled.

A power cut is only approximated: processes and the database are killed, the machine itself is not.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from casework import config
from casework.actions.installation import open_installation
from casework.actions.policies import policy_of
from casework.config import quiet_environment
from casework.demo.schools import SCHOOLS
from casework.storage import server
from tests.chaos import compared, faults
from tests.chaos.compared import Holding
from tests.chaos.deliveries import Trust
from tests.chaos.lived import Place, Stuck, Term, live
from tests.chaos.term import term

PUPILS = 90
TMPFS = "size=3g,mode=0711"


def main(words: Sequence[str] | None = None) -> int:
    """Live through both terms and compare them; 1 if anything was lost or doubled."""
    asked = _arguments(words)
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    print(f"seed {seed}", flush=True)
    root = Path(tempfile.mkdtemp(prefix="casework-chaos-"))
    root.chmod(0o711)
    try:
        found = run(root, seed, asked.days, prefect=not asked.no_prefect, pupils=asked.pupils)
    except Stuck as error:
        print(f"{error}\nWhat was written down stays in {root}.", file=sys.stderr)
        return 1
    if found or asked.keep:
        print(f"What was written down stays in {root}.", file=sys.stderr)
    else:
        shutil.rmtree(root)
    print("\n".join(found) or "Nothing lost, nothing doubled; every chain and file verifies.")
    return 1 if found else 0


def run(root: Path, seed: int, days: int, *, prefect: bool, pupils: int = PUPILS) -> list[str]:
    """Both terms under a folder; what they do not agree in, in words."""
    trust = Trust(seed, pupils)
    steps = tuple(term(trust, days, prefect=prefect))
    began = time.monotonic()
    for school in SCHOOLS:
        policy_of(school.school)  # Read once, for every process that is forked from this one.
    quiet = Place(root / "undisturbed" / "home", root / "undisturbed" / "notes")
    with installation_at(quiet.home, disk=True):
        live(quiet, Term(steps))
        before, broken = _end(quiet)
    print(f"{len(steps)} steps undisturbed in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    loud = Place(root / "disturbed" / "home", root / "disturbed" / "notes")
    with installation_at(loud.home, disk=True) as disk:
        live(loud, Term(steps, seed, quiet.profiles(), disk))
        after, broken_too = _end(loud)
    print(f"{len(steps)} steps disturbed in {time.monotonic() - began:.0f} s", flush=True)
    print(_told(loud, disk), flush=True)
    print(_held(before), flush=True)
    return [
        *broken,
        *broken_too,
        *compared.differences(before, after),
        *compared.parting(before, after),
    ]


def kills(place: Place) -> int:
    """How many times something was killed."""
    return sum(kind in faults.KILLS for kind in place.said("struck"))


def _end(place: Place) -> tuple[Holding, list[str]]:
    inst = open_installation(config.read())
    try:
        found = compared.holding(place.home)
        (place.notes / "holding.json").write_text(json.dumps(found))
        return found, compared.broken(inst)
    finally:
        inst.db.close()


def _told(place: Place, disk: bool) -> str:
    struck, tricks = Counter(place.said("struck")), Counter(place.said("trick"))
    lines = [f"{kills(place)} kills, {struck.total() - kills(place)} other faults"]
    lines += [f"  {count:5} {kind}" for kind, count in sorted(struck.items())]
    lines += [f"  {count:5} folders of files {kind}" for kind, count in sorted(tricks.items())]
    if not disk:
        lines.append("NOT RUN: the full disk needs root and a file system in memory of its own.")
    return "\n".join(lines)


def _held(holding: Mapping[str, Sequence[str]]) -> str:
    counted = ("event", "clock", "clock_firing", "document", "notice", "case_task", "effect", "absence_call")
    return "Compared: " + ", ".join(f"{len(holding.get(name, ()))} {name}" for name in (*counted, "mark"))


@contextmanager
def installation_at(home: Path, *, disk: bool) -> Iterator[bool]:
    """A home of its own, as durable as a real one; whether it has a small file system to itself."""
    home.mkdir(parents=True)
    mounted = disk and os.geteuid() == 0 and _mount(home)
    kept = dict(os.environ)
    os.environ.update(quiet_environment(home))
    os.environ.update({"CASEWORK_HOME": str(home), "CASEWORK_INBOX": str(home / "inbox")})
    for name in ("DATABASE_URL", "CASEWORK_PREFECT_API_URL", "CASEWORK_BACKUP_FOLDER"):
        os.environ.pop(name, None)
    try:
        yield mounted
    finally:
        faults.ballast(home).unlink(missing_ok=True)
        server.stop(home)
        os.environ.clear()
        os.environ.update(kept)
        if mounted:
            subprocess.run(("umount", home), check=False)


def _mount(home: Path) -> bool:
    command = ("mount", "-t", "tmpfs", "-o", TMPFS, "tmpfs", home)
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="the seed of a run to be repeated")
    parser.add_argument("--days", type=int, default=100, help="the first so many days of the term")
    parser.add_argument("--pupils", type=int, default=PUPILS, help="about how many, over six schools")
    parser.add_argument("--no-prefect", action="store_true", help="no evening on a real Prefect server")
    parser.add_argument("--keep", action="store_true", help="keep what was written down")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
