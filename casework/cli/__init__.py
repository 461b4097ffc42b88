"""The command line: reads its words, calls one action, prints what came back.

Each group of commands is a module of its own. Only the one whose command is named is loaded, so that a quick
question does not wait for the flows' engine; help loads them all.
"""

import importlib
import json
import os
import sys
import warnings
from dataclasses import asdict
from typing import Any

import typer

from casework import config
from casework.cli.as_data import take_json
from casework.domain import CaseworkError, Problem

MODULES: dict[str, tuple[str, ...]] = {
    "registers": ("import", "facts", "sweep", "triage"),
    "officers": ("officer",),
    "authority": ("case", "why", "whatif", "returns"),
    "documents": ("document",),
    "packs": ("pack",),
    "policy": ("policy",),
    "school_policy": ("school-policy",),
    "simulate": ("simulate",),
    "running": ("flows", "serve", "deploy", "db", "verify"),
    "keeping": ("backup", "restore"),
    "outbox": ("outbox",),
    "demo": ("demo",),
}
"""Each module with the commands it holds."""

INTERRUPTED = 130
"""What a command stopped from the keyboard returns."""

SAYS = """Attendance casework for schools in England.

Every command takes --json for data, and every one that is about a day takes --on DATE for any day.
Set CASEWORK_OFFICER, or give --as, to say who is acting. `casework COMMAND --help` shows examples.
"""


def command_line(named: str) -> typer.Typer:
    """The commands of the module that holds the one named; of every module, if none does."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback(help=SAYS)(_nothing)
    holding = [module for module, commands in MODULES.items() if named in commands]
    for module in holding or MODULES:
        app.add_typer(importlib.import_module(f"casework.cli.{module}").app)
    take_json(app)
    return app


def _nothing() -> None:
    """Options come after the command."""


def main() -> None:
    """Run the command line: exit 0 done, 1 something is wrong and named, 2 wrong usage."""
    warnings.filterwarnings("ignore", category=UserWarning, module="platformdirs")
    warnings.filterwarnings("ignore", message="Failed to create the Prefect home directory")
    for name, value in config.quiet_environment(config.read().home).items():
        os.environ.setdefault(name, value)
    named = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    try:
        code = command_line(named)(prog_name="casework", standalone_mode=False)
    except CaseworkError as error:
        show_error(error)
        sys.exit(1)
    except typer.TyperException as error:
        show_wrong_use(error)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    if code == INTERRUPTED:
        sys.stderr.write("Stopped. What was finished before is kept; nothing is half-done.\n")
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def show_error(error: CaseworkError) -> None:
    """One plain sentence a problem on stderr; the same as data with --json."""
    if "--json" in sys.argv:
        sys.stderr.write(json.dumps(error_as_data(error), ensure_ascii=False, default=str) + "\n")
        return
    for problem in _problems(error):
        sys.stderr.write(f"{problem}\n")
    sys.stderr.write(f"{error}\n")


def show_wrong_use(error: typer.TyperException) -> None:
    """What is wrong with the command's words and where its help is, as one plain sentence or as data."""
    says = error.format_message()
    if not says:
        return
    asked: typer.Context | None = getattr(error, "ctx", None)
    says = says if says.endswith((".", "?")) else f"{says}."
    helped = f" See: {asked.command_path} --help" if asked else ""
    if "--json" in sys.argv:
        sys.stderr.write(
            json.dumps({"error": "WrongUse", "says": f"{says}{helped}"}, ensure_ascii=False) + "\n"
        )
        return
    sys.stderr.write(f"{says}{helped}\n")


def error_as_data(error: CaseworkError) -> dict[str, Any]:
    """An error's name, sentence and parts."""
    data: dict[str, Any] = {"error": type(error).__name__, "says": str(error)}
    if problems := _problems(error):
        data["problems"] = [asdict(problem) for problem in problems]
    return data


def _problems(error: CaseworkError) -> tuple[Problem, ...]:
    """Everything wrong with what was refused: a file, or a policy."""
    found: tuple[Problem, ...] = getattr(error, "problems", ())
    return found
