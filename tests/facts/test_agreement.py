"""The plain evaluator, the sweep and a brute-force oracle agree on nasty registers, numbers and evidence."""

from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.facts import MEASURES
from casework.facts.sweep import sweep
from tests.facts.nasty import World, block_of, facts_of, world
from tests.facts.oracle import BUGS, oracle
from tests.registers_text import CODES

SEEDS = st.integers(0, 2**32 - 1)
SOME_WORLDS = range(150)


@cache
def some_world(seed: int) -> World:
    return world(seed)


@given(SEEDS)
@example(1)
@example(2)
def test_plain_and_sweep_say_what_the_contract_says(seed: int) -> None:
    held = world(seed)
    swept = sweep(block_of(held, seed), held.on, CODES, held.limits)

    line = 0
    for school in held.schools:
        for pupil in school.pupils:
            plain = facts_of(school, pupil, held, CODES).summary(held.on)
            expected = oracle(school, pupil, held)

            said = plain.as_json()
            assert {name: said[name] for name in expected} == expected
            assert swept.lines[line] == (school.urn, pupil.upn)
            assert swept.summary(line) == plain
            assert {name: int(swept.measure(name)[line]) for name in MEASURES} == {
                name: plain.measure(name) for name in MEASURES
            }
            line += 1


@pytest.mark.parametrize("bug", BUGS)
def test_the_nasty_registers_tell_a_bug_apart(bug: str) -> None:
    """Without this, agreement above could mean that the registers are too tame."""
    told_apart = any(
        oracle(school, pupil, held, bug) != oracle(school, pupil, held)
        for held in map(some_world, SOME_WORLDS)
        for school in held.schools
        for pupil in school.pupils
    )

    assert told_apart
