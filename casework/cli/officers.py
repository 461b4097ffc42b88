"""officer add, list."""

import sys
from datetime import date
from typing import Annotated

import typer

from casework.actions import officers
from casework.cli.options import (
    As,
    Json,
    On,
    a_day,
    console,
    installation,
    reader,
    show_json,
    show_table,
    the_day,
)
from casework.domain import Role
from casework.domain.words import in_words
from casework.storage.people import OfficerRole

app = typer.Typer()
officer = typer.Typer(no_args_is_help=True, help="Who acts, with which roles, where and until when.")
app.add_typer(officer, name="officer")

WHERE = "A role is held at a school, for a trust or for an LA; an administrator's everywhere."


@officer.command()
def add(
    reference: Annotated[str, typer.Argument(metavar="OFFICER", help="A short reference, never reused.")],
    name: Annotated[str, typer.Option(help="Their name, as letters and the timeline show it.")],
    role: Annotated[list[Role], typer.Option(help="A role; may be repeated. " + WHERE)],
    school: Annotated[
        list[str] | None, typer.Option(metavar="URN", help="A school; may be repeated.")
    ] = None,
    trust: Annotated[str, typer.Option(help="The trust.")] = "",
    la: Annotated[str, typer.Option(metavar="CODE", help="The LA, such as 926.")] = "",
    since: Annotated[
        date | None,
        typer.Option("--from", parser=a_day, metavar="DATE", help="From this day; today if none."),
    ] = None,
    until: Annotated[
        date | None, typer.Option(parser=a_day, metavar="DATE", help="The last day; open if none.")
    ] = None,
    password: Annotated[
        bool,
        typer.Option("--password", help="Ask for a password to sign in with; read from a pipe if piped."),
    ] = False,
    acting: As = "",
    as_json: Json = False,
) -> None:
    """Add an officer, or give one that is there another role.

    Whoever runs the machine adds the first administrator; --as names the administrator who adds others.

    Examples:

      casework officer add pat --name "Pat Lowe" --role pastoral_lead --school 123456 --password

      casework officer add sam --name "Sam Hill" --role ewo --la 926 --from 2026-09-01
    """
    places = [{"urn": urn} for urn in school or []]
    places += [{"trust": trust}] if trust else []
    places += [{"la_code": la}] if la else []
    if not places and role != [Role.ADMINISTRATOR]:
        raise typer.BadParameter(f"Say where: --school, --trust or --la. {WHERE}")
    inst, begins = installation(), the_day(since)
    given = [OfficerRole(item, begins, until, **place) for item in role for place in places or [{}]]
    officers.add(inst, reader(inst, acting), reference, name, given, _password() if password else "")
    if as_json:
        show_json(
            {"officer": reference, "roles": [item.value for item in role], "from": begins, "until": until}
        )
        return
    held = ", ".join(in_words(item.value) for item in role)
    console.print(f"{name} is {reference}: {held} from {begins:%d %B %Y}.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


@officer.command("list")
def list_(on: On = None, as_json: Json = False) -> None:
    """Everyone who acts on a day, with their roles and places."""
    found = officers.everyone(installation(), the_day(on))
    rows = [
        (
            who.officer_id,
            who.name,
            ", ".join(sorted(in_words(role.value) for role in who.roles)) or "no role on this day",
            ", ".join(
                [*sorted(who.schools), *sorted(who.trusts), *(f"LA {code}" for code in sorted(who.la_codes))]
            ),
        )
        for who in found
    ]
    if as_json:
        show_json([dict(zip(("officer", "name", "roles", "where"), row, strict=True)) for row in rows])
        return
    show_table(
        "Officers", ("Officer", "Name", "Roles", "Where"), rows, "Nobody acts yet: casework officer add."
    )
