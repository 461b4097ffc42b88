"""A caseload: one officer's 2,000 open cases of 100,000, in order, to JSON."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload, selectinload

from benchmarks.filling import settle
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.peers.orm import Base, OrmCase
from benchmarks.population import ON
from casework.actions.installation import Installation
from casework.domain import Officer, Role
from casework.storage.database import driver
from casework.storage.lists import CaseFilter, page

OWNERS = 50
OWNER = "officer-7"
OFFICER = Officer(OWNER, "Officer Seven", frozenset({Role.EWO}), la_codes=frozenset({"352"}))

_FILL = """
insert into school (school_id, urn, name, la_code) overriding system value
select n, (100000 + n)::text, 'School ' || n, '352' from generate_series(1, %(schools)s) n;

insert into pupil (pupil_id, upn, surname, forename) overriding system value
select n, 'A' || lpad(n::text, 12, '0'), 'Pupil ' || n, 'Invented' from generate_series(1, %(cases)s) n;

insert into enrolment (pupil_id, school_id, on_roll_from, year_group)
select n, n %% %(schools)s + 1, date '2025-09-01', (n %% 7 + 7)::text from generate_series(1, %(cases)s) n;

insert into case_file
    (case_ref, school_id, pupil_id, opened_on, recorded_at, head_sequence, head_hash, head_time_hash)
select 'CASE-' || lpad(n::text, 7, '0'), n %% %(schools)s + 1, n, date '2026-01-05', now(), 0, '', ''
from generate_series(1, %(cases)s) n;

insert into case_summary (case_ref, school_id, pupil_id, status, stage, stage_rank, beside, owner_id,
    review_on, tasks, triggers, flags, opened_on, touched_on, last_sequence, last_on, last_says, contacts,
    offers, letters, policy)
select 'CASE-' || lpad(n::text, 7, '0'), n %% %(schools)s + 1, n, 'open', 'supportive_actions', 2, '{}',
    'officer-' || n %% %(owners)s, date '2026-07-01' + n * 7 %% 90, 1, '{persistent_absence}', '{}',
    date '2026-01-05', date '2026-07-01', 3, date '2026-07-01' + n %% 14, 'Action ' || n, 1, 1, 0, 'national'
from generate_series(1, %(cases)s) n;

insert into shared_with_la (la_code, school_id, pupil_id, case_ref, why, since)
select '352', school_id, pupil_id, case_ref, 'case_listed', opened_on from case_file;

insert into peer.orm_school select school_id, urn, name from school;

insert into peer.orm_pupil (id, upn, urn, surname, forename, first, last)
select pupil_id, upn, urn, surname, forename, on_roll_from, date '2027-08-31'
from pupil join enrolment using (pupil_id) join school using (school_id);

insert into peer.orm_case (id, ref, pupil_id, school_id, status, stage, owner_id, review_on)
select pupil_id, case_ref, pupil_id, school_id, status, stage, owner_id, review_on from case_summary;

insert into peer.orm_action (case_id, "on", says)
select pupil_id, last_on - 10 * (2 - k), case k when 2 then last_says else 'Earlier' end
from case_summary cross join generate_series(0, 2) k order by pupil_id, k;
"""


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """As many cases as one LA has, every one put to it, fifty officers, three actions a case."""
    cases = 1_000_000 if bench.full else 100_000
    with bench.installation() as inst:
        _fill(inst, cases)
        most = min(2_000, cases // OWNERS)
        peers = {
            "product": Peer(lambda: _product(inst, most), most, json.loads),
            "orm_eager": Peer(lambda: _orm(inst, most, eager=True), most, json.loads),
            "orm_lazy": Peer(lambda: _orm(inst, most, eager=False), most, json.loads),
        }
        yield [Workload("lists", {"rows": most, "cases": cases}, peers, _differ, bench.rounds(7))]


def _fill(inst: Installation, cases: int) -> None:
    engine = inst.db.owner_engine
    with engine.begin() as tx:
        tx.execute(text("create schema peer"))
    names = ("orm_school", "orm_pupil", "orm_case", "orm_action")
    Base.metadata.create_all(engine, [Base.metadata.tables[f"peer.{name}"] for name in names])
    values = {"cases": cases, "schools": 250, "owners": OWNERS}
    with engine.begin() as tx:
        for statement in _FILL.split(";\n"):
            if statement.strip():
                driver(tx).execute(statement % values)
    settle(inst.db, ("school", "pupil", "enrolment", "case_file", "case_summary", "shared_with_la"))
    settle(inst.db, [f"peer.{name}" for name in names])


def _product(inst: Installation, most: int) -> str:
    """The product's page as the officer who owns the cases, within row security."""
    with inst.act(OFFICER) as tx:
        lines = page(tx, CaseFilter(on=ON, owner_id=OWNER), "review", size=most).lines
    return json.dumps(
        [
            {
                "ref": line.case_ref,
                "pupil": line.pupil,
                "upn": line.upn,
                "school": line.school,
                "stage": line.stage,
                "review_on": line.review_on and line.review_on.isoformat(),
                "last_on": line.last_on.isoformat(),
                "last_says": line.last_says,
            }
            for line in lines
        ]
    )


def _orm(inst: Installation, most: int, eager: bool) -> str:
    query = (
        select(OrmCase)
        .where(OrmCase.owner_id == OWNER, OrmCase.status != "closed")
        .order_by(OrmCase.review_on, OrmCase.ref)
        .limit(most)
    )
    if eager:
        query = query.options(
            joinedload(OrmCase.pupil), joinedload(OrmCase.school), selectinload(OrmCase.actions)
        )
    with OrmSession(inst.db.owner_engine) as db:
        return json.dumps([_line(case) for case in db.scalars(query)])


def _line(case: OrmCase) -> dict[str, Any]:
    last = case.actions[-1]
    return {
        "ref": case.ref,
        "pupil": f"{case.pupil.forename} {case.pupil.surname}",
        "upn": case.pupil.upn,
        "school": case.school.name,
        "stage": case.stage,
        "review_on": case.review_on.isoformat(),
        "last_on": last.on.isoformat(),
        "last_says": last.says,
    }


def _differ(first: Sequence[dict[str, Any]], second: Sequence[dict[str, Any]]) -> str:
    for one, other in zip(first, second, strict=False):
        if one != other:
            return f"Pupil {one['upn']} and {other['upn']}, cases {one['ref']} and {other['ref']}."
    return "" if len(first) == len(second) else f"{len(first)} and {len(second)} rows."
