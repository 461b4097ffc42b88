"""How a test walks a school's policy end to end: registers in, tasks and letters out, answers back in.

A walk is a case in memory. Marks raise triggers, triggers and records become events, events bring what the
policy asks of whom, an answer to that brings what follows; each letter named is the document that carries it.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from casework.documents import template_named
from casework.domain import Case, Event, Recorded, Role
from casework.domain import events as e
from casework.policy import Policy
from casework.rules import duties, kept, kindness, triggers
from casework.rules.duties import Occasion
from tests.policy.written import policy_of
from tests.situations import CALENDAR, REF, URN, facts, situation

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Walk:
    """One pupil's case under one of the five policies, from the day it began.

    `asked` names the duties that the latest step brought, `letters` the documents they would draft.
    """

    def __init__(self, policy: str, on: str = "2026-09-14", flags: tuple[str, ...] = ()) -> None:
        self.policy: Policy = policy_of(f"{policy}-01")
        self.on = date.fromisoformat(on)
        self.flags = flags
        self.absences = ""
        self.asked: dict[str, duties.Owed] = {}
        opened = e.CaseOpened(**self.head, upn="A123456789012", urn=URN, says="Noticed.", policy=policy)
        self.case = Case(REF, (Recorded(1, NOW, opened),))

    @property
    def head(self) -> dict[str, Any]:
        """What every event has."""
        return {"case_ref": REF, "on": self.on, "by": "officer"}

    @property
    def letters(self) -> dict[str, str]:
        """The policy's letters that the latest step brought, each with the document that carries it.

        Illness alone brings the letter that cares; a letter that would spoil a holiday waits.
        """
        now = replace(
            situation(self.on.isoformat(), self.absences), policy=self.policy, case=self.case, on=self.on
        )
        wanted = [now.value(f"letters.{d.letter}") for d in self.asked.values() if d.letter]
        names = [
            kindness.sent_as(now, value.key.partition(".")[2])
            for value in wanted
            if not kindness.waits_for_next_term(value, CALENDAR, self.on)
        ]
        return {name: template_named(now.value(f"letters.{name}").template).name for name in names}

    def append(self, *events: Event) -> None:
        """Put events on the case, as they are."""
        number = self.case.sequence + 1
        held = (Recorded(number + n, NOW, event) for n, event in enumerate(events))
        self.case = Case(REF, (*self.case.recorded, *held))

    def day(self, on: str) -> "Walk":
        """Go on to a later day."""
        self.on = date.fromisoformat(on)
        return self

    def register(self, absences: str) -> set[str]:
        """Marks come in: the triggers they raise go on the case. `2026-09-14..2026-09-18 I; ...`"""
        self.absences = absences
        summary = facts(absences, self.on, since=date(2026, 9, 2)).summary(self.on, URN)
        raised = [f.rule.partition(".")[2] for f in triggers.raised(self.policy, summary, self.on)]
        self.happens(*(e.TriggerRaised(**self.head, trigger=name, says="Raised.") for name in raised))
        return set(raised)

    def record(self, kind: str, **given: Any) -> "Walk":
        """A member of staff keeps one of the policy's kinds of record."""
        self.happens(kept.make(self.policy, kind, self.head, given, self.on))
        return self

    def happens(self, *events: Event) -> None:
        """Events of the case, and what the policy asks because of them."""
        self.append(*events)
        self._ask(*(occasion for event in events for occasion in duties.occasions_of(self.case, event)))

    def answers(self, duty: str, outcome: str) -> "Walk":
        """Whoever was asked does it, and says what came of it."""
        task = next(t for t in self.case.open_tasks if duties.duty_of(t) == duty)
        self.happens(e.TaskDone(**self.head, task_id=task.task_id, outcome=outcome))
        return self

    def absent(self, day: int) -> "Walk":
        """The so manieth school day of an absence without a reason."""
        self._ask(Occasion.of_absence(day, self.on))
        return self

    def ends(self, kind: str, *holding: str) -> "Walk":
        """The last day of a week, half term, term or year, with what holds for the pupil."""
        assert kind in duties.cadences_ending(CALENDAR, self.on)
        self._ask(Occasion(kind, self.on, holding))
        return self

    def whose(self, duty: str) -> tuple[Role, ...]:
        """Who may do what was asked."""
        return self.asked[duty].roles

    def _ask(self, *occasions: Occasion) -> None:
        self.asked = {}
        for number, occasion in enumerate(occasions):
            ref = f"{self.on}:{occasion.kind}:{self.case.sequence}:{number}"
            for item, key in duties.newly_owed(self.policy, self.case, occasion, ref, CALENDAR, self.flags):
                self.asked[item.name] = item
                task_id = f"T{len(self.case.of(e.TaskAdded)) + 1}"
                self.append(
                    e.TaskAdded(
                        **self.head,
                        task_id=task_id,
                        title=item.says,
                        due_on=item.due_on,
                        for_role=item.roles[0].value,
                        effect_key=key,
                    )
                )
