"""The DSL's holds: what they stop, and what nothing stops.

Others see a hold's scope and its review date, never its reason. A hold past its review date stays on.
"""

from casework.domain import Answer, Case, Finding
from casework.domain import events as e
from casework.rules.situation import Situation

SAFETY_ACTS = (
    "first_day_contact",
    "welfare_visit",
    "social_care_referral",
    "police",
    "missing_child",
    "cme_report",
)
"""Acts for a child's safety: no gate, no approval, no day count; a hold stops one only by its name."""

STOPPED_BY: dict[str, tuple[str, ...]] = {
    "letters": ("letters", "all_contact"),
    "enforcement": ("enforcement",),
    "visits": ("visits", "all_contact"),
    "contact": ("all_contact",),
    **{act: (act,) for act in SAFETY_ACTS},
}
"""Which scopes of a hold stop which kind of act."""


def hold_on(case: Case, acts: tuple[str, ...], parent_id: str = "") -> e.HoldPlaced | None:
    """The first hold in force that stops one of these kinds of act, for this parent (or for anybody)."""
    scopes = {scope for act in acts for scope in STOPPED_BY[act]}
    for hold in case.holds:
        concerns = not hold.parent_id or not parent_id or hold.parent_id == parent_id
        if hold.scope in scopes and concerns:
            return hold
    return None


def no_hold(situation: Situation, acts: tuple[str, ...]) -> Finding:
    """Whether the DSL lets this kind of act go on. Says the scope and the review date, never why."""
    hold = hold_on(situation.case, acts, situation.parent_id)
    if hold is None:
        says = "No DSL hold covers this step."
        return Finding("safeguarding.hold", Answer.HOLDS, says, on=situation.on)
    overdue = " (past its review date; it stays on)" if hold.review_on < situation.on else ""
    refs = tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.HoldPlaced) and item.event.hold_id == hold.hold_id
    )
    return Finding(
        rule="safeguarding.hold",
        answer=Answer.FAILS,
        says=f"Held by the DSL ({hold.scope.replace('_', ' ')}), review {hold.review_on:%-d %B %Y}{overdue}.",
        evidence=refs,
        missing="the DSL or a deputy lifts the hold",
        answerable_by="dsl",
        on=situation.on,
    )


def letters(situation: Situation) -> Finding:
    """No DSL hold on letters or on all contact."""
    return no_hold(situation, ("letters",))


def contact(situation: Situation) -> Finding:
    """No DSL hold on all contact."""
    return no_hold(situation, ("contact",))


def enforcement(situation: Situation) -> Finding:
    """No DSL hold on enforcement, letters or all contact: a legal step is a letter too."""
    return no_hold(situation, ("enforcement", "letters"))


def cme(situation: Situation) -> Finding:
    """No hold stops a report for a child's safety unless it names it."""
    return no_hold(situation, ("cme_report",))
