"""Support first: what was offered to this parent, against which barrier, when, and what came of it."""

from casework.domain import Answer, Finding
from casework.domain import events as e
from casework.domain.events import SupportOffered, SupportOutcome
from casework.domain.words import number_of
from casework.rules import register
from casework.rules.situation import Situation

DID_NOT_WORK = ("declined", "did_not_attend", "did_not_help")
OFFERED = "support.offered"
OUTCOME = "support.outcome"
IN_TIME = "support.first_offered_in_time"


def not_appropriate(situation: Situation) -> tuple[str, ...]:
    """References of decisions that support is not appropriate, for this parent or for all; empty if none."""
    return tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.SupportNotAppropriate)
        and item.event.parent_id in ("", situation.parent_id)
        and item.event.on <= situation.on
    )


def is_appropriate(situation: Situation) -> bool:
    """Whether support is still the way here: nobody decided otherwise, and it is no holiday alone."""
    if not_appropriate(situation):
        return False
    leave = situation.value("penalty_notice.leave")
    relied = register.relied_on(situation)
    return not (relied and all(item.code in leave.codes for item in relied))


def offers(situation: Situation) -> tuple[tuple[SupportOffered, SupportOutcome | None], ...]:
    """Offers that stand for the parent asked about, oldest first; withdrawn ones are no offers."""
    return tuple(
        (offer, outcome)
        for offer, outcome in situation.case.offers
        if offer.parent_id == situation.parent_id
        and offer.on <= situation.on
        and not (outcome and outcome.outcome == "withdrawn")
    )


def _refs(situation: Situation) -> tuple[str, ...]:
    ids = {offer.offer_id for offer, _ in offers(situation)}
    return tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.SupportOffered | e.SupportOutcome) and item.event.offer_id in ids
    )


def offered(situation: Situation) -> Finding:
    """Every known barrier has an offer of support to this parent, or support was decided not appropriate."""
    source = situation.value("support.before_law").source
    if decided := not_appropriate(situation):
        says = "A named person decided that support is not appropriate here."
        return Finding(OFFERED, Answer.HOLDS, says, decided, source, on=situation.on)
    given = offers(situation)
    barriers = tuple(dict.fromkeys(b.barrier for b in situation.case.of(e.BarrierFound)))
    met = {offer.barrier for offer, _ in given}
    unmet = [barrier for barrier in barriers if barrier not in met]
    who = situation.parent_name
    missing = [f"the barrier of {barrier} has no offer of support to {who} yet" for barrier in unmet]
    if not given and not barriers:
        missing = [f"nobody has yet recorded what keeps the child from school, or offered {who} help with it"]
    if missing:
        return Finding(
            OFFERED,
            Answer.FAILS,
            f"Support has not been offered to {who} for everything that keeps the child from school.",
            _refs(situation),
            source,
            "; ".join(missing) + " (or a decision, with reasons, that support is not appropriate)",
            "school",
            situation.on,
        )
    first = given[0][0].on
    says = f"Support offered to {who}: {len(given)}, the first on {first:%-d %B %Y}."
    return Finding(OFFERED, Answer.HOLDS, says, _refs(situation), source, on=situation.on)


def outcome(situation: Situation) -> Finding:
    """Support offered was not engaged with or did not work; help under way is for a person to weigh."""
    source = situation.value("notice_to_improve.use").source
    if decided := not_appropriate(situation):
        says = "A named person decided that support is not appropriate here."
        return Finding(OUTCOME, Answer.HOLDS, says, decided, source, on=situation.on)
    given = offers(situation)
    refs = _refs(situation)
    open_ = [offer.offer for offer, result in given if result is None]
    working = [offer.offer for offer, result in given if result and result.outcome not in DID_NOT_WORK]
    who = situation.parent_name
    if not given or open_:
        named = ", ".join(open_) if open_ else "support"
        return Finding(
            OUTCOME,
            Answer.UNKNOWN,
            f"What came of {named} for {who} is not recorded.",
            refs,
            source,
            f"what came of each offer to {who}: {named}" if open_ else f"an offer of support to {who}",
            "school",
            situation.on,
        )
    if working:
        return Finding(
            OUTCOME,
            Answer.FOR_A_PERSON,
            f"{who} is engaging with {', '.join(working)}. Has it been given long enough?",
            refs,
            source,
            "a named person says why the step is right while help is under way",
            "school",
            situation.on,
        )
    says = f"No offer of support to {who} was taken up, or none worked."
    return Finding(OUTCOME, Answer.HOLDS, says, refs, source, on=situation.on)


def first_offered_in_time(situation: Situation) -> Finding:
    """Support began well before a legal request: a first offer made in the last days before it is flagged."""
    rule = situation.value("support.late_offer")
    given = offers(situation)
    if not_appropriate(situation) or not given:
        says = "Whether support came early enough does not arise."
        return Finding(IN_TIME, Answer.HOLDS, says, source=None, on=situation.on)
    first = given[0][0].on
    since = max(
        0, len(situation.calendar.days_between(first, situation.on)) - situation.calendar.is_school_day(first)
    )
    who = situation.parent_name
    says = (
        f"Support was first offered to {who} on {first:%-d %B %Y}, {number_of(since, 'school day')} before."
    )
    if since > rule.school_days:
        return Finding(IN_TIME, Answer.HOLDS, says, _refs(situation)[:1], rule.source, on=situation.on)
    return Finding(
        IN_TIME,
        Answer.FOR_A_PERSON,
        says + " Was there time for it to work?",
        _refs(situation)[:1],
        rule.source,
        f"more than {rule.school_days} school days between the first offer and the request, or a reason",
        "school",
        situation.on,
    )
