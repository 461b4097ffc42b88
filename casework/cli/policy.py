"""policy show, check, list."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from casework.actions import policies, policy_coverage
from casework.cli.options import Json, On, console, show_json, show_pairs, show_table, the_day
from casework.domain import Force
from casework.stages.ladder import ladder_table

app = typer.Typer()
policy = typer.Typer(no_args_is_help=True, help="Values of law and policy, with their sources.")
app.add_typer(policy, name="policy")

Pack = Annotated[str, typer.Option("--pack", help="The school's pack.")]
La = Annotated[str, typer.Option("--la", metavar="CODE", help="The local authority, by its code.")]


@policy.command()
def show(
    key: Annotated[str, typer.Argument(help="Such as penalty_notice.threshold, or the start of some keys.")],
    on: On = None,
    pack: Pack = "national",
    la: La = "",
    as_json: Json = False,
) -> None:
    """One value on a day: what it says, where it comes from, how sure, and which layer said so.

    Examples:

      casework policy show penalty_notice.threshold --on 2026-11-20

      casework policy show clocks. --la 926
    """
    found = policies.shown(pack, la, key, the_day(on))
    if as_json:
        show_json([item.as_data() for item in found])
        return
    if len(found) > 1:
        rows = [(item.key, item.in_short, "" if item.verified else "not verified") for item in found]
        show_table(f"On {the_day(on):%d %B %Y}", ("Key", "Value", ""), rows, "No such key.")
        return
    item = found[0]
    console.print(item.says)
    console.print()
    show_pairs(item.fields)
    console.print()
    show_pairs(
        {
            "From": item.since.isoformat() if item.since else "not in force",
            "Source": item.source.title,
            "Address": item.source.href,
            "Force": item.source.force.value,
            "Verified": "yes" if item.verified else "no: a named person confirms it before a formal step",
            "Layer": item.layer,
        }
    )
    if not item.verified and item.source.force in (Force.ACT, Force.REGULATIONS):
        console.print("It was not read in its source. Check it before you rely on it.")


@policy.command()
def check(as_json: Json = False) -> None:
    """Prove that every pack is well-formed, every value sourced, and no layer looser than the one above."""
    problems = policies.problems()
    if as_json:
        show_json([asdict(problem) for problem in problems])
    for problem in problems if not as_json else ():
        sys.stderr.write(f"{problem}\n")
    if problems:
        raise typer.Exit(1)
    if not as_json:
        console.print("Every pack is sound.")


@policy.command()
def ladder() -> None:
    """The ladder as a markdown table: stages, who decides, gates, clocks; README holds the same.

    Example:

      casework policy ladder
    """
    sys.stdout.write(ladder_table())


@policy.command("list")
def list_(as_json: Json = False) -> None:
    """The packs there are: local authorities, trusts and schools."""
    packs = policies.packs()
    if as_json:
        show_json(packs)
        return
    rows = [(kind, name, title) for kind, names in packs.items() for name, title in names.items()]
    show_table("Packs", ("Layer", "Name", "Title"), rows, "No packs.")


@policy.command()
def coverage(
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE", help="Write the page of the documentation.")
    ] = None,
    tests: Annotated[
        Path, typer.Option("--tests", metavar="DIR", help="Where the tables of tested rows are.")
    ] = policy_coverage.TABLES,
    as_json: Json = False,
) -> None:
    """What became of every row of the five schools' policies; exit 1 while one is unaccounted for.

    Examples:

      casework policy coverage

      casework policy coverage --write docs/policy_coverage.md
    """
    found = policy_coverage.coverage(tests)
    if write is not None:
        write.write_text(policy_coverage.page(found), "utf-8")
    if as_json:
        show_json(found.as_data())
    else:
        heads = ("Policy", "Stage", "Carried", "Replaced", "Blocked", "Out of scope", "Unaccounted", "All")
        show_table("Rows of the five policies", heads, found.table(), "No rows.")
    for says in (
        *found.strangers,
        *(
            f"{item.row.row} is not accounted for: {item.because or 'no entry carries it'}."
            for item in found.unaccounted
        ),
    ):
        sys.stderr.write(f"{says}\n")
    if not found.whole:
        raise typer.Exit(1)
