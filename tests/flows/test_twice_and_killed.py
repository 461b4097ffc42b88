"""Every flow on a real Prefect server and database: run twice it doubles nothing; killed, it goes on."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)

from casework import config
from casework.actions import decide, demonstration, letters, runs, schools, triage
from casework.actions.installation import Installation, open_installation
from casework.config import quiet_environment
from casework.domain import ENGINE
from casework.flows.catch_up import catch_up
from casework.flows.deploying import deploy_all
from casework.flows.documents import documents
from casework.flows.morning import morning
from casework.flows.nightly import nightly
from casework.flows.orchestrator import Orchestrator, orchestrator
from casework.flows.outbox import send_messages
from casework.flows.registers import registers, watch_inbox
from casework.flows.reviews import reviews
from casework.flows.safeguarding import safeguarding
from casework.flows.schedule import FLOWS as FLOWS_SCHEDULED
from casework.flows.spread import spread
from casework.storage import absence, server
from casework.storage.database import NAME
from casework.storage.letterheads import KeptLetterhead
from tests.actions.ladder import noticing
from tests.actions.world import (
    AYLA,
    FIRST_SWEEP,
    HEAD,
    NINTH,
    PASTORAL,
    QUIET,
    ROBIN,
    TEN,
    TOMAS,
    URN,
    bring_in,
    by,
    marks_file,
    one_mark,
    school_files,
)

pytestmark = pytest.mark.xdist_group("prefect")

TUESDAY, WEDNESDAY, THURSDAY, DAY = (date(2026, 11, day) for day in (17, 18, 19, 20))
LATER = date(2026, 12, 1)
COUNTED = (
    "event",
    "effect",
    "document",
    "trigger_state",
    "clock_firing",
    "absence_call",
    "case_file",
    "mark",
    "mark_amendment",
)
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Place:
    """An installation at work, with a Prefect server of its own."""

    home: Path
    inst: Installation
    prefect: Orchestrator

    def counts(self) -> dict[str, int]:
        """How much there is of everything a flow can bring about."""
        running = server.start(self.home, durable=False)
        with psycopg.connect(running.url(server.SUPERUSER, NAME)) as connection:
            return {name: _count(connection, name) for name in COUNTED}

    def asked(self, of: str) -> list[dict[str, Any]]:
        """What the Prefect server knows of one kind, such as `flow_runs`, oldest first."""
        auth = tuple(self.prefect.auth_string.split(":", 1))
        sort = {"sort": "START_TIME_ASC"} if of == "flow_runs" else {}
        answer = httpx.post(f"{self.prefect.api_url}/{of}/filter", json=sort, auth=auth)  # type: ignore[arg-type]
        return list(answer.json())

    def finished(self) -> dict[str, str]:
        """The state of each flow run that the Prefect server knows, by its name; the latest of each."""
        return {run["name"]: run["state_name"] for run in self.asked("flow_runs")}

    def bring_in(self, name: str, *files: tuple[str, bytes], on: date) -> None:
        """Import some files through the flow."""
        folder = self.home / "files" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, data in files:
            (folder / file).write_bytes(data)
        now = datetime(on.year, on.month, on.day, 15, 0, tzinfo=UTC)
        registers(folder=str(folder), files=[file for file, _ in files], name=name, now=now)


def _count(connection: "psycopg.Connection[tuple[object, ...]]", table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(str(row[0]))


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """The small school, brought in, swept for the first time, with two cases and a letter approved."""
    home = Path(tempfile.mkdtemp(prefix="casework-flows-"))
    kept = dict(os.environ)
    os.environ.update(quiet_environment(home) | {"CASEWORK_HOME": str(home), "CASEWORK_DURABLE": "0"})
    settings = config.read()
    inst = open_installation(settings)
    try:
        with orchestrator(settings, inst.db.prefect_url) as prefect:
            known = {
                PREFECT_API_URL: prefect.api_url,
                PREFECT_API_AUTH_STRING: prefect.auth_string,
                PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
            }
            with temporary_settings(known):
                found = Place(home, inst, prefect)
                _begin(found)
                yield found
    finally:
        inst.db.close()
        server.stop(home)
        os.environ.clear()
        os.environ.update(kept)
        shutil.rmtree(home, ignore_errors=True)


def _begin(place: Place) -> None:
    inst = place.inst
    place.bring_in("school", *school_files(), on=DAY)
    for officer in (PASTORAL, HEAD):
        demonstration.add_officer(inst, officer, "four plain words together")
    address = ("1 Invented Lane", "Nowhere", "ZZ1 1ZZ")
    kept = KeptLetterhead(address, "01632 960 000", "School days, 8am to 4pm")
    schools.set_letterhead(inst, HEAD, URN, kept)
    nightly(on=FIRST_SWEEP)
    ref = [triage.accept(inst, by(PASTORAL, FIRST_SWEEP), URN, upn).ref for upn in (AYLA, ROBIN)][-1]
    decide.decide(inst, ref, "noticing", noticing())
    for letter in letters.letters_of(inst, PASTORAL, ref):
        letters.approve(inst, by(PASTORAL, FIRST_SWEEP), letter.document.document_id)
    place.bring_in("unexplained", one_mark(TOMAS, "2026-11-16 PM", "N"), on=FIRST_SWEEP)


def ten_for_tomas(place: Place) -> None:
    """Ten absences of Tomas come in, so that the next sweep has a case to open."""
    rows = (f"{TOMAS},{URN},{day},{half},O" for day, half in map(str.split, TEN))
    place.bring_in("ten", marks_file(*rows), on=FIRST_SWEEP)


def _ten_more(on: date) -> list[tuple[str, bytes]]:
    """Ten absences of a pupil who had none, another one for each day."""
    pupil = {WEDNESDAY: QUIET, THURSDAY: NINTH}[on]
    return [marks_file(*(f"{pupil},{URN},{day},{half},O" for day, half in map(str.split, TEN)))]


FLOWS: tuple[tuple[str, str, Callable[[], object], str], ...] = (
    ("safeguarding", "safeguarding-2026-11-17", lambda: safeguarding(on=TUESDAY), "effect"),
    ("morning", f"morning-{FIRST_SWEEP}", lambda: morning(on=FIRST_SWEEP, late=False), "absence_call"),
    ("documents", "documents-2026-11-17", lambda: documents(on=TUESDAY), "event"),
    ("reviews", f"reviews-{LATER}", lambda: reviews(on=LATER), "event"),
)


@pytest.mark.parametrize(
    ("name", "run", "call", "brings"), [pytest.param(*flow, id=flow[0]) for flow in FLOWS]
)
def test_a_flow_run_twice_doubles_nothing(place, name, run, call, brings):
    before = place.counts()

    call()
    once, did = place.counts(), runs.last(place.inst)[name].counts
    call()

    assert once[brings] > before[brings], "the flow brought nothing about, so this proves nothing"
    assert any(did.values()), "what it did is not counted"
    assert (place.counts(), runs.last(place.inst)[name].counts) == (once, did)
    assert place.finished()[run] == "Completed"


def test_an_import_and_its_sweep_done_twice_double_nothing(place):
    ten_for_tomas(place)
    once = place.counts()

    ten_for_tomas(place)

    assert place.counts() == once


def test_files_of_a_day_before_the_last_sweep_are_swept_as_of_that_sweep(place):
    nightly(on=TUESDAY)

    place.bring_in("late", one_mark(TOMAS, "2026-11-13 AM", "O"), on=FIRST_SWEEP)

    assert place.finished()["registers-late"] == "Completed"


def test_every_effect_of_a_flow_names_its_run(place):
    running = server.start(place.home, durable=False)
    with psycopg.connect(running.url(server.SUPERUSER, NAME)) as connection:
        found = connection.execute("select distinct flow_run from event where \"by\" = 'engine'").fetchall()

    named = {str(run) for (run,) in found}
    assert named
    assert "" not in named


KILLED = """
import os, signal
from datetime import date
from casework.actions import sweeping
from casework.flows.nightly import nightly
from casework.storage import triggers

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

{where} = killed
nightly(on=date({on}))
"""


@pytest.mark.parametrize(
    ("on", "where", "opened"),
    [
        pytest.param(WEDNESDAY, "sweeping.stored.save_sweep_state", 0, id="inside its transaction"),
        pytest.param(THURSDAY, "sweeping.log.info", 1, id="before its run is recorded"),
    ],
)
def test_a_sweep_killed_on_its_way_is_done_by_the_next(place, on, where, opened):
    bring_in(place.inst, *_ten_more(on), on=FIRST_SWEEP)
    before = place.counts()
    script = KILLED.format(where=where, on=f"{on.year}, {on.month}, {on.day}")

    ended = subprocess.run(
        (sys.executable, "-c", script),
        env={**os.environ, **place.prefect.environment},
        cwd=ROOT,
        timeout=120,
        check=False,
        capture_output=True,
    )
    after = place.counts()
    nightly(on=on)
    once = place.counts()
    nightly(on=on)

    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert after["case_file"] - before["case_file"] == opened
    assert once["case_file"] - before["case_file"] == 1
    assert place.counts() == once
    assert runs.done(place.inst, f"nightly-{URN}-{on}")
    assert runs.last(place.inst)["nightly"].counts["opened"] == 1, "what the killed run did is not counted"


def test_days_on_which_nothing_ran_are_caught_up_once(place, monkeypatch):
    """The day's calls are kept as missed, not made late; everything else is done as of its own day."""
    for name in ("safeguarding", "morning", "nightly", "reviews"):
        for item in FLOWS_SCHEDULED:
            if item.name == name:
                item.flow(on=THURSDAY)
    thursday = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
    watch_inbox(now=thursday)
    send_messages(now=thursday)
    place.bring_in("unexplained on Friday", one_mark(TOMAS, f"{DAY} AM", "N"), on=DAY)
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    caught = catch_up(now=monday)
    after = place.counts()

    assert caught["morning"] == caught["nightly"] == 1
    assert caught["inbox"] == caught["outbox"] == 1, "they take no day, and are run once"
    with place.inst.act(ENGINE) as tx:
        assert [(call.upn, call.state) for call in absence.calls(tx, URN, DAY)] == [(TOMAS, "missed")]
    assert runs.last_days(place.inst)["nightly", URN] == DAY
    assert catch_up(now=monday) == {}
    assert place.counts() == after


def test_each_schools_run_is_asked_for_once_of_whichever_worker_is_free(place):
    for _ in range(2):
        deploy_all(config.read(), "casework", 4)
    for _ in range(2):
        spread(of="nightly", on=DAY)

    crons = {
        found["entrypoint"]: [item["schedule"]["cron"] for item in found["schedules"]]
        for found in place.asked("deployments")
        if found["name"] in ("nightly", "reviews")
    }
    assert crons["casework.flows.nightly.nightly"] == [], "a night of all schools would be one worker's"
    assert crons["casework.flows.reviews.reviews"] == ["15 6,12,16 * * *"]
    assert [rule["name"] for rule in place.asked("automations")] == ["casework: runs not heard of"]
    assert [name for name in place.finished() if name.startswith("nightly-")].count(
        f"nightly-{URN}-{DAY}"
    ) == 1
