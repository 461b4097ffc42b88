"""What the sweep remembers: yesterday's masks, triggers raised and cleared, what people set quiet, triage.

A trigger is told once in its period. The first sweep of a new school opens nothing: its pupils wait on the
triage list until a person accepts, merges or sets aside each.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from casework.domain.errors import CaseworkError, NotFound


@dataclass(frozen=True, slots=True)
class SweepState:
    """A school's last sweep: the policy it used, its day, and its masks in the sweep's own form."""

    policy_version: str
    as_of: date
    masks: bytes


@dataclass(frozen=True, slots=True)
class Raised:
    """A trigger that holds for a pupil on a day. `period` names the time in which it is told once only."""

    upn: str
    trigger: str
    period: str
    raised_on: date
    says: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snooze:
    """A trigger that a person asked not to hear of before the day `until`, and why."""

    upn: str
    trigger: str
    from_on: date
    until: date
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Triage:
    """A pupil found by a school's first sweep. `rank` 0 is seen first; `state` is waiting, accepted, merged
    (into an open case) or set_aside (until a day, with a reason)."""

    upn: str
    rank: int
    triggers: tuple[str, ...]
    says: str
    found_on: date
    state: str = "waiting"
    reason: str = ""
    until: date | None = None
    by: str = ""
    settled_on: date | None = None
    case_ref: str | None = None


class TriageSettled(CaseworkError):
    """Somebody has already said what becomes of a pupil on the triage list."""

    def __init__(self, upn: str, state: str) -> None:
        self.upn, self.state = upn, state
        super().__init__(
            f"This pupil was already {state.replace('_', ' ')}. Open the list again to see by whom."
        )


# -- the sweep's own memory ----------------------------------------------------------------------------------


def sweep_state(tx: Connection, urn: str) -> SweepState | None:
    """What the last sweep of a school left; None before its first."""
    row = tx.execute(
        text("""
            select policy_version, as_of, masks from sweep_state join school using (school_id)
            where urn = :urn
        """),
        {"urn": urn},
    ).one_or_none()
    return SweepState(row.policy_version, row.as_of, bytes(row.masks)) if row else None


def lock_sweep(tx: Connection, urn: str) -> None:
    """Let one sweep of a school go on at a time: a second waits until the first is done."""
    tx.execute(text("select pg_advisory_xact_lock(hashtext('sweep'), hashtext(:urn))"), {"urn": urn})


def save_sweep_state(tx: Connection, urn: str, state: SweepState) -> None:
    """Keep what a sweep leaves for the next one."""
    tx.execute(
        text("""
            insert into sweep_state (school_id, policy_version, as_of, masks)
            select school_id, :policy_version, :as_of, :masks from school where urn = :urn
            on conflict (school_id) do update set policy_version = excluded.policy_version,
                as_of = excluded.as_of, masks = excluded.masks, recorded_at = now()
        """),
        {
            "urn": urn,
            "policy_version": state.policy_version,
            "as_of": state.as_of,
            "masks": state.masks,
        },
    )


# -- raised and cleared --------------------------------------------------------------------------------------


def raise_triggers(tx: Connection, urn: str, raised: Sequence[Raised]) -> tuple[Raised, ...]:
    """Record triggers that hold, and give those not told before in their period, in the order given.

    One that was cleared in the period and holds again stands again, and is not told a second time.
    """
    if not raised:
        return ()
    told = {
        (row.upn, row.trigger, row.period)
        for row in tx.execute(
            text("""
                with given as (
                    select * from unnest(
                        cast(:upns as text[]), cast(:triggers as text[]), cast(:periods as text[]),
                        cast(:days as date[]), cast(:says as text[]), cast(:evidence as jsonb[])
                    ) as given (upn, trigger, period, raised_on, says, evidence)
                ), new as (
                    insert into trigger_state
                        (school_id, pupil_id, trigger, period, raised_on, says, evidence)
                    select school_id, pupil_id, trigger, period, raised_on, says, evidence
                    from given join pupil using (upn) join school on school.urn = :urn
                    on conflict (school_id, pupil_id, trigger, period) do update set cleared_on = null
                    returning pupil_id, trigger, period, xmax = 0 as first
                )
                select upn, trigger, period from new join pupil using (pupil_id) where first
            """),
            {
                "urn": urn,
                "upns": [item.upn for item in raised],
                "triggers": [item.trigger for item in raised],
                "periods": [item.period for item in raised],
                "days": [item.raised_on for item in raised],
                "says": [item.says for item in raised],
                "evidence": [json.dumps(item.evidence) for item in raised],
            },
        )
    }
    return tuple(item for item in raised if (item.upn, item.trigger, item.period) in told)


def clear_triggers(tx: Connection, urn: str, cleared: Iterable[tuple[str, str]], on: date) -> int:
    """Record that triggers, (upn, trigger) each, no longer hold; says how many stood."""
    upns, triggers = zip(*pairs, strict=True) if (pairs := tuple(cleared)) else ((), ())
    return tx.execute(
        text("""
            update trigger_state t set cleared_on = :on
            from unnest(cast(:upns as text[]), cast(:triggers as text[])) as given (upn, trigger),
                pupil, school
            where pupil.upn = given.upn and school.urn = :urn and t.pupil_id = pupil.pupil_id
                and t.school_id = school.school_id and t.trigger = given.trigger and t.cleared_on is null
        """),
        {"urn": urn, "upns": list(upns), "triggers": list(triggers), "on": on},
    ).rowcount


def standing(tx: Connection, urn: str) -> tuple[Raised, ...]:
    """Triggers of a school that hold, by pupil and then in the order they were raised."""
    rows = tx.execute(
        text("""
            select upn, trigger, period, raised_on, says, evidence
            from trigger_state join pupil using (pupil_id) join school using (school_id)
            where urn = :urn and cleared_on is null order by upn, raised_on, trigger, period
        """),
        {"urn": urn},
    )
    return tuple(
        Raised(row.upn, row.trigger, row.period, row.raised_on, row.says, tuple(row.evidence)) for row in rows
    )


# -- set quiet -----------------------------------------------------------------------------------------------


def snooze(tx: Connection, urn: str, asked: Snooze) -> None:
    """Set one trigger of a pupil quiet before a day. Of several wishes the last one counts.

    Raises:
        NotFound: The school or the pupil is not known to this officer.
    """
    added = tx.execute(
        text("""
            insert into trigger_snooze (school_id, pupil_id, trigger, from_on, until, reason, by)
            select school_id, pupil_id, :trigger, :from_on, :until, :reason, :by
            from school, pupil where urn = :urn and upn = :upn
        """),
        {
            "urn": urn,
            "upn": asked.upn,
            "trigger": asked.trigger,
            "from_on": asked.from_on,
            "until": asked.until,
            "reason": asked.reason,
            "by": asked.by,
        },
    ).rowcount
    if not added:
        raise NotFound("pupil", asked.upn, "Check the UPN and the school.")


def snoozed(tx: Connection, urn: str, on: date) -> dict[tuple[str, str], Snooze]:
    """What is quiet at a school on a day, by (upn, trigger). On the day `until` itself it is heard again."""
    return {(item.upn, item.trigger): item for item in _wishes(tx, urn, on) if item.until > on}


def heard_again(tx: Connection, urn: str, after: date, on: date) -> frozenset[tuple[str, str]]:
    """The (upn, trigger) whose quiet ran out after one day and by another."""
    return frozenset((item.upn, item.trigger) for item in _wishes(tx, urn, on) if after < item.until <= on)


def _wishes(tx: Connection, urn: str, on: date) -> tuple[Snooze, ...]:
    rows = tx.execute(
        text("""
            select distinct on (upn, trigger) upn, trigger, from_on, until, reason, by
            from trigger_snooze join pupil using (pupil_id) join school using (school_id)
            where urn = :urn and from_on <= :on order by upn, trigger, snooze_id desc
        """),
        {"urn": urn, "on": on},
    )
    return tuple(Snooze(*row) for row in rows)


# -- the first sweep of a new school -------------------------------------------------------------------------


def put_on_triage(tx: Connection, urn: str, found: Sequence[Triage]) -> int:
    """Put pupils on a school's triage list; those already there stay as they are. Says how many are new."""
    return sum(
        tx.execute(
            text("""
                insert into triage (school_id, pupil_id, rank, triggers, says, found_on)
                select school_id, pupil_id, :rank, :triggers, :says, :found_on
                from school, pupil where urn = :urn and upn = :upn
                on conflict (school_id, pupil_id) do nothing
            """),
            {
                "urn": urn,
                "upn": item.upn,
                "rank": item.rank,
                "triggers": list(item.triggers),
                "says": item.says,
                "found_on": item.found_on,
            },
        ).rowcount
        for item in found
    )


def triage_list(tx: Connection, urn: str, state: str = "waiting") -> tuple[Triage, ...]:
    """A school's triage list, most pressing first; an empty `state` gives all of it."""
    rows = tx.execute(
        text("""
            select upn, rank, triggers, says, found_on, state, reason, until, by, settled_on, case_ref
            from triage join pupil using (pupil_id) join school using (school_id)
            where urn = :urn and (:state = '' or state = :state) order by rank, upn
        """),
        {"urn": urn, "state": state},
    )
    return tuple(Triage(**(dict(row) | {"triggers": tuple(row["triggers"])})) for row in rows.mappings())


def settle_triage(tx: Connection, urn: str, settled: Triage) -> None:
    """Record what a person decided for one pupil of the list: `state`, `reason`, `by`, `settled_on`, and the
    case they were given or merged into. A pupil set aside until a day may be decided again.

    Raises:
        TriageSettled: Somebody was quicker.
        NotFound: The pupil is not on the list.
    """
    moved = tx.execute(
        text("""
            update triage set state = :state, reason = :reason, until = :until, by = :by,
                settled_on = :settled_on, case_ref = :case_ref
            from pupil, school
            where pupil.pupil_id = triage.pupil_id and school.school_id = triage.school_id
                and upn = :upn and urn = :urn and state in ('waiting', 'set_aside')
        """),
        {
            "urn": urn,
            "upn": settled.upn,
            "state": settled.state,
            "reason": settled.reason,
            "until": settled.until,
            "by": settled.by,
            "settled_on": settled.settled_on,
            "case_ref": settled.case_ref,
        },
    ).rowcount
    if moved:
        return
    for item in triage_list(tx, urn, state=""):
        if item.upn == settled.upn:
            raise TriageSettled(settled.upn, item.state)
    raise NotFound("pupil on the triage list", settled.upn, "Look at the list of the school again.")
