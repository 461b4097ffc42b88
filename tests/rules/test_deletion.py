"""Taking a name off the roll: each ground at its edge. The decision itself is tested with the actions."""

from datetime import date

import pytest

from casework.domain import Event
from casework.domain import events as e
from casework.rules import deletion
from tests.situations import head_of, situation

RUN = "2026-10-05..2026-11-06 O"


@pytest.mark.parametrize(
    ("absences", "on", "answer"),
    [
        pytest.param(RUN, "2026-11-05", "fails", id="nineteen school days"),
        pytest.param(RUN, "2026-11-06", "holds", id="12.31 twenty"),
        pytest.param(f"{RUN}; 2026-10-05 AM G; 2026-10-06 N", "2026-11-06", "holds", id="G and N in it"),
        pytest.param(f"{RUN}; 2026-10-20 AM U", "2026-11-06", "fails", id="12.32 one U"),
        pytest.param(f"{RUN}; 2026-10-20 PM I", "2026-11-06", "fails", id="12.32 one I"),
        pytest.param(f"{RUN}; 2026-10-20 PM Y1", "2026-11-06", "fails", id="one Y1"),
        pytest.param(f"{RUN}; 2026-10-20 PM ?", "2026-11-06", "unknown", id="one session without a mark"),
        pytest.param(f"2026-10-02 O; {RUN}; 2026-10-02 PM ?", "2026-11-06", "holds", id="blank before it"),
        pytest.param(
            "2026-10-02..2026-11-06 O; 2026-10-02 AM /", "2026-11-06", "holds", id="there before it"
        ),
    ],
)
def test_ground_i_is_a_whole_run(absences: str, on: str, answer: str) -> None:
    run, belief, joint = deletion.ground_i(situation(on, absences))

    assert run.answer.value == answer
    assert belief.answer.value == "for_a_person", "sickness is never assumed away"
    assert joint.answer.value == "fails"


@pytest.mark.parametrize(
    ("absences", "on", "answer"),
    [
        pytest.param("2026-10-19..2026-11-09 G", "2026-11-06", "fails", id="12.33 on the tenth school day"),
        pytest.param("2026-10-19..2026-11-09 G", "2026-11-09", "holds", id="the day after it"),
        pytest.param("2026-10-19..2026-11-06 G; 2026-11-06 PM \\", "2026-11-09", "fails", id="back"),
        pytest.param("2026-10-19..2026-11-09 I", "2026-11-09", "holds", id="ill: it is asked"),
    ],
)
def test_ground_h_follows_a_leave(absences: str, on: str, answer: str) -> None:
    back, belief, _ = deletion.ground_h(situation(on, absences), date(2026, 10, 16))

    assert back.answer.value == answer
    assert belief.answer.value == "for_a_person"


def enquiry(answer: str, *, joint: bool = True, on: str = "2026-11-05") -> e.EnquiryMade:
    return e.EnquiryMade(**head_of(on), enquiry="home_visit", answer=answer, joint_with_la=joint)


@pytest.mark.parametrize(
    ("events", "holds"),
    [
        pytest.param((), False, id="none"),
        pytest.param((enquiry("not_found"),), True, id="not found"),
        pytest.param((enquiry("agreed_will_not_attend_again"),), True, id="both agree"),
        pytest.param((enquiry("found at home"),), False, id="found"),
        pytest.param((enquiry(" "),), False, id="not answered"),
        pytest.param((enquiry("not_found", joint=False),), False, id="the school alone"),
        pytest.param((enquiry("not_found", on="2026-11-09"),), False, id="only later"),
        pytest.param((enquiry("not_found", on="2026-11-06"),), True, id="that day"),
    ],
)
def test_enquiries_are_joint_and_end_in_one_of_two_ways(events: tuple[Event, ...], holds: bool) -> None:
    assert deletion.joint_enquiries(situation("2026-11-06", RUN, *events)).holds is holds


CONSENT = e.EnquiryMade(**head_of("2026-11-10"), enquiry="consent_to_withdraw", answer="given")
REFUSED = e.EnquiryMade(**head_of("2026-11-10"), enquiry="consent_to_withdraw", answer="refused")


@pytest.mark.parametrize(
    ("on", "setting", "in_writing", "under_order", "events", "answers"),
    [
        pytest.param("2026-11-17", "academy", True, False, (), ("holds", "holds"), id="12.55 passed"),
        pytest.param("2026-11-16", "academy", True, False, (), ("fails", "holds"), id="12.55 that day"),
        pytest.param("2026-11-17", "academy", False, False, (), ("fails", "holds"), id="said, not written"),
        pytest.param("2026-11-17", "special", True, False, (), ("holds", "fails"), id="12.55 special"),
        pytest.param("2026-11-17", "special", True, False, (CONSENT,), ("holds", "holds"), id="with consent"),
        pytest.param("2026-11-17", "special", True, False, (REFUSED,), ("holds", "fails"), id="refused"),
        pytest.param("2026-11-17", "academy", True, True, (), ("holds", "fails"), id="under an order"),
    ],
)
def test_home_education(
    on: str,
    setting: str,
    in_writing: bool,
    under_order: bool,
    events: tuple[Event, ...],
    answers: tuple[str, str],
) -> None:
    found = deletion.home_education(
        situation(on, "", *events, setting=setting),
        from_day=date(2026, 11, 16),
        in_writing=in_writing,
        under_order=under_order,
    )

    assert tuple(f.answer.value for f in found) == answers
