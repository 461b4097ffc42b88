"""Gates at the edge of a day or of what is known: the same day counts, the day before does not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.domain import Half, Mark, NoticeStatus, Parent, SchoolCalendar, Session
from casework.domain import events as e
from casework.rules import (
    compulsory_age,
    contract,
    local_code,
    notices,
    proceedings,
    register,
    returns,
    stop,
    support,
)
from casework.stages.penalty_notice import STAGE as REQUEST
from tests.situations import (
    CALENDAR,
    NORFOLK,
    SUPPORTED,
    A,
    B,
    a_notice,
    a_parent,
    head_of,
    not_appropriate,
    situation,
)

MET = e.MeetingHeld(**head_of("2026-10-15"), meeting_id="M1", attended=("A",))
NOBODY = e.MeetingHeld(**head_of("2026-10-15"), meeting_id="M1", attended=("A teacher",))


@pytest.mark.parametrize(
    ("event", "on", "holds"),
    [
        pytest.param(MET, "2026-10-14", False, id="before the meeting"),
        pytest.param(MET, "2026-10-15", True, id="on its day"),
        pytest.param(MET, "2026-10-16", True, id="after it"),
        pytest.param(NOBODY, "2026-10-16", False, id="a meeting that no parent came to"),
    ],
)
def test_a_contract_after_a_meeting(event: e.MeetingHeld, on: str, holds: bool) -> None:
    assert contract.parents_present(situation(on, "", event)).holds is holds


@pytest.mark.parametrize(
    ("setting", "answer"),
    [
        pytest.param("academy", "holds", id="one that may"),
        pytest.param("independent", "fails", id="one that may not"),
        pytest.param("", "unknown", id="of a kind not known"),
    ],
)
def test_which_schools_make_contracts(setting: str, answer: str) -> None:
    assert contract.setting_may_make_one(situation("2026-10-16", setting=setting)).answer.value == answer


@pytest.mark.parametrize(("made_on", "due"), [("2026-11-04", False), ("2026-11-05", True)])
def test_a_return_made_that_day_is_made(made_on: str, due: bool) -> None:
    """Asked about 4 November: one made the day after was not made yet."""
    absences = "2026-10-15..2026-11-04 O"
    (waiting,) = returns.due(situation("2026-11-04", absences))
    made = e.ReturnMade(
        **head_of(made_on), made=waiting.made, la_code=NORFOLK, why=waiting.why, episode=waiting.episode
    )

    assert bool(returns.due(situation("2026-11-04", absences, made))) is due


@pytest.mark.parametrize(
    ("held", "liable"),
    [
        pytest.param((True, None), "A", id="one is known to be responsible: that one"),
        pytest.param((None, None), "AB", id="nobody's is known: all of them"),
        pytest.param((None, False), "A", id="one is known not to be"),
        pytest.param((False, False), "", id="neither is"),
        pytest.param((True, True), "AB", id="both are"),
    ],
)
def test_whose_liability_is_weighed(held: tuple[bool | None, bool | None], liable: str) -> None:
    people = tuple(
        a_parent(name, parental_responsibility=known) for name, known in zip("AB", held, strict=True)
    )
    s = replace(situation("2026-10-16"), parents=people)

    assert "".join(p.contact_id for p in s.liable_parents) == liable


@pytest.mark.parametrize(
    ("absences", "events", "appropriate"),
    [
        pytest.param("2026-10-05..2026-10-09 G", (), False, id="a holiday alone"),
        pytest.param(
            "2026-10-05..2026-10-09 G; 2026-10-12 AM O", (), True, id="a holiday and one absence more"
        ),
        pytest.param("2026-10-05..2026-10-09 O", (), True, id="no holiday"),
        pytest.param("", (), True, id="nothing relied on"),
        pytest.param(
            "2026-10-05..2026-10-09 O",
            (not_appropriate("2026-10-15"),),
            False,
            id="a person decided otherwise",
        ),
        pytest.param(
            "2026-10-05..2026-10-09 O", (not_appropriate("2026-10-17"),), True, id="only the day after"
        ),
        pytest.param(
            "2026-10-05..2026-10-09 O", (not_appropriate("2026-10-15", "B"),), True, id="for the other parent"
        ),
    ],
)
def test_whether_support_is_the_way(absences: str, events: tuple[Any, ...], appropriate: bool) -> None:
    s = situation("2026-10-16", absences, *events)

    assert support.is_appropriate(s) is appropriate
    asked = {f.rule for f in REQUEST.questions(s)}
    assert ("considerations.penalty_notice.support_sufficient" in asked) is appropriate


@pytest.mark.parametrize(
    ("status", "ground", "period", "answer"),
    [
        pytest.param(NoticeStatus.PAID, "", None, "unknown", id="its days are not known"),
        pytest.param(NoticeStatus.PAID, "", ("2026-03-02", "2026-03-06"), "holds", id="they are"),
        pytest.param(
            NoticeStatus.WITHDRAWN, "material_error", None, "holds", id="its sessions are free anyway"
        ),
        pytest.param(
            NoticeStatus.WITHDRAWN, "ought_not", None, "unknown", id="withdrawn, and spent all the same"
        ),
    ],
)
def test_the_days_of_an_earlier_notice(
    status: NoticeStatus, ground: str, period: tuple[str, str] | None, answer: str
) -> None:
    earlier = a_notice("2026-04-20", status, period=period, ground=ground)
    found = notices.periods_known(situation("2026-10-16", notices=[earlier]))

    assert found.answer.value == answer
    assert found.holds or "20 April 2026" in found.says


@pytest.mark.parametrize(
    ("spells", "answer"),
    [
        pytest.param(((date(2026, 1, 5), None),), "holds", id="on it"),
        pytest.param(((date(2026, 1, 5), date(2026, 10, 15)),), "fails", id="left the day before"),
        pytest.param(((date(2026, 1, 5), date(2026, 10, 16)),), "holds", id="the last day is a day on it"),
        pytest.param((), "unknown", id="no roll is held"),
    ],
)
def test_on_the_roll(spells: tuple[tuple[date, date | None], ...], answer: str) -> None:
    s = situation("2026-10-16")
    (held,) = s.facts.registers
    s = replace(s, facts=replace(s.facts, registers=(replace(held, roll=spells),)))

    assert register.on_roll(s).answer.value == answer


@pytest.mark.parametrize(
    ("unmarked", "says"),
    [
        pytest.param("2026-10-07 AM ?", "1 session inside the period relied on has no mark.", id="one"),
        pytest.param("2026-10-07 ?", "2 sessions inside the period relied on have no mark.", id="two"),
    ],
)
def test_sessions_without_a_mark_are_counted_in_words(unmarked: str, says: str) -> None:
    s = situation("2026-10-16", f"2026-10-05..2026-10-06 O; {unmarked}; 2026-10-08 O")
    found = register.final_over(s, register.relied_on(s))

    assert (found.answer.value, found.says) == ("unknown", says)


@pytest.mark.parametrize(
    ("parent", "shown_by"), [pytest.param(A, ("#3", "#4"), id="A"), pytest.param(B, ("#5", "#6"), id="B")]
)
def test_what_shows_that_support_was_offered(parent: Parent, shown_by: tuple[str, ...]) -> None:
    """The very entries: this parent's offers and what came of them, not the other's."""
    found = support.offered(situation("2026-10-02", "", *SUPPORTED, parent=parent))

    assert (found.answer.value, found.evidence) == ("holds", shown_by)


@pytest.mark.parametrize(
    ("asked_on", "waits"),
    [
        pytest.param("2026-10-15", True, id="the day before"),
        pytest.param("2026-10-16", True, id="that day"),
        pytest.param("2026-10-17", False, id="on a day to come"),
    ],
)
def test_a_request_waits_from_its_day_on(asked_on: str, waits: bool) -> None:
    day = date(2026, 10, 5)
    asked = e.PenaltyNoticeRequested(
        **head_of(asked_on), parent_id="A", reasons="Asked.", period_from=day, period_to=day
    )

    assert (notices.request_waiting(situation("2026-10-16", "", asked)) is not None) is waits


@pytest.mark.parametrize(
    ("known", "says"),
    [
        pytest.param(("2026-03-02", "2026-03-06"), "2 March 2026 to 6 March 2026", id="both its days"),
        pytest.param(("2026-03-02", None), "", id="the first alone"),
        pytest.param((None, None), "", id="neither"),
    ],
)
def test_the_days_of_earlier_notices_are_listed_where_known(
    known: tuple[str | None, str | None], says: str
) -> None:
    first, last = (date.fromisoformat(day) if day else None for day in known)
    earlier = replace(a_notice("2026-04-20", NoticeStatus.PAID), period_from=first, period_to=last)

    found = notices.spent_sessions_confirmed(situation("2026-10-16", notices=[earlier]))

    assert ("2 March 2026" in found.says) is bool(says)
    assert says in found.says
    assert notices.periods_known(situation("2026-10-16", notices=[earlier])).holds is bool(says)


def test_of_old_checks_before_court_the_latest_is_named() -> None:
    checks = [
        e.EnquiryMade(
            **head_of(day),
            enquiry=proceedings.ENQUIRY,
            parent_id="A",
            asked_of="the finance team",
            answer="unpaid",
        )
        for day in ("2026-09-01", "2026-09-14", "2026-09-07")
    ]

    found = proceedings.finally_checked(
        situation("2026-10-16", "", *checks, notices=[a_notice("2026-04-20")])
    )

    assert not found.holds
    assert "last on 14 September 2026" in found.says


@pytest.mark.parametrize(
    ("begins", "starts"),
    [
        pytest.param("2026-08-31", "2026-09-02", id="in the summer: the first day of the autumn term"),
        pytest.param("2026-12-31", "2027-01-04", id="at Christmas: the first day of the spring term"),
        pytest.param(
            "2027-03-31", "2027-03-26", id="when the calendar knows no further term: after its last day"
        ),
        pytest.param("2025-08-31", "2025-08-31", id="before the calendar begins: that day"),
    ],
)
def test_the_first_day_at_school_of_compulsory_age(begins: str, starts: str) -> None:
    first = compulsory_age.practical_start(situation("2026-10-16"), date.fromisoformat(begins))

    assert str(first) == starts


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        pytest.param(("",), "asked of LA 352 and not answered yet", id="asked"),
        pytest.param(
            ("", "We keep no record."),
            "asked of LA 352, whose answer leaves it unknown",
            id="answered in words that settle nothing",
        ),
        pytest.param(("", "We keep no record.", "none"), "was answered", id="and then settled"),
    ],
)
def test_how_the_question_about_earlier_notices_stands(answers: tuple[str, ...], says: str) -> None:
    asked = [
        e.EnquiryMade(
            **head_of("2026-10-01"), enquiry=notices.ENQUIRY, asked_of="LA 352", parent_id="A", answer=answer
        )
        for answer in answers
    ]

    assert says in notices.earlier_notices_known(situation("2026-10-16", "", *asked)).says


@pytest.mark.parametrize(
    ("issued_on", "again"),
    [
        pytest.param((), "2026-10-16", id="none: today"),
        pytest.param(("2025-03-03",), "2026-10-16", id="one: today"),
        pytest.param(("2025-03-03", "2026-03-02"), "2028-03-04", id="two: when the older is three years old"),
        pytest.param(
            ("2024-09-02", "2025-03-03", "2026-03-02"), "2028-03-04", id="three: when the second is"
        ),
    ],
)
def test_when_another_notice_is_possible(issued_on: tuple[str, ...], again: str) -> None:
    earlier = [a_notice(day, NoticeStatus.PAID) for day in issued_on]

    assert str(notices.next_possible(situation("2026-10-16", notices=earlier))) == again


@pytest.mark.parametrize(
    ("noted_on", "parent_id", "stops"),
    [
        pytest.param("2026-10-15", "", True, id="of the pupil, the day before"),
        pytest.param("2026-10-16", "", True, id="on the very day"),
        pytest.param("2026-10-17", "", False, id="from a day to come"),
        pytest.param("2026-10-16", "A", True, id="of this parent"),
        pytest.param("2026-10-16", "B", False, id="of the other parent"),
    ],
)
def test_a_stop_holds_from_its_day_on(noted_on: str, parent_id: str, stops: bool) -> None:
    noted = e.StopNoted(**head_of(noted_on), stop_id="S1", condition="bereavement", parent_id=parent_id)

    assert stop.none(situation("2026-10-16", "", noted)).holds is not stops


@pytest.mark.parametrize(
    ("dob", "owed"),
    [
        pytest.param(date(2015, 5, 14), True, id="of compulsory school age"),
        pytest.param(date(2022, 5, 14), False, id="under it"),
        pytest.param(date(2009, 5, 14), False, id="over it"),
        pytest.param(None, True, id="of an age not known: the return is not left out"),
    ],
)
def test_of_whom_returns_are_made(dob: date | None, owed: bool) -> None:
    s = situation("2026-11-04", "2026-10-15..2026-11-04 O", pupil={"dob": dob})

    assert returns.is_of_age(s) is owed
    assert bool(returns.due(s)) is owed


def test_an_illness_of_the_first_of_september_is_of_the_new_year() -> None:
    """A school that opens on 1 September itself: thirty sessions of illness from that day on."""
    first = [(Session(date(2026, 9, 1), half), 0) for half in Half]
    opened = [(s, n) for s, n in zip(CALENDAR.sessions, CALENDAR.half_terms, strict=True)]
    calendar = SchoolCalendar.of(sorted([*opened, *first]))
    s = situation("2026-09-21", "2026-09-02..2026-09-21 I")
    (held,) = s.facts.registers
    marks = (*held.marks, *(Mark(session, "I") for session, _ in first))
    s = replace(s, facts=replace(s.facts, registers=(replace(held, calendar=calendar, marks=marks),)))

    found = returns.sickness(s)

    assert found is not None
    assert (len(found.evidence), found.evidence[0]) == (30, "2026-09-01 AM")


def issued(number: str, on: str) -> e.PenaltyNoticeIssued:
    return e.PenaltyNoticeIssued(
        **head_of(on, "ewo"),
        parent_id="A",
        reasons="Requested.",
        notice_id=number,
        la_code=NORFOLK,
        issued_on=date.fromisoformat(on),
        period_from=date(2026, 9, 14),
        period_to=date(2026, 9, 18),
        tier=1,
        amount_pence=16000,
    )


@pytest.mark.parametrize(
    ("drafted_from", "first", "second"), [(2, True, False), (3, False, True), (1, False, False)]
)
def test_a_letter_is_of_the_notice_it_was_drafted_from(drafted_from: int, first: bool, second: bool) -> None:
    """Event 1 opens the case, 2 and 3 issue the notices."""
    s = situation(
        "2026-10-16",
        "",
        issued("PN1", "2026-10-01"),
        issued("PN2", "2026-10-02"),
        e.DocumentDrafted(
            **head_of("2026-10-02"), document_id="D1", template="letter", from_sequence=drafted_from
        ),
        e.DocumentServed(
            **head_of("2026-10-05"), document_id="D1", method="by_hand", served_on=date(2026, 10, 5)
        ),
    )

    received = [proceedings.received_on(s, number) for number in ("PN1", "PN2")]

    assert [day is not None for day in received] == [first, second]


def test_an_authority_without_a_code_here_still_names_the_source() -> None:
    found = local_code.known(situation("2026-10-16", la_code="999"))

    assert found.answer.value == "for_a_person"
    assert "999" in found.says
    assert found.source is not None
