"""The nouns: frozen values and the words for them. Standard library only."""

from casework.domain.calendar import SchoolCalendar
from casework.domain.case import Case, CaseStatus, Decision, StageName
from casework.domain.errors import CaseworkError, FileRefused, NotAllowed, NotFound, NotInForce, Problem
from casework.domain.events import Consideration, Event, FindingRecord, Recorded
from casework.domain.finding import Answer, Finding, Force, Source
from casework.domain.notices import Notice, NoticeKind, NoticeStatus, Professional
from casework.domain.people import ENGINE, Officer, Parent, Pupil, Role, School
from casework.domain.register import Half, Mark, Session

__all__ = [
    "ENGINE",
    "Answer",
    "Case",
    "CaseStatus",
    "CaseworkError",
    "Consideration",
    "Decision",
    "Event",
    "FileRefused",
    "Finding",
    "FindingRecord",
    "Force",
    "Half",
    "Mark",
    "NotAllowed",
    "NotFound",
    "NotInForce",
    "Notice",
    "NoticeKind",
    "NoticeStatus",
    "Officer",
    "Parent",
    "Problem",
    "Professional",
    "Pupil",
    "Recorded",
    "Role",
    "School",
    "SchoolCalendar",
    "Session",
    "Source",
    "StageName",
]
