"""What every command shares: the day, the officer, and whether to print data."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from casework import config
from casework.actions import letter_runs, letters, officers
from casework.actions.installation import Installation, open_installation
from casework.actions.recording import By
from casework.domain import ENGINE, CaseworkError, Officer


class NobodyActs(CaseworkError):
    """A command that needs to know who is acting was not told."""

    def __init__(self) -> None:
        super().__init__("Say who is acting: give --as OFFICER, or set CASEWORK_OFFICER.")


def a_day(text: str) -> date:
    """A day as `2026-11-20`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is not a date such as 2026-11-20.") from None


def a_moment(text: str) -> datetime:
    """A time as `2026-11-20T16:30`, of this machine's zone unless it names another."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is not a time such as 2026-11-20T16:30.") from None
    return moment if moment.tzinfo else moment.astimezone()


On = Annotated[
    date | None,
    typer.Option("--on", parser=a_day, metavar="DATE", help="The day asked about; today if none."),
]
As = Annotated[
    str,
    typer.Option("--as", metavar="OFFICER", envvar="CASEWORK_OFFICER", help="Who is acting."),
]
Json = Annotated[bool, typer.Option("--json", help="Print data instead of words.")]
Urn = Annotated[str, typer.Option("--school", metavar="URN", help="One school, by URN.")]

console = Console(highlight=False, soft_wrap=True)


def the_day(on: date | None) -> date:
    """The day asked about; today where none was given."""
    return on or datetime.now().astimezone().date()


def installation() -> Installation:
    """The installation that the environment names, opened."""
    return open_installation(config.read())


def officer(
    inst: Installation,
    reference: str,
    on: date | None = None,
    *,
    case: str = "",
    document: str = "",
    run: str = "",
    school: str = "",
) -> Officer:
    """The officer who acts, with the roles held on the day: those of one school where a command is about one.

    Args:
        case, document, run: What the command is about; its school says which roles count.

    Raises:
        NobodyActs: Nobody was named.
        NotFound: No such officer, or what the command is about is not theirs.
    """
    if not reference:
        raise NobodyActs
    found = officers.officer(inst, reference, the_day(on))
    if case or document:
        return officers.at_case(inst, found, case or letters.case_of(document))
    urn = letter_runs.run_of(inst, found, run)[0].urn if run else school
    return officers.at_school(inst, found, urn) if urn else found


def reader(
    inst: Installation, reference: str, on: date | None = None, *, case: str = "", school: str = ""
) -> Officer:
    """Who looks: the officer named, or whoever runs the machine, who reads figures and decides nothing."""
    return officer(inst, reference, on, case=case, school=school) if reference else ENGINE


def by(
    inst: Installation,
    reference: str,
    on: date | None,
    role: str = "",
    seen: int | None = None,
    *,
    case: str = "",
    document: str = "",
    run: str = "",
    school: str = "",
) -> By:
    """Who writes, on which day."""
    found = officer(inst, reference, on, case=case, document=document, run=run, school=school)
    return By(found, the_day(on), role, seen)


def show_json(data: Any) -> None:
    """Print data as JSON, dates and all."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + os.linesep)


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print a table, or one sentence where there is nothing to show."""
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    filled = 0
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
        filled += 1
    console.print(table if filled else empty)


def show_pairs(pairs: Mapping[str, object]) -> None:
    """Print names and values, one a line."""
    width = max((len(name) for name in pairs), default=0)
    for name, value in pairs.items():
        console.print(f"{name.ljust(width)}  {value}")


def fields(given: list[str] | None) -> dict[str, str]:
    """What was given as FIELD=TEXT, by field; a field given twice has two lines."""
    said: dict[str, str] = {}
    for item in given or []:
        name, equals, text = item.partition("=")
        if not equals:
            raise typer.BadParameter(f"{item} is not of the form FIELD=TEXT.")
        said[name.strip()] = f"{said[name.strip()]}\n{text}" if name.strip() in said else text
    return said
