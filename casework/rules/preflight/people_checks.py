"""V6 to V8, V11, V12, V19, V20 and V22: the people: who was warned, who they are, who looked, who decided."""

from casework.domain import Parent
from casework.domain import events as e
from casework.domain.evidence import Checked, Held, Outcome
from casework.domain.words import in_words
from casework.policy import Value
from casework.rules import people, safeguarding, support
from casework.rules.preflight.pack import LEAVE, PackInHand
from casework.rules.preflight.saying import asked, of_finding, said, worst

_WARNINGS = ("notice_to_improve", "leave_warning", "leave_refusal", "suspected_leave", "formal_warning")


def warned(pack: PackInHand, rule: Value) -> Checked:
    """V6: a warning to each parent alone, at a whole address, in time, with proof of how it went."""
    situation = pack.situation
    parents = _about(pack)
    looks = [of_finding(pack, rule, people.can_be_served(situation.about(parent))) for parent in parents]
    given = pack.held(*_WARNINGS)
    for parent in parents:
        name = parent.name or parent.contact_id
        own = [h for h in given if h.parent_id == parent.contact_id]
        if not own:
            looks.append(said(rule, False, f"No warning to {name} is in the pack.", item="notice_to_improve"))
            continue
        looks.append(_how_it_went(pack, rule, name, own[-1]))
    stale = [item for item in pack.wanted if item.name == "notice_to_improve" and item.stale]
    if stale:
        looks.append(said(rule, False, f"The notice to improve is stale: {stale[0].stale}."))
    return worst(said(rule, True, "Each parent was warned alone, with proof."), *looks)


def _how_it_went(pack: PackInHand, rule: Value, name: str, letter: Held) -> Checked:
    if not letter.posted:
        says = f"How the {letter.title.lower()} went to {name} is not recorded."
        return said(rule, False, says, item="posting_record", evidence=(letter.source,))
    relied = [item.session.date for item in pack.relied]
    if pack.pack == LEAVE and relied and letter.on >= min(relied):
        if letter.kind != "suspected_leave":
            says = f"The {letter.title.lower()} of {letter.on:%-d %B %Y} is later than the leave."
            return said(rule, False, says, evidence=(letter.source,))
    elif relied and pack.pack != LEAVE and letter.on > max(relied):
        says = f"The {letter.title.lower()} of {letter.on:%-d %B %Y} is later than every session relied on."
        return said(rule, False, says, evidence=(letter.source,))
    return said(rule, True, f"{name} was warned on {letter.on:%-d %B %Y}.", evidence=(letter.source,))


def _about(pack: PackInHand) -> tuple[Parent, ...]:
    """The parents a pack is about: the one named, or every liable one."""
    situation = pack.situation
    return (situation.parent,) if situation.parent is not None else situation.liable_parents


def parents_whole(pack: PackInHand, rule: Value) -> Checked:
    """V7: every parent by full forename, surname, address, relationship; responsibility known."""
    faults = []
    for parent in pack.situation.liable_parents:
        lacks = [
            words
            for words, known in (
                ("full forename", len(parent.forename.strip(" .")) > 1),
                ("surname", bool(parent.surname)),
                ("whole address", parent.address_complete),
                ("relationship", bool(parent.relationship)),
                ("parental responsibility", parent.parental_responsibility is not None),
            )
            if not known
        ]
        if lacks:
            faults.append(f"{parent.name or parent.contact_id} lacks {', '.join(lacks)}")
    if not pack.situation.liable_parents:
        faults = ["no parent is on the case"]
    if faults:
        return said(rule, False, f"{'; '.join(faults)}.")
    if rule.get("question") and pack.rule.get("stage") in ("penalty_notice", "prosecution_referral"):
        return asked(pack, rule, "Every parent has a name and an address.")
    return said(rule, True, "Every parent has a full name, address and relationship.")


def support_evidenced(pack: PackInHand, rule: Value) -> Checked:
    """V8: help offered with dates and outcomes, the meeting, and the offer of early help."""
    situation = pack.situation
    offers = support.offers(situation) or tuple(
        (offer, outcome) for offer, outcome in situation.case.offers if not offer.parent_id
    )
    refs = tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.SupportOffered | e.MeetingHeld | e.AgencyInvolved)
    )
    if support.not_appropriate(situation):
        return said(rule, True, "A named person decided, with reasons, that support is not appropriate.")
    lacking = []
    if len(offers) < (rule.get("at_least") or 1):
        lacking.append(f"{len(offers)} dated offers of help to {situation.parent_name}")
    without = [offer.offer for offer, outcome in offers if outcome is None]
    if without:
        lacking.append(f"what came of {', '.join(without)} is not recorded")
    if rule.get("wants_meeting") and not situation.case.of(e.MeetingHeld):
        lacking.append("no meeting was held, or its record is not on the case")
    if lacking:
        return said(
            rule, False, f"{'; '.join(lacking)}.".capitalize(), item="contract_or_plan", evidence=refs
        )
    if rule.get("wants_early_help") and not _early_help(situation.case.recorded):
        says = f"{len(offers)} offers with dates; early help was not offered, or not recorded."
        return said(rule, False, says, evidence=refs, warn=True)
    return said(rule, True, f"{len(offers)} offers with dates and outcomes, and a meeting.", evidence=refs)


def _early_help(recorded: tuple[e.Recorded, ...]) -> bool:
    return any(
        "early" in text and "help" in text
        for item in recorded
        for text in (getattr(item.event, "offer", ""), getattr(item.event, "agency", ""))
    )


def vulnerability(pack: PackInHand, rule: Value) -> Checked:
    """V11: care, social work, special needs and health were looked at first, with those concerned."""
    situation, pupil = pack.situation, pack.situation.pupil
    switch = situation.policy.maybe("la.looked_after", situation.on)
    if pupil.looked_after and switch is not None and switch.get("submit") is False:
        return said(rule, False, f"The child is looked after. {switch.says}", source=switch)
    found = [
        words
        for words, value in (
            ("looked after", pupil.looked_after),
            ("known to a social worker", pupil.social_worker),
            ("known to youth justice", pupil.youth_justice),
            ("a young carer", pupil.young_carer),
            ("on an education, health and care plan", pupil.sen == "E"),
        )
        if value
    ]
    found += [in_words(b.barrier) for b in situation.case.of(e.BarrierFound) if b.barrier in _HEALTH]
    unknown = [
        words
        for words, value in (("looked after", pupil.looked_after), ("social worker", pupil.social_worker))
        if value is None
    ]
    if found:
        return asked(pack, rule, f"On record: {', '.join(dict.fromkeys(found))}.")
    if unknown:
        return asked(pack, rule, f"Not on record: {', '.join(unknown)}. Has the DSL been asked?")
    return said(rule, True, "Nothing of the kind is on record.")


_HEALTH = ("health", "illness", "mental_health", "anxiety", "medical", "special_needs", "send")


def explored(pack: PackInHand, rule: Value) -> Checked:
    """V12: illness, bullying, siblings and the child's view were asked about: a person says so."""
    case = pack.situation.case
    heard = any(x.pupil_view for x in case.of(e.ReviewHeld)) or any(
        x.pupil_view for x in case.of(e.MeetingHeld)
    )
    view = "The child's words are on the case." if heard else "The child's own words are not on the case."
    return asked(pack, rule, view)


def authorised(pack: PackInHand, rule: Value) -> Checked:
    """V19: the step was decided by the head or somebody the head authorised."""
    step = pack.step
    if pack.rule.get("stage") and step is None:
        return said(rule, False, "Nobody has decided this step yet.")
    if step is None:
        return said(rule, True, "This pack carries out no step that somebody must decide.")
    by = rule.get("by") or ()
    ref = pack.situation.case.refs_of(type(step), parent_id=step.parent_id)[-1:]
    if step.role not in by:
        says = f"Decided by {step.by} as {in_words(step.role)}, who may not authorise it."
        return said(rule, False, says, evidence=ref)
    returned = pack.situation.case.last(e.ReferralReturned, parent_id=step.parent_id)
    if returned is not None and _after(pack, returned, step):
        says = "The authority returned the last request: the head decides again before this goes."
        return said(rule, False, says, evidence=ref)
    return said(
        rule, True, f"Decided on {step.on:%-d %B %Y} by {step.by} as {in_words(step.role)}.", evidence=ref
    )


def _after(pack: PackInHand, one: e.Event, other: e.Event) -> bool:
    events = [item.event for item in pack.situation.case.recorded]
    return events.index(one) > events.index(other)


def dsl_clear(pack: PackInHand, rule: Value) -> Checked:
    """V20: no hold of the DSL covers this, and no flag waits for the DSL."""
    situation = pack.situation
    looks = [of_finding(pack, rule, safeguarding.enforcement(situation))]
    reviewed = [x.flag for x in situation.case.of(e.DslReviewed)]
    waiting = [x for x in situation.case.of(e.SafeguardingFlagged) if x.flag not in reviewed]
    if waiting:
        looks.append(said(rule, False, "A safeguarding matter waits for the DSL to look at it."))
    return worst(*looks)


def head_confirms(pack: PackInHand, rule: Value) -> Checked:
    """V22: the head says that the register is final and that the school will stand by it."""
    found = asked(pack, rule, "The head has not said yet that the register is final.")
    if found.outcome is Outcome.PASSES and pack.situation.case.unreviewed_mark_changes:
        return said(rule, False, "A mark changed under a step, and nobody has looked at it.")
    return found
