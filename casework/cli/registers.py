"""import, facts, sweep, triage."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from casework.actions import figures, importing, sweeping, triage
from casework.actions.importing import Imported
from casework.cli.options import (
    As,
    Json,
    On,
    Urn,
    a_day,
    by,
    console,
    installation,
    reader,
    show_json,
    show_table,
    the_day,
)
from casework.domain import Problem
from casework.domain.words import in_words

app = typer.Typer()


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files, or a folder of files.")],
    school: Urn = "",
    format: Annotated[str, typer.Option(help="Insist on native, sheet, sims, wonde or ctf.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="A TOML file naming a new export's columns.")] = None,
    year: Annotated[int | None, typer.Option(help="The year of dates that have none.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, match and count; store nothing.")] = False,
    skip_refused: Annotated[
        bool, typer.Option("--skip-refused", help="Store the rest where some rows are refused.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why a stored mark changes, where one does.")] = "",
    changed_by: Annotated[str, typer.Option("--by", help="Who changed it in the school's register.")] = "",
    position: Annotated[str, typer.Option(help="Their position.")] = "",
    on: On = None,
    as_: As = "",
    as_json: Json = False,
) -> None:
    """Read registers, rolls and work already under way from files: everything in them, or nothing.

    Examples:

      casework import exports/

      casework import marks.xml codes.xml --school 990002

      casework import register.xlsx --school 990003 --dry-run

    --on is the day on which cases are told of it. Whether a mark lies in the future is told by today.
    """
    inst = installation()
    sources = importing.files_at(paths)
    columns = importing.mapping_at(mapping) if mapping else None
    with _busy(f"Reading {len(sources)} file{'s' if len(sources) != 1 else ''}", quiet=as_json):
        done = importing.import_files(
            inst,
            reader(inst, as_, on),
            sources,
            now=datetime.now(UTC),
            on=on,
            school_urn=school,
            format=format or None,
            mapping=columns,
            academic_year=year,
            dry_run=dry_run,
            skip_refused=skip_refused,
            reason=reason,
            by=changed_by,
            position=position,
        )
    if as_json:
        show_json(_as_data(done))
    else:
        _show(done)
    if done.refused:
        raise typer.Exit(1)


def _busy(says: str, quiet: bool) -> Progress:
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        transient=True,
        disable=quiet or not sys.stderr.isatty(),
    )
    progress.add_task(says, total=None)
    return progress


def _as_data(done: Imported) -> dict[str, object]:
    return {
        "dry_run": done.dry_run,
        "schools": list(done.urns),
        "counts": done.counts,
        "files": [asdict(file) for file in done.stored.files] if done.stored else [],
        "refused": [asdict(problem) for problem in done.refused],
        "warnings": [asdict(warning) for warning in done.warnings],
        "cases_changed": list(done.cases_changed),
        "nothing_new": done.nothing_new,
    }


def _show(done: Imported) -> None:
    assert done.stored is not None
    rows = [(f.file, f.format, f.read, f.used, f.refused) for f in done.stored.files]
    title = "What would be imported" if done.dry_run else "Imported"
    show_table(title, ("File", "Format", "Rows read", "Used", "Refused"), rows, "No rows.")
    counts = done.counts
    if len(done.reading.marks) or done.reading.amendments:
        console.print(
            f"Marks: {counts['marks_new']:,} new, {counts['marks_unchanged']:,} unchanged, "
            f"{counts['amendments']:,} amended."
        )
    if counts["work_new"]:
        new = counts["work_new"]
        console.print(f"Work already under way: {new} entr{'y is' if new == 1 else 'ies are'} new.")
    if done.nothing_new:
        would_be, had = ("would be", "has") if done.dry_run else ("was", "had")
        console.print(f"Nothing {would_be} new: all of it {had} been imported before.")
    if done.cases_changed:
        told = "Cases that would be added to" if done.dry_run else "Cases added to"
        console.print(f"{told}: {', '.join(done.cases_changed)}")
    if done.dry_run:
        console.print("This was a dry run: nothing was stored.")
    _show_problems("Warning", done.warnings)
    _show_problems("Refused", done.refused)


def _show_problems(kind: str, problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        sys.stderr.write(f"{kind}: {problem}\n")


@app.command()
def facts(
    on: On = None,
    school: Urn = "",
    format: Annotated[str, typer.Option(help="jsonl: one JSON object a line.")] = "jsonl",
    as_: As = "",
) -> None:
    """Print each pupil's attendance facts on a day, one JSON object a line, by URN and UPN.

    Example:

      casework facts --on 2026-11-20 --school 990004 --format jsonl
    """
    if format != "jsonl":
        raise typer.BadParameter(f"{format} is not known; facts are printed as jsonl.")
    inst = installation()
    for summary in figures.facts(inst, reader(inst, as_, school=school), the_day(on), school):
        sys.stdout.write(json.dumps(summary.as_json(), separators=(",", ":")) + "\n")


@app.command()
def sweep(school: Urn = "", on: On = None, as_json: Json = False) -> None:
    """Look at every pupil of a school, or of every school; the first sweep makes a triage list only.

    Example:

      casework sweep --school 990004 --on 2026-11-20
    """
    inst = installation()
    done = sweeping.sweep_schools(inst, the_day(on), school)
    if as_json:
        show_json([{"urn": item.urn, **item.counts()} for item in done])
    else:
        columns = (
            "School",
            "Pupils",
            "Raised",
            "Cleared",
            "Cases opened",
            "Added to",
            "For triage",
            "Faults",
        )
        rows = [
            (d.urn, d.pupils, d.raised, d.cleared, d.opened, d.attached, d.triage, len(d.disagreed))
            for d in done
        ]
        show_table(f"Swept as of {the_day(on):%d %B %Y}", columns, rows, "No school is on file.")
    if any(item.disagreed for item in done):
        sys.stderr.write("The two evaluators differ on some pupils; nothing was told of them.\n")
        raise typer.Exit(1)


@app.command("triage")
def triage_(
    school: Annotated[str, typer.Option("--school", metavar="URN", help="The school.")],
    accept: Annotated[list[str] | None, typer.Option(help="A UPN to accept; may be repeated.")] = None,
    first: Annotated[int, typer.Option(help="Accept the first so many of the list.")] = 0,
    set_aside: Annotated[str, typer.Option(help="A UPN to set aside, with --reason and --until.")] = "",
    reason: Annotated[str, typer.Option(help="Why the pupil is set aside.")] = "",
    until: Annotated[
        date | None, typer.Option(parser=a_day, metavar="DATE", help="Until when they are set aside.")
    ] = None,
    on: On = None,
    as_: As = "",
    as_json: Json = False,
) -> None:
    """The first list of a new school, severe absence first: accept, or set aside with a reason.

    Examples:

      casework triage --school 990004 --as pat

      casework triage --school 990004 --first 15 --as pat
    """
    inst = installation()
    who = by(inst, as_, on, school=school)
    waiting = triage.waiting(inst, who.officer, school)
    for upn in [*(accept or []), *(item.item.upn for item in waiting[:first])]:
        case = triage.accept(inst, who, school, upn)
        console.print(f"{case.ref} opened.")
    if set_aside:
        if until is None:
            raise typer.BadParameter("Say until when, with --until.")
        triage.set_aside(inst, who, school, set_aside, reason, until)
        console.print("Set aside.")
    if accept or first or set_aside:
        return
    if as_json:
        show_json([{"pupil": w.pupil.name, **asdict(w.item)} for w in waiting])
        return
    rows = [
        (w.item.upn, w.pupil.name, w.pupil.year_group, ", ".join(in_words(t) for t in w.item.triggers))
        for w in waiting
    ]
    show_table("Waiting for a decision", ("UPN", "Pupil", "Year", "Because"), rows, "Nobody is waiting.")
