"""How a policy's entries read to the staff whose policy it is: when, how much, whose, in plain words."""

from casework.domain.words import in_words
from casework.policy import Policy, Value

EVENTS = {
    "contact_recorded": "somebody tried to reach the family",
    "item_received": "something came in",
    "enquiry_made": "an enquiry was made",
    "safeguarding_flagged": "a concern went to the safeguarding lead",
    "trigger_cleared": "things are better than the line that was crossed",
    "noticing_started": "the family is first written to",
    "barrier_found": "something that keeps the child away is named",
    "support_offered": "help is offered",
    "supportive_actions_started": "a plan of help begins",
    "support_outcome": "it is known what came of the help",
    "meeting_held": "a meeting was held",
    "task_done": "a task was finished",
    "attendance_contract_ended": "an attendance contract ended",
    "notice_to_improve_ended": "a notice to improve ended",
    "step_declined": "the head decided against a step",
    "cme_reported": "a child was reported missing",
}
"""What happens on a case, in the order in which it mostly does."""
DAYS = {
    "school_day": "every school day",
    "week": "at the end of each week",
    "fortnight": "at the end of each fortnight",
    "half_term": "at the end of each half term",
    "term": "at the end of each term",
    "academic_year": "at the end of the school year",
}
_LAYERS = {"england": "the law", "la": "the authority", "trust": "the trust", "school": "the school"}
_UNITS = {
    "days": "school days in a row",
    "sessions": "sessions",
    "illness_sessions_year": "sessions ill this year",
    "illness_episodes_half_term": "separate illnesses in a half term",
    "late_half_term": "times late in a half term",
    "late_term": "times late in a term",
    "overdue_n_sessions": "sessions without a reason in time",
    "broken_weeks_year": "broken weeks this year",
    "unauthorised": "unauthorised sessions this year",
}
_COMPARED = {"at_least": "or more", "exactly": "exactly", "more_than": "more than"}


def place(value: Value, policy: Policy) -> tuple[int, int, str]:
    """Where a duty stands in the telling: by day of absence, by trigger from mild on, by event, by date."""
    match value.on:
        case "unexplained_day":
            return 0, value.day, ""
        case "trigger":
            mildest = max(policy.value(f"triggers.{name}", value.since).severity for name in value.of)
            return 1, -mildest, value.of[0]
        case "answer":
            kind, number, words = place(policy.value(f"duties.{value.of[0]}", value.since), policy)
            return kind, number, f"{words}~"  # After everything that what it answers stands with.
        case "event":
            return 2, min(list(EVENTS).index(kind) for kind in value.of), _if(value)
    return 3, list(DAYS).index(value.on), ""


def when(value: Value, policy: Policy) -> str:
    """What sets a duty off, as a person would say it."""
    if value.on == "unexplained_day":
        later = " and every day after" if value.get("and_after") else ""
        text = f"Day {value.day} of an absence without a reason{later}"
    elif value.on == "trigger":
        text = " Or: ".join(policy.value(f"triggers.{name}", value.since).says for name in value.of)
    elif value.on == "answer":
        asked = " Or: ".join(policy.value(f"duties.{name}", value.since).says for name in value.of)
        text = f"Answered with {' or '.join(value.mentions.outcome)}: {asked}"
    elif value.on == "event":
        text = f"When {' or '.join(EVENTS[kind] for kind in value.of)}{_if(value)}"
    else:
        text = DAYS[value.on][:1].upper() + DAYS[value.on][1:]
        if value.get("holding"):
            text += ", while: " + said_of(value.holding)
    if value.get("flags"):
        text += f" (only for: {said_of(value.flags)})"
    if value.get("after"):
        weeks = f"{value.after_weeks} weeks " if value.get("after_weeks") else ""
        text += f" ({weeks}after: {said_of(value.after)})"
    return text


def _if(value: Value) -> str:
    wanted, spoken = value.get("where"), value.get("mentions")
    parts = [" or ".join(in_words(word) for word in wanted.fields[name]) for name in wanted or ()]
    parts += [f"it speaks of {', '.join(f'{w}...' for w in spoken.fields[name])}" for name in spoken or ()]
    names = {"yes": "seen", "no": "not seen", "some": "somebody stayed away"}
    return f": {', '.join(names.get(part, part) for part in parts)}" if parts else ""


def haste(value: Value) -> int:
    """How many days a duty leaves, roughly: what is soonest is told first."""
    days = {"school_days": 1, "calendar_days": 1, "weeks": 5, "months": 20}
    return int(value.get("within", 0)) * days[value.get("unit", "school_days")]


def due(value: Value) -> str:
    """By when a duty is done."""
    if value.get("by_time"):
        return f"by {value.by_time}"
    if not value.get("within"):
        return "the same day"
    unit = in_words(value.get("unit", "school_days"))
    return f"within {value.within} {unit.removesuffix('s') if value.within == 1 else unit}"


def limit(value: Value) -> str:
    """How much of what a trigger waits for."""
    if value.comparison.startswith("share"):
        more = "more than " if value.comparison == "share_more_than" else ""
        return f"{more}{value.limit}% of possible sessions missed{'' if more else ', or more'}"
    name = value.measure[0]
    unit = _UNITS.get(name) or _UNITS.get(name.rpartition(".")[2], in_words(name))
    words = _COMPARED[value.comparison]
    return f"{value.limit} {unit} {words}" if words == "or more" else f"{words} {value.limit} {unit}"


def layer(name: str) -> str:
    """Who says so, for a reader who knows no layers."""
    return "the guidance" if name == "school/national" else _LAYERS[name.partition("/")[0]]


def said_of(names: tuple[str, ...]) -> str:
    """A list of stored names as a person reads it."""
    return ", ".join(in_words(name) for name in names)
