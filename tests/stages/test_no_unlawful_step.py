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

from casework.domain import Event, Half, Mark, Notice, NoticeKind, NoticeStatus, Parent, Session
from casework.domain import events as e
from casework.facts import Register
from casework.rules.situation import Situation
from casework.rules.stop import WORDS
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
    URN,
    A,
    B,
    answers,
    came_of,
    decision,
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
NORTH, SOUTH = URN, "100002"
SCHOOLS = {NORTH: NORFOLK, SOUTH: MANCHESTER}
"""Each school with the authority it stands under at first."""
Spell = tuple[str, date, date | None]
parents = st.sampled_from(sorted(PARENTS))
schools = st.sampled_from(sorted(SCHOOLS))
mostly = st.sampled_from([True, True, True, False])
endings = st.sampled_from(["", "", "paid", *GROUNDS])
COURT = e.ProsecutionReferred | e.ProsecutionDecided
FORMAL = [
    "notice_to_improve",
    "penalty_notice",
    "penalty_notice_issue",
    "prosecution_referral",
    "prosecution_decision",
]


def a_row(
    parent_id: str,
    la_code: str,
    issued_on: date,
    first: date,
    last: date,
    status: NoticeStatus | None,
    ground: str = "",
    kind: NoticeKind = NoticeKind.PENALTY_NOTICE,
) -> Notice:
    """A row of the ledger."""
    return Notice(UPN, parent_id, kind, la_code, issued_on, first, last, status, withdrawal_ground=ground)


def three_years_before(day: date) -> date:
    return day.replace(year=day.year - 3) if (day.month, day.day) != (2, 29) else date(day.year - 3, 2, 28)


def too_late(session_day: date, on: date) -> bool:
    """More than six calendar months lie between a session and a day (no month end in between is shorter)."""
    months = (on.year - session_day.year) * 12 + on.month - session_day.month
    return months > 6 or (months == 6 and on.day > session_day.day)


class AnyCase(RuleBasedStateMachine):
    """One pupil, two parents, two schools with a case each, marks that change, an officer in a hurry."""

    @initialize(
        born=st.sampled_from([date(2015, 5, 14), date(2021, 9, 1), date(2010, 12, 1)]),
        refuses_n=st.booleans(),
        holiday=st.integers(0, 60),
    )
    def begin(self, born: date, refuses_n: bool, holiday: int) -> None:
        self.born, self.refuses_n, self.on = born, refuses_n, FIRST
        self.marks: dict[Session, str] = {}
        self.cases: dict[str, list[Event]] = {urn: list(SUPPORTED) for urn in SCHOOLS}
        self.imported: list[Notice] = []
        self.spells: list[Spell] = [(NORTH, date(2026, 1, 5), None)]
        self.la_codes = dict(SCHOOLS)
        self.absent(holiday, 10, "G")
        self.on = FIRST + timedelta(days=holiday)

    def seen(self, parent_id: str, urn: str) -> Situation:
        """What the gates look at on the case of one school: its events, every register, the whole ledger."""
        base = situation(
            "2026-10-01",
            "",
            *self.cases[urn],
            parent=PARENTS[parent_id],
            pupil={"dob": self.born},
            la_code=self.la_codes[urn],
        )
        elsewhere = tuple(n for other in SCHOOLS if other != urn for n in self.ledger_of(other))
        held = replace(
            base,
            on=self.on,
            school=replace(base.school, urn=urn),
            facts=replace(base.facts, registers=self.registers(urn)),
            notices=(*self.imported, *elsewhere),
        )
        return (
            with_value(held, "penalty_notice.evidence_codes", codes=["G", "O", "U"])
            if self.refuses_n
            else held
        )

    def registers(self, first: str) -> tuple[Register, ...]:
        """The pupil's register at each school they were on the roll of, the case's school first."""
        found = []
        for urn in sorted(SCHOOLS, key=lambda urn: urn != first):
            roll = tuple((since, until) for where, since, until in self.spells if where == urn)
            marks = tuple(
                Mark(session, "" if code == "?" else code)
                for since, until in roll
                for session in CALENDAR.sessions_between(since, min(until or self.on, self.on))
                if (code := self.code(session)) != "."
            )
            if roll:
                found.append(Register(urn, CALENDAR, roll, marks))
        return tuple(found)

    def ledger_of(self, urn: str) -> tuple[Notice, ...]:
        """What a school's case tells every other case of this pupil."""
        events = self.cases[urn]
        paid = {x.notice_id for x in events if isinstance(x, e.PenaltyNoticePaid)}
        withdrawn = {x.notice_id: x.ground for x in events if isinstance(x, e.PenaltyNoticeWithdrawn)}
        found = []
        for x in events:
            if isinstance(x, e.PenaltyNoticeIssued) and x.offence == "absence":
                status = NoticeStatus.PAID if x.notice_id in paid else NoticeStatus.UNPAID
                status = NoticeStatus.WITHDRAWN if x.notice_id in withdrawn else status
                ground = withdrawn.get(x.notice_id, "")
                found.append(
                    a_row(x.parent_id, x.la_code, x.issued_on, x.period_from, x.period_to, status, ground)
                )
            elif isinstance(x, e.ProsecutionDecided):
                days = [Session.parse(item).date for item in x.evidence if item[:2] == "20"]
                kind = NoticeKind.PROSECUTION
                found.append(a_row(x.parent_id, "", x.on, min(days), max(days), None, kind=kind))
        return tuple(found)

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

    @rule(urn=schools, changed=st.booleans())
    def a_relied_on_mark_changes(self, urn: str, changed: bool) -> None:
        if changed:
            self.add(urn, e.MarkChanged, session="2026-09-14 AM", was="O", now="I")
        else:
            self.add(urn, e.MarkChangeReviewed, session="2026-09-14 AM", outcome="Looked at.")

    @rule(urn=schools, la_code=st.sampled_from([NORFOLK, MANCHESTER]))
    def a_school_comes_under_another_authority(self, urn: str, la_code: str) -> None:
        self.la_codes[urn] = la_code

    @rule(to=schools, gap=st.integers(0, 20), twice=st.booleans())
    def the_pupil_moves(self, to: str, gap: int, twice: bool) -> None:
        """To another school, at once or after some days on no roll; or is registered at both."""
        urn, since, until = self.spells[-1]
        if urn == to and until is None:
            return
        if not twice and until is None and since < self.on:
            self.spells[-1] = (urn, since, max(since, self.on - timedelta(days=1 + gap)))
        if all(where != to or (last and last < self.on) for where, _, last in self.spells):
            self.spells.append((to, self.on, None))

    @rule()
    def the_pupil_leaves(self) -> None:
        urn, since, until = self.spells[-1]
        if until is None and since < self.on:
            self.spells[-1] = (urn, since, self.on - timedelta(days=1))

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
        first, last = issued - timedelta(days=length + 7), issued - timedelta(days=7)
        given = ground if status is NoticeStatus.WITHDRAWN else ""
        if all((n.parent_id, n.issued_on) != (parent_id, issued) for n in self.imported):
            self.imported.append(a_row(parent_id, la_code, issued, first, last, status, given))

    @rule(
        urn=schools,
        scope=st.sampled_from(["letters", "enforcement", "visits", "all_contact"]),
        parent_id=st.sampled_from(["", "A"]),
    )
    def hold(self, urn: str, scope: str, parent_id: str) -> None:
        number = f"H{len(self.cases[urn])}"
        self.add(urn, e.HoldPlaced, hold_id=number, scope=scope, review_on=self.on, parent_id=parent_id)

    @rule(urn=schools)
    def lift(self, urn: str) -> None:
        for placed in [x for x in self.cases[urn] if isinstance(x, e.HoldPlaced)]:
            self.add(urn, e.HoldLifted, hold_id=placed.hold_id)

    @rule(urn=schools, condition=st.sampled_from(sorted(WORDS)), parent_id=st.sampled_from(["", "A"]))
    def stop(self, urn: str, condition: str, parent_id: str) -> None:
        number = f"X{len(self.cases[urn])}"
        self.add(urn, e.StopNoted, stop_id=number, condition=condition, parent_id=parent_id)

    @rule(urn=schools)
    def clear(self, urn: str) -> None:
        for noted in [x for x in self.cases[urn] if isinstance(x, e.StopNoted)]:
            self.add(urn, e.StopCleared, stop_id=noted.stop_id, reason="Looked at.")

    @rule(urn=schools, parent_id=parents)
    def support_is_not_appropriate(self, urn: str, parent_id: str) -> None:
        self.add(urn, e.SupportNotAppropriate, parent_id=parent_id, reasons="A holiday.")

    @rule(urn=schools, parent_id=parents)
    def all_that_comes_before_court(self, urn: str, parent_id: str) -> None:
        """Everything a diligent authority records, so that the machine gets as far as court."""
        self.add(urn, e.EnquiryMade, enquiry="earlier_notices", parent_id=parent_id, answer="none")
        checked = "payment_and_correspondence"
        self.add(urn, e.EnquiryMade, enquiry=checked, parent_id=parent_id, answer="nothing")
        self.add(urn, e.StepDeclined, stage="attendance_contract", parent_id=parent_id, reasons="Refused.")
        self.add(urn, e.EducationSupervisionOrderDecided, outcome="not_applied", reasons="Not the tool.")
        for at, issued in self.issued():
            if at == urn:
                self.add(
                    urn,
                    e.DocumentServed,
                    document_id=issued.notice_id,
                    method="by_hand",
                    served_on=issued.issued_on,
                )

    @rule(urn=schools, what=st.sampled_from(["paid", *GROUNDS]))
    def a_notice_ends(self, urn: str, what: str) -> None:
        here = [issued for at, issued in self.issued() if at == urn]
        if not here:
            return
        last = here[-1].notice_id
        if what == "paid":
            self.add(urn, e.PenaltyNoticePaid, notice_id=last, amount_pence=16000, paid_on=self.on)
        else:
            self.add(urn, e.PenaltyNoticeWithdrawn, notice_id=last, ground=what)

    @rule(urn=schools, parent_id=parents)
    def the_period_ends_badly(self, urn: str, parent_id: str) -> None:
        self.add(urn, e.NoticeToImproveEnded, parent_id=parent_id, verdict="not_improved")

    @rule(
        asked=st.lists(
            st.tuples(schools, parents, st.sampled_from([*FORMAL, *FORMAL, *STEPS])), min_size=4, max_size=9
        )
    )
    def everybody_tries(self, asked: list[tuple[str, str, str]]) -> None:
        for urn, parent_id, step in asked:
            self.somebody_tries(urn, parent_id, step)

    @rule(
        parent_id=parents,
        weeks=st.sampled_from([1, 3, 5, 8]),
        mends=mostly,
        moves=st.booleans(),
        absent=st.sampled_from(["", "G", "O", "U"]),
        ends=endings,
    )
    def the_authority_goes_all_the_way(
        self, parent_id: str, weeks: int, mends: bool, moves: bool, absent: str, ends: str
    ) -> None:
        """At the school where the pupil is, or has just come to, with new absence or without."""
        if moves:
            self.the_pupil_moves(SOUTH if self.spells[-1][0] == NORTH else NORTH, 0, twice=False)
        urn = self.spells[-1][0]
        if absent:
            self.time_passes(14)
            self.absent(0, 12, absent)
        if mends:
            self.lift(urn)
            self.clear(urn)
            self.a_relied_on_mark_changes(urn, changed=False)
        self.all_that_comes_before_court(urn, parent_id)
        self.somebody_tries(urn, parent_id, "notice_to_improve")
        self.somebody_tries(urn, parent_id, "penalty_notice")
        self.somebody_tries(urn, parent_id, "penalty_notice_issue")
        if ends:
            self.a_notice_ends(urn, ends)
        self.time_passes(7 * weeks)
        self.all_that_comes_before_court(urn, parent_id)
        self.somebody_tries(urn, parent_id, "prosecution_referral")
        self.somebody_tries(urn, parent_id, "prosecution_decision")

    def somebody_tries(self, urn: str, parent_id: str, step: str) -> None:
        stage = STEPS[step]
        if all(where != urn for where, _, _ in self.spells):
            return
        s = self.seen(parent_id, urn)
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
        self.cases[urn].append(taken)

    # -- what may never be -----------------------------------------------------------------------------------

    def judge(self, stage: Stage, s: Situation, taken: e.Step) -> None:
        """Plain arithmetic over what was recorded, none of it shared with the rules."""
        if stage.safety or stage.key not in FORMAL:
            return
        event(f"judged after {len({urn for urn, _, _ in self.spells})} schools: {stage.key}")
        sessions = [Session.parse(item) for item in taken.evidence if item[:2] == "20"]
        if stage.key in ("notice_to_improve", "penalty_notice"):
            here = [x for x in self.spells if x[0] == s.school.urn]
            assert any(since <= self.on and (not until or self.on <= until) for _, since, until in here)
        assert not [h for h in s.case.holds if h.scope != "visits" and h.parent_id in ("", taken.parent_id)]
        assert not s.case.unreviewed_mark_changes
        self.judge_stops(s.school.urn, taken.parent_id)
        starts = {2015: date(2020, 8, 31), 2021: date(2026, 12, 31), 2010: date(2015, 12, 31)}[self.born.year]
        assert all(starts <= session.date for session in sessions)
        if isinstance(taken, e.PenaltyNoticeIssued):
            since = three_years_before(self.on)
            assert len([day for day in self.earlier(taken.parent_id) if since < day <= self.on]) < 2
        if isinstance(taken, e.PenaltyNoticeRequested | e.PenaltyNoticeIssued):
            for first, last, _ in self.standing(taken.parent_id):
                assert not any(first <= x.date <= last for x in sessions), "spent for this parent"
        if isinstance(taken, e.PenaltyNoticeRequested | e.PenaltyNoticeIssued | COURT):
            assert sessions
            assert not all(too_late(session.date, self.on) for session in sessions)
            codes = [self.code(session) for session in self.between(min(sessions), max(sessions))]
            assert "?" not in codes
            if self.refuses_n:
                assert "N" not in [self.code(session) for session in sessions]
        if isinstance(taken, COURT):
            assert not any(too_late(session.date, self.on) for session in sessions)
            self.judge_time_to_pay(s.school.urn, taken, sessions)
            for first, last, settled in self.standing(taken.parent_id):
                assert not settled or not any(first <= x.date <= last for x in sessions), "settled"

    def judge_stops(self, urn: str, parent_id: str) -> None:
        cleared = {x.stop_id for x in self.cases[urn] if isinstance(x, e.StopCleared)}
        noted = [x for x in self.cases[urn] if isinstance(x, e.StopNoted) and x.stop_id not in cleared]
        assert not [x for x in noted if x.parent_id in ("", parent_id)]

    def judge_time_to_pay(self, urn: str, taken: e.Step, sessions: list[Session]) -> None:
        """Court waits 28 days from receipt, day 1 included; without a record of service the LA waits too."""
        events = self.cases[urn]
        served = {x.document_id for x in events if isinstance(x, e.DocumentServed)}
        settled = {x.notice_id for x in events if isinstance(x, e.PenaltyNoticePaid)}
        settled |= {x.notice_id for x in events if isinstance(x, e.PenaltyNoticeWithdrawn)}
        standing = [
            x
            for at, x in self.issued()
            if at == urn and x.parent_id == taken.parent_id and x.notice_id not in settled
        ]
        if standing and any(standing[-1].period_from <= x.date <= standing[-1].period_to for x in sessions):
            assert isinstance(taken, e.ProsecutionReferred) or standing[-1].notice_id in served
            days = (self.on - standing[-1].issued_on).days + 1
            assert days > 28 or standing[-1].notice_id not in served

    def code(self, session: Session) -> str:
        return self.marks.get(session, "/" if session.half is Half.AM else "\\")

    def between(self, first: Session, last: Session) -> tuple[Session, ...]:
        """Open sessions of days on which the pupil was on a roll."""
        return tuple(
            x
            for x in CALENDAR.sessions
            if first <= x <= last
            and any(since <= x.date and (not until or x.date <= until) for _, since, until in self.spells)
        )

    def earlier(self, parent_id: str) -> list[date]:
        """The days of notices that count for certain: not withdrawn, not acquitted, of the present scheme."""
        counted = {NoticeStatus.PAID, NoticeStatus.UNPAID, NoticeStatus.CONVICTED}
        began = date(2024, 8, 19)
        mine = [n for urn in SCHOOLS for n in self.ledger_of(urn) if n.kind is NoticeKind.PENALTY_NOTICE]
        days = {n.issued_on for n in mine if n.parent_id == parent_id}
        imported = [
            n for n in self.imported if n.period_to and n.period_to >= began and n.issued_on not in days
        ]
        return [n.issued_on for n in (*mine, *imported) if n.parent_id == parent_id and n.status in counted]

    def standing(self, parent_id: str) -> list[tuple[date, date, bool]]:
        """Days of every notice of a parent that no material error undid; whether its sessions are settled."""
        own = [n for urn in SCHOOLS for n in self.ledger_of(urn)]
        days = {n.issued_on for n in own if n.parent_id == parent_id}
        known = [*own, *(n for n in self.imported if n.issued_on not in days)]
        return [
            (n.period_from, n.period_to, n.status in (NoticeStatus.PAID, NoticeStatus.WITHDRAWN))
            for n in known
            if n.parent_id == parent_id
            and n.kind is NoticeKind.PENALTY_NOTICE
            and n.withdrawal_ground != "material_error"
            and n.period_from
            and n.period_to
        ]

    def issued(self) -> list[tuple[str, e.PenaltyNoticeIssued]]:
        return [
            (urn, x)
            for urn, events in self.cases.items()
            for x in events
            if isinstance(x, e.PenaltyNoticeIssued) and x.offence == "absence"
        ]

    def details(self, step: str) -> dict[str, str]:
        began = {"period_from": self.on.isoformat()} if step == "notice_to_improve" else {}
        return DETAILS | began

    def add(self, urn: str, kind: type[Event], **fields: Any) -> None:
        self.cases[urn].append(kind(**head_of(self.on), **fields))


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
    came_of("2026-09-10", "engaged"),
    e.EnquiryMade(
        **head_of("2026-09-11"), enquiry="payment_and_correspondence", parent_id="A", answer="nothing"
    ),
    e.EnquiryMade(
        **head_of("2026-09-29"), enquiry="payment_and_correspondence", parent_id="A", answer="nothing"
    ),
    e.HoldLifted(**head_of("2026-09-12"), hold_id="H1"),
    e.StopNoted(**head_of("2026-09-14"), stop_id="X1", condition="bereavement"),
    e.StopCleared(**head_of("2026-09-16"), stop_id="X1", reason="They asked us to go on."),
    e.StopNoted(**head_of("2026-09-17"), stop_id="X2", condition="open_representation", parent_id="B"),
    e.ParentTold(**head_of("2026-09-18"), parent_id="A", of="penalty_notice_referral"),
    e.ParentTold(**head_of("2026-09-25"), parent_id="A", of="penalty_notice_referral"),
    e.BarrierFound(**head_of("2026-09-19"), barrier="bullying"),
    e.SupportNotAppropriate(**head_of("2026-09-20"), parent_id="B", reasons="They are abroad."),
)


NOTICES = (
    a_row("A", NORFOLK, date(2025, 3, 3), date(2025, 1, 6), date(2025, 1, 17), NoticeStatus.PAID),
    a_row("A", MANCHESTER, date(2026, 5, 5), date(2026, 4, 13), date(2026, 4, 24), NoticeStatus.UNPAID),
    a_row("B", NORFOLK, date(2026, 5, 6), date(2026, 4, 13), date(2026, 4, 24), None),
    a_row(
        "B",
        NORFOLK,
        date(2026, 5, 7),
        date(2026, 9, 14),
        date(2026, 9, 15),
        NoticeStatus.WITHDRAWN,
        "ought_not",
    ),
)
ABSENCES = "2026-04-13..2026-04-17 G; 2026-09-14..2026-09-18 O; 2026-09-22 AM N"


@given(
    st.permutations(INDEPENDENT),
    st.permutations(NOTICES),
    st.permutations([A, B]),
    st.permutations(range(20)),
)
@settings(max_examples=25)
def test_the_order_of_arrival_changes_no_answer(
    arrived: list[Event], ledger: list[Notice], people: list[Parent], shuffle: list[int]
) -> None:
    """Events, notices, contacts and marks: the same facts give the same answers, whatever came first."""
    for parent in (A, B):
        expected = situation("2026-09-30", ABSENCES, *INDEPENDENT, parent=parent, notices=NOTICES)
        asked = situation("2026-09-30", ABSENCES, *arrived, parent=parent, notices=ledger)
        (held,) = asked.facts.registers
        mixed = sorted(enumerate(held.marks), key=lambda item: shuffle[item[0] % 20])
        register = replace(held, marks=tuple(mark for _, mark in mixed))
        asked = replace(asked, parents=tuple(people), facts=replace(asked.facts, registers=(register,)))
        for stage in STEPS.values():
            given_now = {(f.rule, f.answer, f.says) for f in stage.findings(asked)}
            assert given_now == {(f.rule, f.answer, f.says) for f in stage.findings(expected)}
