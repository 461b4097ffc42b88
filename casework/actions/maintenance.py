"""Looking after an installation: its audit, its server, its secret."""

import os
import secrets
from pathlib import Path

from casework.actions.installation import Installation
from casework.config import Settings
from casework.domain import ENGINE
from casework.storage import server, upgrading
from casework.storage import verify as audit
from casework.storage.database import connect
from casework.storage.upgrading import Rehearsal
from casework.storage.verify import Break


def verify(inst: Installation) -> tuple[Break, ...]:
    """Every break of a chain of events or of a kept file, the first of each; none if all is whole."""
    with inst.act(ENGINE) as tx:
        return tuple(audit.verify(tx))


def rehearse_upgrade(settings: Settings) -> Rehearsal:
    """Bring the tables to this release and take it back: what it would do, on the rows as they are.

    Raises:
        UpgradeLoses: A row would be gone.
        DatabaseRefused: The tables are of a later release, or in use for so long that they cannot be had.
    """
    database = connect(settings)
    try:
        return upgrading.rehearse(database)
    finally:
        database.close()


def stop(settings: Settings) -> bool:
    """Stop the embedded server of a home; False if none was running, or the database is another's."""
    return settings.database_url is None and server.stop(settings.home)


def secret(settings: Settings) -> str:
    """What sessions are signed with: from the environment, or made once and kept in the home."""
    if settings.secret:
        return settings.secret
    path: Path = settings.home / "secret"
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text()
