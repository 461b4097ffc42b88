"""Officers who do what is asked of them, each thing on its day: what `Assumed` says, and no more."""

from datetime import date, timedelta

from casework.domain import Parent, SchoolCalendar, StageName
from casework.domain import events as e
from casework.lab.assumed import Assumed
from casework.lab.paper import HELPING, Happened, Paper, ToDo
from casework.lab.seen import Background

SOMEBODY = "assumed"
"""Who does what a replay assumes was done."""
_FIRST_STEPS = {
    StageName.NOTICING: e.NoticingStarted,
    StageName.SUPPORTIVE_ACTIONS: e.SupportiveActionsStarted,
}
_BARRIER = "not recorded"


class Officers:
    """The day's work on the cases of a replay."""

    def __init__(self, background: Background, assumed: Assumed) -> None:
        self.background, self.assumed = background, assumed
        self.happened: list[Happened] = []

    def work(self, paper: Paper, on: date) -> None:
        """Do what is due on one case: tasks first, then the review."""
        if not self.assumed.acts:
            return
        due = [task for task in paper.to_do if task.due_on <= on]
        if due:
            paper.to_do = [task for task in paper.to_do if task.due_on > on]
            for task in due:
                self._do(paper, task, on)
        if paper.review_on is not None and paper.review_on <= on:
            self._review(paper, on)

    def _do(self, paper: Paper, task: ToDo, on: date) -> None:
        header = paper.header(on, SOMEBODY)
        if task.value.get("stage"):
            self._step(paper, StageName(task.value.stage), on)
        if task.value.does == "meet":
            invited = tuple(parent.contact_id for parent in self._parents(paper))
            came = invited if self.assumed.parents_come else ()
            stayed_away = () if self.assumed.parents_come else invited
            meeting_id = paper.next_id("M")
            paper.add(e.MeetingHeld(**header, meeting_id=meeting_id, attended=came, absent=stayed_away))
        if task.value.does in HELPING:
            self._offer(paper, task.name, on)
        paper.add(e.TaskDone(**header, task_id=task.task_id, outcome="Done"))

    def _step(self, paper: Paper, stage: StageName, on: date) -> None:
        """Take one of the first two steps, if the case is not past it."""
        step, now = _FIRST_STEPS.get(stage), paper.stage
        if step is None or now is stage or (now is not None and stage is StageName.NOTICING):
            return
        if now is None or now is StageName.NOTICING:
            paper.add(step(**paper.header(on, SOMEBODY), reasons="Asked for by the policy"))

    def _offer(self, paper: Paper, offer: str, on: date) -> None:
        """Offer help to every parent in law, once for each kind of help."""
        if any(given.offer == offer for given in paper.case.of(e.SupportOffered)):
            return
        for parent in self._parents(paper):
            paper.add(
                e.SupportOffered(
                    **paper.header(on, SOMEBODY),
                    offer_id=paper.next_id("O"),
                    barrier=_BARRIER,
                    offer=offer,
                    parent_id=parent.contact_id,
                )
            )
        paper.wants_look = True

    def _review(self, paper: Paper, on: date) -> None:
        """Look at the case: what became of help offered, or a first offer of it; and when to look again."""
        self.happened.append(Happened("review", on, paper.case.upn))
        if paper.case.of(e.SupportOffered):
            self._outcomes(paper, on)
        else:
            self._step(paper, StageName.SUPPORTIVE_ACTIONS, on)
            self._offer(paper, "help at the first review", on)
        weeks = self.background.policy_of(paper.case).value("review.attendance", on).weeks
        paper.review_on = _school_day_from(self.background.calendar, on + timedelta(weeks=weeks))
        paper.add(
            e.ReviewHeld(**paper.header(on, SOMEBODY), outcome="Reviewed", next_review_on=paper.review_on)
        )

    def _outcomes(self, paper: Paper, on: date) -> None:
        missed = self.background.missed(paper.case.upn, on)
        last = missed[-1][0].date if missed else date.min
        for offer, before in paper.case.offers:
            if offer.on >= on:
                continue
            found = "did_not_help" if last > offer.on else "helped"
            if before is None or before.outcome != found:
                paper.add(
                    e.SupportOutcome(**paper.header(on, SOMEBODY), offer_id=offer.offer_id, outcome=found)
                )
                paper.wants_look = True

    def _parents(self, paper: Paper) -> tuple[Parent, ...]:
        """Everybody with parental responsibility, or whoever there is where nobody's is known."""
        parents = self.background.known(paper.case.upn).parents
        known = tuple(parent for parent in parents if parent.parental_responsibility)
        return known or tuple(p for p in parents if p.parental_responsibility is not False)


def _school_day_from(calendar: SchoolCalendar, day: date) -> date:
    """The day itself, or the next school day after it; far away where the calendar ends."""
    return next(iter(calendar.days_between(day, date.max)), date.max)
