"""The national threshold: enough unauthorised sessions in enough school weeks, for this parent."""

from casework.domain import Answer, Finding
from casework.domain.calendar import monday_of
from casework.domain.words import number_of
from casework.rules import register
from casework.rules.situation import Situation

RULE = "penalty_notice.threshold"


def reached(situation: Situation) -> Finding:
    """The sessions relied on meet the national threshold; sessions spent for this parent are left out."""
    limit = situation.value(RULE)
    counted = register.relied_on(situation)
    number = len(counted)
    weeks = len({monday_of(item.session.date) for item in counted})
    spread = f" (in {weeks} different weeks)" if weeks else ""
    met = number >= limit.sessions
    at = f"; the threshold was reached at {counted[limit.sessions - 1].session}" if met else ""
    return Finding(
        rule=RULE,
        answer=Answer.HOLDS if met else Answer.FAILS,
        says=f"{number_of(number, 'unauthorised session')} in {limit.school_weeks} school weeks{spread}{at}.",
        evidence=tuple(str(item.session) for item in counted),
        source=limit.source,
        missing="" if met else f"{_short(limit.sessions, number)}: support, not enforcement",
        answerable_by="" if met else "school",
        on=situation.on,
    )


def reached_or_discretionary(situation: Situation) -> Finding:
    """The threshold is met, or the authority says why it acts below it, which the engine never proposes."""
    found = reached(situation)
    rule = situation.value("penalty_notice.below_threshold")
    if found.holds:
        return found
    return Finding(
        "penalty_notice.below_threshold",
        Answer.FOR_A_PERSON,
        f"{found.says} Does the authority act below the threshold, as for repeated short holidays?",
        found.evidence,
        rule.source,
        "the authority's reasons for a notice below the threshold",
        "la",
        situation.on,
    )


def setting_in_scheme(situation: Situation) -> Finding:
    """The pupil's school is one the penalty notice scheme covers."""
    rule = situation.value("penalty_notice.settings")
    setting = situation.school.setting
    if setting in rule.covered:
        says = "The penalty notice scheme covers this school."
        return Finding("penalty_notice.settings", Answer.HOLDS, says, source=rule.source, on=situation.on)
    known = setting in rule.not_covered
    return Finding(
        "penalty_notice.settings",
        Answer.FAILS if known else Answer.UNKNOWN,
        "The penalty notice scheme does not cover a pupil registered only at an independent school."
        if known
        else f"Whether the scheme covers a school of the kind {setting or 'not known'} is not known.",
        source=rule.source,
        missing="another tool: the authority may still prosecute" if known else "the kind of school",
        answerable_by="school",
        on=situation.on,
    )


def _short(sessions: int, number: int) -> str:
    """How much is lacking to the threshold, in words."""
    if not number:
        return f"none of the {sessions} sessions that the threshold asks for"
    return f"{'one' if number == sessions - 1 else sessions - number} short of {sessions}"
