"""What the LA answers to what was put to it, how court and orders ended, and what other LAs are asked.

Every answer is an officer's of the school's own LA.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.actions import ledger
from casework.actions.access import LA_OFFICERS, Act, require
from casework.actions.authority import UnderWay, act_on, for_the_la, known_parent, task
from casework.actions.decide import starting
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear, given, next_id, one_of
from casework.actions.situations import situation_of
from casework.domain import Case, NotFound, Notice, Officer, StageName
from casework.domain import events as e
from casework.domain.case import STEP_OF_STAGE
from casework.domain.words import in_words
from casework.rules import notices, proceedings
from casework.rules.situation import Situation
from casework.storage import agenda, cases, people

ORDER_ENDINGS = ("applied", "made", "refused", "not_applied", "extended", "discharged")
COURT_ENDINGS = ("convicted", "acquitted", "discontinued")
REFERRED = (
    StageName.PENALTY_NOTICE,
    StageName.PROSECUTION_REFERRAL,
    StageName.EDUCATION_SUPERVISION_ORDER,
    StageName.CME_REPORT,
)
PER_PARENT = (StageName.PENALTY_NOTICE, StageName.PROSECUTION_REFERRAL)
CHASE = "Chase the answer of"


def accept_referral(inst: Installation, by: By, case_ref: str, *, stage: str, parent_id: str = "") -> Case:
    """The LA takes a referral as complete.

    Raises:
        NotAllowed: Not an officer of the school's LA.
        NotFound: Nothing of that kind waits for an answer.
    """

    def make(act: UnderWay) -> None:
        step = _waiting(act.now, stage, parent_id)
        act.add(e.ReferralAccepted(**act.header, stage=step, parent_id=parent_id))

    return for_the_la(inst, by, case_ref, make, parent_id=parent_id)


def return_referral(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    stage: str,
    reasons: Sequence[str],
    checks: Sequence[str] = (),
    parent_id: str = "",
) -> Case:
    """The LA sends a referral back, with reasons.

    Args:
        reasons: In words, for this school alone.
        checks: What was lacking, as parts that a request has: from now on every school of the LA is reminded
            of them before it sends one. They say nothing of a family.
    """
    said = tuple(given(reason, "The reason") for reason in reasons)
    if not said:
        raise Unclear("No reason was given.", "Say why it is returned, so that the school can mend it.")

    def make(act: UnderWay) -> None:
        known = tuple(item.check for item in act.now.value("contents.request_checks").checks)
        lacking = tuple(one_of(check, known, "The check") for check in checks)
        step = _waiting(act.now, stage, parent_id)
        back = e.ReferralReturned(**act.header, stage=step, parent_id=parent_id, reasons=said, checks=lacking)
        task = e.TaskAdded(
            **act.header,
            task_id=next_id(act.now.case, "T", 1),
            title=f"Mend what the LA returned: {'; '.join(said)}",
            due_on=by.on,
            for_officer=act.now.case.owner_id,
        )
        act.add(back, task)

    return for_the_la(inst, by, case_ref, make, parent_id=parent_id)


@dataclass(frozen=True, slots=True)
class Returned:
    """Something for which this LA has sent requests back: how often, and when last."""

    check: str
    says: str
    times: int
    last_on: date


def returned_before(inst: Installation, officer: Officer, case_ref: str, on: date) -> tuple[Returned, ...]:
    """What the LA of a case's school has returned requests for, from any school, most often first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        now = situation_of(tx, cases.load(tx, case_ref), on)
        words = {item.check: item.says for item in now.value("contents.request_checks").checks}
        return tuple(
            Returned(check, words.get(check, check), times, last)
            for check, times, last in agenda.returned_for(tx, now.school.la_code, on)
        )


def _waiting(now: Situation, stage: str, parent_id: str) -> str:
    """The stage, where something of it waits for the LA's answer."""
    step = StageName(one_of(stage, tuple(s.value for s in REFERRED), "What was referred"))
    if step in PER_PARENT and not parent_id:
        raise Unclear(
            f"A {step.value.replace('_', ' ')} is always about one parent.", "Say which, by contact."
        )
    if step is StageName.PENALTY_NOTICE:
        waits = notices.request_waiting(now) is not None
    elif step is StageName.PROSECUTION_REFERRAL:
        waits = bool(proceedings.referral_waiting(now))
    else:
        waits = bool(now.case.of(STEP_OF_STAGE[step]))
    if not waits:
        raise NotFound(f"{in_words(step.value)} that waits", parent_id or now.case.ref, "Look again.")
    return step.value


# -- court and orders ----------------------------------------------------------------------------------------


def end_prosecution(
    inst: Installation, by: By, case_ref: str, *, parent_id: str, outcome: str, reasons: str
) -> Case:
    """How the proceedings against a parent ended: convicted, acquitted or discontinued.

    Raises:
        NotAllowed: Not an officer of the school's LA.
        NotFound: No prosecution of this parent is under way.
    """
    word = one_of(outcome, COURT_ENDINGS, "The outcome")
    why = given(reasons, "What happened")

    def make(act: UnderWay) -> None:
        begun = proceedings.under_way(act.now)
        if not begun:
            raise NotFound("prosecution under way", parent_id or "no parent", "Look at the case again.")
        ended = e.ProsecutionDecided(
            **act.header, parent_id=parent_id, reasons=why, outcome=word, evidence=(begun,)
        )
        act.add(ended)
        ledger.keep(act.tx, act.now.case, ended, inst.now())

    return for_the_la(inst, by, case_ref, make, parent_id=parent_id)


def decide_order(inst: Installation, by: By, case_ref: str, *, outcome: str, reasons: str) -> Case:
    """What the LA or the court decided about an education supervision order, with its reasons.

    An order made starts the clock of its length; whatever is decided ends the time for reasons to the court.
    """
    word = one_of(outcome, ORDER_ENDINGS, "The outcome")
    why = given(reasons, "The reasons")

    def make(act: UnderWay) -> None:
        act.add(e.EducationSupervisionOrderDecided(**act.header, outcome=word, reasons=why))
        case = act.now.case
        ended = {c.clock_id for c in case.of(e.ClockStopped)} | {c.clock_id for c in case.of(e.ClockFired)}
        act.add(
            *(
                e.ClockStopped(**act.header, clock_id=clock.clock_id, outcome=word)
                for clock in case.of(e.ClockStarted)
                if clock.rule == "clocks.reasons_for_no_order" and clock.clock_id not in ended
            )
        )
        if word == "made":
            started = (("clocks.education_supervision_order", act.by.on),)
            act.add(*starting(started, act.now.case, act.header, ""))

    return for_the_la(inst, by, case_ref, make)


# -- earlier notices, asked of other authorities -------------------------------------------------------------


def ask_about_earlier_notices(
    inst: Installation, by: By, case_ref: str, *, parent_id: str, asked_of: str, reply_by: date
) -> Case:
    """Ask another authority whether this parent had notices for this child; chased on the day given.

    The LA's officers and the school may both ask; only an answer makes it known.
    """
    whom = given(asked_of, "Whom it was asked of")
    if not by.officer.holds(*LA_OFFICERS):
        require(by.officer, Act.WRITE_CASES)
    if reply_by <= by.on:
        raise Unclear(f"{reply_by:%d %B %Y} is not a day to come.", "Say when to chase it.")

    def make(act: UnderWay) -> None:
        known_parent(act.now, parent_id)
        asked = e.EnquiryMade(
            **act.header, enquiry=notices.ENQUIRY, asked_of=whom, parent_id=parent_id, answer=""
        )
        act.add(asked, task(act, f"{CHASE} {whom}: notices to parent {parent_id} before?", reply_by, 1))

    return act_on(inst, by, case_ref, make, parent_id=parent_id)


def answer_about_earlier_notices(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    parent_id: str,
    asked_of: str,
    answer: str,
    found: Sequence[Notice] = (),
) -> Case:
    """What another authority answered: `none`, or the notices it named, which go into the ledger.

    Other words ("we keep no record") are kept as they are, leave it unknown, and the authority is chased on.

    Raises:
        NotFound: It was not asked.
    """
    whom, words = given(asked_of, "Whom it was asked of"), given(answer, "The answer")
    if not by.officer.holds(*LA_OFFICERS):
        require(by.officer, Act.WRITE_CASES)

    def make(act: UnderWay) -> None:
        asked = [
            q
            for q in act.now.case.of(e.EnquiryMade, parent_id=parent_id)
            if q.enquiry == notices.ENQUIRY and q.asked_of == whom
        ]
        if not asked:
            raise NotFound("enquiry about earlier notices", whom, "Ask first, then record the answer.")
        strangers = {n.parent_id for n in found} - {parent_id} | {n.upn for n in found} - {act.now.case.upn}
        if strangers:
            raise Unclear("A notice named is not this parent's for this child.", "Leave it out.")
        done = e.EnquiryMade(
            **act.header,
            enquiry=notices.ENQUIRY,
            asked_of=whom,
            parent_id=parent_id,
            answer=f"{notices.NAMED}{words}" if found else words,
            answered_on=by.on,
        )
        settled = notices.is_an_answer(done.answer)
        waiting = act.now.case.open_tasks if settled else ()
        chases = [t for t in waiting if t.title.startswith(f"{CHASE} {whom}: ")]
        act.add(done, *(e.TaskDone(**act.header, task_id=t.task_id, outcome="answered") for t in chases))
        people.save_notices(act.tx, list(found), at=inst.now())

    return act_on(inst, by, case_ref, make, parent_id=parent_id)
