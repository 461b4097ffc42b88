"""Policy files: found, dated, cited; and every mistake in one named with its file, line, key and remedy."""

import time
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import Force, NotFound, NotInForce
from casework.domain.register import byte_of, code_of
from casework.policy import UnknownKey, code_meanings
from casework.policy.bank_holidays import england
from casework.policy.check import check
from casework.policy.load import PACKS, PolicyRefused, load, names, read
from tests.policy.packs import copy_of_packs, entry, school_with

NATIONAL = load("national")
ON = date(2026, 11, 2)
FILES = sorted(path for path in PACKS.rglob("*.toml") if path.name != "pack.toml")


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return copy_of_packs(tmp_path)


def test_every_shipped_pack_is_sound() -> None:
    assert [str(problem) for problem in check()] == []


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.relative_to(PACKS).as_posix()) for path in FILES]
)
def test_every_value_is_cited(path: Path) -> None:
    tables = tomllib.loads(path.read_text("utf-8"))
    shared = tables.pop("source", None)
    for name, table in tables.items():
        source = table.get("source", shared)
        assert set(source) == {"title", "href", "force", "verified"}, name
        own = source["force"] in (Force.SCHOOL_POLICY.value, Force.TRUST_POLICY.value)
        assert source["href"].startswith("https://") or (own and source["href"] == ""), name
        if path.is_relative_to(PACKS / "la"):
            assert source["force"] == Force.LOCAL_CODE.value, name


class TestLookingUp:
    @pytest.mark.parametrize(
        ("key", "on", "field", "expected"),
        [
            pytest.param("penalty_notice.first", "2024-08-18", "amount_pence", 12000, id="the old sum"),
            pytest.param(
                "penalty_notice.first", "2024-08-19", "amount_pence", 16000, id="the new sum, from its day"
            ),
            pytest.param(
                "bands.persistently_absent", "2010-08-31", "missed_percent", 20, id="a fifth, until 2010"
            ),
            pytest.param(
                "bands.persistently_absent", "2015-08-31", "missed_percent", 15, id="15 percent, until 2015"
            ),
            pytest.param(
                "bands.persistently_absent", "2015-09-01", "missed_percent", 10, id="a tenth, from 2015"
            ),
            pytest.param(
                "clocks.register_retention", "2024-08-18", "length", 3, id="registers kept three years"
            ),
            pytest.param(
                "clocks.register_retention", "2024-08-19", "length", 6, id="registers kept six years"
            ),
            pytest.param("clocks.penalty_notice_full", "2013-08-31", "length", 42, id="42 days"),
            pytest.param("clocks.penalty_notice_full", "2013-09-01", "length", 28, id="28 days"),
            pytest.param(
                "clocks.proceedings_barred",
                "2013-08-31",
                "length",
                43,
                id="a reference follows its key's days",
            ),
            pytest.param(
                "clocks.penalty_notice_window",
                "2026-11-02",
                "length",
                10,
                id="ten school weeks, written once",
            ),
            pytest.param(
                "triggers.threshold_met", "2026-11-02", "limit", 10, id="the threshold, written once"
            ),
            pytest.param("triggers.near_threshold", "2026-11-02", "limit", 9, id="one short of it"),
            pytest.param("triggers.sickness_return", "2026-11-02", "limit", 30, id="15 days are 30 sessions"),
            pytest.param("safeguarding.reading", "2026-09-01", "part_one", "in_full", id="KCSIE 2026"),
        ],
    )
    def test_by_day(self, key: str, on: str, field: str, expected: object) -> None:
        assert NATIONAL.value(key, date.fromisoformat(on)).fields[field] == expected

    @pytest.mark.parametrize(
        ("key", "on"),
        [
            pytest.param("penalty_notice.threshold", "2024-08-18", id="the day before the framework"),
            pytest.param("clocks.data_complaint", "2026-06-18", id="the day before complaints are timed"),
            pytest.param(
                "children_wellbeing_act.consent_to_withdraw", "2030-01-01", id="a switch with no day"
            ),
            pytest.param("la.notice_to_improve_issuer", "2026-11-02", id="what only the authority can say"),
        ],
    )
    def test_missing_law_stops(self, key: str, on: str) -> None:
        day = date.fromisoformat(on)

        assert NATIONAL.maybe(key, day) is None
        with pytest.raises(NotInForce, match=key):
            NATIONAL.value(key, day)

    def test_a_slip_of_the_pen_is_said(self) -> None:
        with pytest.raises(UnknownKey):
            NATIONAL.maybe("penalty_notice.treshold", ON)
        with pytest.raises(AttributeError, match="there are sessions"):
            _ = NATIONAL.value("penalty_notice.threshold", ON).session

    def test_a_value_says_where_it_comes_from(self) -> None:
        value = NATIONAL.value("clocks.resolve_n", ON)

        assert value.source.title.endswith("regulation 10(7) to (9)")
        assert (value.source.force, value.verified, value.layer) == (Force.REGULATIONS, True, "england")
        assert (value.key, value.since) == ("clocks.resolve_n", date(2024, 8, 19))
        assert not NATIONAL.value("clocks.penalty_notice_full", ON).verified

    @given(st.dates(date(1990, 1, 1), date(2040, 1, 1)))
    def test_a_value_is_the_latest_begun(self, on: date) -> None:
        for key in ("penalty_notice.first", "attendance_codes.classes", "clocks.penalty_notice_full"):
            timeline = NATIONAL.history(key)
            begun = [day for day in timeline.dates if day <= on]
            found = NATIONAL.maybe(key, on)
            assert (found.since if found else None) == (max(begun) if begun else None)

    def test_whom_to_ask(self) -> None:
        declared = NATIONAL.declarations["la.ability_to_pay"]

        assert declared.ask == "the local authority"

    def test_a_lookup_costs_next_to_nothing(self) -> None:
        keys = NATIONAL.keys()
        started = time.perf_counter()
        for _ in range(40):
            for key in keys:
                NATIONAL.maybe(key, ON)

        assert (time.perf_counter() - started) / (40 * len(keys)) < 20e-6
        assert load("national") is load("national")


class TestAuthorities:
    @pytest.mark.parametrize("code", names(PACKS / "la"))
    def test_each_is_known_and_named(self, code: str) -> None:
        policy = load("national", code)

        assert policy.la_known
        assert policy.value("la.code_of_conduct", ON).authority
        assert policy.layers == ("england", f"la/{code}", "school/national")

    def test_an_authority_with_no_pack_is_not_known(self) -> None:
        policy = load("national", "999")

        assert not policy.la_known
        assert [key for key in policy.keys("la.") if policy.maybe(key, ON)] == []

    @pytest.mark.parametrize(
        ("code", "key", "field", "expected"),
        [
            pytest.param(
                "352", "la.notice_to_improve_issuer", "issuer", "local_authority", id="Manchester issues"
            ),
            pytest.param(
                "926", "la.notice_to_improve_issuer", "issuer", "school", id="in Norfolk the school issues"
            ),
            pytest.param(
                "926", "clocks.improvement_period", "school_days_at_most", 30, id="Norfolk: 30 school days"
            ),
            pytest.param("926", "clocks.improvement_period", "number", "K07a", id="Norfolk is K07a"),
            pytest.param("352", "clocks.improvement_period", "unit", "weeks", id="Manchester: weeks"),
            pytest.param("926", "la.request_deadline", "school_days", 15, id="Norfolk: 15 school days"),
            pytest.param("860", "la.third_offence", "then", ("prosecution",), id="Staffordshire prosecutes"),
            pytest.param("330", "la.prior_step_age", "months", 6, id="Birmingham: six months"),
            pytest.param(
                "356", "la.attendance_return", "once_per", "episode", id="Stockport: once an episode"
            ),
        ],
    )
    def test_what_was_found(self, code: str, key: str, field: str, expected: object) -> None:
        assert load("national", code).value(key, ON).fields[field] == expected

    @pytest.mark.parametrize("code", ["356", "860", "332", "333", "330", "335"])
    def test_a_blank_length_is_not_national(self, code: str) -> None:
        assert "length" not in load("national", code).value("clocks.improvement_period", ON)


SWITCHES = tuple(
    key
    for key in load("national").keys("la.")
    if load("national").declarations[key].ask and key != "la.code_of_conduct"
)


@pytest.mark.parametrize("code", names(PACKS / "la"))
class TestWhatAnAuthorityDoesNotSay:
    """A switch it left blank is not known: it is asked of the authority, and never silently national."""

    def test_is_not_known_whatever_pack_the_school_has(self, code: str) -> None:
        said = set(read(PACKS / "la" / code).layer.entries)
        for pack in names(PACKS / "school"):
            policy = load(pack, code)
            values = {key: policy.maybe(key, ON) for key in SWITCHES}

            assert {key for key, value in values.items() if value is not None} == said & set(SWITCHES)
            assert all(value is None or value.layer == f"la/{code}" for value in values.values())

    def test_says_whom_to_ask(self, code: str) -> None:
        policy = load("national", code)
        blank = [key for key in SWITCHES if policy.maybe(key, ON) is None]

        assert blank, "no authority said everything"
        for key in blank:
            with pytest.raises(NotInForce, match="Not known; ask the local authority"):
                policy.value(key, ON)


class TestCodes:
    @pytest.mark.parametrize(
        ("code", "on", "expected"),
        [
            pytest.param("H", "2024-08-18", "authorised", id="H until 18 August 2024"),
            pytest.param("H", "2024-08-19", None, id="H ended"),
            pytest.param("J", "2024-08-18", "attending", id="an interview was attended"),
            pytest.param("J1", "2024-08-19", "authorised", id="an interview is an authorised absence"),
            pytest.param("J1", "2024-08-18", None, id="J1 had not begun"),
            pytest.param("Y", "2024-08-18", "not_possible", id="bare Y"),
            pytest.param("Y", "2024-08-19", None, id="bare Y ended"),
            pytest.param("X", "2020-08-31", "not_possible", id="X before coronavirus"),
            pytest.param("X", "2021-01-11", "possible_only", id="X for coronavirus: possible, no absence"),
            pytest.param("X", "2022-04-01", "not_possible", id="X after it"),
            pytest.param("K", "2024-08-19", "attending", id="K began"),
            pytest.param("C2", "2024-08-19", "authorised", id="C2 began"),
            pytest.param("N", "2026-11-02", "unauthorised", id="N counts while it stands"),
            pytest.param("Q", "2026-11-02", "not_possible", id="12.10: Q is not possible"),
            pytest.param("#", "2026-11-02", "not_collected", id="planned closure"),
        ],
    )
    def test_a_code_is_classed_by_its_sessions_date(self, code: str, on: str, expected: str | None) -> None:
        classes = NATIONAL.value("attendance_codes.classes", date.fromisoformat(on))

        assert next((name for name in classes if code in classes.fields[name]), None) == expected

    @pytest.mark.parametrize("on", ["2010-09-01", "2021-01-11", "2024-08-18", "2024-08-19", "2026-11-02"])
    def test_codes_are_classed_once_explained_and_fit_a_sheet(self, on: str) -> None:
        day = date.fromisoformat(on)
        classes = NATIONAL.value("attendance_codes.classes", day)
        codes = [code for name in classes for code in classes.fields[name]]

        assert len(codes) == len(set(codes))
        assert set(codes) == set(code_meanings(NATIONAL, day))
        assert [code_of(byte_of(code)) for code in codes] == codes
        groups = NATIONAL.value("attendance_codes.groups", day)
        assert {code for name in groups for code in groups.fields[name]} <= set(codes)

    def test_there_are_thirty_four_codes_today(self) -> None:
        assert len(code_meanings(NATIONAL, ON)) == 34


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "row", "says", "remedy"),
        [
            pytest.param("[panel\nsays = 1", 1, "not TOML", "Correct the line", id="not TOML"),
            pytest.param(
                entry("panel", "{ weeks = 2 }").replace("title =", "name ="),
                5,
                "title",
                "Add it",
                id="a source without a title",
            ),
            pytest.param(
                entry("panel", "{ weeks = 2 }").replace("https://", "http://"),
                7,
                "href",
                "Correct it",
                id="an address that is not https",
            ),
            pytest.param(
                entry("panel", "{ weeks = 2 }").replace('"school policy"', '"custom"'),
                8,
                "force",
                "Correct it",
                id="a force that is none",
            ),
            pytest.param(
                entry("panel", "{ weeks = 2 }").replace("true", '"yes"'),
                9,
                "verified",
                "Correct it",
                id="a bool in words",
            ),
            pytest.param(
                entry("panel", "{ weeks = 2 }").replace("2024-08-19", "19-08-2024"),
                12,
                "from",
                "Correct it",
                id="a day that is no date",
            ),
            pytest.param(
                entry("panel", "{ weeks = 2 }") + "colour = 1\n",
                13,
                "from",
                "Correct it",
                id="a value that is no day",
            ),
            pytest.param(
                entry("panel", "{ weeks = 2 }").replace("mode", "manner"),
                2,
                "manner",
                "Take it out",
                id="an unknown word",
            ),
            pytest.param(
                entry("panel", "{ weeks = 2 }").replace("asks for.", "asks for"),
                3,
                "says",
                "Correct it",
                id="says is no sentence",
            ),
            pytest.param(
                entry("panel", '{ source = "x" }'), 1, "another name", "Correct it", id="a reserved name"
            ),
            pytest.param(
                entry("panel", "{ weeks = 2 }", "block"),
                1,
                "no value",
                "Correct it",
                id="a block with a value",
            ),
            pytest.param(
                entry("panel", '{ weeks = { key = "clocks.nothing", field = "length" } }'),
                1,
                "no number",
                "Name a key",
                id="a reference to nothing",
            ),
            pytest.param(
                entry("panel", '{ weeks = { key = "clocks.resolve_n", field = "unit" } }'),
                1,
                "no number",
                "Name a key",
                id="a reference to a word",
            ),
            pytest.param(
                entry("panel", '{ weeks = { key = "meetings.panel", field = "weeks" } }'),
                1,
                "back to itself",
                "Write the number",
                id="a reference to itself",
            ),
        ],
    )
    def test_is_named_with_its_place_and_remedy(
        self, packs: Path, text: str, row: int, says: str, remedy: str
    ) -> None:
        school_with(packs, "meetings.toml", text)

        with pytest.raises(PolicyRefused) as refused:
            load("invented", packs=packs)

        problem = refused.value.problems[0]
        assert problem.file == "school/invented/meetings.toml"
        assert problem.row == row
        assert says in problem.says
        assert problem.remedy.startswith(remedy)

    def test_every_mistake_is_told_at_once(self, packs: Path) -> None:
        text = entry("panel", "{ weeks = 2 }").replace("title =", "name =") + entry("visit", "{ key = 1 }")
        school_with(packs, "meetings.toml", text)
        school_with(packs, "clocks.toml", entry("resolve_n", "{ length = 9 }", "tighten"))

        with pytest.raises(PolicyRefused) as refused:
            load("invented", packs=packs)

        assert len(refused.value.problems) == 4
        assert set(refused.value.problems) <= set(check(packs))

    @pytest.mark.parametrize(
        ("file", "value", "says"),
        [
            pytest.param("clocks.toml", '{ number = "K99" }', "unit", id="a clock with no unit"),
            pytest.param(
                "triggers.toml", '{ bit = 64, measure = ["late_half_term"] }', "bit", id="a bit past the mask"
            ),
        ],
    )
    def test_clocks_and_triggers_have_their_shapes(
        self, packs: Path, file: str, value: str, says: str
    ) -> None:
        school_with(packs, file, entry("visit", value))

        with pytest.raises(PolicyRefused) as refused:
            load("invented", packs=packs)

        assert any(says in problem.says for problem in refused.value.problems)

    def test_two_triggers_may_not_share_a_place_in_the_mask(self, packs: Path) -> None:
        value = (
            '{ bit = 3, measure = ["late_half_term"], comparison = "at_least", limit = 5, once_per = "term", '
            'settles_after_school_days = 0, severity = 20, stage = "noticing" }'
        )
        school_with(packs, "triggers.toml", entry("late_often", value))

        with pytest.raises(PolicyRefused, match="threshold_met"):
            load("invented", packs=packs)

    def test_a_pack_that_is_not_there(self) -> None:
        with pytest.raises(NotFound, match="national"):
            load("no-such-school")
        with pytest.raises(NotFound):
            load("national", trust="no-such-trust")


def test_the_version_is_of_what_was_read(packs: Path) -> None:
    before = load("national", packs=packs)
    (packs / "school" / "national" / "extra.toml").write_text(entry("panel", "{ weeks = 2 }"), "utf-8")
    load.cache_clear()

    assert before.version == NATIONAL.version
    assert load("national", "352").version != NATIONAL.version
    assert len(NATIONAL.version) == 64


def test_bank_holidays_come_with_the_program() -> None:
    days = england()

    assert {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)} <= days
    assert date(2026, 12, 24) not in days
    assert all(type(day) is date for day in days)
    assert ON + timedelta(days=1) not in days
