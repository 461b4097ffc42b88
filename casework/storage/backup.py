"""Copies of the whole database: one snapshot with its inventory, locked for whoever holds the key.

A backup is one file in the open format of `age`: inside is a tar of `inventory.json`, which says of every
table how many rows it holds and what they add up to, and `database.dump`, PostgreSQL's own archive. Letters
and received files lie in the database, so the copy is of one moment. Prefect's own database is not in it: it
holds the history of runs, which no case rests on.
"""

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psutil
import pyrage
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError

from casework.domain.errors import CaseworkError
from casework.storage.database import NAME, Database, embedded, recreate, swap_in
from casework.storage.server import Server, program

RESTORED, REHEARSED = f"{NAME}_restored", f"{NAME}_rehearsed"
"""Databases of the embedded server that a backup is put back into: to stay, and only to be looked at."""

_INVENTORY, _DUMP = "inventory.json", "database.dump"


class BackupRefused(CaseworkError):
    """A backup was not made or not put back; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a table holds: how many rows, and the sum of their digests, whatever their order."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a backup says it holds."""

    taken_at: datetime
    revision: str
    tables: Mapping[str, Rows]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(rows.count for rows in self.tables.values())

    def differences(self, found: Mapping[str, Rows]) -> tuple[str, ...]:
        """The tables that are not as they were, by name."""
        names = sorted(self.tables.keys() | found.keys())
        return tuple(name for name in names if self.tables.get(name) != found.get(name))


def new_key() -> tuple[str, str]:
    """(secret key, public key) in the form of `age`: the first opens what is locked for the second."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def write(
    database: Database, to: Path, locked_for: str, taken_at: datetime, proof: Server | None
) -> Inventory:
    """Write a backup of one moment, locked for the holder of a key; there at once and whole, or not at all.

    Args:
        to: The file; the folder must be there, the file must not.
        locked_for: The public key, `age1...`.
        proof: An embedded server on which the copy is put back and compared, before it is locked; None to
            leave that out.

    Raises:
        BackupRefused: The file is there already, the key is none, or PostgreSQL would not give every row.
    """
    recipient = _recipient(locked_for)
    if to.exists():
        raise BackupRefused(f"{to} is there already. Name another file; a backup is never overwritten.")
    with _private_folder(to.parent) as folder:
        dump, archive = folder / _DUMP, folder / "archive"
        inventory = _dump(database, dump, taken_at)
        if proof is not None:
            _put_back(proof, REHEARSED, dump, inventory)
            recreate(proof, REHEARSED, anew=False)
        with _packed(inventory, dump) as packed, archive.open("xb") as out:
            pyrage.encrypt_io(packed, out, [recipient])
            out.flush()
            os.fsync(out.fileno())
        os.link(archive, to)
    return inventory


@contextmanager
def opened(backup: Path, key: str, folder: Path) -> Iterator[tuple[Inventory, Path]]:
    """The inventory of a backup and its unlocked dump, which is removed on leaving.

    Args:
        key: The secret key, `AGE-SECRET-KEY-...`.
        folder: Where the dump is put meanwhile, in a private folder of its own.

    Raises:
        BackupRefused: The key does not open it, or it is not a whole backup.
    """
    with _private_folder(folder) as inside:
        packed = inside / "archive"
        try:
            identity = pyrage.x25519.Identity.from_str(key.strip())
            with backup.open("rb") as locked, packed.open("xb") as out:
                pyrage.decrypt_io(locked, out, [identity])
        except FileNotFoundError as error:
            raise BackupRefused(f"There is no file {backup}. Check its name.") from error
        except pyrage.IdentityError as error:
            raise BackupRefused("That is not a secret key. It begins with AGE-SECRET-KEY-.") from error
        except (pyrage.DecryptError, OSError) as error:
            raise BackupRefused(
                f"{backup} does not open with this key, or is damaged: {error}. "
                "Take the key that was made for it, or another copy of the file."
            ) from error
        yield _unpacked(packed, inside)


def restore(server: Server, backup: Path, key: str, folder: Path) -> Inventory:
    """Put a backup back as the embedded server's database, in place of one that holds nothing.

    It is restored beside the empty one, compared with its inventory row by row, and only then takes its
    place: a restore that is killed leaves the installation empty, and may be done again.

    Raises:
        BackupRefused: Something is kept there already, or what came back is not what was put away.
    """
    present = embedded(server)
    try:
        _refuse_filled(present)
    finally:
        present.close()
    inventory = _restored(server, RESTORED, backup, key, folder)
    swap_in(server, RESTORED)
    return inventory


@contextmanager
def rehearsed(server: Server, backup: Path, key: str, folder: Path) -> Iterator[tuple[Inventory, Database]]:
    """A backup put back into a database that is removed on leaving, as proof that it can be.

    Raises:
        BackupRefused: It does not open, or what came back is not what was put away.
    """
    inventory = _restored(server, REHEARSED, backup, key, folder)
    database = embedded(server, REHEARSED)
    try:
        database.migrate()
        yield inventory, database
    finally:
        database.close()
        recreate(server, REHEARSED, anew=False)


def restore_into(database: Database, backup: Path, key: str, folder: Path) -> Inventory:
    """Put a backup back into a database of one's own, which must be new and empty.

    Raises:
        BackupRefused: The database has tables, or what came back is not what was put away.
    """
    with database.owner_engine.begin() as tx:
        if _tables(tx):
            raise BackupRefused(
                "The database of DATABASE_URL has tables already. Make a new, empty one and name that."
            )
    with opened(backup, key, folder) as (inventory, dump):
        _load(database, dump)
    _compare(database, inventory)
    return inventory


def _restored(server: Server, name: str, backup: Path, key: str, folder: Path) -> Inventory:
    with opened(backup, key, folder) as (inventory, dump):
        _put_back(server, name, dump, inventory)
    return inventory


def _put_back(server: Server, name: str, dump: Path, inventory: Inventory) -> None:
    recreate(server, name)
    database = embedded(server, name)
    try:
        _load(database, dump)
        _compare(database, inventory)
    finally:
        database.close()


def _compare(database: Database, inventory: Inventory) -> None:
    with _all_of_it(database) as tx:
        different = inventory.differences(_counted(tx))
    if different:
        raise BackupRefused(
            f"What came back differs from what was put away in: {', '.join(different)}. "
            "Take another copy of the backup."
        )


def _refuse_filled(database: Database) -> None:
    with _all_of_it(database) as tx:
        names = _tables(tx)
        filled = [
            name
            for name in ("school", "pupil", "officer", "case_file", "stored_file")
            if name in names and tx.execute(text(f"select exists (select from {name})")).scalar_one()
        ]
    if filled:
        raise BackupRefused(
            "This installation holds schools or cases already, and a restore never writes over them. "
            "Name a new home with CASEWORK_HOME."
        )


# -- PostgreSQL's own programs -------------------------------------------------------------------------------


def _dump(database: Database, to: Path, taken_at: datetime) -> Inventory:
    """Dump one snapshot, and count what the very same snapshot holds."""
    with _all_of_it(database) as tx:
        snapshot = tx.execute(text("select pg_export_snapshot()")).scalar_one()
        tables = _counted(tx)
        revision = str(tx.execute(text("select version_num from alembic_version")).scalar_one())
        _run(
            "pg_dump",
            database.whole_address,
            *("--format=custom", "--no-owner", "--no-privileges", "--no-comments"),
            *(f"--snapshot={snapshot}", f"--file={to}"),
        )
    return Inventory(taken_at, revision, tables)


def _load(database: Database, dump: Path) -> None:
    _run(
        "pg_restore",
        database.owner_address,
        *("--exit-on-error", "--no-owner", "--no-privileges", "--no-comments", "--single-transaction"),
        str(dump),
    )


def _run(name: str, address: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's programs. What row security hides from its role is an error, never left out."""
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C",
        **({"PGPASSWORD": address.password} if address.password else {}),
    }
    plain = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    try:
        subprocess.run(
            [str(program(name)), f"--dbname={plain}", *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
    except subprocess.CalledProcessError as error:
        first = next(iter(str(error.stdout).strip().splitlines()), "it gave no reason")
        raise BackupRefused(f"The database was not copied: {first}") from error


@contextmanager
def _all_of_it(database: Database) -> Iterator[Connection]:
    """A transaction on one snapshot that sees every row, printed the same way everywhere.

    Raises:
        BackupRefused: Row security would hide something from the role.
    """
    prints = {"timezone": "UTC", "datestyle": "ISO", "bytea_output": "hex", "extra_float_digits": "1"}
    one_snapshot = database.whole_engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with one_snapshot.begin() as tx:
            for name, value in (prints | {"row_security": "off"}).items():
                tx.execute(text("select set_config(:name, :value, true)"), {"name": name, "value": value})
            yield tx
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise BackupRefused(
            "The role of DATABASE_URL may not see every row, so a copy would leave some out. "
            "Have an administrator give it BYPASSRLS."
        ) from error


def _tables(tx: Connection) -> tuple[str, ...]:
    rows = tx.execute(
        text("select tablename from pg_tables where schemaname = 'public' order by tablename")
    ).scalars()
    return tuple(rows)


def _counted(tx: Connection) -> dict[str, Rows]:
    """Every table with its rows counted and their digests added up."""
    found = {}
    for name in _tables(tx):
        row = tx.execute(
            text(f"""
                select count(*), coalesce(sum(('x' || left(md5(row::text), 16))::bit(64)::bigint::numeric), 0)
                from "{name}" as row
            """)
        ).one()
        found[name] = Rows(int(row[0]), str(row[1]))
    return found


# -- the file ------------------------------------------------------------------------------------------------


def _recipient(locked_for: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(locked_for.strip())
    except pyrage.RecipientError as error:
        raise BackupRefused(
            "A backup is locked for the holder of a key, and that is not a public key (age1...). "
            "Make a pair with: casework backup --new-key FILE."
        ) from error


@contextmanager
def _private_folder(parent: Path) -> Iterator[Path]:
    """A folder that only its owner can enter, removed on leaving, with those that a kill left behind."""
    prefix = ".casework-backup-"
    if not parent.is_dir():
        raise BackupRefused(f"There is no folder {parent}. Make it first.")
    for left_over in parent.glob(f"{prefix}*"):
        if not psutil.pid_exists(int(left_over.name.split("-")[2])):
            shutil.rmtree(left_over, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _packed(inventory: Inventory, dump: Path) -> Iterator[IO[bytes]]:
    """The tar of a backup, as a file to read from."""
    said = json.dumps(asdict(inventory), default=str).encode()
    with tempfile.TemporaryFile(dir=dump.parent) as packed:
        with tarfile.open(fileobj=packed, mode="w") as tar:
            entry = tarfile.TarInfo(_INVENTORY)
            entry.size = len(said)
            tar.addfile(entry, io.BytesIO(said))
            tar.add(dump, _DUMP)
        packed.seek(0)
        yield packed


def _unpacked(packed: Path, folder: Path) -> tuple[Inventory, Path]:
    try:
        with tarfile.open(packed) as tar:
            tar.extract(_INVENTORY, folder, filter="data")
            tar.extract(_DUMP, folder, filter="data")
        inventory = _inventory(json.loads((folder / _INVENTORY).read_text()))
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise BackupRefused("That file is not a backup of casework. Name one that casework made.") from error
    return inventory, folder / _DUMP


def _inventory(said: Mapping[str, Any]) -> Inventory:
    return Inventory(
        datetime.fromisoformat(said["taken_at"]),
        said["revision"],
        {name: Rows(**rows) for name, rows in said["tables"].items()},
    )
