"""A value of law or policy on the command line: on its day, with its source, how sure, and who said so."""

import json

import pytest
from typer.testing import CliRunner

from casework.cli import command_line
from casework.domain import CaseworkError


def shown(*words: str) -> str:
    done = CliRunner().invoke(command_line("policy"), ["policy", "show", *words])
    if isinstance(done.exception, CaseworkError):
        return f"refused: {done.exception}"
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(
            ("penalty_notice.threshold", "--on", "2026-11-20"),
            ("sessions       10", "school_weeks   10", "Verified  yes", "Layer     england", "https://"),
            id="the threshold",
        ),
        pytest.param(
            ("clocks.penalty_notice_full", "--on", "2026-11-20"),
            ("length     28", "no: a named person confirms", "not read in its source"),
            id="law that nobody read says so",
        ),
        pytest.param(
            ("clocks.penalty_notice_full", "--on", "2013-08-31"),
            ("length     42",),
            id="the law of another day",
        ),
        pytest.param(
            ("clocks.improvement_period", "--la", "926", "--on", "2026-11-20"),
            ("school_days_at_most", "Layer     la/926"),
            id="a local code says it for its schools",
        ),
        pytest.param(
            ("clocks.resolve_n", "--on", "2024-08-18"),
            ("refused: The policy has no value for clocks.resolve_n on 18 August 2024",),
            id="before it was law",
        ),
        pytest.param(("no.such.key",), ("refused: No policy key is known",), id="no such key"),
    ],
)
def test_a_value_is_shown(words: tuple[str, ...], says: tuple[str, ...]) -> None:
    found = shown(*words)

    for part in says:
        assert part in found, found


def test_it_is_plain_data_too() -> None:
    (found,) = json.loads(shown("penalty_notice.first", "--on", "2026-11-20", "--json"))

    assert (found["value"]["amount_pence"], found["value"]["reduced_pence"]) == (16000, 8000)
    assert (found["since"], found["layer"]) == ("2024-08-19", "england")
    assert found["source"]["href"].startswith("https://")
    assert found["verified"] in (True, False)


def test_what_the_act_of_2026_will_bring_stands_without_a_day() -> None:
    listed = json.loads(shown("children_wellbeing_act.", "--on", "2026-11-20", "--json"))

    assert listed
    assert all(item["since"] is None for item in listed), "switches, off until regulations say when"
