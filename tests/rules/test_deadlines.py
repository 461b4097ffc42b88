"""Every clock of the law, counted across half term, bank holidays, a term's end and a year's end."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import Force, NotInForce, Source
from casework.domain.calendar import CalendarEnds
from casework.policy import Policy, Timeline, Value
from casework.policy.load import load
from casework.rules import deadlines
from casework.rules.deadlines import NotTimed, Pause
from tests.law_calendar import BANK_HOLIDAYS, law_calendar

CALENDAR = law_calendar()
ENGLAND = load("national")
D = date.fromisoformat
LAS = {"K07a": "926", "K07b": "352", "K07c": "825", "K07d": "808", "K42": "356"}

# number, clock, the day it starts, the last day it allows (or the first day on which the thing may be)
CLOCKS = [
    ("K04", "first_contact", "2026-09-07", "2026-09-07", "the first day itself"),
    ("K05", "resolve_n", "2026-09-07", "2026-09-14", "12.6: within one week"),
    ("K05", "resolve_n", "2026-10-22", "2026-11-05", "12.7: half term skipped"),
    ("K05", "resolve_n", "2026-12-17", "2027-01-07", "over Christmas and the new year"),
    ("K05", "resolve_n", "2026-07-20", "2026-09-07", "over the summer, into another school year"),
    ("K05", "resolve_n", "2026-05-01", "2026-05-11", "over the early May bank holiday"),
    ("K07a", "improvement_period", "2026-10-05", "2026-11-20", "12.27: Norfolk, thirtieth school day"),
    ("K07a", "improvement_period", "2026-10-07", "2026-11-24", "Norfolk, begun on a Wednesday"),
    ("K07a", "improvement_period", "2026-11-23", "2027-01-15", "Norfolk, over Christmas"),
    ("K07a", "improvement_period", "2026-04-13", "2026-05-22", "Norfolk, a bank holiday gives no day back"),
    ("K07a", "improvement_period", "2026-10-28", "2026-12-11", "Norfolk, begun in half term"),
    ("K07b", "improvement_period", "2026-10-05", "2026-11-15", "Manchester, six weeks of the almanac"),
    ("K07b", "improvement_period", "2026-12-01", "2027-01-11", "Manchester, over the new year"),
    ("K07c", "improvement_period", "2026-10-05", "2026-11-15", "Buckinghamshire, six weeks"),
    ("K07d", "improvement_period", "2026-10-05", "2026-11-20", "Stockton, six school weeks"),
    ("K07d", "improvement_period", "2026-07-06", "2026-09-18", "Stockton, over the summer"),
    ("K07d", "improvement_period", "2026-10-28", "2026-12-11", "Stockton, begun in half term"),
    ("K07d", "improvement_period", "2027-02-08", "2027-03-25", "Stockton, to the last day of the calendar"),
    ("K08", "deemed_service_first_class", "2026-10-01", "2026-10-05", "12.14: over a weekend"),
    ("K08", "deemed_service_first_class", "2026-12-24", "2026-12-30", "12.15: over Christmas"),
    ("K08", "deemed_service_first_class", "2026-12-31", "2027-01-05", "over New Year's Day"),
    ("K08", "deemed_service_second_class", "2026-10-01", "2026-10-07", "second class"),
    ("K09", "penalty_notice_reduced", "2026-10-05", "2026-10-25", "12.14: the day of receipt is day 1"),
    ("K09", "penalty_notice_reduced", "2026-12-30", "2027-01-19", "12.15: over the new year"),
    ("K10", "penalty_notice_full", "2026-10-05", "2026-11-01", "12.14: ends on a Sunday"),
    ("K10", "penalty_notice_full", "2026-12-30", "2027-01-26", "12.15: over the new year"),
    ("K11", "proceedings_barred", "2026-10-05", "2026-11-02", "12.14: the first day for proceedings"),
    ("K11", "proceedings_barred", "2026-12-30", "2027-01-27", "12.15: the first day for proceedings"),
    ("K12", "prosecute_or_withdraw", "2026-11-02", "2026-11-02", "at once"),
    ("K14", "public_place_reduced", "2026-10-05", "2026-10-25", "twenty-one days"),
    ("K14", "public_place_full", "2026-10-05", "2026-11-01", "twenty-eight days"),
    ("K15", "prosecution_limit", "2026-09-17", "2027-03-17", "12.25: the corresponding date"),
    ("K15", "prosecution_limit", "2026-08-31", "2027-02-28", "12.26: no corresponding date, and a Sunday"),
    ("K15", "prosecution_limit", "2026-12-18", "2027-06-18", "from the end of term"),
    ("K16", "school_attendance_notice", "2026-11-02", "2026-11-16", "12.43: the day of service is day 1"),
    ("K17", "reasons_for_no_order", "2026-11-02", "2026-12-27", "12.44: eight weeks beginning that day"),
    ("K18", "education_supervision_order", "2026-11-02", "2027-11-02", "a year"),
    ("K18", "education_supervision_order", "2028-02-29", "2029-02-28", "from a leap day"),
    ("K19", "parenting_order", "2026-11-02", "2027-11-02", "twelve months"),
    ("K20", "parenting_programme", "2026-11-30", "2027-02-28", "three months, to the end of February"),
    ("K21", "new_pupil_return", "2026-09-03", "2026-09-08", "12.34: days, not school days"),
    ("K21", "new_pupil_return", "2026-12-18", "2026-12-23", "the end of term stops nothing"),
    ("K22", "deletion_return", "2026-11-06", "2026-11-06", "at once"),
    (
        "K23",
        "attendance_return",
        "2026-10-15",
        "2026-11-04",
        "12.18: the tenth school day, half term skipped",
    ),
    ("K23", "attendance_return", "2026-12-14", "2027-01-08", "over Christmas"),
    ("K23", "attendance_return", "2026-07-16", "2026-09-09", "over the summer"),
    ("K23", "attendance_return", "2026-05-01", "2026-05-15", "over a bank holiday"),
    ("K24", "attendance_return_interval", "2026-10-31", "2026-11-30", "a calendar month"),
    ("K25", "sickness_return", "2026-11-02", "2026-11-20", "the fifteenth school day"),
    ("K25", "sickness_return", "2026-10-12", "2026-11-06", "over half term"),
    ("K26", "deletion_ground_h", "2026-10-16", "2026-11-06", "12.33: ten school days after leave ended"),
    ("K26", "deletion_ground_h", "2026-12-18", "2027-01-15", "over Christmas"),
    ("K27", "deletion_ground_i", "2026-10-05", "2026-11-06", "12.31: the twentieth school day"),
    ("K27", "deletion_ground_i", "2026-12-07", "2027-01-15", "over Christmas"),
    ("K28", "register_retention", "2026-09-07", "2032-09-07", "six years"),
    ("K29", "file_transfer", "2026-10-22", "2026-10-27", "days, through half term"),
    ("K30", "file_transfer_new_term", "2027-01-04", "2027-01-08", "the first five days"),
    ("K31", "public_place_days", "2026-11-09", "2026-11-13", "12.36: from that day"),
    ("K31", "public_place_days", "2026-11-10", "2026-11-16", "12.37: from the next school day"),
    ("K31", "public_place_days", "2026-10-22", "2026-11-04", "over half term"),
    ("K32", "excluded_provision", "2026-11-09", "2026-11-16", "the sixth school day"),
    ("K32", "excluded_provision", "2026-10-22", "2026-11-05", "the sixth school day, over half term"),
    ("K36", "social_care_response", "2026-12-24", "2026-12-29", "the next working day after Christmas"),
    ("K36a", "social_care_assessment", "2026-10-05", "2026-12-07", "forty-five working days"),
    ("K36a", "social_care_assessment", "2026-11-23", "2027-01-28", "bank holidays left out"),
    ("K37", "subject_access", "2027-01-31", "2027-02-28", "a month"),
    ("K38", "educational_record", "2026-10-19", "2026-11-16", "fifteen school days"),
    ("K39", "data_complaint", "2026-11-20", "2026-12-20", "12.51: the clock starts the day after"),
    ("K40", "statement_objection", "2026-12-28", "2027-01-04", "seven days"),
    ("K42", "attendance_contract_review", "2026-10-05", "2026-11-02", "Stockport, four weeks"),
]


def due(number: str, clock: str, start: str) -> date:
    policy = load("national", LAS.get(number))
    assert policy.value(f"clocks.{clock}", D(start)).number == number
    return deadlines.due(policy, f"clocks.{clock}", D(start), CALENDAR, BANK_HOLIDAYS)


@pytest.mark.parametrize(
    ("number", "clock", "start", "expected"),
    [pytest.param(*row[:4], id=f"{row[0]} {row[1]}, {row[4]}") for row in CLOCKS],
)
def test_a_clock_ends_on_its_day(number: str, clock: str, start: str, expected: str) -> None:
    assert due(number, clock, start) == D(expected)


@pytest.mark.parametrize(
    ("number", "clock", "start", "expected"),
    [pytest.param(*row[:4], id=f"{row[0]} {row[1]}, {row[4]}") for row in CLOCKS],
)
def test_a_last_day_is_the_persons_and_a_day_reached_is_acted_on(
    number: str, clock: str, start: str, expected: str
) -> None:
    policy = load("national", LAS.get(number))
    end = D(expected)
    fires = deadlines.fires_on(policy, f"clocks.{clock}", end)

    the_day_itself = {"K11", "K12", "K23", "K24", "K25", "K27", "K32", "K42"}
    before, on_the_day, after = (fires <= end + timedelta(days=n) for n in (-1, 0, 1))
    assert (before, on_the_day, after) == (False, number in the_day_itself, True)


@pytest.mark.parametrize("start", ["2026-09-03", "2026-10-22", "2026-12-17", "2027-01-29"])
def test_a_start_a_day_later_never_ends_earlier(start: str) -> None:
    for key in ENGLAND.keys("clocks."):
        ends = []
        for later in range(4):
            try:
                ends.append(
                    deadlines.due(ENGLAND, key, D(start) + timedelta(days=later), CALENDAR, BANK_HOLIDAYS)
                )
            except (NotTimed, CalendarEnds):
                continue
        assert ends == sorted(ends), key


def test_every_row_of_the_master_table_is_a_clock() -> None:
    found = {
        policy.value(key, D("2026-11-02")).number
        for policy in map(load, ["national"] * 5, [None, "926", "352", "825", "808"])
        for key in policy.keys("clocks.")
    }

    assert found >= {f"K{n:02d}" for n in range(1, 43)} | {"K07a", "K07b", "K07c", "K07d", "K36a"}


def test_every_clock_that_can_be_timed_is_in_the_table() -> None:
    tested = {row[1] for row in CLOCKS}
    timed = {
        key.partition(".")[2]
        for key in ENGLAND.keys("clocks.")
        if ENGLAND.value(key, D("2026-11-02")).kind not in deadlines.SHOWN_ONLY
    }

    assert timed - tested == {"part_time_timetable_review"}, "the day of K41 is the one agreed"


@pytest.mark.parametrize(
    "clock",
    [
        pytest.param("morning_register", id="K01 is shown, not timed"),
        pytest.param("afternoon_register", id="K02 is shown, not timed"),
        pytest.param("register_open", id="K03 is shown, not timed"),
        pytest.param("penalty_notice_window", id="K06 looks back"),
        pytest.param("penalty_notice_look_back", id="K13 looks back"),
        pytest.param("mobile_child_floor", id="K33 looks back"),
        pytest.param("compulsory_age_begins", id="K34 comes from a birthday"),
        pytest.param("compulsory_age_ends", id="K35 comes from a birthday"),
        pytest.param("improvement_period", id="K07 is not known without the local code"),
        pytest.param("part_time_timetable_review", id="K41 is as agreed"),
        pytest.param("attendance_contract_review", id="K42 is as agreed"),
    ],
)
def test_what_cannot_be_counted_is_not_guessed(clock: str) -> None:
    with pytest.raises(NotTimed):
        deadlines.due(ENGLAND, f"clocks.{clock}", D("2026-11-02"), CALENDAR)


def test_the_day_agreed_in_writing_is_the_review() -> None:
    found = deadlines.due(
        ENGLAND, "clocks.part_time_timetable_review", D("2026-11-02"), CALENDAR, agreed_on=D("2026-11-27")
    )

    assert found == D("2026-11-27")


def test_the_law_of_the_day_is_counted() -> None:
    before = deadlines.due(ENGLAND, "clocks.penalty_notice_full", D("2013-08-31"), CALENDAR)
    after = deadlines.due(ENGLAND, "clocks.penalty_notice_full", D("2013-09-01"), CALENDAR)

    assert ((before - D("2013-08-31")).days, (after - D("2013-09-01")).days) == (41, 27)
    with pytest.raises(NotInForce):
        deadlines.due(ENGLAND, "clocks.resolve_n", D("2024-08-18"), CALENDAR)


@pytest.mark.parametrize(
    ("clock", "start"),
    [
        pytest.param("resolve_n", "2027-03-24", id="five school days, one left"),
        pytest.param("improvement_period", "2027-02-22", id="six school weeks, five left"),
        pytest.param("improvement_period", "2027-02-09", id="six school weeks from a Tuesday, six left"),
        pytest.param("improvement_period", "2027-04-12", id="begun after the calendar's end"),
    ],
)
def test_a_calendar_that_stops_first_is_said(clock: str, start: str) -> None:
    with pytest.raises(CalendarEnds):
        deadlines.due(load("national", "808"), f"clocks.{clock}", D(start), CALENDAR)


def invented(unit: str, length: int, counting: str, **more: object) -> Policy:
    """A policy with one clock of our own, `clocks.invented`."""
    fields = {"unit": unit, "length": length, "counting": counting, "kind": "deadline", "may_pause": True}
    source = Source("Invented", "https://example.org", Force.SCHOOL_POLICY, True)
    began = D("2020-01-01")
    value = Value(fields | more, "clocks.invented", began, "An invented rule.", source, "school/invented")
    return Policy(("school/invented",), "", {"clocks.invented": Timeline((began,), (value,))}, {})


@pytest.mark.parametrize(
    ("counting", "ends"),
    [
        pytest.param("day1", "2026-11-15", id="the first day counts"),
        pytest.param("day0", "2026-11-16", id="it does not"),
    ],
)
def test_two_weeks_of_seven_days(counting: str, ends: str) -> None:
    policy = invented("weeks", 2, counting)

    assert deadlines.due(policy, "clocks.invented", D("2026-11-02"), CALENDAR) == D(ends)


class TestPauses:
    NORFOLK = load("national", "926")
    MANCHESTER = load("national", "352")

    def due(self, policy: Policy, rule: str, start: str, *pauses: Pause, on: str | None = None) -> date:
        asked = D(on) if on else None
        return deadlines.due(policy, rule, D(start), CALENDAR, BANK_HOLIDAYS, on=asked, pauses=pauses)

    @pytest.mark.parametrize(
        ("began", "resumed", "expected"),
        [
            pytest.param("2026-10-12", "2026-10-19", "2026-11-22", id="a week in the middle moves it a week"),
            pytest.param("2026-11-15", "2026-11-16", "2026-11-16", id="the last day itself"),
            pytest.param("2026-11-16", "2026-11-20", "2026-11-15", id="the day after the end moves nothing"),
            pytest.param("2026-09-28", "2026-10-05", "2026-11-15", id="before the start moves nothing"),
        ],
    )
    def test_weeks_of_the_almanac(self, began: str, resumed: str, expected: str) -> None:
        pause = Pause(D(began), D(resumed))

        assert self.due(self.MANCHESTER, "clocks.improvement_period", "2026-10-05", pause) == D(expected)

    def test_school_weeks_move_by_school_days(self) -> None:
        pause = Pause(D("2026-10-12"), D("2026-10-19"))

        assert self.due(self.NORFOLK, "clocks.improvement_period", "2026-10-05", pause) == D("2026-11-27")

    def test_a_pause_on_the_very_first_day_takes_it(self) -> None:
        two_days = invented("school_days", 2, "day1")
        pause = Pause(D("2026-10-05"), D("2026-10-06"))

        assert self.due(two_days, "clocks.invented", "2026-10-05", pause) == D("2026-10-07")

    def test_a_pause_in_half_term_takes_no_school_day(self) -> None:
        pause = Pause(D("2026-10-26"), D("2026-10-31"))

        assert self.due(self.NORFOLK, "clocks.improvement_period", "2026-10-05", pause) == D("2026-11-20")

    def test_an_open_pause_moves_the_end_day_by_day(self) -> None:
        open_pause = Pause(D("2026-10-12"))
        ends = [
            self.due(self.MANCHESTER, "clocks.improvement_period", "2026-10-05", open_pause, on=day)
            for day in ("2026-10-12", "2026-10-13")
        ]

        assert ends == [D("2026-11-16"), D("2026-11-17")]

    def test_a_hold_never_stops_a_statutory_clock(self) -> None:
        pause = Pause(D("2026-10-12"), D("2026-12-01"))
        for key in ENGLAND.keys("clocks."):
            clock = ENGLAND.value(key, D("2026-11-02"))
            if clock.statutory and clock.kind not in deadlines.SHOWN_ONLY:
                plain = self.due(ENGLAND, key, "2026-10-05")
                assert self.due(ENGLAND, key, "2026-10-05", pause) == plain, key


class TestWindows:
    @pytest.mark.parametrize(
        ("on", "began"),
        [
            pytest.param("2026-11-19", "2026-09-07", id="12.4: ten school weeks back skip half term"),
            pytest.param("2026-11-12", "2026-08-31", id="12.5: a week earlier still holds the first week"),
            pytest.param("2026-10-15", "2026-07-06", id="12.50: over the summer"),
            pytest.param("2026-10-28", "2026-07-13", id="in a holiday the last school week is the latest"),
            pytest.param("2026-01-07", "2026-01-05", id="a calendar that begins later gives what it has"),
        ],
    )
    def test_the_threshold_looks_back_over_school_weeks(self, on: str, began: str) -> None:
        found = deadlines.window_began(ENGLAND, "clocks.penalty_notice_window", D(on), CALENDAR)

        assert found == D(began)

    @pytest.mark.parametrize(
        ("rule", "on", "began"),
        [
            pytest.param("penalty_notice_look_back", "2026-10-01", "2023-10-01", id="three years"),
            pytest.param(
                "penalty_notice_look_back", "2028-02-29", "2025-02-28", id="three years from a leap day"
            ),
            pytest.param("mobile_child_floor", "2026-10-01", "2025-10-01", id="twelve months"),
        ],
    )
    def test_years_and_months(self, rule: str, on: str, began: str) -> None:
        assert deadlines.window_began(ENGLAND, f"clocks.{rule}", D(on), CALENDAR) == D(began)

    def test_a_deadline_is_no_window(self) -> None:
        with pytest.raises(NotTimed):
            deadlines.window_began(ENGLAND, "clocks.resolve_n", D("2026-11-02"), CALENDAR)


@pytest.mark.parametrize(
    ("deleted_on", "most_senior", "needed"),
    [
        pytest.param("2026-07-10", True, True, id="12.52: before the last term ended"),
        pytest.param("2026-07-22", True, False, id="12.52: after the last term ended"),
        pytest.param("2026-07-21", True, True, id="12.52: on its last day, to be safe"),
        pytest.param("2026-07-22", False, True, id="12.52: another class"),
        pytest.param("2028-07-22", True, None, id="12.52: a year the calendar does not know"),
    ],
)
def test_a_leavers_deletion_return(deleted_on: str, most_senior: bool, needed: bool | None) -> None:
    assert deadlines.deletion_return_due(D(deleted_on), CALENDAR, most_senior_class=most_senior) is needed


class TestCountedByHand:
    """The same days counted one at a time, for any start and any length."""

    STARTS = st.dates(D("2026-02-01"), D("2026-11-30"))

    @given(start=STARTS, length=st.integers(1, 30), counting=st.sampled_from(["day0", "day1"]))
    def test_school_days(self, start: date, length: int, counting: str) -> None:
        end = deadlines.due(invented("school_days", length, counting), "clocks.invented", start, CALENDAR)

        after = start if counting == "day0" else start - timedelta(days=1)
        counted = [day for day in days(after + timedelta(days=1), end) if CALENDAR.is_school_day(day)]
        assert len(counted) == length
        assert counted[-1] == end

    @given(start=STARTS, most=st.integers(1, 25))
    def test_weeks_and_no_more_than_so_many_school_days(self, start: date, most: int) -> None:
        whole = deadlines.due(invented("weeks", 6, "day1"), "clocks.invented", start, CALENDAR)
        capped = invented("weeks", 6, "day1", school_days_at_most=most)
        end = deadlines.due(capped, "clocks.invented", start, CALENDAR)

        in_whole = CALENDAR.days_between(start, whole)
        assert end == (in_whole[most - 1] if len(in_whole) > most else whole)
        assert len(CALENDAR.days_between(start, end)) == min(most, len(in_whole))

    @given(start=STARTS, length=st.integers(1, 45))
    def test_working_days(self, start: date, length: int) -> None:
        policy = invented("working_days", length, "day0")
        end = deadlines.due(policy, "clocks.invented", start, CALENDAR, BANK_HOLIDAYS)

        counted = [d for d in days(start, end)[1:] if d.weekday() < 5 and d not in BANK_HOLIDAYS]
        assert len(counted) == length
        assert counted[-1] == end

    @given(start=STARTS, length=st.integers(1, 60), counting=st.sampled_from(["day0", "day1"]))
    def test_calendar_days(self, start: date, length: int, counting: str) -> None:
        end = deadlines.due(invented("calendar_days", length, counting), "clocks.invented", start, CALENDAR)

        assert len(days(start, end)) == length + (counting == "day0")

    @given(start=STARTS, length=st.integers(1, 8))
    def test_school_weeks_from_a_school_monday_touch_as_many_weeks(self, start: date, length: int) -> None:
        monday = CALENDAR.school_weeks_ending(start, 1)[0]
        end = deadlines.due(invented("school_weeks", length, "day1"), "clocks.invented", monday, CALENDAR)

        touched = {day - timedelta(days=day.weekday()) for day in CALENDAR.days_between(monday, end)}
        assert len(touched) == length
        assert CALENDAR.is_school_day(end)
        following = CALENDAR.add_school_days(end, 1)
        assert following - timedelta(days=following.weekday()) not in touched

    @given(start=STARTS, length=st.integers(1, 8))
    def test_school_weeks_from_any_day_give_no_less_than_from_the_monday(
        self, start: date, length: int
    ) -> None:
        policy = invented("school_weeks", length, "day1")
        monday = start - timedelta(days=start.weekday())

        ends = [deadlines.due(policy, "clocks.invented", day, CALENDAR) for day in (monday, start)]

        assert ends[0] <= ends[1] <= CALENDAR.add_school_days(ends[0], 5)

    @given(start=STARTS, length=st.integers(1, 14), unit=st.sampled_from(["months", "years"]))
    def test_months_end_on_the_corresponding_date_or_the_months_last(
        self, start: date, length: int, unit: str
    ) -> None:
        end = deadlines.due(invented(unit, length, "day0"), "clocks.invented", start, CALENDAR)

        months = (end.year - start.year) * 12 + end.month - start.month
        assert months == length * (12 if unit == "years" else 1)
        assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)
        counted = deadlines.due(invented(unit, length, "day1"), "clocks.invented", start, CALENDAR)
        assert counted == end - timedelta(days=1)


def days(start: date, end: date) -> list[date]:
    """Every day from one to another, both included."""
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]
