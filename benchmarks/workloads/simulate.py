"""The policy lab: a school-year of 1,000 pupils replayed under a pack, while a person waits."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

import numpy as np

from benchmarks.filling import fill
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.population import ON, School, population
from benchmarks.workloads.sweep import calendar_of, marks_of
from casework.actions.installation import Installation
from casework.actions.policies import code_classes, limits, versions_of
from casework.actions.simulating import Question, Simulated, simulate
from casework.domain import ENGINE, Parent, Pupil, SchoolCalendar
from casework.domain import School as SchoolOnFile
from casework.facts import Facts, Register
from casework.lab import figures
from casework.lab.assumed import Assumed
from casework.lab.figures import Found, Side, Who
from casework.lab.replay import replay
from casework.lab.seen import Background, Known, Night
from casework.policy import Policy
from casework.policy.bank_holidays import england
from casework.policy.load import load
from casework.rules import triggers
from casework.storage import people

PACK, LA = "nether-stowe", "352"
BORN = date(2013, 5, 14)
PUPILS = 1_000
SAMPLE = 12
_RUNS = ("unauthorised_run", "return_run", "illness_run")

Answer = Mapping[Who, tuple[Found, bool] | None]
"""Of each pupil the case they get, and whether a notice is proposed; None where they get none."""


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """One school of 1,000 pupils, against the readable evaluator asked of a sample, pupil by pupil."""
    made = population(PUPILS, bench.seed, a_school=PUPILS)
    (school,) = made.schools
    calendar = calendar_of(school)
    sample = range(0, PUPILS, PUPILS // SAMPLE)[:SAMPLE]
    with bench.installation() as inst:
        fill(inst.db, made)
        _add_people(inst, school)
        peers = {
            "product": Peer(lambda: _simulated(inst, calendar), PUPILS, lambda found: _answer(found.side)),
            "evaluator": Peer(
                lambda: [_evaluated(school, calendar, place) for place in sample],
                len(sample),
                lambda each: {who: one for answer in each for who, one in answer.items()},
            ),
        }
        size = {"pupils": PUPILS, "school_days": len(calendar.days)}
        yield [Workload("simulate", size, peers, _first_difference, bench.rounds(1))]


def _simulated(inst: Installation, calendar: SchoolCalendar) -> Simulated:
    return simulate(inst, ENGINE, Question(PACK, calendar.days[0], ON))


def _add_people(inst: Installation, school: School) -> None:
    """Birth dates, and a parent each with a whole address: without them no letter or notice comes about."""
    with inst.act(ENGINE) as tx:
        people.save_pupils(tx, [_pupil(upn) for upn in school.upns])
        people.save_parents(tx, [_parent(upn) for upn in school.upns])


def _pupil(upn: str) -> Pupil:
    return Pupil(upn, "Invented", "Pupil", dob=BORN, looked_after=False, social_worker=False)


def _parent(upn: str) -> Parent:
    return Parent(
        "p1",
        upn,
        title="Ms",
        surname="Parent",
        parental_responsibility=True,
        address_1="1 Invented Lane",
        town="Nowhere",
        postcode="ZZ1 1ZZ",
    )


def _answer(side: Side) -> Answer:
    return {who: (one, who in side.with_notice) for who, one in side.found.items()}


def _first_difference(product: Answer, sampled: Answer) -> str:
    """The first pupil of the sample of whom the product says something else."""
    wrong = next((who for who, one in sampled.items() if product.get(who) != one), None)
    return "" if wrong is None else f"Pupil {wrong[1]}: {product.get(wrong)} and {sampled[wrong]}."


def _evaluated(school: School, calendar: SchoolCalendar, place: int) -> Answer:
    """One pupil's year: every fact worked out anew on every day, then the same replay."""
    policy, upn = load(PACK, LA), school.upns[place]
    first, last = (date.fromordinal(int(days[place])) for days in (school.first, school.last))
    held = (Register(school.urn, calendar, ((first, last),), marks_of(school, calendar, place)),)

    def facts(under: Policy, on: date) -> Facts:
        return Facts(upn, held, code_classes(under, on), limits(under, on), responsible=("p1",))

    known = Known(_pupil(upn), (_parent(upn),), (), facts)
    on_file = SchoolOnFile(school.urn, f"School {school.urn}", LA, policy=PACK)
    background = Background(on_file, policy, versions_of(PACK), calendar, england(), lambda _: known)
    nights = (_night(policy, facts(policy, day), upn, day, first <= day <= last) for day in calendar.days)
    replayed = replay(background, nights, Assumed())
    return {(school.urn, upn): None, **_answer(figures.side(PACK, [(replayed, calendar)], (), {}))}


def _night(policy: Policy, facts: Facts, upn: str, on: date, on_roll: bool) -> Night:
    summaries = [facts.summary(on)] if on_roll else []
    began = {
        run: np.array([day.toordinal() if (day := getattr(s, run).started_on) else 0 for s in summaries])
        for run in _RUNS
    }
    return Night(
        on=on,
        upns=(upn,) if on_roll else (),
        masks=np.array([triggers.mask(policy, summary, on) for summary in summaries], np.uint64),
        periods=np.array([summary.period for summary in summaries]),
        started_on=began,
        counted=np.array([summary.threshold.sessions for summary in summaries]),
        unauthorised=np.array([summary.year.unauthorised for summary in summaries]),
    )
