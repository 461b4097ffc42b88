"""policy show, check, list, coverage, explain, new, move."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from casework.actions import pack_versions, policies, policy_coverage, policy_page
from casework.cli.options import (
    As,
    Json,
    On,
    by,
    console,
    installation,
    reader,
    show_json,
    show_pairs,
    show_table,
    the_day,
)
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
def check(
    packs: Annotated[
        Path, typer.Option("--packs", metavar="DIR", help="Another folder of packs, layer by layer.")
    ] = policies.ALL_PACKS,
    as_json: Json = False,
) -> None:
    """Prove that every pack is well-formed, every value sourced, and no layer looser than the one above.

    Examples:

      casework policy check

      casework policy check --packs my-packs --json
    """
    problems = policies.problems(packs)
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


@policy.command()
def explain(
    pack: Annotated[str, typer.Argument(help="The school's pack.")],
    la: La = "",
    on: On = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as HTML.")] = None,
) -> None:
    """A pack as a page its own staff can read: the ladder, clocks, letters, what the law replaced and why.

    Examples:

      casework policy explain banks-lane --la 356

      casework policy explain st-chads --la 332 --html st-chads.html
    """
    made = policy_page.page(pack, la, the_day(on))
    if html is not None:
        html.write_text(policy_page.as_html(made), "utf-8")
        console.print(f"Written to {html}.")
        return
    sys.stdout.write(policy_page.as_text(made))


@policy.command()
def new(
    name: Annotated[str, typer.Argument(help="The new pack's name, such as st-osyths.")],
    base: Annotated[
        str, typer.Option("--from", metavar="PACK", help="The pack it starts from.")
    ] = "national",
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="The folder of school packs.")
    ] = policies.SCHOOL_PACKS,
) -> None:
    """Start a school's pack from another, whose values it takes until it says its own.

    Examples:

      casework policy new st-osyths --from national
    """
    made = policy_page.new(name, base, into)
    console.print(f"Started {made}. Write its entries, then: casework policy check")


@policy.command()
def move(
    case_ref: Annotated[str, typer.Argument(help="The case.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; with none, what would change is shown.")] = "",
    on: On = None,
    acting: As = "",
    as_json: Json = False,
) -> None:
    """Move a case to its school's version of a day; without a reason, only show what would change.

    Examples:

      casework policy move ABC-2026-00001

      casework policy move ABC-2026-00001 --reason "The parents asked for the new plan" --as head
    """
    inst = installation()
    if reason:
        pack_versions.move(inst, by(inst, acting, on, case=case_ref), case_ref, reason)
        console.print(f"{case_ref} now stands under the version of {the_day(on):%d %B %Y}.")
        return
    found = pack_versions.what_would_change(
        inst, reader(inst, acting, on, case=case_ref), case_ref, the_day(on)
    )
    if as_json:
        show_json([asdict(change) for change in found])
        return
    rows = [(change.key, change.says) for change in found]
    show_table("What would change", ("Key", "Says"), rows, "Nothing would change.")
