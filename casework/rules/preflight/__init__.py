"""What is looked at before a pack goes: its contents, V1 to V22, and what this authority sent back before.

Each check passes, warns, stops the pack, or waits for a named person. Unknown never passes.
"""

from collections.abc import Mapping

from casework.domain.evidence import Checked, Outcome, in_short
from casework.rules.preflight import file_checks, people_checks, register_checks
from casework.rules.preflight.pack import FileMade, PackInHand, SentBack, period_of, relied_on, wanted
from casework.rules.preflight.saying import PREFIX, Check

__all__ = [
    "CHECKS",
    "FileMade",
    "PackInHand",
    "SentBack",
    "checked",
    "in_short",
    "period_of",
    "relied_on",
    "wanted",
]

CHECKS: Mapping[str, tuple[str, Check]] = {
    "V1": ("marks_final", register_checks.marks_final),
    "V2": ("rows_total", register_checks.rows_total),
    "V3": ("code_fits", register_checks.code_fits),
    "V4": ("compulsory_age", register_checks.compulsory_age),
    "V5": ("in_time", register_checks.in_time),
    "V6": ("warned", people_checks.warned),
    "V7": ("parents_whole", people_checks.parents_whole),
    "V8": ("support_evidenced", people_checks.support_evidenced),
    "V9": ("absence_after", register_checks.absence_after),
    "V10": ("printouts", register_checks.printouts),
    "V11": ("vulnerability", people_checks.vulnerability),
    "V12": ("explored", people_checks.explored),
    "V13": ("not_a_third", register_checks.not_a_third),
    "V14": ("no_clash", register_checks.no_clash),
    "V15": ("certificate", file_checks.certificate),
    "V16": ("statement", file_checks.statement),
    "V17": ("nothing_excluded", file_checks.nothing_excluded),
    "V18": ("file", file_checks.file),
    "V19": ("authorised", people_checks.authorised),
    "V20": ("dsl_clear", people_checks.dsl_clear),
    "V21": ("wording", file_checks.wording),
    "V22": ("head_confirms", people_checks.head_confirms),
}
"""Each check by its number: the policy's entry for it, and what looks."""

CONTENTS = "contents"
RETURNED = "returned"


def checked(pack: PackInHand) -> tuple[Checked, ...]:
    """Everything found about a pack: what is missing or stale, its checks in order, then earlier returns."""
    found = [*_contents(pack)]
    for number in pack.rule.get("checks", ()):
        name, look = CHECKS[number]
        found.append(look(pack, pack.situation.value(f"{PREFIX}{name}")))
    return (*found, *_returned(pack))


def _contents(pack: PackInHand) -> list[Checked]:
    goes = bool(pack.rule.get("goes_always"))
    found = []
    for item in pack.wanted:
        if not item.needed:
            continue
        outcome, says, remedy = Outcome.PASSES, f"{item.says.capitalize()}: there.", ""
        if item.missing:
            outcome = Outcome.WARNS if goes else Outcome.BLOCKS
            says = (
                f"{item.says.capitalize()}: missing, {item.lacking or 'it is not on the case'} ({item.why})."
            )
            remedy = "Issue it on the case, or record it as received with its file."
        elif item.stale:
            outcome, says = Outcome.BLOCKS, f"{item.says.capitalize()}: {item.stale}."
            remedy = "Take the step anew, or say to the authority why it still stands."
        found.append(Checked(CONTENTS, item.name, outcome, says, item.name, remedy, source=item.source))
    return found


def _returned(pack: PackInHand) -> list[Checked]:
    """What this authority sent packs back for, from any school: a person says that it is right this time."""
    found = []
    for back in pack.returned if pack.rule.get("stage") else ():
        name = f"{RETURNED}.{back.check}"
        times = "once" if back.times == 1 else f"{back.times} times"
        says = f"This authority sent packs back {times} for: {back.says} (last on {back.last_on:%-d %B %Y})."
        answer = pack.answers.get(name)
        outcome = Outcome.NEEDS_A_PERSON
        if answer is not None:
            passed = answer.answer == "yes"
            outcome = Outcome.PASSES if passed else Outcome.BLOCKS
            says = f"{says} {answer.by} answered {answer.answer}: {answer.because}"
        question = f"Is it right this time: {back.says}?" if outcome is Outcome.NEEDS_A_PERSON else ""
        remedy = "" if outcome is Outcome.PASSES else "Look at it and answer."
        title = "Sent back before by this authority"
        found.append(Checked(name, title, outcome, says, back.check, remedy, question))
    return found
