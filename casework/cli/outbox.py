"""outbox: messages on their way out, those that ask for a person, and what a person does about them."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from casework import config
from casework.actions import mail, messages, sending
from casework.cli.options import (
    As,
    Json,
    On,
    a_moment,
    by,
    console,
    installation,
    officer,
    show_json,
    show_table,
    the_day,
)
from casework.domain.words import in_words
from casework.storage.outbox import OPEN

app = typer.Typer()
outbox = typer.Typer(no_args_is_help=True, help="Messages on their way out: list, send, send again, give up.")
app.add_typer(outbox, name="outbox")

At = Annotated[
    datetime | None,
    typer.Option("--at", parser=a_moment, metavar="TIME", help="The moment asked about; now if none."),
]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The message, as the list numbers it.")]


def _moment(at: datetime | None) -> datetime:
    return at or datetime.now(UTC)


@outbox.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="All of them, not only those for a person.")] = False,
    who: As = "",
    as_json: Json = False,
) -> None:
    """The messages that ask for a person: failed, doubtful, or missed because they had lost their sense.

    Example:

      casework outbox list --as ADMINISTRATOR
    """
    inst = installation()
    states = () if every else OPEN
    found = messages.listed(inst, officer(inst, who), states)
    if as_json:
        show_json(
            [
                {
                    "message": item.message.message_id,
                    "kind": item.message.kind,
                    "school": item.message.urn,
                    "on": item.message.on,
                    "state": item.message.state,
                    "attempts": item.message.attempts,
                    "problem": item.problem,
                    "settled": item.message.settled,
                }
                for item in found
            ]
        )
        return
    rows = (
        (
            item.message.message_id,
            in_words(item.message.kind),
            item.message.urn,
            f"{item.message.on:%d %b %Y}",
            in_words(item.message.state),
            item.message.attempts,
            item.problem,
        )
        for item in found
    )
    columns = ("Message", "What", "School", "About", "State", "Tries", "Problem")
    show_table("Messages", columns, rows, "No message asks for a person." if not every else "No messages.")


@outbox.command()
def send(at: At = None, as_json: Json = False) -> None:
    """Send what is due now; safe beside the flow that does the same."""
    done = sending.send(installation(), mail.transport_of(config.read()), _moment(at))
    if as_json:
        show_json(done)
        return
    console.print(", ".join(f"{in_words(state)} {n}" for state, n in done.items()) or "Nothing to send.")


@outbox.command()
def again(number: Number, who: As = "", on: On = None, at: At = None) -> None:
    """Send a message again that failed, or of which nobody knows whether it went.

    Example:

      casework outbox again 12 --as ADMINISTRATOR
    """
    inst = installation()
    messages.send_again(inst, by(inst, who, on), number, _moment(at))
    console.print(f"Message {number} waits to be sent again.")


@outbox.command("give-up")
def give_up(
    number: Number,
    because: Annotated[str, typer.Option("--because", help="Why it will not go.")],
    who: As = "",
    on: On = None,
    at: At = None,
) -> None:
    """Say why a message will not go; nobody is asked about it any more.

    Example:

      casework outbox give-up 12 --because "Rang instead" --as ADMINISTRATOR
    """
    inst = installation()
    messages.give_up(inst, by(inst, who, on), number, because, _moment(at))
    console.print(f"Message {number} is given up.")


@outbox.command()
def families(
    school: Annotated[str, typer.Option("--school", metavar="URN", help="The school.")],
    upn: Annotated[list[str] | None, typer.Option("--upn", help="These pupils of the list alone.")] = None,
    who: As = "",
    on: On = None,
    at: At = None,
) -> None:
    """Write to the families on today's list whom nobody has reached yet.

    Example:

      casework outbox families --school 123456 --as PETRA
    """
    inst = installation()
    asked = messages.message_families(inst, by(inst, who, on), school, the_day(on), _moment(at), upn or ())
    console.print(f"{asked.queued} messages are queued.")
    if asked.nobody:
        console.print(f"{asked.nobody} pupils have nobody who may be written to: ring.")


@outbox.command()
def tell(
    case_ref: Annotated[str, typer.Argument(metavar="CASE")],
    task: Annotated[str, typer.Argument(metavar="TASK", help="The open task to tell somebody.")],
    role: Annotated[str, typer.Option("--role", help="Whom: social_worker, youth_justice ...")],
    who: As = "",
    on: On = None,
    at: At = None,
) -> None:
    """Ask a professional by e-mail to ring, without naming the child.

    Example:

      casework outbox tell C-2026-123456-0001 T4 --role social_worker --as DSL
    """
    inst = installation()
    queued = messages.tell_professional(
        inst, by(inst, who, on, case=case_ref), case_ref, task, role, _moment(at)
    )
    console.print("The message is queued." if queued else "It was queued before.")
