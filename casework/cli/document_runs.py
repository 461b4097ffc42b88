"""document run prepare, list, show, tick, go, stop, save: one letter to many parents."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from casework.actions import letter_runs
from casework.cli.options import (
    As,
    Json,
    On,
    by,
    console,
    fields,
    installation,
    officer,
    show_json,
    show_table,
)

run = typer.Typer(no_args_is_help=True, help="One letter to many parents: looked at first, never twice.")
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run, such as 990004-20261123-R1.")]


@run.command()
def prepare(
    template: Annotated[str, typer.Argument(help="Such as concern_letter.")],
    school: Annotated[str, typer.Option("--school", metavar="URN")],
    case: Annotated[list[str], typer.Option("--case", help="A case; may be repeated.")],
    given: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=TEXT", help="What every letter says; may be repeated."),
    ] = None,
    on: On = None,
    as_: As = "",
) -> None:
    """Put a run together: who gets it, and what to look at first. Nothing is written yet.

    Example:

      casework document run prepare concern_letter --school 990004 --case 990004-26-0012 --as head
    """
    inst = installation()
    run_id = letter_runs.prepare(
        inst, by(inst, as_, on, school=school), school, template, case, fields(given)
    )
    console.print(f"Prepared as {run_id}. See: casework document run show {run_id}")


@run.command("list")
def list_(
    school: Annotated[str, typer.Option("--school", metavar="URN")] = "", on: On = None, as_: As = ""
) -> None:
    """The runs of your schools, latest first."""
    inst = installation()
    rows = [
        (item.run_id, item.template, item.state, item.prepared_on)
        for item in letter_runs.runs(inst, officer(inst, as_, on, school=school), school)
    ]
    show_table("Runs", ("Run", "Letter", "State", "Prepared"), rows, "No runs.")


@run.command()
def show(id_: RunId, on: On = None, as_: As = "", as_json: Json = False) -> None:
    """A run's letters, those to look at first before the others."""
    inst = installation()
    kept, items = letter_runs.run_of(inst, officer(inst, as_, on, run=id_), id_)
    if as_json:
        letters = [
            {
                "case_ref": item.case_ref,
                "parent_id": item.parent_id,
                "look_first": list(item.look_first),
                "ticked_by": item.ticked_by,
                "state": item.state,
                "document_id": item.document_id,
                "why": item.why,
            }
            for item in items
        ]
        show_json({"run_id": kept.run_id, "template": kept.template, "state": kept.state, "letters": letters})
        return
    rows = [
        (
            item.case_ref,
            item.parent_id,
            item.document_id or item.state,
            item.why or ("" if item.may_go else f"Look first: {'; '.join(item.look_first)}"),
        )
        for item in items
    ]
    show_table(f"Run {kept.run_id}: {kept.state}", ("Case", "Parent", "Letter", ""), rows, "No letters.")


@run.command()
def tick(
    id_: RunId,
    case: Annotated[str, typer.Option("--case", help="The case.")],
    parent: Annotated[str, typer.Option("--parent", help="The parent, by contact.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Say that a letter which asks to be looked at may go."""
    inst = installation()
    letter_runs.tick(inst, by(inst, as_, on, run=id_), id_, case, parent)
    console.print("Ticked.")


@run.command()
def go(id_: RunId, on: On = None, as_: As = "") -> None:
    """Make the letters that may go. Stopped, or broken off, the same command goes on where it was."""
    inst = installation()

    def tell(done: int, of: int) -> None:
        if done % 10 == 0:
            console.print(f"{done} of {of}")

    stands = letter_runs.go(inst, by(inst, as_, on, run=id_), id_, tell=tell)
    console.print(_in_words(stands))


@run.command()
def stop(id_: RunId, on: On = None, as_: As = "") -> None:
    """Stop a run after the letter it is at."""
    inst = installation()
    letter_runs.stop(inst, by(inst, as_, on, run=id_), id_)
    console.print("Stopped.")


@run.command()
def save(
    id_: RunId,
    to: Annotated[Path, typer.Option(help="The folder to put them in.")],
    pdf: Annotated[
        bool, typer.Option("--pdf", help="One PDF of all, to print, with a list before it.")
    ] = False,
    on: On = None,
    as_: As = "",
) -> None:
    """Save a run's letters, one Word file for each parent, and one PDF to print with --pdf."""
    inst = installation()
    who = by(inst, as_, on, run=id_)
    to.mkdir(parents=True, exist_ok=True)
    count = 0
    for document_id, content in letter_runs.letters_of_run(inst, who.officer, id_):
        (to / f"{document_id}.docx").write_bytes(content)
        count += 1
    if pdf:
        (to / f"{id_}.pdf").write_bytes(letter_runs.print_ready(inst, who.officer, id_, who.on))
    console.print(f"{count} saved in {to}.")


def _in_words(stands: Counter[str]) -> str:
    words = {
        "issued": "issued",
        "drafted": "drafted, waiting for approval or for what is missing",
        "waiting": "waiting for a tick",
        "stopped": "not made: see why with `run show`",
    }
    return (
        "; ".join(f"{stands[state]} {says}" for state, says in words.items() if stands[state]) or "Nothing."
    )
