"""Lists say what the events say, in one query a page."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from casework.domain import events as e
from casework.domain.people import ENGINE
from casework.storage import cases, lists
from casework.storage.database import Database
from casework.storage.lists import CaseFilter
from tests.storage.cases_written import (
    ANNA,
    AT,
    BILAL,
    CERYS,
    ELSEWHERE,
    MONDAY,
    NORTH,
    PASTORAL,
    SOUTH,
    added,
    note,
    opened,
)

DAY = timedelta(days=1)
PLACE = {"on": MONDAY, "by": "o-1"}
EVERY_COLUMN = "select * from {} order by 1, 2"


def write_caseload(db: Database) -> dict[str, str]:
    """Anna with much going on, Bilal with nothing, Cerys closed; Anna again at the southern school."""
    anna, bilal, cerys = (opened(db, upn).ref for upn in (ANNA, BILAL, CERYS))
    south = opened(db, ANNA, SOUTH, MONDAY + DAY).ref
    say: Any = {"case_ref": anna, **PLACE}
    added(
        db,
        anna,
        e.OwnerAssigned(**say, owner_id="o-1"),
        e.ReviewScheduled(**say, review_on=MONDAY + 14 * DAY),
        e.TriggerRaised(**say, trigger="severe_absence", says="40 of 100"),
        e.SupportiveActionsStarted(**say, reasons="transport"),
        e.TaskAdded(**say, task_id="t1", title="Call home", due_on=MONDAY + DAY, for_officer="o-1"),
        e.TaskAdded(**say, task_id="t2", title="Ask the nurse", due_on=MONDAY, for_role="school_nurse"),
        e.TaskAdded(**say, task_id="t3", title="Plan", due_on=MONDAY + 9 * DAY),
        e.TaskDone(**say, task_id="t2", outcome="done"),
        e.ContactRecorded(**say, method="call", outcome="spoken"),
        e.SafeguardingFlagged(**say, flag="sibling"),
        e.HoldPlaced(**say, hold_id="h", scope="letters", review_on=MONDAY + 30 * DAY),
        e.MarkChanged(**say, session="2026-09-28 AM", was="O", now="I"),
        e.TriggerCleared(**say, trigger="threshold", says="9 sessions"),
    )
    added(db, cerys, e.CaseClosed(case_ref=cerys, **PLACE, outcome="improved", reason="x"))
    return {"anna": anna, "bilal": bilal, "cerys": cerys, "south": south}


@pytest.fixture
def caseload(db: Database) -> dict[str, str]:
    """The caseload, to be changed."""
    return write_caseload(db)


@pytest.fixture(scope="module")
def kept(shared: Database) -> dict[str, str]:
    """The caseload, only to be looked at."""
    return write_caseload(shared)


def refs(db: Database, sort: str = "ref", **wanted: Any) -> list[str]:
    with db.transaction(ENGINE) as tx:
        return [line.case_ref for line in lists.page(tx, CaseFilter(MONDAY, **wanted), sort).lines]


def test_a_line_says_what_the_case_says(shared: Database, kept: dict[str, str]):
    with shared.transaction(PASTORAL) as tx:
        line, _ = lists.page(tx, CaseFilter(MONDAY), "name").lines

    assert line == lists.CaseLine(
        case_ref=kept["anna"],
        urn=NORTH,
        school=f"School {NORTH}",
        upn=ANNA,
        surname="Ashdown",
        forename="Anna",
        known_as="",
        year_group="8",
        status="open",
        stage="supportive_actions",
        beside=(),
        owner_id="o-1",
        review_on=MONDAY + 14 * DAY,
        task_due_on=MONDAY + DAY,
        tasks=2,
        triggers=("severe_absence",),
        flags=("held", "mark_changed", "with_dsl"),
        hold_until=MONDAY + 30 * DAY,
        paused_until=None,
        opened_on=MONDAY,
        touched_on=MONDAY,
        last_sequence=14,
        last_on=MONDAY,
        last_says="Trigger no longer holds: threshold.",
        contacts=1,
        offers=0,
        letters=0,
    )
    assert line.pupil == "Anna Ashdown"


def test_rebuilt_lists_are_equal(db: Database, caseload: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lists, "BATCH", 3)

    def everything() -> list[Any]:
        with db.transaction(ENGINE) as tx:
            return [tx.execute(text(EVERY_COLUMN.format(t))).all() for t in ("case_summary", "case_task")]

    written = everything()
    with db.transaction(ENGINE) as tx:
        tx.execute(text("update case_summary set stage = 'wrong', tasks = 99"))
        tx.execute(text("delete from case_task"))
    assert everything() != written

    with db.transaction(ENGINE) as tx:
        assert lists.rebuild(tx) == 4

    assert everything() == written
    assert [len(rows) for rows in written] == [4, 2]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        pytest.param({}, ["anna", "bilal", "south"], id="every case not closed"),
        pytest.param({"status": "closed"}, ["cerys"], id="closed"),
        pytest.param({"urn": NORTH}, ["anna", "bilal"], id="one school"),
        pytest.param({"upn": ANNA}, ["anna", "south"], id="one pupil"),
        pytest.param({"stage": "supportive_actions"}, ["anna"], id="stage"),
        pytest.param({"owner_id": "o-1"}, ["anna"], id="owner"),
        pytest.param({"without_owner": True}, ["bilal", "south"], id="no owner"),
        pytest.param({"without_review": True}, ["bilal", "south"], id="no review"),
        pytest.param({"trigger": "threshold"}, ["bilal", "south"], id="a trigger that still stands"),
        pytest.param({"trigger": "severe_absence"}, ["anna"], id="a trigger raised later"),
        pytest.param({"flag": "held"}, ["anna"], id="held"),
        pytest.param({"flag": "with_dsl", "urn": SOUTH}, [], id="two conditions at once"),
        pytest.param({"due_before": MONDAY}, [], id="nothing due the day before the task"),
        pytest.param({"due_before": MONDAY + DAY}, ["anna"], id="a task is due before the review"),
    ],
)
def test_filters(shared: Database, kept: dict[str, str], wanted: dict[str, Any], shown: list[str]):
    assert refs(shared, **wanted) == [kept[name] for name in shown]


@pytest.mark.parametrize(
    ("touched_on", "by", "on", "school_days", "untouched"),
    [
        pytest.param(date(2026, 9, 25), "o-1", date(2026, 9, 28), 1, True, id="one school day since"),
        pytest.param(date(2026, 9, 25), "o-1", date(2026, 9, 28), 2, False, id="a weekend is no school day"),
        pytest.param(date(2026, 9, 25), "o-1", date(2026, 10, 2), 5, True, id="a school week"),
        pytest.param(date(2026, 9, 28), "o-1", date(2026, 10, 2), 5, False, id="a day short of it"),
        pytest.param(date(2026, 10, 2), "engine", date(2026, 10, 2), 5, True, id="the engine is nobody"),
        pytest.param(date(2026, 9, 25), "o-1", date(2026, 10, 2), 99, False, id="longer than the calendar"),
    ],
)
def test_untouched(db: Database, touched_on: date, by: str, on: date, school_days: int, untouched: bool):
    ref = opened(db, on=date(2026, 9, 23)).ref
    added(db, ref, note(ref, by=by, on=touched_on))

    with db.transaction(ENGINE) as tx:
        page = lists.page(tx, CaseFilter(on, untouched=school_days))

    assert [line.case_ref for line in page.lines] == [ref] * untouched


@pytest.mark.parametrize("descending", [False, True], ids=["upwards", "downwards"])
@pytest.mark.parametrize("sort", lists.SORTS)
def test_pages_follow_one_another_without_gap_or_repeat(
    shared: Database, kept: dict[str, str], sort: str, descending: bool
):
    with shared.transaction(ENGINE) as tx:
        wanted = CaseFilter(MONDAY)
        whole = lists.page(tx, wanted, sort, descending=descending)
        seen, after = [], ""
        for _ in whole.lines:
            page = lists.page(tx, wanted, sort, descending=descending, after=after, size=1)
            seen += page.lines
            after = page.after

    assert tuple(seen) == whole.lines
    assert len(whole.lines) == 3
    assert (after, whole.after) == ("", "")


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        pytest.param("review", "anna", id="known reviews come before unknown ones"),
        pytest.param("task", "anna", id="tasks"),
        pytest.param("opened", "anna", id="oldest"),
        pytest.param("stage", "bilal", id="lowest stage"),
        pytest.param("owner", "bilal", id="nobody's first"),
    ],
)
def test_orders(shared: Database, kept: dict[str, str], sort: str, first: str):
    assert refs(shared, sort)[0] == kept[first]


def test_an_unknown_order_is_refused_with_those_there_are(db: Database):
    with db.transaction(ENGINE) as tx, pytest.raises(lists.UnknownSort, match="review, task, opened"):
        lists.page(tx, CaseFilter(MONDAY), "surname; drop table event")


def test_a_page_is_one_query(shared: Database, kept: dict[str, str]):
    asked: list[str] = []
    with shared.transaction(ENGINE) as tx:
        event.listen(tx, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert len(lists.page(tx, CaseFilter(MONDAY)).lines) == 3

    assert len(asked) == 1


def test_counts_by_stage(shared: Database, kept: dict[str, str]):
    with shared.transaction(ENGINE) as tx:
        assert lists.counts(tx, CaseFilter(MONDAY)) == {"": 2, "supportive_actions": 1}


@pytest.mark.parametrize(
    ("words", "first", "how_many"),
    [
        pytest.param("ashdown", "anna", 2, id="surname"),
        pytest.param("  Anna   ASHDOWN ", "anna", 2, id="any case and spacing"),
        pytest.param("ashdwon", "anna", 2, id="two letters swapped"),
        pytest.param("o'brien-shah", "bilal", 1, id="apostrophe and hyphen"),
        pytest.param("dŵr", "cerys", 1, id="accent, and closed cases too"),
        pytest.param(ANNA.lower(), "anna", 2, id="UPN"),
        pytest.param(f"{NORTH}-0002", "bilal", 1, id="part of a reference"),
        pytest.param("100%", None, 0, id="a percent sign is no wildcard"),
        pytest.param("a_na", None, 0, id="nor is an underscore"),
        pytest.param(" ", None, 0, id="nothing"),
        pytest.param("zebedee", None, 0, id="nobody"),
    ],
)
def test_search(shared: Database, kept: dict[str, str], words: str, first: str | None, how_many: int):
    with shared.transaction(ENGINE) as tx:
        found = [line.case_ref for line in lists.find(tx, words)]

    assert len(found) == how_many
    assert found[:1] == ([kept[first]] if first else [])


def test_tasks_due(db: Database, caseload: dict[str, str]):
    south = caseload["south"]
    nurse = e.TaskAdded(
        case_ref=south, **PLACE, task_id="n", title="Ask", due_on=MONDAY - DAY, for_role="school_nurse"
    )
    added(db, south, nurse)

    def due(on: date, **who: Any) -> list[str]:
        with db.transaction(ENGINE) as tx:
            return [task.task_id for task in lists.tasks_due(tx, on, **who)]

    assert due(MONDAY) == ["n"]
    assert due(MONDAY + DAY) == ["n", "t1"]
    assert due(MONDAY + DAY, urn=NORTH) == ["t1"]
    assert due(MONDAY + 9 * DAY, officer_id="o-1") == ["t1", "t3"]
    assert due(MONDAY + 9 * DAY, officer_id="o-2", roles=["school_nurse"]) == ["n"]
    with db.transaction(PASTORAL) as tx:
        assert lists.tasks_due(tx, MONDAY + DAY)[0] == lists.TaskLine(
            caseload["anna"],
            "t1",
            NORTH,
            ANNA,
            "Anna Ashdown",
            "Call home",
            MONDAY + DAY,
            "",
            "o-1",
            "o-1",
            MONDAY,
        )


def test_a_closed_case_has_no_tasks(db: Database, caseload: dict[str, str]):
    anna = caseload["anna"]
    added(db, anna, e.CaseClosed(case_ref=anna, **PLACE, outcome="moved", reason="x", left_open=("t1",)))

    with db.transaction(ENGINE) as tx:
        assert lists.tasks_due(tx, MONDAY + 99 * DAY) == ()


def test_a_paused_case_says_until_when(db: Database, caseload: dict[str, str]):
    bilal = caseload["bilal"]
    added(db, bilal, e.CasePaused(case_ref=bilal, **PLACE, until=MONDAY + 5 * DAY, reason="bereavement"))

    with db.transaction(ENGINE) as tx:
        (line,) = lists.page(tx, CaseFilter(MONDAY, status="paused")).lines
        assert (line.case_ref, line.paused_until) == (bilal, MONDAY + 5 * DAY)
        cases.append(tx, bilal, [e.CaseResumed(case_ref=bilal, **PLACE)], None, AT)
        assert lists.page(tx, CaseFilter(MONDAY, status="paused")).lines == ()


def test_another_school_sees_its_own_lines_alone(shared: Database, kept: dict[str, str]):
    with shared.transaction(ELSEWHERE) as tx:
        assert [line.case_ref for line in lists.page(tx, CaseFilter(MONDAY)).lines] == [kept["south"]]
        assert [line.case_ref for line in lists.find(tx, "ashdown")] == [kept["south"]]
        assert lists.tasks_due(tx, MONDAY + 99 * DAY) == ()
