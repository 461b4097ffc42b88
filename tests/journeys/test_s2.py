"""Scenario S2: irregular absence to a request accepted the first time it is whole, in Norfolk.

One family's autumn, step by step as the scenario numbers them.
"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from casework.actions import (
    cases,
    clocks,
    decide,
    evidence_packs,
    la_answers,
    letters,
    outcomes,
    reasons,
    safeguarding,
    support,
)
from casework.documents import pdf
from casework.documents.evidence import manifest
from casework.domain import Case, NotAllowed
from casework.domain import events as e
from casework.domain.calendar import monday_of
from casework.domain.errors import StepRefused
from casework.rules import improvement
from casework.stages.stage import DetailsMissing
from casework.storage.database import Database
from tests.journeys.packs_made import a_scan, letterhead, post, printed
from tests.journeys.world import (
    DSL,
    EWO,
    HEAD,
    NORTH,
    OTHER_HEAD,
    OTHER_PASTORAL,
    PASTORAL,
    SOUTH,
    Child,
    World,
    command,
)
from tests.registers.book import upn

EMILIJA = Child(upn(51), NORTH, "Emilija", "Petrauskas", parents={"A": "Mrs Rasa", "B": "Mr Jonas"})
SASKIA = Child(upn(52), NORTH, "Saskia", "Mayhew")
NEXT = Child(upn(53), SOUTH, "Barnaby", "Crowe")
SPRING = "2026-05-08 O; 2026-05-21 O; 2026-05-22 O; 2026-06-08 O; 2026-06-09 O"
AUTUMN = "2026-09-08 AM U; 2026-09-14 O; 2026-09-25 O; 2026-09-29 AM U"
TERM = "2026-07-06 O; 2026-07-10 O; " + AUTUMN
FOUR, NOTICE, STARTS, ENDS = date(2026, 9, 29), date(2026, 10, 2), date(2026, 10, 5), date(2026, 11, 20)
DETAILS = {
    "period_from": STARTS.isoformat(),
    "improvement_test": "No further unauthorised absence.",
    "early_grounds": "Any unauthorised absence in the period.",
    "further_support": "a bus pass for the rest of the year",
}


@pytest.fixture
def world(database: Database) -> World:
    """Registers since April, each brought in when it was taken; nine of ten for another child."""
    world = World.of(database, date(2026, 6, 10))
    world.schools(EMILIJA, SASKIA, NEXT)
    world.register(EMILIJA, "2026-04-13", "2026-06-10", SPRING)
    world.register(SASKIA, "2026-04-13", "2026-06-10", SPRING.replace("2026-06-09 O", "2026-06-09 AM O"))
    world.day = date(2026, 9, 30)
    world.register(EMILIJA, "2026-06-11", "2026-09-30", TERM)
    return world


def opened(world: World) -> Case:
    return world.open_case(EMILIJA, PASTORAL, "Ten unauthorised sessions since July.")


def helped(world: World, ref: str) -> None:
    """Step 3: an offer to each parent, a meeting, a contract with the one who came, a review."""
    who = world.by(PASTORAL)
    for parent_id, outcome in (("A", "did_not_help"), ("B", "declined")):
        case = support.offer(
            world.inst, who, ref, barrier="transport", offer="a bus pass", parent_id=parent_id
        )
        offer_id = case.offers[-1][0].offer_id
        support.offer_outcome(world.inst, who, ref, offer_id=offer_id, outcome=outcome)
    at = datetime(2026, 10, 1, 15, 30, tzinfo=UTC)
    case = support.arrange_meeting(
        world.inst, who, ref, meeting="attendance", at=at, invited=("A", "B"), interpreter="Lithuanian"
    )
    support.hold_meeting(
        world.inst,
        who,
        ref,
        meeting_id=case.of(e.MeetingArranged)[-1].meeting_id,
        attended=("A",),
        absent=("B",),
        interpreter="Lithuanian",
        pupil_view="I miss the first bus and then it is too late to walk.",
    )
    world.decide(
        HEAD,
        ref,
        "attendance_contract",
        requirements="Emilija is at the stop by 7:40.",
        support="A bus pass until July.",
        starts_on="2026-10-02",
        ends_on="2026-12-18",
        agreed_with="A",
    )
    cases.hold_review(
        world.inst,
        who,
        ref,
        outcome="The pass has come.",
        pupil_view="It is better when Mama wakes me.",
        parent_views="We will try.",
    )


def noticed(world: World, ref: str) -> Case:
    """Step 4: a notice to improve to each parent."""
    world.day = NOTICE
    for parent_id in ("A", "B"):
        case = world.decide(HEAD, ref, "notice_to_improve", parent_id, **DETAILS)
    return case


def broken(world: World, ref: str) -> None:
    """The register of the improvement period: U on the third day, then nothing."""
    world.day = date(2026, 10, 8)
    world.register(EMILIJA, "2026-10-01", "2026-10-08", "2026-10-07 AM U")


def test_1_ten_across_a_half_term_and_nine_is_one_short(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.day = date(2026, 6, 10)
    case = opened(world)
    nine = world.open_case(SASKIA, PASTORAL, "Nine unauthorised sessions since May.")

    why = reasons.explained(world.inst, HEAD, case.ref, world.day)
    short = decide.ask(world.inst, HEAD, nine.ref, "penalty_notice", world.day, "A")

    assert [c.session for c in why.counts] == [
        *("2026-05-08 AM", "2026-05-08 PM", "2026-05-21 AM", "2026-05-21 PM", "2026-05-22 AM"),
        *("2026-05-22 PM", "2026-06-08 AM", "2026-06-08 PM", "2026-06-09 AM", "2026-06-09 PM"),
    ]
    assert len(why.school_weeks) == 10
    assert date(2026, 5, 25) not in why.school_weeks, "half term is no school week"
    assert "one short of 10: support, not enforcement" in [f.missing for f in short.stopped_by]
    code, said = command(world, monkeypatch, "why", case.ref, "--as", "head")
    assert code == 0
    assert "Sessions that count (10)" in said
    assert "School weeks (10), by their Mondays" in said
    assert "2026-06-09 PM O" in said


def test_2_a_request_now_names_the_barrier_that_has_no_offer_yet(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = opened(world).ref
    support.barrier(world.inst, world.by(PASTORAL), ref, "transport", "The first bus is missed.")
    support.offer(world.inst, world.by(PASTORAL), ref, barrier="transport", offer="a bus pass", parent_id="A")

    with pytest.raises(StepRefused) as refused:
        world.decide(HEAD, ref, "penalty_notice", "B")

    assert "the barrier of transport has no offer of support to Mr Jonas Petrauskas yet" in str(refused.value)
    code, said = command(
        world, monkeypatch, "case", "decide", ref, "penalty_notice", "--parent", "B",
        "--reasons", "We ask.", "--as", "head",
    )  # fmt: skip
    assert (code, "has no offer of support to Mr Jonas Petrauskas yet" in said) == (1, True)
    assert not world.about(HEAD, ref).case.of(e.PenaltyNoticeRequested)


def test_3_a_contract_needs_a_parent_who_came_and_binds_nobody_else(world: World) -> None:
    ref = opened(world).ref
    contract = {"requirements": "x", "support": "y", "starts_on": "2026-10-02", "ends_on": "2026-12-18"}
    with pytest.raises(StepRefused, match="a meeting with the parent"):
        world.decide(HEAD, ref, "attendance_contract", **contract, agreed_with="A")

    helped(world, ref)

    case = world.about(HEAD, ref).case
    held = case.of(e.MeetingHeld)[-1]
    assert (held.attended, held.absent, held.interpreter) == (("A",), ("B",), "Lithuanian")
    assert case.of(e.AttendanceContractAgreed)[-1].agreed_with == ("A",)
    assert case.of(e.ReviewHeld)[-1].pupil_view == "It is better when Mama wakes me."
    with pytest.raises(DetailsMissing, match="C is not a contact"):
        world.decide(HEAD, ref, "attendance_contract", **contract, agreed_with="C")


def test_4_a_notice_to_each_parent_ends_on_the_thirtieth_school_day(world: World) -> None:
    ref = opened(world).ref
    support.barrier(world.inst, world.by(PASTORAL), ref, "transport")
    helped(world, ref)
    world.day = NOTICE
    for lacking in ("early_grounds", "further_support", "improvement_test"):
        with pytest.raises(DetailsMissing):
            world.decide(HEAD, ref, "notice_to_improve", "A", **{**DETAILS, lacking: " "})

    case = noticed(world, ref)

    given = case.of(e.NoticeToImproveIssued)
    assert [(n.parent_id, n.period_from, n.period_to) for n in given] == [
        ("A", STARTS, ENDS),
        ("B", STARTS, ENDS),
    ]
    assert all(not improvement.contents_missing(world.about(HEAD, ref, n.parent_id), n) for n in given)
    shown = clocks.shown(world.inst, HEAD, ref, world.day).clocks
    assert [(c.number, c.parent_id, c.last_day) for c in shown if c.number.startswith("K07")] == [
        ("K07a", "A", ENDS),
        ("K07a", "B", ENDS),
    ]
    assert monday_of(STARTS) == STARTS


def to_day_three(world: World) -> str:
    """Steps 1 to 4, and a U on Wednesday 7 October."""
    ref = opened(world).ref
    support.barrier(world.inst, world.by(PASTORAL), ref, "transport")
    helped(world, ref)
    noticed(world, ref)
    broken(world, ref)
    return ref


def test_5_going_early_is_the_heads_to_decide_once_the_parent_was_told(world: World) -> None:
    ref = to_day_three(world)
    counted = improvement.referee(world.about(HEAD, ref, "A"))
    assert counted is not None
    assert (counted.possible, counted.attended, counted.breaches) == (8, 7, ("2026-10-07 AM",))
    assert (counted.running, counted.may_go_early) == (True, True)

    with pytest.raises(StepRefused, match="tell Mrs Rasa Petrauskas first"):
        world.decide(HEAD, ref, "penalty_notice", "A")
    support.told_parent(
        world.inst, world.by(PASTORAL), ref, parent_id="A", of="early_penalty_notice", method="call"
    )
    asked = {f.rule: f for f in decide.ask(world.inst, HEAD, ref, "penalty_notice", world.day, "A").findings}
    assert asked["notice_to_improve.outcome"].missing == (
        "a named person's reason for going early, or for waiting"
    )
    case = world.decide(
        HEAD, ref, "penalty_notice", "A", yes=False, reasons="One missed bus: we wait for the period to end."
    )

    declined = case.of(e.StepDeclined)[-1]
    assert (declined.stage, declined.parent_id, declined.by) == ("penalty_notice", "A", "head")


def ended_badly(world: World) -> str:
    """The period ends; the head signs for each parent that it was not enough; both are told of a referral."""
    ref = to_day_three(world)
    ended(world, ref)
    return ref


def ended(world: World, ref: str) -> None:
    """The same, on a case that stands at its third day."""
    world.day = date(2026, 11, 20)
    world.register(
        EMILIJA, "2026-10-09", "2026-11-20", "2026-10-16 AM O; 2026-11-02 O; 2026-11-05 O; 2026-11-10 O"
    )
    world.day = date(2026, 11, 23)
    for parent_id in ("A", "B"):
        outcomes.end_notice_to_improve(
            world.inst,
            world.by(HEAD),
            ref,
            parent_id=parent_id,
            verdict="not_improved",
            says="Eight further sessions.",
        )
        support.told_parent(
            world.inst, world.by(PASTORAL), ref, parent_id=parent_id, of="penalty_notice_referral"
        )


def test_6_a_changed_mark_is_named_recounted_and_holds_the_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = ended_badly(world)
    before = reasons.explained(world.inst, HEAD, ref, world.day)
    corrected = {"by": "A Clerk", "reason": "The GP's note came", "position": "office"}
    world.register(EMILIJA, "2026-09-25", "2026-09-25", "2026-09-25 O; 2026-09-25 AM I", **corrected)

    case = world.about(HEAD, ref).case
    changed = case.unreviewed_mark_changes
    assert [(c.session, c.was, c.now, c.changed_by) for c in changed] == [
        ("2026-09-25 AM", "O", "I", "A Clerk")
    ]
    after = reasons.explained(world.inst, HEAD, ref, world.day)
    assert len(after.counts) == len(before.counts) - 1
    with pytest.raises(StepRefused, match="a person looks at the changed mark"):
        world.decide(HEAD, ref, "penalty_notice", "A")

    back = {"by": "A Clerk", "reason": "Another child's note", "position": "office"}
    world.register(EMILIJA, "2026-09-25", "2026-09-25", "2026-09-25 O", **back)
    code, _ = command(
        world, monkeypatch, "case", "mark-reviewed", ref, "2026-09-25 AM", "Corrected back.", "--as", "head"
    )
    assert code == 0
    assert reasons.explained(world.inst, HEAD, ref, world.day).counts == before.counts
    assert world.decide(HEAD, ref, "penalty_notice", "A").of(e.PenaltyNoticeRequested)


REQUEST = "penalty_notice_request"
YES = {
    "V7": "Rung on 20 November; both addresses read back.",
    "V12": "The GP was asked; no bullying; no brothers or sisters here; Emilija was heard.",
    "V22": "Final. The school stands by it.",
}


def asked_for(world: World) -> str:
    """Steps 1 to 6 with every letter issued and posted, and the request decided and written."""
    letterhead(world, HEAD, NORTH)
    ref = opened(world).ref
    letters.draft(world.inst, world.by(PASTORAL), ref, "concern_letter", "A")
    support.barrier(world.inst, world.by(PASTORAL), ref, "transport")
    helped(world, ref)
    post(world, HEAD, ref, world.day, "concern_letter")
    noticed(world, ref)
    post(world, HEAD, ref, NOTICE, "notice_to_improve", "attendance_contract")
    broken(world, ref)
    ended(world, ref)
    safeguarding.flag(world.inst, world.by(DSL), ref, "neglect", "What was seen is nobody's business here.")
    safeguarding.review(
        world.inst,
        world.by(DSL),
        ref,
        flag="neglect",
        outcome="monitor",
        words="Nobody's business either.",
    )
    world.decide(HEAD, ref, "penalty_notice", "A")
    post(world, HEAD, ref, world.day, REQUEST)
    return ref


def answered(world: World, ref: str, pack_id: str, **more: str) -> None:
    """Everything only a person can say, said by the head."""
    for check, because in {**YES, **more}.items():
        name = check.replace("__", ".")
        evidence_packs.answer(
            world.inst, world.by(HEAD), ref, pack_id, check=name, answer="yes", because=because
        )


def test_7_to_9_a_pack_returned_over_an_address_and_the_next_one_accepted(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pdf, "to_pdf", printed)
    ref = asked_for(world)

    # 7. One of nine is missing, and a pack with a stop cannot go.
    found = evidence_packs.check(world.inst, HEAD, ref, REQUEST, world.day, "A")
    assert found.short == "1 of 9 missing"
    assert [c.item for c in found.checks if c.check == "contents" and c.stops] == ["previous_printout"]
    code, said = command(world, monkeypatch, "pack", "check", ref, REQUEST, "--parent", "A", "--as", "head")
    assert (code, "1 of 9 missing" in said) == (1, True)
    early = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, REQUEST, "A")
    with pytest.raises(evidence_packs.PackStopped, match="previous school year: missing"):
        evidence_packs.submit(world.inst, world.by(HEAD), ref, early.pack_id, method="portal")

    printout = a_scan("Coded register 2025/26 of Emilija Petrauskas")
    cases.receive(
        world.inst,
        world.by(PASTORAL),
        ref,
        item="Previous-year printout",
        filename="2025-26.pdf",
        content=printout,
    )
    assert evidence_packs.check(world.inst, HEAD, ref, REQUEST, world.day, "A").short == "all 9 there"
    pack_id = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, REQUEST, "A").pack_id
    with pytest.raises(evidence_packs.PackStopped, match="V22: The head has not said yet"):
        evidence_packs.submit(world.inst, world.by(HEAD), ref, pack_id, method="portal")
    answered(world, ref, pack_id)
    evidence_packs.submit(world.inst, world.by(HEAD), ref, pack_id, method="portal", receipt="NCC-118")

    # No blank, N or DSL matter in the file; rows equal totals; no pupil in a file's name; it verifies.
    code, _ = command(world, monkeypatch, "pack", "save", ref, pack_id, "--to", str(tmp_path), "--as", "head")
    assert code == 0
    (bound,) = tmp_path.glob(f"{pack_id}.pdf")
    text = "\n".join(page.extract_text() for page in PdfReader(bound).pages)
    for secret in ("nobody's business", "Nobody's business", "neglect", "safeguarding"):
        assert secret not in text
    said = manifest.read((tmp_path / f"{bound.name}.manifest.json").read_bytes())
    rows = said["register"]["unauthorised"]
    assert {row.split()[-1] for row in rows} <= {"G", "O", "U"}
    assert len(set(rows)) == len(rows)
    assert all(f["printed"]["unauthorised"] == len(f["unauthorised_now"]) for f in said["figures"])
    assert len(said["figures"]) == 4, "every letter's counts lead to their sessions"
    with pytest.raises(NotAllowed):
        evidence_packs.check(world.inst, EWO, ref, REQUEST, world.day, "A")
    assert [p.pack_id for p in evidence_packs.packs_of(world.inst, EWO, ref)] == [pack_id], "sent, not drafts"
    assert not [path.name for path in tmp_path.iterdir() if "petrauskas" in path.name.lower()]
    assert evidence_packs.verify(bound).problems == ()
    bound.write_bytes(bound.read_bytes() + b"\n")
    assert evidence_packs.verify(bound).problems

    # 8. The LA returns it over an address: the next school's pack asks about it, and tells of no family.
    la_answers.return_referral(
        world.inst,
        world.by(EWO),
        ref,
        stage="penalty_notice",
        parent_id="A",
        reasons=["The flat number of Mrs Petrauskas is missing."],
        checks=["parent_address"],
    )
    assert evidence_packs.packs_of(world.inst, HEAD, ref)[-1].state == "returned"
    elsewhere = world.open_case(NEXT, OTHER_PASTORAL, "A pupil of another school.")
    learnt = evidence_packs.check(world.inst, OTHER_HEAD, elsewhere.ref, REQUEST, world.day, "A")
    (asked,) = [c for c in learnt.checks if c.check == "returned.parent_address"]
    assert asked.stops
    assert "sent packs back once for: each parent's full name and verified address" in asked.says
    assert "Petrauskas" not in str(learnt.checks)

    # 9. Mended, decided again, answered, and accepted.
    world.day = date(2026, 11, 24)
    world.decide(HEAD, ref, "penalty_notice", "A")
    post(world, HEAD, ref, world.day, REQUEST)
    again = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, REQUEST, "A").pack_id
    answered(world, ref, again)
    with pytest.raises(evidence_packs.PackStopped, match="sent packs back once"):
        evidence_packs.submit(world.inst, world.by(HEAD), ref, again, method="portal")
    answered(world, ref, again, returned__parent_address="Flat 2, read from the tenancy.")
    evidence_packs.submit(world.inst, world.by(HEAD), ref, again, method="portal")
    accepted = la_answers.accept_referral(
        world.inst, world.by(EWO), ref, stage="penalty_notice", parent_id="A"
    )
    assert accepted.of(e.ReferralAccepted)[-1].by == "ewo"
    assert evidence_packs.packs_of(world.inst, HEAD, ref)[-1].state == "accepted"
