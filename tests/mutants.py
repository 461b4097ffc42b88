"""A mutation run over `rules/` and `stages/`: break a rule in one place, and see whether a test notices.

Run with `make mutants`. Each mutant changes one thing inside one function (a comparison, an `and`, a number,
an answer, ...) or takes one gate from one step, in a forked process that runs the tests of those folders and
stops at the first that fails. What no test notices is printed with its line. Nothing on disk is changed.
"""

import argparse
import ast
import importlib
import os
import random
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("rules", "stages")
SUITES = ("tests/rules", "tests/stages", "tests/policy")
LAST = "tests/stages/test_no_unlawful_step.py"
"""The machine that seeks unlawful steps takes longest, so it is asked last."""
OPTIONS = ("-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:terminal")
SECONDS = 180
RUN_BY_POLICY = (
    *("arrivals", "asked", "bands", "centres", "duties", "first_day", "flags", "kept", "kindness"),
    *("own_gates", "reporting", "targets", "triggers"),
)
"""Modules that a school's policy runs: the tests of the policies are theirs too."""

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
CALLED = {"any": "all", "all": "any", "min": "max", "max": "min"}
ANSWERED = {"HOLDS": "FAILS", "FAILS": "HOLDS", "UNKNOWN": "HOLDS", "FOR_A_PERSON": "HOLDS"}


@dataclass(frozen=True)
class Mutant:
    """One change: where, what in words, and how it is made in a process of its own."""

    where: str
    says: str
    apply: Callable[[], None]


# -- what can be changed -------------------------------------------------------------------------------------


def changes(tree: ast.Module) -> Iterator[tuple[int, str, Callable[[], None], Callable[[], None]]]:
    """(line, what, do, undo) of every change inside a function of a module."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for node in _inside(statement):
                    yield from _changes_of(node)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is in it, but for functions of its own and `zip(strict=...)`, which changes nothing."""
    if isinstance(node, ast.FunctionDef) or (isinstance(node, ast.keyword) and node.arg == "strict"):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _inside(child)


def _changes_of(node: ast.AST) -> Iterator[tuple[int, str, Callable[[], None], Callable[[], None]]]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            other = COMPARED[type(op)]()
            yield _swap(node, "ops", [other], f"{type(op).__name__} becomes {type(other).__name__}")
        case ast.BoolOp():
            flipped: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield _swap(node, "op", flipped, f"{type(node.op).__name__} becomes {type(flipped).__name__}")
        case ast.UnaryOp(op=ast.Not()):
            yield _swap(node, "op", ast.UAdd(), "not is dropped", operand=_truth(node.operand))
        case ast.BinOp(op=ast.Add() | ast.Sub()) if not _is_text(node):
            turned: ast.operator = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
            yield _swap(node, "op", turned, "plus and minus are exchanged")
        case ast.Constant(value=bool() as value):
            yield _swap(node, "value", not value, f"{value} becomes {not value}")
        case ast.Constant(value=int() as number):
            yield _swap(node, "value", number + 1, f"{number} becomes {number + 1}")
        case ast.Attribute(value=ast.Name(id="Answer"), attr=attr) if attr in ANSWERED:
            yield _swap(node, "attr", ANSWERED[attr], f"{attr} becomes {ANSWERED[attr]}")
        case ast.Call(func=ast.Name(id=name) as called) if name in CALLED:
            yield _swap(called, "id", CALLED[name], f"{name} becomes {CALLED[name]}")


def _truth(operand: ast.expr) -> ast.expr:
    call = ast.Call(func=ast.Name(id="bool", ctx=ast.Load()), args=[operand], keywords=[])
    return ast.copy_location(ast.fix_missing_locations(ast.copy_location(call, operand)), operand)


def _is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def _swap(
    node: Any, name: str, new: Any, says: str, **also: Any
) -> tuple[int, str, Callable[[], None], Callable[[], None]]:
    wanted = {name: new, **also}
    before = {field: getattr(node, field) for field in wanted}

    def put(fields: dict[str, Any]) -> None:
        for field, value in fields.items():
            setattr(node, field, value)

    return node.lineno, says, lambda: put(wanted), lambda: put(before)


def mutants() -> Iterator[Mutant]:
    """Every mutant there is."""
    for folder in FOLDERS:
        for path in sorted((ROOT / "casework" / folder).glob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            tree = ast.parse(path.read_text("utf-8"))
            for line, says, do, undo in changes(tree):
                do()
                code = compile(tree, str(path), "exec")
                undo()
                where = f"{path.relative_to(ROOT)}:{line}"
                yield Mutant(where, says, lambda name=name, code=code: _replace(name, code))  # type: ignore[misc]
    yield from _without_a_gate()


def _without_a_gate() -> Iterator[Mutant]:
    from casework.stages import STEPS

    for stage in STEPS.values():
        for place, gate in enumerate(stage.gates):
            rest = stage.gates[:place] + stage.gates[place + 1 :]
            says = f"gate {gate.__module__.rpartition('.')[2]}.{gate.__name__} is taken away"
            yield Mutant(
                f"step {stage.key}",
                says,
                lambda stage=stage, rest=rest: object.__setattr__(stage, "gates", rest),  # type: ignore[misc]
            )


def _replace(name: str, code: types.CodeType) -> None:
    """Give every function of a loaded module its changed body, whoever holds it."""
    bodies = dict(_bodies(code))
    for function in _functions(importlib.import_module(name)):
        if function.__qualname__ in bodies:
            function.__code__ = bodies[function.__qualname__]


def _bodies(code: types.CodeType) -> Iterator[tuple[str, types.CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant.co_qualname, constant
            yield from _bodies(constant)


def _functions(module: types.ModuleType) -> Iterator[types.FunctionType]:
    for held in vars(module).values():
        if isinstance(held, type) and held.__module__ == module.__name__:
            for member in vars(held).values():
                yield from _function_in(member)
        elif getattr(held, "__module__", "") == module.__name__:
            yield from _function_in(held)


def _function_in(member: object) -> Iterator[types.FunctionType]:
    inner = getattr(member, "fget", None) if isinstance(member, property) else member
    inner = inner.func if isinstance(inner, cached_property) else inner
    inner = inner.__func__ if isinstance(inner, classmethod | staticmethod) else inner
    inner = getattr(inner, "__wrapped__", inner)
    if isinstance(inner, types.FunctionType):
        yield inner


# -- the run -------------------------------------------------------------------------------------------------


class Run:
    """One pytest session: everything is collected once, then every mutant runs it in a forked process."""

    def __init__(self, sample: int, seed: int, only: str) -> None:
        self.sample, self.seed, self.only = sample, seed, only
        self.in_child = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The first failure is enough."""
        if self.in_child and report.failed:
            os._exit(1)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try the mutants instead of the tests."""
        if not self._survives(session, Mutant("nowhere", "nothing is changed", lambda: None)):
            _say("The tests fail as they are; mend them first.")
            return True
        found = [mutant for mutant in mutants() if self.only in mutant.where]
        chosen = random.Random(self.seed).sample(found, min(self.sample or len(found), len(found)))
        lived = 0
        began = time.monotonic()
        for number, mutant in enumerate(chosen, 1):
            if self._survives(session, mutant):
                lived += 1
                _say(f"NOT NOTICED {mutant.where}: {mutant.says}")
            if number % 25 == 0:
                _say(f"... {number} of {len(chosen)}, {lived} not noticed")
        noticed = len(chosen) - lived
        share = 100 * noticed / max(1, len(chosen))
        took = time.monotonic() - began
        _say(f"{noticed} of {len(chosen)} noticed ({share:.1f} %), drawn from {len(found)}; {took:.0f} s")
        return True

    def _survives(self, session: pytest.Session, mutant: Mutant) -> bool:
        """Whether every test passes with the change; a run that hangs has noticed it."""
        items = _items_for(session.items, mutant)
        child = os.fork()
        if child == 0:
            self.in_child = True
            signal.alarm(SECONDS)
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            try:
                mutant.apply()
                for item in items:
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            except BaseException:
                os._exit(1)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _items_for(items: list[pytest.Item], mutant: Mutant) -> list[pytest.Item]:
    """The tests of a mutant: those of modules that name what was changed first, the slow machine last."""
    changed = mutant.where.partition(":")[0].rpartition("/")[2].removesuffix(".py")
    policies = changed in RUN_BY_POLICY
    asked = [item for item in items if policies or not item.nodeid.startswith("tests/policy")]

    def place(item: pytest.Item) -> tuple[bool, bool]:
        module = getattr(item, "module", None)
        return item.nodeid.startswith(LAST), not hasattr(module, changed)

    return sorted(asked, key=place)


def main() -> int:
    """Run a sample of the mutants, or all of them, and print what no test noticed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--sample", type=int, default=300, help="how many, 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only where this text stands in the place")
    given = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    return int(pytest.main([*OPTIONS, *SUITES], [Run(given.sample, given.seed, given.only)]))


def _say(words: str) -> None:
    sys.__stdout__.write(f"{words}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    sys.exit(main())
