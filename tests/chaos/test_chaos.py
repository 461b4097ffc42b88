"""What the chaos run rests on: a seed repeats its faults, its script loses no file, a difference is seen."""

import csv
import json
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from casework.domain import Half
from tests.chaos import compared, faults
from tests.chaos.deliveries import FIRST_DAY, Drop, Trust
from tests.chaos.faults import Profile
from tests.chaos.lived import Place, Term, cut_short
from tests.chaos.term import Step, deliver, term

PROFILE = Profile(statements=50, commits=5, milliseconds=400)
STEPS = tuple(
    Step(f"step {number}", datetime(2026, 9, 16, 8, 0, tzinfo=UTC), lambda _: None, kind="nightly")
    for number in range(400)
)


@pytest.fixture(scope="module")
def trust() -> Trust:
    return Trust(3, 30)


def struck(seed: int) -> list[faults.Fault | None]:
    return [faults.chosen(seed, step, 0, PROFILE, disk=True) for step in STEPS]


def test_a_seed_repeats_its_faults_and_another_has_its_own():
    assert struck(1) == struck(1)
    assert struck(1) != struck(2)
    assert {fault.kind for fault in struck(1) if fault} == set(faults.KINDS)


def test_faults_lie_inside_their_step():
    for fault in filter(None, struck(5)):
        assert fault.kind == "clock moved" or 0 <= fault.place <= 400


def test_a_step_is_left_in_peace_in_the_end():
    assert faults.chosen(1, STEPS[0], len(faults.STRIKES), PROFILE, disk=True) is None


def test_the_disk_is_left_alone_where_it_is_everybodys():
    kinds = {fault.kind for step in STEPS if (fault := faults.chosen(1, step, 0, PROFILE, disk=False))}

    assert "disk full" not in kinds


def test_every_mark_of_the_term_is_sent_once(trust):
    sent: Counter[tuple[str, str, str, str]] = Counter()
    drops = [drop for day in trust.days for half in Half for drop in trust.of_day(day, half)]
    drops += [drop for day in trust.days for drop in trust.of_evening(day)]
    for drop in drops:
        if drop.name.startswith("feed-"):
            rows = csv.DictReader(drop.files["marks.csv"].decode().splitlines())
            sent.update((row["upn"], row["urn"], row["date"], row["session"]) for row in rows)

    due = {
        (stay.pupil.upn, school.school.urn, str(session.date), session.half.value)
        for school in trust.schools
        for row, stay in enumerate(school.stays)
        for session, _ in school.codes(row, FIRST_DAY, max(trust.days))
    }
    late = {key for key in due if date.fromisoformat(key[2]) == max(trust.days)}
    assert set(sent.values()) == {1}
    assert due - set(sent) <= late
    assert set(sent) <= due


def test_each_step_has_a_name_of_its_own(trust):
    names = [step.name for step in term(trust, 100)]

    assert len(set(names)) == len(names) > 500


def test_a_file_cut_short_ends_within_a_row(trust):
    drop = next(iter(trust.of_day(FIRST_DAY, Half.AM)))

    whole, cut = drop.files["marks.csv"], cut_short(drop).files["marks.csv"]

    assert whole.startswith(cut)
    assert cut.splitlines()[-1].count(b",") < cut.splitlines()[0].count(b",")


def test_a_folder_is_delivered_whole_and_at_rest(tmp_path):
    at = datetime(2026, 9, 16, 8, 0, tzinfo=UTC)

    deliver(tmp_path / "inbox", (Drop("feed", {"marks.csv": b"upn\n"}),), at)

    (found,) = (tmp_path / "inbox" / "feed").iterdir()
    assert found.read_bytes() == b"upn\n"
    assert at.timestamp() - found.stat().st_mtime > 60


def test_what_was_not_written_down_as_done_is_done_again(tmp_path):
    place = Place(tmp_path / "home", tmp_path)

    for line in ("begin one", "done one", "begin two", "ended -9", "begin two"):
        place.say(line)

    assert place.said("done") == ["one"]
    assert place.said("begin").count("two") == 2
    assert Term(STEPS).fault(STEPS[0], 0) is None, "without a seed nothing happens"


def event(sequence: int, kind: str) -> str:
    told = {"on_date": "2026-09-16", "by": "engine", "flow_run": "", "body": {}}
    return json.dumps({"case_ref": "C-1", "sequence": sequence, "kind": kind, **told})


def test_what_is_lost_and_what_is_doubled_is_named():
    should = {"event": [event(1, "case_opened"), event(2, "note_added")], "effect": ["a"]}
    there = {"event": [event(1, "case_opened"), event(2, "task_added")], "effect": ["a", "a"]}

    assert compared.differences(should, should) == compared.parting(should, should) == []
    found = compared.differences(should, there)
    assert [line for line in found if not line.startswith(" ")] == [
        "effect: 1 doubled or new",
        "event: 1 lost",
        "event: 1 doubled or new",
    ]
    assert compared.parting(should, there)[0] == "C-1 parts at event 2 of 2"
