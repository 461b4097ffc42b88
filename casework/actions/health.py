"""How an installation does: what should have run and did not, what waits too long, and who is told of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.actions import runs
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.domain import ENGINE, Officer, Problem, Role
from casework.domain.words import in_words
from casework.storage import imports, outbox, schools, staff, standing
from casework.storage.database import newest_revision
from casework.storage.imports import ImportRun
from casework.storage.outbox import NewMessage
from casework.storage.runs import FinishedRun
from casework.storage.standing import LastFinish

LATE_AFTER = timedelta(hours=1)
"""How long after its time a run may still be on its way."""
ENGLAND = ZoneInfo("Europe/London")
START_AGAIN = (
    "See that `casework serve`, or the workers, are running; start them again if not. What was missed is "
    "then done by itself, in order, and nothing twice."
)


@dataclass(frozen=True, slots=True)
class Timed:
    """A flow with its times: when it should last have run by a moment, and when it runs next."""

    flow: str
    says: str
    when: str
    by_school: bool
    last_due: datetime | None
    next_run: datetime | None


Timetable = Callable[[datetime], Sequence[Timed]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it should be, in plain words, with what to do about it. No person is in it."""

    what: str
    says: str
    remedy: str
    urns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doing:
    """A flow as the page of flows shows it: `state` is on time, late, not yet, or waits."""

    timed: Timed
    state: str
    done: FinishedRun | None
    late_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """The latest run of each flow by name, the latest imports, and how many messages ask for a person."""

    runs: tuple[FinishedRun, ...]
    imports: tuple[ImportRun, ...]
    asking: int


def health(inst: Installation, by: Officer) -> Health:
    """What an administrator looks at first."""
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        waiting = outbox.counts(tx)
        return Health(
            tuple(sorted(runs.last(inst).values(), key=lambda done: done.run.flow)),
            imports.imports(tx, 20),
            sum(waiting.get(state, 0) for state in outbox.OPEN),
        )


def problems(inst: Installation, by: Officer, import_id: int) -> tuple[tuple[bool, Problem], ...]:
    """What an import refused (true) and warned of (false), in the order of its files."""
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        return imports.import_problems(tx, import_id)


def flows(inst: Installation, by: Officer, timetable: Timetable, now: datetime) -> tuple[Doing, ...]:
    """Each flow with its times, its last run, and whether it is late."""
    require(by, Act.ADMINISTER)
    with inst.act(ENGINE) as tx:
        finished, urns = standing.last_finishes(tx), [school.urn for school in schools.schools(tx)]
    last = runs.last(inst)
    return tuple(_doing(timed, finished, urns, last.get(timed.flow), now) for timed in timetable(now))


def troubles(inst: Installation, timetable: Timetable, now: datetime) -> tuple[Trouble, ...]:
    """Everything that is late or waits too long, the flows first."""
    today = now.astimezone(ENGLAND).date()
    with inst.act(ENGINE) as tx:
        finished, urns = standing.last_finishes(tx), [school.urn for school in schools.schools(tx)]
        overdue = standing.clocks_overdue(tx, today)
        messages, longest = outbox.counts(tx), outbox.longest_waiting(tx)
    found = [_late(timed, finished, urns, now) for timed in timetable(now)]
    asking = sum(messages.get(state, 0) for state in outbox.OPEN)
    if overdue:
        says = f"{overdue} clocks came due before today and have not fired."
        found.append(Trouble("clocks", says, START_AGAIN))
    if asking:
        says = f"{asking} messages could not be sent, or did not go in time."
        found.append(
            Trouble("messages", says, "See to them on the page of messages, or: casework outbox list")
        )
    if longest is not None and longest + LATE_AFTER < now:
        says = f"A message has waited to be sent since {_moment(longest)}."
        found.append(Trouble("sending", says, START_AGAIN))
    return tuple(trouble for trouble in found if trouble is not None)


@dataclass(frozen=True, slots=True)
class Measures:
    """How the work stands, as numbers for a program that watches; times are seconds since 1970."""

    messages: Mapping[str, int]
    finished: Mapping[str, float]
    late: Mapping[str, int]
    clocks_overdue: int
    troubles: int


def measures(inst: Installation, timetable: Timetable, now: datetime) -> Measures:
    """Everything that the metrics say of the database."""
    found = troubles(inst, timetable, now)
    timed = [item.flow for item in timetable(now) if item.last_due is not None]
    wrong = {trouble.what for trouble in found}
    with inst.act(ENGINE) as tx:
        finished: dict[str, float] = {}
        for item in standing.last_finishes(tx):
            finished[item.flow] = max(finished.get(item.flow, 0.0), item.at.timestamp())
        return Measures(
            outbox.counts(tx),
            finished,
            {flow: int(flow in wrong) for flow in timed},
            standing.clocks_overdue(tx, now.astimezone(ENGLAND).date()),
            len(found),
        )


def not_ready(inst: Installation) -> str:
    """Why the service cannot do its work, in a sentence; empty if it can."""
    with inst.act(ENGINE) as tx:
        stands_at = standing.revision(tx)
    if stands_at != newest_revision():
        return f"The tables stand at {stands_at}, this release needs {newest_revision()}: casework db start"
    return ""


def tell(inst: Installation, found: Sequence[Trouble], now: datetime, flow_run: str = "") -> int:
    """Queue a message about each trouble to each administrator, once a day; gives how many are new."""
    today = now.astimezone(ENGLAND).date()
    told = 0
    with inst.act(ENGINE, flow_run) as tx:
        for address, officer_id in _administrators(staff.colleagues(tx), today):
            for trouble in found:
                where = f"\n\nSchools: {', '.join(trouble.urns)}" if trouble.urns else ""
                told += outbox.queue(
                    tx,
                    NewMessage(
                        key=f"alert:{trouble.what}:{today.isoformat()}:{officer_id}",
                        kind="alert",
                        on=today,
                        to_whom=officer_id,
                        to_address=address,
                        subject="casework needs you to look at something",
                        body=f"{trouble.says}\n\n{trouble.remedy}{where}\n",
                        asked_by=ENGINE.officer_id,
                        good_until=datetime.combine(today + timedelta(days=1), datetime.min.time(), ENGLAND),
                    ),
                    now,
                    flow_run,
                )
        runs.did(tx, flow_run, today, told=told)
    return told


def _administrators(everyone: Sequence[staff.Colleague], on: date) -> list[tuple[str, str]]:
    return [
        (person.email, person.officer_id)
        for person in everyone
        if person.active
        and "@" in person.email
        and any(
            held.role is Role.ADMINISTRATOR
            and held.from_date <= on
            and (held.to_date is None or on <= held.to_date)
            for held in person.roles
        )
    ]


def _doing(
    timed: Timed, finished: Sequence[LastFinish], urns: Sequence[str], done: FinishedRun | None, now: datetime
) -> Doing:
    late = _late(timed, finished, urns, now)
    if timed.last_due is None:
        return Doing(timed, "waits", done)
    if done is None:
        return Doing(timed, "not yet", None)
    return Doing(timed, "late" if late else "on time", done, late.urns if late else ())


def _late(timed: Timed, finished: Sequence[LastFinish], urns: Sequence[str], now: datetime) -> Trouble | None:
    """A flow that should have finished by now and has not, at some school or altogether.

    What never ran is not late: it has had no first day yet.
    """
    due = timed.last_due
    mine = {item.urn: item for item in finished if item.flow == timed.flow}
    if due is None or not mine or now < due + LATE_AFTER:
        return None
    behind = [urn for urn, item in mine.items() if _is_behind(item, due) and (not urn or urn in urns)]
    if not behind:
        return None
    last = max(item.at for item in mine.values())
    return Trouble(
        timed.flow,
        f"{in_words(timed.flow).capitalize()} was due on {_moment(due)} and has not finished"
        f"{f' at {len(behind)} schools' if timed.by_school else ''}; the last time was {_moment(last)}.",
        START_AGAIN,
        tuple(urn for urn in behind if urn),
    )


def _is_behind(item: LastFinish, due: datetime) -> bool:
    return item.at < due or item.on < due.astimezone(ENGLAND).date()


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ENGLAND):%A %d %B at %H:%M}"
