"""Notices once issued, on a real database: served, paid, withdrawn, by the school's own LA alone."""

from datetime import date

import pytest

from casework.actions import (
    clocks,
    decide,
    la_answers,
    letters,
    notices,
    reasons,
    referrals,
    stops,
    support,
    timing,
)
from casework.actions.recording import Unclear
from casework.documents.edited import words_of
from casework.domain import Case, CaseworkError, NotAllowed, NotFound, Officer, Role
from casework.domain import events as e
from casework.domain.errors import CaseChanged, StepRefused
from casework.stages.stage import DetailsMissing
from casework.storage import people
from casework.storage.database import Database
from casework.storage.files import NotThatState
from tests.journeys.world import (
    EWO,
    HEAD,
    NORFOLK,
    NORTH,
    PASTORAL,
    STOCKPORT,
    Child,
    World,
    command,
)
from tests.registers.book import upn

CHILD = Child(upn(71), NORTH, "Rowan", "Thistlewood", on_roll_from="2025-09-01")
REQUESTED, POSTED, SERVED = date(2026, 9, 28), date(2026, 10, 1), date(2026, 10, 5)
NEXT_DOOR = Officer(
    "next-door", "Lionel Sharrow", frozenset({Role.EWO}), frozenset({NORTH}), frozenset({STOCKPORT})
)


@pytest.fixture
def world(database: Database) -> World:
    """A holiday of a week in September."""
    world = World.of(database, REQUESTED)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-09-28", "2026-09-14..2026-09-18 G")
    return world


def requested(world: World) -> Case:
    """A request about each parent, the question about earlier notices answered."""
    case = world.open_case(CHILD, PASTORAL, "A holiday in term time, refused beforehand.")
    decide.support_not_appropriate(world.inst, world.by(HEAD), case.ref, reasons="A holiday.")
    for parent_id in ("A", "B"):
        world.decide(HEAD, case.ref, "penalty_notice", parent_id)
        support.enquiry(
            world.inst,
            world.by(PASTORAL),
            case.ref,
            enquiry="earlier_notices",
            asked_of="LA 352",
            answer="none",
            parent_id=parent_id,
        )
    return case


def issued(world: World) -> Case:
    case = requested(world)
    world.day = POSTED
    world.decide(EWO, case.ref, "penalty_notice_issue", "A")
    return world.decide(EWO, case.ref, "penalty_notice_issue", "B")


def serve(world: World, case: Case, notice_id: str = "PN1", **more: object) -> Case:
    given: dict[str, object] = {"method": "first_class_post", "posted_on": POSTED} | more
    return notices.serve_notice(
        world.inst,
        world.by(EWO),
        case.ref,
        notice_id=notice_id,
        **given,  # type: ignore[arg-type]
    )


def pay(world: World, case: Case, pence: int, on: date, notice_id: str = "PN1") -> Case:
    world.day = max(world.day, on)
    return notices.pay_notice(
        world.inst, world.by(EWO), case.ref, notice_id=notice_id, amount_pence=pence, paid_on=on
    )


def running(case: Case, notice: str) -> dict[str, date]:
    """The clocks that still run for a parent, by rule."""
    ended = {c.clock_id for c in case.of(e.ClockStopped)}
    return {
        c.rule.partition(".")[2]: c.started_on
        for c in case.of(e.ClockStarted)
        if c.parent_id == notice and c.clock_id not in ended
    }


def test_service_starts_the_clocks_of_that_notice_alone(world: World) -> None:
    case = issued(world)
    assert not case.of(e.ClockStarted), "nothing runs before it is received"

    case = serve(world, case)

    assert running(case, "A") == {
        "penalty_notice_reduced": SERVED,
        "penalty_notice_full": SERVED,
        "proceedings_barred": SERVED,
        "prosecute_or_withdraw": date(2026, 11, 1),
    }
    assert running(case, "B") == {}


def test_served_again_the_time_to_pay_runs_anew(world: World) -> None:
    case = serve(world, issued(world))
    world.day = date(2026, 10, 12)

    case = serve(world, case, method="by_hand", posted_on=date(2026, 10, 12))

    assert set(running(case, "A").values()) == {date(2026, 10, 12), date(2026, 11, 8)}
    assert {c.outcome for c in case.of(e.ClockStopped)} == {"served again"}
    stands = notices.notices_of(world.inst, EWO, case.ref, world.day)[0]
    assert (stands.served_on, stands.payable_until) == (date(2026, 10, 12), date(2026, 11, 8))


def test_an_unpaid_notice_asks_the_la_to_prosecute_or_withdraw_once(world: World) -> None:
    case = serve(world, issued(world))
    for day in (date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 2)):
        world.day = day
        timing.fire(world.inst, day)

    tasks = decide.situation(world.inst, EWO, case.ref, world.day).case.open_tasks
    asked = [t for t in tasks if t.for_role == "ewo"]

    assert len(asked) == 3, "the last day passed; court is possible; prosecute or withdraw"
    assert notices.notices_of(world.inst, EWO, case.ref, world.day)[0].state == "unpaid"
    assert notices.notices_of(world.inst, EWO, case.ref, date(2026, 11, 1))[0].state == "payable"


def test_paid_in_time_only_that_parents_clocks_stop(world: World) -> None:
    case = issued(world)
    serve(world, case)
    serve(world, case, "PN2")

    case = pay(world, case, 8000, date(2026, 10, 25))

    assert running(case, "A") == {}
    assert len(running(case, "B")) == 4
    with pytest.raises(NotFound, match="It was paid"):
        pay(world, case, 8000, date(2026, 10, 25))
    states = [n.state for n in notices.notices_of(world.inst, HEAD, case.ref, world.day)]
    assert states == ["paid", "payable"]


@pytest.mark.parametrize(
    ("pence", "paid_on", "says"),
    [
        pytest.param(4000, date(2026, 10, 10), "settles nothing", id="an instalment"),
        pytest.param(8000, date(2026, 10, 26), "less than the £160.00", id="the reduced sum a day late"),
        pytest.param(16000, date(2026, 11, 2), "settles it no more", id="after the time to pay"),
    ],
)
def test_what_settles_nothing_is_refused_and_not_recorded(
    world: World, pence: int, paid_on: date, says: str
) -> None:
    case = serve(world, issued(world))

    with pytest.raises(Unclear, match=says):
        pay(world, case, pence, paid_on)

    assert not decide.situation(world.inst, EWO, case.ref, world.day).case.of(e.PenaltyNoticePaid)


def test_a_payment_of_a_notice_whose_service_is_not_recorded_or_of_a_day_to_come(world: World) -> None:
    case = issued(world)
    with pytest.raises(Unclear, match="was served is not recorded"):
        pay(world, case, 8000, POSTED)
    serve(world, case)
    with pytest.raises(Unclear, match="a day to come"):
        notices.pay_notice(
            world.inst,
            world.by(EWO),
            case.ref,
            notice_id="PN1",
            amount_pence=8000,
            paid_on=date(2026, 10, 2),
        )


@pytest.mark.parametrize("ground", ["ought_not", "wrong_person", "material_error"])
def test_a_paid_notice_withdrawn_is_repaid_and_the_parent_told(world: World, ground: str) -> None:
    case = pay(world, serve(world, issued(world)), 8000, date(2026, 10, 9))

    case = notices.withdraw_notice(
        world.inst, world.by(EWO), case.ref, notice_id="PN1", ground=ground, says="It was wrong."
    )

    assert "return the £80.00 paid" in case.open_tasks[-1].title
    now = world.about(EWO, case.ref, "A")
    assert [n.status.value if n.status else "" for n in now.penalty_notices] == ["withdrawn"]
    with world.inst.act(EWO) as tx:
        kept = [n for n in people.notices(tx, (CHILD.upn,)) if n.parent_id == "A"]
    assert [n.withdrawal_ground for n in kept] == [ground]
    freed = "10 unauthorised sessions" if ground == "material_error" else "0 unauthorised sessions"
    asked = decide.ask(world.inst, HEAD, case.ref, "penalty_notice", world.day, "A").findings
    assert next(f.says for f in asked if f.rule == "penalty_notice.threshold").startswith(freed)


def test_a_ground_that_is_none_or_does_not_fit_is_refused(world: World) -> None:
    case = serve(world, issued(world))

    def withdraw(ground: str) -> None:
        notices.withdraw_notice(
            world.inst, world.by(EWO), case.ref, notice_id="PN1", ground=ground, says="We think so."
        )

    with pytest.raises(Unclear, match="'kindness' is not known"):
        withdraw("kindness")
    world.day = date(2026, 11, 1)
    with pytest.raises(Unclear, match="can still be paid"):
        withdraw("not_contemplated")
    world.day = date(2026, 11, 2)
    withdraw("not_contemplated")
    with pytest.raises(NotFound, match="Notices that stand: PN2"):
        withdraw("ought_not")


def test_what_stops_formal_work_stops_the_posting(world: World) -> None:
    case = issued(world)
    stopped = stops.note(world.inst, world.by(PASTORAL), case.ref, condition="death_of_parent", parent_id="A")

    with pytest.raises(StepRefused, match="a person looks and records why the work may go on"):
        serve(world, case)
    serve(world, case, "PN2")
    stops.clear(
        world.inst,
        world.by(HEAD),
        case.ref,
        stop_id=stopped.of(e.StopNoted)[-1].stop_id,
        reason="It was another family.",
    )
    serve(world, case)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        pytest.param(HEAD, NotAllowed, id="the head"),
        pytest.param(PASTORAL, NotAllowed, id="pastoral"),
        pytest.param(NEXT_DOOR, NotFound, id="another LA's EWO, to whom the case is as if it were not there"),
    ],
)
def test_only_the_schools_own_la_acts(world: World, who: Officer, refusal: type[CaseworkError]) -> None:
    case = issued(world)

    with pytest.raises(refusal):
        notices.serve_notice(
            world.inst,
            world.by(who),
            case.ref,
            notice_id="PN1",
            method="first_class_post",
            posted_on=POSTED,
        )
    with pytest.raises(refusal):
        la_answers.accept_referral(world.inst, world.by(who), case.ref, stage="penalty_notice", parent_id="A")


def test_another_authority_does_not_issue(world: World) -> None:
    case = requested(world)
    world.day = POSTED

    with pytest.raises(NotFound):
        world.decide(NEXT_DOOR, case.ref, "penalty_notice_issue", "A")

    assert not decide.situation(world.inst, EWO, case.ref, world.day).case.of(e.PenaltyNoticeIssued)


def test_a_referral_is_answered_for_the_parent_it_is_about(world: World) -> None:
    case = requested(world)

    def answer(**more: object) -> Case:
        given: dict[str, object] = {"stage": "penalty_notice"} | more
        return la_answers.accept_referral(world.inst, world.by(EWO), case.ref, **given)  # type: ignore[arg-type]

    with pytest.raises(Unclear, match="always about one parent"):
        answer()
    with pytest.raises(NotFound, match="Contacts of this pupil: A, B"):
        answer(parent_id="Z")
    with pytest.raises(NotFound, match="prosecution referral that waits"):
        answer(stage="prosecution_referral", parent_id="A")
    with pytest.raises(Unclear, match="'driving ban' is not known"):
        answer(stage="driving ban", parent_id="A")
    assert answer(parent_id="A").of(e.ReferralAccepted)[-1].parent_id == "A"


def test_a_return_needs_reasons_and_known_checks(world: World) -> None:
    case = requested(world)

    def give_back(reasons: list[str], checks: tuple[str, ...] = ()) -> Case:
        return la_answers.return_referral(
            world.inst,
            world.by(EWO),
            case.ref,
            stage="penalty_notice",
            parent_id="A",
            reasons=reasons,
            checks=checks,
        )

    with pytest.raises(Unclear, match="No reason was given"):
        give_back([])
    with pytest.raises(Unclear, match="'the weather' is not known"):
        give_back(["Late."], ("the weather",))
    returned = give_back(["Late."], ("in_time",)).of(e.ReferralReturned)[-1]
    assert returned.checks == ("in_time",)
    learnt = la_answers.returned_before(world.inst, HEAD, case.ref, world.day)
    assert [(r.check, r.says, r.last_on) for r in learnt] == [
        ("in_time", "inside the authority's deadline and the six-month limit", REQUESTED)
    ]


def test_a_second_writer_is_told_and_nothing_is_recorded(world: World) -> None:
    case = issued(world)

    with pytest.raises(CaseChanged):
        notices.serve_notice(
            world.inst,
            world.by(EWO, seen=case.sequence - 1),
            case.ref,
            notice_id="PN1",
            method="first_class_post",
            posted_on=POSTED,
        )

    assert decide.situation(world.inst, EWO, case.ref, world.day).case.sequence == case.sequence


def test_an_order_made_starts_its_year_and_ends_the_time_for_reasons(world: World) -> None:
    case = requested(world)
    clocks.start(
        world.inst, world.by(EWO), case.ref, rule="clocks.reasons_for_no_order", started_on=world.day
    )

    case = la_answers.decide_order(
        world.inst, world.by(EWO), case.ref, outcome="made", reasons="The court made it."
    )

    shown = {
        c.number: (c.state, c.last_day) for c in clocks.shown(world.inst, EWO, case.ref, world.day).clocks
    }
    assert shown["K18"] == ("running", date(2027, 9, 28))
    assert shown["K17"][0] == "stopped"


def test_the_ledger_keeps_each_school_and_authority_informed(world: World) -> None:
    case = serve(world, issued(world))

    with world.inst.act(EWO) as tx:
        kept = people.notices(tx, (CHILD.upn,))

    assert [(n.parent_id, n.kind.value, n.la_code, n.issued_on) for n in kept] == [
        ("A", "pn", NORFOLK, POSTED),
        ("B", "pn", NORFOLK, POSTED),
    ]
    assert len(world.about(EWO, case.ref, "A").penalty_notices) == 1, "the case and the ledger say the same"


def test_by_command_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = issued(world)
    ewo = ("--as", "ewo")

    def run(*words: str) -> tuple[int, str]:
        return command(world, monkeypatch, "case", *words, *ewo)

    assert run("posted", case.ref, "PN1", "--method", "first_class_post", "--sent", "2026-10-01")[0] == 0
    world.day = date(2026, 10, 10)
    code, said = run("paid", case.ref, "PN1", "40", "--came", "2026-10-10")
    assert (code, "a part of the sum settles nothing" in said) == (1, True)
    assert run("paid", case.ref, "PN1", "80", "--came", "2026-10-10")[0] == 0
    code, said = run("notices", case.ref)
    assert code == 0
    assert "paid" in said
    assert run("withdraw", case.ref, "PN2", "--ground", "ought_not", "--reason", "No offence.")[0] == 0


def test_a_public_place_notice_has_its_own_sums_and_counts_towards_nothing(world: World) -> None:
    """12.36 and 12.38: suspended for a week before the afternoon, found in a public place on day five."""
    world.day = date(2026, 10, 9)
    world.register(CHILD, "2026-09-29", "2026-10-09", "2026-10-05..2026-10-09 E")
    case = world.open_case(CHILD, PASTORAL, "Suspended on 5 October.")
    told = {"excluded_on": "2026-10-05", "excluded_before_afternoon": "yes", "days": "7"}
    support.told_parent(world.inst, world.by(PASTORAL), case.ref, parent_id="A", of="public_place_duty")
    with pytest.raises(NotFound):  # the authority knows nothing of the case until the school puts it there
        world.decide(EWO, case.ref, "public_place_notice", "A", **told, found_on="2026-10-12")
    referrals.list_for_la(
        world.inst,
        world.by(PASTORAL),
        case.ref,
        listed_for="the_authority_to_act",
        meeting_on=None,
        why="Found in a public place on day five.",
    )
    with pytest.raises(DetailsMissing, match="the duty covers 5 October to 9 October 2026"):
        world.decide(EWO, case.ref, "public_place_notice", "A", **told, found_on="2026-10-12")

    case = world.decide(EWO, case.ref, "public_place_notice", "A", **told, found_on="2026-10-09")
    case = serve(world, case, method="by_hand", posted_on=world.day)

    assert running(case, "A") == {"public_place_reduced": world.day, "public_place_full": world.day}
    with pytest.raises(Unclear, match="less than the £120"):
        pay(world, case, 6000, date(2026, 11, 2))
    pay(world, case, 12000, date(2026, 11, 2))
    why = reasons.explained(world.inst, EWO, case.ref, world.day).parents[0]
    assert (why.earlier_notices, why.tier) == (0, 1)


# -- the papers of a notice ----------------------------------------------------------------------------------

MISSING = {
    "la_address": "1 Invented Square\nNowhere\nZZ1 1ZZ",
    "la_phone": "01632 960 000",
    "how_to_pay": "Online, with the notice number",
}


def papers(world: World, case: Case, template: str) -> list[letters.Letter]:
    """The documents of a case made from a template, oldest first."""
    found = letters.letters_of(world.inst, EWO, case.ref)
    return [letter for letter in found if letter.document.template == template]


def test_the_decision_drafts_a_notice_to_each_parent_of_their_own_officer_and_sessions(world: World) -> None:
    case = issued(world)

    drafted = papers(world, case, "penalty_notice")

    assert [letter.document.parent_id for letter in drafted] == ["A", "B"], [t.title for t in case.open_tasks]
    fields = drafted[0].document.snapshot["fields"]
    assert (fields["notice_number"], fields["officer_name"]) == ("PN1", "Olu Marsh")
    assert fields["officer_role"] == "Education welfare officer"
    assert "14 September 2026 to 18 September 2026" in fields["offence_particulars"]
    assert "missed 10 sessions without leave" in fields["offence_particulars"]
    assert len(fields["sessions"]) == 10
    lacking = [gap.partition(":")[0] for gap in drafted[0].lacking]
    assert lacking == ["LA address", "LA phone", "How to pay"], "the LA has not said where it is paid"


def test_a_notice_made_whole_is_issued_and_its_service_starts_the_clocks(world: World) -> None:
    case = issued(world)
    document_id = papers(world, case, "penalty_notice")[0].document.document_id
    with pytest.raises(NotAllowed, match="EWO"):
        letters.complete(world.inst, world.by(HEAD), document_id, MISSING)
    letters.complete(world.inst, world.by(EWO), document_id, MISSING)
    letters.approve(world.inst, world.by(EWO), document_id)
    letters.issue(world.inst, world.by(EWO), document_id)
    with pytest.raises(Unclear, match="The time to pay runs from the service"):
        letters.serve(world.inst, world.by(EWO), document_id, method="first_class_post", posted_on=world.day)

    case = serve(world, case)

    assert running(case, "A")["penalty_notice_full"] == SERVED
    assert papers(world, case, "penalty_notice")[0].document.state == "served"
    case = serve(world, case, method="by_hand", posted_on=POSTED)
    assert set(running(case, "A").values()) == {POSTED, date(2026, 10, 28)}, "served again, they run anew"


def test_a_notice_sent_on_the_authoritys_own_paper_sets_our_draft_aside(world: World) -> None:
    case = serve(world, issued(world))

    ours, other = papers(world, case, "penalty_notice")

    assert (ours.document.state, other.document.state) == ("withdrawn", "draft")
    waiting = [task.title for task in case.open_tasks if task.title.startswith("Complete the penalty notice")]
    assert len(waiting) == 1, "only the other parent's notice is asked for"


@pytest.mark.parametrize(
    ("ground", "says"),
    [
        pytest.param("ought_not", "We will not take you to court for the same days.", id="no case follows"),
        pytest.param("material_error", "a notice for the same days with the error put right", id="an error"),
    ],
)
def test_a_withdrawal_drafts_its_letter_about_that_notice(world: World, ground: str, says: str) -> None:
    case = pay(world, serve(world, issued(world)), 8000, date(2026, 10, 9))

    case = notices.withdraw_notice(
        world.inst, world.by(EWO), case.ref, notice_id="PN1", ground=ground, says="It was wrong."
    )

    letter = papers(world, case, "penalty_notice_withdrawal")[0].document
    assert letter.snapshot["fields"]["notice_number"] == "PN1"
    letters.complete(world.inst, world.by(EWO), letter.document_id, MISSING)
    words = words_of(letters.content(world.inst, EWO, letter.document_id)[1])
    assert says in words
    assert "You paid £80.00." in words
    assert "none" not in words.casefold().split()


def test_a_notice_that_is_withdrawn_before_it_went_does_not_go(world: World) -> None:
    case = issued(world)
    document_id = papers(world, case, "penalty_notice")[0].document.document_id
    letters.complete(world.inst, world.by(EWO), document_id, MISSING)

    notices.withdraw_notice(
        world.inst, world.by(EWO), case.ref, notice_id="PN1", ground="ought_not", says="It was wrong."
    )

    with pytest.raises(NotThatState, match="withdrawn"):
        letters.issue(world.inst, world.by(EWO), document_id)


def test_no_notice_is_written_by_hand_where_none_was_decided(world: World) -> None:
    case = requested(world)

    for template in ("penalty_notice", "penalty_notice_withdrawal"):
        with pytest.raises(Unclear, match="was decided for this parent"):
            letters.draft(world.inst, world.by(EWO), case.ref, template, "A")
