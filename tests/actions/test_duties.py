"""A school's own policy, run: what a sweep and a morning ask of whom, once, and whom to try next."""

from dataclasses import replace
from datetime import date

import pytest

from casework.actions import absence, duties, reports, support, sweeping, triage
from casework.actions.absence import morning
from casework.actions.installation import Installation
from casework.domain import ENGINE, Case, School
from casework.domain import events as e
from casework.rules.duties import KEY
from casework.storage import cases, schools
from tests.actions.world import AYLA, PASTORAL, ROBIN, TOMAS, URN, bring_in, by, marks_file

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
LAST_OF_HALF_TERM = date(2026, 12, 18)


def under(inst: Installation, pack: str, la_code: str = "926") -> None:
    """Give the school another policy."""
    with inst.act(ENGINE) as tx:
        school: School = schools.school(tx, URN)
        schools.save_schools(tx, [replace(school, policy=pack, la_code=la_code)])


def accepted(inst: Installation, upn: str, on: date = MONDAY) -> Case:
    """The pupil's case, opened from the triage list of the first sweep."""
    sweeping.sweep(inst, URN, on)
    return triage.accept(inst, by(PASTORAL, on), URN, upn)


def tasks(inst: Installation, upn: str) -> dict[str, e.TaskAdded]:
    """What the policy asked for on a pupil's open case, by duty."""
    with inst.act(ENGINE) as tx:
        case = cases.open_case_of(tx, upn, URN)
    assert case is not None
    asked = [task for task in case.of(e.TaskAdded) if task.effect_key.startswith(KEY)]
    return {task.effect_key.split(":")[1]: task for task in asked}


def drafted(inst: Installation, upn: str) -> list[str]:
    """The templates drafted on a pupil's open case."""
    with inst.act(ENGINE) as tx:
        case = cases.open_case_of(tx, upn, URN)
    assert case is not None
    return [draft.template for draft in case.of(e.DocumentDrafted)]


@pytest.mark.parametrize(
    ("pack", "asked"),
    [
        pytest.param("national", set(), id="the guidance alone asks nothing more"),
        pytest.param(
            "music-stuff",
            {
                "evidence_to_authority",
                "red_letter_1",
                "start_action_plan",
                "review_action_plan",
                "choose_strategy",
            },
            id="Music Stuff: the letter and the plan",
        ),
        pytest.param("magnum-opus", {"targeted_help"}, id="Magnum Opus enforces nothing"),
        pytest.param(
            "banks-lane", {"legal_referral", "irregular_report", "attendance_letter"}, id="Banks Lane"
        ),
    ],
)
def test_the_same_register_is_answered_as_the_policy_says(inst, pack, asked):
    under(inst, pack)
    accepted(inst, ROBIN)

    sweeping.sweep(inst, URN, TUESDAY)

    assert asked <= set(tasks(inst, ROBIN)) if asked else not tasks(inst, ROBIN)


def test_what_was_asked_is_not_asked_again(inst):
    under(inst, "music-stuff")
    accepted(inst, ROBIN)
    first = sweeping.sweep(inst, URN, TUESDAY)
    before = tasks(inst, ROBIN)

    again = [sweeping.sweep(inst, URN, day).asked for day in (TUESDAY, date(2026, 11, 18))]

    assert first.asked > 0
    assert again == [0, 0]
    assert tasks(inst, ROBIN) == before


def test_a_review_lies_two_weeks_ahead_on_a_school_day(inst):
    under(inst, "music-stuff")
    accepted(inst, ROBIN)
    sweeping.sweep(inst, URN, TUESDAY)

    assert tasks(inst, ROBIN)["review_action_plan"].due_on == date(2026, 11, 30)


def test_illness_alone_never_brings_the_warning_letter(inst):
    under(inst, "music-stuff")
    accepted(inst, AYLA)
    sweeping.sweep(inst, URN, TUESDAY)
    triage.accept(inst, by(PASTORAL, TUESDAY), URN, ROBIN)
    sweeping.sweep(inst, URN, date(2026, 11, 18))

    assert "red_letter_1" in tasks(inst, AYLA)
    assert drafted(inst, AYLA) == []
    assert drafted(inst, ROBIN) == ["concern_letter"]


def test_a_visit_that_nobody_answers_leaves_a_card(inst):
    under(inst, "music-stuff")
    case = accepted(inst, ROBIN)
    support.contact(
        inst, by(PASTORAL, TUESDAY), case.ref, method="visit", outcome="no_answer", child_seen=False
    )

    sweeping.sweep(inst, URN, TUESDAY)

    asked = tasks(inst, ROBIN)
    assert {"calling_card", "next_steps"} <= set(asked)
    assert asked["calling_card"].for_role == "attendance_officer"


def test_levels_follow_one_another_by_half_term(inst):
    under(inst, "st-chads", "332")
    accepted(inst, AYLA)

    sweeping.sweep(inst, URN, LAST_OF_HALF_TERM)
    autumn = {name for name in tasks(inst, AYLA) if name.startswith("level")}
    sweeping.sweep(inst, URN, date(2027, 2, 12))
    spring = {name for name in tasks(inst, AYLA) if name.startswith("level")}

    assert autumn == {"level_1"}
    assert spring == {"level_1", "level_2"}


def test_the_ladder_says_whom_to_try_next(inst):
    under(inst, "music-stuff")
    bring_in(inst, marks_file(f"{TOMAS},{URN},{TUESDAY},AM,N"), on=TUESDAY)
    morning(inst, URN, TUESDAY)

    def rungs() -> list[str]:
        (item,) = absence.next_contacts(inst, PASTORAL, URN, TUESDAY)
        return [step.rung for step in item.to_try]

    def tried(method: str, outcome: str) -> None:
        absence.record_call(
            inst, by(PASTORAL, TUESDAY), URN, TOMAS, TUESDAY,
            contact_id="c1", method=method, outcome=outcome, state="not_reached",
        )  # fmt: skip

    assert rungs() == ["every_number"]
    tried("call", "no_answer")
    assert rungs() == ["text"]
    tried("message", "left_message")
    assert rungs() == []


def test_the_third_day_asks_for_a_visit_that_must_see_the_child(inst):
    under(inst, "music-stuff")
    days = (date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19))
    for day in days:
        rows = [f"{TOMAS},{URN},{day},{half},N" for half in ("AM", "PM")]
        bring_in(inst, marks_file(*rows), on=day)
        morning(inst, URN, day)
    absence.record_call(
        inst, by(PASTORAL, days[2]), URN, TOMAS, days[2],
        contact_id="c1", method="call", outcome="spoken", state="not_reached",
    )  # fmt: skip

    (item,) = absence.next_contacts(inst, PASTORAL, URN, days[2])
    assert (item.day, [step.rung for step in item.to_try]) == (3, ["visit"])

    absence.record_call(
        inst, by(PASTORAL, days[2]), URN, TOMAS, days[2],
        contact_id="home", method="visit", outcome="seen", state="safe", child_seen=True,
    )  # fmt: skip
    (item,) = absence.next_contacts(inst, PASTORAL, URN, days[2])
    assert item.to_try == ()


def test_the_day_has_its_own_plan(inst):
    under(inst, "music-stuff")

    plan = duties.day_plan(inst, PASTORAL, URN, TUESDAY)

    assert [(due.name, due.by_time) for due in plan] == [
        ("initial_marks", "09:15"),
        ("clear_n", "10:00"),
        ("daily_entry", "10:00"),
        ("first_day_calling", "10:00"),
        ("centre_check", "11:00"),
        ("afternoon_register", "13:30"),
    ]
    assert duties.day_plan(inst, PASTORAL, URN, date(2026, 11, 21)) == ()


def test_a_report_is_made_from_the_register(inst):
    under(inst, "st-chads", "332")

    codes = {line.value: line.counts for line in reports.report(inst, PASTORAL, URN, "codes", MONDAY).lines}
    listed = [line.value for line in reports.report(inst, PASTORAL, URN, "targeting_meeting", MONDAY).lines]

    assert "I" not in codes
    assert codes["/"] is not None
    assert codes["/"].possible == 6
    assert listed == sorted([AYLA, ROBIN])
    assert "half_termly" in reports.due(inst, PASTORAL, URN, LAST_OF_HALF_TERM)
    assert "half_termly" not in reports.due(inst, PASTORAL, URN, MONDAY)
