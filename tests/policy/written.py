"""How a test writes a row of a policy: the row's id, what happens, what the engine must then do.

The tables are text, `rows/*.txt`: one line a row of the policy, in a section for each kind of proof. A row
counts as tested where a line begins with its id. Several rows may share a line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.facts import Counts, Run, Summary, Threshold
from casework.policy import Fields, Policy
from casework.policy.load import load
from casework.rules.duties import Occasion, Owed, owed
from tests.law_calendar import law_calendar

CALENDAR = law_calendar()
ON = date(2026, 11, 4)
TABLES = Path(__file__).parent / "rows"
PACK_OF = {
    "MSE": ("music-stuff", "352"),
    "SJB": ("st-chads", "332"),
    "ATLP": ("nether-stowe", "860"),
    "BLI": ("banks-lane", "356"),
    "MOT": ("magnum-opus", "926"),
}


def policy_of(row: str) -> Policy:
    """The policy whose row it is, at the LA its text implies."""
    return load(*PACK_OF[row.partition("-")[0]])


def params(section: str) -> list[Any]:
    """Every line of one section of every policy's table, as test parameters with the row as id."""
    found = []
    for path in sorted(TABLES.glob("*.txt")):
        for number, cells in _lines(path.read_text("utf-8"), section):
            for row in cells[0].split():
                assert re.fullmatch(r"[A-Z]{3,4}-\d{2,3}", row), f"{path.name}, line {number}"
                found.append(pytest.param(section, (row, *cells[1:]), id=f"{row} {section} {number}"))
    return found


def sections() -> set[str]:
    """The sections that the tables use."""
    text = "\n".join(path.read_text("utf-8") for path in TABLES.glob("*.txt"))
    return set(re.findall(r"^\[(\w+)\]$", text, re.MULTILINE))


def _lines(text: str, section: str) -> Iterator[tuple[int, list[str]]]:
    now = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("["):
            now = line.strip("[]")
        elif now == section and line and not line.startswith("#"):
            yield number, [cell.strip() for cell in line.split("|")]


# -- duties --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class When:
    """An occasion as a table writes it, with what is true of the pupil and what was owed before."""

    occasion: Occasion
    flags: tuple[str, ...]
    before: Mapping[str, tuple[date, ...]]


def when(text: str) -> When:
    """`trigger red`, `event KIND field=value`, `answer DUTY outcome=said`, `day 3`, `every week`.

    Then what is true of the pupil, `; flags a,b`, and what was owed before, `; before d=DAY`.
    """
    head, *more = [part.strip() for part in text.split(";")]
    kind, *rest = head.split()
    flags: tuple[str, ...] = ()
    before: dict[str, tuple[date, ...]] = {}
    for part in more:
        word, _, said = part.partition(" ")
        if word == "flags":
            flags = tuple(said.split(","))
        else:
            assert word == "before", text
            for item in said.split(","):
                name, _, day = item.partition("=")
                before[name.strip()] = (date.fromisoformat(day),)
    match kind:
        case "trigger":
            found = Occasion("trigger", ON, tuple(rest[0].split(",")))
        case "event" | "answer":
            fields = dict(re.findall(r"(\w+)=([^=]+?)(?=\s+\w+=|$)", " ".join(rest[1:])))
            found = Occasion(kind, ON, (rest[0],), fields)
        case "day":
            found = Occasion.of_absence(int(rest[0]), ON)
        case "every":
            holding = tuple(rest[2].split(",")) if len(rest) > 1 else ()
            found = Occasion(rest[0], ON, holding)
        case _:
            raise AssertionError(text)
    return When(found, flags, before)


def written(duty: Owed) -> str:
    """A duty as a table writes it."""
    value = duty.value
    text = f"{duty.name} by {duty.roles[0].value} does {duty.does}"
    if value.get("within"):
        text += f" in {value.within} {value.get('unit', 'school_days')}"
    for word, said in (
        ("at", duty.by_time),
        ("letter", duty.letter),
        ("tells", ",".join(duty.tells)),
        ("asks", ",".join(duty.asks)),
        ("once", "" if value.get("once_per", "event") == "event" else value.once_per),
    ):
        text += f" {word} {said}" if said else ""
    return text


def asked(row: str, occasion: When) -> dict[str, Owed]:
    """What the row's policy asks on an occasion, by duty."""
    found = owed(policy_of(row), occasion.occasion, CALENDAR, occasion.flags, occasion.before)
    return {duty.name: duty for duty in found}


def near_misses(occasion: When) -> Iterator[When]:
    """The same occasion with one thing missing: nothing that is waited for may happen then."""
    now = occasion.occasion
    if occasion.flags:
        yield replace(occasion, flags=())
    if occasion.before:
        yield replace(occasion, before={})
    if now.kind == "trigger":
        yield replace(occasion, occasion=replace(now, names=("another",)))
    elif now.kind in ("event", "answer"):
        yield replace(occasion, occasion=replace(now, names=("another",)))
        for name in now.fields or {}:
            changed = {**(now.fields or {}), name: "another"}
            yield replace(occasion, occasion=replace(now, fields=changed))
    elif now.kind == "unexplained_day":
        yield replace(occasion, occasion=replace(now, day=now.day - 1))
    else:
        yield replace(occasion, occasion=replace(now, kind="nothing"))
        if now.names:
            yield replace(occasion, occasion=replace(now, names=("another",)))


def duty_is_asked(row: str, happens: str, then: str) -> None:
    """The policy asks exactly this on the occasion, for that row, and not when one thing is missing."""
    occasion = when(happens)
    name = then.split()[0]

    found = asked(row, occasion)

    assert name in found, f"{row}: {name} is not asked, but {sorted(found)}"
    assert written(found[name]) == then
    assert row in found[name].value.rows
    for other in near_misses(occasion):
        assert name not in asked(row, other), f"{row}: {name} is asked without {occasion}"


# -- triggers ------------------------------------------------------------------------------------------------


def summary(text: str) -> Summary:
    """`year 90 of 100` attended of possible, `late_half_term 4`, `illness_run 6`, `threshold 10` ..."""
    made = Summary("900001", "A000000000001", ON, period=(2026, 1))
    for part in text.split(","):
        name, *numbers = part.split()
        if name in ("year", "term", "half_term"):
            attended, possible = int(numbers[0]), int(numbers[2])
            missed = possible - attended
            without = int(numbers[4]) if len(numbers) > 3 else 0
            made = replace(made, **{name: Counts(possible, attended, missed - without, without)})
        elif name.endswith("_run"):
            made = replace(made, **{name: Run(int(numbers[0]), int(numbers[0]), ON - timedelta(days=3))})
        elif name == "threshold":
            made = replace(made, threshold=Threshold(int(numbers[0]), int(numbers[0])))
        else:
            made = replace(made, **{name: int(numbers[0])})
    return made


# -- values --------------------------------------------------------------------------------------------------


def shown(value: Any) -> str:
    """A policy's value as a table writes it."""
    if isinstance(value, Fields):
        return shown(next(iter(value.fields.values())))
    if isinstance(value, tuple):
        return ",".join(shown(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def fields_hold(row: str, key: str, said: str) -> None:
    """A key's fields in that row's policy, `field=value` by spaces, a list by commas."""
    value = policy_of(row).value(key, ON)
    for part in said.split():
        name, _, wanted = part.partition("=")
        assert shown(value.get(name)) == wanted, f"{row}: {key}.{name} is {shown(value.get(name))}"
