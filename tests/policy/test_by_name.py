"""What the five policies are known by, each walked end to end: registers, tasks, answers, letters."""

from datetime import date

import pytest

from casework.domain import events as e
from casework.rules import asked, deadlines, duties, kept, kindness
from casework.rules.asked import LeaveAsked
from casework.rules.first_day import Tried, ask_provider, to_try
from tests.policy.walk import Walk
from tests.policy.written import policy_of
from tests.situations import BANK_HOLIDAYS, CALENDAR

ALL = ("MSE", "SJB", "ATLP", "BLI", "MOT")
DECIDES_LEAVE = {
    "MSE": "answer_leave",
    "SJB": "decide_leave",
    "ATLP": "decide_leave",
    "BLI": "decide_leave",
    "MOT": "decide_leave",
}
RECORDS_LEAVE = {
    "MSE": "leave_request",
    "SJB": "time_off",
    "ATLP": "leave_request",
    "BLI": "leave_request",
    "MOT": "leave_request",
}
D = date.fromisoformat


def begins(walk: Walk) -> e.SupportiveActionsStarted:
    """A plan of help begins."""
    return e.SupportiveActionsStarted(**walk.head, role="pastoral_lead", reasons="It is needed.")


# -- day by day ----------------------------------------------------------------------------------------------


def ladder(policy: str, day: int, concern: bool = False, flags: tuple[str, ...] = ()) -> list[str]:
    """The rungs of one day in order, each tried in vain, with whom it tries."""
    folded, tried, found = policy_of(f"{policy}-01"), [], []
    on = D("2026-11-04")
    for _ in range(12):
        steps = to_try(folded, day, ["A", "B", "C", "D"], tried, on, flags, concern)
        if not steps:
            return found
        now = steps[0]
        found.append(f"{now.method} {now.whom} {''.join(now.contact_ids)}".strip())
        people = now.contact_ids or (now.whom,)
        tried += [Tried(now.rung, person if now.contact_ids else "") for person in people]
    raise AssertionError(f"the ladder has no end: {found}")


@pytest.mark.parametrize(
    ("policy", "day", "concern", "flags", "rungs"),
    [
        pytest.param("MSE", 1, False, (), ["call contacts ABCD", "message contacts A"], id="MSE day 1"),
        pytest.param("MSE", 2, False, (), ["call contacts ABCD", "message contacts A"], id="MSE day 2"),
        pytest.param(
            "MSE",
            3,
            False,
            (),
            ["call contacts ABCD", "message contacts A", "visit home"],
            id="MSE day 3, with the visit",
        ),
        pytest.param("BLI", 1, False, (), ["call contacts AB", "message contacts A"], id="BLI day 1"),
        pytest.param(
            "BLI",
            2,
            False,
            (),
            ["call contacts AB", "message contacts A", "message contacts AB", "call contacts CD"],
            id="BLI day 2, contacts 3 and 4",
        ),
        pytest.param(
            "BLI",
            1,
            False,
            ("looked_after",),
            ["call contacts AB", "message contacts A", "call contacts CD"],
            id="BLI day 1, at once for a vulnerable pupil",
        ),
        pytest.param(
            "SJB",
            1,
            True,
            (),
            [
                "message contacts A",
                "call contacts ABCD",
                "email contacts ABCD",
                "visit home",
                "call local_authority",
                "call police",
                "call social_care",
            ],
            id="SJB first day, to the welfare officer or the police",
        ),
        pytest.param(
            "MOT",
            1,
            True,
            (),
            [
                "call contacts A",
                "call contacts BCD",
                "call commissioner",
                "call local_authority",
                "call police",
            ],
            id="MOT parent, emergency contacts, commissioner, police",
        ),
        pytest.param(
            "MOT",
            1,
            False,
            (),
            ["call contacts A", "call contacts BCD", "call commissioner"],
            id="MOT without concern no police",
        ),
    ],
)
def test_day_by_day(policy: str, day: int, concern: bool, flags: tuple[str, ...], rungs: list[str]) -> None:
    assert ladder(policy, day, concern, flags) == rungs


@pytest.mark.parametrize(
    ("tried", "is_over"),
    [
        pytest.param(Tried("visit", "", "spoken"), False, id="a parent at the door is not enough"),
        pytest.param(Tried("visit", "", "seen", True), True, id="the child was seen"),
    ],
)
def test_mse_on_a_visit_the_child_must_be_seen(tried: Tried, is_over: bool) -> None:
    calls = [Tried("every_number", person) for person in "ABCD"]

    left = to_try(policy_of("MSE-89"), 3, list("ABCD"), [*calls, tried], D("2026-11-04"))

    assert ("visit" in [step.rung for step in left if step.value.until == "seen"]) is False
    assert any(step.rung == "every_number" for step in left) is False
    open_again = to_try(policy_of("MSE-89"), 4, list("ABCD"), calls, D("2026-11-05"))
    assert [step.rung for step in open_again if step.rung == "visit"] == ["visit"]
    walk = Walk("MSE").day("2026-11-04")
    walk.record("visit_made", outcome="seen" if is_over else "spoken", child_seen=is_over, says="At home.")
    assert ("next_steps" in walk.asked) is not is_over


def test_mse_not_seen_for_more_than_five_days_asks_for_a_visit_whatever_the_reason() -> None:
    walk = Walk("MSE").day("2026-11-09")
    assert "unseen" not in walk.register("2026-11-02..2026-11-06 I; 2026-11-09 AM I; 2026-11-09 PM /")
    walk.day("2026-11-10")
    assert "unseen" in walk.register("2026-11-02..2026-11-10 I")
    assert walk.asked["consider_visit"].asks == ("visit", "no_visit")


def test_mse_and_sjb_leave_a_calling_card() -> None:
    for policy in ("MSE", "SJB"):
        walk = Walk(policy).day("2026-11-04")
        walk.happens(
            e.ContactRecorded(
                **walk.head, method="visit", outcome="no_answer", parent_id="", child_seen=False
            )
        )
        assert walk.letters["calling_card"] == "calling_card"


def test_bli_the_tenth_day_brings_the_missing_from_school_form() -> None:
    walk = Walk("BLI").day("2026-11-12")
    assert "return_run" not in walk.register("2026-11-02..2026-11-12 O")
    walk.day("2026-11-13")
    assert "return_run" in walk.register("2026-11-02..2026-11-13 O")
    assert walk.asked["missing_form"].tells == ("local_authority",)
    assert walk.asked["missing_form"].value.stage == "cme_report"


@pytest.mark.parametrize("policy", ALL)
def test_n_is_resolved_in_five_school_days(policy: str) -> None:
    folded = policy_of(f"{policy}-01")

    last = deadlines.due(folded, "clocks.resolve_n", D("2026-10-21"), CALENDAR, BANK_HOLIDAYS)

    assert last == D("2026-11-04"), "five school days, over half term"
    assert folded.value("clocks.resolve_n", last).on_expiry == "ask_register_keeper_for_o"


# -- letters -------------------------------------------------------------------------------------------------


def test_mse_red_letters_to_the_panel() -> None:
    walk = Walk("MSE", "2026-09-28")
    walk.register("2026-09-14..2026-09-15 O; 2026-09-16 AM O")
    assert walk.letters == {"red_letter_1": "concern_letter", "action_plan": "attendance_action_plan"}
    plan = walk.asked["review_action_plan"]
    assert plan.due_on == D("2026-10-12"), "at least two weeks"
    walk.day("2026-10-09")
    assert "red_action" in walk.register("2026-09-14..2026-10-02 O")
    assert walk.letters["red_action_2"] == "second_concern_letter"
    walk.day("2026-10-16").ends("week", "red_alert")
    assert walk.letters == {"red_alert_3a": "panel_invitation"}
    walk.day("2026-11-02").happens(e.MeetingHeld(**walk.head, meeting_id="M1", attended=("A",)))
    assert walk.letters == {"red_alert_3b": "panel_minutes"}
    assert walk.asked["panel_review"].due_on == D("2026-11-16")
    assert walk.asked["panel_outcome"].asks[-1] == "local_authority_legal"
    assert not any("penalty" in ask for ask in walk.asked["panel_outcome"].asks)


def test_mse_below_a_fifth_the_commissioner_is_told_of_a_placement_review() -> None:
    walk = Walk("MSE", "2026-10-02")
    assert "critical" in walk.register("2026-09-02..2026-10-02 O")
    assert walk.letters["commissioner_placement"] == "commissioner_notice"


def to_level_three() -> Walk:
    """St Chad's, below 90 per cent at the end of three half terms."""
    walk = Walk("SJB", "2026-02-13").ends("half_term", "below_90")
    assert walk.letters == {"level_1": "concern_letter"}
    walk.day("2026-05-22").ends("half_term", "below_90")
    assert walk.letters == {"level_2": "second_concern_letter"}
    assert "still" in walk.policy.value("letters.level_2", walk.on).noticed
    walk.day("2026-10-23").ends("half_term", "below_90")
    assert walk.letters == {"level_3": "meeting_invitation"}
    return walk.day("2026-11-09")


@pytest.mark.parametrize(
    ("absent", "letters"),
    [
        pytest.param(("A",), {"level_4": "meeting_missed_letter"}, id="a parent failed to attend"),
        pytest.param((), {}, id="everybody came"),
    ],
)
def test_sjb_levels_one_to_four_in_their_half_terms(absent: tuple[str, ...], letters: dict[str, str]) -> None:
    walk = to_level_three()

    walk.happens(e.MeetingHeld(**walk.head, meeting_id="M1", attended=("B",), absent=absent))

    assert walk.letters == letters


def test_sjb_no_level_lands_on_the_last_day_of_a_term_and_none_is_forgotten() -> None:
    walk = Walk("SJB", "2026-12-18").ends("half_term", "below_90")
    assert "level_1" in walk.asked
    assert walk.letters == {}

    def left(on: str) -> tuple[tuple[str, date], ...]:
        return kindness.left_to_this_term(walk.policy, walk.case.open_tasks, CALENDAR, D(on))

    assert left("2026-12-18") == ()
    assert left("2027-01-04") == (("level_1", D("2026-12-18")),)
    assert left("2027-01-05") == ()


def test_atlp_stages_one_to_four() -> None:
    walk = Walk("ATLP", "2026-10-16")
    assert "below_96" in walk.register("2026-09-14 O; 2026-09-15 O")
    assert walk.letters == {"stage_1": "concern_letter"}
    walk.day("2026-11-02").happens(begins(walk))
    assert walk.asked["early_help_meeting"].does == "meet"
    walk.day("2026-11-09").happens(e.MeetingHeld(**walk.head, meeting_id="M1", attended=("A",)))
    assert "family_team" in walk.asked
    walk.day("2026-11-16").happens(e.SupportOutcome(**walk.head, offer_id="S1", outcome="did_not_help"))
    assert {"formal_meeting", "offer_contract"} <= walk.asked.keys()
    walk.day("2026-11-20").happens(e.MeetingHeld(**walk.head, meeting_id="M2", attended=("A",)))
    assert walk.letters["attendance_contract"] == "attendance_contract"
    walk.day("2026-11-23").happens(e.TriggerRaised(**walk.head, trigger="threshold_met", says="Ten."))
    assert len(walk.asked["threshold_record"].asks) == 5
    assert "education_supervision_order" in walk.asked["legal_request"].asks


def test_bli_broken_weeks_bring_calls_and_door_talks_before_any_letter() -> None:
    walk = Walk("BLI", "2026-10-02")
    assert "broken_weeks" not in walk.register("2026-09-07 O; 2026-09-14 O; 2026-09-21 O")
    assert "broken_weeks" in walk.register("2026-09-07 O; 2026-09-14 O; 2026-09-21 O; 2026-09-28 O")
    assert {"supportive_call", "door_talk", "early_meeting"} <= walk.asked.keys()
    assert walk.letters == {}
    walk.day("2026-11-02").happens(begins(walk))
    assert walk.letters == {"step_1": "concern_letter"}
    walk.day("2026-11-16").happens(e.TriggerCleared(**walk.head, trigger="broken_weeks", says="Better."))
    assert walk.asked["acknowledge"].does == "praise"


def test_bli_the_epn_warning_is_the_notice_to_improve() -> None:
    unrun = policy_of("BLI-77").under("unrun", D("2026-11-04")).values()

    own = [value for value in unrun if "BLI-77" in value.rows]

    assert [value.status for value in own] == ["replaced"]
    assert own[0].instead.startswith(("notice_to_improve.", "clocks.improvement", "penalty_notice."))


# -- the commissioner ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["MSE", "MOT"])
def test_the_commissioner_is_told_of_an_absence_without_a_reason(policy: str) -> None:
    walk = Walk(policy).day("2026-11-04").absent(1)

    assert walk.letters == {"commissioner_absence": "commissioner_notice"}
    assert walk.asked["absence_to_commissioner"].tells == ("commissioner",)
    assert walk.day("2026-11-05").absent(2).letters == {}


@pytest.mark.parametrize(
    ("absences", "letter"),
    [
        pytest.param("2026-11-02..2026-11-13 O", "commissioner_return", id="ten days without authority"),
        pytest.param("2026-09-07..2026-09-25 I", "commissioner_illness", id="fifteen days of illness"),
    ],
)
def test_mot_what_the_authority_is_told_the_commissioner_is_told(absences: str, letter: str) -> None:
    walk = Walk("MOT").day("2026-11-13")

    walk.register(absences)

    assert walk.letters[letter] == "commissioner_notice"


def test_mot_a_pupil_who_left_the_site() -> None:
    walk = Walk("MOT").day("2026-11-04").record("left_site")

    assert walk.letters == {"commissioner_left_site": "commissioner_notice"}
    assert "police" in walk.record("parent_not_reached").asked["left_site_police"].tells


# -- lateness and illness ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("absences", "raised"),
    [
        pytest.param("2026-09-07 AM L; 2026-09-08 AM L; 2026-09-09 AM U", set(), id="three in a half term"),
        pytest.param(
            "2026-09-07 AM L; 2026-09-08 AM L; 2026-09-09 AM U; 2026-09-10 AM L",
            {"late_half_term"},
            id="four in a half term",
        ),
        pytest.param(
            "2026-09-07 AM L; 2026-09-08 AM L; 2026-09-09 AM U; 2026-11-02 AM L; 2026-11-03 AM L; "
            "2026-11-04 AM L",
            {"late_term"},
            id="six in a term, three in each half",
        ),
    ],
)
def test_sjb_lateness(absences: str, raised: set[str]) -> None:
    walk = Walk("SJB").day("2026-11-06")
    if max(raised, default="") != "late_term":
        walk.day("2026-09-11")

    found = walk.register(absences)

    assert found & {"late_half_term", "late_term"} == raised
    assert ("lateness_meeting" in walk.asked) is bool(raised)


@pytest.mark.parametrize(
    ("policy", "absences", "trigger", "duty"),
    [
        pytest.param("BLI", "2026-11-02..2026-11-06 I", "long_illness", "may_qualify", id="five days"),
        pytest.param(
            "BLI",
            "2026-11-02 I; 2026-11-04 I; 2026-11-06 I",
            "illness_episodes",
            "medical_meeting",
            id="three spells in a half term",
        ),
        pytest.param(
            "BLI", "2026-09-07..2026-09-25 I", "sickness_return", "sick_children_service", id="fifteen days"
        ),
        pytest.param(
            "SJB", "2026-09-07..2026-09-25 I", "sickness_return", "health_education", id="fifteen days, SJB"
        ),
        pytest.param(
            "MOT", "2026-09-07..2026-09-25 I", "sickness_return", "sickness_return", id="fifteen days, MOT"
        ),
    ],
)
def test_illness(policy: str, absences: str, trigger: str, duty: str) -> None:
    walk = Walk(policy).day("2026-11-06")

    assert trigger in walk.register(absences)
    assert duty in walk.asked


# -- kindness ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "letter"), [("MSE", "red_letter_1"), ("ATLP", "stage_1"), ("BLI", "attendance")]
)
def test_illness_gets_a_letter_that_cares_and_never_the_warning(policy: str, letter: str) -> None:
    ill, away = Walk(policy).day("2026-10-16"), Walk(policy).day("2026-10-16")

    ill.register("2026-09-14..2026-09-25 I")
    away.register("2026-09-14..2026-09-25 O")

    assert "care" in ill.letters
    assert letter not in ill.letters
    assert letter in away.letters


@pytest.mark.parametrize("policy", ALL)
def test_evidence_of_illness_is_asked_for_only_where_doubt_is_recorded(policy: str) -> None:
    walk = Walk(policy).day("2026-11-06")

    walk.register("2026-11-02..2026-11-06 I")

    assert not [name for name in walk.asked if "evidence" in name]
    assert asked.reason(walk.policy, "illness", walk.on).answer.value != "fails"


def test_atlp_recorded_doubt_asks_for_evidence() -> None:
    walk = Walk("ATLP").day("2026-11-06")
    walk.record("reason_given", item_id="R1", from_whom="Mother", says="Ill")

    assert "ask_evidence" not in walk.answers("decide_reason", "accepted").asked
    walk.day("2026-11-09").record("reason_given", item_id="R2", from_whom="Mother", says="Ill")
    assert "ask_evidence" in walk.answers("decide_reason", "Genuine doubt: seen in town").asked


# -- leave ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ALL)
@pytest.mark.parametrize(
    ("outcome", "letter", "document"),
    [
        pytest.param("granted", "leave_granted", "leave_granted", id="granted"),
        pytest.param("refused", "leave_refused", "leave_warning", id="refused"),
    ],
)
def test_leave_is_decided_by_a_person_and_answered_in_writing(
    policy: str, outcome: str, letter: str, document: str
) -> None:
    walk = Walk(policy).day("2026-11-04")
    record = RECORDS_LEAVE[policy]
    needs = walk.policy.value(f"records.{record}", walk.on).needs
    walk.record(record, **dict.fromkeys(needs, "said"))
    decides = DECIDES_LEAVE[policy]
    assert walk.letters == {}, "nothing is written before a person has decided"

    said = "exceptional" if (policy, outcome) == ("MOT", "granted") else outcome
    walk.answers(decides, said)

    without_notice = policy in ("MSE", "MOT")
    wanted = "leave_refused" if without_notice and outcome == "refused" else document
    assert walk.letters == {letter: wanted}
    assert walk.asked[letter].roles[0].value == "headteacher"


@pytest.mark.parametrize(
    ("policy", "asked_on", "in_time"),
    [
        pytest.param("ATLP", "2026-10-12", True, id="ATLP four school weeks, over half term"),
        pytest.param("ATLP", "2026-10-14", False, id="ATLP three and a bit"),
        pytest.param("MOT", "2026-11-03", True, id="MOT two weeks"),
        pytest.param("MOT", "2026-11-05", False, id="MOT a day short"),
    ],
)
def test_notice_of_leave(policy: str, asked_on: str, in_time: bool) -> None:
    first = D("2026-11-17") if policy == "MOT" else D("2026-11-16")

    found = asked.leave(policy_of(f"{policy}-01"), LeaveAsked(D(asked_on), first, first), CALENDAR, first)

    assert [f.answer.value for f in found] == ["holds", "holds" if in_time else "for_a_person"]


def test_mot_leave_refused_tells_the_commissioner_too() -> None:
    walk = Walk("MOT").day("2026-11-04")
    walk.record("leave_request", item_id="R1", from_whom="Mother", says="A holiday")

    assert "commissioner" in walk.answers("decide_leave", "refused").asked["leave_refused"].tells


# -- a part-time timetable -----------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ALL)
def test_a_part_time_timetable_has_a_review_and_an_end(policy: str) -> None:
    walk = Walk(policy).day("2026-11-04")
    given = {"item_id": "R1", "from_whom": "Mother", "reply_by": D("2026-12-04"), "says": "Mornings"}

    walk.record("part_time_timetable", **given)

    review = next(duty for duty in walk.asked.values() if duty.does == "review")
    assert review.due_on == D("2026-11-18"), "two weeks"
    assert walk.letters["part_time_plan"] == "part_time_timetable_plan"
    received = walk.case.of(e.ItemReceived)[-1]
    clock = kept.clock_of(walk.policy, received, "K1", walk.head)
    assert clock is not None
    ends = deadlines.due(
        walk.policy, clock.rule, clock.started_on, CALENDAR, BANK_HOLIDAYS, agreed_on=clock.agreed_on
    )
    assert ends == D("2026-12-04")
    with pytest.raises(kept.RecordLacks, match="reply by"):
        walk.record("part_time_timetable", **{**given, "reply_by": None})


def test_bli_the_authority_gets_its_form_for_a_part_time_timetable() -> None:
    walk = Walk("BLI").day("2026-11-04")
    walk.record(
        "part_time_timetable", item_id="R1", from_whom="Mother", reply_by=D("2026-12-04"), says="Mornings"
    )

    assert walk.letters["part_time_form"] == "part_time_timetable_notice"
    assert "team_around_the_school" in walk.asked["part_time_with_help"].tells


# -- reviews, meetings and others ----------------------------------------------------------------------------


def test_mse_panels_follow_one_another() -> None:
    walk = Walk("MSE").day("2026-09-21")
    walk.happens(begins(walk))
    assert {"officer_panel", "offer_agreement"} <= walk.asked.keys()
    walk.day("2026-10-05").happens(e.MeetingHeld(**walk.head, meeting_id="M1", attended=("A",)))
    assert "senior_panel" in walk.asked
    walk.day("2026-10-12").happens(e.MeetingHeld(**walk.head, meeting_id="M2", attended=("A",)))
    assert "senior_panel" not in walk.asked, "once in a case"


@pytest.mark.parametrize(
    ("policy", "of", "flags", "duty", "told"),
    [
        pytest.param("ATLP", "trigger below_96", ("social_worker",), "", "social_worker", id="ATLP worker"),
        pytest.param("ATLP", "trigger below_96", ("youth_justice",), "", "youth_justice", id="ATLP YOT"),
        pytest.param("SJB", "trigger threshold_met", (), "confer_first", "social_worker", id="SJB confers"),
        pytest.param("BLI", "term", ("looked_after",), "education_plan", "virtual_school", id="BLI PEP"),
    ],
)
def test_professionals_are_told(policy: str, of: str, flags: tuple[str, ...], duty: str, told: str) -> None:
    def brought(flags: tuple[str, ...]) -> dict[str, duties.Owed]:
        walk = Walk(policy, "2026-12-18", flags)
        kind, _, name = of.partition(" ")
        if kind == "trigger":
            walk.happens(e.TriggerRaised(**walk.head, trigger=name, says="Raised."))
        else:
            walk.ends(kind)
        return walk.asked

    found = {name for name, item in brought(flags).items() if told in item.tells}

    assert found == ({duty} if duty else found)
    assert found
    if flags:
        assert not [name for name, item in brought(()).items() if told in item.tells]


@pytest.mark.parametrize("policy", ALL)
def test_the_law_has_the_social_worker_and_the_youth_justice_worker_told(policy: str) -> None:
    told = policy_of(f"{policy}-01").value("professionals.unexplained_absence", D("2026-11-04")).told

    assert {"social_worker", "youth_justice"} <= set(told)


def test_bli_the_senco_checks_plans_and_takes_attendance_up_in_reviews() -> None:
    walk = Walk("BLI", "2026-12-18", ("sen",))

    walk.happens(begins(walk))
    assert walk.asked["plan_check"].role == "senco"
    assert walk.ends("term").asked["needs_review"].role == "senco"


@pytest.mark.parametrize(
    ("policy", "every"),
    [
        ("MSE", {"school_day", "half_term"}),
        ("SJB", {"school_day", "week", "fortnight", "half_term", "term", "academic_year"}),
        ("ATLP", {"week", "half_term", "term"}),
        ("BLI", {"week", "fortnight", "half_term", "term"}),
        ("MOT", {"school_day", "week", "half_term", "term"}),
    ],
)
def test_reports_by_the_calendar(policy: str, every: set[str]) -> None:
    reports = policy_of(f"{policy}-01").under("reports", D("2026-11-04")).values()

    assert every <= {report.every for report in reports}


@pytest.mark.parametrize("policy", ["SJB", "ATLP"])
def test_rewards_are_for_improvement_and_never_for_100_per_cent_alone(policy: str) -> None:
    rewards = [
        value
        for value in policy_of(f"{policy}-01").under("reports", D("2026-11-04")).values()
        if value.to == ("pupil",) and value.get("of")
    ]

    assert rewards
    assert all(set(value.of) <= {"improved", "none_unauthorised"} for value in rewards)


# -- taught elsewhere ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "by_time"), [("BLI", "10:00"), *((policy, "12:00") for policy in ALL if policy != "BLI")]
)
def test_a_pupil_taught_elsewhere_is_confirmed_by_the_provider(policy: str, by_time: str) -> None:
    first = ask_provider(policy_of(f"{policy}-01"), D("2026-11-04"))

    assert (first.whom, first.by_time) == ("provider", by_time)
    assert set(first.value.codes) == {"B", "K", "D"}
