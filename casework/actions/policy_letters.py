"""The policy's own letters: which one a step or a duty sends, in whose words, over whose name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.documents import template_named
from casework.domain import Officer, Role
from casework.domain import events as e
from casework.domain.words import in_words
from casework.policy import Value
from casework.rules import centres, kindness
from casework.rules.duties import roles_of
from casework.rules.situation import Situation
from casework.stages.stage import Stage
from casework.storage import people
from casework.storage.files import Document

NAME, TITLE = "policy_letter", "policy_title"
"""Where a draft keeps which of the policy's letters it is, and what the school calls it."""


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """One of the policy's letters that a case calls for, and the day its trigger was last raised."""

    name: str
    since: date


def of_stage(situation: Situation, stage: Stage) -> OwnLetter | None:
    """The policy's letter that a step sends in the place of the general one; None where it has none.

    It is the letter of the most severe trigger raised on the case, among those the policy sends at this stage
    on the same template.

    Source: duties, letters
    """
    raised = {opened.trigger: opened.on for opened in situation.case.of(e.CaseOpened)}
    raised |= {again.trigger: again.on for again in situation.case.of(e.TriggerRaised)}
    triggers = situation.policy.under("triggers", situation.on)
    found = [
        (triggers[name].severity, OwnLetter(duty.letter, raised[name]))
        for duty in situation.policy.under("duties", situation.on).values()
        if duty.get("letter") and duty.get("stage") == stage.name and duty.on == "trigger"
        for name in raised.keys() & triggers.keys() & set(duty.of)
    ]
    for _, own in sorted(found, key=lambda item: (item[0], item[1].name)):
        letter = situation.value(f"letters.{own.name}")
        if letter.template == stage.document:
            return OwnLetter(kindness.sent_as(situation, own.name), own.since)
    return None


def said(tx: Connection, situation: Situation, name: str) -> Mapping[str, str]:
    """What the policy says in one of its letters: its words, what it offers, who signs, and the centre.

    Source: letters, roles, centres
    """
    letter = situation.value(f"letters.{name}")
    where = centres.said(situation.policy, situation.pupil, situation.on)
    noticed = " ".join(part for part in (letter.get("noticed") or "", where) if part)
    signer, role = signed_by(tx, situation, letter)
    return {
        NAME: name,
        TITLE: letter.title,
        "noticed": noticed,
        "offers": "\n".join(letter.get("offers") or ()),
        "reference": f"{situation.case.ref}, {letter.title}",
        **({"signed_by": signer.name, "signed_role": role} if signer else {}),
    }


def signed_by(tx: Connection, situation: Situation, letter: Value) -> tuple[Officer | None, str]:
    """Who at the school signs a letter: the first who holds the policy's role for it, and that role in words.

    Nobody where nobody holds it: then whoever makes the letter signs it.

    Source: letters, roles
    """
    staff = [who for who in people.officers(tx, situation.on) if situation.school.urn in who.schools]
    for role in roles_of(situation.policy, letter.signed_by, situation.on):
        for who in staff:
            if role in who.roles:
                words = in_words(role.value if role is Role.HEADTEACHER else letter.signed_by)
                return who, words[:1].upper() + words[1:]
    return None, ""


def title(row: Document) -> str:
    """What a letter is called: as the school's policy calls it, or by its template."""
    own = row.snapshot.get("given", {}).get(TITLE, "")
    return str(own) or template_named(row.template).title


def approvers(situation: Situation, row: Document) -> frozenset[Role]:
    """Who alone approves a letter of the policy, where the policy says so.

    Source: letters, roles
    """
    name = row.snapshot.get("given", {}).get(NAME, "")
    letter = situation.policy.under("letters", situation.on).get(name)
    role = letter.get("approved_by") if letter else None
    return frozenset(roles_of(situation.policy, role, situation.on)) if role else frozenset()
