"""Runs of one letter to many parents: who gets it, what to look at first, how far it has come."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from casework.domain import NotFound


@dataclass(frozen=True, slots=True)
class Item:
    """One letter of a run. `look_first` says why a person looks before it goes; `ticked_by`, who did.

    `state` is waiting, drafted (it waits for something that `why` names), issued or stopped (`why` says).
    """

    case_ref: str
    parent_id: str
    look_first: tuple[str, ...] = ()
    ticked_by: str = ""
    state: str = "waiting"
    document_id: str = ""
    why: str = ""

    @property
    def may_go(self) -> bool:
        """Whether nothing asks for a tick that has not been given."""
        return not self.look_first or bool(self.ticked_by)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as a whole: `state` is prepared, running, stopped or done."""

    run_id: str
    urn: str
    template: str
    given: Mapping[str, str]
    state: str
    prepared_on: date
    by: str


def prepare(tx: Connection, run: Run, items: Iterable[Item]) -> None:
    """Put down a run with its letters, in their order.

    Raises:
        NotFound: The school is not on file, or not one of this officer's.
    """
    school_id = tx.execute(
        text("""
            insert into letter_run (run_id, school_id, template, given, prepared_on, by)
            select :run_id, school_id, :template, cast(:given as jsonb), :on, :by from school where urn = :urn
            returning school_id
        """),
        {
            "run_id": run.run_id,
            "urn": run.urn,
            "template": run.template,
            "given": json.dumps(dict(run.given)),
            "on": run.prepared_on,
            "by": run.by,
        },
    ).scalar_one_or_none()
    if school_id is None:
        raise NotFound("school", run.urn, "Import the school first, or ask for access to it.")
    rows = [
        {
            "run_id": run.run_id,
            "school_id": school_id,
            "position": position,
            "case_ref": item.case_ref,
            "parent_id": item.parent_id,
            "look_first": list(item.look_first),
        }
        for position, item in enumerate(items, 1)
    ]
    if rows:
        tx.execute(
            text("""
                insert into letter_run_item (run_id, school_id, position, case_ref, parent_id, look_first)
                values (:run_id, :school_id, :position, :case_ref, :parent_id, :look_first)
            """),
            rows,
        )


def next_run_id(tx: Connection, urn: str, on: date) -> str:
    """The id of the school's next run: its URN, the day, R and a number from 1."""
    made = tx.execute(
        text("select count(*) from letter_run join school using (school_id) where urn = :urn"), {"urn": urn}
    ).scalar_one()
    return f"{urn}-{on:%Y%m%d}-R{made + 1}"


def run(tx: Connection, run_id: str) -> Run:
    """One run.

    Raises:
        NotFound: There is none, or it is not of one of this officer's schools.
    """
    row = tx.execute(
        text(f"select {_RUN} from letter_run join school using (school_id) where run_id = :run_id"),
        {"run_id": run_id},
    ).one_or_none()
    if row is None:
        raise NotFound("run of letters", run_id, "See: casework document run list.")
    return Run(*row)


def runs(tx: Connection, urn: str = "") -> tuple[Run, ...]:
    """The runs of a school, or of every school in scope, latest first."""
    rows = tx.execute(
        text(f"""
            select {_RUN} from letter_run join school using (school_id)
            where :urn = '' or urn = :urn order by prepared_on desc, letter_run.recorded_at desc limit 200
        """),
        {"urn": urn},
    )
    return tuple(Run(*row) for row in rows)


def items(tx: Connection, run_id: str) -> tuple[Item, ...]:
    """A run's letters, in their order."""
    rows = tx.execute(
        text(f"select {_ITEM} from letter_run_item where run_id = :run_id order by position"),
        {"run_id": run_id},
    )
    return tuple(_item(row) for row in rows)


def take(tx: Connection, run_id: str) -> Item | None:
    """The next letter that may go, its row locked until the transaction ends; None when none is left."""
    row = tx.execute(
        text(f"""
            select {_ITEM} from letter_run_item
            where run_id = :run_id and state = 'waiting' and (look_first = '{{}}' or ticked_by <> '')
            order by position limit 1 for update skip locked
        """),
        {"run_id": run_id},
    ).one_or_none()
    return None if row is None else _item(row)


def settle(tx: Connection, run_id: str, item: Item, state: str, document_id: str = "", why: str = "") -> None:
    """Say what became of a letter."""
    tx.execute(
        text("""
            update letter_run_item set state = :state, document_id = :document_id, why = :why
            where run_id = :run_id and case_ref = :case_ref and parent_id = :parent_id
        """),
        {
            "run_id": run_id,
            "case_ref": item.case_ref,
            "parent_id": item.parent_id,
            "state": state,
            "document_id": document_id,
            "why": why,
        },
    )


def tick(tx: Connection, run_id: str, case_ref: str, parent_id: str, by: str) -> None:
    """A person looked at a letter that asks for it, and says that it may go.

    Raises:
        NotFound: The run has no such letter, or it does not wait any more.
    """
    ticked = tx.execute(
        text("""
            update letter_run_item set ticked_by = :by
            where run_id = :run_id and case_ref = :case_ref and parent_id = :parent_id and state = 'waiting'
        """),
        {"run_id": run_id, "case_ref": case_ref, "parent_id": parent_id, "by": by},
    ).rowcount
    if not ticked:
        raise NotFound("waiting letter", f"{case_ref} to {parent_id}", "Look at the run again.")


def move(tx: Connection, run_id: str, state: str) -> None:
    """Say how the run stands."""
    tx.execute(
        text("update letter_run set state = :state where run_id = :run_id"),
        {"run_id": run_id, "state": state},
    )


_RUN = "run_id, urn, template, given, state, prepared_on, by"
_ITEM = "case_ref, parent_id, look_first, ticked_by, state, document_id, why"


def _item(row: Row[Any]) -> Item:
    return Item(
        row.case_ref,
        row.parent_id,
        tuple(row.look_first),
        row.ticked_by,
        row.state,
        row.document_id,
        row.why,
    )
