"""When flows run: the same time on the school's clock on both sides of a clock change."""

from datetime import UTC, datetime

import pytest

from casework.flows.schedule import FLOWS

BY_NAME = {item.name: item for item in FLOWS}


@pytest.mark.parametrize(
    ("flow", "after", "expected"),
    [
        pytest.param("nightly", "2026-10-22 20:00", "2026-10-23 18:00", id="the last night of summer time"),
        pytest.param("nightly", "2026-10-23 20:00", "2026-10-26 19:00", id="the first night of winter time"),
        pytest.param("reviews", "2026-10-25 00:00", "2026-10-25 06:15", id="the day the clocks go back"),
        pytest.param("nightly", "2027-03-25 20:00", "2027-03-26 19:00", id="the last night of winter time"),
        pytest.param("nightly", "2027-03-26 20:00", "2027-03-29 18:00", id="the first night of summer time"),
        pytest.param("reviews", "2027-03-28 00:00", "2027-03-28 05:15", id="the day the clocks go forward"),
    ],
)
def test_a_flow_keeps_to_the_schools_clock(flow, after, expected):
    found = BY_NAME[flow].next_run(datetime.fromisoformat(after).replace(tzinfo=UTC))

    assert found is not None
    assert found.astimezone(UTC) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_an_import_waits_for_its_files():
    assert BY_NAME["registers"].next_run(datetime(2026, 10, 22, tzinfo=UTC)) is None
