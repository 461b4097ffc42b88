"""How steps ended, and what eases them: verdicts, contracts ended, stepping down.

A person says each of these, in the rank that decides the step itself; the engine counts and proposes no end.
What the LA answers is in `la_answers` and `notices`.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from casework.actions import ledger
from casework.actions.access import Act, in_words
from casework.actions.installation import Installation
from casework.actions.recording import By, Header, Unclear, given, one_of, record, write
from casework.domain import Case, Event, NotAllowed, NotFound, Role, StageName
from casework.domain import events as e
from casework.domain.case import LADDER
from casework.stages import STAGES

VERDICTS = ("improved", "not_improved", "withdrawn", "ended_early")
CONTRACT_ENDINGS = ("completed", "breached", "ended_by_agreement", "varied")


# -- notices to improve and contracts ------------------------------------------------------------------------


def end_notice_to_improve(
    inst: Installation, by: By, case_ref: str, *, parent_id: str, verdict: str, says: str
) -> Case:
    """Sign the verdict on a parent's improvement period, and stop its clock.

    Raises:
        NotFound: No notice to improve of this parent waits for a verdict.
        NotAllowed: The officer's role does not decide notices to improve.
    """
    _require_decider(by, StageName.NOTICE_TO_IMPROVE, "sign the verdict on a notice to improve")

    def make(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        issued = case.of(e.NoticeToImproveIssued, parent_id=parent_id)
        if len(issued) <= len(case.of(e.NoticeToImproveEnded, parent_id=parent_id)):
            raise NotFound(
                "notice to improve without a verdict", parent_id or "no parent", "Look at the case again."
            )
        word = one_of(verdict, VERDICTS, "The verdict")
        ended = e.NoticeToImproveEnded(
            **header, parent_id=parent_id, verdict=word, says=given(says, "The reasons")
        )
        ledger.keep(tx, case, ended, inst.now())
        return ended, *_stop_clocks(case, header, "clocks.improvement_period", parent_id, word)

    return write(inst, by, case_ref, make)


def end_contract(inst: Installation, by: By, case_ref: str, *, outcome: str, says: str = "") -> Case:
    """Say how the attendance contract ended, and stop its clock.

    Raises:
        NotFound: No contract is in force.
        NotAllowed: The officer's role does not decide contracts.
    """
    _require_decider(by, StageName.ATTENDANCE_CONTRACT, "end an attendance contract")

    def make(_: Connection, case: Case, header: Header) -> Sequence[Event]:
        if len(case.of(e.AttendanceContractAgreed)) <= len(case.of(e.AttendanceContractEnded)):
            raise NotFound("attendance contract in force", case.ref, "Look at the case again.")
        word = one_of(outcome, CONTRACT_ENDINGS, "How it ended")
        ended = e.AttendanceContractEnded(**header, outcome=word, says=says)
        return ended, *_stop_clocks(case, header, "clocks.attendance_contract_review", "", word)

    return write(inst, by, case_ref, make)


def step_down(inst: Installation, by: By, case_ref: str, *, to_stage: str, reason: str) -> Case:
    """Go back to an earlier stage because things are better, with the reason."""

    def make(case: Case, header: Header) -> Event:
        below = LADDER[: LADDER.index(case.stage)] if case.stage else ()
        names = tuple(stage.value for stage in below)
        if not names:
            raise Unclear("The case stands on no stage that it could step down from.", "Close it instead.")
        word = one_of(to_stage, names, "The stage")
        return e.CaseSteppedDown(**header, to_stage=word, reason=given(reason, "The reason"))

    return record(inst, by, case_ref, make, Act.OWN_CASES)


def _stop_clocks(
    case: Case, header: Header, rules: str | Sequence[str], parent_id: str, outcome: str
) -> tuple[Event, ...]:
    wanted = (rules,) if isinstance(rules, str) else tuple(rules)
    ended = {stopped.clock_id for stopped in case.of(e.ClockStopped)}
    ended |= {fired.clock_id for fired in case.of(e.ClockFired)}
    return tuple(
        e.ClockStopped(**header, clock_id=clock.clock_id, outcome=outcome)
        for clock in case.of(e.ClockStarted)
        if clock.rule in wanted and clock.parent_id == parent_id and clock.clock_id not in ended
    )


def _require_decider(by: By, stage: StageName, act: str) -> None:
    roles: frozenset[Role] = frozenset(STAGES[stage].decided_by)
    if not by.officer.holds(*roles):
        raise NotAllowed(act, in_words(roles))
