"""What the school's policy asks of whom, put on cases as tasks and drafts: the engine asks, a person does it.

A duty is asked once: its task bears a key made of the duty and of what brought it, and a case that has the
task is not asked again. What lies further back than the policy looks is left alone, so that a pack given to a
school later does not heap up tasks about the past.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from casework.actions import letter_drafts
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.letter_checks import stopped
from casework.actions.policies import policy_for, policy_of
from casework.actions.recording import By, next_id
from casework.actions.situations import situation_of
from casework.domain import Case, Event, Officer, Pupil, School, SchoolCalendar
from casework.domain import events as e
from casework.domain.words import in_words
from casework.policy import Policy
from casework.rules import centres, duties, kindness
from casework.rules.duties import Occasion, Owed
from casework.rules.flags import flags_of, moved_recently
from casework.storage import cases, people, schools


@dataclass(frozen=True, slots=True)
class Due:
    """A duty of the school's day: who does what by when. It belongs to no case."""

    name: str
    says: str
    roles: tuple[str, ...]
    by_time: str
    due_on: date
    rows: tuple[str, ...]
    centre: str = ""


def day_plan(inst: Installation, officer: Officer, urn: str, on: date) -> tuple[Due, ...]:
    """What the policy asks on a day of the school itself: by the clock, and at the end of a week or term."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        policy, calendar = policy_of(schools.school(tx, urn)), schools.calendar(tx, urn)
        places = centres.centres(policy, _on_roll(tx, urn, on), on) if centres.rule(policy, on) else ()
    return tuple(
        Due(
            name=item.name,
            says=item.says,
            roles=tuple(role.value for role in item.roles),
            by_time=item.by_time,
            due_on=item.due_on,
            rows=item.value.rows,
            centre=centre,
        )
        for kind in duties.cadences_ending(calendar, on)
        for item in duties.owed(policy, Occasion(kind, on), calendar)
        if not duties.is_of_pupils(item.value)
        for centre in (places if item.value.get("each_centre") and places else ("",))
    )


def attached_to_none(inst: Installation, officer: Officer, urn: str, on: date) -> tuple[str, ...]:
    """The pupils, by UPN, whom the roll of a school of several centres attaches to none."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        policy = policy_of(schools.school(tx, urn))
        return tuple(pupil.upn for pupil in centres.unattached(policy, _on_roll(tx, urn, on), on))


def _on_roll(tx: Connection, urn: str, on: date) -> tuple[Pupil, ...]:
    return people.pupils(tx, people.on_roll(tx, urn, on), urn)


def follow(
    inst: Installation, tx: Connection, school: School, policy: Policy, calendar: SchoolCalendar, by: By
) -> int:
    """Ask for what each open case's events of the last days bring; says how many tasks were added."""
    if not policy.under("duties", by.on):
        return 0
    look_back = policy.value("review.duties", by.on).school_days
    since = ([day for day in calendar.days if day <= by.on] or [by.on])[-look_back:][0]
    added = 0
    for case in cases.open_with_events(tx, school.urn, since, by.on):
        occasions = [
            (occasion, item.ref)
            for item in case.recorded
            if since <= item.event.on <= by.on
            for occasion in duties.occasions_of(case, item.event)
        ]
        added += _ask(inst, tx, calendar, case, occasions, by)
        left = kindness.left_to_this_term(policy_for(case, school), case.open_tasks, calendar, by.on)
        if left:
            _draft_letters(inst, tx, cases.load(tx, case.ref), left, calendar, by)
    return added


def follow_calendar(
    inst: Installation,
    tx: Connection,
    school: School,
    policy: Policy,
    calendar: SchoolCalendar,
    by: By,
    holding: Mapping[str, Sequence[str]],
) -> int:
    """At the end of a week, half term, term or year, ask what the policy then asks of pupils with a case.

    Args:
        holding: The triggers that hold today, by UPN.
    """
    kinds = [
        kind
        for kind in duties.cadences_ending(calendar, by.on)
        if any(v.on == kind and duties.is_of_pupils(v) for v in policy.under("duties", by.on).values())
    ]
    added = 0
    for upn, names in holding.items() if kinds else ():
        case = cases.open_case_of(tx, upn, school.urn)
        if case is not None:
            occasions = [(Occasion(kind, by.on, tuple(names)), f"{kind}:{by.on}") for kind in kinds]
            added += _ask(inst, tx, calendar, case, occasions, by, only_of_pupils=True)
    return added


def follow_absence(
    inst: Installation, tx: Connection, calendar: SchoolCalendar, case: Case, day: int, by: By
) -> int:
    """Ask what the policy asks on this school day of an absence without a reason."""
    return _ask(inst, tx, calendar, case, [(Occasion.of_absence(day, by.on), f"absent:{by.on}")], by)


def _ask(
    inst: Installation,
    tx: Connection,
    calendar: SchoolCalendar,
    case: Case,
    occasions: Sequence[tuple[Occasion, str]],
    by: By,
    only_of_pupils: bool = False,
) -> int:
    cases.lock(tx, case.ref)
    policy = policy_for(case, schools.school(tx, case.urn))
    pupil = people.pupil(tx, case.upn, case.urn)
    professionals = [p for p in people.professionals(tx, case.upn) if p.involved(by.on)]
    here_since = people.first_days_in(tx, (pupil.upn,), policy.la_code).get(pupil.upn)
    flags = flags_of(pupil, professionals) | moved_recently(policy, pupil, here_since, by.on)
    asked: list[tuple[Owed, date]] = []
    for occasion, ref in occasions:
        where = centres.said(policy, pupil, occasion.on)
        owed = duties.newly_owed(policy, case, occasion, ref, calendar, flags, only_of_pupils)
        tasks = [_task(case, item, key, by, where, ahead) for ahead, (item, key) in enumerate(owed)]
        case = cases.append(tx, case.ref, tasks, None, inst.now()) if tasks else case
        asked += [(item, occasion.on) for item, _ in owed]
    letters = [(item.letter, since) for item, since in asked if item.letter]
    _draft_letters(inst, tx, case, letters, calendar, by)
    return len(asked)


def _task(case: Case, item: Owed, key: str, by: By, where: str, ahead: int) -> Event:
    at = f" By {item.by_time}." if item.by_time else ""
    chosen = f" Choose: {', '.join(in_words(word) for word in item.asks)}." if item.asks else ""
    tell = f" Tell: {', '.join(in_words(word) for word in item.tells)}." if item.tells else ""
    return e.TaskAdded(
        **by.header(case.ref),
        task_id=next_id(case, "T", ahead),
        title=f"{item.says}{at}{chosen}{tell}{f' {where}' if where else ''}",
        due_on=max(item.due_on, by.on),
        for_role=item.roles[0].value,
        effect_key=key,
    )


def _draft_letters(
    inst: Installation,
    tx: Connection,
    case: Case,
    wanted: Sequence[tuple[str, date]],
    calendar: SchoolCalendar,
    by: By,
) -> None:
    """Draft the policy's letters that duties bring, one a parent; the caring one where a child is ill.

    None goes where a stop bids so, nor on the last day of a term: then it goes on the first of the next.

    Args:
        wanted: Each letter, with the day of what brought it: one drafted from then on is the one asked for.
    """
    situation = situation_of(tx, case, by.on) if wanted else None
    for asked_for, since in wanted:
        assert situation is not None
        name = kindness.sent_as(situation, asked_for)
        letter = situation.value(f"letters.{asked_for}")
        if kindness.is_sent(case, name, since):
            continue
        if kindness.waits_for_next_term(letter, calendar, by.on) or stopped(situation, letter.template):
            continue
        events = letter_drafts.draft_from_policy(inst, tx, replace(situation, case=case), name, by)
        case = cases.append(tx, case.ref, events, None, inst.now()) if events else case
