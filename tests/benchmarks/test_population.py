"""The invented schools: seeded, on valid UPNs, with the mix that is promised."""

import numpy as np

from benchmarks.population import changed, feed, mark_rows, population, repeated
from casework.domain.identifiers import upn_fault


def test_the_same_seed_gives_the_same_marks_and_another_seed_others() -> None:
    one, same, other = (population(300, seed).schools[0].marks for seed in (1, 1, 2))

    assert (one == same).all()
    assert (one != other).any()


def test_a_year_is_thirty_nine_weeks_less_five_days() -> None:
    people = population(900, 1, a_school=300)

    assert (people.pupils, people.sessions, len(people.schools)) == (900, 380, 3)
    assert not any(upn_fault(upn) for school in people.schools for upn in school.upns)
    assert len({upn for school in people.schools for upn in school.upns}) == 900


def test_the_mix_of_codes_is_near_what_is_promised() -> None:
    marks = np.concatenate([school.marks.ravel() for school in population(4_000, 3).schools])
    marks = marks[marks != ord(".")]
    share = {code: float(np.mean(marks == ord(code))) for code in "/\\LIOGN"}

    assert 0.92 < share["/"] + share["\\"] + share["L"] < 0.96
    assert 0.02 < share["I"] < 0.032
    assert 0.009 < share["O"] < 0.017
    assert 0.001 < share["G"] < 0.006


def test_a_feed_has_the_days_marks_and_a_changed_day_differs_in_its_share() -> None:
    school = population(400, 5, a_school=400).schools[0]
    day = int(school.dates[-1])
    sessions = slice(-2, None)

    later = changed(school, day, 0.01, np.random.default_rng(1))
    rows = feed([school], day).decode().splitlines()

    assert len(rows) - 1 == len(mark_rows(school, sessions)[0])
    assert (later.marks != school.marks).sum() == round((len(rows) - 1) * 0.01)
    assert (later.marks[:-2] == school.marks[:-2]).all()


def test_schools_repeated_have_the_same_marks_and_numbers_of_their_own() -> None:
    once = population(200, 1, a_school=100)

    people = repeated(once, 3)

    assert (people.pupils, len(set(people.urns))) == (600, 6)
    assert len({upn for school in people.schools for upn in school.upns}) == 600
    assert sorted(number for school in people.schools for number in school.pupil_ids) == list(range(1, 601))
    assert sorted(school.school_id for school in people.schools) == list(range(1, 7))
    assert (people.schools[5].marks == once.schools[1].marks).all()
