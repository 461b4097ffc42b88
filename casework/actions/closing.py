"""What is still open on a case when somebody would close it, as sentences: closing hides none of it.

Source: nothing; closing is a decision of the case's owner, who is shown everything that waits.
"""

from collections.abc import Iterator

from casework.domain import Case
from casework.domain import events as e
from casework.domain.words import day, in_words


def still_open(case: Case) -> tuple[str, ...]:
    """Everything begun on a case and not ended, what is due first by kind."""
    return (*_tasks(case), *_letters(case), *_meetings(case), *_help(case), *_formal(case), *_other(case))


def _tasks(case: Case) -> Iterator[str]:
    for task in case.open_tasks:
        yield f"{task.title} (due {day(task.due_on)})"


def _letters(case: Case) -> Iterator[str]:
    withdrawn = {event.document_id for event in case.of(e.DocumentWithdrawn)}
    issued = {event.document_id for event in case.of(e.DocumentIssued)}
    served = {event.document_id for event in case.of(e.DocumentServed)}
    for drafted in case.of(e.DocumentDrafted):
        if drafted.document_id in withdrawn | served:
            continue
        title = in_words(drafted.letter or drafted.template)
        if drafted.document_id not in issued:
            yield f"Letter {drafted.document_id}, {title}: drafted and not issued"
        else:
            yield f"Letter {drafted.document_id}, {title}: issued, and how it went is not recorded"


def _meetings(case: Case) -> Iterator[str]:
    held = {event.meeting_id for event in case.of(e.MeetingHeld)}
    for meeting in case.of(e.MeetingArranged):
        if meeting.meeting_id not in held:
            kind = in_words(meeting.meeting).capitalize()
            yield f"{kind} of {day(meeting.at.date())}: nobody said it was held"


def _help(case: Case) -> Iterator[str]:
    for offer, outcome in case.offers:
        if outcome is None:
            yield f"Offer of {in_words(offer.offer)}: nobody said what became of it"


def _formal(case: Case) -> Iterator[str]:
    if len(case.of(e.AttendanceContractAgreed)) > len(case.of(e.AttendanceContractEnded)):
        yield "Attendance contract in force"
    for issued in case.of(e.NoticeToImproveIssued):
        verdicts = case.of(e.NoticeToImproveEnded, parent_id=issued.parent_id)
        if not any(verdict.on >= issued.on for verdict in verdicts):
            yield f"Notice to improve of {day(issued.issued_on)}: without a verdict"
    settled = {event.notice_id for event in case.of(e.PenaltyNoticePaid)}
    settled |= {event.notice_id for event in case.of(e.PenaltyNoticeWithdrawn)}
    for notice in case.of(e.PenaltyNoticeIssued):
        if notice.notice_id not in settled and not case.of(e.ProsecutionDecided, parent_id=notice.parent_id):
            yield f"Penalty notice {notice.notice_id}: neither paid nor withdrawn"
    ended = {event.clock_id for event in case.of(e.ClockStopped)}
    ended |= {event.clock_id for event in case.of(e.ClockFired)}
    for clock in case.of(e.ClockStarted):
        if clock.clock_id not in ended:
            name = in_words(clock.rule.partition(".")[2] or clock.rule)
            yield f"Clock of {name}, from {day(clock.started_on)}: still runs"


def _other(case: Case) -> Iterator[str]:
    cleared = {event.stop_id for event in case.of(e.StopCleared)}
    for stop in case.of(e.StopNoted):
        if stop.stop_id not in cleared:
            yield f"Stop noted on {day(stop.on)}, {in_words(stop.condition)}: nobody has looked"
    for change in case.unreviewed_mark_changes:
        yield f"Mark of {change.session}: changed under a step, and nobody has looked"
    home = {event.visit_id for event in case.of(e.VisitEnded)}
    for visit in case.of(e.VisitBegun):
        if visit.visit_id not in home:
            yield f"Home visit of {day(visit.on)}: nobody said they are back"
