"""A term lived through by processes that die: each begins where the last one was, until all of it is done.

The processes are forked from one that has opened nothing. What was done is a line in a file; a step whose end
was not written down is done again, as a person or a scheduler would.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from unittest.mock import patch

from casework import config
from casework.actions import installation
from casework.flows.registers import bring_in
from tests.chaos import faults
from tests.chaos.deliveries import Drop
from tests.chaos.faults import Fault, Profile, Strikes
from tests.chaos.term import Step, deliver, on_prefect
from tests.flows_in_process import in_process

STUCK_AFTER = 300.0
"""Seconds without a sign of a process after which it counts as stuck."""
IN_VAIN = 12
"""Processes that may end one after another without any step done."""
TRICKS = {"cut short": 0.08, "twice": 0.1}
"""How often a folder of files comes in another way than whole, once and in time."""


class Stuck(Exception):
    """A term cannot go on; the message says at which step, and where to read on."""


@dataclass(frozen=True)
class Place:
    """Where a term is lived through, and what is written down of it."""

    home: Path
    notes: Path

    @property
    def inbox(self) -> Path:
        """Where the schools' files arrive."""
        return self.home / "inbox"

    def say(self, line: str) -> None:
        """Write a line down for good: the next process reads it."""
        with (self.notes / "progress").open("a") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())

    def said(self, word: str) -> list[str]:
        """The lines that begin with a word, without it."""
        path = self.notes / "progress"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line.partition(" ")[2] for line in lines if line.partition(" ")[0] == word]

    def profiles(self) -> dict[str, Profile]:
        """What each step came to, by its name."""
        found = {}
        for line in self.said("profile"):
            counts, _, name = line.partition(" | ")
            found[name] = Profile(**json.loads(counts))
        return found


@dataclass(frozen=True)
class Term:
    """The steps, and how they are disturbed: not at all without a seed."""

    steps: Sequence[Step]
    seed: int | None = None
    profiles: dict[str, Profile] | None = None
    disk: bool = False

    def fault(self, step: Step, attempt: int) -> Fault | None:
        """What happens to a step at an attempt."""
        if self.seed is None or self.profiles is None:
            return None
        return faults.chosen(self.seed, step, attempt, self.profiles.get(step.name), disk=self.disk)

    def trick(self, drop: Drop) -> str:
        """How a folder of files comes: empty for whole, once and in time."""
        if self.seed is None or not drop.name.startswith("feed-"):
            return ""
        drawn = Random(f"casework chaos trick {self.seed} {drop.name}").random()
        for name, share in TRICKS.items():
            if drawn < share:
                return name
            drawn -= share
        return ""


def live(place: Place, term: Term) -> None:
    """Live through a term, however many processes it takes.

    Raises:
        Stuck: A process hung, or many ended one after another without doing anything.
    """
    place.notes.mkdir(parents=True, exist_ok=True)
    in_vain = 0
    while left := [step for step in term.steps if step.name not in set(place.said("done"))]:
        before = len(place.said("done"))
        code = _wait(place, _fork(place, term, left), left[0])
        faults.ballast(place.home).unlink(missing_ok=True)
        place.say(f"ended {code}")
        two = place.said("two")
        if code == _TWO:
            step = next(step for step in left if step.name == two[-1])
            together = [_fork(place, replace(term, seed=None), [step], note=False) for _ in range(2)]
            if [_wait(place, pid, step) for pid in together] == [0, 0]:
                place.say(f"done {step.name}")
        in_vain = 0 if len(place.said("done")) > before else in_vain + 1
        if in_vain > IN_VAIN:
            raise Stuck(f"{left[0].name} is never done: see {place.notes / 'errors'}")


_TWO = 75
"""How a process ends whose next step is to be done by two at once."""


def _fork(place: Place, term: Term, steps: Sequence[Step], *, note: bool = True) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        errors = os.open(place.notes / "errors", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(errors, sys.stdout.fileno())
        os.dup2(errors, sys.stderr.fileno())
        code = _Child(place, term).through(steps, note=note)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait(place: Place, pid: int, step: Step) -> int:
    """How a process ended; a negative number is the signal that ended it."""
    began = time.monotonic()
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        progress = place.notes / "progress"
        still = time.time() - progress.stat().st_mtime if progress.exists() else 0.0
        if min(still, time.monotonic() - began) > STUCK_AFTER:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise Stuck(f"{step.name} hangs: see {place.notes / 'errors'}")
        time.sleep(0.005)


class _Child:
    """One process of the installation, from its start to its end, whichever it is."""

    def __init__(self, place: Place, term: Term) -> None:
        self.place, self.term = place, term
        self.strikes = Strikes(place.home, place.say)
        self.at = term.steps[0].at

    def _now(self) -> datetime:
        return self.at + self.strikes.moved

    def through(self, steps: Sequence[Step], *, note: bool) -> int:
        settings = config.read()
        attempts = Counter(self.place.said("begin"))
        with patch.object(installation, "utc_now", self._now):
            inst = installation.open_installation(settings)
        for step in steps:
            self.at = step.at
            if step.run is None:
                with in_process():
                    self._deliver(step)
                self.place.say(f"done {step.name}")
                continue
            fault = self.term.fault(step, attempts[step.name])
            if note:
                self.place.say(f"begin {step.name}")
                if fault and fault.kind == "two at once":
                    self.place.say(f"two {step.name}")
                    self.place.say("struck two at once")
                    return _TWO
                with in_process():
                    self._deliver_again(step)
            if fault and fault.kind == "clock moved":
                self.place.say("struck clock moved")
            counted = self._run(inst, step, fault)
            if note:
                if self.term.seed is None:
                    self.place.say(f"profile {json.dumps(asdict(counted))} | {step.name}")
                self.place.say(f"done {step.name}")
            faults.ballast(self.place.home).unlink(missing_ok=True)
        return 0

    def _run(self, inst: installation.Installation, step: Step, fault: Fault | None) -> Profile:
        assert step.run is not None
        began = time.monotonic()
        if step.prefect:
            with on_prefect(config.read(), inst) as server_pid, self.strikes.during(fault, server_pid):
                began = time.monotonic()
                step.run(inst)
                took = time.monotonic() - began
        else:
            with in_process(), self.strikes.during(fault):
                step.run(inst)
                self.strikes.ended()
                took = time.monotonic() - began
        return replace(self.strikes.counted, milliseconds=int(took * 1000))

    # -- files, which come from outside and are not undone by any crash

    def _deliver(self, step: Step) -> None:
        """The folders of this hour: in another order, and some cut short first."""
        drops = list(step.delivers)
        if self.term.seed is not None:
            Random(f"casework chaos order {self.term.seed} {step.name}").shuffle(drops)
        for number, drop in enumerate(drops):
            trick = self.term.trick(drop)
            sent = replace(drop, name=f"{number}-{drop.name}") if self.term.seed is not None else drop
            if trick == "cut short":
                self.place.say("trick cut short")
                deliver(self.place.inbox, (cut_short(sent),), step.at)
                bring_in(step.at)
            deliver(self.place.inbox, (sent,), step.at)

    def _deliver_again(self, step: Step) -> None:
        """In the evening some folders come a second time."""
        if self.term.seed is None or not step.name.endswith("1800 inbox"):
            return
        day = step.name.partition(" ")[0]
        for earlier in self.term.steps:
            for drop in earlier.delivers if earlier.name.startswith(f"{day} ") else ():
                if self.term.trick(drop) == "twice":
                    self.place.say("trick twice")
                    deliver(self.place.inbox, (replace(drop, name=f"again-{drop.name}"),), step.at)


def cut_short(drop: Drop) -> Drop:
    """The same folder with its last file cut in the middle of a row."""
    files = dict(drop.files)
    name = max(files)
    whole = files[name]
    end = whole.rfind(b"\r\n", 0, max(2, len(whole) * 2 // 3))
    files[name] = whole[: end + 2 + 20] if end > 0 else whole[: len(whole) // 2]
    return replace(drop, files=files)
