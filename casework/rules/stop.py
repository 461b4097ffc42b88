"""Stop conditions: what pulls back queued letters and formal steps until a person has looked.

Asked at draft, at approval and at posting alike, so that a letter drafted yesterday is held today.
"""

from datetime import date

from casework.domain import Answer, Case, Finding
from casework.domain import events as e
from casework.rules.situation import Situation

RULE = "stop.none"
FAMILY = "family_stop"
"""The headteacher's own stop on everything for a family; the headteacher alone lifts it."""
WORDS = {
    "death_of_pupil": "the pupil has died",
    "death_of_parent": "a parent has died",
    "bereavement": "the family is bereaved",
    "off_roll": "the pupil has left the roll",
    "became_looked_after": "the pupil has become looked after",
    "new_medical_evidence": "new medical evidence has come in",
    "open_representation": "a parent's representation is still open",
    FAMILY: "the headteacher has stopped everything for this family",
}


def open_stops(situation: Situation) -> tuple[tuple[str, str], ...]:
    """(reference, condition) of each stop in force for the parent asked about, or for the pupil."""
    return stops_of(situation.case, situation.parent_id, situation.on)


def stops_of(case: Case, parent_id: str, on: date) -> tuple[tuple[str, str], ...]:
    """(reference, condition) of each stop in force on a day for a parent, or for the pupil."""
    cleared = {event.stop_id for event in case.of(e.StopCleared)}
    return tuple(
        (item.ref, item.event.condition)
        for item in case.recorded
        if isinstance(item.event, e.StopNoted)
        and item.event.stop_id not in cleared
        and item.event.on <= on
        and item.event.parent_id in ("", parent_id)
    )


def none(situation: Situation) -> Finding:
    """Nothing stops letters and formal steps: no death, bereavement, new evidence or open representation."""
    stops = open_stops(situation)
    if not stops:
        return Finding(RULE, Answer.HOLDS, "Nothing on the case stops formal work.", on=situation.on)
    why = "; ".join(dict.fromkeys(WORDS.get(condition, condition) for _, condition in stops))
    return Finding(
        RULE,
        Answer.FAILS,
        f"Formal work is stopped: {why}.",
        tuple(ref for ref, _ in stops),
        missing="a person looks and records why the work may go on",
        answerable_by="school",
        on=situation.on,
    )
