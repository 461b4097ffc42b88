"""What a replay is given: each night's sweep of the school, and what is on file of its pupils."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casework.domain import Case, Parent, Professional, Pupil, School, SchoolCalendar, Session
from casework.facts import Facts, Run, Summary
from casework.facts.days import SweptDay
from casework.policy import Policy
from casework.policy.versions import ends_on, kept
from casework.rules import compulsory_age, triggers
from casework.rules.situation import Situation

_RUNS = ("unauthorised_run", "return_run", "illness_run")


@dataclass(frozen=True)
class Night:
    """What a sweep saw on one day of the pupils on roll: for each, the mask of the triggers that hold.

    `counted` are sessions towards the threshold, `unauthorised` those of the year.
    """

    on: date
    upns: tuple[str, ...]
    masks: NDArray[np.uint64]
    periods: NDArray[Any]
    started_on: Mapping[str, NDArray[Any]]
    counted: NDArray[Any]
    unauthorised: NDArray[Any]

    @classmethod
    def of(cls, policy: Policy, swept: SweptDay, lines: Mapping[str, int]) -> "Night":
        """The day's sweep under a policy, of the pupils on roll, by the line each has in it."""
        chosen = np.fromiter(lines.values(), np.int64, len(lines))
        return cls(
            on=swept.on,
            upns=tuple(lines),
            masks=triggers.masks(policy, swept.measures, swept.on)[chosen],
            periods=swept.periods[chosen],
            started_on={run: swept.started_on[run][chosen] for run in _RUNS},
            counted=swept.measures["threshold.sessions"][chosen],
            unauthorised=swept.measures["year.unauthorised"][chosen],
        )

    def summary(self, urn: str, line: int) -> Summary:
        """As much of a pupil's summary as tells one occasion of a trigger from another."""
        year, half_term = (int(number) for number in self.periods[line])
        return Summary(
            urn,
            self.upns[line],
            self.on,
            period=(year, half_term) if year >= 0 else None,
            unauthorised_run=self._run("unauthorised_run", line),
            return_run=self._run("return_run", line),
            illness_run=self._run("illness_run", line),
        )

    def _run(self, run: str, line: int) -> Run:
        began = int(self.started_on[run][line])
        return Run(started_on=date.fromordinal(began) if began else None)


@dataclass(frozen=True)
class Known:
    """What is on file of one pupil, whatever the day. `facts` is asked with a policy and a day.

    `here_since` is the first day on any roll in the authority of the school.
    """

    pupil: Pupil
    parents: tuple[Parent, ...]
    professionals: tuple[Professional, ...]
    facts: Callable[[Policy, date], Facts]
    here_since: date | None = None


@dataclass(frozen=True)
class Background:
    """A school with the policy replayed, and what does not change from day to day."""

    school: School
    policy: Policy
    versions: Mapping[str, date]
    calendar: SchoolCalendar
    holidays: frozenset[date]
    known: Callable[[str], Known]
    _missed: dict[str, list[tuple[Session, str]]] = field(default_factory=dict, init=False, repr=False)

    def missed(self, upn: str, on: date) -> list[tuple[Session, str]]:
        """A pupil's unauthorised sessions up to a day, oldest first, at every school, each with its code."""
        if upn not in self._missed:
            codes = self.policy.value("penalty_notice.threshold", on).codes
            facts = self.known(upn).facts(self.policy, on)
            self._missed[upn] = sorted(
                item for held in facts.registers for item in held.looked_at.items() if item[1] in codes
            )
        every = self._missed[upn]
        return every[: bisect_right(every, on, key=lambda item: item[0].date)]

    def policy_of(self, case: Case) -> Policy:
        """The policy as a case keeps it: the version it began under."""
        end = ends_on(self.versions, case.opening.on)
        return kept(self.policy, end) if end else self.policy

    def situation(self, case: Case, on: date) -> Situation:
        """Everything a gate may look at about a case in memory."""
        known, policy = self.known(case.upn), self.policy_of(case)
        facts = known.facts(policy, on)
        found = Situation(
            case=case,
            pupil=known.pupil,
            parents=known.parents,
            school=self.school,
            facts=facts,
            policy=policy,
            calendar=self.calendar,
            holidays=self.holidays,
            on=on,
            notices=facts.notices,
            professionals=known.professionals,
        )
        return replace(found, facts=replace(facts, compulsory=compulsory_age.span(found)))
