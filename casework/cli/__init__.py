"""The command line: reads its words, calls one action, prints what came back.

Each group of commands is a module of its own, loaded only when one of its commands is named, so that a quick
question does not wait for the flows' engine to load.
"""

import importlib
import json
import os
import sys
import warnings
from dataclasses import asdict
from typing import Any

import click
import typer

from casework import config
from casework.domain import CaseworkError, FileRefused

COMMANDS = {
    "import": ("registers", "Read registers, rolls and work already under way from files."),
    "facts": ("registers", "Print each pupil's attendance facts on a day, one JSON object a line."),
    "sweep": ("registers", "Look at every pupil of a school and raise or clear triggers."),
    "triage": ("registers", "The first list of a new school: accept, merge or set aside."),
    "case": ("cases", "List, read and write cases."),
    "why": ("cases", "Why this case, why now: sessions, weeks, gates, clocks, sources."),
    "whatif": ("cases", "What would follow from further absence or attendance."),
    "document": ("documents", "List, approve, issue and save letters."),
    "policy": ("policy", "Show values of law and policy with their sources, and check every pack."),
    "flows": ("running", "Each flow with its schedule, last run and next run."),
    "serve": ("running", "Run the web application, the scheduler and the worker."),
    "db": ("running", "The embedded database: start, stop, where it is, migrate."),
    "verify": ("running", "Prove the whole chain of events and every issued file."),
    "demo": ("demo", "The demo trust: write its files, run it."),
}


class LazyGroup(click.Group):
    """Commands by name, each loaded from its module when it is first wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"casework.cli.{COMMANDS[cmd_name][0]}")
        group = typer.main.get_command(module.app)
        assert isinstance(group, click.Group)
        return group.commands[cmd_name]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="casework")
def casework() -> None:
    """Attendance casework for schools in England.

    Every command takes --json for data, and --on DATE for any day. `casework COMMAND --help` shows examples.
    Set CASEWORK_OFFICER, or give --as, to say who is acting.
    """


def main() -> None:
    """Run the command line: exit 0 done, 1 something is wrong and named, 2 wrong usage."""
    warnings.filterwarnings("ignore", category=UserWarning, module="platformdirs")
    for name, value in config.quiet_environment(config.read().home).items():
        os.environ.setdefault(name, value)
    try:
        casework(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("Stopped. What was finished before is kept; nothing is half-done.\n")
        sys.exit(1)
    except CaseworkError as error:
        show_error(error)
        sys.exit(1)


def show_error(error: CaseworkError) -> None:
    """One plain sentence a problem on stderr; the same as data with --json."""
    if "--json" in sys.argv:
        sys.stderr.write(json.dumps(error_as_data(error), ensure_ascii=False, default=str) + "\n")
        return
    if isinstance(error, FileRefused):
        for problem in error.problems:
            sys.stderr.write(f"{problem}\n")
    sys.stderr.write(f"{error}\n")


def error_as_data(error: CaseworkError) -> dict[str, Any]:
    """An error's name, sentence and parts."""
    data: dict[str, Any] = {"error": type(error).__name__, "says": str(error)}
    if isinstance(error, FileRefused):
        data["problems"] = [asdict(problem) for problem in error.problems]
    return data
