"""A few amended pupils worked out anew: by the product a school at a time, by the tuned SQL all at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from benchmarks.facts import first_difference, of_summaries
from benchmarks.filling import fill, fill_narrow
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.peers import window_sql
from benchmarks.population import ON, population
from benchmarks.workloads.sweep import POLICY, sampled, sql_window_tuned
from casework.actions.installation import Installation
from casework.actions.policies import code_classes
from casework.actions.situations import facts_of_all
from casework.domain import ENGINE, SchoolCalendar
from casework.facts import Summary
from casework.rules import triggers
from casework.storage import schools
from casework.storage.database import driver

AMENDED = 100


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """A hundred pupils of 4,000."""
    people = population(4_000, bench.seed)
    chosen = sampled(people, AMENDED)
    pupils = [int(school.pupil_ids[place]) for school, _, place in chosen]
    asked: dict[str, list[str]] = {}
    for school, _, place in chosen:
        asked.setdefault(school.urn, []).append(school.upns[place])
    with bench.installation() as inst:
        fill(inst.db, people)
        fill_narrow(inst.db, people)
        with inst.db.owner_engine.begin() as tx:
            window_sql.fill_codes(driver(tx), code_classes(POLICY, ON), ON)
        peers = {
            "product": Peer(lambda: _product(inst, asked), AMENDED, of_summaries),
            "sql_window_tuned": sql_window_tuned(inst, AMENDED, pupils),
        }
        size = {"pupils": people.pupils, "amended": AMENDED}
        yield [Workload("amended", size, peers, first_difference, bench.rounds(5))]


def _product(inst: Installation, asked: Mapping[str, Sequence[str]]) -> list[tuple[Summary, int]]:
    """Each school's pupils fetched together and read by the evaluator, as before any trigger is told."""
    found = []
    calendars: dict[str, SchoolCalendar] = {}
    with inst.act(ENGINE) as tx:
        for urn, upns in asked.items():
            everyone = facts_of_all(tx, upns, schools.school(tx, urn), POLICY, ON, calendars)
            for facts in everyone.values():
                summary = facts.summary(ON, urn)
                found.append((summary, triggers.mask(POLICY, summary, ON)))
    return found
