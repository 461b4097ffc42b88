"""`--json` on every command: one that has no data of its own gives back what it would have said, as data."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from casework.cli.options import Json, console, show_json

RUNS_ON = ("serve",)
"""Runs until it is stopped, and so has nothing to give back."""
IS_DATA = ("facts",)
"""Prints data in any case."""


def take_json(app: typer.Typer) -> None:
    """Let every command of an app, its groups included, be asked for data."""
    for group in app.registered_groups:
        if group.typer_instance is not None:
            take_json(group.typer_instance)
    for info in app.registered_commands:
        run = info.callback
        if (
            run is not None
            and run.__name__ not in RUNS_ON
            and "as_json" not in inspect.signature(run).parameters
        ):
            info.callback = _as_data(run)


def _as_data(run: Callable[..., None]) -> Callable[..., None]:
    @wraps(run)
    def said(*, as_json: bool = False, **given: Any) -> None:
        if not as_json or run.__name__ in IS_DATA:
            run(**given)
            return
        with console.capture() as words:
            run(**given)
        show_json({"done": True, "says": [line.strip() for line in words.get().splitlines() if line.strip()]})

    asked = inspect.signature(run)
    flag = inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json)
    said.__signature__ = asked.replace(parameters=[*asked.parameters.values(), flag])  # type: ignore[attr-defined]
    said.__annotations__ = {**run.__annotations__, "as_json": Json}
    return said
