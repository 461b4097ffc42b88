"""Each worked example of the law (section 12) and each row of its clocks is named by a test."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
WRITTEN = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py") if path != Path(__file__))


@pytest.mark.parametrize("number", range(1, 56))
def test_a_worked_example_is_a_test(number: int) -> None:
    """In the id of a case, in the name of a test, or in the docstring of one."""
    assert re.search(rf"12\.{number}\b|12_{number}_|12\.{number}[ab]\b", WRITTEN)


@pytest.mark.parametrize(
    "row", [f"K{number:02d}" for number in range(1, 43)] + ["K07a", "K07b", "K07c", "K07d", "K36a"]
)
def test_a_row_of_the_clocks_is_a_test(row: str) -> None:
    assert re.search(rf"\b{row}\b", WRITTEN)
