"""Values as people read them: days, stages, roles, lateness, and the sentence for each event."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from casework.actions.access import MAY, Act
from casework.actions.views import academic_year
from casework.domain import Event, Role, StageName
from casework.domain import events as e
from casework.domain.case import BESIDE, LADDER
from casework.domain.words import day as day
from casework.domain.words import describe, in_words, said

ENGLAND = ZoneInfo("Europe/London")
STAGES: Mapping[str, str] = {
    "": "Opened",
    StageName.NOTICING: "Noticing",
    StageName.SUPPORTIVE_ACTIONS: "Supportive actions",
    StageName.ATTENDANCE_CONTRACT: "Attendance contract",
    StageName.NOTICE_TO_IMPROVE: "Notice to improve",
    StageName.PENALTY_NOTICE: "Penalty notice",
    StageName.PROSECUTION_REFERRAL: "Prosecution referral",
    StageName.CME_REPORT: "CME report",
    StageName.EDUCATION_SUPERVISION_ORDER: "Education supervision order",
}
KINDS: Mapping[str, str] = {
    "attending": "attending",
    "authorised": "authorised absence",
    "unauthorised": "unauthorised absence",
    "possible_only": "neither attending nor absent",
    "not_possible": "not a possible session",
    "not_collected": "not collected",
    "blank": "no mark",
    "closed": "school closed",
    "off_roll": "not on the roll",
}
ANSWERS: Mapping[str, str] = {
    "holds": "Met",
    "fails": "Missing",
    "unknown": "Not known",
    "for_a_person": "For a person",
}
FLAGS: Mapping[str, str] = {
    "held": "Held by the DSL",
    "mark_changed": "Mark changed",
    "with_dsl": "With the DSL",
}
GROUPS: Mapping[str, tuple[type[Event], ...]] = {
    "contact": (
        e.ContactRecorded,
        e.VisitBegun,
        e.VisitEnded,
        e.MeetingArranged,
        e.MeetingHeld,
        e.ParentTold,
        e.ProfessionalTold,
    ),
    "support": (
        e.BarrierFound,
        e.SupportOffered,
        e.SupportOutcome,
        e.AgencyInvolved,
        e.AgreedWithLa,
        e.ReviewHeld,
    ),
    "steps": (
        e.Step,
        e.GateOverridden,
        e.NoticeToImproveEnded,
        e.AttendanceContractEnded,
        e.ReferralReturned,
    ),
    "letters": (
        e.DocumentDrafted,
        e.DocumentEdited,
        e.DocumentApproved,
        e.DocumentIssued,
        e.DocumentServed,
        e.DocumentReturned,
        e.DocumentWithdrawn,
        e.ItemReceived,
    ),
    "notes": (e.NoteAdded, e.TaskAdded, e.TaskDone),
    "register": (
        e.TriggerRaised,
        e.TriggerCleared,
        e.MarkChanged,
        e.MarkChangeReviewed,
        e.RegisterQuestionAsked,
    ),
}
"""What the timeline can be narrowed to."""


def short_day(when: date | None) -> str:
    """A day in a table: 5 Oct 2026."""
    return "" if when is None else f"{when.day} {when:%b %Y}"


def weekday(when: date) -> str:
    """A day with its weekday: Monday 5 October 2026."""
    return f"{when:%A} {day(when)}"


def clock_time(when: datetime) -> str:
    """A time of day where the schools are: 9:30am."""
    when = when.astimezone(ENGLAND) if when.tzinfo else when
    hour = when.hour % 12 or 12
    return f"{hour}{f':{when:%M}' if when.minute else ''}{'am' if when.hour < 12 else 'pm'}"


def session(text: str) -> str:
    """A session as a person says it: Monday 5 October 2026, morning."""
    on, _, half = text.partition(" ")
    return f"{weekday(date.fromisoformat(on))}, {'morning' if half == 'AM' else 'afternoon'}"


def days_left(count: int | None, that_day: bool = True) -> str:
    """How far off something is, in school days; `that_day` is whether it is due on this very day."""
    if count is None:
        return "not dated yet"
    if count == 0:
        return "today" if that_day else "no school day between"
    number = abs(count)
    unit = "school day" if number == 1 else "school days"
    return f"{number} {unit} late" if count < 0 else f"in {number} {unit}"


def how_many(count: int, one: str, several: str = "") -> str:
    """A count with its noun: 1 case, 2 cases."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def pounds(pence: int) -> str:
    """A sum of money: £80, £80.50."""
    return f"£{pence // 100:,}" + (f".{pence % 100:02}" if pence % 100 else "")


def percent(part: int, whole: int) -> str:
    """A share to one place, never rounded up to a round number it has not reached."""
    return "no sessions yet" if not whole else f"{part * 1000 // whole / 10:.1f}%"


def role(value: str) -> str:
    """A role as people say it."""
    text = in_words(str(value))
    return text[0].upper() + text[1:]


def by_whom(roles: Iterable[Role]) -> str:
    """Those who decide, as a sentence names them: the headteacher, the authorised officer or the EWO."""
    named = [f"the {in_words(each.value)}" for each in roles]
    return " or ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def plain(name: str) -> str:
    """A stored word as a person reads it, with a capital."""
    text = in_words(str(name))
    return text[:1].upper() + text[1:]


def stage(name: str) -> str:
    """A stage's title."""
    return STAGES.get(str(name) if name else "", plain(str(name)))


def lower_first(text: str) -> str:
    """A label inside a sentence."""
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """A phrase as a sentence begins."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A phrase as a sentence: a capital at its beginning, a full stop at its end."""
    return upper_first(text.strip()) + ("" if text.rstrip().endswith((".", "?", "!")) else ".")


def happened(event: Event, parents: Mapping[str, str], names: Mapping[str, str]) -> str:
    """An event's sentence, with parents and officers by name."""
    text = describe(event)
    for contact_id, name in parents.items():
        plain_name = name.replace("\\", "")
        text = re.sub(rf"\bparent {re.escape(contact_id)}(?=[\s,:.;]|$)", plain_name, text)
    if isinstance(event, e.OwnerAssigned) and event.owner_id in names:
        text = f"Case given to {names[event.owner_id]}."
    return text


def year_group(name: str) -> str:
    """A year group in words: Year 9, Reception, Nursery."""
    if name.isdigit():
        return f"Year {name}"
    return {"R": "Reception", "N1": "Nursery 1", "N2": "Nursery 2"}.get(name, "No year group")


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "short_day": short_day,
    "weekday": weekday,
    "clock_time": clock_time,
    "session": session,
    "days_left": days_left,
    "role": role,
    "plain": plain,
    "pounds": pounds,
    "stage": stage,
    "lower_first": lower_first,
    "upper_first": upper_first,
    "sentence": sentence,
    "year_group": year_group,
    "said": said,
}
GLOBALS: dict[str, Any] = {
    "happened": happened,
    "how_many": how_many,
    "percent": percent,
    "academic_year": academic_year,
    "LADDER": LADDER,
    "BESIDE": BESIDE,
    "KINDS": KINDS,
    "ANSWERS": ANSWERS,
    "FLAGS": FLAGS,
    "GROUPS": GROUPS,
    "Role": Role,
    "CHECKS_SCHOOL": MAY[Act.CHECK_SCHOOL],
    "KEEPS_PLANS": MAY[Act.KEEP_PLANS],
}
