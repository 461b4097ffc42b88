"""Forms to the authority: what only a person can say, entered by the demo's named officers, then sent.

A form is made from the case and the register; what nobody recorded there it asks a person for. Here the
person is an invented officer who knows the family of the storyline.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from casework.actions import cases, letters
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.demo import story
from casework.demo.officers import at
from casework.domain import NotAllowed

TEAMS = {
    "332": "Education Support Service",
    "352": "Attendance and Children Missing Education Team",
    "356": "Education Welfare Service",
    "860": "Education Welfare Team",
    "926": "Attendance Service",
}
"""What each authority calls the team that reads the school's forms, in the demo."""

_MISSING = {
    "phone_call": "To the authority's duty officer, at 10.05 today.",
    "dsl_informed": "Yes, before this report was sent.",
    "siblings": "None known at this school.",
}
SAID: Mapping[tuple[str, str], Mapping[str, str]] = {
    (story.CHILD_PROTECTION.upn, "cme_report"): _MISSING
    | {
        "last_seen_by": "The class teacher, at the end of Friday afternoon.",
        "circumstances": "Not in school since, and no answer on any number. Nobody came to the door.",
        "child_protection": "On a plan. The social worker was told at once and agrees with this report.",
    },
    (story.TWENTY_DAY_RUN.upn, "cme_report"): _MISSING
    | {
        "last_seen_by": "The form tutor, on a Friday before half term.",
        "circumstances": "Every number tried and a visit made. A neighbour thinks the family has gone away.",
        "child_protection": "No plan is known: the safeguarding lead asked social care today.",
    },
    (story.SEVERE_PRIMARY.upn, "education_supervision_order_referral"): {
        "siblings": "One younger brother, not yet of school age, whom the child helps to look after.",
        "parents_view": "They would welcome somebody who comes to the house and stays with it.",
        "child_wishes": "I want to be at school and I want my brother to be all right.",
        "child_needs": "To be free of caring in the mornings; to catch up in reading.",
        "effect_of_change": "A supervisor who visits would be new; nothing else in the child's life changes.",
        "harm": "A year of learning is being lost, and friendships with it.",
        "parents_capability": "Loving and willing; worn out by illness in the family.",
        "why_an_order": "They take up what is offered while somebody stands beside them, and not after.",
        "consultation": "Children's services were asked and agree that an order is the right help.",
        "proposed_plan": "A visit each week\nBreakfast club for both children\nA young carers' group",
        "enclosures": "Register extract\nNotes of the meetings",
    },
    (story.SEVERE_ACADEMY.upn, "prosecution_referral"): {
        "siblings": "None known at this school.",
        "supervision_order_view": "Considered and put to the authority; the parent does not work with us.",
        "defences": "None is known: the child is well, the school is near, no leave was given.",
        "public_interest": "A year of absence, with help offered at every stage.",
        "communication": "English; no difficulty in reading or hearing is known.",
        "enclosures": "Register extract\nThe attendance contract\nCopies of letters",
    },
    (story.HOLIDAY_Y.upn, "penalty_notice_request"): {
        "siblings": "One, at another school, away in the same week.",
        "special_circumstances": "None known. Leave was asked for and refused in writing beforehand.",
        "enclosures": "The request for leave and its refusal\nRegister extract",
    },
}
"""What the demo's officers say on a child's form, by its declared fields."""


def send(inst: Installation, on: date) -> None:
    """Every form that waits for words is made whole by the officer who knows, approved, and sent that day."""
    for (upn, template), said in SAID.items():
        child = story.BY_UPN[upn]
        officer, head = at(child.school.urn, "pastoral"), By(at(child.school.urn, "head"), on)
        approvers = [By(at(child.school.urn, post), on) for post in ("head", "dsl", "pastoral")]
        for case in cases.of_pupil(inst, officer, upn):
            for letter in letters.letters_of(inst, officer, case.ref):
                document = letter.document
                if document.template != template or document.state not in ("draft", "approved"):
                    continue
                if letter.lacking:
                    known = {"la_team": TEAMS[child.school.school.la_code], **said}
                    if "phone_call" in said:
                        known["completed_at"] = f"{on}T10:40"  # not the time of the demo's run
                    letters.complete(inst, By(officer, on), document.document_id, known)
                if document.state == "draft":
                    _approved(inst, approvers, document.document_id)
                letters.issue(inst, head, document.document_id)


def _approved(inst: Installation, approvers: Sequence[By], document_id: str) -> None:
    """Approved by the first of those asked whom the policy lets."""
    for by in approvers:
        try:
            letters.approve(inst, by, document_id)
        except NotAllowed:
            continue
        return
