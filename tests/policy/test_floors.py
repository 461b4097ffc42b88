"""A lower layer may ask for more, never for less law: what each layer may and may not say."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from casework.domain import NotFound
from casework.policy.check import check
from casework.policy.load import PolicyRefused, load
from tests.policy.packs import copy_of_packs, entry, school_with

ON = date(2026, 11, 2)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return copy_of_packs(tmp_path)


@pytest.mark.parametrize(
    ("file", "name", "value", "quotes"),
    [
        pytest.param(
            "penalty_notice.toml",
            "limit",
            "{ notices = 3 }",
            "national framework for penalty notices",
            id="a third notice",
        ),
        pytest.param("penalty_notice.toml", "limit", "{ years = 1 }", "2007", id="a shorter look-back"),
        pytest.param(
            "clocks.toml", "improvement_period", "{ length = 2 }", "notices to improve", id="NTI of 2 weeks"
        ),
        pytest.param(
            "clocks.toml", "improvement_period", "{ length = 7 }", "notices to improve", id="NTI of 7 weeks"
        ),
        pytest.param(
            "clocks.toml",
            "improvement_period",
            "{ length_at_least = 2 }",
            "notices to improve",
            id="NTI floor of 2 weeks",
        ),
        pytest.param(
            "clocks.toml", "resolve_n", "{ length = 10 }", "regulation 10(7)", id="N kept for 10 days"
        ),
        pytest.param(
            "clocks.toml",
            "resolve_n",
            '{ unit = "calendar_days" }',
            "regulation 10(7)",
            id="N by another unit",
        ),
        pytest.param(
            "clocks.toml",
            "resolve_n",
            "{ may_pause = true }",
            "regulation 10(7)",
            id="a statutory clock paused",
        ),
        pytest.param(
            "clocks.toml", "deletion_ground_i", "{ length = 15 }", "9(1)(i)", id="deletion after 15 days"
        ),
        pytest.param(
            "clocks.toml",
            "attendance_return",
            "{ length = 20 }",
            "regulation 13",
            id="SJB-105: a return after 20 days",
        ),
        pytest.param(
            "clocks.toml", "prosecution_limit", "{ length = 12 }", "section 127", id="a longer time limit"
        ),
        pytest.param(
            "penalty_notice.toml",
            "threshold",
            "{ sessions = 6 }",
            "national framework",
            id="another threshold",
        ),
        pytest.param(
            "penalty_notice.toml",
            "threshold",
            '{ codes = ["G", "I"] }',
            "national framework",
            id="illness in the threshold",
        ),
        pytest.param(
            "penalty_notice.toml",
            "evidence_codes",
            '{ codes = ["G", "I"] }',
            "national framework",
            id="illness as evidence",
        ),
        pytest.param("penalty_notice.toml", "first", "{ amount_pence = 12000 }", "2007", id="the old sum"),
        pytest.param(
            "contents.toml",
            "notice_to_improve",
            '{ parts = [{ part = "warning", says = "a warning" }] }',
            "notices to improve",
            id="an NTI with one part",
        ),
        pytest.param(
            "considerations.toml",
            "penalty_notice",
            "{ questions = [] }",
            "national framework",
            id="no questions asked",
        ),
        pytest.param(
            "register.toml", "open_for", "{ minutes = 45 }", "code L", id="the register open for 45 minutes"
        ),
        pytest.param(
            "bands.toml",
            "persistently_absent",
            "{ missed_percent = 20 }",
            "persistent absence",
            id="persistent absence at a fifth",
        ),
        pytest.param(
            "overrides.toml", "rank", '{ act = ["headteacher"] }', "set aside", id="an Act set aside"
        ),
        pytest.param(
            "triggers.toml",
            "threshold_met",
            "{ limit = 20 }",
            "national framework",
            id="the threshold noticed late",
        ),
        pytest.param(
            "penalty_notice.toml", "limit", "{ forgiven = true }", "2007", id="a field nobody gave room for"
        ),
    ],
)
def test_less_law_is_refused_with_its_source(
    packs: Path, file: str, name: str, value: str, quotes: str
) -> None:
    school_with(packs, file, entry(name, value, "tighten"))

    with pytest.raises(PolicyRefused) as refused:
        load("invented", packs=packs)

    problem = refused.value.problems[0]
    assert quotes in problem.says
    assert problem.file == f"school/invented/{file}"
    assert (problem.row, problem.column) == (1, f"{file.removesuffix('.toml')}.{name}")
    assert problem.remedy


@pytest.mark.parametrize("mode", ["add", "replace", "block"])
def test_law_is_neither_added_over_nor_replaced_nor_blocked(packs: Path, mode: str) -> None:
    value = "{}" if mode == "block" else "{ sessions = 10 }"
    school_with(packs, "penalty_notice.toml", entry("threshold", value, mode))

    with pytest.raises(PolicyRefused, match="national framework for penalty notices"):
        load("invented", packs=packs)


@pytest.mark.parametrize(
    ("file", "name", "value", "field", "expected"),
    [
        pytest.param("clocks.toml", "resolve_n", "{ length = 3 }", "length", 3, id="N resolved sooner"),
        pytest.param("clocks.toml", "improvement_period", "{ length = 4 }", "length", 4, id="NTI of 4 weeks"),
        pytest.param(
            "clocks.toml", "improvement_period", "{ length = 3 }", "length", 3, id="NTI of 3 weeks, the edge"
        ),
        pytest.param(
            "clocks.toml", "improvement_period", "{ length = 6 }", "length", 6, id="NTI of 6 weeks, the edge"
        ),
        pytest.param(
            "clocks.toml", "deletion_ground_i", "{ length = 25 }", "length", 25, id="deletion later"
        ),
        pytest.param(
            "register.toml", "open_for", "{ minutes = 20 }", "minutes", 20, id="the register closed sooner"
        ),
        pytest.param(
            "penalty_notice.toml",
            "evidence_codes",
            '{ codes = ["G", "O", "U"] }',
            "codes",
            ("G", "O", "U"),
            id="evidence without N",
        ),
        pytest.param(
            "triggers.toml", "overdue_n", "{ limit = 1 }", "limit", 1, id="the same is no loosening"
        ),
    ],
)
def test_more_is_allowed_and_keeps_what_it_does_not_mention(
    packs: Path, file: str, name: str, value: str, field: str, expected: object
) -> None:
    school_with(packs, file, entry(name, value, "tighten"))

    found = load("invented", packs=packs).value(f"{file.removesuffix('.toml')}.{name}", ON)

    assert found.fields[field] == expected
    assert found.layer == "school/invented"
    assert found.source.title == "The school's own policy"
    assert found.above is not None
    assert found.above.layer == "england"
    assert set(found.above.fields) <= set(found.fields)


def test_a_longer_list_of_contents_is_more(packs: Path) -> None:
    england = load("national").value("contents.notice_to_improve", ON).parts
    parts = [f'{{ part = "{item.part}", says = "{item.says}" }}' for item in england]
    parts.append('{ part = "translator", says = "how to have the notice translated" }')
    text = entry("notice_to_improve", f"{{ parts = [{', '.join(parts)}] }}", "tighten")
    school_with(packs, "contents.toml", text)

    assert len(load("invented", packs=packs).value("contents.notice_to_improve", ON).parts) == 9


def test_a_layer_holds_from_its_own_day(packs: Path) -> None:
    school_with(packs, "clocks.toml", entry("resolve_n", "{ length = 2 }", "tighten", since="2026-11-02"))
    policy = load("invented", packs=packs)

    days = [policy.value("clocks.resolve_n", date(2026, 11, day)).length for day in (1, 2, 3)]

    assert days == [5, 2, 2]


def test_every_layer_is_a_floor_for_the_next(packs: Path) -> None:
    school_with(packs, "clocks.toml", entry("improvement_period", "{ length = 4 }", "tighten"))

    with pytest.raises(PolicyRefused):
        load("invented", "926", packs=packs)
    assert any("invented" in problem.file for problem in check(packs))


@pytest.mark.parametrize(
    ("key", "floor"),
    [
        pytest.param("clocks.resolve_n", 'length = "open"', id="a most made open"),
        pytest.param("clocks.resolve_n", 'unit = "open"', id="what was fixed in silence"),
        pytest.param("contents.notice_to_improve", 'parts = "subset"', id="more made fewer"),
        pytest.param("clocks.improvement_period", 'length = "open"', id="a length not yet given"),
    ],
)
def test_no_layer_opens_a_floor_for_the_next(packs: Path, key: str, floor: str) -> None:
    file, _, name = key.partition(".")
    text = entry(name, "{}", "tighten").replace(f"[{name}.from]", f"[{name}.floor]\n{floor}\n\n[{name}.from]")
    school_with(packs, f"{file}.toml", text.replace("= {}", '= { on_expiry = "shown" }'))

    with pytest.raises(PolicyRefused) as refused:
        load("invented", packs=packs)
    assert any("floor" in problem.says for problem in refused.value.problems)


def test_a_trust_stands_between_authority_and_school(packs: Path) -> None:
    trust = packs / "trust" / "invented-trust"
    trust.mkdir(parents=True)
    text = entry("resolve_n", "{ length = 3 }", "tighten", "trust policy")
    (trust / "clocks.toml").write_text(text, "utf-8")
    (school_with(packs, "pack.toml", 'title = "An invented school"\ntrust = "invented-trust"\n')).exists()

    policy = load("invented", "352", packs=packs)

    assert policy.layers == ("england", "la/352", "trust/invented-trust", "school/invented")
    assert policy.value("clocks.resolve_n", ON).layer == "trust/invented-trust"
    school_with(packs, "clocks.toml", entry("resolve_n", "{ length = 4 }", "tighten"))
    assert any("trust" in problem.remedy for problem in check(packs))


def test_a_schools_own_watch_may_be_blocked_by_nobody_above_it_needs(packs: Path) -> None:
    trust = packs / "trust" / "invented-trust"
    trust.mkdir(parents=True)
    (trust / "meetings.toml").write_text(entry("panel", "{ weeks = 2 }", "add", "trust policy"), "utf-8")
    school_with(packs, "pack.toml", 'title = "An invented school"\ntrust = "invented-trust"\n')
    school_with(packs, "meetings.toml", entry("panel", "{}", "block"))

    assert load("invented", packs=packs).maybe("meetings.panel", ON) is None
    assert load("national", trust="invented-trust", packs=packs).value("meetings.panel", ON).weeks == 2


class TestStartingFromAnotherPack:
    @pytest.fixture
    def started(self, packs: Path) -> Path:
        school_with(packs, "pack.toml", 'title = "An invented school"\nbase = "national"\n')
        return packs

    def test_gives_its_values(self, started: Path) -> None:
        found = load("invented", packs=started).value("triggers.lates", ON)

        assert (found.limit, found.layer) == (3, "school/national")

    @pytest.mark.parametrize(
        ("limit", "mode"),
        [
            pytest.param(5, "tighten", id="a looser watch of its own"),
            pytest.param(1, "tighten", id="a stricter one"),
        ],
    )
    def test_and_binds_to_none_of_them(self, started: Path, limit: int, mode: str) -> None:
        school_with(started, "triggers.toml", entry("lates", f"{{ limit = {limit} }}", mode))

        found = load("invented", packs=started).value("triggers.lates", ON)

        assert (found.limit, found.bit, found.layer) == (limit, 10, "school/invented")

    def test_may_be_blocked_or_written_anew(self, started: Path) -> None:
        school_with(started, "triggers.toml", entry("lates", "{}", "block"))
        school_with(started, "review.toml", entry("first", "{ weeks = 3 }"))
        policy = load("invented", packs=started)

        assert policy.maybe("triggers.lates", ON) is None
        assert tuple(policy.value("review.first", ON)) == ("weeks",)

    def test_but_the_law_under_it_still_binds(self, started: Path) -> None:
        national = started / "school" / "national"
        (national / "clocks.toml").write_text(entry("resolve_n", "{ length = 2 }", "tighten"), "utf-8")
        school_with(started, "clocks.toml", entry("resolve_n", "{ length = 4 }", "tighten"))

        assert load("invented", packs=started).value("clocks.resolve_n", ON).length == 4
        school_with(started, "clocks.toml", entry("resolve_n", "{ length = 6 }", "tighten"))
        load.cache_clear()
        with pytest.raises(PolicyRefused, match="regulation 10"):
            load("invented", packs=started)

    def test_a_pack_that_is_not_there(self, packs: Path) -> None:
        school_with(packs, "pack.toml", 'base = "no-such-school"\n')

        with pytest.raises(NotFound, match="national"):
            load("invented", packs=packs)
        assert [problem.file for problem in check(packs)] == ["school/invented/pack.toml"]

    def test_a_malformed_manifest(self, packs: Path) -> None:
        school_with(packs, "pack.toml", "bass = 1\n")

        with pytest.raises(PolicyRefused, match="title, trust and base"):
            load("invented", packs=packs)
        assert [problem.file for problem in check(packs)] == ["school/invented/pack.toml"]


def test_a_layer_that_ends_gives_back_what_stood_above(packs: Path) -> None:
    text = entry("resolve_n", "{ length = 2 }", "tighten") + "2026-11-02 = {}\n"
    school_with(packs, "clocks.toml", text)
    policy = load("invented", packs=packs)

    days = [policy.value("clocks.resolve_n", date(2026, 11, day)) for day in (1, 2)]

    assert [(value.length, value.layer) for value in days] == [(2, "school/invented"), (5, "england")]


def test_the_same_is_no_loosening(packs: Path) -> None:
    national = load("national")
    codes = national.value("penalty_notice.evidence_codes", ON).codes
    text = ", ".join(f'"{code}"' for code in codes)
    school_with(packs, "penalty_notice.toml", entry("evidence_codes", f"{{ codes = [{text}] }}", "replace"))

    assert load("invented", packs=packs).value("penalty_notice.evidence_codes", ON).codes == codes


def test_replacing_a_part_would_lose_the_rest(packs: Path) -> None:
    school_with(packs, "register.toml", entry("open_for", "{ minutes = 20 }", "replace"))

    with pytest.raises(PolicyRefused, match="late, after of england would be lost"):
        load("invented", packs=packs)


def test_a_day_on_which_nothing_changes_is_no_new_value() -> None:
    policy = load("national", "926")
    for key in policy.keys(""):
        values = policy.history(key).values
        stands = [(v.fields, v.source, v.layer) if v is not None else None for v in values]
        assert all(now != before for before, now in pairwise(stands)), key
