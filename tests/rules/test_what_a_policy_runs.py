"""What a school's own policy runs: duties in their turn and on their day, letters spared, its own gates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.domain import Force, Half, Source
from casework.domain import events as e
from casework.facts import Counts
from casework.policy import Fields, Policy, Timeline, Value
from casework.policy.load import load
from casework.rules import arrivals, asked, bands, duties, examples, first_day, kindness, own_gates, targets
from casework.rules.duties import Occasion
from tests.registers_text import CODES, LIMITS
from tests.situations import CALENDAR, head_of, situation

D = date.fromisoformat
BEGAN = D("2024-08-19")
SOURCE = Source("Invented", "https://example.org", Force.SCHOOL_POLICY, True)


def value(key: str, **fields: Any) -> Value:
    return Value(fields, key, BEGAN, "An invented rule.", SOURCE, "school/invented")


def policy(*values: Value) -> Policy:
    """The national policy with some rules of our own."""
    england = load("national")
    office = value("roles.office", holds=("attendance_officer",))
    ours = {found.key: Timeline((BEGAN,), (found,)) for found in (*values, office)}
    return replace(england, timelines={**england.timelines, **ours})


@pytest.mark.parametrize(
    ("on", "ends"),
    [
        pytest.param("2026-10-20", ("school_day",), id="a Tuesday"),
        pytest.param("2026-10-16", ("school_day", "week"), id="a Friday of an odd week"),
        pytest.param("2026-10-09", ("school_day", "week", "fortnight"), id="a Friday of an even week"),
        pytest.param(
            "2026-10-23", ("school_day", "week", "fortnight", "half_term"), id="a half term's last day"
        ),
        pytest.param(
            "2026-12-18", ("school_day", "week", "half_term", "term"), id="a term's last day, of an odd week"
        ),
        pytest.param(
            "2026-07-21",
            ("school_day", "week", "half_term", "term", "academic_year"),
            id="a school year's last day, a Tuesday",
        ),
        pytest.param("2026-10-26", (), id="a day without school"),
    ],
)
def test_what_ends_on_a_day(on: str, ends: tuple[str, ...]) -> None:
    found = duties.cadences_ending(CALENDAR, D(on))

    assert found == ends


@pytest.mark.parametrize(
    ("fields", "start", "due"),
    [
        pytest.param({}, "2026-10-22", "2026-10-22", id="at once"),
        pytest.param({"within": 3}, "2026-10-22", "2026-11-03", id="three school days, over half term"),
        pytest.param({"within": 3, "unit": "calendar_days"}, "2026-10-22", "2026-10-25", id="three days"),
        pytest.param(
            {"within": 1, "unit": "weeks"}, "2026-10-22", "2026-11-02", id="a week ends on a school day"
        ),
        pytest.param({"within": 2, "unit": "months"}, "2026-10-22", "2027-01-04", id="so does a month"),
        pytest.param(
            {"within": 10}, "2027-03-22", "2027-04-05", id="beyond the calendar, seven days to five"
        ),
    ],
)
def test_when_a_duty_is_due(fields: dict[str, Any], start: str, due: str) -> None:
    assert duties.due_on(value("duties.ours", **fields), D(start), CALENDAR) == D(due)


TODAY = D("2026-11-16")
LAST_WEEK, LAST_HALF_TERM = D("2026-11-09"), D("2026-10-12")


@pytest.mark.parametrize(
    ("fields", "before", "asked"),
    [
        pytest.param({}, {}, True, id="an event's duty, nothing before"),
        pytest.param({}, {"ours": [TODAY]}, False, id="asked today already"),
        pytest.param({}, {"ours": [LAST_WEEK]}, True, id="asked at another event"),
        pytest.param({"after": ("other",)}, {}, False, id="what comes first was not asked"),
        pytest.param({"after": ("other",)}, {"other": [TODAY]}, False, id="nor is today early enough"),
        pytest.param({"after": ("other",)}, {"other": [LAST_WEEK]}, True, id="what comes first was"),
        pytest.param(
            {"after": ("other",)},
            {"other": [D("2026-11-13")]},
            True,
            id="what comes first was, a school day ago",
        ),
        pytest.param(
            {"after": ("other",), "after_weeks": 1}, {"other": [D("2026-11-13")]}, False, id="not a week ago"
        ),
        pytest.param({"unless": ("other",)}, {"other": [LAST_WEEK]}, False, id="another took its place"),
        pytest.param({"once_per": "case"}, {}, True, id="once a case, nothing before"),
        pytest.param({"once_per": "case"}, {"ours": [LAST_HALF_TERM]}, False, id="once a case, asked once"),
        pytest.param(
            {"once_per": "case", "after": ("other",)}, {"other": [LAST_WEEK]}, True, id="once a case, in turn"
        ),
        pytest.param(
            {"once_per": "case", "after": ("other",)}, {"other": [TODAY]}, False, id="once a case, not yet"
        ),
        pytest.param(
            {"once_per": "case", "unless": ("other",)}, {"other": [TODAY]}, False, id="once a case, not where"
        ),
        pytest.param({"once_per": "half_term"}, {"ours": [LAST_WEEK]}, False, id="once a half term, in it"),
        pytest.param(
            {"once_per": "half_term"}, {"ours": [LAST_HALF_TERM]}, True, id="asked in the one before"
        ),
        pytest.param(
            {"once_per": "half_term", "after": ("other",)}, {"other": [LAST_WEEK]}, False, id="same half term"
        ),
        pytest.param(
            {"once_per": "half_term", "after": ("other",)},
            {"other": [LAST_HALF_TERM]},
            True,
            id="the next one",
        ),
        pytest.param(
            {"once_per": "term"}, {"ours": [LAST_HALF_TERM]}, False, id="once a term, earlier in it"
        ),
    ],
)
def test_a_duty_in_its_turn(
    fields: dict[str, Any], before: Mapping[str, Sequence[date]], asked: bool
) -> None:
    asks = {"on": "event", "of": ("note_added",), "by": "office", "does": "a task"} | fields
    ours = policy(value("duties.ours", **asks))
    noted = Occasion("event", TODAY, ("note_added",))

    found = duties.owed(ours, noted, CALENDAR, (), before)

    assert [item.name for item in found if item.name == "ours"] == (["ours"] if asked else [])


@pytest.mark.parametrize(
    ("letter", "since", "sent"),
    [
        pytest.param("ours", "2026-11-09", True, id="drafted on that day"),
        pytest.param("ours", "2026-11-10", False, id="drafted before it"),
        pytest.param("another", "2026-11-09", False, id="another letter of the policy"),
    ],
)
def test_whether_a_case_has_a_letter_of_the_policy(letter: str, since: str, sent: bool) -> None:
    drafted = e.DocumentDrafted(
        **head_of("2026-11-09"), document_id="D1", template="concern_letter", letter="ours"
    )

    assert kindness.is_sent(situation("2026-11-16", "", drafted).case, letter, D(since)) is sent


@pytest.mark.parametrize(
    ("missed", "band"),
    [
        pytest.param(9, "", id="below every band"),
        pytest.param(10, "wide", id="in one"),
        pytest.param(15, "wide", id="on the edge of the other, which begins above it"),
        pytest.param(16, "narrow", id="in both: the one that begins higher"),
        pytest.param(19, "narrow", id="the last of the narrow one"),
        pytest.param(20, "wide", id="the last of the wide one"),
        pytest.param(21, "", id="beyond both"),
    ],
)
def test_of_two_bands_the_one_that_begins_higher(missed: int, band: str) -> None:
    ours = Policy(
        ("school/invented",),
        "",
        {
            found.key: Timeline((BEGAN,), (found,))
            for found in (
                value("bands.wide", missed_at_least=10, missed_at_most=20),
                value("bands.narrow", missed_more_than=15, missed_less_than=20),
            )
        },
        {},
    )

    assert bands.band_of(ours, Counts(100, 100 - missed, missed, 0), D("2026-11-16")) == band


@pytest.mark.parametrize(
    ("notice", "unit", "first_day", "last"),
    [
        pytest.param(3, "school_days", "2026-11-18", "2026-11-13", id="three school days before a Wednesday"),
        pytest.param(3, "school_days", "2026-11-03", "2026-10-22", id="over half term"),
        pytest.param(2, "weeks", "2026-11-04", "2026-10-21", id="two weeks, half term or not"),
        pytest.param(2, "school_weeks", "2026-11-04", "2026-10-14", id="two weeks of school"),
        pytest.param(2, "school_weeks", "2026-11-06", "2026-10-16", id="two weeks of school, from a Friday"),
        pytest.param(3, "school_days", "2026-01-06", "2026-01-03", id="before the calendar begins"),
    ],
)
def test_the_last_day_to_ask_for_leave(notice: int, unit: str, first_day: str, last: str) -> None:
    ours = policy(value("requests.leave", notice=notice, unit=unit))

    assert asked.latest_day_to_ask(ours, D(first_day), CALENDAR, D("2026-11-02")) == D(last)


@pytest.mark.parametrize(
    ("starts", "closes", "shut"),
    [
        pytest.param("08:50", "09:10", "09:10", id="the school's own time"),
        pytest.param("08:50", "09:20", "09:20", id="the latest that the guidance lets it"),
        pytest.param("08:50", "10:30", "09:20", id="a time beyond it does not hold"),
        pytest.param("13:00", "14:00", "13:30", id="in the afternoon"),
    ],
)
def test_when_a_register_closes(starts: str, closes: str, shut: str) -> None:
    ours = policy(value("times.am", half="AM", starts=starts, closes=closes))

    assert str(arrivals.closes(ours, Half.AM, D("2026-11-16")))[:5] == shut


@pytest.mark.parametrize(
    ("target", "plain"),
    [
        pytest.param("At least 36 of the 40 sessions", True, id="so many of so many"),
        pytest.param("36 out of 40 sessions by Friday", True, id="in other words"),
        pytest.param("40 of 40 sessions", False, id="every one of them asks too much"),
        pytest.param("0 of 40 sessions", False, id="none asks nothing"),
        pytest.param("36 of 40 sessions, or 90%", False, id="with a percentage"),
        pytest.param("36 of 40 sessions, 90 per cent", False, id="with one in words"),
        pytest.param("Come to school more often", False, id="no number"),
    ],
)
def test_a_target_in_sessions(target: str, plain: bool) -> None:
    assert targets.in_sessions(target) is plain


@pytest.mark.parametrize(
    ("kept", "on", "waits"),
    [
        pytest.param({"not_on_last_day_of_term": True}, "2026-12-18", True, id="the last day of a term"),
        pytest.param({"not_on_last_day_of_term": True}, "2026-12-17", False, id="the day before"),
        pytest.param({"not_on_last_day_of_term": True}, "2026-10-23", False, id="of a half term only"),
        pytest.param({}, "2026-12-18", False, id="a letter that minds no last day"),
    ],
)
def test_a_letter_that_would_spoil_a_holiday_waits(kept: dict[str, Any], on: str, waits: bool) -> None:
    assert kindness.waits_for_next_term(value("letters.ours", **kept), CALENDAR, D(on)) is waits


@pytest.mark.parametrize(
    ("absences", "spared"),
    [
        pytest.param("2026-09-14..2026-09-16 I", True, id="illness alone"),
        pytest.param("2026-09-14..2026-09-16 I; 2026-09-17 AM O", False, id="one absence of another kind"),
        pytest.param("2026-07-10 O; 2026-09-14 I", True, id="the year before is over"),
        pytest.param("", False, id="nothing to spare"),
    ],
)
def test_whom_a_letter_spares(absences: str, spared: bool) -> None:
    letter = value("letters.ours", never_for=("I", "M"))

    assert kindness.spares(situation("2026-10-16", absences), letter) is spared


MET = e.MeetingHeld(**head_of("2026-10-15"), meeting_id="M1", attended=("A",))
NOTED = e.NoteAdded(**head_of("2026-10-15"), text="A note.")
TOLD = e.ParentTold(**head_of("2026-10-15"), parent_id="B", of="policy", method="letter")


@pytest.mark.parametrize(
    ("fields", "events", "answer"),
    [
        pytest.param({"event": "meeting_held"}, (MET,), "holds", id="it was done"),
        pytest.param({"event": "meeting_held"}, (NOTED,), "fails", id="something else was"),
        pytest.param({"event": "meeting_held"}, (), "fails", id="nothing was"),
        pytest.param(
            {"event": "parent_told", "same_parent": True}, (TOLD,), "fails", id="another parent was told"
        ),
        pytest.param({"event": "parent_told"}, (TOLD,), "holds", id="whichever parent"),
        pytest.param(
            {"event": "parent_told", "where": Fields({"method": ("letter",)})},
            (TOLD,),
            "holds",
            id="by letter",
        ),
        pytest.param(
            {"event": "parent_told", "where": Fields({"method": ("call",)})},
            (TOLD,),
            "fails",
            id="not by call",
        ),
    ],
)
@pytest.mark.parametrize(("on", "known"), [("2026-10-14", False), ("2026-10-15", True), ("2026-10-16", True)])
def test_a_gate_of_the_schools_own(
    fields: dict[str, Any], events: tuple[Any, ...], answer: str, on: str, known: bool
) -> None:
    ours = policy(value("gates.ours", before=("penalty_notice",), **fields))
    s = replace(situation(on, "", *events), policy=ours)

    (found,) = [f for f in own_gates.findings(s, "penalty_notice") if f.rule == "gates.ours"]

    assert found.answer.value == (answer if known else "fails")
    assert not [f for f in own_gates.findings(s, "notice_to_improve") if f.rule == "gates.ours"]


@pytest.mark.parametrize(("given", "shown"), [({"by_time": "09:30"}, "09:30"), ({}, "")])
def test_a_call_has_its_time(given: dict[str, Any], shown: str) -> None:
    rung = {"order": 1, "whom": "contacts", "method": "call", "by": "office", "ends_if": "spoken"}
    ours = policy(value("contacts.ours", **rung, **given))

    (found,) = [x for x in first_day.to_try(ours, 1, ("A",), (), TODAY) if x.rung == "ours"]

    assert (found.by_time, found.contact_ids) == (shown, ("A",))


TEN = ("OO OO OO OO OO",)


@pytest.mark.parametrize(
    ("says", "weeks", "faults"),
    [
        pytest.param({"raises": ("threshold_met",)}, TEN, 0, id="raised, as it says"),
        pytest.param({"raises_not": ("threshold_met",)}, TEN, 1, id="raised, and it says not"),
        pytest.param({"raises": ("threshold_met",)}, ("OO OO OO OO O/",), 1, id="one short"),
        pytest.param({"raises": ("threshold_met",)}, ("// // OO OO OO", "OO OO // // //"), 0, id="two weeks"),
        pytest.param({"raises": ()}, ("OO O",), 1, id="half a day written"),
    ],
)
def test_an_example_of_a_pack(says: dict[str, Any], weeks: tuple[str, ...], faults: int) -> None:
    ours = policy(value("examples.ours", monday="2026-09-14", weeks=weeks, **says))

    found = [key for key, _ in examples.faults(ours, CODES, LIMITS) if key == "examples.ours"]

    assert len(found) == faults
