"""The ledger of one parent for one pupil: how many notices count, what the next one costs, when it is barred.

Notices count wherever they were issued. Withdrawn ones and those of the scheme before 19 August 2024 do not.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from casework.domain import Answer, Finding, Notice, NoticeStatus
from casework.domain import events as e
from casework.domain.calendar import add_months
from casework.rules.situation import Situation

LIMIT = "penalty_notice.limit"
ENQUIRY = "earlier_notices"
NONE, NAMED = "none", "these: "


@dataclass(frozen=True)
class LedgerCount:
    """Earlier notices inside the look-back, by how sure it is that they count towards the limit."""

    counted: tuple[Notice, ...]
    anniversary: tuple[Notice, ...]
    acquitted: tuple[Notice, ...]
    unknown: tuple[Notice, ...]

    @property
    def most(self) -> int:
        """How many count if every doubt goes against the parent."""
        return len(self.counted) + len(self.anniversary) + len(self.acquitted) + len(self.unknown)


def counted_towards_limit(situation: Situation, on: date | None = None) -> LedgerCount:
    """The parent's earlier notices for this pupil in the years that end with the proposed day of issue."""
    day = on or situation.on
    limit = situation.policy.value(LIMIT, day)
    undecided = situation.policy.value("penalty_notice.counts_undecided", day)
    start = add_months(day, -12 * limit.years)
    counted: list[Notice] = []
    anniversary: list[Notice] = []
    acquitted: list[Notice] = []
    unknown: list[Notice] = []
    for notice in situation.penalty_notices:
        if not start <= notice.issued_on <= day or _old_scheme(notice, limit.scheme_began):
            continue
        if notice.status is NoticeStatus.WITHDRAWN:
            continue
        if notice.issued_on == start:
            anniversary.append(notice)
        elif notice.status is None:
            unknown.append(notice)
        elif notice.status.value in undecided.not_counted:
            acquitted.append(notice)
        else:
            counted.append(notice)
    return LedgerCount(tuple(counted), tuple(anniversary), tuple(acquitted), tuple(unknown))


def _old_scheme(notice: Notice, began: date) -> bool:
    """A notice issued, or for an offence committed, before the national framework began."""
    offence = notice.period_to or notice.period_from or notice.issued_on
    return notice.issued_on < began or offence < began


def two_in_three_years(situation: Situation) -> Finding:
    """Fewer than two penalty notices to this parent for this pupil in the three years that end today."""
    limit = situation.value(LIMIT)
    count = counted_towards_limit(situation)
    sure, most = len(count.counted), count.most
    listed = _listed(count.counted + count.anniversary + count.acquitted + count.unknown)
    who = situation.parent_name
    if sure >= limit.notices:
        again = next_possible(situation)
        return Finding(
            LIMIT,
            Answer.FAILS,
            f"{who} has had {sure} penalty notices for this child in {limit.years} years ({listed}).",
            source=limit.source,
            missing=f"another tool; a notice is possible again from {again:%-d %B %Y}",
            answerable_by="la",
            on=situation.on,
        )
    if most < limit.notices:
        says = f"{who} has had {most} penalty notices for this child in {limit.years} years" + (
            f" ({listed})." if listed else "."
        )
        return Finding(LIMIT, Answer.HOLDS, says, source=limit.source, on=situation.on)
    unknown = sure + len(count.anniversary) + len(count.acquitted) < limit.notices
    doubt = (
        "what became of an earlier notice"
        if unknown
        else "whether a notice issued exactly three years ago counts"
        if count.anniversary
        else "whether a notice whose parent was acquitted counts"
    )
    return Finding(
        LIMIT,
        Answer.UNKNOWN if unknown else Answer.FOR_A_PERSON,
        f"Whether {who} may have another notice turns on {doubt} ({listed}).",
        source=limit.source,
        missing=f"the authority says {doubt}",
        answerable_by="la",
        on=situation.on,
    )


def _listed(notices: tuple[Notice, ...]) -> str:
    return "; ".join(
        f"{n.issued_on:%-d %B %Y}, {n.status.value if n.status else 'outcome not known'}"
        + (f", LA {n.la_code}" if n.la_code else "")
        for n in sorted(notices, key=lambda n: n.issued_on)
    )


def next_possible(situation: Situation) -> date:
    """The first day on which another notice to this parent is possible, as the ledger stands."""
    limit = situation.value(LIMIT)
    counted = counted_towards_limit(situation).counted
    if len(counted) < limit.notices:
        return situation.on
    oldest_that_bars = sorted(n.issued_on for n in counted)[-limit.notices]
    return add_months(oldest_that_bars, 12 * limit.years) + timedelta(days=1)


def earlier_notices_known(situation: Situation) -> Finding:
    """Other authorities have answered whether this parent had notices for this pupil before."""
    source = situation.value("penalty_notice.relevant_la").source
    rule = "penalty_notice.earlier_notices"
    asked: dict[str, list[tuple[str, str]]] = {}
    for item in situation.case.recorded:
        event = item.event
        if (
            isinstance(event, e.EnquiryMade)
            and event.enquiry == ENQUIRY
            and event.parent_id in ("", situation.parent_id)
            and event.on <= situation.on
        ):
            asked.setdefault(event.asked_of, []).append((item.ref, event.answer.strip()))
    open_ = [whom for whom, said in asked.items() if not any(is_an_answer(text) for _, text in said)]
    refs = tuple(ref for said in asked.values() for ref, _ in said)
    if asked and not open_:
        says = "The question about notices issued elsewhere was answered."
        return Finding(rule, Answer.HOLDS, says, refs, source, on=situation.on)
    named = ", ".join(whom or "another authority" for whom in open_)
    unknown = any(text for whom in open_ for _, text in asked[whom])
    state = (
        f"asked of {named}, whose answer leaves it unknown."
        if unknown
        else f"asked of {named} and not answered yet."
        if asked
        else "not known, and nobody was asked."
    )
    return Finding(
        rule,
        Answer.UNKNOWN,
        f"Whether {situation.parent_name} had a notice for this child elsewhere is {state}",
        refs,
        source,
        "an answer from the authorities where the family lived or the child went to school",
        "la",
        situation.on,
    )


def is_an_answer(text: str) -> bool:
    """Whether an authority's answer settles it: there were none, or these, which stand in the ledger.

    Any other words ("we keep no record") are kept, and leave it unknown.
    """
    word = text.strip().lower().rstrip(".")
    return word == NONE or word.startswith(NAMED)


@dataclass(frozen=True, slots=True)
class Price:
    """What a notice costs: tier 1 or 2; `reduced_pence` is None where nothing is taken off."""

    tier: int
    amount_pence: int
    reduced_pence: int | None


def price(situation: Situation, on: date | None = None, tier: int | None = None) -> Price:
    """What a notice issued on a day costs this parent for this pupil: by the ledger, or the tier decided."""
    day = on or situation.on
    if (tier or 1 + len(counted_towards_limit(situation, day).counted)) == 1:
        first = situation.policy.value("penalty_notice.first", day)
        return Price(1, first.amount_pence, first.reduced_pence)
    return Price(2, situation.policy.value("penalty_notice.second", day).amount_pence, None)


def tier_known(situation: Situation) -> Finding:
    """Whether this would be a first or a second notice is sure; a day's doubt is for the authority."""
    rule = situation.value("penalty_notice.second")
    count = counted_towards_limit(situation)
    if count.counted or not count.most:
        tier = price(situation).tier
        says = f"This would be a {'first' if tier == 1 else 'second'} notice to {situation.parent_name}."
        return Finding("penalty_notice.tier", Answer.HOLDS, says, source=rule.source, on=situation.on)
    return Finding(
        "penalty_notice.tier",
        Answer.UNKNOWN if count.unknown else Answer.FOR_A_PERSON,
        f"First or second notice to {situation.parent_name}? "
        f"It turns on {_listed(count.anniversary + count.acquitted + count.unknown)}.",
        source=rule.source,
        missing="the authority says whether that notice counts (and names the tier)",
        answerable_by="la",
        on=situation.on,
    )


def spending(situation: Situation) -> tuple[Notice, ...]:
    """The parent's notices and prosecutions whose sessions are spent: a material error alone frees them."""
    spent = situation.value("penalty_notice.spent")
    return tuple(
        notice
        for notice in situation.ledger
        if notice.kind.value in spent.kinds
        and not notice.public_place
        and not (notice.withdrawn and notice.withdrawal_ground in spent.freed_by_ground)
    )


def spent_sessions_confirmed(situation: Situation) -> Finding:
    """Sessions inside an earlier notice of this parent are left out of what is relied on now."""
    rule = situation.value("penalty_notice.spent")
    listed = "; ".join(
        f"{n.period_from:%-d %B %Y} to {n.period_to:%-d %B %Y}"
        for n in spending(situation)
        if n.period_from and n.period_to
    )
    if not listed:
        says = "No session is spent in an earlier notice of this parent."
        return Finding("penalty_notice.spent", Answer.HOLDS, says, on=situation.on)
    return Finding(
        "penalty_notice.spent",
        Answer.HOLDS,
        f"Sessions already relied on for {situation.parent_name} are left out: {listed}.",
        source=rule.source,
        on=situation.on,
    )


def periods_known(situation: Situation) -> Finding:
    """Every earlier notice that stands says for which days it was, so that spent sessions can be left out."""
    source = situation.value("penalty_notice.spent").source
    without = [n for n in spending(situation) if n.period_from is None or n.period_to is None]
    if not without:
        says = "The days of every earlier notice are known."
        return Finding("penalty_notice.periods", Answer.HOLDS, says, on=situation.on)
    listed = "; ".join(f"{n.issued_on:%-d %B %Y}" for n in without)
    return Finding(
        "penalty_notice.periods",
        Answer.UNKNOWN,
        f"An earlier notice does not say for which days it was ({listed}).",
        source=source,
        missing="the first and last day of that notice",
        answerable_by="la",
        on=situation.on,
    )


def none_waiting(situation: Situation) -> Finding:
    """No request about this parent already waits for the authority's decision."""
    waiting = request_waiting(situation)
    rule = "penalty_notice.none_waiting"
    if waiting is None:
        return Finding(
            rule, Answer.HOLDS, "No request for this parent waits for a decision.", on=situation.on
        )
    ref = situation.case.refs_of(e.PenaltyNoticeRequested, parent_id=situation.parent_id)[-1:]
    return Finding(
        rule,
        Answer.FAILS,
        f"A request about {situation.parent_name} of {waiting.on:%-d %B %Y} still waits for the authority.",
        ref,
        missing="the authority's decision on that request",
        answerable_by="la",
        on=situation.on,
    )


def request_waiting(situation: Situation) -> e.PenaltyNoticeRequested | None:
    """The latest request about this parent that was neither returned, issued nor declined."""
    waiting: e.PenaltyNoticeRequested | None = None
    for item in situation.case.recorded:
        event = item.event
        if getattr(event, "parent_id", "") != situation.parent_id or event.on > situation.on:
            continue
        match event:
            case e.PenaltyNoticeRequested():
                waiting = event
            case e.PenaltyNoticeIssued(offence="absence"):
                waiting = None
            case e.StepDeclined(stage="penalty_notice_issue") | e.ReferralReturned(stage="penalty_notice"):
                waiting = None
    return waiting


def requested(situation: Situation) -> Finding:
    """The school asked for this notice, or the authority says why it acts without a request."""
    waiting = request_waiting(situation)
    rule = "penalty_notice.requested"
    if waiting is not None:
        refs = situation.case.refs_of(e.PenaltyNoticeRequested, parent_id=situation.parent_id)[-1:]
        says = f"The school asked for a notice on {waiting.on:%-d %B %Y}."
        return Finding(rule, Answer.HOLDS, says, refs, on=situation.on)
    return Finding(
        rule,
        Answer.FOR_A_PERSON,
        f"No request about {situation.parent_name} waits. Does the authority act of its own motion?",
        source=situation.value("penalty_notice.below_threshold").source,
        missing="the school's request, or the authority's reasons for acting without one",
        answerable_by="la",
        on=situation.on,
    )
