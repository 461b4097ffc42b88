"""A pack's own examples: a register written week by week, and which triggers it must and must not raise."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from casework.domain import Half, Mark, SchoolCalendar, Session
from casework.facts import CodeClasses, Facts, Limits, Register
from casework.policy import Policy
from casework.rules import triggers

_CODE = re.compile(r"[CJ][12]|Y[1-7]|[^ ]")
_HALF_TERMS = {9: 0, 10: 0, 11: 1, 12: 1, 1: 2, 2: 2, 3: 3, 4: 4, 5: 4}
URN, UPN = "900001", "A900001000001"


def faults(policy: Policy, codes: CodeClasses, limits: Limits) -> Iterator[tuple[str, str]]:
    """(key, what is wrong) for each example that does not come out as it says.

    Args:
        codes, limits: Those of the policy, as facts read them.

    Source: examples
    """
    for key in policy.keys("examples."):
        value = next((v for v in policy.history(key).values if v is not None), None)
        if value is None:
            continue
        try:
            marks = _marks(value.monday, value.weeks)
        except ValueError as wrong:
            yield key, f"{wrong}."
            continue
        on = max(mark.session.date for mark in marks)
        raised = set(_raised(policy, marks, on, codes, limits))
        for name in value.get("raises") or ():
            if name not in raised:
                yield key, f"{name} is not raised on {on:%d %B %Y}, and the example says it is."
        for name in value.get("raises_not") or ():
            if name in raised:
                yield key, f"{name} is raised on {on:%d %B %Y}, and the example says it is not."


def _raised(policy: Policy, marks: list[Mark], on: date, codes: CodeClasses, limits: Limits) -> Iterator[str]:
    open_sessions = [m.session for m in marks if m.code != "#"]
    calendar = SchoolCalendar.of((s, _HALF_TERMS.get(s.date.month, 5)) for s in open_sessions)
    held = Register(URN, calendar, ((marks[0].session.date, None),), tuple(marks))
    summary = Facts(UPN, (held,), codes, limits).summary(on, URN)
    for finding in triggers.raised(policy, summary, on):
        yield finding.rule.partition(".")[2]


def _marks(monday: str, weeks: tuple[str, ...]) -> list[Mark]:
    start = date.fromisoformat(monday)
    if start.weekday():
        raise ValueError(f"{monday} is not a Monday")
    found = []
    for number, week in enumerate(weeks):
        for weekday, text in enumerate(week.split()):
            halves = _CODE.findall(text)
            if len(halves) != 2:
                raise ValueError(f"{text} in week {number + 1} is not two codes, morning and afternoon")
            day = start + timedelta(days=7 * number + weekday)
            found += [Mark(Session(day, half), code) for half, code in zip(Half, halves, strict=True)]
    return found
