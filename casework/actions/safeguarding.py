"""The DSL's lane: flags raised by anyone or by the engine, reviews with sealed reasons, holds, reminders.

What is sealed is read by the DSL alone, each reading kept. Others see that there is a hold, its scope and its
review date. A hold not reviewed at its date stays on, and the headteacher is told.
"""

from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions import runs
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, Header, Unclear, answered, given, next_id, one_of, write
from casework.domain import ENGINE, Case, Event, NotFound, Officer, Role
from casework.domain import events as e
from casework.domain.words import day, in_words
from casework.storage import cases, clocks, lists, people, schools
from casework.storage import safeguarding as sealed
from casework.storage.lists import CaseFilter
from casework.storage.safeguarding import SealedNote, SealedRead

SCOPES = ("letters", "enforcement", "visits", "all_contact", "first_day_contact", "cme_report")
"""What a hold may stop. What keeps a child safe is stopped only by a hold that names it: the last two."""
FLAGGED_TRIGGERS = ("severely_absent",)


@dataclass
class Watched:
    """What one run of the safeguarding watch did, in counts."""

    flagged: int = 0
    chased: int = 0
    holds_overdue: int = 0

    def counts(self) -> dict[str, int]:
        """The counts, for a log line or a run's result."""
        return {"flagged": self.flagged, "chased": self.chased, "holds_overdue": self.holds_overdue}

    def and_also(self, more: "Watched") -> "Watched":
        """What was done here and there together."""
        return Watched(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(more), strict=True)))


def flag(inst: Installation, by: By, case_ref: str, flag: str, words: str = "") -> Case:
    """Put a concern to the DSL. What was seen is sealed; the case shows only that there is a flag."""
    require(by.officer, Act.WRITE_CASES)
    kind = given(flag, "The kind of concern")

    def make(tx: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        sealed_id = sealed.seal(tx, case_ref, words, by.on) if words.strip() else ""
        title, key = f"Review a safeguarding flag: {in_words(kind)}", _flag_key(kind, case_ref)
        return (
            e.SafeguardingFlagged(**header, flag=kind, sealed_id=sealed_id),
            _task_for_dsl(header, case, 1, title, by.on, f"{key}:{case.sequence}"),
        )

    return write(inst, by, case_ref, make)


def review(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    flag: str,
    outcome: str,
    words: str,
    next_review_on: date | None = None,
) -> Case:
    """The DSL's decision on a flag, the decision not to refer included; its reasons are sealed."""
    require(by.officer, Act.WRITE_SEALED)
    given(words, "The reasons")

    def make(tx: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        seen = e.DslReviewed(
            **header,
            flag=flag,
            outcome=given(outcome, "The outcome"),
            sealed_id=sealed.seal(tx, case_ref, words, by.on),
            next_review_on=next_review_on,
        )
        key = _flag_key(flag, case_ref)
        keys = (key, f"{key}:", f"dsl_review:{case_ref}:{flag}:")
        return (*answered(case, header, *keys, outcome="Reviewed"), seen)

    return write(inst, by, case_ref, make)


def hold(
    inst: Installation, by: By, case_ref: str, *, scope: str, review_on: date, words: str, parent_id: str = ""
) -> Case:
    """Hold part of the work, with a date by which it is looked at again. No statutory clock stops for it."""
    require(by.officer, Act.WRITE_SEALED)
    kind = one_of(scope, SCOPES, "The scope")
    if review_on <= by.on:
        raise Unclear(f"{review_on:%d %B %Y} is not a day to come.", "Say by when the hold is reviewed.")

    def make(tx: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        known = [parent.contact_id for parent in people.parents(tx, case.upn)]
        if parent_id and parent_id not in known:
            raise NotFound("parent", parent_id, f"Contacts of this pupil: {', '.join(known) or 'none'}.")
        sealed.seal(tx, case_ref, given(words, "The reasons"), by.on)
        hold_id = next_id(case, "H")
        return (
            e.HoldPlaced(**header, hold_id=hold_id, scope=kind, review_on=review_on, parent_id=parent_id),
        )

    return write(inst, by, case_ref, make)


def lift(inst: Installation, by: By, case_ref: str, hold_id: str) -> Case:
    """Lift a hold; only the DSL or deputy does."""

    require(by.officer, Act.WRITE_SEALED)

    def make(tx: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        if hold_id not in {held.hold_id for held in case.holds}:
            raise NotFound("hold", hold_id, "Look at the case's holds again.")
        asked = answered(case, header, f"hold_review:{case_ref}:{hold_id}:", outcome="Lifted")
        return (*asked, e.HoldLifted(**header, hold_id=hold_id))

    return write(inst, by, case_ref, make)


def notes(inst: Installation, officer: Officer, case_ref: str) -> tuple[SealedNote, ...]:
    """A case's sealed notes; reading them is kept."""
    require(officer, Act.READ_SEALED)
    with inst.act(officer) as tx:
        cases.load(tx, case_ref)
        return sealed.read_notes(tx, case_ref)


def readings(inst: Installation, officer: Officer, case_ref: str) -> tuple[SealedRead, ...]:
    """Who has read a case's sealed notes, and when."""
    require(officer, Act.READ_SEALED)
    with inst.act(officer) as tx:
        return sealed.readings(tx, case_ref)


def watch(inst: Installation, on: date, flow_run: str = "") -> Watched:
    """Flag what the DSL must see, chase what waits for them, tell the head of holds left unreviewed.

    Twice on one day adds nothing: each flag, reminder and telling has a key of its own.
    """
    done = Watched()
    by = By(ENGINE, on, flow_run=flow_run)
    with inst.act(ENGINE) as tx:
        urns = [school.urn for school in schools.schools(tx)]
    for urn in urns:
        here = Watched()
        with inst.act(ENGINE, flow_run) as tx:
            for trigger in FLAGGED_TRIGGERS:
                for ref in _refs(tx, CaseFilter(on, urn=urn, trigger=trigger)):
                    here.flagged += _flag_once(inst, tx, by, ref, trigger)
            for flag_name in ("held", "with_dsl"):
                for ref in _refs(tx, CaseFilter(on, urn=urn, flag=flag_name)):
                    chased, overdue = _chase(inst, tx, by, ref)
                    here.chased += chased
                    here.holds_overdue += overdue
            runs.did(tx, flow_run, on, **here.counts())
        done = done.and_also(here)
    return done


def _refs(tx: Connection, wanted: CaseFilter) -> list[str]:
    refs: list[str] = []
    after = ""
    while True:
        page = lists.page(tx, wanted, "ref", after=after, size=500)
        refs += [line.case_ref for line in page.lines]
        after = page.after
        if not after:
            return refs


def _flag_once(inst: Installation, tx: Connection, by: By, case_ref: str, trigger: str) -> int:
    key = _flag_key(trigger, case_ref)
    if not clocks.claim(tx, key, "flag", case_ref, by.flow_run):
        return 0
    cases.lock(tx, case_ref)
    case = cases.load(tx, case_ref)
    header = by.header(case_ref)
    title = f"Review a safeguarding flag: {in_words(trigger)}"
    events = (
        e.SafeguardingFlagged(**header, flag=trigger),
        _task_for_dsl(header, case, 1, title, by.on, key),
    )
    cases.append(tx, case_ref, events, None, inst.now())
    return 1


def _chase(inst: Installation, tx: Connection, by: By, case_ref: str) -> tuple[int, int]:
    cases.lock(tx, case_ref)
    case = cases.load(tx, case_ref)
    header = by.header(case_ref)
    events: list[Event] = []
    overdue = 0
    reviewed = {event.flag: event for event in case.of(e.DslReviewed)}
    for flag_name, last in reviewed.items():
        due = last.next_review_on
        if due is not None and due <= by.on:
            key = f"dsl_review:{case_ref}:{flag_name}:{due.isoformat()}"
            if clocks.claim(tx, key, "task", case_ref, by.flow_run):
                title = f"Look again by {day(due)} at a safeguarding flag: {in_words(flag_name)}"
                events.append(_task_for_dsl(header, case, len(events), title, due, key))
    for held in case.holds:
        if held.review_on > by.on:
            continue
        key = f"hold_review:{case_ref}:{held.hold_id}:{held.review_on.isoformat()}"
        if clocks.claim(tx, key, "task", case_ref, by.flow_run):
            title = f"Review the hold on {in_words(held.scope)} by {day(held.review_on)}"
            events.append(_task_for_dsl(header, case, len(events), title, held.review_on, key))
        told = f"{key}:head"
        if held.review_on < by.on and clocks.claim(tx, told, "task", case_ref, by.flow_run):
            overdue += 1
            events.append(
                e.TaskAdded(
                    **header,
                    task_id=next_id(case, "T", len(events)),
                    title=f"Ask the DSL about the hold to be reviewed by {day(held.review_on)}: it stays on",
                    due_on=by.on,
                    for_role=Role.HEADTEACHER.value,
                    effect_key=told,
                )
            )
    if events:
        cases.append(tx, case_ref, events, None, inst.now())
    return len(events) - overdue, overdue


def _flag_key(flag: str, case_ref: str) -> str:
    return f"flag:{flag}:{case_ref}"


def _task_for_dsl(header: Header, case: Case, ahead: int, title: str, due_on: date, key: str) -> e.TaskAdded:
    return e.TaskAdded(
        **header,
        task_id=next_id(case, "T", ahead),
        title=title,
        due_on=due_on,
        for_role=Role.DSL.value,
        effect_key=key,
    )
