"""backup, restore."""

from pathlib import Path
from typing import Annotated

import typer

from casework import config
from casework.actions import backing_up
from casework.cli.options import Json, console, installation, show_json
from casework.storage.backup import Inventory

app = typer.Typer()

Key = Annotated[Path, typer.Option("--key", help="The file that holds the secret key.")]


@app.command()
def backup(
    to: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A new file, or a folder to name one in.")
    ] = None,
    locked_for: Annotated[
        str, typer.Option("--for", envvar="CASEWORK_BACKUP_KEY", help="The public key it is locked for.")
    ] = "",
    new_key: Annotated[
        Path | None, typer.Option(help="Make a pair of keys instead, the secret one in this file.")
    ] = None,
    proved: Annotated[
        bool, typer.Option("--proved/--unproved", help="Put it back once and compare every row.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Copy everything of one moment, letters and files too, into one locked file.

    The machine that makes backups cannot open them: keep the secret key somewhere else, twice.

    Examples:

      casework backup --new-key backup.key

      casework backup /mnt/backups --for age1...
    """
    if new_key is not None:
        public = backing_up.new_key(new_key)
        if as_json:
            show_json({"public_key": public, "secret_key_in": str(new_key)})
            return
        console.print(
            f"The secret key is in {new_key}. Move it off this machine: without it no backup opens."
        )
        console.print(f"Lock backups for: {public}")
        return
    if to is None:
        raise typer.BadParameter("Name the file or folder that the backup goes to.")
    file, inventory = backing_up.make(installation(), config.read(), to, locked_for, proved)
    if as_json:
        show_json({"file": str(file), "proved": proved} | _as_data(inventory))
        return
    console.print(
        f"{file}: {inventory.rows:,} rows of {len(inventory.tables)} tables, as one moment saw them."
    )
    if proved:
        console.print("It was put back once and every row compared.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    key: Key,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Put it back beside what is here, check it, and remove it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a backup back where nothing is kept yet, and compare every row with what was put away.

    Examples:

      CASEWORK_HOME=/srv/casework-new casework restore casework-20261120T200000Z.age --key backup.key

      casework restore casework-20261120T200000Z.age --key backup.key --rehearse
    """
    settings, secret = config.read(), backing_up.secret_in(key)
    if rehearse:
        done = backing_up.rehearse(settings, file, secret)
        inventory, breaks = done.inventory, [str(item) for item in done.breaks]
    else:
        inventory, breaks = backing_up.restore(settings, file, secret), []
    if as_json:
        show_json({"rehearsed": rehearse, "breaks": breaks} | _as_data(inventory))
    else:
        console.print(
            f"The backup of {inventory.taken_at:%d %B %Y %H:%M %Z} came back whole: "
            f"{inventory.rows:,} rows of {len(inventory.tables)} tables."
        )
        for item in breaks:
            console.print(item)
        console.print(
            "It was removed again." if rehearse else "Prove every chain and file of it with: casework verify"
        )
    if breaks:
        raise typer.Exit(1)


def _as_data(inventory: Inventory) -> dict[str, object]:
    return {
        "taken_at": inventory.taken_at,
        "revision": inventory.revision,
        "tables": {name: rows.count for name, rows in inventory.tables.items()},
    }
