"""Notices that would be proposed: the law's own gates, asked of the case in memory. None is ever issued.

A notice to improve that is proposed is taken as given, as `Assumed` says, so that it can be seen whether a
request for a penalty notice would be proposed after it.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from casework.domain import Parent
from casework.domain import events as e
from casework.domain.calendar import CalendarEnds
from casework.lab.assumed import Assumed
from casework.lab.officers import SOMEBODY
from casework.lab.paper import Happened, Paper
from casework.lab.seen import Background
from casework.rules import improvement, support, threshold
from casework.rules.deadlines import NotTimed
from casework.rules.situation import Situation
from casework.stages import notice_to_improve, penalty_notice
from casework.stages.ladder import proposal
from casework.stages.stage import Stage

NOTICE_TO_IMPROVE = notice_to_improve.STAGE
REQUEST = penalty_notice.STAGE
_TOLD = ("social_worker", "virtual_school", "youth_justice")


class Notices:
    """Which notices come to be proposed, at which parent's case, and what holds the others up."""

    def __init__(self, background: Background, assumed: Assumed, limit: int) -> None:
        self.background, self.assumed, self.limit = background, assumed, limit
        self.happened: list[Happened] = []

    def look(self, paper: Paper, on: date, counted: int, unauthorised: int) -> None:
        """Ask the gates about a case on a day, if anything they depend on may have changed.

        Args:
            counted, unauthorised: Sessions towards the threshold now, and those of the year.
        """
        if paper.nothing_more or (counted < self.limit and not paper.proposed):
            return
        over = any(notice.period_to < on for notice in paper.running)
        if over or (counted, unauthorised) != paper.looked_at:
            paper.looked_at, paper.wants_look = (counted, unauthorised), True
        if not paper.wants_look or not (over or self._is_open(paper, on)):
            return
        paper.wants_look = False
        situation = self.background.situation(paper.case, on)
        if self.assumed.acts:
            situation = self._prepared(paper, situation)
        for parent in situation.liable_parents:
            self._look_for(paper, situation, parent)
        requested = {parent_id for parent_id, step in paper.proposed if step == REQUEST.key}
        paper.nothing_more = requested >= {parent.contact_id for parent in situation.liable_parents}

    def _is_open(self, paper: Paper, on: date) -> bool:
        """Whether anything may be proposed at all, without asking every gate.

        Term-time leave alone needs neither help nor a notice to improve first. For all else nothing is
        proposed while it is not known what became of help, where help works, or while a period runs.
        """
        if self._last_was_leave(paper, on):
            return True
        offers = paper.case.offers
        failed = [outcome is not None and outcome.outcome in support.DID_NOT_WORK for _, outcome in offers]
        return bool(offers) and all(failed) and not paper.running

    def _last_was_leave(self, paper: Paper, on: date) -> bool:
        missed = self.background.missed(paper.case.upn, on)
        return (
            bool(missed) and missed[-1][1] in self.background.policy.value("penalty_notice.leave", on).codes
        )

    def _prepared(self, paper: Paper, situation: Situation) -> Situation:
        """The same after what a person does first: a verdict, a word to professionals, leave set apart."""
        header, before = paper.header(situation.on, SOMEBODY), paper.case.sequence
        for notice in [notice for notice in paper.running if notice.period_to < situation.on]:
            about = situation.about(_parent(situation, notice.parent_id))
            period = improvement.latest(about)
            breached = period is not None and improvement.breaches_of(about, period)
            verdict = "not_improved" if breached else "improved"
            paper.add(e.NoticeToImproveEnded(**header, parent_id=notice.parent_id, verdict=verdict))
            paper.running.remove(notice)
        told = {event.professional_role for event in paper.case.of(e.ProfessionalTold)}
        paper.add(
            *(
                e.ProfessionalTold(**header, professional_role=role, why="Before a notice is proposed")
                for role in _involved(situation)
                if role not in told
            )
        )
        if self._last_was_leave(paper, situation.on):
            self._leave_apart(paper, situation)
        changed = paper.case.sequence > before
        return self.background.situation(paper.case, situation.on) if changed else situation

    def _leave_apart(self, paper: Paper, situation: Situation) -> None:
        """Record, where all that is relied on is term-time leave, that support is not appropriate."""
        apart = {event.parent_id for event in paper.case.of(e.SupportNotAppropriate)}
        for parent in situation.liable_parents:
            if parent.contact_id not in apart and improvement.only_leave(situation.about(parent)):
                paper.add(
                    e.SupportNotAppropriate(
                        **paper.header(situation.on, SOMEBODY),
                        parent_id=parent.contact_id,
                        reasons="Term-time leave alone",
                    )
                )

    def _look_for(self, paper: Paper, situation: Situation, parent: Parent) -> None:
        about = situation.about(parent)
        if not threshold.reached(about).holds:
            return
        for stage in (NOTICE_TO_IMPROVE, REQUEST):
            key = (parent.contact_id, stage.key)
            if key in paper.proposed or not proposal(about, stage).may_be_considered:
                continue
            paper.proposed.add(key)
            self.happened.append(Happened(stage.key, situation.on, paper.case.upn))
            if self.assumed.acts:
                taken = self._taken_as_given(paper, about, stage)
                paper.add(taken)
                if isinstance(taken, e.NoticeToImproveIssued):
                    paper.running.append(taken)
            return

    def _taken_as_given(self, paper: Paper, situation: Situation, stage: Stage) -> e.Step:
        """What stands on the case in memory, so that nothing is proposed twice."""
        header, parent_id, on = paper.header(situation.on, SOMEBODY), situation.parent_id, situation.on
        if stage is REQUEST:
            return e.PenaltyNoticeRequested(
                **header, parent_id=parent_id, reasons="Assumed", period_from=on, period_to=on
            )
        first = next((d for d in situation.calendar.days if d > on), on + timedelta(days=1))
        return e.NoticeToImproveIssued(
            **header,
            parent_id=parent_id,
            reasons="Assumed",
            evidence=threshold.reached(situation).evidence,
            issued_on=on,
            period_from=first,
            period_to=_last_day(situation, first),
            improvement_test="No unauthorised session",
            early_grounds="None",
            further_support=("The help on the case",),
        )


def _last_day(situation: Situation, first: date) -> date:
    """The last day the authority's code gives, or the longest a period may be."""
    try:
        return improvement.last_day(situation, first)
    except (NotTimed, CalendarEnds):
        rule = situation.value("clocks.improvement_period")
        weeks = rule.get("length_at_most") or rule.get("length_at_least")
        return first + timedelta(weeks=weeks, days=-1)


def _parent(situation: Situation, parent_id: str) -> Parent | None:
    return next((p for p in situation.parents if p.contact_id == parent_id), None)


def _involved(situation: Situation) -> Iterator[str]:
    """Who is consulted before a formal step, as far as is on file."""
    pupil = situation.pupil
    roles = {p.role for p in situation.professionals if p.involved(situation.on)}
    if pupil.looked_after:
        roles |= {"virtual_school", "social_worker"}
    if pupil.social_worker:
        roles.add("social_worker")
    if pupil.youth_justice:
        roles.add("youth_justice")
    return (role for role in _TOLD if role in roles)
