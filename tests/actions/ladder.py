"""How the actions' tests take Robin's case up the ladder, as an officer would."""

from datetime import date

from casework.actions import cases, decide, support, sweeping, triage
from casework.actions.installation import Installation
from casework.domain import Case, Consideration, Decision, Officer, StageName
from tests.actions.world import FIRST_SWEEP, HEAD, PASTORAL, ROBIN, URN, by

DETAILS = {
    "period_from": "2026-11-23",
    "improvement_test": "No further unauthorised absence.",
    "early_grounds": "Any unauthorised absence in the period.",
    "further_support": "a bus pass",
}
ANSWERS = {"equality_act": "yes", "send": "no", "medical": "no", "section_19": "no", "social_worker": "yes"}
CONSIDERED = tuple(
    Consideration(f"considerations.formal_step.{question}", answer, "It was looked at.", ("#1",))
    for question, answer in ANSWERS.items()
)


def accepted(inst: Installation) -> Case:
    """Robin's case, opened from the first list."""
    sweeping.sweep(inst, URN, FIRST_SWEEP)
    return triage.accept(inst, by(PASTORAL, FIRST_SWEEP), URN, ROBIN)


def noticing(officer: Officer = PASTORAL, role: str = "pastoral_lead", on: date = FIRST_SWEEP) -> Decision:
    """The decision to write to the family for the first time."""
    return Decision(StageName.NOTICING, officer, role, on, True, "Absence has grown since September.")


def notice(on: date = date(2026, 11, 20)) -> Decision:
    """The headteacher's decision on a notice to improve, every question answered."""
    return Decision(
        StageName.NOTICE_TO_IMPROVE,
        HEAD,
        "headteacher",
        on,
        True,
        "Help was declined twice.",
        "c1",
        CONSIDERED,
        DETAILS,
    )


def helped(inst: Installation, case: Case) -> Case:
    """Support offered against the barrier, and declined."""
    who = by(PASTORAL, FIRST_SWEEP)
    support.barrier(inst, who, case.ref, "transport", "The bus was the word he used.")
    case = support.offer(inst, who, case.ref, barrier="transport", offer="a bus pass", parent_id="c1")
    offer_id = case.offers[-1][0].offer_id
    return support.offer_outcome(inst, who, case.ref, offer_id=offer_id, outcome="declined")


def noticed(inst: Installation) -> Case:
    """Robin's case with its first step taken."""
    return decide.decide(inst, accepted(inst).ref, "noticing", noticing())


def given_notice(inst: Installation) -> Case:
    """Robin's case with a notice to improve to one parent."""
    case = helped(inst, noticed(inst))
    return decide.decide(inst, case.ref, "notice_to_improve", notice())


def loaded(inst: Installation, case: Case) -> Case:
    """A case as it stands now."""
    return cases.load(inst, HEAD, case.ref)
