"""What is late or waits too long: found, told to the administrators once a day, and named as to nobody."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from casework.actions import health, runs
from casework.actions.health import Timed
from casework.actions.installation import Installation
from casework.domain import ENGINE
from casework.storage import outbox, people
from casework.storage.outbox import NewMessage
from tests.actions.world import ADMINISTRATOR, URN

pytestmark = pytest.mark.xdist_group("health")

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""A Friday; Thursday's night was due at seven in the evening before."""
DUE = datetime(2026, 11, 19, 19, 0, tzinfo=UTC)


def timetable(*due: datetime | None, by_school: bool = True) -> health.Timetable:
    """The nightly flow, last due then; and one that waits for files."""
    timed: Sequence[Timed] = (
        *(Timed("nightly", "Sweeps", "19:00", by_school, at, NOW) for at in due),
        Timed("registers", "Imports", "when files come in", False, None, None),
    )
    return lambda _: timed


def ran(inst: Installation, on: date, urn: str = URN, flow: str = "nightly") -> None:
    runs.finished(inst, f"{flow}-{urn}-{on}", on, urn)


def finished_at(inst: Installation, at: datetime) -> Installation:
    """The installation with its clock set to a moment."""
    return Installation(inst.db, inst.letters, lambda: at)


@pytest.mark.parametrize(
    ("ran_on", "at", "due", "late"),
    [
        pytest.param(date(2026, 11, 19), DUE + timedelta(minutes=5), DUE, False, id="it ran when it was due"),
        pytest.param(
            date(2026, 11, 18), DUE - timedelta(days=1), DUE, True, id="it ran the night before alone"
        ),
        pytest.param(
            date(2026, 11, 18), DUE + timedelta(hours=2), DUE, True, id="only the day before was made up"
        ),
        pytest.param(date(2026, 11, 19), DUE - timedelta(hours=9), DUE, True, id="by hand, before its time"),
        pytest.param(
            date(2026, 11, 18),
            DUE - timedelta(days=1),
            NOW - timedelta(minutes=59),
            False,
            id="still on its way",
        ),
        pytest.param(
            date(2026, 11, 18), DUE - timedelta(days=1), NOW - timedelta(hours=1), True, id="an hour late"
        ),
        pytest.param(None, DUE, DUE, False, id="what never ran has had no first day yet"),
    ],
)
def test_a_flow_is_late_when_it_has_not_finished_an_hour_after_it_was_due(inst, ran_on, at, due, late):
    if ran_on:
        ran(finished_at(inst, at), ran_on)

    found = health.troubles(inst, timetable(due), NOW)

    assert [(t.what, t.urns) for t in found] == ([("nightly", (URN,))] if late else [])
    (doing, waits) = health.flows(inst, ADMINISTRATOR, timetable(due), NOW)
    assert doing.state == ("late" if late else "on time" if ran_on else "not yet")
    assert waits.state == "waits"


def test_messages_that_ask_for_a_person_and_one_that_waits_too_long_are_trouble(inst):
    with inst.act(ENGINE) as tx:
        for number in range(2):
            new = NewMessage(f"k{number}", "digest", NOW.date(), "x", "x@school.example", "S", "B", "engine")
            outbox.queue(tx, new, NOW - timedelta(hours=2))
        claimed = outbox.claim(tx, NOW)
        assert claimed is not None
        outbox.settle(tx, claimed, "failed")

    found = {t.what: t.says for t in health.troubles(inst, timetable(), NOW)}

    assert found == {
        "messages": "1 messages could not be sent, or did not go in time.",
        "sending": "A message has waited to be sent since Friday 20 November at 08:00.",
    }


def test_each_administrator_is_told_of_each_trouble_once_a_day(inst):
    with inst.act(ENGINE) as tx:
        people.save_officer(tx, "administrator", "Administrator", "admin@school.example")
        people.save_officer(tx, "pastoral", "Pastoral", "pastoral@school.example")
    ran(finished_at(inst, DUE - timedelta(days=1)), date(2026, 11, 18))
    found = health.troubles(inst, timetable(DUE), NOW)

    told = [health.tell(inst, found, at, "health-2026-11-20") for at in (NOW, NOW + timedelta(hours=1))]
    told.append(health.tell(inst, found, NOW + timedelta(days=1), "health-2026-11-21"))

    assert told == [1, 0, 1]
    with inst.act(ENGINE) as tx:
        first, _ = outbox.messages(tx)
    assert (first.to_address, first.subject) == (
        "admin@school.example",
        "casework needs you to look at something",
    )
    assert "casework serve" in first.body
    assert URN in first.body
    assert first.good_until == datetime(2026, 11, 21, tzinfo=UTC)


def test_the_measures_are_numbers_for_a_program(inst):
    ran(finished_at(inst, DUE - timedelta(days=1)), date(2026, 11, 18))

    kept = health.measures(inst, timetable(DUE), NOW)

    assert kept.late == {"nightly": 1}
    assert kept.finished == {"nightly": (DUE - timedelta(days=1)).timestamp()}
    assert (kept.troubles, kept.clocks_overdue) == (1, 0)
