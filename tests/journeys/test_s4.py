"""Scenario S4: a child whom a social worker knows is not seen, and the server is off on the Wednesday.

The days are told in order, in one installation; flows run as the scheduler runs them, on files of the inbox.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from casework.actions import absence, cases, demonstration, returns, runs, safeguarding, support
from casework.actions.installation import Installation
from casework.domain import ENGINE, Case, NotAllowed
from casework.domain import events as e
from casework.flows import morning as morning_flow
from casework.flows import runs as flow_runs
from casework.flows.catch_up import catch_up
from casework.flows.documents import documents
from casework.flows.morning import morning
from casework.flows.nightly import nightly
from casework.flows.registers import watch_inbox
from casework.flows.reviews import reviews
from casework.flows.safeguarding import safeguarding as safeguarding_flow
from casework.storage import cases as kept
from casework.storage import server
from tests.actions.world import (
    AYLA,
    DSL,
    HEAD,
    NINTH,
    PASTORAL,
    QUIET,
    ROBIN,
    TOMAS,
    URN,
    WREN,
    bring_in,
    by,
    installation,
    marks_file,
    school_files,
)
from tests.flows_in_process import in_process
from tests.storage.filled import copy_of

pytestmark = pytest.mark.xdist_group("s4")

FRIDAY_BEFORE = date(2026, 10, 9)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 10, day) for day in range(12, 17))
EVERYBODY = (ROBIN, WREN, AYLA, TOMAS, QUIET, NINTH)
HERE = {"AM": "/", "PM": "\\"}
OTHER_PARENT = (
    "contacts.csv",
    b"upn,contact_id,title,forename,surname,relationship,parental_responsibility,lives_with_pupil,priority,"
    b"address_1,town,postcode,phone,contact_allowed\n"
    + AYLA.encode()
    + b",c2,Mr,Idris,Kestrel,father,true,false,2,2 Invented Lane,Nowhere,ZZ1 1ZZ,01632 960124,true\n",
)


@dataclass
class School:
    """The school's own machine: its inbox, and what its scheduler has run."""

    inst: Installation
    inbox: Path
    now: datetime = datetime(2026, 10, 9, 8, 0, tzinfo=UTC)
    ran: list[str] = field(default_factory=list)

    def send(self, day: date, half: str, **codes: str) -> None:
        """The office drops a register of everybody: present, but for those named."""
        folder = self.inbox / f"feed-{day}-{half}"
        folder.mkdir(parents=True)
        named = {globals()[name.upper()]: code for name, code in codes.items()}
        name, data = marks_file(
            *(f"{upn},{URN},{day},{half},{named.get(upn, HERE[half])}" for upn in EVERYBODY)
        )
        (folder / name).write_bytes(data)
        sent = datetime(day.year, day.month, day.day, 8 if half == "AM" else 12, 20, tzinfo=UTC).timestamp()
        os.utime(folder / name, (sent, sent))

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Let it be a moment of a day."""
        self.now = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
        return self.now

    def start_of(self, day: date) -> None:
        """The morning's flows, up to the list of calls."""
        self.at(day, 7)
        safeguarding_flow(on=day)
        reviews(on=day)
        watch_inbox(now=self.at(day, 8, 40))
        morning(on=day)

    def end_of(self, day: date) -> None:
        """The afternoon's flows, up to the night's."""
        watch_inbox(now=self.at(day, 14, 50))
        documents(on=day)
        nightly(on=day)

    def calls(self, day: date) -> dict[str, str]:
        """A day's list of calls: where each stands."""
        return {call.upn: call.state for call in absence.calls(self.inst, PASTORAL, URN, day)}

    def case(self) -> Case:
        """The child's open case."""
        with self.inst.act(ENGINE) as tx:
            found = kept.open_case_of(tx, AYLA, URN)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def school(
    postgres: server.Server, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[School]:
    with copy_of(postgres, template_database) as (_, database), pytest.MonkeyPatch.context() as patched:
        inst = installation(database)
        found = School(inst, tmp_path_factory.mktemp("s4") / "inbox")
        patched.setenv("CASEWORK_INBOX", str(found.inbox))
        patched.setattr(flow_runs, "open_installation", lambda _: inst)
        patched.setattr(morning_flow, "today", lambda: found.now.date())
        bring_in(inst, *school_files(last=FRIDAY_BEFORE))
        bring_in(inst, OTHER_PARENT)
        for officer in (PASTORAL, DSL, HEAD):
            demonstration.add_officer(inst, officer, "four plain words together")
        with in_process():
            nightly(on=FRIDAY_BEFORE)
            yield found


def test_1_monday_every_number_is_rung_and_the_social_worker_told_that_morning(school):
    school.send(MONDAY, "AM", ayla="N")
    school.start_of(MONDAY)
    for contact in ("c1", "c2"):
        absence.record_call(
            school.inst, by(PASTORAL, MONDAY), URN, AYLA, MONDAY,
            contact_id=contact, method="call", outcome="no_answer", state="not_reached",
        )  # fmt: skip
    (task,) = [task for task in school.case().open_tasks if "social worker" in task.title]
    absence.told(school.inst, by(DSL, MONDAY), school.case().ref, "social_worker", "call", task.task_id)
    school.send(MONDAY, "PM", ayla="N")
    school.end_of(MONDAY)

    assert school.calls(MONDAY) == {AYLA: "not_reached"}
    assert (task.due_on, task.for_role) == (MONDAY, "dsl")
    assert [event.on for event in school.case().of(e.ProfessionalTold)] == [MONDAY]
    tried = {contact.parent_id for contact in school.case().of(e.ContactRecorded)}
    assert tried == {"c1", "c2"}


def test_2_tuesday_a_visit_by_two_who_do_not_see_the_child(school):
    school.send(TUESDAY, "AM", ayla="N")
    school.start_of(TUESDAY)
    support.contact(
        school.inst, by(PASTORAL, TUESDAY), school.case().ref,
        method="visit", outcome="no_answer", child_seen=False, second_officer="head", risk_note_read=True,
        says="Nobody came to the door.",
    )  # fmt: skip
    safeguarding.review(
        school.inst, by(DSL, TUESDAY), school.case().ref,
        flag="unexplained_absence", outcome="Referred to social care", words="The reasons are sealed.",
    )  # fmt: skip
    school.send(TUESDAY, "PM", ayla="N")
    school.end_of(TUESDAY)

    assert school.case().of(e.DslReviewed)[-1].outcome == "Referred to social care"


def test_3_what_the_dsl_holds_shows_its_day_and_not_its_reason(school):
    safeguarding.hold(
        school.inst, by(DSL, TUESDAY), school.case().ref,
        scope="letters", review_on=FRIDAY, words="Words that nobody else reads.", parent_id="c2",
    )  # fmt: skip

    (held,) = school.case().holds
    assert (held.parent_id, held.review_on) == ("c2", FRIDAY)
    assert "nobody else reads" not in str(cases.load(school.inst, PASTORAL, school.case().ref))
    with pytest.raises(NotAllowed):
        safeguarding.notes(school.inst, PASTORAL, school.case().ref)


def test_4_the_wednesday_on_which_the_server_was_off_is_made_up_for_welfare_first(school):
    school.send(WEDNESDAY, "AM", ayla="N", quiet="N")
    school.send(WEDNESDAY, "PM", ayla="O", quiet="N")
    before = len(school.case().recorded)

    caught = catch_up(now=school.at(THURSDAY, 7, 20))

    assert list(caught)[:2] == ["safeguarding", "morning"]
    assert school.calls(WEDNESDAY) == {AYLA: "missed", QUIET: "missed"}, "a call is made late, or forgotten"
    added = [item.event for item in school.case().recorded[before:]]
    asked = [event.title for event in added if isinstance(event, e.TaskAdded)]
    assert "Tell the social worker of the unexplained absence of 14 October 2026, missed on the day" in asked
    assert not [title for title in asked if "today" in title]
    assert not [event for event in added if isinstance(event, e.DocumentIssued)]
    assert {event.on for event in added} <= {WEDNESDAY, THURSDAY}
    assert runs.last_days(school.inst)["nightly", URN] == WEDNESDAY
    assert list(school.inbox.glob("feed-*/*.csv")) == [], "a register that came in meanwhile still waits"


def test_4_made_up_for_twice_it_is_the_same(school):
    before = school.case()

    assert catch_up(now=school.at(THURSDAY, 7, 30)) == {}
    assert school.case() == before


def test_5_the_attendance_return_falls_due_on_the_tenth_school_day(school):
    day = THURSDAY
    due: dict[date, set[str]] = {}
    while day <= date(2026, 10, 23):
        if day.weekday() < 5:
            school.send(day, "AM", ayla="U" if day == THURSDAY else "O")
            school.start_of(day)
            school.send(day, "PM", ayla="O")
            school.end_of(day)
            due[day] = {
                item.due.made for item in returns.due(school.inst, HEAD, URN, day) if item.upn == AYLA
            }
        day += timedelta(days=1)

    first = min(day for day, made in due.items() if "attendance" in made)
    assert first == date(2026, 10, 23), due
    assert school.calls(THURSDAY) == {}
