"""A desk in the demo: one invented officer at one case on one day, each act under a key of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casework.actions import cases, decide
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.demo.officers import at
from casework.demo.story import Story
from casework.domain import Case, Consideration, Decision, Officer, Parent, Role


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
        answers: dict[str, str] | None = None,
        yes: bool = True,
        **details: str,
    ) -> Case:
        """Decide a step; the questions it asks are answered by name, `yes` or `no`, with a reason."""
        asked = self._asked(step, parent_id) if yes else []
        decision = Decision(
            stage=decide.step_named(step).name,
            officer=self.officer,
            role=role.value,
            on=self.on,
            yes=yes,
            reasons=reasons,
            parent_id=parent_id,
            considerations=tuple(_answered(asked, answers or {})),
            details=details,
        )
        key = f"demo:{self.about}:{step}:{parent_id}{'' if yes else ':no'}"
        return decide.decide(self.inst, self.ref, step, decision, key=key)

    def _asked(self, step: str, parent_id: str) -> list[str]:
        asked = decide.ask(self.inst, self.officer, self.ref, step, self.on, parent_id)
        return [finding.rule for finding in asked.stopped_by]


def desk_of(inst: Installation, officer: Officer, child: Story, on: date) -> Desk:
    """A desk at which the case of a storyline's child lies."""
    return Desk(inst, officer, open_case(inst, child).ref, on, child.upn)


def _answered(rules: list[str], answers: dict[str, str]) -> Iterator[Consideration]:
    for rule in rules:
        name = rule.rpartition(".")[2]
        word = answers.get(rule, answers.get(name, _NO if name in _ASKED_OF_NEED else "yes"))
        because = _BECAUSE.get(name, "Considered with the pastoral lead; the answers are on the case.")
        yield Consideration(rule, word, because, ("the case's notes",))


_NO = "no"
_ASKED_OF_NEED = ("send", "medical", "section_19")
_BECAUSE = {
    "equality_act": "No disability or other protected reason is known; adjustments were asked about.",
    "send": "The SENCo finds no unmet need behind the absence.",
    "medical": "The parent was asked and says the child is well.",
    "section_19": "The child is well enough to attend.",
    "social_worker": "The DSL confirms that no social worker is involved.",
    "consulted": "The DSL confirms that no social worker is involved.",
    "best_tool": "Earlier help was offered and the absence is the parents' choice.",
    "support_sufficient": "Every barrier named has an offer of support with its outcome.",
}


def open_case(inst: Installation, child: Story) -> Case:
    """The child's open case; the newest if it was closed."""
    officer = at(child.school.urn, "pastoral")
    return cases.of_pupil(inst, officer, child.upn)[-1]


def parents_of(inst: Installation, child: Story) -> tuple[Parent, ...]:
    """The parents of a child as their own school knows them."""
    officer = at(child.school.urn, "pastoral")
    case = open_case(inst, child)
    return decide.situation(inst, officer, case.ref, case.recorded[-1].event.on).liable_parents
