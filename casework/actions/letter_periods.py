"""Which days a document counts: a letter those that count now, a form those asked about."""

from datetime import date

from casework.domain import Session
from casework.domain import events as e
from casework.domain.calendar import academic_year_of
from casework.rules import proceedings
from casework.rules.situation import Situation


def counted_sessions(situation: Situation) -> tuple[Session, ...]:
    """The sessions towards the threshold on the day asked about, those spent for the parent left out."""
    limit = situation.value("penalty_notice.threshold")
    weeks = situation.facts.school_weeks_ending(situation.on, limit.school_weeks)
    counted = situation.facts.missed(limit.codes, weeks, situation.on, situation.parent_id)
    return tuple(Session.parse(item) for item in counted)


def period_of(situation: Situation) -> tuple[date, date]:
    """The days a letter counts: from the first session that counts, or the start of the half term, to now."""
    counted = counted_sessions(situation)
    last = situation.calendar.last_session(situation.on)
    end = last.date if last else situation.on
    if counted:
        return counted[0].date, end
    return _half_term_start(situation, end), end


def _half_term_start(situation: Situation, end: date) -> date:
    sessions = situation.calendar.sessions_between(date.min, end)
    if not sessions:
        return end
    latest = situation.calendar.half_term_of(sessions[-1])
    first = end
    for session in reversed(sessions):
        if situation.calendar.half_term_of(session) != latest:
            break
        first = session.date
    return first


def period_of_case(situation: Situation) -> tuple[date, date]:
    """What court can still be asked about, once it is; else the latest request's; else the year so far."""
    if charged := _can_be_charged(situation):
        return charged[0].date, charged[-1].date
    asked = situation.case.last(e.PenaltyNoticeRequested, parent_id=situation.parent_id)
    if asked is not None:
        return asked.period_from, asked.period_to
    days = situation.calendar.days_between(date(situation.on.year - 1, situation.on.month, 1), situation.on)
    return (days[0], days[-1]) if days else (situation.on, situation.on)


def _can_be_charged(situation: Situation) -> tuple[Session, ...]:
    """The sessions of the latest referral for court that an information can still be laid about."""
    referred = situation.case.last(e.ProsecutionReferred, parent_id=situation.parent_id or None)
    parents = [p for p in situation.parents if referred and p.contact_id == referred.parent_id]
    if not parents:
        return ()
    return tuple(item.session for item in proceedings.charges(situation.about(parents[0])).in_time)


def year_to_date(situation: Situation) -> tuple[date, date]:
    """The days of the academic year up to now, by which a policy's own lines are drawn."""
    last = situation.calendar.last_session(situation.on)
    end = last.date if last else situation.on
    days = [day for day in situation.calendar.days if academic_year_of(day) == academic_year_of(end)]
    return (days or [end])[0], end
