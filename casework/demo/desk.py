"""A desk in the demo: one invented officer at one case on one day, each act under a key of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from casework.actions import cases, decide
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.demo.officers import at
from casework.demo.story import Story
from casework.domain import Case, CaseworkError, Consideration, Decision, Officer, Parent, Role
from casework.domain.errors import StepRefused

Answers = Mapping[str, tuple[str, str]]
"""What an officer recorded: by the name of a question, the answer and the reason."""
NO_ANSWERS: Answers = MappingProxyType({})


class Unanswered(CaseworkError):
    """A step of the demo asks a question to which its officer recorded no answer: none is made up."""

    def __init__(self, step: str, rules: Sequence[str]) -> None:
        self.step, self.rules = step, tuple(rules)
        super().__init__(
            f"The demo's {step.replace('_', ' ')} has no recorded answer to {', '.join(rules)}. "
            "Record what its officer answers, and why, where the demo decides the step."
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """One officer at work on one case on one day. `about` begins the keys of the acts done here."""

    inst: Installation
    officer: Officer
    ref: str
    on: date
    about: str

    def by(self, act: str, role: str = "") -> By:
        """Who writes, under a key that this act has alone."""
        return By(self.officer, self.on, role, key=f"demo:{self.about}:{act}")

    def decide(
        self,
        step: str,
        reasons: str,
        *,
        role: Role,
        parent_id: str = "",
        answers: Answers = NO_ANSWERS,
        yes: bool = True,
        **details: str,
    ) -> Case:
        """Decide a step. Each question it asks is answered as this officer recorded it here, or not at all.

        Args:
            answers: By the question's name: `yes` or `no`, and the reason in the officer's words.

        Raises:
            Unanswered: The step asks what the officer recorded no answer to.
        """
        asked = self._asked(step, parent_id) if yes else []
        known = [rule for rule in asked if rule.rpartition(".")[2] in answers]
        decision = Decision(
            stage=decide.step_named(step).name,
            officer=self.officer,
            role=role.value,
            on=self.on,
            yes=yes,
            reasons=reasons,
            parent_id=parent_id,
            considerations=tuple(answered(step, known, answers)),
            details=details,
        )
        key = f"demo:{self.about}:{step}:{parent_id}{'' if yes else ':no'}"
        try:  # taken before a kill, the step is known by its key, and asks nothing any more
            return decide.decide(self.inst, self.ref, step, decision, key=key)
        except StepRefused:
            if len(known) < len(asked):
                raise Unanswered(step, [rule for rule in asked if rule not in known]) from None
            raise

    def _asked(self, step: str, parent_id: str) -> list[str]:
        asked = decide.ask(self.inst, self.officer, self.ref, step, self.on, parent_id)
        return [finding.rule for finding in asked.stopped_by]


def desk_of(inst: Installation, officer: Officer, child: Story, on: date) -> Desk:
    """A desk at which the case of a storyline's child lies."""
    return Desk(inst, officer, open_case(inst, child).ref, on, child.upn)


def answered(step: str, rules: Sequence[str], answers: Answers) -> Iterator[Consideration]:
    """Each question with the officer's recorded answer and reason; none is made up."""
    unanswered = [rule for rule in rules if rule.rpartition(".")[2] not in answers]
    if unanswered:
        raise Unanswered(step, unanswered)
    for rule in rules:
        word, because = answers[rule.rpartition(".")[2]]
        yield Consideration(rule, word, because, ("the case's notes",))


def open_case(inst: Installation, child: Story) -> Case:
    """The child's open case; the newest if it was closed."""
    officer = at(child.school.urn, "pastoral")
    return cases.of_pupil(inst, officer, child.upn)[-1]


def parents_of(inst: Installation, child: Story) -> tuple[Parent, ...]:
    """The parents of a child as their own school knows them."""
    officer = at(child.school.urn, "pastoral")
    case = open_case(inst, child)
    return decide.situation(inst, officer, case.ref, case.recorded[-1].event.on).liable_parents
