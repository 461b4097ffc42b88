"""A school's own policy, run: what a sweep and a morning ask of whom, once, and whom to try next."""

from dataclasses import replace
from datetime import date

import pytest

from casework.actions import (
    absence,
    case_view,
    clocks,
    decide,
    demonstration,
    duties,
    letters,
    reports,
    support,
    sweeping,
    timing,
    triage,
)
from casework.actions import cases as cases_
from casework.actions.absence import morning
from casework.actions.cases import ITEMS
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.domain import ENGINE, Case, Decision, NotAllowed, Role, School
from casework.domain import events as e
from casework.rules.duties import KEY, Occasion, newly_owed
from casework.storage import cases, files, schools
from tests.actions.world import (
    AYLA,
    DSL,
    HEAD,
    NINTH,
    PASTORAL,
    QUIET,
    ROBIN,
    TOMAS,
    URN,
    WREN,
    bring_in,
    by,
    marks_file,
)

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
    assert [title for title, _ in letter_drafted(inst, AYLA)] == [
        "How can we help while your child is unwell?"
    ]
    assert [title for title, _ in letter_drafted(inst, ROBIN)] == ["Red Letter 1"]


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
    assert letter_drafted(inst, AYLA) == [], "none lands on the last day of a term"
    sweeping.sweep(inst, URN, date(2027, 1, 4))
    (care,) = letter_drafted(inst, AYLA)
    sweeping.sweep(inst, URN, date(2027, 1, 5))
    assert letter_drafted(inst, AYLA) == [care], "it is drafted on the first day of the next, once"
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
    ], "with nobody attached to a centre, the school is asked as one"
    assert duties.day_plan(inst, PASTORAL, URN, date(2026, 11, 21)) == ()


def letter_drafted(inst: Installation, upn: str) -> list[tuple[str, dict[str, object]]]:
    """What each letter to a parent drafted on a pupil's open case is called, with what it prints."""
    with inst.act(ENGINE) as tx:
        case = cases.open_case_of(tx, upn, URN)
        assert case is not None
        drafts = letters.as_letters(tx, files.documents_of(tx, case.ref), PASTORAL)
    return [(d.title, dict(d.document.snapshot["fields"])) for d in drafts if d.document.parent_id]


def attach_to_centre(inst: Installation, upn: str, centre: str) -> None:
    bring_in(inst, ("pupils.csv", f"upn,urn,on_roll_from,class\n{upn},{URN},2025-09-01,{centre}\n".encode()))


def test_each_centre_has_its_own_day_and_a_pupil_of_none_is_named(inst):
    under(inst, "music-stuff")
    for upn, centre in ((ROBIN, "The Loft"), (WREN, "The Wharf"), (AYLA, "The Loft")):
        attach_to_centre(inst, upn, centre)

    plan = duties.day_plan(inst, PASTORAL, URN, TUESDAY)

    assert [(due.name, due.centre) for due in plan if due.by_time == "10:00"] == [
        ("clear_n", "The Loft"),
        ("clear_n", "The Wharf"),
        ("daily_entry", ""),
        ("first_day_calling", "The Loft"),
        ("first_day_calling", "The Wharf"),
    ]
    assert set(duties.attached_to_none(inst, PASTORAL, URN, TUESDAY)) == {TOMAS, QUIET, NINTH}
    under(inst, "national")
    assert duties.attached_to_none(inst, PASTORAL, URN, TUESDAY) == ()


def test_tasks_and_letters_name_the_centre(inst):
    under(inst, "music-stuff")
    attach_to_centre(inst, ROBIN, "The Loft")
    accepted(inst, ROBIN)

    sweeping.sweep(inst, URN, TUESDAY)

    assert all(task.title.endswith("Learning centre: The Loft.") for task in tasks(inst, ROBIN).values())
    (_, fields), *_ = letter_drafted(inst, ROBIN)
    assert str(fields["noticed"]).endswith("Learning centre: The Loft.")


def test_a_policys_letter_bears_its_name_and_is_signed_by_whom_the_policy_says(inst):
    under(inst, "music-stuff")
    case = accepted(inst, ROBIN)
    demonstration.add_officer(inst, HEAD, "not a real password")

    sweeping.sweep(inst, URN, TUESDAY)

    ((title, fields),) = letter_drafted(inst, ROBIN)
    assert title == "Red Letter 1"
    assert fields["reference"] == f"{case.ref}, Red Letter 1"
    assert (fields["signed_by"], fields["signed_role"]) == (HEAD.name, "Headteacher")
    assert fields["offers"]
    assert fields["period_from"] == "2026-09-02", "the policy's line is drawn through the school year"


def noticed(inst: Installation, case: Case) -> None:
    decision = Decision(
        stage=decide.step_named("noticing").name,
        officer=PASTORAL,
        role=Role.PASTORAL_LEAD.value,
        on=TUESDAY,
        yes=True,
        reasons="The family hears from us early.",
    )
    decide.decide(inst, case.ref, "noticing", decision)


@pytest.mark.parametrize(
    "sweep_first", [pytest.param(True, id="duty first"), pytest.param(False, id="step first")]
)
def test_a_step_and_a_duty_that_ask_for_the_same_letter_send_one(inst, sweep_first):
    under(inst, "music-stuff")
    case = accepted(inst, ROBIN)

    for turn in (sweep_first, not sweep_first):
        if turn:
            sweeping.sweep(inst, URN, TUESDAY)
        else:
            noticed(inst, case)

    assert [title for title, _ in letter_drafted(inst, ROBIN)] == ["Red Letter 1"]
    assert "red_letter_1" in tasks(inst, ROBIN)


def test_where_illness_is_all_that_was_missed_the_step_sends_the_caring_letter(inst):
    under(inst, "music-stuff")

    noticed(inst, accepted(inst, AYLA))

    ((title, fields),) = letter_drafted(inst, AYLA)
    assert title == "How can we help while your child is unwell?"
    assert "not asking you to prove anything" in str(fields["noticed"])
    assert "90%" not in str(fields)


def test_the_authority_of_a_family_that_moved_here_is_asked_about_notices(inst):
    under(inst, "st-chads", "332")
    accepted(inst, ROBIN)

    sweeping.sweep(inst, URN, TUESDAY)

    assert "ask_other_authority" in tasks(inst, ROBIN), (
        "the number was issued by authority 999, the roll is new"
    )


def test_a_welcome_is_approved_by_the_safeguarding_lead_alone(inst):
    under(inst, "banks-lane", "356")
    case = accepted(inst, ROBIN)
    support.barrier(inst, by(PASTORAL, TUESDAY), case.ref, "Anxiety about the start of the day")
    sweeping.sweep(inst, URN, TUESDAY)
    drafts = letters.letters_of(inst, PASTORAL, case.ref)
    welcome = next(draft for draft in drafts if draft.title == "We look forward to seeing you")

    with pytest.raises(NotAllowed, match="DSL"):
        letters.approve(inst, by(HEAD, TUESDAY), welcome.document.document_id)
    with pytest.raises(letters.NotReady, match="School address"):
        letters.approve(inst, by(DSL, TUESDAY), welcome.document.document_id)


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


def test_what_comes_in_is_named_as_the_policy_names_it(inst):
    under(inst, "banks-lane", "356")
    case = accepted(inst, ROBIN)

    known = case_view.around(inst, PASTORAL, case.ref, MONDAY).items

    assert {"leave request", "withdrawal by parent", "part-time timetable"} <= set(known)
    assert known[-len(ITEMS) :] == ITEMS
    cases_.receive(inst, by(PASTORAL, MONDAY), case.ref, item="withdrawal by parent", from_whom="Her mother")
    sweeping.sweep(inst, URN, MONDAY)
    assert "withdrawal_meeting" in tasks(inst, ROBIN)


def test_a_part_time_timetable_that_comes_in_ends_on_the_day_agreed(inst):
    under(inst, "banks-lane", "356")
    case = accepted(inst, ROBIN)
    cases_.receive(
        inst,
        by(PASTORAL, MONDAY),
        case.ref,
        item="part-time timetable",
        from_whom="Her mother",
        reply_by=date(2026, 12, 4),
        says="Mornings only, while she settles.",
    )

    timing.fire(inst, date(2026, 12, 3))
    (before,) = clocks.shown(inst, HEAD, case.ref, date(2026, 12, 3)).clocks
    timing.fire(inst, date(2026, 12, 7))

    assert (before.rule, before.last_day, before.state) == (
        "clocks.part_time_timetable_review",
        date(2026, 12, 4),
        "running",
    )
    with inst.act(ENGINE) as tx:
        after = cases.load(tx, case.ref)
    assert [fired.due_on for fired in after.of(e.ClockFired)] == [before.fires_on]


def test_a_report_sets_a_school_beside_its_trust_and_leaves_days_of_faith_out_of_a_pattern(inst):
    under(inst, "nether-stowe", "860")
    with inst.act(ENGINE) as tx:
        school = schools.school(tx, URN)
        schools.save_schools(tx, [replace(school, trust="arthur-terry", policy="nether-stowe")])
    rows = (
        f"{QUIET},{URN},2026-11-{day},{half},{code}"
        for day, code in (("09", "R"), ("16", "I"))
        for half in ("AM", "PM")
    )
    before = weekdays(inst)
    bring_in(inst, marks_file(*rows), on=TUESDAY)

    made = reports.report(inst, PASTORAL, URN, "trends", TUESDAY)

    assert [after - was for after, was in zip(weekdays(inst), before, strict=True)] == [2, 0, 0, 0, 0]
    assert [line.cut for line in made.lines if line.says] == ["trust", "authority", "nation"]
    assert next(line.says for line in made.lines if line.cut == "nation").startswith("8.49%")


def weekdays(inst: Installation) -> list[int]:
    """What the trust's report says of each weekday."""
    made = reports.report(inst, PASTORAL, URN, "trends", TUESDAY)
    return [line.counts.absent for line in made.lines if line.cut == "weekday" and line.counts]


@pytest.mark.parametrize(
    ("sent", "next_level"),
    [
        pytest.param((), "level_1", id="nothing before"),
        pytest.param(("2026-02-13",), "level_2", id="Level 1 last year"),
        pytest.param(("2026-02-13", "2026-05-22"), "level_3", id="Levels 1 and 2"),
    ],
)
def test_a_family_written_to_before_casework_came_is_not_begun_with_again(inst, sent, next_level):
    under(inst, "st-chads", "332")
    titles = ("Level 1: cause for concern", "level 2: cause for concern")
    rows = [f"{ROBIN},{day},concern_letter,c1,{title}" for day, title in zip(sent, titles, strict=False)]
    if rows:
        bring_in(inst, ("history.csv", "\n".join(["upn,date,kind,contact_id,detail", *rows, ""]).encode()))
        with inst.act(ENGINE) as tx:
            case = cases.open_case_of(tx, ROBIN, URN)
    else:
        case = accepted(inst, ROBIN)
    assert case is not None
    with inst.act(ENGINE) as tx:
        policy, calendar = policy_of(schools.school(tx, URN)), schools.calendar(tx, URN)

    occasion = Occasion("half_term", LAST_OF_HALF_TERM, ("below_90",))
    asked = [item.name for item, _ in newly_owed(policy, case, occasion, "end", calendar)]

    assert [name for name in asked if name.startswith("level_")] == [next_level]
    assert not [task for task in case.open_tasks if "before casework" in task.title]
