"""Findings to what may come next: eight stages of one shape, and the table of which may follow which."""

from casework.domain import StageName
from casework.rules.situation import Situation
from casework.stages import (
    attendance_contract,
    cme_report,
    education_supervision_order,
    notice_to_improve,
    noticing,
    penalty_notice,
    prosecution_referral,
    supportive_actions,
)
from casework.stages.stage import Ask, DetailsMissing, Stage

STAGES: dict[StageName, Stage] = {
    module.STAGE.name: module.STAGE
    for module in (
        noticing,
        supportive_actions,
        attendance_contract,
        notice_to_improve,
        penalty_notice,
        prosecution_referral,
        cme_report,
        education_supervision_order,
    )
}
"""The stages, the ladder lowest first, then what runs beside it."""

STEPS: dict[str, Stage] = {
    stage.key: stage
    for stage in (
        *STAGES.values(),
        penalty_notice.ISSUE,
        penalty_notice.PUBLIC_PLACE,
        prosecution_referral.DECIDE,
    )
}
"""Every step a person can decide, by its own name: the stages, and the authority's own steps."""

__all__ = ["STAGES", "STEPS", "Ask", "DetailsMissing", "Situation", "Stage"]
