"""When flows run: the same time on the school's clock on both sides of a clock change."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casework.cli.running import flow_rows, local
from casework.config import Settings
from casework.flows.schedule import FLOWS, Missed, missed

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


EVERYTHING = Settings(Path("home"), backup_folder=Path("backups"), backup_key="age1", inbox=Path("inbox"))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(
            "2026-10-23 23:30",
            {
                "nightly": ("Mon 26 Oct 2026 19:00", "19:00"),
                "morning": ("Mon 26 Oct 2026 09:45", "09:45"),
                "inbox": ("Mon 26 Oct 2026 06:00", "06:00"),
                "reviews": ("Sat 24 Oct 2026 06:15", "05:15"),
                "audit": ("Sat 24 Oct 2026 22:00", "21:00"),
                "backup": ("Sat 24 Oct 2026 20:30", "19:30"),
            },
            id="the night before the clocks go back",
        ),
        pytest.param(
            "2026-10-25 00:30",
            {
                "reviews": ("Sun 25 Oct 2026 06:15", "06:15"),
                "backup": ("Sun 25 Oct 2026 20:30", "20:30"),
                "audit": ("Sat 31 Oct 2026 22:00", "22:00"),
            },
            id="in the hour that comes twice",
        ),
        pytest.param(
            "2027-03-26 23:30",
            {
                "nightly": ("Mon 29 Mar 2027 19:00", "18:00"),
                "safeguarding": ("Mon 29 Mar 2027 06:30", "05:30"),
                "inbox": ("Mon 29 Mar 2027 06:00", "05:00"),
                "reviews": ("Sat 27 Mar 2027 06:15", "06:15"),
                "audit": ("Sat 27 Mar 2027 22:00", "22:00"),
            },
            id="the night before the clocks go forward",
        ),
        pytest.param(
            "2027-03-28 00:59",
            {
                "reviews": ("Sun 28 Mar 2027 06:15", "05:15"),
                "backup": ("Sun 28 Mar 2027 20:30", "19:30"),
                "audit": ("Sat 03 Apr 2027 22:00", "21:00"),
            },
            id="a minute before the hour that does not come",
        ),
    ],
)
def test_the_list_of_flows_is_right_across_the_clock_changes(now, expected):
    rows = flow_rows({}, datetime.fromisoformat(now).replace(tzinfo=UTC), EVERYTHING)

    shown = {
        row["flow"]: (local(row["next_run"]), f"{row['next_run'].astimezone(UTC):%H:%M}")
        for row in rows
        if row["flow"] in expected
    }
    assert shown == expected


def test_the_list_of_flows_says_when_each_runs():
    rows = flow_rows({}, datetime(2026, 10, 1, tzinfo=UTC), Settings(Path("home")))

    said = {row["flow"]: row["schedule"] for row in rows}
    assert said["reviews"] == "06:15, 12:15, 16:15 every day"
    assert said["nightly"] == "19:00 on weekdays"
    assert said["audit"] == "22:00 on Saturdays"
    assert said["inbox"] == "every 10 minutes from 06:00 to 19:50 on weekdays"
    assert said["registers"] == "when files come in"
    unwanted = {row["flow"] for row in rows if row["next_run"] is None}
    assert {"inbox", "backup", "registers"} <= unwanted


def test_an_import_waits_for_its_files():
    assert BY_NAME["registers"].next_run(datetime(2026, 10, 22, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        pytest.param("inbox", "every 10 minutes from 06:00 to 19:50 on weekdays", id="every so many minutes"),
        pytest.param("health", "every hour from 07:20 to 18:20 on weekdays", id="every hour"),
        pytest.param("audit", "22:00 on Saturdays", id="once a week"),
        pytest.param("reviews", "06:15, 12:15, 16:15 every day", id="several times a day"),
        pytest.param("nightly", "19:00 on weekdays", id="on weekdays"),
        pytest.param("registers", "when files come in", id="when something comes"),
    ],
)
def test_a_schedule_reads_as_a_person_says_it(flow, words):
    assert BY_NAME[flow].when == words


@pytest.mark.parametrize(
    ("flow", "told"),
    [
        pytest.param(
            "nightly", {"on": date(2026, 11, 20), "urn": "1"}, id="a night is of its day and school"
        ),
        pytest.param("inbox", {"urn": "1"}, id="what waits in a folder has no day"),
    ],
)
def test_a_missed_run_is_told_what_its_flow_takes(flow, told):
    assert Missed(BY_NAME[flow], date(2026, 11, 20), "1").parameters == told


def told(last: dict[tuple[str, str], str], now: str) -> list[str]:
    """What is caught up at a moment, as `flow URN day`, in order."""
    days = {key: date.fromisoformat(day) for key, day in last.items()}
    found = missed(days, datetime.fromisoformat(now).replace(tzinfo=UTC))
    return [" ".join(filter(None, (run.item.name, run.urn, f"{run.on:%a %d}"))) for run in found]


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        pytest.param({}, "2026-11-20 08:00", [], id="what never ran has missed nothing"),
        pytest.param({("morning", "1"): "2026-11-19"}, "2026-11-20 09:44", [], id="not yet due"),
        pytest.param(
            {("morning", "1"): "2026-11-19"}, "2026-11-20 09:46", ["morning 1 Fri 20"], id="just due"
        ),
        pytest.param({("morning", "1"): "2026-11-20"}, "2026-11-22 12:00", [], id="nothing over a weekend"),
        pytest.param(
            {("nightly", "1"): "2026-11-17", ("nightly", "2"): "2026-11-18", ("morning", "1"): "2026-11-17"},
            "2026-11-20 08:00",
            [
                *("morning 1 Wed 18", "morning 1 Thu 19"),
                *("nightly 1 Wed 18", "nightly 1 Thu 19", "nightly 2 Thu 19"),
            ],
            id="a day off: welfare first, then each school's days in order",
        ),
        pytest.param(
            {("reviews", ""): "2026-11-19", ("safeguarding", ""): "2026-11-19"},
            "2026-11-21 17:00",
            ["safeguarding Fri 20", "reviews Fri 20", "reviews Sat 21"],
            id="clocks run out at weekends too, and once a day is enough",
        ),
        pytest.param(
            {("documents", ""): "2026-11-18"},
            "2026-11-20 08:00",
            ["documents Fri 20"],
            id="letters are issued as of today, once",
        ),
        pytest.param(
            {("nightly", "1"): "2026-10-23"}, "2026-10-26 18:59", [], id="the clocks went back: not yet seven"
        ),
        pytest.param(
            {("nightly", "1"): "2026-10-23"}, "2026-10-26 19:00", ["nightly 1 Mon 26"], id="now it is seven"
        ),
        pytest.param(
            {("registers", ""): "2026-11-01"}, "2026-11-20 08:00", [], id="files are not on a clock"
        ),
        pytest.param({("a_flow_of_before", ""): "2026-11-01"}, "2026-11-20 08:00", [], id="unknown"),
    ],
)
def test_what_was_missed_is_caught_up_in_its_order(last, now, expected):
    assert told(last, now) == expected
