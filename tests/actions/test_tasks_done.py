"""Which open tasks an act does: its own, and no other whose key only begins alike."""

from datetime import date
from typing import Any

import pytest

from casework.actions.recording import answered
from casework.domain import events as e
from tests.situations import a_case, head_of

KEYS = ("complete:C1-L1", "complete:C1-L10", "flag:severe:C1", "flag:severe:C1:7", "flag:severe:C10")


def asked(number: int, key: str) -> e.TaskAdded:
    title, due = "Something to do", date(2026, 10, 5)
    return e.TaskAdded(**head_of("2026-10-01"), task_id=f"T{number}", title=title, due_on=due, effect_key=key)


@pytest.mark.parametrize(
    ("keys", "done"),
    [
        pytest.param(("complete:C1-L1",), ["T1"], id="the first letter, not the tenth"),
        pytest.param(
            ("flag:severe:C1", "flag:severe:C1:"), ["T3", "T4"], id="a flag and those raised by hand"
        ),
        pytest.param(("flag:severe:C1:",), ["T4"], id="how several begin"),
        pytest.param((), [], id="nothing"),
    ],
)
def test_an_act_does_its_own_task_alone(keys: tuple[str, ...], done: list[str]) -> None:
    case = a_case(*(asked(number, key) for number, key in enumerate(KEYS, 1)))
    header: Any = {**head_of("2026-10-05"), "role": "", "flow_run": ""}

    found = answered(case, header, *keys, outcome="Done")

    assert [event.task_id for event in found] == done
