"""Why this case, why now, and what if: the sessions, weeks, reasons, dates and next steps by name."""

import json
from datetime import date

import pytest

from casework.domain import NoticeStatus
from casework.domain import events as e
from casework.stages.why import whatif, why
from tests.situations import SUPPORTED, B, a_notice, head_of, situation

TEN = "2026-07-10 O; 2026-09-14..2026-09-17 G"


def test_the_ten_sessions_the_ten_weeks_and_the_source() -> None:
    told = why(situation("2026-09-18", TEN, *SUPPORTED))

    assert [c.session for c in told.counts][:3] == ["2026-07-10 AM", "2026-07-10 PM", "2026-09-14 AM"]
    assert len(told.counts) == 10
    assert [week.isoformat() for week in told.school_weeks][-3:] == ["2026-08-31", "2026-09-07", "2026-09-14"]
    assert len(told.school_weeks) == 10
    assert told.threshold.answer == "holds"
    assert told.threshold.source.startswith("Working together")
    assert told.threshold.source in {source.title for source in told.sources}
    assert told.opened_for == "Noticed."


@pytest.mark.parametrize(
    ("absences", "session", "reason"),
    [
        pytest.param("2026-09-15 AM I", "2026-09-15 AM", "the absence is not unauthorised", id="authorised"),
        pytest.param(
            "2026-06-01 O", "2026-06-01 AM", "it lies outside the school weeks looked at", id="too old"
        ),
        pytest.param(
            "2026-03-02 O", "2026-03-02 AM", "the pupil was not of compulsory school age", id="not of age"
        ),
    ],
)
def test_why_a_session_does_not_count(absences: str, session: str, reason: str) -> None:
    young = {"dob": date(2021, 3, 20)}
    told = why(situation("2026-09-18", absences, pupil=young))

    assert {c.session: c.why_not for c in told.does_not_count}[session] == reason
    assert session not in {c.session for c in told.counts}


def test_a_session_is_spent_for_one_parent_alone() -> None:
    earlier = a_notice("2026-09-25", period=("2026-09-14", "2026-09-17"))
    told = why(situation("2026-10-02", TEN, notices=(earlier,)))

    assert {p.parent_id: len(p.counts) for p in told.parents} == {"A": 2, "B": 10}
    assert {p.parent_id: p.tier for p in told.parents} == {"A": 2, "B": 1}
    assert {p.parent_id: p.threshold_met_at for p in told.parents}["B"] == "2026-09-17 PM"


def test_a_material_error_frees_the_sessions() -> None:
    freed = a_notice(
        "2026-09-25", NoticeStatus.WITHDRAWN, period=("2026-09-14", "2026-09-17"), ground="material_error"
    )
    kept = a_notice(
        "2026-09-25", NoticeStatus.WITHDRAWN, period=("2026-09-14", "2026-09-17"), ground="wrong_person"
    )

    assert len(why(situation("2026-10-02", TEN, notices=(freed,))).parents[0].counts) == 10
    assert len(why(situation("2026-10-02", TEN, notices=(kept,))).parents[0].counts) == 2


def test_the_last_safe_days_come_with_the_first_unauthorised_session() -> None:
    (for_a, _) = why(situation("2026-09-18", "2026-09-17 AM U")).parents

    assert for_a.limit_on == date(2027, 3, 17)
    assert for_a.latest_referral_on is not None
    assert for_a.latest_notice_on is not None
    assert for_a.latest_notice_on < for_a.latest_referral_on < for_a.limit_on
    assert why(situation("2026-09-18")).parents[0].limit_on is None


def test_clocks_that_run_are_shown_soonest_first_and_stopped_ones_are_not() -> None:
    def clock(clock_id: str, rule: str, started: str) -> e.ClockStarted:
        return e.ClockStarted(
            **head_of(started), clock_id=clock_id, rule=rule, started_on=date.fromisoformat(started)
        )

    told = why(
        situation(
            "2026-10-23",
            "",
            clock("C1", "clocks.prosecution_limit", "2026-09-17"),
            clock("C2", "clocks.resolve_n", "2026-10-22"),
            clock("C3", "clocks.resolve_n", "2026-10-12"),
            e.ClockStopped(**head_of("2026-10-14"), clock_id="C3", outcome="The reason is known."),
        )
    )

    assert told.clocks == (
        ("clocks.resolve_n", date(2026, 11, 5), ""),
        ("clocks.prosecution_limit", date(2027, 3, 17), ""),
    )


def test_it_is_plain_data() -> None:
    told = why(situation("2026-09-18", TEN, *SUPPORTED)).as_json()

    assert json.loads(json.dumps(told)) == told
    step = next(s for s in told["next_steps"] if s["step"] == "penalty_notice" and s["parent_id"] == "A")
    assert any("notice to improve" in missing for missing in step["missing"])


def test_what_if_absent_reaches_the_threshold() -> None:
    s = situation("2026-11-25", "2026-11-16..2026-11-18 O")

    assert whatif(s, [date(2026, 11, 26)]).threshold_met_at == ""
    then = whatif(s, [date(2026, 11, 26), date(2026, 11, 27)])
    assert (then.threshold_sessions, then.threshold_met_at) == (10, "2026-11-27 PM")
    assert then.supposed[0] == "2026-11-26 AM"
    assert s.facts.summary(date(2026, 11, 30)).threshold.sessions == 6


def test_what_if_present_lets_the_window_empty() -> None:
    s = situation("2026-11-20", "2026-11-16..2026-11-20 O")

    assert whatif(s).threshold_sessions == 10
    assert whatif(s, present_until=date(2027, 2, 5)).threshold_sessions == 10
    assert whatif(s, present_until=date(2027, 2, 8)).threshold_sessions == 0


def test_what_if_finds_the_return_that_would_fall_due() -> None:
    s = situation("2026-11-03", "2026-10-15..2026-11-03 O")

    assert [r.made for r in whatif(s, [date(2026, 11, 4)]).returns] == ["attendance"]
    assert whatif(s, present_until=date(2026, 11, 4)).returns == ()


def test_the_time_machine_sees_only_what_was_recorded_by_then() -> None:
    s = situation("2026-09-18", TEN, *SUPPORTED, parent=B)
    before = situation("2026-09-18", TEN, *SUPPORTED[:1], parent=B)

    assert why(s).next_steps != why(before).next_steps
    assert s.case.as_known(2).sequence == before.case.sequence
