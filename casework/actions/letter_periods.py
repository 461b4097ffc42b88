"""Which days a document counts: a letter those that count now, a form those asked about."""

from datetime import date

from casework.domain import Session
from casework.domain import events as e
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
    """The period of the latest request, else the year to the day asked about."""
    asked = situation.case.last(e.PenaltyNoticeRequested, parent_id=situation.parent_id)
    if asked is not None:
        return asked.period_from, asked.period_to
    days = situation.calendar.days_between(date(situation.on.year - 1, situation.on.month, 1), situation.on)
    return (days[0], days[-1]) if days else (situation.on, situation.on)
