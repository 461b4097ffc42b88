"""How a test writes a case: a pupil at the law's fictional school, marks by day, events in order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from casework.domain import (
    Case,
    Consideration,
    Decision,
    Event,
    Force,
    Half,
    Mark,
    Notice,
    NoticeKind,
    NoticeStatus,
    Officer,
    Parent,
    Pupil,
    Recorded,
    Role,
    School,
    Session,
)
from casework.domain import events as e
from casework.facts import Facts, Register
from casework.policy import Timeline
from casework.policy.load import load
from casework.rules.situation import Situation
from casework.stages.force import blocking, passing_answers
from casework.stages.stage import Stage
from tests.law_calendar import BANK_HOLIDAYS, law_calendar
from tests.registers_text import CODES, LIMITS

CALENDAR = law_calendar()
URN, UPN, REF = "100001", "A123456789012", "ABC-2026-00001"
NORFOLK, MANCHESTER = "926", "352"
OF_AGE = date(2015, 5, 14)

HEAD = Officer("head", "Ida Quill", frozenset({Role.HEADTEACHER, Role.AUTHORISED_OFFICER}))
EWO = Officer("ewo", "Olu Marsh", frozenset({Role.EWO}))
PASTORAL = Officer("pastoral", "Bea Thorn", frozenset({Role.PASTORAL_LEAD}))


def a_parent(contact_id: str = "A", surname: str = "Fennimore", **changes: Any) -> Parent:
    """A parent with parental responsibility and a whole address."""
    parent = Parent(
        contact_id,
        UPN,
        title="Ms",
        forename=f"Parent{contact_id}",
        surname=surname,
        parental_responsibility=True,
        address_1="1 Invented Lane",
        town="Nowhere",
        postcode="ZZ1 1ZZ",
    )
    return replace(parent, **changes)


A, B = a_parent("A"), a_parent("B")


def days(spec: str) -> dict[Session, str]:
    """Codes by session from `2026-09-14..2026-09-17 G; 2026-07-10 AM O`: both halves unless one is named."""
    found: dict[Session, str] = {}
    for part in filter(None, (piece.strip() for piece in spec.split(";"))):
        span, *rest = part.split()
        code = rest[-1]
        halves = [Half(rest[0])] if len(rest) == 2 else list(Half)
        first, _, last = span.partition("..")
        for day in CALENDAR.days_between(date.fromisoformat(first), date.fromisoformat(last or first)):
            for half in halves:
                found[Session(day, half)] = code
    return found


def facts(
    absences: str | Mapping[Session, str],
    on: date,
    urn: str = URN,
    since: date = date(2026, 1, 5),
    until: date | None = None,
) -> Facts:
    """Present on every open session up to a day but for the absences; `?` leaves a session without a mark."""
    codes = days(absences) if isinstance(absences, str) else absences
    marks = []
    for session in CALENDAR.sessions_between(since, on):
        code = codes.get(session, "/" if session.half is Half.AM else "\\")
        marks.append(Mark(session, "" if code == "?" else code))
    held = Register(urn, CALENDAR, ((since, until),), tuple(marks))
    return Facts(UPN, (held,), CODES, LIMITS)


def a_case(*events: Event) -> Case:
    """A case opened and then these events, in order."""
    opened = e.CaseOpened(
        case_ref=REF, on=date(2026, 1, 5), by="engine", upn=UPN, urn=URN, says="Noticed.", policy="national"
    )
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    return Case(REF, tuple(Recorded(n, now, event) for n, event in enumerate((opened, *events), 1)))


def head_of(on: date | str, by: str = "head") -> dict[str, Any]:
    """The keywords every event has."""
    return {"case_ref": REF, "on": date.fromisoformat(on) if isinstance(on, str) else on, "by": by}


def situation(
    on: str,
    absences: str = "",
    *events: Event,
    parent: Parent | None = A,
    notices: Sequence[Notice] = (),
    la_code: str = NORFOLK,
    setting: str = "maintained",
    **changes: Any,
) -> Situation:
    """A case at the law's school on a day."""
    day = date.fromisoformat(on)
    pupil = {"dob": OF_AGE, "looked_after": False, "social_worker": False} | changes.pop("pupil", {})
    made = Situation(
        case=a_case(*events),
        pupil=Pupil(**{"upn": UPN, "surname": "Fennimore", "forename": "Robin"} | pupil),
        parents=(A, B),
        school=School(URN, "Invented School", la_code, setting=setting),
        facts=facts(absences, day),
        policy=load("national", la_code),
        calendar=CALENDAR,
        holidays=BANK_HOLIDAYS,
        on=day,
        parent=parent,
        notices=tuple(notices),
    )
    return replace(made, **changes)


def a_notice(
    issued_on: str,
    status: NoticeStatus | None = NoticeStatus.PAID,
    parent_id: str = "A",
    period: tuple[str, str] | None = None,
    kind: NoticeKind = NoticeKind.PENALTY_NOTICE,
    ground: str = "",
) -> Notice:
    """An earlier notice of one parent for this pupil."""
    first, last = period or (None, None)
    return Notice(
        UPN,
        parent_id,
        kind,
        NORFOLK,
        date.fromisoformat(issued_on),
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
        status,
        withdrawal_ground=ground,
    )


def offer(on: str, barrier: str = "transport", parent_id: str = "A", offer_id: str = "") -> e.SupportOffered:
    """Support offered against a barrier to one parent."""
    return e.SupportOffered(
        **head_of(on),
        offer_id=offer_id or f"{barrier}-{parent_id}",
        barrier=barrier,
        offer="help",
        parent_id=parent_id,
    )


def came_of(on: str, outcome: str, offer_id: str = "transport-A") -> e.SupportOutcome:
    """What came of an offer."""
    return e.SupportOutcome(**head_of(on), offer_id=offer_id, outcome=outcome)


SUPPORTED = (
    e.BarrierFound(**head_of("2026-03-02"), barrier="transport"),
    offer("2026-03-03"),
    came_of("2026-03-20", "declined"),
    offer("2026-03-03", parent_id="B"),
    came_of("2026-03-20", "did_not_help", "transport-B"),
)


def nti(
    issued_on: str, period_to: str, parent_id: str = "A", early: str = "any further absence", **changes: Any
) -> e.NoticeToImproveIssued:
    """A notice to improve that says all it must."""
    kept: dict[str, Any] = {
        "parent_id": parent_id,
        "reasons": "Support was not taken up.",
        "evidence": ("2026-09-14 AM",),
        "issued_on": date.fromisoformat(issued_on),
        "period_from": date.fromisoformat(issued_on),
        "period_to": date.fromisoformat(period_to),
        "improvement_test": "no further unauthorised absence",
        "early_grounds": early,
        "further_support": ("a bus pass",),
    }
    return e.NoticeToImproveIssued(**head_of(issued_on), **(kept | changes))


def verdict(on: str, says: str = "not_improved", parent_id: str = "A") -> e.NoticeToImproveEnded:
    """A named person's verdict on an improvement period."""
    return e.NoticeToImproveEnded(**head_of(on), parent_id=parent_id, verdict=says)


def not_appropriate(on: str, parent_id: str = "A") -> e.SupportNotAppropriate:
    """The recorded decision that support is not appropriate."""
    return e.SupportNotAppropriate(**head_of(on), parent_id=parent_id, reasons="A term-time holiday.")


def answers(stage: Stage, s: Situation) -> tuple[Consideration, ...]:
    """Every question of a step answered by a person so that it may go on, with reason and evidence."""
    asked = blocking(s, stage, stage.findings(s))
    return tuple(
        Consideration(f.rule, passing_answers(s, stage, f)[0], "It was looked at.", ("#1",)) for f in asked
    )


def decision(
    stage: Stage,
    s: Situation,
    officer: Officer = HEAD,
    *,
    yes: bool = True,
    details: Mapping[str, str] | None = None,
) -> Decision:
    """A named officer's decision with every question answered."""
    return Decision(
        stage=stage.name,
        officer=officer,
        role=sorted(role.value for role in officer.roles)[0],
        on=s.on,
        yes=yes,
        reasons="The step is right for this family.",
        parent_id=s.parent_id if stage.per_parent else "",
        considerations=answers(stage, s),
        details=details or {},
    )


def stopped(stage: Stage, s: Situation, *, answered: bool = True) -> dict[str, str]:
    """The rules that stop a step and their answers, with every question answered or none."""
    findings = stage.findings(s)
    given = answers(stage, s) if answered else ()
    return {f.rule: f.answer.value for f in blocking(s, stage, findings, given)}


def with_value(s: Situation, key: str, **fields: Any) -> Situation:
    """The same situation under a local code that changes one value of the policy."""
    now = s.policy.value(key, s.on)
    source = replace(now.source, force=Force.LOCAL_CODE)
    local = replace(now, fields={**now.fields, **fields}, source=source)
    timelines = {**s.policy.timelines, key: Timeline((date(2024, 8, 19),), (local,))}
    return replace(s, policy=replace(s.policy, timelines=timelines))
