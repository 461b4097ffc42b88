"""Clocks that come due: claimed and finished by several workers, with work held, and with workers killed."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from benchmarks.crew import Did, Holding, Job, crew, doomed, together
from benchmarks.filling import settle
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.peers.timers import RowByRow
from benchmarks.population import ON
from casework.actions.installation import Installation
from casework.domain import ENGINE
from casework.storage import clocks as kept
from casework.storage.database import APP, Database, driver

WORKERS = (1, 2, 4)
SAMPLE = 2_000
HELD_SECONDS = 0.002
HELD = 800
KILLS = 11
A_CASE = 10

_FILL = """
insert into school (school_id, urn, name, la_code) overriding system value
select n, (100000 + n)::text, 'School ' || n, '352' from generate_series(1, 50) n;

insert into pupil (pupil_id, upn, surname, forename) overriding system value
select n, 'A' || lpad(n::text, 12, '0'), 'Pupil ' || n, 'Invented' from generate_series(1, {cases}) n;

insert into case_file
    (case_ref, school_id, pupil_id, opened_on, recorded_at, head_sequence, head_hash, head_time_hash)
select 'CASE-' || lpad(n::text, 7, '0'), n % 50 + 1, n, date '2026-01-05', now(), 0, '', ''
from generate_series(1, {cases}) n;

insert into clock (case_ref, clock_id, school_id, rule, started_on, due_on)
select 'CASE-' || lpad((n % {cases} + 1)::text, 7, '0'), 'clock-' || n / {cases}, n % {cases} % 50 + 1,
    'review', date '2026-01-05',
    case when n * 7919 % {clocks} < {due} then date '2026-07-17' - (n % 20)::int
        else date '2026-09-01' + (n % 100)::int end
from generate_series(0, {clocks}::bigint - 1) n;

create schema peer;

create table peer.timer (
    timer_id bigint primary key, due_on date not null, state smallint not null default 0,
    version integer not null default 1
) with (fillfactor = 80);

insert into peer.timer (timer_id, due_on)
select n, case when n * 7919 % {clocks} < {sample} then date '2026-07-17' - (n % 20)::int
    else date '2026-09-01' + (n % 100)::int end
from generate_series(0, {clocks}::bigint - 1) n;

create index timer_due on peer.timer (due_on, timer_id) where state = 0;

create table peer.done (timer_id bigint not null, done_at timestamptz not null default clock_timestamp());

create table bench_done (firing_key text not null);

grant insert on bench_done to {app};

alter table clock_firing disable trigger user
"""
_RESET = (
    "update clock set state = 'running' where state = 'fired'",
    "truncate clock_firing, bench_done, peer.done",
    "update peer.timer set state = 0, version = 1 where state = 1",
)


@dataclass(frozen=True)
class Drain:
    """The product's way: claim due clocks, finish them in the claim's transaction, until none is left.

    Each is worked on for `held_seconds` while the claim is held; `most` 0 means every one there is.
    """

    batch: int
    held_seconds: float = 0.0
    most: int = 0

    def __call__(self, db: Database, holding: Holding | None = None) -> int:
        """Says how many this worker did; with `holding` it also writes down each, to be counted later."""
        done = 0
        while not self.most or done < self.most:
            with db.transaction(ENGINE) as tx:
                fired = kept.claim_due(tx, ON, self.batch)
                if not fired:
                    return done
                if holding is not None:
                    keys = [firing.firing_key for firing in fired]
                    tx.execute(
                        text("insert into bench_done select unnest(cast(:keys as text[]))"), {"keys": keys}
                    )
                    holding.value = 1
                if self.held_seconds:
                    time.sleep(self.held_seconds * len(fired))
            if holding is not None:
                holding.value = 0
            done += len(fired)
        return done


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """A tenth of the clocks are due. The peer does a sample, since it is slow; it has as many rows beside."""
    clocks = 1_000_000 if bench.full else 200_000
    due = clocks // 10
    with bench.installation() as inst:
        fill_clocks(inst, clocks, due)
        killed = _killed(inst, due)
        with crew(inst.db, max(WORKERS)) as workers:
            again = running_again(inst)

            def peer(job: Job, count: int, items: int) -> Peer:
                return Peer(
                    lambda: together(workers[:count], job),
                    items,
                    _all_done(items),
                    again,
                    lambda raw: float(raw.seconds),
                )

            every = {f"product_{_of(n)}": peer(Drain(100), n, due) for n in WORKERS}
            every["product_2_workers_1000_a_claim"] = peer(Drain(1000), 2, due)
            every |= {f"per_row_{_of(n)}": peer(RowByRow(100), n, SAMPLE) for n in WORKERS}
            held = {f"product_{_of(n)}": peer(Drain(10, HELD_SECONDS, HELD // n), n, HELD) for n in WORKERS}
            yield [
                Workload("clocks", {"clocks": clocks, "due": due}, every, rounds=bench.rounds()),
                Workload("clocks_held", {"done": HELD}, held, rounds=bench.rounds()),
                Workload("clocks_killed", {"due": due, "kills": KILLS}, values=lambda: killed),
            ]


def _of(count: int) -> str:
    return f"{count}_worker" if count == 1 else f"{count}_workers"


def _all_done(items: int) -> Callable[[Did], str]:
    """The answer that is compared: whether as many clocks were done as were asked for."""
    return lambda did: "done" if did.done == items else f"{did.done} of {items} done"


def fill_clocks(inst: Installation, clocks: int, due: int) -> None:
    """As many clocks over fifty schools, ten a case, some of them due."""
    values = {"cases": clocks // A_CASE, "clocks": clocks, "due": due, "sample": SAMPLE, "app": APP}
    with inst.db.owner_engine.begin() as tx:
        for statement in _FILL.format(**values).split(";\n"):
            driver(tx).execute(statement)
    settle(inst.db, ("clock", "case_file", "peer.timer"))


def running_again(inst: Installation) -> Callable[[Any], None]:
    """Every clock as it was, and the tables swept of what the last run left."""

    def again(_: Any) -> None:
        with inst.db.owner_engine.begin() as tx:
            for statement in _RESET:
                driver(tx).execute(statement)
        settle(inst.db, ("clock", "peer.timer"))

    return again


def _killed(inst: Installation, due: int) -> dict[str, float]:
    """Workers killed while they hold claims; then one that is left in peace does the rest.

    Each claim writes what it did in its own transaction: a clock done twice or never shows.
    """
    job = Drain(50, 0.0005)
    kills = 0
    while kills < KILLS:
        several = [doomed(inst.db, job) for _ in range(min(3, KILLS - kills))]
        kills += sum(worker.kill_in_claim() for worker in several)
    last = doomed(inst.db, replace(job, held_seconds=0.0))
    last.process.join()
    with inst.db.owner_engine.connect() as tx:
        done, once = tx.execute(text("select count(*), count(distinct firing_key) from bench_done")).one()
        fired = tx.execute(text("select count(*) from clock_firing")).scalar_one()
    twice, lost = done - once, due - once
    running_again(inst)(None)
    return {"twice_or_lost": float(twice + lost + abs(fired - once)), "killed_in_a_claim": float(kills)}
