"""The demo: run twice it doubles nothing; killed at any moment it goes on to the same end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psycopg
import pytest

from casework.demo.desk import Unanswered, answered
from casework.storage import server
from casework.storage.database import NAME

pytestmark = pytest.mark.xdist_group("demo")

CARE = "How can we help while your child is unwell?"
"""What every school sends where illness is all that was missed."""

PUPILS = "60"
SEED = 7

EVERYTHING = {
    "events": 'select case_ref, sequence, kind, on_date, "by", role, flow_run, body, hash from event',
    "letters": "select document_id, template, parent_id, state, issued_sha256, served_on from document",
    "triggers": "select urn, upn, trigger, period, raised_on, cleared_on from trigger_state "
    "join school using (school_id) join pupil using (pupil_id)",
    "marks": "select urn, upn, session_date, half, code from mark",
    "clocks": "select case_ref, clock_id, rule, started_on, due_on, state from clock",
    "effects": "select effect_key, kind, case_ref, flow_run from effect",
    "sweeps": "select urn, as_of, encode(masks, 'hex') from sweep_state join school using (school_id)",
    "runs": "select flow_run, flow, on_date, urn, counts, finished_at is null from flow_record",
    "calls": "select urn, upn, on_date, sessions, tell, state from absence_call "
    "join school using (school_id) join pupil using (pupil_id)",
}
"""All that a demo holds, but for when it was recorded and the numbers that a killed import used up."""


FORMS = (
    "cme_report",
    "education_supervision_order_referral",
    "penalty_notice_request",
    "prosecution_referral",
)


@pytest.fixture(scope="module")
def homes() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="casework-demo-"))
    folder.chmod(0o755)
    yield folder
    for home in folder.iterdir():
        server.stop(home)
    shutil.rmtree(folder, ignore_errors=True)


def demo(home: Path) -> "subprocess.Popen[bytes]":
    """A small demo at work, in a process group of its own."""
    command = (sys.executable, "-c", "from casework.cli import main; main()", "demo", "run")
    options = ("--no-serve", "--pupils", PUPILS, "--out", str(home.parent / f"{home.name}-out"))
    return subprocess.Popen(
        (*command, *options),
        env={**os.environ, "CASEWORK_HOME": str(home), "CASEWORK_DURABLE": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
    )


def finished(home: Path) -> dict[str, object]:
    """The summary of a demo run to its end."""
    process = demo(home)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output.decode()
    found: dict[str, object] = json.loads((home.parent / f"{home.name}-out" / "summary.json").read_text())
    del found["seconds"]
    return found


def held(home: Path) -> dict[str, list[tuple[object, ...]]]:
    running = server.start(home, durable=False)
    with psycopg.connect(running.url(server.SUPERUSER, NAME)) as connection:
        return {
            name: sorted(connection.execute(query).fetchall(), key=repr)  # type: ignore[arg-type]
            for name, query in EVERYTHING.items()
        }


@dataclass(frozen=True)
class Clean:
    """A demo that nobody disturbed, and how long it took."""

    home: Path
    summary: dict[str, object]
    seconds: float


@pytest.fixture(scope="module")
def clean(homes: Path) -> Clean:
    began = time.monotonic()
    summary = finished(homes / "clean")
    return Clean(homes / "clean", summary, time.monotonic() - began)


def test_every_stage_is_to_be_seen(clean: Clean) -> None:
    kinds = clean.summary["events_by_kind"]

    assert isinstance(kinds, dict)
    assert kinds.keys() >= {
        "noticing_started",
        "supportive_actions_started",
        "attendance_contract_agreed",
        "notice_to_improve_issued",
        "penalty_notice_requested",
        "penalty_notice_issued",
        "prosecution_referred",
        "cme_reported",
        "education_supervision_order_referred",
        "hold_placed",
        "hold_lifted",
        "stop_noted",
        "mark_changed",
        "step_declined",
        "case_stepped_down",
        "case_closed",
        "dsl_reviewed",
    }
    assert {"morning", "nightly", "reviews", "documents", "safeguarding", "registers"} <= set(
        clean.summary["flow_runs"]  # type: ignore[call-overload]
    )


def test_every_form_to_the_authority_is_sent(clean: Clean) -> None:
    forms = [(row[1], row[3]) for row in held(clean.home)["letters"] if row[1] in FORMS]

    assert {template for template, _ in forms} == set(FORMS)
    assert {state for _, state in forms} <= {"issued", "served"}, forms


def test_a_question_without_a_recorded_answer_is_not_answered() -> None:
    with pytest.raises(Unanswered, match=r"considerations\.formal_step\.send"):
        list(answered("notice_to_improve", ["considerations.formal_step.send"], {"medical": ("no", "Well.")}))


@pytest.mark.parametrize(
    ("policy", "letters", "duties"),
    [
        pytest.param(
            "music-stuff",
            {
                *("Red Letter 1", "Red Action Letter 2", "Red Action Alert Letter 3a", "Letter 3b"),
                *("Attendance Action Plan", "Calling card"),
            },
            {"start_action_plan", "review_action_plan", "panel_outcome", "calling_card"},
            id="Music Stuff: the colours and the panel",
        ),
        pytest.param(
            "banks-lane",
            {"Attendance and punctuality", "Step 1 letter", "We look forward to seeing you"},
            {"supportive_call", "door_talk", "missing_form"},
            id="Banks Lane: kind words, Step 1, the form on the tenth day",
        ),
        pytest.param(
            "st-chads",
            {
                "Level 1: cause for concern",
                "Level 2: cause for concern",
                "Level 4: we missed you at the meeting",
            },
            {"joint_approach", "weekly_concern", "to_welfare_service"},
            id="St John Bosco: the levels",
        ),
        pytest.param(
            "nether-stowe",
            {"Attendance: can we help?"},
            {"stage_1_contact", "early_help_meeting", "threshold_record"},
            id="Arthur Terry: the stages",
        ),
        pytest.param(
            "magnum-opus", set(), {"targeted_help", "wider_support"}, id="Magnum Opus enforces nothing"
        ),
        pytest.param("national", set(), set(), id="the guidance alone asks nothing more"),
    ],
)
def test_cases_differ_as_the_policies_do(clean: Clean, policy, letters, duties) -> None:
    sent, asked = clean.summary["letters_of_policies"], clean.summary["asked_by_policies"]
    assert isinstance(sent, dict)
    assert isinstance(asked, dict)

    own = {name.partition(": ")[2] for name in sent if name.startswith(f"{policy}: ")}
    found = {name.partition(": ")[2] for name in asked if name.startswith(f"{policy}: ")}

    assert own - {CARE} == letters
    assert duties <= found if duties else not found


def test_run_again_nothing_is_doubled(clean: Clean) -> None:
    before = held(clean.home)

    again = finished(clean.home)

    assert again == clean.summary
    assert held(clean.home) == before


def test_killed_at_any_moment_it_goes_on_to_the_same_end(homes: Path, clean: Clean) -> None:
    home, random = homes / "killed", Random(SEED)
    ended = []
    for share in (random.uniform(0.3, 0.45), random.uniform(0.3, 0.5), random.uniform(0.3, 0.5)):
        process = demo(home)
        time.sleep(share * clean.seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        ended.append(process.returncode)
    assert ended.count(-signal.SIGKILL) >= 2, "it was done before it could be killed"

    summary = finished(home)

    assert summary == clean.summary
    assert held(home) == held(clean.home)
