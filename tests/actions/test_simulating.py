"""The policy lab over a stored school: it says what the engine does on those days, and changes nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from casework.actions import simulating, sweeping, triage
from casework.actions.installation import Installation
from casework.actions.simulating import CannotReplay, Question, SchoolHeld, simulate
from casework.domain import ENGINE, Case, CaseworkError, Event, NotFound
from casework.domain import events as e
from casework.rules.duties import KEY
from casework.storage import cases, schools
from tests.actions.world import AYLA, PASTORAL, ROBIN, TOMAS, URN, bring_in, by, marks_file
from tests.law_calendar import law_calendar

FIRST, LAST = date(2026, 9, 14), date(2026, 11, 16)
AWAY_AGAIN = ("2026-09-21..2026-09-25 I", "2026-10-01 I", "2026-10-05 I", "2026-10-07 I", "2026-10-12 O")


def under(inst: Installation, pack: str) -> None:
    """Give the school a policy, and Tomas a few illnesses, a day away and lates of his own."""
    with inst.act(ENGINE) as tx:
        schools.save_schools(tx, [replace(schools.school(tx, URN), policy=pack)])
    rows = []
    for spell in AWAY_AGAIN:
        span, code = spell.split()
        first, _, last = span.partition("..")
        days = date.fromisoformat(first), date.fromisoformat(last or first)
        rows += [
            f"{TOMAS},{URN},{session.date},{session.half.value},{code}"
            for session in law_calendar().sessions_between(*days)
        ]
    rows += [f"{TOMAS},{URN},2026-11-{day:02},AM,L" for day in (3, 4, 5, 6)]
    bring_in(inst, marks_file(*rows))


def of_the_engine(event: Event) -> tuple[Any, ...] | None:
    """What the engine itself recorded, so that two cases can be compared: no ids, no places."""
    match event:
        case e.CaseOpened() | e.TriggerRaised() | e.TriggerCleared():
            return event.kind, event.on, event.trigger
        case e.TaskAdded() if event.effect_key.startswith(KEY):
            name = event.effect_key.removeprefix(KEY).partition(":")[0]
            return event.kind, event.on, name, event.due_on, event.for_role
        case e.DocumentDrafted():
            return event.kind, event.on, event.parent_id
    return None


def recorded(case: Case | None) -> list[tuple[Any, ...]]:
    events = [item.event for item in case.recorded] if case else []
    return [said for said in map(of_the_engine, events) if said is not None]


@pytest.mark.parametrize("pack", ["national", "nether-stowe", "st-chads"])
def test_a_replay_says_what_the_engine_does_when_it_sweeps_the_same_days(inst, pack):
    """The strong one: case by case, day by day, trigger by trigger, task by task, letter by letter."""
    under(inst, pack)
    with inst.act(ENGINE) as tx:
        school = schools.school(tx, URN)
        asked = Question(pack, FIRST, LAST, urn=URN, acts=False)
        (replayed,) = SchoolHeld(tx, school, asked).replays((pack,))

    for day in law_calendar().days_between(FIRST, LAST):
        sweeping.sweep(inst, URN, day)
        if day == FIRST:
            for waiting in triage.waiting(inst, PASTORAL, URN):
                triage.accept(inst, by(PASTORAL, day), URN, waiting.item.upn)

    with inst.act(ENGINE) as tx:
        swept = {upn: cases.open_case_of(tx, upn, URN) for upn in replayed.seen}
    assert {upn for upn, case in swept.items() if case} == replayed.papers.keys()
    assert {ROBIN, AYLA, TOMAS} <= replayed.papers.keys()
    for upn, paper in replayed.papers.items():
        assert recorded(paper.case) == recorded(swept[upn])
    kinds = {said[0] for paper in replayed.papers.values() for said in recorded(paper.case)}
    assert {"case_opened", "trigger_raised", "trigger_cleared"} <= kinds
    if pack != "national":
        assert "task_added" in kinds
        assert "document_drafted" in kinds


def contents(inst: Installation) -> dict[str, str]:
    """What every table holds, as a hash."""
    with inst.db.owner_engine.begin() as tx:
        names = tx.execute(
            text("select table_name from information_schema.tables where table_schema = 'public'")
        ).scalars()
        return {
            name: tx.execute(
                text(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {name} t")
            ).scalar_one()
            for name in list(names)
        }


def test_a_simulation_changes_no_table_and_shows_no_name(inst):
    before = contents(inst)

    found = simulate(inst, ENGINE, Question("nether-stowe", FIRST, LAST, against="st-chads"))

    assert contents(inst) == before
    assert found.side.cases >= 3
    shown = str(found.as_data()) + simulating.drawn(found)
    for private in (ROBIN, AYLA, "Fennimore", "Kestrel", "Robin", "Ayla"):
        assert private not in shown


def test_the_database_itself_refuses_a_simulation_that_would_write(inst, monkeypatch):
    def writes(tx: Any, *_: Any) -> dict[str, int]:
        schools.save_schools(tx, [replace(schools.school(tx, URN), name="Another name")])
        return {}

    monkeypatch.setattr(simulating, "_officers", writes)

    with pytest.raises(Exception, match="read-only transaction"):
        simulate(inst, ENGINE, Question("national", FIRST, LAST))


def test_a_pack_against_itself_misses_nobody(inst):
    found = simulate(inst, ENGINE, Question("st-chads", FIRST, LAST, against="st-chads"))

    assert found.missed is not None
    assert (found.missed.missed, found.missed.found_alone) == (0, 0)
    assert found.missed.same_day == found.side.cases > 0
    assert found.side.counts == found.other.counts


def test_the_school_is_as_small_as_it_is_and_its_groups_are_kept_back(inst):
    """Six pupils: in every cut one group at least is below five."""
    found = simulate(inst, ENGINE, Question("national", FIRST, LAST))

    assert (found.pupils, found.below) == (6, 5)
    assert found.cuts
    for cut in found.cuts:
        assert cut.says_nothing or not cut.groups


def empty_school(inst: Installation) -> None:
    with inst.act(ENGINE) as tx:
        schools.save_schools(tx, [replace(schools.school(tx, URN), urn="100009", name="Nobody's School")])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        pytest.param({"pack": "st-elsewhere"}, "st-elsewhere.*Choose one of: .*national", id="unknown pack"),
        pytest.param({"against": "st-elsewhere"}, "Choose one of: .*national", id="unknown pack beside it"),
        pytest.param({"urn": "999999"}, "999999", id="unknown school"),
        pytest.param({"first": LAST, "last": FIRST}, "comes after .*--from, the later", id="turned round"),
        pytest.param(
            {"last": date(2026, 11, 20)},
            r"do not reach from 14 September 2026 to 20 November 2026\. "
            r"Registers are stored from 02 September 2026 to 16 November 2026",
            id="past the last register",
        ),
        pytest.param(
            {"first": date(2026, 10, 24), "last": date(2026, 10, 30)},
            "has no school day from 24 October 2026",
            id="half term alone",
        ),
        pytest.param({"urn": "100009"}, r"No register of Nobody's School \(100009\)", id="empty school"),
    ],
)
def test_what_cannot_be_replayed_is_said_plainly(inst, asked, says):
    empty_school(inst)
    question = replace(Question("national", FIRST, LAST, urn=URN), **asked)

    with pytest.raises(CaseworkError, match=says) as refused:
        simulate(inst, ENGINE, question)

    assert isinstance(refused.value, CannotReplay | NotFound)
