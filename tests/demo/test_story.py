"""What each storyline's register must say on Friday 20 November 2026, counted here by hand."""

from datetime import date
from functools import cache

import pytest

from casework.demo import story
from casework.demo.calendars import DEFAULT_UNTIL, calendar_of
from casework.demo.forms import TEAMS
from casework.demo.officers import EWOS, OFFICERS
from casework.demo.schools import SCHOOLS
from casework.demo.trust import SchoolRegister, build
from casework.domain import Half, Role, Session
from casework.domain.identifiers import upn_fault


@cache
def trust(seed: int = 3, pupils: int = 150) -> tuple[SchoolRegister, ...]:
    return build(seed, pupils, DEFAULT_UNTIL)


def marks(told: story.Story, seed: int = 3, pupils: int = 150) -> dict[Session, str]:
    school = next(item for item in trust(seed, pupils) if item.school is told.school)
    row = next(n for n, stay in enumerate(school.stays) if stay.pupil.upn == told.upn)
    return dict(school.codes(row))


def unauthorised(told: story.Story, on: date) -> list[Session]:
    """G, N, O and U in the ten school weeks that end with a day's."""
    weeks = calendar_of(told.school).school_weeks_ending(on, 10)
    return [s for s, code in marks(told).items() if code in "GNOU" and weeks[0] <= s.date <= on]


def run_of(told: story.Story, codes: str) -> int:
    """School days up to the last on which both sessions hold one of the codes."""
    held = marks(told)
    days = 0
    for day in reversed(list(dict.fromkeys(session.date for session in held))):
        if not all(held[Session(day, half)] in codes for half in Half):
            break
        days += 1
    return days


@pytest.mark.parametrize(
    ("told", "on", "counted"),
    [
        pytest.param(story.NORFOLK_TEN, date(2026, 11, 20), 10, id="exactly ten across half term"),
        pytest.param(story.NORFOLK_TEN, date(2026, 11, 15), 8, id="eight the week before"),
        pytest.param(story.NORFOLK_NINE, date(2026, 11, 20), 9, id="one short"),
        pytest.param(story.NORFOLK_NTI, date(2026, 6, 9), 10, id="ten across the May half term"),
        pytest.param(story.NORFOLK_NTI, date(2026, 9, 29), 10, id="ten across the summer"),
        pytest.param(story.NORFOLK_NTI, date(2026, 11, 20), 10, id="ten again, so that one fewer is nine"),
        pytest.param(story.HOLIDAY_X, date(2026, 11, 20), 10, id="a week's holiday is ten"),
        pytest.param(story.HOLIDAY_Y, date(2026, 11, 20), 10, id="and ten for the other child"),
        pytest.param(story.CANCER_TREATMENT, date(2026, 11, 20), 0, id="treatment is never unauthorised"),
    ],
)
def test_sessions_counted(told, on, counted):
    assert len(unauthorised(told, on)) == counted


def test_ten_falls_on_both_sides_of_half_term():
    days = [session.date for session in unauthorised(story.NORFOLK_TEN, DEFAULT_UNTIL)]
    assert min(days) < date(2026, 10, 24)
    assert max(days) > date(2026, 11, 1)


@pytest.mark.parametrize(
    ("told", "codes", "days"),
    [
        pytest.param(story.TEN_DAY_RUN, "GNO", 10, id="ten days running"),
        pytest.param(story.TWENTY_DAY_RUN, "GNO", 20, id="twenty days running"),
        pytest.param(story.NEAR_FIFTEEN_DAYS_ILL, "I", 14, id="fourteen days of illness"),
    ],
)
def test_runs(told, codes, days):
    assert run_of(told, codes) == days


def test_the_child_not_seen_from_12_october():
    held = marks(story.CHILD_PROTECTION)
    calendar = calendar_of(story.CHILD_PROTECTION.school)
    tenth = calendar.add_school_days(date(2026, 10, 11), 10)
    days = calendar.days_between(date(2026, 10, 12), tenth)

    assert tenth == date(2026, 10, 23)
    assert held[Session(date(2026, 10, 15), Half.AM)] == "U"
    assert all(held[Session(day, half)] in "OU" for day in days for half in Half)
    assert held[Session(date(2026, 10, 9), Half.PM)] == "\\"


@pytest.mark.parametrize("told", [pytest.param(s, id=s.school.folder) for s in story.SEVERE])
def test_one_child_severely_absent_at_each_school(told):
    this_year = [code for session, code in marks(told).items() if session.date >= date(2026, 9, 1)]
    assert 2 * sum(code not in "/\\L" for code in this_year) >= len(this_year)


def test_an_n_is_overdue():
    held = marks(story.OVERDUE_N)
    left = [session.date for session, code in held.items() if code == "N"]
    later = [day for day in calendar_of(story.OVERDUE_N.school).days if left[0] < day <= DEFAULT_UNTIL]
    assert len(later) > 5


def test_storylines_do_not_change_with_seed_or_size():
    for told in story.STORIES:
        assert marks(told) == marks(told, seed=9, pupils=240), told.name


def test_upns_are_good_and_names_break_things():
    assert [upn_fault(told.upn) for told in story.STORIES] == [""] * len(story.STORIES)
    written = " ".join(f"{told.person.pupil.forename} {told.person.pupil.surname}" for told in story.STORIES)
    for awkward in ("O'Brien", "Zoë", "李", "&", "-", "Müller"):
        assert awkward in written


def test_two_homes_hold_two_addresses():
    for told in (story.SEPARATED, story.SEPARATED_INFANT, story.CHILD_PROTECTION):
        mother, father = told.person.contacts
        assert mother.lives_with_pupil
        assert not father.lives_with_pupil
        assert mother.address != father.address


def test_every_role_is_held_and_each_school_has_its_five():
    assert {role for officer in OFFICERS for role in officer.roles} == set(Role)
    assert len({officer.officer_id for officer in OFFICERS}) == len(OFFICERS)
    for school in SCHOOLS:
        assert sum(officer.schools == {school.urn} for officer in OFFICERS) >= 5
    assert {code for ewo in EWOS for code in ewo.la_codes} == {s.school.la_code for s in SCHOOLS}
    assert set(TEAMS) == {s.school.la_code for s in SCHOOLS}, "each authority's forms name a team"
