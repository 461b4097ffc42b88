"""V15 to V18 and V21: the certificate, the statement, what does not belong, the file, the wording."""

import re

from casework.domain.evidence import Checked, Part
from casework.policy import Value
from casework.rules import register
from casework.rules.preflight.pack import PackInHand, period_of
from casework.rules.preflight.saying import said, worst

_PLAIN = re.compile(r"^[A-Za-z0-9]+\.pdf$")
_SAFE = re.compile(r"^[A-Za-z0-9.-]+$")
_CERTIFICATE = ("headteacher_certificate", "headteachers_certificate")


def certificate(pack: PackInHand, rule: Value) -> Checked:
    """V15: signed by the head, for the very period, its rows the register's, with the changes attached."""
    wanted = pack.enclosed("head_certificate")
    if wanted is None or not wanted.needed:
        return said(rule, True, "No certificate is asked for.")
    if wanted.missing:
        return said(rule, False, f"The certificate is missing: {wanted.lacking}.", item="head_certificate")
    situation = pack.situation
    looks = []
    first, last = period_of(situation, pack.pack)
    for name, fields in pack.forms.items():
        if name not in _CERTIFICATE:
            continue
        period = (str(fields.get("period_from")), str(fields.get("period_to")))
        if period != (first.isoformat(), last.isoformat()):
            says = f"It is for {period[0]} to {period[1]}; the pack rests on {first} to {last}."
            looks.append(said(rule, False, says, item="head_certificate"))
        counts = situation.facts.counts(first, last, situation.school.urn)
        now = (counts.possible, counts.attended, counts.authorised, counts.unauthorised)
        its = tuple(fields.get(n) for n in ("possible", "attended", "authorised", "unauthorised"))
        if period == (first.isoformat(), last.isoformat()) and its != now:
            says = f"It counts {its[3]} unauthorised of {its[0]}; the register {now[3]} of {now[0]}."
            looks.append(said(rule, False, says, item="head_certificate"))
        role = str(fields.get("signed_role", "")).lower()
        if role and "head" not in role:
            looks.append(
                said(rule, False, f"Signed as {role}; only the head signs.", item="head_certificate")
            )
    signed_on = min((h.on for h in wanted.held), default=situation.on)
    if signed_on < last:
        says = f"Signed on {signed_on:%-d %B %Y}, before the period ended on {last:%-d %B %Y}."
        looks.append(said(rule, False, says, item="head_certificate"))
    changes = pack.enclosed("history_of_change")
    if changes is not None and not changes.included:
        looks.append(said(rule, False, "The register's changes are not attached.", item="history_of_change"))
    if register.blanks(situation, first, last):
        looks.append(said(rule, False, "The period holds sessions without a mark.", item="head_certificate"))
    return worst(said(rule, True, "The certificate is the head's, for the period, as the register."), *looks)


def statement(pack: PackInHand, rule: Value) -> Checked:
    """V16: every paragraph confirmed by the witness, the signed statement there, exhibits labelled."""
    wanted = pack.enclosed("statement")
    if wanted is None:
        return said(rule, True, "This pack has no statement.")
    if pack.paragraphs is None:
        return said(rule, False, "No statement was begun.", item="statement")
    confirmed, every = pack.paragraphs
    if confirmed < every:
        says = f"{every - confirmed} of {every} paragraphs wait for the witness to confirm them."
        return said(rule, False, says, item="statement")
    if not any(h.kind == "signed_statement" for h in wanted.held):
        says = "Every paragraph is confirmed; the signed statement is not on the case yet."
        return said(rule, False, says, item="statement")
    return said(rule, True, f"All {every} paragraphs are confirmed, and the signed statement is there.")


def nothing_excluded(pack: PackInHand, rule: Value) -> Checked:
    """V17: no pupil's form where it is refused, no DSL material without a release, no risk sheet served."""
    situation = pack.situation
    switch = situation.policy.maybe("la.pupil_voice", situation.on)
    refuses = switch is not None and switch.get("in_bundle") is False
    wrong = []
    for item in pack.wanted:
        for held in item.held:
            voice = held.kind in ("pupil_voice", "three_houses")
            refused = refuses and item.part is not Part.NOT_EXHIBITED
            sealed = item.part is Part.SERVED and not pack.rule.get("dsl_only")
            if refused if voice else held.kind in rule.kinds and sealed:
                wrong.append(held.title)
    if wrong:
        return said(rule, False, f"Does not belong in what is sent: {', '.join(wrong)}.", item=wrong[0])
    return said(rule, True, "Nothing in it that does not belong.")


def file(pack: PackInHand, rule: Value) -> Checked:
    """V18: one PDF under a name the authority takes, no larger than it takes."""
    situation = pack.situation
    switch = situation.policy.maybe("la.evidence_file", situation.on)
    if not pack.files:
        return said(rule, True, "The file is not made yet; its name and form are set when it is.")
    most = (switch.get("megabytes") if switch is not None else None) or rule.megabytes
    looks = []
    for made in pack.files:
        plain = switch is not None and switch.get("plain_name")
        if not (_PLAIN if plain else _SAFE).match(made.name):
            looks.append(said(rule, False, f"The name {made.name} holds signs that are not taken."))
        if made.size > most * 1_000_000:
            size = made.size / 1_000_000
            looks.append(
                said(rule, False, f"{made.name} is {size:.1f} MB; {most} MB are taken.", item=made.name)
            )
    served = [made for made in pack.files if made.part is Part.SERVED]
    if len(served) != 1:
        looks.append(said(rule, False, f"What is served is {len(served)} files; one is taken."))
    if switch is not None and switch.get("names_pupil"):
        says = f"The authority's own rule puts the pupil's name in the file's name. {switch.says}"
        looks.append(said(rule, False, says, warn=True))
    return worst(said(rule, True, f"One PDF, {sum(m.pages for m in served)} pages."), *looks)


def wording(pack: PackInHand, rule: Value) -> Checked:
    """V21: no amount or name of the old scheme stands in what the school itself writes."""
    found = [
        f"{title}: {phrase}"
        for title, text in pack.texts.items()
        for phrase in rule.phrases
        if _stands_in(phrase, text)
    ]
    if found:
        return said(rule, False, f"No longer of today: {'; '.join(found)}.")
    return said(rule, True, f"{len(pack.texts)} documents read: amounts and names are today's.")


def _stands_in(phrase: str, text: str) -> bool:
    """Whether a phrase stands in a text as a whole: £60 is not part of £600 or of £160."""
    edge = r"(?![\d,])" if phrase[-1].isdigit() else ""
    return re.search(re.escape(phrase) + edge, text, re.IGNORECASE) is not None
