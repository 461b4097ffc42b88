"""The engine's own nights, lived through again: triggers raised and cleared, cases opened, duties asked for.

Each night does what `actions.sweeping` does on that day, through the same rules, on cases in memory.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from casework.documents import Audience, template_named
from casework.domain import ENGINE, Answer
from casework.domain import events as e
from casework.lab.paper import TALKING, Happened, Paper
from casework.lab.seen import Background, Night
from casework.rules import duties, kindness, people, triggers
from casework.rules.duties import Occasion, Owed
from casework.rules.flags import flags_of, moved_recently
from casework.rules.situation import Situation
from casework.rules.standing import Standing, compare
from casework.rules.triggers import Trigger


class Nights:
    """One school under one policy, night after night, oldest first. `papers` are its cases by UPN."""

    def __init__(self, background: Background) -> None:
        self.background = background
        self.papers: dict[str, Paper] = {}
        self.happened: list[Happened] = []
        self._standing = Standing.none()
        self._told: set[tuple[str, str]] = set()
        self._lasting: dict[str, frozenset[str]] = {}
        self._begun = False

    def pass_over(self, night: Night) -> None:
        """Live through one night. The first makes a list, and everybody on it is accepted."""
        first, self._begun = not self._begun, True
        definitions = {t.bit: t for t in triggers.definitions(self.background.policy, night.on)}
        compared = compare(
            self._standing,
            np.array([upn.encode() for upn in night.upns], "S13"),
            night.masks,
            night.on.toordinal(),
        )
        self._standing = compared.standing
        self._clear(compared.cleared, definitions, night.on)
        self._tell(night, definitions, first)
        if not first:
            self._follow(night.on)
            self._follow_calendar(night)

    # -- triggers --------------------------------------------------------------------------------------------

    def _clear(
        self, cleared: Iterable[tuple[str, int]], definitions: Mapping[int, Trigger], on: date
    ) -> None:
        named = [(upn, definitions[bit]) for upn, bit in cleared if bit in definitions]
        for upn, trigger in sorted(named, key=lambda item: (item[0], item[1].severity)):
            if paper := self.papers.get(upn):
                paper.add(e.TriggerCleared(**paper.header(on), trigger=trigger.name, says=trigger.value.says))

    def _tell(self, night: Night, definitions: Mapping[int, Trigger], first: bool) -> None:
        rows = self._standing.rows
        told = rows["told"].copy()
        found: dict[str, list[tuple[int, Trigger, date]]] = {}
        calendar = self.background.calendar
        for place in np.flatnonzero(told == 0).tolist():
            row = rows[place]
            trigger, since = definitions[int(row["bit"])], date.fromordinal(int(row["since"]))
            if first or triggers.settled(trigger, since, night.on, calendar):
                found.setdefault(row["upn"].decode(), []).append((place, trigger, since))
        line_of = {upn: line for line, upn in enumerate(night.upns)} if found else {}
        for upn in sorted(found, key=lambda upn: (min(t.severity for _, t, _ in found[upn]), upn)):
            summary = night.summary(self.background.school.urn, line_of[upn])
            new: list[tuple[Trigger, date]] = []
            for place, trigger, since in found[upn]:
                told[place] = 1
                occasion = (upn, triggers.period_key(trigger, summary, since))
                if occasion not in self._told:
                    self._told.add(occasion)
                    new.append((trigger, since))
            if first and any(trigger.opens for trigger, _ in new):
                self._open(upn, new[0], night.on, "listed")
                self._attach(upn, new[1:], night.on)
            elif new and not first:
                self._record(upn, new, night.on)
        rows["told"] = told

    def _record(self, upn: str, new: list[tuple[Trigger, date]], on: date) -> None:
        if upn not in self.papers:
            opening = next((item for item in new if item[0].opens), None)
            if opening is None:
                return
            self._open(upn, opening, on, "opened")
            new = [item for item in new if item is not opening]
        self._attach(upn, new, on)

    def _open(self, upn: str, opening: tuple[Trigger, date], on: date, how: str) -> None:
        trigger, since = opening
        school, policy = self.background.school, self.background.policy
        ref, by = f"{school.urn}-{len(self.papers) + 1:05}", ENGINE.officer_id
        review = e.ReviewScheduled(case_ref=ref, on=on, by=by, review_on=self._first_review(on))
        case = e.CaseOpened(
            case_ref=ref,
            on=on,
            by=by,
            upn=upn,
            urn=school.urn,
            trigger=trigger.name,
            says=trigger.value.says,
            policy=school.policy,
            policy_version=policy.version,
        )
        self.papers[upn] = Paper.opened(case, review, since)
        self.happened.append(Happened(how, on, upn, name=trigger.name))

    def _first_review(self, on: date) -> date:
        days = self.background.policy.value("review.first", on).school_days
        return self.background.calendar.some_school_days_on(on, days)

    def _attach(self, upn: str, raised: Iterable[tuple[Trigger, date]], on: date) -> None:
        paper = self.papers[upn]
        paper.add(
            *(
                e.TriggerRaised(**paper.header(on), trigger=trigger.name, says=trigger.value.says)
                for trigger, _ in raised
            )
        )

    # -- duties ----------------------------------------------------------------------------------------------

    def _follow(self, on: date) -> None:
        """Ask for what events bring. An event is looked at once, and again only if the pupil's flags change:
        what it does not bring on its first night it brings on no later one."""
        policy = self.background.policy
        if not policy.under("duties", on):
            return
        self._left_to_this_term(on)
        days = self.background.calendar.days_between(date.min, on)
        since = days[-policy.value("review.duties", on).school_days :][0]
        for paper in self.papers.values():
            flags = self._flags(paper, on)
            if flags != paper.flags:
                paper.flags, again = flags, paper.recent
            else:
                again = []
            if not (paper.fresh or again):
                continue
            looked_at = [*again, *paper.fresh]
            paper.recent = [item for item in (*paper.recent, *paper.fresh) if item[0].on >= since]
            paper.fresh = []
            occasions = [
                (occasion, ref)
                for event, ref in looked_at
                if since <= event.on <= on
                for occasion in duties.occasions_of(paper.case, event)
            ]
            self._ask(paper, occasions, flags, on)

    def _follow_calendar(self, night: Night) -> None:
        policy, on = self.background.policy, night.on
        asked = [v.on for v in policy.under("duties", on).values() if duties.is_of_pupils(v)]
        kinds = [kind for kind in duties.cadences_ending(self.background.calendar, on) if kind in asked]
        if not kinds:
            return
        for upn, mask in zip(night.upns, night.masks.tolist(), strict=True):
            if paper := self.papers.get(upn):
                names = tuple(trigger.name for trigger in triggers.of_mask(policy, mask, on))
                occasions = [(Occasion(kind, on, names), f"{kind}:{on}") for kind in kinds]
                self._ask(paper, occasions, self._flags(paper, on), on, only_of_pupils=True)

    def _flags(self, paper: Paper, on: date) -> frozenset[str]:
        """What is true of the pupil; without professionals who come and go the roll's part never changes."""
        known, policy = self.background.known(paper.case.upn), self.background.policy
        moved = moved_recently(policy, known.pupil, known.here_since, on)
        if not known.professionals:
            if known.pupil.upn not in self._lasting:
                self._lasting[known.pupil.upn] = flags_of(known.pupil)
            return self._lasting[known.pupil.upn] | moved
        return flags_of(known.pupil, [p for p in known.professionals if p.involved(on)]) | moved

    def _ask(
        self,
        paper: Paper,
        occasions: Iterable[tuple[Occasion, str]],
        flags: frozenset[str],
        on: date,
        only_of_pupils: bool = False,
    ) -> None:
        policy, calendar = self.background.policy_of(paper.case), self.background.calendar
        asked: list[tuple[Owed, date]] = []
        for occasion, ref in occasions:
            for item, key in duties.newly_owed(
                policy, paper.case, occasion, ref, calendar, flags, only_of_pupils
            ):
                paper.ask(item, key, on)
                self.happened += self._asked(paper, item, on)
                asked.append((item, occasion.on))
        for item, since in asked:
            if item.letter:
                self.happened += self._drafted(paper, item.letter, item.roles[0].value, since, on)

    def _asked(self, paper: Paper, item: Owed, on: date) -> Iterator[Happened]:
        upn, role = paper.case.upn, item.roles[0].value
        kind = "meeting" if item.does == "meet" else "conversation" if item.does in TALKING else ""
        yield Happened("task", on, upn, role, item.name)
        if kind:
            yield Happened(kind, on, upn, role, item.name)

    def _left_to_this_term(self, on: date) -> None:
        """Letters that would have spoiled a holiday, on the first night of the term."""
        calendar = self.background.calendar
        if not kindness.begins_term(calendar, on):
            return
        for paper in self.papers.values():
            policy, tasks = self.background.policy_of(paper.case), paper.case.of(e.TaskAdded)
            for letter, since in kindness.left_to_this_term(policy, tasks, calendar, on):
                role = duties.roles_of(policy, policy.value(f"letters.{letter}", on).signed_by, on)[0]
                self.happened += self._drafted(paper, letter, role.value, since, on)

    def _drafted(self, paper: Paper, letter: str, role: str, since: date, on: date) -> Iterator[Happened]:
        """The policy's letter that a duty brings, to each reader it would be drafted for."""
        situation = self.background.situation(paper.case, on)
        name = kindness.sent_as(situation, letter)
        asked_for = situation.value(f"letters.{letter}")
        if kindness.is_sent(paper.case, name, since):
            return
        if kindness.waits_for_next_term(asked_for, self.background.calendar, on):
            return
        for reader in _readers(situation, situation.value(f"letters.{name}").template):
            paper.add(
                e.DocumentDrafted(
                    **paper.header(on),
                    document_id=paper.next_id("D"),
                    template=name,
                    parent_id=reader,
                    letter=name,
                )
            )
            yield Happened("letter", on, paper.case.upn, role, name)


def _readers(situation: Situation, template: str) -> Sequence[str]:
    """Whom a letter is drafted for: each parent who can be written to, or nobody in particular."""
    if template_named(template).audience is not Audience.PARENT:
        return ("",)
    return [
        parent.contact_id
        for parent in situation.liable_parents
        if people.can_be_served(situation.about(parent)).answer is Answer.HOLDS
    ]
