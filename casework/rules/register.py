"""The sessions a step relies on: which count for this parent, and whether their marks are final."""

from dataclasses import dataclass, replace
from datetime import date

from casework.domain import Answer, Finding, SchoolCalendar, Session
from casework.domain import events as e
from casework.domain.calendar import monday_of
from casework.facts import Uncounted, Weighed
from casework.facts.spent import spent_for, spent_for_all
from casework.rules import compulsory_age
from casework.rules.situation import Situation

CHANGES = "register.changes_reviewed"
FINAL = "register.marks_final"


def weighed(situation: Situation) -> tuple[Weighed, ...]:
    """Every absence up to the day asked about, over all school weeks, and why one does not count."""
    if "weighed" not in situation.kept:
        found = _weighed_for_nobody(situation)
        counting = [item.session for item in found if item.uncounted is None]
        if situation.parent_id:
            spent = spent_for(situation.parent_id, situation.ledger, counting, situation.on)
        else:
            responsible = [p.contact_id for p in situation.parents if p.parental_responsibility]
            spent = spent_for_all(responsible, situation.every_notice, counting, situation.on)
        situation.kept["weighed"] = tuple(
            item._replace(uncounted=Uncounted.SPENT)
            if item.uncounted is None and item.session in spent
            else item
            for item in found
        )
    found_before: tuple[Weighed, ...] = situation.kept["weighed"]
    return found_before


def _weighed_for_nobody(situation: Situation) -> tuple[Weighed, ...]:
    """Every absence weighed before any notice is looked at: the same for every parent."""
    if "weighed" not in situation.shared:
        facts = replace(situation.facts, notices=(), compulsory=compulsory_age.span(situation))
        codes = frozenset(situation.value("penalty_notice.threshold").codes)
        situation.shared["weighed"] = facts.weigh(codes, frozenset(school_weeks(situation)), situation.on)
    found: tuple[Weighed, ...] = situation.shared["weighed"]
    return found


def school_weeks(situation: Situation) -> tuple[date, ...]:
    """The Monday of every school week of the pupil so far, oldest first."""
    if "school_weeks" not in situation.shared:
        every = sum(len(register.calendar.weeks) for register in situation.facts.registers)
        situation.shared["school_weeks"] = situation.facts.school_weeks_ending(situation.on, every or 1)
    weeks: tuple[date, ...] = situation.shared["school_weeks"]
    return weeks


def unauthorised(situation: Situation) -> tuple[Weighed, ...]:
    """Unauthorised absences of compulsory school age, not spent for this parent, oldest first."""
    if "unauthorised" not in situation.kept:
        situation.kept["unauthorised"] = tuple(i for i in weighed(situation) if i.uncounted is None)
    found: tuple[Weighed, ...] = situation.kept["unauthorised"]
    return found


def window_ending(situation: Situation, on: date) -> tuple[date, ...]:
    """The Mondays of the threshold's school weeks up to a day."""
    windows: dict[date, tuple[date, ...]] = situation.shared.setdefault("windows", {})
    if on not in windows:
        limit = situation.value("penalty_notice.threshold")
        windows[on] = situation.facts.school_weeks_ending(on, limit.school_weeks)
    return windows[on]


def counted_at(situation: Situation, on: date) -> tuple[Weighed, ...]:
    """What counted towards the threshold in the school weeks that end on a day."""
    weeks = set(window_ending(situation, on))
    return tuple(
        item
        for item in unauthorised(situation)
        if item.session.date <= on and monday_of(item.session.date) in weeks
    )


def relied_on(situation: Situation) -> tuple[Weighed, ...]:
    """The sessions the next step about this parent rests on.

    While a request waits, those of its period. After a notice to improve, the fullest window from the notice
    to now, for the threshold was met when it was given. Otherwise the window that ends on that day.
    """
    if "relied_on" not in situation.kept:
        situation.kept["relied_on"] = _relied_on(situation)
    relied: tuple[Weighed, ...] = situation.kept["relied_on"]
    return relied


def _relied_on(situation: Situation) -> tuple[Weighed, ...]:
    period = _period_asked_for(situation)
    if period:
        first, last = period
        return tuple(item for item in unauthorised(situation) if first <= item.session.date <= last)
    since = _improvement_began(situation)
    now = counted_at(situation, situation.on)
    if since is None:
        return now
    return max(now, counted_at(situation, since), *_windows_since(situation, since), key=len)


def _windows_since(situation: Situation, since: date) -> list[tuple[Weighed, ...]]:
    """What counted in the school weeks that end on each day of unauthorised absence from a day on."""
    items = unauthorised(situation)
    place = {week: number for number, week in enumerate(school_weeks(situation))}
    size = situation.value("penalty_notice.threshold").school_weeks
    places = [place[monday_of(item.session.date)] for item in items]
    found: list[tuple[Weighed, ...]] = []
    first = 0
    for last, item in enumerate(items):
        while places[last] - places[first] >= size:
            first += 1
        ends_the_day = last + 1 == len(items) or items[last + 1].session.date > item.session.date
        if ends_the_day and item.session.date >= since:
            found.append(items[first : last + 1])
    return found


def _period_asked_for(situation: Situation) -> tuple[date, date] | None:
    """The period of the request that waits for a decision about this parent."""
    waiting: tuple[date, date] | None = None
    for item in situation.case.recorded:
        event = item.event
        if getattr(event, "parent_id", "") != situation.parent_id or event.on > situation.on:
            continue
        match event:
            case e.PenaltyNoticeRequested():
                waiting = (event.period_from, event.period_to)
            case (
                e.PenaltyNoticeIssued() | e.ReferralReturned() | e.StepDeclined(stage="penalty_notice_issue")
            ):
                waiting = None
    return waiting


def _improvement_began(situation: Situation) -> date | None:
    """When the parent's latest notice to improve was given, unless it ended well or was withdrawn."""
    began: date | None = None
    for item in situation.case.recorded:
        event = item.event
        if getattr(event, "parent_id", "") != situation.parent_id or event.on > situation.on:
            continue
        if isinstance(event, e.NoticeToImproveIssued):
            began = event.issued_on
        elif isinstance(event, e.NoticeToImproveEnded) and event.verdict not in (
            "not_improved",
            "not_sufficient",
        ):
            began = began if event.verdict == "ended_early" else None
    return began


@dataclass(frozen=True, slots=True)
class Marked:
    """Sessions of a stretch at the case's school: those possible and attended, and those without a mark."""

    possible: int
    attended: int
    unmarked: int


def counts_between(situation: Situation, start: date, end: date) -> Marked:
    """Possible, attended and unmarked sessions from `start` to `end`, both included."""
    counts = situation.facts.counts(start, end, situation.school.urn)
    return Marked(counts.possible, counts.attended, len(blanks(situation, start, end)))


def blanks(situation: Situation, start: date, end: date) -> tuple[Session, ...]:
    """Open sessions on the roll without a mark, at any of the pupil's schools, from `start` to `end`."""
    found: set[Session] = set()
    for register in situation.facts.registers:
        calendar: SchoolCalendar = register.calendar
        for session in calendar.sessions_between(start, min(end, situation.on)):
            if register.on_roll(session.date) and session not in register.looked_at:
                found.add(session)
    return tuple(sorted(found))


def _off_the_calendar(situation: Situation, start: date, end: date) -> tuple[Session, ...]:
    """Absences that would count, marked on sessions that their school's calendar does not have."""
    codes = situation.value("penalty_notice.threshold").codes
    return tuple(
        sorted(
            mark.session
            for held in situation.facts.registers
            for mark in held.marks
            if start <= mark.session.date <= end
            and mark.code in codes
            and held.on_roll(mark.session.date)
            and not held.calendar.is_open(mark.session)
        )
    )


def marks_final(situation: Situation) -> Finding:
    """No blank and no code the authority refuses lies between the first and last session relied on."""
    return final_over(situation, relied_on(situation))


def final_over(situation: Situation, relied: tuple[Weighed, ...]) -> Finding:
    """The same for sessions given, oldest first."""
    rule = situation.value("penalty_notice.evidence_codes")
    if not relied:
        says = "No unauthorised session is relied on."
        return Finding(FINAL, Answer.HOLDS, says, source=rule.source, on=situation.on)
    first, last = relied[0].session.date, relied[-1].session.date
    missing = blanks(situation, first, last)
    if missing:
        return Finding(
            FINAL,
            Answer.UNKNOWN,
            f"{len(missing)} session{'s' if len(missing) != 1 else ''} inside the period relied on "
            f"{'have' if len(missing) != 1 else 'has'} no mark.",
            tuple(map(str, missing)),
            rule.source,
            "the register's keeper enters the marks",
            "school",
            situation.on,
        )
    if gaps := _off_the_calendar(situation, first, last):
        named = ", ".join(map(str, gaps))
        return Finding(
            FINAL,
            Answer.UNKNOWN,
            f"The register has an absence where the school's calendar has no session: {named}.",
            tuple(map(str, gaps)),
            rule.source,
            f"the school's calendar for {named}, or the mark corrected",
            "school",
            situation.on,
        )
    refused = tuple(item for item in relied if item.code not in rule.codes)
    if refused:
        codes = ", ".join(sorted({item.code for item in refused}))
        return Finding(
            FINAL,
            Answer.FAILS,
            f"{len(refused)} of the sessions relied on {'are' if len(refused) > 1 else 'is'} marked {codes}, "
            "which the authority does not accept.",
            tuple(str(item.session) for item in refused),
            rule.source,
            "the reason for each of those absences, entered in the register",
            "school",
            situation.on,
        )
    says = "Every mark relied on is final."
    return Finding(FINAL, Answer.HOLDS, says, source=rule.source, on=situation.on)


def changes_reviewed(situation: Situation) -> Finding:
    """A person has looked at every mark that changed under a step already taken."""
    changed = situation.case.unreviewed_mark_changes
    if not changed:
        return Finding(CHANGES, Answer.HOLDS, "No mark relied on has changed unseen.", on=situation.on)
    named = "; ".join(
        f"{c.session} from {c.was or 'no mark'} to {c.now or 'no mark'}"
        + (f" by {c.changed_by}" if c.changed_by else "")
        for c in changed
    )
    return Finding(
        CHANGES,
        Answer.FAILS,
        f"A mark that an earlier step relied on has changed: {named}.",
        tuple(change.session for change in changed),
        missing="a person looks at the changed mark and says what follows",
        answerable_by="school",
        on=situation.on,
    )


def on_roll(situation: Situation) -> Finding:
    """The pupil is on the roll of the case's school on the day asked about."""
    held = is_on_roll(situation)
    name = situation.school.name
    if held is None:
        return Finding(
            "roll.on_roll",
            Answer.UNKNOWN,
            f"No admission register of {name} is held for this pupil.",
            missing="the school's roll",
            answerable_by="school",
            on=situation.on,
        )
    if held:
        return Finding("roll.on_roll", Answer.HOLDS, f"On the roll of {name}.", on=situation.on)
    return Finding(
        "roll.on_roll",
        Answer.FAILS,
        f"Not on the roll of {name}.",
        missing="nothing here: the work goes to the pupil's present school or the authority",
        answerable_by="school",
        on=situation.on,
    )


def is_on_roll(situation: Situation) -> bool | None:
    """Whether the pupil is on the roll of the case's school; None where no roll is held."""
    for register in situation.facts.registers:
        if register.urn == situation.school.urn:
            return register.on_roll(situation.on) if register.roll else None
    return None


def shows_exclusion(situation: Situation) -> bool:
    """Whether the case's school marked the pupil suspended or excluded on any session so far."""
    for register in situation.facts.registers:
        if register.urn == situation.school.urn:
            return any(m.code == "E" and m.session.date <= situation.on for m in register.marks)
    return False
