"""What is asked before a letter is written or goes: that nothing stops it, and that its step was decided."""

from casework.actions.letter_fields import Given
from casework.actions.recording import Unclear
from casework.documents import template_named
from casework.domain import Case, StageName
from casework.domain import events as e
from casework.domain.case import STEP_OF_STAGE
from casework.domain.words import inside
from casework.rules import safeguarding, stop
from casework.rules.situation import Situation
from casework.rules.targets import in_sessions
from casework.stages import STAGES

_AUTHORITY_DECIDES: dict[str, type[e.PenaltyNoticeIssued] | type[e.PenaltyNoticeWithdrawn]] = {
    "penalty_notice": e.PenaltyNoticeIssued,
    "penalty_notice_withdrawal": e.PenaltyNoticeWithdrawn,
}


def stopped(situation: Situation, template: str) -> str:
    """Why a letter to this family is not written, approved or posted now; empty where nothing stops it."""
    if template_named(template).goes_always:
        return ""
    found = (stop.none(situation), safeguarding.letters(situation))
    return next((finding.says for finding in found if not finding.holds), "")


def refuse_without_step(case: Case, template: str, parent_id: str) -> None:
    """A paper of the ladder is drafted from its decided step alone; by hand only once that step was taken."""
    for of_authority, decided in _AUTHORITY_DECIDES.items():
        issued = {n.notice_id for n in case.of(e.PenaltyNoticeIssued, parent_id=parent_id)}
        if template == of_authority and not any(x.notice_id in issued for x in case.of(decided)):
            raise Unclear(
                f"No {inside(template_named(template).title)} was decided for this parent.",
                "Decide it: that drafts its own paper.",
            )
    for stage in STAGES.values():
        if stage.document == template and (stage.formal or stage.name is StageName.ATTENDANCE_CONTRACT):
            taken = case.of(STEP_OF_STAGE[stage.name], parent_id=parent_id if stage.per_parent else None)
            if not taken:
                raise Unclear(
                    f"No {stage.title.lower()} was decided{' for this parent' if stage.per_parent else ''}.",
                    "Decide the step: it drafts its own paper, once every gate holds.",
                )


def refuse_target(situation: Situation, template: str, given: Given) -> None:
    """A target the policy wants in plain numbers, where one is given."""
    wanted = (
        situation.policy.maybe(f"letters.{template}", situation.on) if _own(situation, template) else None
    )
    if (
        wanted
        and wanted.get("target_in_sessions")
        and given.get("target")
        and not in_sessions(given["target"])
    ):
        raise Unclear(
            "The target is not in plain numbers.",
            "Say so many of so many sessions a week, fewer than all, without a percentage.",
        )


def _own(situation: Situation, template: str) -> bool:
    return f"letters.{template}" in situation.policy.timelines
