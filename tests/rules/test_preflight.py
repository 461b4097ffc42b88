"""The checks before a pack goes: each reason for which authorities send packs back, reproduced and caught."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.domain import events as e
from casework.domain.evidence import Outcome, Part, in_short
from casework.domain.notices import NoticeStatus
from casework.rules.preflight import CHECKS, FileMade, PackInHand, SentBack, checked, wanted
from casework.rules.situation import Situation
from tests.rules.packs_in_hand import (
    ABSENT,
    DECIDED,
    HAPPENED,
    HOLDS,
    LEAVE,
    ON,
    about,
    found,
    held,
    in_hand,
    stops,
    whole,
    yes,
)
from tests.situations import A, B, a_notice, head_of, nti, verdict, with_value

BIRMINGHAM, ESSEX, ROTHERHAM = "330", "881", "372"
LEAVE_DECIDED = replace(DECIDED, route="leave", period_from=date(2026, 11, 9), period_to=date(2026, 11, 13))
LONGER = replace(DECIDED, period_to=date(2026, 11, 13))
N_INSIDE = ABSENT + "; 2026-10-06 AM N"


def test_a_pack_with_everything_may_go() -> None:
    pack = in_hand()

    assert stops(pack) == {}
    assert in_short(pack.wanted) == "all 9 there"
    asked = [c.check for c in checked(pack) if c.check.startswith("V")]
    assert asked == [f"V{n}" for n in range(1, 23) if n != 16]


def test_missing_and_stale_in_short() -> None:
    two = [h for h in HOLDS if h.kind not in ("concern_letter", "previous_year_printout")]
    now = about(la_code=BIRMINGHAM)
    old = [replace(h, on=date(2025, 12, 1)) if h.kind == "attendance_contract" else h for h in two]

    assert in_short(wanted(about(), "penalty_notice_request", two)) == "2 of 9 missing"
    assert in_short(wanted(now, "penalty_notice_request", old)) == "2 of 9 missing, 1 stale"


def without(kind: str) -> list[Any]:
    return [h for h in HOLDS if h.kind != kind]


def but(kind: str, **changes: Any) -> list[Any]:
    return [replace(h, **changes) if h.kind == kind else h for h in HOLDS]


def happened(*left_out: type[e.Event], more: tuple[e.Event, ...] = ()) -> Situation:
    kept = [event for event in HAPPENED if not isinstance(event, left_out)]
    return about(ABSENT, *kept, *more, DECIDED)


LATER = {"sessions": [{}] * 14, "unauthorised": 15}


@pytest.mark.parametrize(
    ("reason", "pack", "check"),
    [
        pytest.param(
            1,
            lambda: in_hand(about(ABSENT.replace("2026-10-12 O", "2026-10-12 AM ?; 2026-10-12 PM O"))),
            "V1",
            id="a blank in the period",
        ),
        pytest.param(
            1,
            lambda: in_hand(about(N_INSIDE, la_code=ESSEX)),
            "V1",
            id="Essex: an N in the period, though N counts",
        ),
        pytest.param(2, lambda: in_hand(holds=without("notice_to_improve")), "V6", id="no warning on file"),
        pytest.param(
            2,
            lambda: in_hand(holds=but("notice_to_improve", posted=False)),
            "V6",
            id="a warning without proof of posting",
        ),
        pytest.param(
            2,
            lambda: in_hand(holds=but("notice_to_improve", on=date(2026, 11, 20))),
            "V6",
            id="a warning later than every absence",
        ),
        pytest.param(
            2,
            lambda: in_hand(about(la_code=BIRMINGHAM), holds=but("notice_to_improve", on=date(2026, 2, 1))),
            "V6",
            id="a warning older than the authority takes",
        ),
        pytest.param(
            2,
            lambda: in_hand(holds=but("notice_to_improve", parent_id="B")),
            "V6",
            id="a warning to the other parent alone",
        ),
        pytest.param(
            3,
            lambda: in_hand(happened(e.SupportOffered, e.SupportOutcome)),
            "V8",
            id="no support on the case",
        ),
        pytest.param(
            3, lambda: in_hand(happened(e.SupportOutcome)), "V8", id="what came of the support not recorded"
        ),
        pytest.param(3, lambda: in_hand(happened(e.MeetingHeld)), "V8", id="no meeting"),
        pytest.param(
            4,
            lambda: in_hand(about(LEAVE, *HAPPENED, LEAVE_DECIDED)),
            "V3",
            id="leave on the route for irregular attendance",
        ),
        pytest.param(
            4,
            lambda: in_hand(about(), pack="leave_request"),
            "V3",
            id="irregular attendance on the route for leave",
        ),
        pytest.param(
            4,
            lambda: in_hand(about(ABSENT + "; 2026-11-09 G", *HAPPENED, LONGER, la_code=BIRMINGHAM)),
            "V3",
            id="both on one form, where the authority parts them",
        ),
        pytest.param(
            5,
            lambda: in_hand(about(la_code=ROTHERHAM), holds=without("previous_year_printout")),
            "V10",
            id="Rotherham: no printout of last year",
        ),
        pytest.param(
            5, lambda: in_hand(about(la_code=ROTHERHAM)), "V15", id="Rotherham: no certificate of the head"
        ),
        pytest.param(5, lambda: in_hand(happened(e.MeetingHeld)), "meeting_record", id="no minutes"),
        pytest.param(5, lambda: in_hand(holds=without("penalty_notice_request")), "form", id="no form"),
        pytest.param(
            6,
            lambda: in_hand(about(parents=(whole(A, forename="R."), whole(B)))),
            "V7",
            id="a parent by initial alone",
        ),
        pytest.param(
            6,
            lambda: in_hand(about(parents=(whole(A), whole(B, postcode="")))),
            "V7",
            id="another parent's address without postcode",
        ),
        pytest.param(
            6,
            lambda: in_hand(about(parents=(whole(A, postcode=""), whole(B)))),
            "V6",
            id="the warning's address not whole",
        ),
        pytest.param(
            6,
            lambda: in_hand(answered=("V11", "V12", "V22")),
            "V7",
            id="addresses not checked, a parent unexplained",
        ),
        pytest.param(
            7,
            lambda: in_hand(about("2026-11-02 O; 2026-11-03 O", *HAPPENED[:6], DECIDED)),
            "V2",
            id="four sessions are not ten",
        ),
        pytest.param(
            7,
            lambda: in_hand(forms={"penalty_notice_request": {"counted": 12}}),
            "V2",
            id="the form counts others than the register",
        ),
        pytest.param(
            7, lambda: in_hand(forms={"notice_to_improve": LATER}), "V2", id="rows that are not the total"
        ),
        pytest.param(
            7, lambda: in_hand(register_then="a", register_now="b"), "V2", id="the register changed since"
        ),
        pytest.param(7, lambda: in_hand(about(pupil={"dob": None})), "V4", id="age not known"),
        pytest.param(
            8,
            lambda: in_hand(
                happened(
                    e.ParentTold,
                    more=(
                        e.ParentTold(**head_of("2026-10-05"), parent_id="A", of="penalty_notice_referral"),
                    ),
                )
            ),
            "V5",
            id="Norfolk: later than 15 school days",
        ),
        pytest.param(
            8,
            lambda: in_hand(about(la_code=BIRMINGHAM), holds=but("attendance_contract", on=date(2026, 2, 1))),
            "contract_or_plan",
            id="a step older than the authority takes",
        ),
        pytest.param(
            9,
            lambda: in_hand(about("2026-09-07..2026-09-11 O; 2026-09-14..2026-09-16 O", *HAPPENED, DECIDED)),
            "V9",
            id="no absence after the warning",
        ),
        pytest.param(
            9,
            lambda: in_hand(
                about("2026-09-07..2026-09-11 O; 2026-10-12 O", *HAPPENED, DECIDED, la_code=BIRMINGHAM)
            ),
            "V9",
            id="Birmingham: none between two steps",
        ),
        pytest.param(
            10,
            lambda: in_hand(about(pupil={"looked_after": True}), answered=("V7", "V12", "V22")),
            "V11",
            id="a looked-after child nobody looked at first",
        ),
        pytest.param(
            10,
            lambda: in_hand(about(pupil={"social_worker": None}), answered=("V7", "V12", "V22")),
            "V11",
            id="nobody asked whether there is a social worker",
        ),
        pytest.param(
            10,
            lambda: in_hand(
                about(
                    notices=[a_notice("2026-10-20", NoticeStatus.UNPAID, period=("2026-10-12", "2026-10-13"))]
                )
            ),
            "V14",
            id="the same days in an earlier notice",
        ),
        pytest.param(
            10,
            lambda: in_hand(
                happened(
                    more=(
                        e.HoldPlaced(
                            **head_of("2026-11-18"),
                            hold_id="h",
                            scope="enforcement",
                            review_on=date(2026, 12, 1),
                        ),
                    )
                )
            ),
            "V20",
            id="a hold of the DSL",
        ),
        pytest.param(
            10,
            lambda: in_hand(happened(more=(e.SafeguardingFlagged(**head_of("2026-11-18"), flag="neglect"),))),
            "V20",
            id="a flag the DSL has not looked at",
        ),
        pytest.param(
            10,
            lambda: in_hand(about(notices=[a_notice("2025-02-03"), a_notice("2026-03-02")])),
            "V13",
            id="a third notice",
        ),
        pytest.param(
            11,
            lambda: in_hand(answered=("V7", "V11", "V22")),
            "V12",
            id="illness, bullying, siblings not answered",
        ),
        pytest.param(
            11,
            lambda: in_hand(answered=("V7", "V11", "V12")),
            "V22",
            id="the head has not said the register is final",
        ),
        pytest.param(12, lambda: in_hand(about(ABSENT, *HAPPENED)), "V19", id="nobody decided it"),
        pytest.param(
            12,
            lambda: in_hand(about(ABSENT, *HAPPENED, replace(DECIDED, role="pastoral_lead"))),
            "V19",
            id="decided by somebody who may not",
        ),
        pytest.param(
            12,
            lambda: in_hand(
                holds=(*HOLDS, held("three_houses")), wanted=excluded(), situation=about(la_code=BIRMINGHAM)
            ),
            "V17",
            id="Birmingham: a pupil's form in what is served",
        ),
        pytest.param(
            12,
            lambda: in_hand(files=(FileMade("Rasa's pack.pdf", Part.SERVED, 9, 1),)),
            "V18",
            id="a name with signs that are not taken",
        ),
        pytest.param(
            12,
            lambda: in_hand(
                files=(FileMade("a.pdf", Part.SERVED, 9, 1), FileMade("b.pdf", Part.SERVED, 9, 1))
            ),
            "V18",
            id="two files for one",
        ),
        pytest.param(
            12,
            lambda: in_hand(files=(FileMade("a.pdf", Part.SERVED, 30_000_000, 1),)),
            "V18",
            id="a file too large",
        ),
        pytest.param(
            12,
            lambda: in_hand(texts={"Letter": "a fine of £60, rising to £120"}),
            "V21",
            id="amounts of the old scheme",
        ),
        pytest.param(
            12,
            lambda: in_hand(texts={"Letter": "your parenting contract"}),
            "V21",
            id="a name of the old scheme",
        ),
    ],
)
def test_each_reason_for_which_packs_come_back_is_caught(reason: int, pack: Any, check: str) -> None:
    caught = found(pack(), check)

    assert caught.stops, caught
    assert 1 <= reason <= 12
    assert caught.remedy
    assert caught.says.endswith((".", "?")) or caught.question


def excluded() -> tuple[Any, ...]:
    """A pack for Birmingham with a form that got in by hand."""
    now = about(la_code=BIRMINGHAM)
    rows = wanted(now, "penalty_notice_request", HOLDS)
    return tuple(replace(r, held=(*r.held, held("three_houses"))) if r.name == "letters" else r for r in rows)


@pytest.mark.parametrize(
    ("pack", "check"),
    [
        pytest.param(lambda: in_hand(about(N_INSIDE)), "V1", id="an N where the code does not say"),
        pytest.param(lambda: in_hand(happened_without_early_help()), "V8", id="early help not offered"),
    ],
)
def test_what_many_send_back_and_this_code_does_not_name_warns(pack: Any, check: str) -> None:
    caught = found(pack(), check)

    assert (caught.outcome, caught.stops) == (Outcome.WARNS, False)


def happened_without_early_help() -> Situation:
    kept = [x for x in HAPPENED if getattr(x, "offer_id", "") != "eh"]
    return about(ABSENT, *kept, DECIDED)


def test_a_no_stops_and_only_the_head_answers_for_the_head() -> None:
    no = in_hand(answers={**in_hand().answers, "V12": yes("V12", answer="no")})
    clerk = in_hand(answers={**in_hand().answers, "V22": yes("V22", role="pastoral_lead")})

    assert found(no, "V12").outcome is Outcome.BLOCKS
    assert found(clerk, "V22").outcome is Outcome.NEEDS_A_PERSON


def test_kent_takes_no_request_about_a_looked_after_child_whatever_is_answered() -> None:
    kent = in_hand(about(pupil={"looked_after": True}, la_code="886"))
    norfolk = in_hand(about(pupil={"looked_after": True}))

    assert found(kent, "V11").outcome is Outcome.BLOCKS
    assert "liaison officer" in found(kent, "V11").says
    assert found(norfolk, "V11").outcome is Outcome.PASSES, "there the answer stands"


def test_what_this_authority_sent_back_before_is_asked_every_time() -> None:
    back = (SentBack("parent_address", "each parent's address", 2, date(2026, 11, 20)),)
    pack = in_hand(returned=back)

    asked = found(pack, "returned.parent_address")
    assert (asked.outcome, asked.stops) == (Outcome.NEEDS_A_PERSON, True)
    assert "2 times for: each parent's address (last on 20 November 2026)" in asked.says
    answered = replace(
        pack, answers={**pack.answers, "returned.parent_address": yes("returned.parent_address")}
    )
    assert stops(answered) == {}


def test_the_pupils_form_is_left_out_where_the_authority_refuses_it() -> None:
    holds = (*HOLDS, held("pupil_voice", parent_id=""))
    for la_code in (BIRMINGHAM, "926"):
        rows = wanted(about(la_code=la_code), "penalty_notice_request", holds)
        assert not [h for row in rows for h in row.held if h.kind == "pupil_voice"]


def test_sealed_material_waits_for_the_dsl() -> None:
    sealed = held("dsl_review", parent_id="", sealed=True, source="#9")
    rows = {row.name: row for row in wanted(about(), "missing_child", [sealed])}
    assert rows["dsl_appraisal"].held == ()

    let = e.MaterialReleased(**head_of(ON), material="#9", pack="missing_child", reason="The LA needs it.")
    elsewhere = replace(let, pack="prosecution")
    for released, there in ((let, 1), (elsewhere, 0)):
        now = about(ABSENT, *HAPPENED, released)
        rows = {row.name: row for row in wanted(now, "missing_child", [sealed])}
        assert len(rows["dsl_appraisal"].held) == there
        assert rows["dsl_appraisal"].part is Part.SEALED


def test_a_missing_child_report_is_never_kept_back_by_what_it_lacks() -> None:
    pack = in_hand(pack="missing_child", holds=())

    assert [c.outcome for c in checked(pack) if c.item == "form"] == [Outcome.WARNS]
    assert stops(replace(pack, answers={})) == {}


def test_a_pack_for_leave_needs_the_refusal_before_the_leave() -> None:
    told = held("leave_warning", "2026-11-03")
    holds = [*without("notice_to_improve"), told, held("leave_application", "2026-10-30", parent_id="")]
    now = about(LEAVE, *HAPPENED[:6], LEAVE_DECIDED)

    pack = in_hand(now, "leave_request", holds, forms={})
    late = in_hand(
        now, "leave_request", [replace(h, on=date(2026, 11, 16)) if h == told else h for h in holds], forms={}
    )

    assert found(pack, "V6").outcome is Outcome.PASSES
    assert found(late, "V6").outcome is Outcome.BLOCKS
    assert "later than the leave" in found(late, "V6").says


CERTIFICATE = {
    "period_from": "2026-09-14",
    "period_to": "2026-11-02",
    "signed_role": "Headteacher",
}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({}, "the head's, for the period", id="as it should be"),
        pytest.param({"period_to": "2026-10-30"}, "the pack rests on", id="another period"),
        pytest.param({"unauthorised": 14}, "counts 14 unauthorised", id="other totals than the register"),
        pytest.param({"signed_role": "Pastoral lead"}, "only the head signs", id="another signatory"),
    ],
)
def test_the_certificate_is_the_heads_for_the_period_and_equal_to_the_register(
    changes: Any, says: str
) -> None:
    now = about(la_code=ROTHERHAM)
    counts = now.facts.counts(date(2026, 9, 14), date(2026, 11, 2), now.school.urn)
    fields = {
        **CERTIFICATE,
        "possible": counts.possible,
        "attended": counts.attended,
        "authorised": counts.authorised,
        "unauthorised": counts.unauthorised,
    } | changes
    holds = (*HOLDS, held("headteacher_certificate", "2026-11-20", parent_id=""))

    pack = in_hand(now, holds=holds, forms={"headteacher_certificate": fields})

    assert says in found(pack, "V15").says
    assert found(pack, "V15").stops is bool(changes)


def test_a_certificate_signed_before_its_period_ended_is_sent_back() -> None:
    holds = (*HOLDS, held("headteacher_certificate", "2026-10-30", parent_id=""))

    assert "before the period ended" in found(in_hand(about(la_code=ROTHERHAM), holds=holds), "V15").says


@pytest.mark.parametrize(
    ("paragraphs", "signed", "says"),
    [
        pytest.param(None, False, "No statement was begun", id="none begun"),
        pytest.param((3, 5), False, "2 of 5 paragraphs wait", id="not all confirmed"),
        pytest.param((5, 5), False, "signed statement is not on the case", id="not signed"),
        pytest.param((5, 5), True, "All 5 paragraphs are confirmed", id="confirmed and signed"),
    ],
)
def test_a_statement_is_confirmed_whole_and_signed(paragraphs: Any, signed: bool, says: str) -> None:
    begun = e.StatementBegun(
        **head_of("2026-11-18"), statement_id="W1", witness_id="head", parent_id="A",
        period_from=date(2026, 9, 14), period_to=date(2026, 11, 2),
    )  # fmt: skip
    holds = (*HOLDS, held("signed_statement", ON, parent_id="")) if signed else HOLDS
    now = about(ABSENT, *HAPPENED, begun, DECIDED)

    pack = in_hand(now, "prosecution", holds, paragraphs=paragraphs)

    assert says in found(pack, "V16").says
    assert found(pack, "V16").stops is not signed


def test_the_oldest_session_near_six_months_warns() -> None:
    on = "2027-01-20"
    pack = in_hand(about(ABSENT, *HAPPENED[:-1], on=on))

    assert found(pack, "V5").outcome in (Outcome.WARNS, Outcome.NEEDS_A_PERSON)


def test_an_authority_that_puts_the_name_in_the_file_is_obeyed_and_it_is_said() -> None:
    now = with_value(about(la_code=BIRMINGHAM), "la.evidence_file", names_pupil=True, plain_name=True)
    pack = in_hand(now, files=(FileMade("FennimoreRobinE1.pdf", Part.SERVED, 9, 1),))

    caught = found(pack, "V18")
    assert caught.outcome is Outcome.WARNS
    assert "puts the pupil's name in the file's name" in caught.says


def test_every_check_has_its_entry_and_every_kind_of_pack_names_checks_that_are_there() -> None:
    policy = about().policy
    on = date.fromisoformat(ON)
    entries = policy.under("preflight", on)
    assert {value.check for value in entries.values()} == set(CHECKS)
    assert all(entries[name].check == number for number, (name, _) in CHECKS.items())
    kinds = policy.under("evidence", on)
    assert sorted(int(value.number[1:]) for value in kinds.values()) == list(range(1, 14))
    assert all(set(value.get("checks", ())) <= set(CHECKS) for value in kinds.values())


def test_every_kind_of_pack_can_be_looked_at_for_the_emptiest_case() -> None:
    now = about("", e.NoteAdded(**head_of("2026-09-02"), text="Nothing yet."))
    for name, value in now.policy.under("evidence", now.on).items():
        if value.about == "school":
            continue
        pack = PackInHand(now, name, wanted(now, name, ()))
        assert all(c.says and (c.remedy or not c.stops) for c in checked(pack)), name


def test_a_returned_request_is_decided_anew() -> None:
    back = e.ReferralReturned(**head_of(ON), stage="penalty_notice", parent_id="A", reasons=("An address.",))
    again = nti("2026-10-02", "2026-11-13"), verdict("2026-11-16")

    pack = in_hand(about(ABSENT, *HAPPENED, *again, DECIDED, back))

    assert "the head decides again" in found(pack, "V19").says
