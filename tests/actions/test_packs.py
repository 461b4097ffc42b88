"""Packs in their owners' hands: explained, started, checked by their own examples, moved with a reason."""

import re
from dataclasses import replace
from datetime import date

import pytest

from casework.actions import pack_versions, policies, policy_coverage, policy_page, sweeping, triage
from casework.actions.recording import Unclear
from casework.domain import ENGINE, NotFound
from casework.domain import events as e
from casework.policy.coverage import Standing
from casework.policy.load import load
from casework.rules import examples
from casework.storage import schools
from tests.actions.world import HEAD, PASTORAL, ROBIN, URN, by
from tests.policy.packs import copy_of_packs, entry

ON = date(2026, 11, 16)
PACK_LA = {
    "music-stuff": "352",
    "st-chads": "332",
    "nether-stowe": "860",
    "banks-lane": "356",
    "magnum-opus": "926",
    "national": "352",
}


@pytest.mark.parametrize("pack", PACK_LA)
def test_a_pack_can_be_read(pack):
    made = policy_page.page(pack, PACK_LA[pack], ON)
    text, html = policy_page.as_text(made), policy_page.as_html(made)

    assert made.title in text
    assert f"<h1>{made.title.replace(chr(39), '&#x27;')}</h1>" in html
    assert html.count("<table>") == len(made.sections)
    for section in made.sections:
        assert section.title in text
        assert all(len(row) <= len(section.columns) for row in section.rows), section.title


LADDERS = {
    "music-stuff": (
        "Send Red Letter 1",
        "Start the Attendance Action Plan",
        "Review the Attendance Action Plan",
        "Send Red Action Letter 2",
        "Hold the attendance officer's panel",
        "Hold the senior management team's panel",
        "invite the parent to the Attendance Panel (Letter 3a)",
        "(Letter 3b)",
        "Two weeks after the panel",
    ),
    "st-chads": ("the Level 1 letter", "the Level 2 letter", "the Level 3 letter", "the Level 4 letter"),
    "nether-stowe": ("Stage 1,", "Stage 2,", "Stage 3,", "Attendance Contract", "five questions", "Stage 4:"),
    "banks-lane": ("Before any letter, call", "at the door", "the Step 1 letter", "Team Around the School"),
    "magnum-opus": ("offer help that fits", "reintegration plan", "Ten school days in a row"),
}


@pytest.mark.parametrize("pack", LADDERS)
def test_the_ladder_is_told_in_the_order_its_own_staff_know(pack):
    made = policy_page.page(pack, PACK_LA[pack], ON)
    (ladder,) = (section for section in made.sections if section.title == "The ladder, stage by stage")

    said = "\n".join(row[1] for row in ladder.rows)

    assert [step for step in LADDERS[pack] if step not in said] == []
    assert [*LADDERS[pack]] == sorted(LADDERS[pack], key=said.index)


@pytest.mark.parametrize(
    ("pack", "says"),
    [
        pytest.param("music-stuff", "An attendance officer issues no penalty notice", id="MSE-109 and why"),
        pytest.param("st-chads", "twenty never displaces ten", id="SJB-105 and why"),
        pytest.param("banks-lane", "the authority prosecutes or withdraws", id="BLI-75 and why"),
    ],
)
def test_the_page_says_what_the_law_replaced(pack, says):
    text = policy_page.as_text(policy_page.page(pack, PACK_LA[pack], ON))

    assert says in text


@pytest.mark.parametrize(
    ("pack", "in_order"),
    [
        pytest.param(
            "music-stuff",
            (
                "Call every contact number held",
                "home visit. It succeeds only when the child is seen",
                "Send Red Letter 1",
                "Send Red Action Letter 2",
                "Placement review",
                "When something came in: leave request",
                "Send the panel's minutes",
                "Two weeks of the action plan",
            ),
            id="Music Stuff: the day, the colours from the mildest, then the panel",
        ),
        pytest.param(
            "st-chads",
            ("Level 1: cause for concern", "Level 2: cause for concern", "Level 3: can we meet?"),
            id="the company's levels one after another",
        ),
        pytest.param(
            "banks-lane",
            (
                "Before any letter, call",
                "kind word with the parent at the door",
                "Invite the parents to talk early",
                "Ten school days: complete the newest missing-from-school form",
            ),
            id="Banks Lane: kind words before anything",
        ),
    ],
)
def test_what_happens_when_is_told_as_its_staff_know_it(pack, in_order):
    made = policy_page.page(pack, PACK_LA[pack], ON)
    wanted = ("An absence without a reason", "What happens when")
    parts = tuple(section for section in made.sections if section.title.startswith(wanted))
    text = policy_page.as_text(replace(made, sections=parts))

    places = [text.find(words) for words in in_order]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("pack", PACK_LA)
def test_nothing_on_the_page_is_in_the_words_of_a_file(pack):
    text = policy_page.as_text(policy_page.page(pack, PACK_LA[pack], ON)).partition("\n\n")[2]

    assert not re.findall(r"\b[a-z]+_[a-z_]+\b|Fields\(|None|\('", text)


def test_the_page_lists_what_is_not_known():
    text = policy_page.as_text(policy_page.page("st-chads", "335", ON))

    assert "not known: ask the authority" in text


def test_a_pack_is_started_from_another(tmp_path):
    made = policy_page.new("invented", "national", tmp_path)

    assert {item.name for item in made.iterdir()} == {"pack.toml", "roles.toml"}
    for name, why in (("invented", "already"), ("St Osyth's", "small letters"), ("", "small letters")):
        with pytest.raises(policy_page.PackNotStarted, match=why):
            policy_page.new(name, "national", tmp_path)
    with pytest.raises(NotFound, match="music-stuff"):
        policy_page.new("other", "no-such-pack", tmp_path)


def test_a_pack_just_started_is_sound_and_says_what_it_started_from(tmp_path):
    packs = copy_of_packs(tmp_path)
    policy_page.new("invented", "national", packs / "school")

    assert policies.problems(packs) == ()
    policy = load("invented", "352", packs=packs)
    assert policy.layers == ("england", "la/352", "school/national", "school/invented")
    assert policy.value("roles.attendance_lead", ON).appointed


LAW_BROKEN = {
    "a third notice": ("penalty_notice.toml", "limit", "{ notices = 3 }", "penalty notice"),
    "a notice to improve of two weeks": (
        "clocks.toml",
        "improvement_period",
        "{ length = 2 }",
        "Working together to improve school attendance",
    ),
    "N kept for ten days": ("clocks.toml", "resolve_n", "{ length = 10 }", "regulation 10(7)"),
}


@pytest.mark.parametrize("layer", ["school/banks-lane", "trust/arthur-terry", "la/335"])
@pytest.mark.parametrize("broken", LAW_BROKEN)
def test_a_pack_edited_to_break_the_law_is_refused_with_the_source(tmp_path, layer, broken):
    file, key, value, source = LAW_BROKEN[broken]
    packs = copy_of_packs(tmp_path)
    path = packs / layer / file
    own = path.read_text("utf-8") if path.exists() else ""
    path.write_text(own + "\n" + entry(key, value, "tighten"), "utf-8")

    found = [p for p in policies.problems(packs) if p.file == f"{layer}/{file}"]

    assert found
    assert all(p.row > 0 and p.remedy for p in found)
    assert any(source in p.says and key in p.column for p in found)


def test_an_example_that_fails_is_named_by_file_and_line(tmp_path):
    packs = copy_of_packs(tmp_path)
    path = packs / "school" / "banks-lane" / "examples.toml"
    said = path.read_text("utf-8").replace('raises = ["broken_weeks"]', 'raises = ["lates"]')
    path.write_text(said, "utf-8")

    (problem,) = policies.problems(packs)

    assert (problem.file, problem.column) == ("school/banks-lane/examples.toml", "examples.four_broken_weeks")
    assert problem.row == said.splitlines().index("[four_broken_weeks]") + 1
    assert "lates is not raised" in problem.says


def test_a_folder_that_holds_no_packs_is_said(tmp_path):
    with pytest.raises(NotFound, match="Name one that holds england"):
        policies.problems(tmp_path)


def test_every_packs_examples_come_out():
    assert [str(problem) for problem in policies.problems()] == []


def test_an_example_that_does_not_come_out_is_said():
    policy = load("banks-lane", "356")
    looser = replace(policy.value("triggers.broken_weeks", ON), fields={
        **policy.value("triggers.broken_weeks", ON).fields, "limit": 5,
    })  # fmt: skip
    timeline = replace(policy.timelines["triggers.broken_weeks"], values=(looser,))
    changed = replace(policy, timelines={**policy.timelines, "triggers.broken_weeks": timeline})

    found = dict(examples.faults(changed, policies.code_classes(policy, ON), policies.limits(policy, ON)))

    assert found == {"examples.four_broken_weeks": (
        "broken_weeks is not raised on 02 October 2026, and the example says it is."
    )}  # fmt: skip


class TestVersions:
    def test_a_case_under_the_latest_version_is_not_moved(self, inst):
        with inst.act(ENGINE) as tx:
            schools.save_schools(tx, [replace(schools.school(tx, URN), policy="music-stuff")])
        sweeping.sweep(inst, URN, ON)
        case = triage.accept(inst, by(PASTORAL, ON), URN, ROBIN)

        assert pack_versions.what_would_change(inst, PASTORAL, case.ref, ON) == ()
        with pytest.raises(Unclear, match="already"):
            pack_versions.move(inst, by(HEAD, ON), case.ref, "A new plan")

    def test_a_case_keeps_its_version_until_a_person_moves_it(self, inst, monkeypatch):
        sweeping.sweep(inst, URN, date(2026, 11, 16))
        case = triage.accept(inst, by(PASTORAL, ON), URN, ROBIN)
        monkeypatch.setattr(
            policies, "versions_of", lambda pack: {"first": date(2024, 8, 19), "second": date(2026, 11, 18)}
        )

        moved = pack_versions.move(inst, by(HEAD, date(2026, 11, 19)), case.ref, "The parents asked")

        event = moved.last(e.PolicyMoved)
        assert (event.policy, event.policy_version) == ("national", "second")
        assert event.reason == "The parents asked"

    def test_what_would_change_is_told_before_a_person_moves_a_case(self, inst, monkeypatch, tmp_path):
        packs = copy_of_packs(tmp_path)
        file = packs / "school" / "music-stuff" / "duties.toml"
        old = 'by = "attendance_lead", does = "review", within = 2, unit = "weeks"'
        first = next(line for line in file.read_text("utf-8").splitlines() if old in line)
        second = first.replace("from.2024-09-01", "from.2026-11-18").replace("within = 2", "within = 3")
        file.write_text(file.read_text("utf-8").replace(first, f"{first}\n{second}", 1), "utf-8")
        versions = {"first": date(2024, 9, 1), "second": date(2026, 11, 18)}
        monkeypatch.setattr(policies, "versions_of", lambda pack: versions)
        monkeypatch.setattr(policies, "load", lambda pack, la=None: load(pack, la, packs=packs))
        with inst.act(ENGINE) as tx:
            schools.save_schools(tx, [replace(schools.school(tx, URN), policy="music-stuff", la_code="352")])
            school = schools.school(tx, URN)
        sweeping.sweep(inst, URN, ON)
        case = triage.accept(inst, by(PASTORAL, ON), URN, ROBIN)
        later = date(2026, 11, 19)

        (change,) = pack_versions.what_would_change(inst, PASTORAL, case.ref, later)
        kept = policies.policy_for(case, school).value("duties.panel_review", later).within
        moved = pack_versions.move(inst, by(HEAD, later), case.ref, "The parents asked")

        assert (change.key, change.kept["within"], change.new["within"]) == ("duties.panel_review", 2, 3)
        assert kept == 2
        assert policies.policy_for(moved, school).value("duties.panel_review", later).within == 3
        assert pack_versions.what_would_change(inst, PASTORAL, case.ref, later) == ()


def test_the_page_of_the_documentation_is_the_commands_own():
    found = policy_coverage.coverage()

    assert found.strangers == ()
    with open("docs/policy_coverage.md", encoding="utf-8") as page:
        assert page.read() == policy_coverage.page(found)


def test_every_row_is_accounted_for():
    found = policy_coverage.coverage()

    assert len(found.rows) == 577
    assert found.unaccounted == ()
    assert found.whole


def test_what_is_superseded_never_runs_as_printed():
    overtaken = [item for item in policy_coverage.coverage().rows if item.row.superseded]

    assert len(overtaken) == 49
    assert {item.standing for item in overtaken} <= {
        Standing.REPLACED,
        Standing.BLOCKED,
        Standing.OUT_OF_SCOPE,
    }


def test_a_row_that_no_test_names_is_unaccounted(tmp_path):
    found = policy_coverage.coverage(tmp_path)

    assert {item.standing for item in found.rows} == {Standing.UNACCOUNTED, Standing.OUT_OF_SCOPE}
    assert not found.whole
