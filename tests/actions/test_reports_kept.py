"""Reports kept when they fall due, each once; governors' name no pupil; each morning's counts to staff."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casework.actions import absence, digests, reports, sweeping, triage
from casework.actions.installation import Installation
from casework.domain import ENGINE, Officer, Role
from casework.domain.people import Post
from casework.storage import outbox, people, server
from tests.actions.world import (
    AYLA,
    FIRST_SWEEP,
    PASTORAL,
    ROBIN,
    TOMAS,
    URN,
    bring_in,
    by,
    installation,
    marks_file,
)
from tests.storage.filled import copy_of

pytestmark = pytest.mark.xdist_group("reports kept")

FRIDAY, THURSDAY = date(2026, 11, 20), date(2026, 11, 19)
LAST_OF_TERM = date(2026, 12, 18)
CHRISTMAS = date(2026, 12, 25)
TUESDAY = date(2026, 11, 17)
SEVEN = datetime(2026, 11, 17, 7, 10, tzinfo=UTC)
GOVERNOR = Officer(
    "governor",
    "Governor",
    frozenset({Role.GOVERNOR}),
    frozenset({URN}),
    posts=frozenset({Post(Role.GOVERNOR, URN)}),
)


@pytest.fixture(scope="module")
def under_banks_lane(postgres: server.Server, imported: str) -> Iterator[Installation]:
    """The school under a policy that asks for reports of every kind, at the end of its term."""
    with copy_of(postgres, imported) as (_, database):
        inst = installation(database)
        with database.owner_engine.begin() as owner:
            owner.execute(text("update school set policy = 'banks-lane', la_code = '356'"))
        yield inst


def test_the_reports_of_a_day_are_kept_once_and_none_on_a_day_without_school(under_banks_lane):
    inst = under_banks_lane
    wanted = set(reports.due(inst, ENGINE, URN, LAST_OF_TERM))

    made = [reports.keep_due(inst, URN, LAST_OF_TERM, "reports-2026-12-18") for _ in range(2)]

    assert made == [len(wanted), 0]
    assert {kept.name for kept in reports.shelf(inst, PASTORAL, URN).reports} == wanted
    assert {"governor", "safeguarding_governors"} <= wanted
    assert reports.keep_due(inst, URN, CHRISTMAS) == 0


def test_a_governor_sees_the_reports_that_name_no_pupil_and_no_other(under_banks_lane):
    inst = under_banks_lane
    reports.keep_due(inst, URN, LAST_OF_TERM)

    staff, governors = (reports.shelf(inst, who, URN).reports for who in (PASTORAL, GOVERNOR))

    assert {"welfare_review", "concerns"} == {r.name for r in staff if r.names_pupils}
    assert {r.name for r in governors} == {r.name for r in staff if not r.names_pupils}
    told = str([r.lines for r in governors])
    assert not any(word in told for word in (ROBIN, AYLA, TOMAS, "Fennimore", "Kestrel"))


def test_a_report_stays_as_it_was_made_when_a_mark_is_corrected(under_banks_lane):
    inst = under_banks_lane
    reports.keep_due(inst, URN, LAST_OF_TERM)
    before = reports.shelf(inst, PASTORAL, URN).reports

    bring_in(inst, marks_file(f"{AYLA},{URN},2026-11-13,AM,/"), on=FRIDAY)
    reports.keep_due(inst, URN, LAST_OF_TERM)

    assert reports.shelf(inst, PASTORAL, URN).reports == before
    with pytest.raises(DBAPIError), inst.db.owner_engine.begin() as owner:
        owner.execute(text("update report_made set says = 'Another'"))


# -- each morning's counts -----------------------------------------------------------------------------------


@pytest.fixture
def at_work(inst: Installation) -> Installation:
    """Ayla and Robin have cases, Tomas is away without a reason; pastoral and head have addresses."""
    sweeping.sweep(inst, URN, FIRST_SWEEP)
    for upn in (AYLA, ROBIN):
        triage.accept(inst, by(PASTORAL, FIRST_SWEEP), URN, upn)
    bring_in(inst, marks_file(f"{TOMAS},{URN},{TUESDAY},AM,N"), on=TUESDAY)
    absence.morning(inst, URN, TUESDAY)
    with inst.act(ENGINE) as tx:
        for who in ("pastoral", "head"):
            people.save_officer(tx, who, who.title(), f"{who}@school.example")
    return inst


def queued(inst: Installation) -> dict[str, str]:
    with inst.act(ENGINE) as tx:
        return {message.to_whom: message.subject + message.body for message in outbox.messages(tx)}


def test_each_of_the_staff_with_an_address_gets_counts_once_a_day_and_no_name(at_work):
    done = [digests.queue_all(at_work, TUESDAY, SEVEN, "digests-2026-11-17") for _ in range(2)]

    assert done == [2, 0]
    found = queued(at_work)
    assert set(found) == {"pastoral", "head"}
    assert "1 calls to make" in found["pastoral"]
    assert "cases without an owner" not in found["pastoral"]
    for words in found.values():
        assert not any(
            word in words for word in ("Fennimore", "Kestrel", "Robin", "Ayla", "Tomas", ROBIN, TOMAS)
        )


def test_overdue_work_is_named_by_its_case_alone(at_work):
    later = date(2026, 12, 10)
    digests.queue_all(at_work, later, datetime(2026, 12, 10, 7, 10, tzinfo=UTC))

    words = queued(at_work)["pastoral"]

    assert "overdue" in words
    assert "Overdue: C-" in words


def test_on_a_day_without_school_nobody_is_written_to(at_work):
    assert digests.queue_all(at_work, CHRISTMAS, SEVEN) == 0
    assert digests.queue_all(at_work, date(2026, 11, 21), SEVEN) == 0, "a Saturday"
