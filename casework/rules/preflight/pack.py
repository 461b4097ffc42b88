"""A pack in hand: what the authority wants in it, what the case holds of that, and what people answered.

What an authority's code does not say is not known: each enclosure says what is safe then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.domain import events as e
from casework.domain.calendar import academic_year_of, add_months
from casework.domain.events import Consideration
from casework.domain.evidence import Enclosure, Held, Part
from casework.facts import Weighed
from casework.policy import Fields, Value
from casework.rules import proceedings, register
from casework.rules.situation import Situation

PROSECUTION = "prosecution"
LEAVE = "leave_request"


@dataclass(frozen=True, slots=True)
class FileMade:
    """A file of the pack as it would be sent."""

    name: str
    part: Part
    size: int
    pages: int


@dataclass(frozen=True, slots=True)
class SentBack:
    """Something for which this authority has sent packs back: how often, and when last."""

    check: str
    says: str
    times: int
    last_on: date


@dataclass(frozen=True)
class PackInHand:
    """Everything the checks look at.

    `forms` are the fields of the documents in the pack, by template; `texts` what each says, by its title.
    `answers` are what people answered about this pack. `register_then` is the digest of the register the pack
    was made from, `register_now` today's; empty before it is made. `paragraphs` is how many of the
    statement's are confirmed, and how many there are.
    """

    situation: Situation
    pack: str
    wanted: tuple[Enclosure, ...]
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    files: tuple[FileMade, ...] = ()
    answers: Mapping[str, e.EvidencePackAnswered] = field(default_factory=dict)
    returned: tuple[SentBack, ...] = ()
    register_then: str = ""
    register_now: str = ""
    paragraphs: tuple[int, int] | None = None

    @property
    def rule(self) -> Value:
        """What the policy says of this kind of pack."""
        return rule_of(self.situation, self.pack)

    @property
    def relied(self) -> tuple[Weighed, ...]:
        """The sessions the pack rests on, oldest first."""
        return relied_on(self.situation, self.pack)

    @property
    def step(self) -> e.Step | None:
        """The decision the pack carries out: the request or referral about its parent."""
        kind = {
            "penalty_notice": e.PenaltyNoticeRequested,
            "prosecution_referral": e.ProsecutionReferred,
            "education_supervision_order": e.EducationSupervisionOrderReferred,
            "cme_report": e.CmeReported,
        }.get(self.rule.get("stage", ""))
        if kind is None:
            return None
        parent_id = self.situation.parent_id if self.rule.about == "parent" else None
        return self.situation.case.last(kind, parent_id=parent_id)

    @property
    def weighed_at_decision(self) -> Mapping[str, Consideration]:
        """What was answered by a person when the step was decided, by the rule that asked."""
        return {c.question: c for c in self.step.considerations} if self.step else {}

    def enclosed(self, name: str) -> Enclosure | None:
        """One enclosure by its name, if this kind of pack has it."""
        return next((item for item in self.wanted if item.name == name), None)

    def held(self, *kinds: str) -> tuple[Held, ...]:
        """What is in the pack of some kinds."""
        return tuple(h for item in self.wanted for h in item.held if h.kind in kinds)


def rule_of(situation: Situation, pack: str) -> Value:
    """What the policy says of a kind of pack."""
    return situation.value(f"evidence.{pack}")


def relied_on(situation: Situation, pack: str) -> tuple[Weighed, ...]:
    """The sessions a kind of pack rests on: those that can be charged, or those of the request."""
    if pack == PROSECUTION:
        return proceedings.charges(situation).in_time
    return register.relied_on(situation)


def period_of(situation: Situation, pack: str) -> tuple[date, date]:
    """The first and last day of what a pack rests on; the school year so far where it rests on nothing."""
    relied = relied_on(situation, pack)
    if relied:
        return relied[0].session.date, relied[-1].session.date
    return date(academic_year_of(situation.on), 9, 1), situation.on


def wanted(situation: Situation, pack: str, held: Sequence[Held]) -> tuple[Enclosure, ...]:
    """Every enclosure of a kind of pack in its order, with what is there for it."""
    rule = rule_of(situation, pack)
    taken: set[str] = set()
    found = []
    for row in rule.contents:
        item = _enclosure(situation, pack, rule, row, [h for h in held if h.source not in taken])
        taken |= {h.source for h in item.held}
        found.append(item)
    return tuple(found)


def released(situation: Situation, pack: str, item: Held) -> bool:
    """Whether the DSL let a sealed thing go in this kind of pack."""
    return any(
        event.pack == pack and event.material in (item.source, item.document_id)
        for event in situation.case.of(e.MaterialReleased)
        if event.on <= situation.on
    )


def _enclosure(situation: Situation, pack: str, rule: Value, row: Fields, held: Sequence[Held]) -> Enclosure:
    kinds = (*row.get("documents", ()), *row.get("received", ()))
    fits = [h for h in held if h.kind in kinds and _is_for(situation, rule, h)]
    if row.get("part") != Part.NOT_EXHIBITED and _excluded(situation, fits):
        fits = []
    waiting = [h for h in fits if h.sealed and not released(situation, pack, h)]
    there = tuple(sorted((h for h in fits if h not in waiting), key=lambda h: (h.on, h.source)))
    asked, why, source = _needed(situation, rule, row, there)
    replaced = [h for h in held if h.kind in row.get("unless_held", ())]
    needed = asked and not replaced
    made = row.get("made", "") if needed and can_be_made(situation, pack, row.get("made", "")) else ""
    if row.need == "when_asked" and not needed:
        there = ()
    if there and row.get("received") and row.get("made") == "register_previous":
        made = ""
    return Enclosure(
        name=row.enclosure,
        says=row.says,
        part=Part(row.get("part", Part.SERVED)),
        needed=needed,
        exhibit=bool(row.get("exhibit", False)),
        made=made,
        held=there,
        lacking=_lacking(situation, rule, row, there, made, waiting),
        stale=_stale(situation, row, there),
        why=why,
        source=source,
    )


def _is_for(situation: Situation, rule: Value, item: Held) -> bool:
    if rule.about == "parent" and item.parent_id:
        return item.parent_id == situation.parent_id
    return True


def _excluded(situation: Situation, held: Iterable[Held]) -> bool:
    """Whether the authority says that the pupil's own form is not sent."""
    switch = situation.policy.maybe("la.pupil_voice", situation.on)
    refused = switch is not None and switch.get("in_bundle") is False
    return refused and any(h.kind in ("pupil_voice", "three_houses") for h in held)


def _needed(situation: Situation, rule: Value, row: Fields, there: Sequence[Held]) -> tuple[bool, str, Any]:
    if row.need == "always":
        return True, "it always goes with such a pack", rule.source
    if row.need == "when_held":
        return bool(there), "it goes where the case holds it", rule.source
    switch = situation.policy.maybe(row.asked_by, situation.on)
    if switch is None:
        why = "the code held here does not say whether the authority asks for it"
        return bool(row.get("if_unknown", False)), why, rule.source
    asks = row.get("asks", "")
    values = [value for name in switch for value in _values(switch.get(name))]
    asked = (
        switch.get(asks) is True
        if asks in switch
        else asks in values
        if asks
        else any(v is True for v in values)
    )
    return asked, switch.says.rstrip("."), switch.source


def _values(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else (value,)


def _lacking(
    situation: Situation,
    rule: Value,
    row: Fields,
    there: Sequence[Held],
    made: str,
    waiting: Sequence[Held],
) -> str:
    if waiting and not there:
        return "it waits for the DSL to let it go"
    if row.get("each_parent") and rule.about != "parent":
        has = {h.parent_id for h in there}
        without = [p.name or p.contact_id for p in situation.liable_parents if p.contact_id not in has]
        return f"none to {' and '.join(without)}" if without else ""
    if there or made:
        return ""
    if row.get("made") == "register_previous":
        return "the register held here does not cover the whole of that year"
    return "it is not on the case"


def _stale(situation: Situation, row: Fields, there: Sequence[Held]) -> str:
    months, ending, says = row.get("months"), situation.on, ""
    switch = situation.policy.maybe("la.prior_step_age", situation.on)
    if switch is not None and row.enclosure in ("contract_or_plan", "letters", "notice_to_improve"):
        months = switch.get("months", months)
        meeting = situation.case.last(e.MeetingHeld)
        if switch.get("before") == "review_meeting" and meeting is not None:
            ending = meeting.on
    if months and there:
        newest = max(h.on for h in there)
        earliest = add_months(ending, -months)
        if newest < earliest:
            says = f"of {newest:%-d %B %Y}; the authority takes none from before {earliest:%-d %B %Y}"
    return says


def can_be_made(situation: Situation, pack: str, page: str) -> bool:
    """Whether the case holds enough for a page that the engine makes itself."""
    case = situation.case
    if page == "register_previous":
        return _whole_year(situation, academic_year_of(situation.on) - 1)
    if page == "statement":
        return case.last(e.StatementBegun, parent_id=situation.parent_id) is not None
    if page == "posting_record":
        return bool(case.of(e.DocumentServed))
    if page == "meeting_record":
        return bool(case.of(e.MeetingHeld))
    if page == "support_list":
        return bool(case.of(e.SupportOffered))
    if page == "views":
        return bool(case.of(e.ReviewHeld, e.MeetingHeld))
    return bool(page) and page not in ("cohort", "pupil_list")


def _whole_year(situation: Situation, year: int) -> bool:
    """Whether every session of a school year on the roll has its mark here."""
    first, last = date(year, 9, 1), date(year + 1, 8, 31)
    for held in situation.facts.registers:
        if held.urn == situation.school.urn:
            begins = min((day for day, _ in held.roll), default=first)
            if begins > last:
                return False
            sessions = [
                s for s in held.calendar.sessions_between(max(first, begins), last) if held.on_roll(s.date)
            ]
            weeks = len({s.date.isocalendar()[:2] for s in sessions})
            whole = begins > first or weeks >= _WEEKS_OF_A_YEAR
            return bool(sessions) and whole and all(s in held.looked_at for s in sessions)
    return False


_WEEKS_OF_A_YEAR = 30
"""A calendar with fewer weeks than this does not hold a school year."""
