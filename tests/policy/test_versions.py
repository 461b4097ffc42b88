"""A case keeps the version of its school's policy it began under; law reaches it all the same."""

from datetime import date
from pathlib import Path

import pytest

from casework.policy.load import load, manifest
from casework.policy.versions import changes, ends_on, kept, version_on
from tests.policy.packs import copy_of_packs, entry, school_with

FIRST, SECOND = date(2024, 9, 1), date(2026, 9, 1)
VERSIONS = {"first": FIRST, "second": SECOND}
ON = date(2026, 11, 2)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    packs = copy_of_packs(tmp_path)
    school_with(
        packs,
        "pack.toml",
        'title = "Invented"\nbase = "national"\n[versions]\nfirst = 2024-09-01\nsecond = 2026-09-01\n',
    )
    text = entry("lates", "{ limit = 5 }", "tighten") + "2026-09-01 = { limit = 2 }\n"
    school_with(packs, "triggers.toml", text)
    school_with(packs, "meetings.toml", entry("panel", "{ weeks = 2 }", since="2026-09-01"))
    return packs


@pytest.mark.parametrize(
    ("on", "name", "end"),
    [
        pytest.param(date(2024, 8, 31), "", FIRST, id="before the first"),
        pytest.param(FIRST, "first", SECOND, id="the first day of the first"),
        pytest.param(date(2026, 8, 31), "first", SECOND, id="the last day of the first"),
        pytest.param(SECOND, "second", None, id="the second is the latest"),
    ],
)
def test_which_version(on, name, end):
    assert (version_on(VERSIONS, on), ends_on(VERSIONS, on)) == (name, end)


def test_a_manifest_names_its_versions(packs):
    assert manifest(packs / "school" / "invented").versions == VERSIONS


def test_what_the_school_says_is_kept(packs):
    now = load("invented", packs=packs)
    old = kept(now, SECOND)

    assert (now.value("triggers.lates", ON).limit, old.value("triggers.lates", ON).limit) == (2, 5)
    assert now.value("meetings.panel", ON).weeks == 2
    assert old.maybe("meetings.panel", ON) is None
    assert [change.key for change in changes(old, now, ON)] == ["meetings.panel", "triggers.lates"]


def test_the_law_reaches_every_case(packs):
    law = packs / "england" / "penalty_notice.toml"
    text = law.read_text("utf-8")
    later = "[second.from]\n2026-10-01 = { amount_pence = 20000 }\n"
    law.write_text(text.replace("[second.from]\n", later), "utf-8")

    old = kept(load("invented", packs=packs), SECOND)

    assert old.value("penalty_notice.second", date(2026, 9, 30)).amount_pence == 16000
    assert old.value("penalty_notice.second", ON).amount_pence == 20000


def test_a_change_of_law_under_the_schools_own_rule_is_not_held_back(packs):
    clocks = packs / "england" / "clocks.toml"
    text = clocks.read_text("utf-8")
    start = text.index("[resolve_n.from]")
    line = text[start:].splitlines()[1]
    tighter = line.replace("2024-08-19", "2026-10-01").replace("length = 5", "length = 3")
    clocks.write_text(text[:start] + text[start:].replace(line, f"{line}\n{tighter}", 1), "utf-8")
    own = entry("resolve_n", "{ length = 4 }", "tighten") + "2026-10-01 = { length = 2 }\n"
    school_with(packs, "clocks.toml", own)

    old = kept(load("invented", packs=packs), SECOND)

    lengths = [old.value("clocks.resolve_n", date(2026, month, 15)).length for month in (8, 9, 10)]
    assert lengths == [4, 4, 2]
