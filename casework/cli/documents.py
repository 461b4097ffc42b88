"""document: catalogue, list, draft, complete, edit, approve, issue, serve, returned, save, wording, run."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.actions import letters, schools, support_meetings, wording
from casework.actions.letters import Letter
from casework.cli.document_runs import run
from casework.cli.options import (
    As,
    Json,
    On,
    a_day,
    a_moment,
    by,
    console,
    fields,
    installation,
    officer,
    show_json,
    show_table,
)
from casework.storage.letterheads import KeptLetterhead

app = typer.Typer()
document = typer.Typer(no_args_is_help=True, help="List, approve, issue and save letters.")
own = typer.Typer(no_args_is_help=True, help="A school's own wording of a document, every version kept.")
app.add_typer(document, name="document")
document.add_typer(run, name="run")
document.add_typer(own, name="wording")

Id = Annotated[str, typer.Argument(metavar="DOCUMENT", help="The letter, such as C-2026-990004-0012-L1.")]
Given = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=TEXT", help="A field of the letter; may be repeated."),
]


@document.command("list")
def list_(
    case: Annotated[str, typer.Option("--case", help="The letters of one case.")] = "",
    state: Annotated[str, typer.Option(help="draft waits for approval, approved to go.")] = "draft",
    on: On = None,
    as_: As = "",
    as_json: Json = False,
) -> None:
    """The letters of a case, or those that wait.

    Examples:

      casework document list --as head

      casework document list --case C-2026-990004-0012 --as pat
    """
    inst = installation()
    who = officer(inst, as_, on, case=case)
    found = letters.letters_of(inst, who, case) if case else letters.waiting(inst, who, state)
    if as_json:
        show_json([_as_data(letter) for letter in found])
        return
    rows = [
        (
            item.document.document_id,
            item.title,
            item.parent_name,
            item.document.state,
            f"{len(item.lacking)} missing" if item.lacking else "",
        )
        for item in found
    ]
    show_table("Letters", ("Document", "Letter", "To", "State", ""), rows, "No letters.")


def _as_data(letter: Letter) -> dict[str, object]:
    kept = letter.document
    return {
        "document_id": kept.document_id,
        "case_ref": kept.case_ref,
        "template": kept.template,
        "parent_id": kept.parent_id,
        "state": kept.state,
        "sha256": kept.issued_sha256 or kept.draft_sha256,
        "drafted_on": kept.drafted_on,
        "issued_on": kept.issued_on,
        "served_on": kept.served_on,
        "missing": list(letter.lacking),
    }


@document.command()
def draft(
    case: Annotated[str, typer.Argument(metavar="CASE")],
    template: Annotated[str, typer.Argument(help="Such as concern_letter.")],
    parent: Annotated[str, typer.Option(help="Whom a parent's letter is to, by contact.")] = "",
    given: Given = None,
    large_print: Annotated[
        bool, typer.Option("--large-print", help="In letters of 16 points or more.")
    ] = False,
    on: On = None,
    as_: As = "",
) -> None:
    """Draft one letter by hand.

    Example:

      casework document draft C-2026-990004-0012 concern_letter --parent C1 --as pat
    """
    inst = installation()
    said = {**fields(given), **({"large_print": "yes"} if large_print else {})}
    letters.draft(inst, by(inst, as_, on, case=case), case, template, parent, said)
    console.print("Drafted. See: casework document list --case " + case)


@document.command()
def complete(id_: Id, given: Given = None, on: On = None, as_: As = "") -> None:
    """Add to a draft what it lacks.

    Example:

      casework document complete C-2026-990004-0012-L1 --set "noticed=Mondays are hard" --as pat
    """
    inst = installation()
    letters.complete(inst, by(inst, as_, on, document=id_), id_, fields(given))
    console.print("The draft is complete.")


@document.command()
def catalogue(as_json: Json = False) -> None:
    """Every document by name: what it is, and what a person writes for it.

    Example:

      casework document catalogue
    """
    known = letters.catalogue()
    if as_json:
        show_json(
            [
                {"template": name, "title": title, "for": reader, "asks": list(asks)}
                for name, title, reader, asks in known
            ]
        )
        return
    rows = [(name, title, reader, ", ".join(asks)) for name, title, reader, asks in known]
    show_table("Documents", ("Template", "What it is", "For", "A person writes"), rows, "No documents.")


@document.command()
def edit(
    id_: Id,
    file: Annotated[Path, typer.Argument(help="The draft as saved, edited and saved again in Word.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Put a draft edited in Word in the place of the one it came from.

    Example:

      casework document edit 990004-26-0012-L1 990004-26-0012-L1.docx --as pat
    """
    inst = installation()
    letters.put_back(inst, by(inst, as_, on, document=id_), id_, file.read_bytes())
    console.print("The edited draft stands in its place.")


@document.command()
def approve(id_: Id, on: On = None, as_: As = "") -> None:
    """Approve a draft, as one of those whom the policy names."""
    inst = installation()
    letters.approve(inst, by(inst, as_, on, document=id_), id_)
    console.print("Approved. It may now be issued.")


@document.command()
def issue(id_: Id, on: On = None, as_: As = "") -> None:
    """Issue a letter: from now on its bytes are fixed. Twice changes nothing."""
    inst = installation()
    letters.issue(inst, by(inst, as_, on, document=id_), id_)
    console.print("Issued. Save it to print with: casework document save " + id_)


@document.command()
def serve(
    id_: Id,
    method: Annotated[str, typer.Option(help="first_class_post, second_class_post, by_hand, ...")],
    posted: Annotated[date, typer.Option(parser=a_day, metavar="DATE", help="The day it went.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Record how and when a letter went; the day it is deemed served follows."""
    inst = installation()
    letters.serve(inst, by(inst, as_, on, document=id_), id_, method=method, posted_on=posted)
    console.print("Recorded.")


@document.command()
def returned(
    id_: Id,
    why: Annotated[str, typer.Option(help="What the post says: gone away, not known here.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Record that the post brought a letter back: it was not served."""
    inst = installation()
    letters.returned(inst, by(inst, as_, on, document=id_), id_, why)
    console.print("Recorded. Check the address, then send it again.")


@document.command()
def save(
    id_: Id,
    to: Annotated[Path, typer.Option(help="A file, or a folder to put it in.")] = Path(),
    on: On = None,
    as_: As = "",
) -> None:
    """Save a letter's Word file, as issued or as drafted."""
    inst = installation()
    kept, content = letters.content(inst, officer(inst, as_, on, document=id_), id_)
    path = to / f"{kept.document_id}.docx" if to.is_dir() else to
    path.write_bytes(content)
    console.print(f"Saved as {path}.")


@document.command()
def letterhead(
    school: Annotated[str, typer.Option("--school", metavar="URN")],
    address: Annotated[list[str], typer.Option(help="A line of the address; may be repeated.")],
    phone: Annotated[str, typer.Option(help="The school's telephone.")],
    reachable: Annotated[str, typer.Option(help="When, in words: School days, 8am to 4pm.")],
    email: Annotated[str, typer.Option(help="The school's e-mail address.")] = "",
    headteacher: Annotated[str, typer.Option(help="The headteacher's name.")] = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Enter or correct what stands at the top of a school's letters."""
    inst = installation()
    kept = KeptLetterhead(tuple(address), phone, reachable, email, headteacher)
    schools.set_letterhead(inst, officer(inst, as_, on, school=school), school, kept)
    console.print("Kept.")


@document.command("support-meeting")
def support_meeting(
    school: Annotated[str, typer.Option("--school", metavar="URN")],
    at: Annotated[datetime, typer.Option(parser=a_moment, metavar="TIME", help="Such as 2026-12-07T13:30.")],
    place: Annotated[str, typer.Option(help="Where it is.")],
    comes: Annotated[list[str], typer.Option("--comes", help="Who is invited; may be repeated.")],
    to: Annotated[Path, typer.Option(help="The folder to put the two Word files in.")],
    on: On = None,
    as_: As = "",
) -> None:
    """The agenda of a targeting support meeting, and its list of pupils, from register and cases."""
    inst = installation()
    who = by(inst, as_, on, school=school)
    made = support_meetings.papers(inst, who.officer, school, who.on, at=at, place=place, who_comes=comes)
    to.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (to / f"{name}-{school}.docx").write_bytes(content)
    console.print(f"{len(made)} saved in {to}.")


@own.command("save")
def save_wording(
    school: Annotated[str, typer.Option("--school", metavar="URN")],
    template: Annotated[str, typer.Argument(help="Such as concern_letter.")],
    to: Annotated[Path, typer.Option(help="The Word file to write.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Save the Word file a document is made from, to edit it: letterhead, wording, logo with its alt text."""
    inst = installation()
    to.write_bytes(wording.in_use(inst, officer(inst, as_, on, school=school), school, template))
    console.print(f"Saved as {to}.")


@own.command()
def put(
    school: Annotated[str, typer.Option("--school", metavar="URN")],
    template: Annotated[str, typer.Argument(help="Such as concern_letter.")],
    file: Annotated[Path, typer.Argument(help="The school's own Word file.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Use a school's own wording from now on, once it says all that the document must say.

    Example:

      casework document wording put --school 990004 concern_letter ours.docx --as head
    """
    inst = installation()
    version = wording.put(inst, by(inst, as_, on, school=school), school, template, file.read_bytes())
    console.print(f"In use from now on, as version {version}.")


@own.command()
def back(
    school: Annotated[str, typer.Option("--school", metavar="URN")],
    template: Annotated[str, typer.Argument(help="Such as concern_letter.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Go back to our wording; the school's versions stay on file."""
    inst = installation()
    wording.back_to_ours(inst, by(inst, as_, on, school=school), school, template)
    console.print("Ours is in use again.")


@own.command("list")
def list_wordings(
    school: Annotated[str, typer.Option("--school", metavar="URN")], on: On = None, as_: As = ""
) -> None:
    """Every version a school has put in."""
    inst = installation()
    rows = [
        (item.template, str(item.version), "own" if item.content else "back to ours", item.put_on, item.by)
        for item in wording.versions(inst, officer(inst, as_, on, school=school), school)
    ]
    show_table("Own wording", ("Document", "Version", "", "From", "By"), rows, "The school uses ours.")
