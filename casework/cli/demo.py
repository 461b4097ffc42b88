"""demo data, run."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casework import config
from casework.cli.options import Json, a_day, console, show_json, show_table
from casework.cli.running import run_services
from casework.demo import data, run
from casework.demo.officers import OFFICERS
from casework.domain.words import day

app = typer.Typer()
demo = typer.Typer(no_args_is_help=True, help="The demo trust: write its files, run it.")
app.add_typer(demo, name="demo")

Pupils = Annotated[int, typer.Option(help="About how many pupils, over the five schools.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same files.")]


@demo.command("data")
def data_(
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    pupils: Pupils = data.DEFAULT_PUPILS,
    seed: Seed = data.DEFAULT_SEED,
) -> None:
    """Write the invented trust as files, in the formats its five schools would send.

    Example:

      casework demo data --out trust --seed 7 --pupils 300
    """
    files = data.write(out, seed, pupils)
    console.print(
        f"{len(files.paths)} files of {files.pupils} pupils, {files.marks} marks, under {files.folder}."
    )


@demo.command("run")
def run_(
    out: Annotated[Path, typer.Option(help="Where letters and the summary go.")] = Path("demo-out"),
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages afterwards.")] = False,
    pupils: Pupils = data.DEFAULT_PUPILS,
    seed: Seed = data.DEFAULT_SEED,
    on: Annotated[
        date | None,
        typer.Option("--on", parser=a_day, metavar="DATE", help="The day of its term to stop on; its last."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Import the trust, sweep it, work through a term of cases, and (with --serve) serve the pages.

    It has a day of its own, the last of its term: run again it changes nothing, and killed it goes on.

    Example:

      casework demo run --out demo-out --no-serve
    """
    settings = config.read()
    summary = run.run(
        settings,
        out,
        on=on or run.DAY,
        pupils=pupils,
        seed=seed,
        say=lambda line: None if as_json else console.print(line),
    )
    if as_json:
        show_json(summary.as_json())
    else:
        _show(summary, on or run.DAY)
    if serve:
        console.print()
        console.print(f"Sign in as any of these, with the password {run.PASSWORD}:")
        for officer in OFFICERS:
            console.print(f"  {run.account_of(officer)}")
        run_services(settings, settings.host, settings.port, scheduler=True)


DETAILS = ("events_by_kind", "letters_by_kind", "letters_of_policies", "asked_by_policies")
"""What the summary's file tells and the screen does not."""


def _show(summary: run.Summary, on: date) -> None:
    rows: list[tuple[str, str]] = []
    for name, value in summary.counts.items():
        if name in DETAILS:
            continue
        words = name.replace("_", " ").capitalize()
        if isinstance(value, dict):
            shown = ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in value.items())
            rows.append((words, shown or "none"))
        else:
            rows.append((words, f"{value:,}"))
    show_table(f"The demo on {on:%A} {day(on)}", ("", ""), rows, "Nothing.")
    took = [(name, f"{seconds:.1f} s") for name, seconds in summary.seconds.items()]
    show_table("How long it took", ("", ""), took, "Nothing was left to do.")
