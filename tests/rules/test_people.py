"""Who a parent is, how they are reached, and who is asked first: not known is never a yes."""

from dataclasses import replace
from datetime import date

import pytest

from casework.domain import Event, Parent, Professional
from casework.domain import events as e
from casework.rules import people
from tests.situations import UPN, A, head_of, situation


@pytest.mark.parametrize(
    ("parent", "answer"),
    [
        pytest.param(A, "holds", id="with parental responsibility"),
        pytest.param(replace(A, parental_responsibility=None), "for_a_person", id="not recorded"),
        pytest.param(replace(A, parental_responsibility=False), "for_a_person", id="recorded as none"),
        pytest.param(None, "unknown", id="no parent named"),
    ],
)
def test_a_parent_in_law(parent: Parent | None, answer: str) -> None:
    assert people.is_a_parent(situation("2026-10-01", parent=parent)).answer.value == answer


@pytest.mark.parametrize(
    ("parent", "answer"),
    [
        pytest.param(A, "holds", id="a whole address"),
        pytest.param(replace(A, address_1=""), "unknown", id="no first line"),
        pytest.param(replace(A, town=""), "unknown", id="no town"),
        pytest.param(replace(A, postcode=""), "unknown", id="no postcode"),
        pytest.param(replace(A, contact_allowed=False), "fails", id="contact is not allowed"),
        pytest.param(replace(A, contact_allowed=None), "holds", id="nothing said about contact"),
        pytest.param(None, "unknown", id="no parent named"),
    ],
)
def test_a_letter_can_be_addressed(parent: Parent | None, answer: str) -> None:
    assert people.can_be_served(situation("2026-10-01", parent=parent)).answer.value == answer


def worker(role: str, first: str = "2026-01-01", last: str | None = None) -> Professional:
    ends = date.fromisoformat(last) if last else None
    return Professional(UPN, role, from_day=date.fromisoformat(first), to_day=ends)


def told(role: str, on: str = "2026-09-30") -> e.ProfessionalTold:
    return e.ProfessionalTold(**head_of(on), professional_role=role, why="Before a formal step.")


@pytest.mark.parametrize(
    ("pupil", "professionals", "events", "answer"),
    [
        pytest.param({}, (), (), "holds", id="nobody is involved"),
        pytest.param({"social_worker": True}, (), (), "fails", id="a social worker not told"),
        pytest.param({"social_worker": True}, (), (told("social_worker"),), "holds", id="told"),
        pytest.param(
            {"social_worker": True}, (), (told("social_worker", "2026-10-02"),), "fails", id="told only later"
        ),
        pytest.param({"social_worker": True}, (), (told("virtual_school"),), "fails", id="another was told"),
        pytest.param({"youth_justice": True}, (), (), "fails", id="a youth-justice worker not told"),
        pytest.param({"looked_after": True}, (), (told("social_worker"),), "fails", id="no virtual school"),
        pytest.param(
            {"looked_after": True},
            (),
            (told("social_worker"), told("virtual_school")),
            "holds",
            id="looked after: both were told",
        ),
        pytest.param({}, (worker("virtual_school"),), (), "fails", id="a named professional"),
        pytest.param(
            {}, (worker("virtual_school", last="2026-09-30"),), (), "holds", id="no longer involved"
        ),
        pytest.param({}, (worker("virtual_school", last="2026-10-01"),), (), "fails", id="on their last day"),
        pytest.param({}, (worker("virtual_school", "2026-10-02"),), (), "holds", id="involved only later"),
        pytest.param({}, (worker("school_nurse"),), (), "holds", id="one who need not be asked"),
        pytest.param({"social_worker": None}, (), (), "for_a_person", id="not on record"),
        pytest.param({"looked_after": None}, (), (), "for_a_person", id="not on record either"),
    ],
)
def test_who_is_consulted_first(
    pupil: dict[str, object],
    professionals: tuple[Professional, ...],
    events: tuple[Event, ...],
    answer: str,
) -> None:
    now = replace(situation("2026-10-01", "", *events, pupil=pupil), professionals=professionals)

    assert people.professionals_consulted(now).answer.value == answer


@pytest.mark.parametrize(
    ("held", "answer"),
    [
        pytest.param(False, "holds", id="not in care"),
        pytest.param(True, "fails", id="in care"),
        pytest.param(None, "unknown", id="not on record"),
    ],
)
def test_no_order_for_a_child_in_care(held: bool | None, answer: str) -> None:
    now = situation("2026-10-01", pupil={"looked_after": held})

    assert people.not_in_care(now).answer.value == answer
