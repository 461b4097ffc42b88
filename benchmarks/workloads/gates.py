"""One case weighed: every gate of every step for both parents, and what may come next, against its page."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from casework.actions.case_view import CaseView, picture_of
from casework.actions.policies import code_classes, limits
from casework.domain import Case, Event, Half, Mark, Parent, Pupil, School, SchoolCalendar, Session
from casework.domain import events as e
from casework.domain.events import Recorded
from casework.facts import Facts, Register
from casework.policy.bank_holidays import england
from casework.policy.load import load
from casework.rules.situation import Situation
from casework.stages.ladder import proposals
from casework.stages.why import why
from casework.web.app import environment
from casework.web.drawing import chart_of

AT_ONCE = 20
"""How many cases one run weighs, and how many pages it draws."""
UPN, URN, REF = "A100001200001", "100001", "C-2026-100001-0001"
ON, BEGAN = date(2026, 11, 20), date(2025, 9, 3)


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """A case with two years of register, support, and a notice to improve to each parent."""
    known = _situation()
    view = _view(known)
    page = environment(bench.settings.templates / "web").get_template("case.html")
    context = _context(view)
    peers = {
        "product": Peer(
            lambda: [len(proposals(_fresh(known))) for _ in range(AT_ONCE)], AT_ONCE, lambda raw: raw[0]
        ),
        "why": Peer(lambda: [len(why(_fresh(known)).next_steps) for _ in range(AT_ONCE)], AT_ONCE),
        "page_render": Peer(lambda: [page.render(context) for _ in range(AT_ONCE)], AT_ONCE, None),
    }
    peers["why"] = replace(peers["why"], answer=lambda raw: raw[0])
    pairs = [("product", "page_render"), ("why", "page_render")]
    yield [Workload("gates", {"cases": AT_ONCE}, peers, rounds=bench.rounds(5), pairs=pairs)]


def _fresh(known: Situation) -> Situation:
    """The same facts, loaded and not yet looked at."""
    registers = tuple(replace(register) for register in known.facts.registers)
    case = Case(known.case.ref, known.case.recorded)
    return replace(known, case=case, facts=replace(known.facts, registers=registers))


def _situation() -> Situation:
    calendar = _calendar()
    policy = load("national", "926")
    marks = tuple(
        Mark(session, _code(place, session))
        for place, session in enumerate(calendar.sessions)
        if session.date <= ON
    )
    return Situation(
        case=_case(),
        pupil=Pupil(UPN, "Invented", "Robin", dob=date(2013, 5, 14), looked_after=False, social_worker=False),
        parents=(_parent("A"), _parent("B")),
        school=School(URN, "Invented School", "926"),
        facts=Facts(
            UPN,
            (Register(URN, calendar, ((BEGAN, None),), marks),),
            code_classes(policy, ON),
            limits(policy, ON),
        ),
        policy=policy,
        calendar=calendar,
        holidays=england(),
        on=ON,
    )


def _calendar() -> SchoolCalendar:
    """Thirteen weeks of six, a week between: near enough to two school years."""
    found = []
    for number in range((date(2027, 7, 21) - BEGAN).days):
        day = BEGAN + timedelta(days=number)
        if day.weekday() < 5 and day.month != 8 and (number // 7) % 7 != 6:
            found += [(Session(day, half), number // 49 % 6) for half in Half]
    return SchoolCalendar.of(found)


def _code(place: int, session: Session) -> str:
    if place % 23 == 0:
        return "O"
    return "I" if place % 41 == 0 else "/" if session.half is Half.AM else "\\"


def _parent(contact_id: str) -> Parent:
    return Parent(
        contact_id,
        UPN,
        forename=f"Parent{contact_id}",
        surname="Invented",
        parental_responsibility=True,
        address_1="1 Invented Lane",
        town="Nowhere",
        postcode="ZZ1 1ZZ",
    )


def _case() -> Case:
    head: dict[str, Any] = {"case_ref": REF, "by": "head", "role": "headteacher"}
    events: list[Event] = [
        e.CaseOpened(**head, on=date(2026, 9, 7), upn=UPN, urn=URN, says="Noticed.", policy="national"),
        e.BarrierFound(**head, on=date(2026, 9, 8), barrier="transport"),
    ]
    for who in ("A", "B"):
        offer = f"S{who}"
        events += [
            e.SupportOffered(
                **head,
                on=date(2026, 9, 9),
                offer_id=offer,
                barrier="transport",
                offer="a bus pass",
                parent_id=who,
            ),
            e.SupportOutcome(**head, on=date(2026, 9, 28), offer_id=offer, outcome="declined"),
            e.NoticeToImproveIssued(
                **head,
                on=date(2026, 10, 2),
                parent_id=who,
                reasons="Help was declined.",
                issued_on=date(2026, 10, 2),
                period_from=date(2026, 10, 5),
                period_to=ON,
                improvement_test="No further unauthorised absence.",
                early_grounds="Any further unauthorised absence.",
                further_support=("a bus pass",),
            ),
        ]
    events += [e.NoteAdded(**head, on=date(2026, 10, 5), text=f"Note {number}.") for number in range(40)]
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    return Case(REF, tuple(Recorded(number, at, event) for number, event in enumerate(events, 1)))


def _view(known: Situation) -> CaseView:
    explained = why(known)
    return CaseView(
        case=known.case,
        on=ON,
        pupil=known.pupil,
        school=known.school,
        situation=known,
        why=explained,
        picture=picture_of(known, explained),
        people=(),
        clocks=(),
        limits=(),
        letters=(),
        names={"head": "Ida Quill"},
        siblings=(),
    )


def _context(view: CaseView) -> dict[str, Any]:
    """What the page of a case is drawn from, for an officer who may write to it."""
    newest = list(reversed(view.case.recorded))
    return {
        "visit": SimpleNamespace(page="case", works_cases=True),
        "officer": SimpleNamespace(name="Ida Quill", officer_id="head"),
        "roles": frozenset(),
        "on": ON,
        "said": [],
        "csrf": "token",
        "key": "key",
        "view": view,
        "chart": chart_of(view.picture.weeks),
        "acts": [],
        "timeline": newest[:40],
        "more": max(0, len(newest) - 40),
        "show": "",
        "may_write": True,
        "may_issue": True,
        "may_unseal": False,
    }
