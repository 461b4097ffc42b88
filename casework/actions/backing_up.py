"""Backups: made, rehearsed by putting them back, and put back where an installation was lost."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from casework.actions.installation import Installation
from casework.config import Settings
from casework.domain import ENGINE
from casework.storage import backup, server
from casework.storage import verify as audit
from casework.storage.backup import BackupRefused, Inventory
from casework.storage.database import external
from casework.storage.verify import Break

KEPT = 30
"""Backups that stay in the folder of the nightly ones."""

_OURS = re.compile(r"casework-\d{8}T\d{6}Z\.age")


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: what the backup said it holds, and what the audit of it found."""

    inventory: Inventory
    breaks: tuple[Break, ...]


def new_key(to: Path) -> str:
    """Make a pair of keys: the secret one is written to a new file, the public one is given back.

    Raises:
        BackupRefused: The file is there already.
    """
    secret, public = backup.new_key()
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BackupRefused(
            f"{to} is there already. Name another file; a key is never overwritten."
        ) from error
    with os.fdopen(descriptor, "w") as file:
        file.write(f"# public key: {public}\n{secret}\n")
    return public


def secret_in(key_file: Path) -> str:
    """The secret key in a file of `new_key` or of `age-keygen`.

    Raises:
        BackupRefused: There is no such file, or no key in it.
    """
    try:
        lines = key_file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupRefused(
            f"The key cannot be read from {key_file}. Name the file that holds it."
        ) from error
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1:
        raise BackupRefused(f"{key_file} does not hold one secret key. Name the file that holds it.")
    return found[0]


def make(
    inst: Installation, settings: Settings, to: Path, locked_for: str, proved: bool = True
) -> tuple[Path, Inventory]:
    """Write a backup of this moment to a file, or under its time's name in a folder.

    Args:
        proved: Put it back once and compare every row before it counts as made.
    """
    now = inst.now()
    file = to / now.strftime("casework-%Y%m%dT%H%M%SZ.age") if to.is_dir() else to
    proof = server.start(_home(settings), settings.durable) if proved else None
    return file, backup.write(inst.db, file, locked_for, now, proof)


def make_nightly(inst: Installation, settings: Settings) -> Mapping[str, int]:
    """Write a backup into the folder of the nightly ones, and let the oldest of them go; gives the counts.

    Raises:
        BackupRefused: The settings name no folder, or no key.
    """
    if settings.backup_folder is None or settings.backup_key is None:
        raise BackupRefused(
            "Nightly backups are not set up. Set CASEWORK_BACKUP_FOLDER, and CASEWORK_BACKUP_KEY to a public "
            "key made with: casework backup --new-key FILE."
        )
    folder = settings.backup_folder
    _, inventory = make(inst, settings, folder, settings.backup_key)
    ours = sorted(path for path in folder.iterdir() if _OURS.fullmatch(path.name))
    for old in ours[:-KEPT]:
        old.unlink()
    return {"tables": len(inventory.tables), "rows": inventory.rows, "removed": len(ours[:-KEPT])}


def rehearse(settings: Settings, file: Path, key: str) -> Restored:
    """Put a backup back beside the installation, compare every row, walk every chain, and remove it again."""
    home = _home(settings)
    running = server.start(home, settings.durable)
    with (
        backup.rehearsed(running, file, key, home) as (inventory, database),
        database.transaction(ENGINE) as tx,
    ):
        return Restored(inventory, audit.verify(tx))


def restore(settings: Settings, file: Path, key: str) -> Inventory:
    """Put a backup back where nothing is kept yet.

    The next command brings its tables up to date, should the backup be of an earlier release.

    Raises:
        BackupRefused: Something is kept there already; or what came back is not what was put away.
    """
    home = _home(settings)
    if settings.database_url is None:
        return backup.restore(server.start(home, settings.durable), file, key, home)
    database = external(settings, settings.database_url)
    try:
        return backup.restore_into(database, file, key, home)
    finally:
        database.close()


def _home(settings: Settings) -> Path:
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.home
