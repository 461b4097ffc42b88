"""One definition of each trigger, asked of one pupil and of a column of pupils."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import Force, Half, Session, Source, StageName
from casework.facts import MEASURES, Counts, Run, Summary, Threshold
from casework.policy import Policy, Timeline, Value
from casework.policy.load import PACKS, load, names
from casework.rules import triggers
from tests.law_calendar import law_calendar

NATIONAL = load("national")
ON = date(2026, 11, 12)
EMPTY = Summary("900001", "A000000000001", ON, period=(2026, 1))


def year(absent: int, possible: int, **more: Any) -> Summary:
    """A pupil with so many absences this year, all authorised."""
    return replace(EMPTY, year=Counts(possible, possible - absent, absent, 0), **more)


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        pytest.param(EMPTY, [], id="nothing yet"),
        pytest.param(year(11, 120), [], id="12.12: eleven of 120 is not persistent"),
        pytest.param(year(12, 120), ["persistently_absent"], id="12.12: twelve of 120 is persistent"),
        pytest.param(year(39, 80), ["persistently_absent"], id="12.13: 39 of 80 is not severe"),
        pytest.param(
            year(40, 80), ["severely_absent", "persistently_absent"], id="12.13: 40 of 80 is severe"
        ),
        pytest.param(year(37, 371), [], id="37 of 371 is less than a tenth, by very little"),
        pytest.param(year(38, 380), ["persistently_absent"], id="38 of 380 is exactly a tenth"),
        pytest.param(year(10, 19), [], id="nineteen sessions are too few to say"),
        pytest.param(year(2, 20), ["persistently_absent"], id="twenty are enough"),
        pytest.param(
            replace(EMPTY, year=Counts(120, 108, 6, 6)),
            ["persistently_absent"],
            id="with and without authority",
        ),
        pytest.param(replace(EMPTY, threshold=Threshold(sessions=8)), [], id="eight is two short"),
        pytest.param(
            replace(EMPTY, threshold=Threshold(sessions=9)), ["near_threshold"], id="12.2: one short"
        ),
        pytest.param(replace(EMPTY, threshold=Threshold(sessions=10)), ["threshold_met"], id="12.3: at it"),
        pytest.param(replace(EMPTY, threshold=Threshold(sessions=11)), ["threshold_met"], id="past it"),
        pytest.param(replace(EMPTY, return_run=Run(days=9)), [], id="nine school days"),
        pytest.param(replace(EMPTY, return_run=Run(days=10)), ["return_run"], id="12.18: ten school days"),
        pytest.param(replace(EMPTY, return_run=Run(longest=10)), [], id="a run that is over is not open"),
        pytest.param(
            replace(EMPTY, unauthorised_run=Run(days=19)), [], id="nineteen school days of G, N or O"
        ),
        pytest.param(replace(EMPTY, unauthorised_run=Run(days=20)), ["ground_i_run"], id="12.31: twenty"),
        pytest.param(replace(EMPTY, illness_sessions_year=29), [], id="14 days and a half ill"),
        pytest.param(replace(EMPTY, illness_sessions_year=30), ["sickness_return"], id="15 days ill"),
        pytest.param(replace(EMPTY, overdue_n_sessions=1), ["overdue_n"], id="an N past its time"),
        pytest.param(replace(EMPTY, illness_run=Run(days=4)), [], id="four days ill"),
        pytest.param(replace(EMPTY, illness_run=Run(days=5)), ["long_illness"], id="a school week ill"),
        pytest.param(replace(EMPTY, late_half_term=3), [], id="late three times"),
        pytest.param(replace(EMPTY, late_half_term=4), ["lates"], id="late more than three times"),
        pytest.param(
            replace(EMPTY, illness_episodes_half_term=3), ["illness_episodes"], id="ill three times"
        ),
    ],
)
def test_what_is_raised(summary: Summary, expected: list[str]) -> None:
    found = triggers.raised(NATIONAL, summary, ON)

    assert [finding.rule for finding in found] == [f"triggers.{name}" for name in expected]
    assert all(finding.holds and finding.source and finding.on == ON for finding in found)


def test_the_most_severe_comes_first() -> None:
    summary = year(60, 100, overdue_n_sessions=2, late_half_term=9, return_run=Run(days=12))

    found = [finding.rule.partition(".")[2] for finding in triggers.raised(NATIONAL, summary, ON)]

    assert found == ["severely_absent", "return_run", "persistently_absent", "overdue_n", "lates"]


def test_a_finding_says_what_it_counted() -> None:
    sessions = tuple(Session(date(2026, 11, day), half) for day in (2, 3, 4, 5, 6) for half in Half)
    summary = year(
        12, 120, threshold=Threshold(10, 10, sessions[-1], sessions, sessions), return_run=Run(10, 10, ON)
    )

    found = {finding.rule: finding for finding in triggers.raised(NATIONAL, summary, ON)}

    assert found["triggers.persistently_absent"].says.endswith("So far 12 of 120 sessions.")
    assert found["triggers.threshold_met"].evidence == tuple(str(session) for session in sessions)
    assert found["triggers.return_run"].evidence == ("2026-11-12 AM",)


def test_no_trigger_was_in_force_before_the_guidance() -> None:
    assert triggers.raised(NATIONAL, year(100, 100), date(2024, 8, 18)) == ()


numbers = st.integers(0, 400)
edges = st.sampled_from([0, 1, 3, 4, 5, 9, 10, 11, 15, 19, 20, 21, 29, 30, 39, 40, 41])
small = numbers | edges


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    def counts() -> Counts:
        attended, authorised, unauthorised = draw(small), draw(small), draw(small)
        return Counts(attended + authorised + unauthorised, attended, authorised, unauthorised)

    def run() -> Run:
        days = draw(small)
        return Run(days, days + draw(edges), ON if days else None, draw(edges))

    return replace(
        EMPTY,
        year=counts(),
        term=counts(),
        half_term=counts(),
        late_half_term=draw(small),
        illness_episodes_half_term=draw(small),
        illness_sessions_year=draw(small),
        unauthorised_run=run(),
        return_run=run(),
        illness_run=run(),
        overdue_n_sessions=draw(small),
        broken_weeks_year=draw(small),
        threshold=Threshold(draw(small), draw(small)),
    )


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.int64, np.uint16])
@given(pupils=st.lists(summaries(), min_size=1, max_size=8))
def test_one_pupil_and_a_column_of_pupils_agree(dtype: type, pupils: list[Summary]) -> None:
    columns = {name: np.array([p.measure(name) for p in pupils], dtype) for name in MEASURES}

    found = triggers.masks(NATIONAL, columns, ON)

    assert found.dtype == np.uint64
    assert found.tolist() == [triggers.mask(NATIONAL, pupil, ON) for pupil in pupils]
    for bits, pupil in zip(found.tolist(), pupils, strict=True):
        assert [t.rule for t in triggers.of_mask(NATIONAL, bits, ON)] == [
            finding.rule for finding in triggers.raised(NATIONAL, pupil, ON)
        ]


def test_no_pupils_no_masks() -> None:
    assert triggers.masks(NATIONAL, {name: np.array([], np.int32) for name in MEASURES}, ON).size == 0


@pytest.mark.parametrize("pack", names(PACKS / "school"))
def test_every_trigger_names_measures_that_facts_give(pack: str) -> None:
    assert triggers.definitions(load(pack), ON)
    assert triggers.unknown_measures(load(pack), ON) == ()


@pytest.mark.parametrize(
    ("trigger", "first_seen", "on", "expected"),
    [
        pytest.param(
            "persistently_absent", "2026-10-22", "2026-11-04", False, id="four school days over half term"
        ),
        pytest.param(
            "persistently_absent", "2026-10-22", "2026-11-05", True, id="five school days over half term"
        ),
        pytest.param("return_run", "2026-10-22", "2026-10-22", True, id="a run waits for nothing"),
    ],
)
def test_settling(trigger: str, first_seen: str, on: str, expected: bool) -> None:
    days = date.fromisoformat(first_seen), date.fromisoformat(on)

    assert triggers.settled(named(trigger), *days, law_calendar()) is expected


def named(name: str) -> triggers.Trigger:
    return next(trigger for trigger in triggers.definitions(NATIONAL, ON) if trigger.name == name)


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        pytest.param("persistently_absent", "persistently_absent:2026", id="once a year"),
        pytest.param("lates", "lates:2026.1", id="once a half term"),
        pytest.param("return_run", "return_run:2026-10-20", id="once a run, named by its first day"),
        pytest.param(
            "threshold_met", "threshold_met:2026-11-10", id="once an episode, named by when it was seen"
        ),
    ],
)
def test_once_a_period(trigger: str, expected: str) -> None:
    summary = replace(EMPTY, return_run=Run(12, 12, date(2026, 10, 20)))

    assert triggers.period_key(named(trigger), summary, date(2026, 11, 10)) == expected


def test_where_each_trigger_points() -> None:
    assert {t.name: t.stage for t in triggers.definitions(NATIONAL, ON)} == {
        "severely_absent": StageName.SUPPORTIVE_ACTIONS,
        "ground_i_run": StageName.CME_REPORT,
        "return_run": StageName.CME_REPORT,
        "threshold_met": StageName.NOTICE_TO_IMPROVE,
        "sickness_return": StageName.SUPPORTIVE_ACTIONS,
        "persistently_absent": StageName.SUPPORTIVE_ACTIONS,
        "near_threshold": StageName.SUPPORTIVE_ACTIONS,
        "long_illness": StageName.NOTICING,
        "overdue_n": StageName.NOTICING,
        "illness_episodes": StageName.NOTICING,
        "lates": StageName.NOTICING,
    }


@pytest.mark.parametrize(
    ("comparison", "limit", "absent", "possible", "holds"),
    [
        pytest.param("share_more_than", 10, 12, 120, False, id="a tenth is not more than a tenth"),
        pytest.param("share_more_than", 10, 13, 120, True, id="13 of 120 is"),
        pytest.param("share_more_than", 10, 37, 369, True, id="37 of 369 is, by very little"),
        pytest.param("share_more_than", 10, 37, 371, False, id="37 of 371 is not, by very little"),
        pytest.param("share_at_least", 0, 0, 0, False, id="no share of nothing"),
        pytest.param("share_at_least", 0, 0, 1, True, id="no absence is at least nothing"),
        pytest.param("at_least", 5, 5, 9, True, id="at least five"),
        pytest.param("at_least", 5, 4, 9, False, id="four are fewer"),
        pytest.param("more_than", 5, 5, 9, False, id="five are not more than five"),
        pytest.param("more_than", 5, 6, 9, True, id="six are"),
        pytest.param("exactly", 5, 6, 9, False, id="six are not exactly five"),
        pytest.param("exactly", 5, 5, 9, True, id="five are"),
    ],
)
def test_each_comparison(comparison: str, limit: int, absent: int, possible: int, holds: bool) -> None:
    of = {"of": ("year.possible",)} if comparison.startswith("share") else {}
    policy = watching(measure=("year.absent",), comparison=comparison, limit=limit, **of)
    summary = year(absent, possible)
    columns = {name: np.array([summary.measure(name)]) for name in MEASURES}

    assert bool(triggers.raised(policy, summary, ON)) is holds
    assert triggers.masks(policy, columns, ON).tolist() == [int(holds) << 5]


@pytest.mark.parametrize(
    ("once_per", "half_term", "expected"),
    [
        pytest.param("term", 1, "watched:2026.0", id="the second half of autumn is autumn"),
        pytest.param("term", 2, "watched:2026.1", id="the first half of spring is spring"),
        pytest.param("term", 5, "watched:2026.2", id="the last half term is summer"),
        pytest.param("always", 1, "watched:2026-11-12", id="every day"),
        pytest.param("episode", 1, "watched:2026-11-10", id="since it was seen"),
    ],
)
def test_once_a_term_or_every_day(once_per: str, half_term: int, expected: str) -> None:
    policy = watching(measure=("year.absent",), comparison="at_least", limit=1, once_per=once_per)
    (trigger,) = triggers.definitions(policy, ON)

    found = triggers.period_key(trigger, replace(EMPTY, period=(2026, half_term)), date(2026, 11, 10))

    assert found == expected


def watching(**fields: object) -> Policy:
    """A policy with one trigger of our own, at bit 5."""
    whole = {"bit": 5, "once_per": "term", "settles_after_school_days": 0, "severity": 1, "stage": "noticing"}
    source = Source("Invented", "https://example.org", Force.SCHOOL_POLICY, True)
    began = date(2020, 1, 1)
    value = Value(whole | fields, "triggers.watched", began, "Something watched.", source, "school/invented")
    return Policy(("school/invented",), "", {"triggers.watched": Timeline((began,), (value,))}, {})
