"""Drafts: what somebody has begun to write on a case, kept for them alone until it is recorded."""

from collections.abc import Mapping, Sequence

from casework.actions.installation import Installation
from casework.domain import Officer
from casework.storage import cases, drafts, lists
from casework.storage.drafts import Draft as Draft
from casework.storage.lists import CaseLine


def keep(
    inst: Installation,
    officer: Officer,
    case_ref: str,
    act: str,
    raw: Mapping[str, str],
    ticked: Mapping[str, Sequence[str]],
) -> None:
    """Keep a form as far as it is filled in.

    Raises:
        NotFound: No such case, or not one of this officer's.
    """
    with inst.act(officer) as tx:
        cases.urn_of(tx, case_ref)
        drafts.keep(tx, Draft(case_ref, act, raw, ticked, inst.now()))


def of(inst: Installation, officer: Officer, case_ref: str, act: str) -> Draft | None:
    """What this officer has begun to write."""
    with inst.act(officer) as tx:
        return drafts.of(tx, case_ref, act)


def mine(inst: Installation, officer: Officer) -> tuple[tuple[CaseLine, Draft], ...]:
    """Everything this officer has begun and not recorded, latest first."""
    with inst.act(officer) as tx:
        found = drafts.mine(tx)
        lines = lists.lines(tx, {draft.case_ref for draft in found})
        return tuple((lines[draft.case_ref], draft) for draft in found if draft.case_ref in lines)


def throw_away(inst: Installation, officer: Officer, case_ref: str, act: str) -> None:
    """Forget a draft."""
    with inst.act(officer) as tx:
        drafts.throw_away(tx, case_ref, act)
