"""pack kinds, check, prepare, list, answer, submit, returned, save, verify, redact, release, statement."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casework.actions import evidence_packs, redactions, statements
from casework.actions.evidence_packs import Looked
from casework.cli.options import (
    As,
    Json,
    On,
    a_day,
    by,
    console,
    installation,
    officer,
    show_json,
    show_table,
    the_day,
)
from casework.domain.evidence import Outcome

app = typer.Typer()
pack = typer.Typer(no_args_is_help=True, help="Check, make, send and verify packs of evidence.")
statement = typer.Typer(no_args_is_help=True, help="Begin, show and confirm a witness statement.")
app.add_typer(pack, name="pack")
pack.add_typer(statement, name="statement")

Case = Annotated[str, typer.Argument(metavar="CASE", help="The case, such as 990004-26-0012.")]
Kind = Annotated[str, typer.Argument(metavar="KIND", help="Such as penalty_notice_request; see: pack kinds.")]
Id = Annotated[str, typer.Argument(metavar="PACK", help="The pack, such as 990004-26-0012-E1.")]
Parent = Annotated[str, typer.Option("--parent", help="Whom it is about, by contact.")]
_WORDS = {
    Outcome.PASSES: "ok",
    Outcome.WARNS: "look",
    Outcome.NEEDS_A_PERSON: "a person",
    Outcome.BLOCKS: "STOPS",
}


@pack.command()
def kinds(case: Case, on: On = None, as_: As = "") -> None:
    """Every kind of pack that a case can have."""
    inst = installation()
    found = evidence_packs.kinds(inst, officer(inst, as_, on, case=case), case, the_day(on))
    show_table("Packs", ("Kind", "What it is"), list(found.items()), "None.")


@pack.command()
def check(
    case: Case, kind: Kind, parent: Parent = "", on: On = None, as_: As = "", as_json: Json = False
) -> None:
    """What a pack holds and lacks, and every check before it goes. Exit 1 where something keeps it back.

    Example:

      casework pack check 990004-26-0012 penalty_notice_request --parent C1 --as head
    """
    inst = installation()
    found = evidence_packs.check(inst, officer(inst, as_, on, case=case), case, kind, the_day(on), parent)
    if as_json:
        show_json(_as_data(found))
    else:
        rows = [(c.check, c.title, _WORDS[c.outcome], c.says, c.remedy) for c in found.checks]
        show_table(f"{found.title}: {found.short}", ("", "Check", "", "Found", "What to do"), rows, "None.")
    if found.stops:
        raise typer.Exit(1)


def _as_data(found: Looked) -> dict[str, object]:
    return {
        "pack": found.pack,
        "title": found.title,
        "short": found.short,
        "enclosures": [
            {
                "enclosure": item.name,
                "says": item.says,
                "part": item.part.value,
                "needed": item.needed,
                "there": item.included,
                "lacking": item.lacking if item.missing else "",
                "stale": item.stale,
            }
            for item in found.wanted
        ],
        "checks": [
            {
                "check": c.check,
                "title": c.title,
                "outcome": c.outcome.value,
                "says": c.says,
                "item": c.item,
                "remedy": c.remedy,
                "question": c.question,
                "source": c.source.title if c.source else "",
            }
            for c in found.checks
        ],
    }


@pack.command()
def prepare(case: Case, kind: Kind, parent: Parent = "", on: On = None, as_: As = "") -> None:
    """Make a pack's files and fix them.

    Example:

      casework pack prepare 990004-26-0012 penalty_notice_request --parent C1 --as pat
    """
    inst = installation()
    made = evidence_packs.prepare(inst, by(inst, as_, on, case=case), case, kind, parent)
    lacks = f" It lacks: {', '.join(made.lacking).replace('_', ' ')}." if made.lacking else ""
    console.print(f"Prepared {made.pack_id}.{lacks} Save it with: casework pack save {case} {made.pack_id}")


@pack.command("list")
def list_(case: Case, on: On = None, as_: As = "", as_json: Json = False) -> None:
    """The packs of a case, and what became of each."""
    inst = installation()
    found = evidence_packs.packs_of(inst, officer(inst, as_, on, case=case), case)
    if as_json:
        show_json([vars_of(p) for p in found])
        return
    rows = [(p.pack_id, p.pack, p.parent_id, p.prepared_on, p.state) for p in found]
    show_table("Packs", ("Pack", "Kind", "About", "Prepared", "State"), rows, "No packs.")


def vars_of(made: evidence_packs.Prepared) -> dict[str, object]:
    """A pack as data."""
    return {name: getattr(made, name) for name in made.__slots__}


@pack.command()
def answer(
    case: Case,
    id_: Id,
    check: Annotated[str, typer.Argument(help="Such as V22, or returned.parent_address.")],
    says: Annotated[str, typer.Argument(metavar="yes|no")],
    because: Annotated[str, typer.Argument(help="Why, in your words.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Answer what only a person can say about a pack.

    Example:

      casework pack answer 990004-26-0012 990004-26-0012-E1 V22 yes "The register is final." --as head
    """
    inst = installation()
    evidence_packs.answer(
        inst, by(inst, as_, on, case=case), case, id_, check=check, answer=says, because=because
    )
    console.print("Recorded.")


@pack.command()
def submit(
    case: Case,
    id_: Id,
    method: Annotated[str, typer.Option(help="portal, secure_email, post, by_hand.")] = "portal",
    receipt: Annotated[str, typer.Option(help="The authority's own reference.")] = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record that a pack goes, after every check again; one with a stop cannot go."""
    inst = installation()
    evidence_packs.submit(inst, by(inst, as_, on, case=case), case, id_, method=method, receipt=receipt)
    console.print("Recorded as sent.")


@pack.command()
def returned(
    case: Case,
    id_: Id,
    reason: Annotated[list[str], typer.Option(help="Why, in the authority's words; may be repeated.")],
    check: Annotated[
        list[str] | None, typer.Option(help="What was lacking, such as parent_address; may be repeated.")
    ] = None,
    on: On = None,
    as_: As = "",
) -> None:
    """Record that the authority sent a pack back; what it lacked is asked of all its schools from now on."""
    inst = installation()
    evidence_packs.returned(inst, by(inst, as_, on, case=case), case, id_, reasons=reason, checks=check or ())
    console.print("Recorded.")


@pack.command()
def save(
    case: Case,
    id_: Id,
    to: Annotated[Path, typer.Option(help="The folder to put the files in.")] = Path(),
    on: On = None,
    as_: As = "",
) -> None:
    """Save a pack's files: its PDFs, editable parts, copy sheet and manifest."""
    inst = installation()
    to.mkdir(parents=True, exist_ok=True)
    for file in evidence_packs.files_of(inst, officer(inst, as_, on, case=case), case, id_):
        (to / file.name).write_bytes(file.content)
        console.print(f"Saved {to / file.name}")


@pack.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A file of a pack, as it was sent or received.")],
    manifest: Annotated[Path | None, typer.Option(help="Its manifest; beside it if none is named.")] = None,
    as_json: Json = False,
) -> None:
    """Check a file of a pack against its manifest, with nothing else. Exit 1 where anything differs.

    Example:

      casework pack verify 990004-26-0012-E1.pdf
    """
    found = evidence_packs.verify(file, manifest)
    if as_json:
        show_json({"file": found.file, "pages": found.pages, "problems": list(found.problems)})
    else:
        for problem in found.problems:
            console.print(problem)
        if not found.problems:
            pages = f", {found.pages} pages" if found.pages else ""
            console.print(f"{found.file} is as it was made: {found.items} items{pages}.")
    if found.problems:
        raise typer.Exit(1)


@pack.command()
def redact(
    case: Case,
    id_: Id,
    why: Annotated[str, typer.Option(help="Why it is taken out.")],
    words: Annotated[
        list[str] | None, typer.Option(help="NAME=WORDS: what the log calls it, and the words themselves.")
    ] = None,
    page: Annotated[list[int] | None, typer.Option(help="A page to withhold whole.")] = None,
    to: Annotated[Path, typer.Option(help="The folder to put the twin in.")] = Path(),
    on: On = None,
    as_: As = "",
) -> None:
    """Make the redacted twin of a pack: what is taken out is gone from the file, and logged.

    Example:

      casework pack redact CASE PACK --words "the address of parent B=9 Nowhere Road" --why "a court order"
    """
    inst = installation()
    asked = [*map(_words, words or ()), *(("a page", "", number) for number in page or ())]
    twin, files = redactions.redact(
        inst,
        by(inst, as_, on, case=case),
        case,
        id_,
        [redactions.ToTakeOut(n, why, w, p) for n, w, p in asked],
    )
    to.mkdir(parents=True, exist_ok=True)
    for file in files:
        (to / file.name).write_bytes(file.content)
        console.print(f"Saved {to / file.name}")
    if twin.look_at:
        console.print(f"Pictures are on page {', '.join(map(str, twin.look_at))}: look at each yourself.")


def _words(given: str) -> tuple[str, str, int]:
    name, equals, words = given.partition("=")
    if not equals or not name.strip() or not words.strip():
        raise typer.BadParameter(f"{given} is not of the form NAME=WORDS.")
    return name, words, 0


@pack.command()
def release(
    case: Case,
    material: Annotated[str, typer.Argument(help="A letter or item by its id, or an event as #12.")],
    kind: Kind,
    reason: Annotated[str, typer.Argument(help="Why it may go.")],
    on: On = None,
    as_: As = "",
) -> None:
    """As the DSL: let one sealed thing go in one kind of pack."""
    inst = installation()
    evidence_packs.release(
        inst, by(inst, as_, on, case=case), case, material=material, pack=kind, reason=reason
    )
    console.print("Recorded.")


@statement.command()
def begin(
    case: Case,
    witness: Annotated[str, typer.Option(help="The officer who makes the statement.")],
    parent: Parent,
    period_from: Annotated[date, typer.Option("--from", parser=a_day, metavar="DATE")],
    period_to: Annotated[date, typer.Option("--to", parser=a_day, metavar="DATE")],
    on: On = None,
    as_: As = "",
) -> None:
    """Begin the statement of one witness about one parent."""
    inst = installation()
    statements.begin(
        inst,
        by(inst, as_, on, case=case),
        case,
        witness_id=witness,
        parent_id=parent,
        period_from=period_from,
        period_to=period_to,
    )
    console.print("Begun. See it with: casework pack statement show")


@statement.command()
def show(case: Case, parent: Parent, on: On = None, as_: As = "", as_json: Json = False) -> None:
    """A statement's paragraphs as drafted, and which are confirmed."""
    inst = installation()
    found = statements.shown(inst, officer(inst, as_, on, case=case), case, the_day(on), parent)
    rows = (
        [(p.key, "confirmed" if p.confirmed else "to confirm", p.text) for p in found.paragraphs]
        if found
        else []
    )
    if as_json:
        show_json([{"paragraph": key, "state": state, "text": text} for key, state, text in rows])
        return
    name = found.statement_id if found else ""
    show_table(f"Statement {name}", ("Paragraph", "", "Text"), rows, "No statement was begun.")


@statement.command()
def confirm(
    case: Case,
    statement_id: Annotated[str, typer.Argument(metavar="STATEMENT")],
    paragraph: Annotated[str, typer.Argument(help="Its name in the list.")],
    text: Annotated[str, typer.Option(help="Your own words, if they differ from the draft.")] = "",
    on: On = None,
    as_: As = "",
) -> None:
    """As the witness: confirm one paragraph, in the draft's words or your own."""
    inst = installation()
    statements.confirm(
        inst, by(inst, as_, on, case=case), case, statement_id=statement_id, paragraph=paragraph, text=text
    )
    console.print("Confirmed.")
