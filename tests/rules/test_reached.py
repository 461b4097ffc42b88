"""What a person is asked once a clock's day has come: a sentence with its last day, and what to do."""

from datetime import date

import pytest

from casework.policy.load import load
from casework.rules import reached

ON = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        pytest.param(
            "improvement_period",
            "The improvement period ended on 20 November 2026: decide whether attendance improved.",
            id="the day after a last day names the last day",
        ),
        pytest.param(
            "attendance_contract_review",
            "The attendance contract review is due on 21 November 2026: hold it and record what was agreed.",
            id="an agreed day is that day itself",
        ),
        pytest.param(
            "proceedings_barred",
            "Proceedings may start from 21 November 2026, unless the notice was paid.",
            id="an earliest day is that day itself",
        ),
        pytest.param(
            "penalty_notice_reduced",
            "The reduced sum could be paid until 20 November 2026: the full sum is due from now on.",
            id="the last day to pay less",
        ),
    ],
)
def test_what_is_asked(rule: str, says: str) -> None:
    assert reached.asks(load(), f"clocks.{rule}", ON) == says


def test_every_clock_asks_for_something_in_one_sentence() -> None:
    policy = load()
    rules = [key for key in policy.timelines if key.startswith("clocks.")]

    asked = {rule: reached.asks(policy, rule, ON) for rule in rules if policy.maybe(rule, ON)}

    assert len(asked) > 30
    for rule, says in asked.items():
        assert says.endswith("."), rule
        assert says.count("November 2026") == 1, rule
        assert "_" not in says, rule
        assert "{" not in says, rule


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        pytest.param("improvement_period", date(2026, 11, 20), id="a last day is the day before it fires"),
        pytest.param("attendance_contract_review", ON, id="an agreed day is the day it fires"),
        pytest.param("proceedings_barred", ON, id="an earliest day is the day it fires"),
    ],
)
def test_the_day_that_is_shown(rule: str, shown: date) -> None:
    assert reached.last_day(load(), f"clocks.{rule}", ON) == shown


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        pytest.param("improvement_period", "Improvement period", id="its own name"),
        pytest.param("penalty_notice_full", "Last day to pay the notice", id="what it counts to"),
    ],
)
def test_a_clocks_name_in_a_list(rule: str, name: str) -> None:
    assert reached.named(f"clocks.{rule}") == name
