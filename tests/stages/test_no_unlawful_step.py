"""From any register and any order of events, no unlawful step is ever taken, and a refusal names its gate.

The machine plays an officer who answers every question so that the step may go on; only the law stands in the
way. What was recorded is then judged by plain arithmetic that shares nothing with the rules.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from casework.domain import Event, Half, Notice, NoticeKind, NoticeStatus, Session
from casework.domain import events as e
from casework.rules.situation import Situation
from casework.stages import STEPS
from casework.stages.force import blocking
from casework.stages.stage import DetailsMissing, Stage
from tests.situations import (
    CALENDAR,
    EWO,
    HEAD,
    MANCHESTER,
    NORFOLK,
    SUPPORTED,
    UPN,
    A,
    B,
    answers,
    came_of,
    decision,
    facts,
    head_of,
    offer,
    situation,
    with_value,
)

FIRST, LAST = date(2026, 9, 21), date(2027, 3, 25)
PARENTS = {"A": A, "B": B}
STATUSES = [None, *NoticeStatus]
GROUNDS = ["ought_not", "wrong_person", "material_error", "not_contemplated"]
DETAILS = {
    "improvement_test": "no further unauthorised absence",
    "early_grounds": "any unauthorised absence",
    "further_support": "a bus pass",
    "offence": "s444_1",
    "plan": "a bus pass",
}
parents = st.sampled_from(sorted(PARENTS))
COURT = e.ProsecutionReferred | e.ProsecutionDecided
FORMAL = [
    "notice_to_improve",
    "penalty_notice",
    "penalty_notice_issue",
    "prosecution_referral",
    "prosecution_decision",
]


def three_years_before(day: date) -> date:
    return day.replace(year=day.year - 3) if (day.month, day.day) != (2, 29) else date(day.year - 3, 2, 28)


def too_late(session_day: date, on: date) -> bool:
    """More than six calendar months lie between a session and a day (no month end in between is shorter)."""
    months = (on.year - session_day.year) * 12 + on.month - session_day.month
    return months > 6 or (months == 6 and on.day > session_day.day)


class AnyCase(RuleBasedStateMachine):
    """One pupil, two parents, a register that changes, and an officer in a hurry."""

    @initialize(
        born=st.sampled_from([date(2015, 5, 14), date(2021, 9, 1), date(2010, 12, 1)]),
        refuses_n=st.booleans(),
        holiday=st.integers(0, 60),
    )
    def begin(self, born: date, refuses_n: bool, holiday: int) -> None:
        self.born, self.refuses_n, self.on = born, refuses_n, FIRST
        self.marks: dict[Session, str] = {}
        self.events: list[Event] = list(SUPPORTED)
        self.imported: list[Notice] = []
        self.left: date | None = None
        self.la_code = NORFOLK
        self.absent(holiday, 10, "G")
        self.on = FIRST + timedelta(days=holiday)

    def seen(self, parent_id: str) -> Situation:
        base = situation(
            "2026-10-01",
            "",
            *self.events,
            parent=PARENTS[parent_id],
            pupil={"dob": self.born},
            la_code=self.la_code,
        )
        held = replace(
            base,
            on=self.on,
            facts=facts(self.marks, self.on, until=self.left),
            notices=tuple(self.imported),
        )
        return (
            with_value(held, "penalty_notice.evidence_codes", codes=["G", "O", "U"])
            if self.refuses_n
            else held
        )

    # -- what happens --------------------------------------------------------------------------------------

    @rule(days=st.integers(1, 45))
    def time_passes(self, days: int) -> None:
        self.on = min(LAST, self.on + timedelta(days=days))

    @rule(
        back=st.integers(0, 60),
        sessions=st.integers(1, 12),
        code=st.sampled_from(["G", "O", "U", "N", "I", "?"]),
    )
    def absent(self, back: int, sessions: int, code: str) -> None:
        past = CALENDAR.sessions_between(date(2026, 4, 13), self.on)
        place = max(0, len(past) - 1 - back - sessions)
        self.marks |= dict.fromkeys(past[place : place + sessions], code)

    @rule(changed=st.booleans())
    def a_relied_on_mark_changes(self, changed: bool) -> None:
        if changed:
            self.add(e.MarkChanged, session="2026-09-14 AM", was="O", now="I")
        else:
            self.add(e.MarkChangeReviewed, session="2026-09-14 AM", outcome="Looked at.")

    @rule(la_code=st.sampled_from([NORFOLK, MANCHESTER]))
    def the_school_comes_under_another_authority(self, la_code: str) -> None:
        self.la_code = la_code

    @rule(leaves=st.booleans())
    def the_pupil_leaves_or_comes_back(self, leaves: bool) -> None:
        self.left = self.on - timedelta(days=1) if leaves and self.left is None else None

    @rule(
        parent_id=parents,
        la_code=st.sampled_from([NORFOLK, MANCHESTER]),
        ago=st.integers(0, 1200),
        status=st.sampled_from(STATUSES),
        ground=st.sampled_from(GROUNDS),
        length=st.integers(0, 30),
    )
    def a_notice_from_elsewhere(
        self, parent_id: str, la_code: str, ago: int, status: NoticeStatus | None, ground: str, length: int
    ) -> None:
        issued = self.on - timedelta(days=ago)
        self.imported.append(
            Notice(
                UPN,
                parent_id,
                NoticeKind.PENALTY_NOTICE,
                la_code,
                issued,
                issued - timedelta(days=length + 7),
                issued - timedelta(days=7),
                status,
                withdrawal_ground=ground if status is NoticeStatus.WITHDRAWN else "",
            )
        )

    @rule(
        scope=st.sampled_from(["letters", "enforcement", "visits", "all_contact"]),
        parent_id=st.sampled_from(["", "A"]),
    )
    def hold(self, scope: str, parent_id: str) -> None:
        number = f"H{len(self.events)}"
        self.add(e.HoldPlaced, hold_id=number, scope=scope, review_on=self.on, parent_id=parent_id)

    @rule()
    def lift(self) -> None:
        for placed in [x for x in self.events if isinstance(x, e.HoldPlaced)]:
            self.add(e.HoldLifted, hold_id=placed.hold_id)

    @rule(parent_id=parents)
    def support_is_not_appropriate(self, parent_id: str) -> None:
        self.add(e.SupportNotAppropriate, parent_id=parent_id, reasons="A holiday.")

    @rule(parent_id=parents)
    def all_that_comes_before_court(self, parent_id: str) -> None:
        """Everything a diligent authority records, so that the machine gets as far as court."""
        self.add(e.EnquiryMade, enquiry="earlier_notices", parent_id=parent_id, answer="none")
        self.add(e.EnquiryMade, enquiry="payment_and_correspondence", parent_id=parent_id, answer="nothing")
        self.add(e.StepDeclined, stage="attendance_contract", parent_id=parent_id, reasons="Refused.")
        self.add(e.EducationSupervisionOrderDecided, outcome="not_applied", reasons="Not the tool.")
        for issued in self.issued():
            self.add(
                e.DocumentServed, document_id=issued.notice_id, method="by_hand", served_on=issued.issued_on
            )

    @rule(what=st.sampled_from(["paid", *GROUNDS]))
    def a_notice_ends(self, what: str) -> None:
        if not self.issued():
            return
        last = self.issued()[-1].notice_id
        if what == "paid":
            self.add(e.PenaltyNoticePaid, notice_id=last, amount_pence=16000, paid_on=self.on)
        else:
            self.add(e.PenaltyNoticeWithdrawn, notice_id=last, ground=what)

    @rule(parent_id=parents)
    def the_period_ends_badly(self, parent_id: str) -> None:
        self.add(e.NoticeToImproveEnded, parent_id=parent_id, verdict="not_improved")

    @rule(
        asked=st.lists(
            st.tuples(parents, st.sampled_from([*FORMAL, *FORMAL, *STEPS])), min_size=4, max_size=9
        )
    )
    def everybody_tries(self, asked: list[tuple[str, str]]) -> None:
        for parent_id, step in asked:
            self.somebody_tries(parent_id, step)

    @rule(parent_id=parents, weeks=st.integers(1, 8), mends=st.booleans())
    def the_authority_goes_all_the_way(self, parent_id: str, weeks: int, mends: bool) -> None:
        if mends:
            self.lift()
            self.a_relied_on_mark_changes(changed=False)
        self.all_that_comes_before_court(parent_id)
        self.somebody_tries(parent_id, "penalty_notice")
        self.somebody_tries(parent_id, "penalty_notice_issue")
        self.time_passes(7 * weeks)
        self.all_that_comes_before_court(parent_id)
        self.somebody_tries(parent_id, "prosecution_referral")
        self.somebody_tries(parent_id, "prosecution_decision")

    def somebody_tries(self, parent_id: str, step: str) -> None:
        stage = STEPS[step]
        s = self.seen(parent_id)
        stopped = blocking(s, stage, stage.findings(s), answers(stage, s))
        for finding in stopped:
            assert finding.rule
            assert finding.says
        if stopped:
            return
        try:
            taken = stage.record(
                s, decision(stage, s, EWO if stage.by_la else HEAD, details=self.details(step))
            )
        except DetailsMissing:
            return
        event(f"taken: {step}")
        self.judge(stage, s, taken)
        self.events.append(taken)

    # -- what may never be -----------------------------------------------------------------------------------

    def judge(self, stage: Stage, s: Situation, taken: e.Step) -> None:
        """Plain arithmetic over what was recorded, none of it shared with the rules."""
        if stage.safety or stage.key not in FORMAL:
            return
        sessions = [Session.parse(item) for item in taken.evidence if item[:2] == "20"]
        if stage.key in ("notice_to_improve", "penalty_notice"):
            assert self.left is None or self.on <= self.left
        assert not [h for h in s.case.holds if h.scope != "visits" and h.parent_id in ("", taken.parent_id)]
        assert not s.case.unreviewed_mark_changes
        starts = {2015: date(2020, 8, 31), 2021: date(2026, 12, 31), 2010: date(2015, 12, 31)}[self.born.year]
        assert all(starts <= session.date for session in sessions)
        if isinstance(taken, e.PenaltyNoticeIssued):
            since = three_years_before(self.on)
            assert len([n for n in self.earlier(taken.parent_id) if since < n[0] <= self.on]) < 2
        if isinstance(taken, e.PenaltyNoticeRequested | e.PenaltyNoticeIssued | COURT):
            assert sessions
            assert not all(too_late(session.date, self.on) for session in sessions)
            codes = [self.code(session) for session in self.between(min(sessions), max(sessions))]
            assert "?" not in codes
            if self.refuses_n:
                assert "N" not in [self.code(session) for session in sessions]
        if isinstance(taken, COURT):
            assert not any(too_late(session.date, self.on) for session in sessions)
            self.judge_time_to_pay(taken, sessions)
            for number, first, last, settled in self.settled(taken.parent_id):
                assert not settled or not any(first <= x.date <= last for x in sessions), number

    def judge_time_to_pay(self, taken: e.Step, sessions: list[Session]) -> None:
        """Court waits 28 days from receipt, day 1 included; without a record of service the LA waits too."""
        served = {x.document_id for x in self.events if isinstance(x, e.DocumentServed)}
        settled = {x.notice_id for x in self.events if isinstance(x, e.PenaltyNoticePaid)}
        settled |= {x.notice_id for x in self.events if isinstance(x, e.PenaltyNoticeWithdrawn)}
        standing = [x for x in self.issued() if x.parent_id == taken.parent_id and x.notice_id not in settled]
        if standing and any(standing[-1].period_from <= x.date <= standing[-1].period_to for x in sessions):
            assert isinstance(taken, e.ProsecutionReferred) or standing[-1].notice_id in served
            days = (self.on - standing[-1].issued_on).days + 1
            assert days > 28 or standing[-1].notice_id not in served

    def code(self, session: Session) -> str:
        return self.marks.get(session, "/" if session.half is Half.AM else "\\")

    def between(self, first: Session, last: Session) -> tuple[Session, ...]:
        return tuple(x for x in CALENDAR.sessions if first <= x <= last)

    def earlier(self, parent_id: str) -> list[tuple[date, str]]:
        """Notices that count for certain: not withdrawn, not acquitted, of the present scheme."""
        counted = {NoticeStatus.PAID, NoticeStatus.UNPAID, NoticeStatus.CONVICTED}
        began = date(2024, 8, 19)
        imported = [
            (n.issued_on, "elsewhere")
            for n in self.imported
            if n.parent_id == parent_id and n.status in counted and n.period_to and n.period_to >= began
        ]
        withdrawn = {x.notice_id for x in self.events if isinstance(x, e.PenaltyNoticeWithdrawn)}
        mine = [
            (x.issued_on, x.notice_id)
            for x in self.issued()
            if x.parent_id == parent_id and x.notice_id not in withdrawn
        ]
        days = {day for day, _ in mine}
        return [*mine, *{(day, where) for day, where in imported if day not in days}]

    def settled(self, parent_id: str) -> list[tuple[str, date, date, bool]]:
        """The case's own notices of a parent, and whether payment or withdrawal settled their sessions."""
        paid = {x.notice_id for x in self.events if isinstance(x, e.PenaltyNoticePaid)}
        withdrawn = {
            x.notice_id
            for x in self.events
            if isinstance(x, e.PenaltyNoticeWithdrawn) and x.ground != "material_error"
        }
        return [
            (x.notice_id, x.period_from, x.period_to, x.notice_id in paid | withdrawn)
            for x in self.issued()
            if x.parent_id == parent_id
        ]

    def issued(self) -> list[e.PenaltyNoticeIssued]:
        return [x for x in self.events if isinstance(x, e.PenaltyNoticeIssued) and x.offence == "absence"]

    def details(self, step: str) -> dict[str, str]:
        began = {"period_from": self.on.isoformat()} if step == "notice_to_improve" else {}
        return DETAILS | began

    def add(self, kind: type[Event], **fields: Any) -> None:
        self.events.append(kind(**head_of(self.on), **fields))


AnyCase.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestNoUnlawfulStep = AnyCase.TestCase


INDEPENDENT = (
    e.BarrierFound(**head_of("2026-03-02"), barrier="transport"),
    offer("2026-03-03"),
    offer("2026-03-03", parent_id="B"),
    e.EnquiryMade(**head_of("2026-09-01"), enquiry="earlier_notices", parent_id="A", answer="none"),
    e.ProfessionalTold(**head_of("2026-09-02"), professional_role="social_worker", why="Before a notice."),
    e.HoldPlaced(
        **head_of("2026-09-03"), hold_id="H1", scope="letters", review_on=date(2026, 10, 1), parent_id="B"
    ),
    e.StepDeclined(**head_of("2026-09-04"), stage="attendance_contract", parent_id="A", reasons="Refused."),
    came_of("2026-09-05", "declined"),
)


@given(st.permutations(INDEPENDENT))
@settings(max_examples=25)
def test_the_order_of_arrival_changes_no_answer(arrived: list[Event]) -> None:
    asked = situation("2026-09-30", "2026-09-14..2026-09-18 O", *arrived)
    expected = situation("2026-09-30", "2026-09-14..2026-09-18 O", *INDEPENDENT)

    for stage in STEPS.values():
        assert [(f.rule, f.answer) for f in stage.findings(asked)] == [
            (f.rule, f.answer) for f in stage.findings(expected)
        ]
