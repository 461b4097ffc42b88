"""What is true of a pupil as far as the rolls can tell."""

from datetime import date

import pytest

from casework.domain import Pupil
from casework.policy.load import load
from casework.rules.flags import moved_recently

SINCE = date(2023, 11, 20)


def pupil(issued_by: str) -> Pupil:
    """A pupil whose number an authority gave."""
    return Pupil(f"A{issued_by}000126001", "S", "F")


@pytest.mark.parametrize(
    ("issued_by", "la_code", "first", "moved"),
    [
        pytest.param("352", "332", date(2025, 9, 3), True, id="another authority's number, new here"),
        pytest.param("352", "332", SINCE, True, id="on the first of the three years"),
        pytest.param("352", "332", date(2023, 11, 19), False, id="the day before the three years"),
        pytest.param("332", "332", date(2025, 9, 3), False, id="a number of this authority"),
        pytest.param("352", "332", None, False, id="no roll known is no move"),
        pytest.param("352", "", date(2025, 9, 3), False, id="no authority known is no move"),
    ],
)
def test_who_moved_here_recently(issued_by, la_code, first, moved):
    found = moved_recently(load("national", la_code or None), pupil(issued_by), first, date(2026, 11, 20))

    assert found == ({"moved_recently"} if moved else set())
