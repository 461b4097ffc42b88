"""What each school's own policy has its staff do in the term, through the same doors as everybody.

Records are of the kinds each policy names; what they bring is asked for by the next sweep.
"""

from datetime import date, datetime

from casework.actions import absence, cases, decide, letters, pack_use, support
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.demo import past, story
from casework.demo.desk import Desk, desk_of, open_case, parents_of
from casework.demo.officers import at
from casework.demo.schools import PRIMARY
from casework.domain.events import MeetingArranged, TaskAdded

_RECORDS = (
    (
        story.SEVERE_PROVISION,
        "visit_made",
        {"outcome": "no_answer", "child_seen": "no", "says": "Curtains drawn. Nobody came to the door."},
    ),
    (
        story.SEVERE_INFANT,
        "circumstances",
        {"barrier": "Anxious at the classroom door", "says": "Cries when the mother turns to go."},
    ),
    (
        story.SEVERE_PRIMARY,
        "single_plan",
        {"agency": "early help", "lead_practitioner": "Ffion Garrod", "plan": "One plan for both children"},
    ),
    (
        story.SEVERE_SECONDARY,
        "home_visit",
        {"outcome": "seen", "child_seen": "yes", "says": "At home with the baby. Glad of the visit."},
    ),
    (
        story.SEVERE_TRAINING,
        "known_absence",
        {"method": "message", "says": "The youth worker says that he is with his uncle until Friday."},
    ),
)


def records(inst: Installation, on: date) -> None:
    """Each school keeps one of its policy's own kinds of record on a case."""
    for child, kind, given in _RECORDS:
        desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
        pack_use.record(inst, desk.by(f"record {kind}"), desk.ref, kind, given)


def panel(inst: Installation, on: date) -> None:
    """The action plan was not enough: the provision invites to its Attendance Panel, with Letter 3a."""
    child = story.SEVERE_PROVISION
    desk = desk_of(inst, at(child.school.urn, "attendance"), child, on)
    barrier = "Getting up after nights at the garage"
    support.barrier(inst, desk.by("barrier"), desk.ref, barrier)
    for parent in parents_of(inst, child):
        support.offer(
            inst,
            desk.by(f"offer {parent.contact_id}"),
            desk.ref,
            barrier=barrier,
            offer="Workshop mornings that begin at ten",
            parent_id=parent.contact_id,
            given_by="The centre",
        )
    support.arrange_meeting(
        inst,
        desk.by("panel"),
        desk.ref,
        meeting="Attendance Panel",
        at=datetime.fromisoformat("2026-10-15T10:00"),
        place="The Forge, upstairs",
        invited=tuple(parent.contact_id for parent in parents_of(inst, child)),
    )
    for letter in letters.letters_of(inst, desk.officer, desk.ref):
        if letter.document.template == "panel_invitation" and letter.lacking:
            letters.complete(inst, By(desk.officer, on), letter.document.document_id, _COMING)


def panel_held(inst: Installation, on: date) -> None:
    """The panel meets with the father, and hears what the boy says."""
    child = story.SEVERE_PROVISION
    desk = desk_of(inst, at(child.school.urn, "head"), child, on)
    support.hold_meeting(
        inst,
        desk.by("panel held"),
        desk.ref,
        meeting_id=open_case(inst, child).of(MeetingArranged)[-1].meeting_id,
        attended=tuple(parent.contact_id for parent in parents_of(inst, child)),
        absent=(),
        says="Early Help is asked for; Lennox moves to the workshop mornings.",
        pupil_view="I come in for the workshop. I do not come in for the corridor.",
    )


def level_3(inst: Installation, on: date) -> None:
    """A family had the Level 3 letter last year: they are asked again to come and talk."""
    desk = _after_level_3(inst, on)
    support.arrange_meeting(
        inst,
        desk.by("level 3"),
        desk.ref,
        meeting="Level 3 meeting",
        at=datetime.fromisoformat("2026-11-10T15:30"),
        place="The family room",
        invited=_parents(desk),
    )


def level_3_missed(inst: Installation, on: date) -> None:
    """Nobody came: what the policy sends then is the Level 4 letter."""
    desk = _after_level_3(inst, on)
    case = cases.load(inst, desk.officer, desk.ref)
    support.hold_meeting(
        inst,
        desk.by("level 3 missed"),
        desk.ref,
        meeting_id=case.of(MeetingArranged)[-1].meeting_id,
        absent=_parents(desk),
        says="Nobody came, and nobody rang. We will ring them tomorrow.",
    )


def _after_level_3(inst: Installation, on: date) -> Desk:
    """The case of the family to whom a Level 3 letter went before casework came."""
    officer = at(PRIMARY.urn, "pastoral")
    found = next(
        case
        for case in cases.of_school(inst, officer, PRIMARY.urn, on)
        if any(task.title.startswith(past.LEVEL_3) for task in case.of(TaskAdded))
    )
    return Desk(inst, officer, found.ref, on, found.upn)


def _parents(desk: Desk) -> tuple[str, ...]:
    now = decide.situation(desk.inst, desk.officer, desk.ref, desk.on)
    return tuple(parent.contact_id for parent in now.liable_parents)


_COMING = {"who_comes": "The headteacher\nThe attendance officer", "reply_by": "2026-10-12"}


def nobody_reached(inst: Installation, on: date) -> None:
    """The provider's ladder: the parent, then the emergency contact; the commissioner is tried next."""
    child = story.NOT_REACHED
    officer = at(child.school.urn, "attendance")
    for contact in child.person.contacts:
        absence.record_call(
            inst,
            By(officer, on, key=f"demo:call:{child.upn}:{contact.contact_id}:{on}"),
            child.school.urn,
            child.upn,
            on,
            contact_id=contact.contact_id,
            method="call",
            outcome="no_answer",
            state="not_reached",
        )
