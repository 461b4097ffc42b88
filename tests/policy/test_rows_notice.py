"""The proofs of a row notice when the entry that carries it is taken away, or any field of it is changed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from casework.actions import policy_coverage
from casework.policy import Fields, Policy, Timeline, Value
from tests.policy import checks, written
from tests.policy.test_rows import PROOFS
from tests.policy.written import ON, PACK_OF, params, policy_of

LINES: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
for _section in PROOFS:
    for _param in params(_section):
        LINES[_param.values[1][0]].append(_param.values)

CARRIED = {item.row.row: item.entries for item in policy_coverage.coverage().rows}
ROWS_OF: dict[str, list[str]] = defaultdict(list)
for _row, _entries in CARRIED.items():
    for _key in _entries:
        ROWS_OF[f"{_row.partition('-')[0]} {_key}"].append(_row)


def with_value(policy: Policy, key: str, value: Value | None) -> Policy:
    held = policy.timelines[key]
    changed = Timeline(held.dates, tuple(value for _ in held.values))
    return replace(policy, timelines={**policy.timelines, key: changed})


def other(value: Any) -> Any:
    """Something else of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return f"{value} changed"
    return value[1:] if isinstance(value, tuple) else Fields({})


def is_noticed(monkeypatch: pytest.MonkeyPatch, row: str, changed: Policy) -> bool:
    """Whether one of the row's proofs fails under the changed policy."""
    with monkeypatch.context() as patched:
        for module in (checks, written):
            patched.setattr(module, "policy_of", lambda _: changed)
        for section, cells in LINES[row]:
            try:
                PROOFS[section](*cells)
            except (Exception, pytest.fail.Exception):
                return True
    return False


@pytest.mark.parametrize("row", [pytest.param(row, id=row) for row, entries in CARRIED.items() if entries])
def test_a_row_notices_that_an_entry_which_carries_it_is_gone(monkeypatch, row):
    gone = [
        key for key in CARRIED[row] if not is_noticed(monkeypatch, row, with_value(policy_of(row), key, None))
    ]

    assert gone == []


def unnoticed(monkeypatch: pytest.MonkeyPatch, policy: str) -> Iterator[str]:
    for name, rows in ROWS_OF.items():
        prefix, _, key = name.partition(" ")
        if prefix != policy:
            continue
        held = policy_of(rows[0])
        value = held.value(key, ON)
        for field, said in value.fields.items():
            broken = replace(value, fields={**value.fields, field: other(said)})
            if not any(is_noticed(monkeypatch, row, with_value(held, key, broken)) for row in rows):
                yield f"{key}.{field} ({', '.join(rows)})"


@pytest.mark.parametrize("policy", PACK_OF)
def test_some_row_notices_that_any_field_of_an_entry_is_changed(monkeypatch, policy):
    assert list(unnoticed(monkeypatch, policy)) == []
