"""A school's sweep: every pupil looked at on a day; triggers raised and cleared; cases opened or added to.

The first sweep of a school opens and sends nothing: it makes a triage list. Before any trigger is told, the
plain evaluator looks at that pupil and must agree with the sweep to the bit and the session; if it does not,
nothing is told and the run reports a fault.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from casework.actions import duties, runs, stops
from casework.actions.installation import Installation
from casework.actions.policies import code_classes, limits, policy_of
from casework.actions.recording import By
from casework.actions.situations import facts_of_all
from casework.domain import ENGINE, Case, CaseworkError, Event, Finding, Notice, School
from casework.domain import events as e
from casework.domain.words import day
from casework.facts import Facts, Summary
from casework.facts.sheets import SchoolSheets, SheetBlock
from casework.facts.spent import spent_for_all
from casework.facts.sweep import SweepResult, session_of
from casework.facts.sweep import sweep as sweep_block
from casework.policy import Policy
from casework.rules import triggers
from casework.rules.standing import Standing, compare
from casework.rules.triggers import Trigger
from casework.storage import cases, lists, people, registers, schools
from casework.storage import triggers as stored
from casework.storage.triggers import Raised, SweepState, Triage

log = logging.getLogger(__name__)


@dataclass
class Swept:
    """What one sweep did, in counts; `disagreed` names pupils on whom the two evaluators differ."""

    urn: str
    on: date
    pupils: int = 0
    raised: int = 0
    cleared: int = 0
    opened: int = 0
    attached: int = 0
    triage: int = 0
    asked: int = 0
    stopped: int = 0
    disagreed: list[str] = field(default_factory=list)

    def saw(self) -> dict[str, int]:
        """What it looked at: the same however often it is done."""
        return {"pupils": self.pupils, "faults": len(self.disagreed)}

    def did(self) -> dict[str, int]:
        """What it brought about, once."""
        names = ("raised", "cleared", "opened", "attached", "triage", "asked", "stopped")
        return {name: getattr(self, name) for name in names}

    def counts(self) -> dict[str, int]:
        """All of it, for a log line or a run's result."""
        return self.saw() | self.did()


def sweep(inst: Installation, urn: str, on: date, flow_run: str = "") -> Swept:
    """Look at every pupil on a school's roll on a day. The same school and day again change nothing more.

    Raises:
        NotFound: The school is not on file.
        SweptLater: The school was swept as of a later day.
        NotInForce: The policy lacks a value it needs on that day.
    """
    with inst.act(ENGINE, flow_run) as tx:
        stored.lock_sweep(tx, urn)
        school = schools.school(tx, urn)
        done = _Sweep(inst, tx, school, on, flow_run).run()
        done.stopped = len(stops.follow_roll(inst, tx, urn, on, flow_run))
        runs.did(tx, flow_run, on, urn, **done.did())
    log.info("school swept", extra={"urn": urn, "on": on.isoformat(), **done.counts()})
    return done


def sweep_schools(inst: Installation, on: date, urn: str = "") -> tuple[Swept, ...]:
    """Sweep one school, or every one, as of a day."""
    with inst.act(ENGINE) as tx:
        urns = [urn] if urn else [school.urn for school in schools.schools(tx)]
    return tuple(sweep(inst, school, on) for school in urns)


def swept_facts(tx: Connection, urns: Sequence[str], policy: Policy, on: date) -> SweepResult:
    """The facts of every pupil ever on the roll of some schools that share a policy."""
    block = SheetBlock(tuple(school.as_of(on) for school in held(tx, urns)))
    return sweep_block(block, on, code_classes(policy, on), limits(policy, on))


@dataclass(frozen=True)
class Held:
    """One school's sheets, with the notices of its pupils and, of pupils with any, who is responsible."""

    sheets: registers.SchoolSheets
    ledger: Mapping[str, Sequence[Notice]]
    responsible: Mapping[str, Sequence[str]]

    def as_of(self, on: date) -> SchoolSheets:
        """The sheets as the sweep reads them, with the sessions that notices issued by a day have spent."""
        kept = self.sheets
        lines: list[int] = []
        places: list[int] = []
        if self.ledger:
            numbers = kept.dates.astype(np.int64) * 2 + kept.halves
            held = {session_of(int(number)): place for place, number in enumerate(numbers)}
            for line, upn in enumerate(kept.upns):
                if upn not in self.ledger:
                    continue
                for session in spent_for_all(self.responsible[upn], self.ledger[upn], held, on):
                    lines.append(line)
                    places.append(held[session])
        return SchoolSheets(
            urn=kept.urn,
            upns=kept.upns,
            dates=kept.dates,
            halves=kept.halves,
            is_open=kept.is_open,
            half_terms=kept.half_terms,
            widths=kept.widths,
            marks=kept.marks,
            roll_years=kept.roll_years,
            roll_slots=kept.roll_slots,
            roll_lines=kept.roll_lines,
            roll_first=kept.roll_first,
            roll_last=kept.roll_last,
            spent_lines=np.array(lines, np.int64),
            spent_sessions=np.array(places, np.int64),
        )


def held(tx: Connection, urns: Sequence[str]) -> tuple[Held, ...]:
    """Everything a sweep of some schools reads, whatever the day it is about."""
    notices: dict[str, list[Notice]] = {}
    for notice in people.notices(tx):
        notices.setdefault(notice.upn, []).append(notice)
    return tuple(_held(tx, sheets, notices) for sheets in registers.sheets(tx, urns))


def _held(tx: Connection, sheets: registers.SchoolSheets, notices: Mapping[str, Sequence[Notice]]) -> Held:
    ledger = {upn: notices[upn] for upn in sheets.upns if upn in notices}
    contacts = people.parents_of(tx, ledger) if ledger else {}
    responsible = {
        upn: [p.contact_id for p in contacts.get(upn, ()) if p.parental_responsibility] for upn in ledger
    }
    return Held(sheets, ledger, responsible)


class SweptLater(CaseworkError):
    """A school was asked to be swept as of a day before its last sweep; looking back undoes nothing."""

    def __init__(self, urn: str, on: date, last: date) -> None:
        self.urn, self.on, self.last = urn, on, last
        super().__init__(
            f"School {urn} was swept as of {last:%d %B %Y} already. For an earlier day, ask: "
            f"casework facts --on {on.isoformat()} --school {urn}"
        )


class _Sweep:
    """One school on one day, in one transaction."""

    def __init__(self, inst: Installation, tx: Connection, school: School, on: date, flow_run: str) -> None:
        self.inst, self.tx, self.school, self.on = inst, tx, school, on
        self.policy = policy_of(school)
        self.by = By(ENGINE, on, flow_run=flow_run)
        self.done = Swept(school.urn, on)
        self.calendars = {school.urn: schools.calendar(tx, school.urn)}
        self.definitions = {t.bit: t for t in triggers.definitions(self.policy, on)}
        self.again: frozenset[tuple[str, str]] = frozenset()

    def run(self) -> Swept:
        before = stored.sweep_state(self.tx, self.school.urn)
        if before is not None and self.on < before.as_of:
            raise SweptLater(self.school.urn, self.on, before.as_of)
        result = swept_facts(self.tx, [self.school.urn], self.policy, self.on)
        on_roll = set(people.on_roll(self.tx, self.school.urn, self.on))
        upns = [upn for _, upn in result.lines]
        line_of = {upn: line for line, upn in enumerate(upns) if upn in on_roll}
        chosen = np.fromiter(line_of.values(), np.int64, len(line_of))
        masks = triggers.masks(self.policy, result.measures, self.on)[chosen]
        self.done.pupils = len(line_of)
        compared = compare(
            Standing.of_bytes(before.masks) if before else Standing.none(),
            np.array([upn.encode() for upn in line_of], "S13"),
            masks,
            self.on.toordinal(),
        )
        self._clear(compared.cleared)
        rows = compared.standing.rows
        told = rows["told"].copy()
        told[self._again(rows, before)] = 0
        ready = [
            (
                place,
                row["upn"].decode(),
                self.definitions[int(row["bit"])],
                date.fromordinal(int(row["since"])),
            )
            for place, row in ((int(p), rows[p]) for p in np.flatnonzero(told == 0))
        ]
        told[self._tell(ready, before is None, result, line_of)] = 1
        rows["told"] = told
        if before is not None:
            self._follow(list(line_of), [int(mask) for mask in masks])
        state = SweepState(self.policy.version, self.on, compared.standing.as_bytes())
        stored.save_sweep_state(self.tx, self.school.urn, state)
        return self.done

    def _again(self, rows: NDArray[Any], before: SweepState | None) -> list[int]:
        """Places of triggers told before that were set quiet, and whose quiet has run out since."""
        if before is not None:
            self.again = stored.heard_again(self.tx, self.school.urn, before.as_of, self.on)
        upns = {upn.encode() for upn, _ in self.again}
        return [
            int(place)
            for place in np.flatnonzero(np.isin(rows["upn"], list(upns)) if upns else [])
            if (rows[place]["upn"].decode(), self.definitions[int(rows[place]["bit"])].name) in self.again
        ]

    def _follow(self, upns: Sequence[str], masks: Sequence[int]) -> None:
        """Ask for what the policy's duties bring, from what happened on cases and by the calendar."""
        args = (self.inst, self.tx, self.school, self.policy, self.calendars[self.school.urn], self.by)
        holding = {
            upn: [trigger.name for trigger in triggers.of_mask(self.policy, int(mask), self.on)]
            for upn, mask in zip(upns, masks, strict=True)
        }
        self.done.asked = duties.follow(*args) + duties.follow_calendar(*args, holding)

    def _clear(self, cleared: Sequence[tuple[str, int]]) -> None:
        named = [(upn, self.definitions[bit]) for upn, bit in cleared if bit in self.definitions]
        pairs = [(upn, trigger.name) for upn, trigger in named]
        self.done.cleared = stored.clear_triggers(self.tx, self.school.urn, pairs, self.on)
        for upn, trigger in sorted(named, key=lambda item: (item[0], item[1].severity)):
            case = cases.open_case_of(self.tx, upn, self.school.urn)
            if case is not None:
                says = f"No longer so on {day(self.on)}: {trigger.value.says}"
                self._append(
                    case, e.TriggerCleared(**self.by.header(case.ref), trigger=trigger.name, says=says)
                )

    def _tell(
        self,
        ready: Sequence[tuple[int, str, Trigger, date]],
        first: bool,
        result: SweepResult,
        line_of: dict[str, int],
    ) -> list[int]:
        """Tell what has settled and is not quiet; gives the places told."""
        quiet = stored.snoozed(self.tx, self.school.urn, self.on)
        waiting = {item.upn for item in stored.triage_list(self.tx, self.school.urn)}
        found: dict[str, list[tuple[int, Trigger, date]]] = {}
        for place, upn, trigger, since in ready:
            settled = first or triggers.settled(trigger, since, self.on, self.calendars[self.school.urn])
            if settled and (upn, trigger.name) not in quiet and upn not in waiting:
                found.setdefault(upn, []).append((place, trigger, since))
        places: list[int] = []
        listed: list[Triage] = []
        facts = facts_of_all(self.tx, sorted(found), self.school, self.policy, self.on, self.calendars)
        for upn in sorted(found, key=lambda upn: (min(t.severity for _, t, _ in found[upn]), upn)):
            summary = self._agreed(facts[upn], result.summary(line_of[upn]))
            if summary is None:
                continue
            holding = {f.rule: f for f in triggers.raised(self.policy, summary, self.on)}
            told = [(t, since, holding[t.rule]) for _, t, since in found[upn] if t.rule in holding]
            if first:
                listed.extend(self._for_triage(upn, told))
            new = stored.raise_triggers(
                self.tx, self.school.urn, [self._raised(upn, summary, *t) for t in told]
            )
            self.done.raised += len(new)
            names = {item.trigger for item in new}
            names |= {trigger.name for trigger, _, _ in told if (upn, trigger.name) in self.again}
            if names and not first:
                self._record(upn, names, told)
            places += [place for place, _, _ in found[upn]]
        self.done.triage = stored.put_on_triage(self.tx, self.school.urn, listed)
        return places

    def _agreed(self, facts: Facts, swept: Summary) -> Summary | None:
        """The plain evaluator's own summary, if the sweep's is the same in every field."""
        plain = facts.summary(self.on, self.school.urn)
        if plain == swept:
            return plain
        self.done.disagreed.append(facts.upn)
        log.error(
            "sweep and plain evaluator disagree", extra={"urn": self.school.urn, "on": self.on.isoformat()}
        )
        return None

    def _raised(self, upn: str, summary: Summary, trigger: Trigger, since: date, finding: Finding) -> Raised:
        period = triggers.period_key(trigger, summary, since)
        return Raised(upn, trigger.name, period, self.on, finding.says, finding.evidence)

    def _for_triage(self, upn: str, told: Sequence[tuple[Trigger, date, Finding]]) -> Iterator[Triage]:
        opening = [item for item in told if item[0].opens]
        if opening:
            rank = min(trigger.severity for trigger, _, _ in opening)
            says = " ".join(finding.says for _, _, finding in opening)
            yield Triage(upn, rank, tuple(trigger.name for trigger, _, _ in told), says, self.on)

    def _record(self, upn: str, new: set[str], told: Sequence[tuple[Trigger, date, Finding]]) -> None:
        """Add what is newly told to the pupil's open case, or open one where a trigger opens cases."""
        said = [(trigger, finding) for trigger, _, finding in told if trigger.name in new]
        case = cases.open_case_of(self.tx, upn, self.school.urn)
        if case is None:
            opening = next((item for item in said if item[0].opens), None)
            if opening is None:
                return
            case = open_for(self.inst, self.tx, self.school, self.policy, self.by, upn, *opening)
            said.remove(opening)
            self.done.opened += 1
        for trigger, finding in said:
            raised = e.TriggerRaised(
                **self.by.header(case.ref), trigger=trigger.name, says=finding.says, evidence=finding.evidence
            )
            case = self._append(case, raised)
            self.done.attached += 1

    def _append(self, case: Case, event: Event) -> Case:
        cases.lock(self.tx, case.ref)
        return cases.append(self.tx, case.ref, (event,), None, self.inst.now())


def open_for(
    inst: Installation,
    tx: Connection,
    school: School,
    policy: Policy,
    by: By,
    upn: str,
    trigger: Trigger | None,
    finding: Finding,
) -> Case:
    """Open a case for a pupil, with its first review; it has no owner until a person takes it."""
    header = by.header("")
    calendar = schools.calendar(tx, school.urn)
    days = policy.value("review.first", by.on).school_days
    opening = e.CaseOpened(
        **header,
        upn=upn,
        urn=school.urn,
        trigger=trigger.name if trigger else "",
        says=finding.says,
        evidence=finding.evidence,
        policy=school.policy,
        policy_version=policy.version,
    )
    review = e.ReviewScheduled(
        **header, review_on=calendar.some_school_days_on(by.on, days), reason="First review of the case"
    )
    return cases.open_case(tx, opening, inst.now(), (review,))


def last_sweep(inst: Installation, urn: str) -> date | None:
    """The day as of which a school was last swept; None before its first sweep."""
    with inst.act(ENGINE) as tx:
        state = stored.sweep_state(tx, urn)
        return state.as_of if state else None


def rebuild_lists(inst: Installation) -> int:
    """Write every case's line in the lists again, from its events alone; says how many."""
    with inst.act(ENGINE) as tx:
        return lists.rebuild(tx)
