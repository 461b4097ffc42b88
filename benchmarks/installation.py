"""An installation of a run's own: the embedded server, as durable as a real one, in a folder that goes."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg

from benchmarks.machine import processor_seconds, server_process
from casework.actions.installation import Installation
from casework.config import Settings
from casework.documents import Letters
from casework.storage import server
from casework.storage.database import APP, OWNER, Database, embedded

_TEMPLATE = "casework_template"
_numbers = count(1)


@dataclass(frozen=True)
class Bench:
    """What every workload is given: the server, how large to be, and the seed of what is invented."""

    running: server.Server
    settings: Settings
    full: bool
    seed: int

    @contextmanager
    def installation(self) -> Iterator[Installation]:
        """A fresh migrated database with nothing in it, dropped afterwards."""
        name = f"bench_{next(_numbers)}"
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            connection.execute(f"create database {name} template {_TEMPLATE} owner {OWNER}")
            db = Database(self.running.url(OWNER, name), self.running.url(APP, name))
            yield Installation(db, Letters(self.settings.templates / "documents"), lambda: datetime.now(UTC))
            db.close()
            connection.execute(f"drop database {name} with (force)")

    @property
    def superuser_url(self) -> str:
        """Where the server is asked about itself."""
        return self.running.url(server.SUPERUSER, "postgres")

    @cached_property
    def _server(self) -> int:
        return server_process(self.superuser_url)

    def processor_seconds(self) -> float:
        """The processor time used so far, by this process and by the server."""
        return processor_seconds(self._server)

    def rounds(self, usual: int = 3) -> int:
        """How many rounds to run: more of them in a full run."""
        return usual + 2 if self.full else usual


@contextmanager
def bench(full: bool, seed: int) -> Iterator[Bench]:
    """Start the server, and stop it and forget its files when done."""
    home = Path(tempfile.mkdtemp(prefix="casework-bench-"))
    try:
        running = server.start(home)
        template = embedded(running, _TEMPLATE)
        template.migrate()
        template.close()
        yield Bench(running, Settings(home), full, seed)
    finally:
        server.stop(home)
        shutil.rmtree(home)
