"""A backup comes back whole, opens for nobody else, and never writes over what is there."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casework.domain.people import ENGINE
from casework.storage import backup, cases, files, safeguarding, server, verify
from casework.storage.backup import BackupRefused
from casework.storage.database import APP, NAME, OWNER, Database, embedded, recreate
from tests.storage.cases_written import ANNA, DSL, MONDAY, PASTORAL, added, note, opened
from tests.storage.filled import copy_of

TAKEN = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SECRET, PUBLIC = backup.new_key()


@pytest.fixture
def db(postgres: server.Server, filled_template: str) -> Iterator[Database]:
    """A filled database with somebody who sees the whole of it."""
    with copy_of(postgres, filled_template) as (name, _):
        superuser = postgres.url(server.SUPERUSER, name)
        whole = Database(postgres.url(OWNER, name), postgres.url(APP, name), whole_url=superuser)
        yield whole
        whole.close()


@pytest.fixture
def kept(db: Database) -> str:
    """A case with notes, a file and a sealed note; its reference."""
    ref = opened(db, ANNA).ref
    added(db, ref, *[note(ref, f"Ünïcode & “quotes” {n}") for n in range(3)])
    with db.transaction(PASTORAL) as tx:
        files.keep(tx, bytes(range(256)) * 40, "application/octet-stream")
        safeguarding.seal(tx, ref, "sealed words", MONDAY)
    return ref


@pytest.fixture
def empty(postgres: server.Server):
    """The server as a new installation finds it; what a test put there is removed."""
    yield postgres
    for name in (NAME, backup.RESTORED, backup.REHEARSED):
        recreate(postgres, name, anew=False)


def written(db: Database, folder: Path, proof: server.Server | None = None) -> Path:
    backup.write(db, folder / "a.age", PUBLIC, TAKEN, proof)
    return folder / "a.age"


def databases(running: server.Server) -> set[str]:
    with psycopg.connect(running.url(server.SUPERUSER, "postgres")) as connection:
        return {name for (name,) in connection.execute("select datname from pg_database").fetchall()}


def test_what_is_restored_is_what_was_put_away(db, kept, empty, tmp_path):
    before = backup.write(db, tmp_path / "a.age", PUBLIC, TAKEN, None)

    after = backup.restore(empty, tmp_path / "a.age", SECRET, tmp_path)

    restored = embedded(empty)
    restored.migrate()
    with db.transaction(PASTORAL) as old, restored.transaction(PASTORAL) as new:
        assert cases.load(new, kept) == cases.load(old, kept)
        assert (
            new.execute(text("select * from event")).all() == old.execute(text("select * from event")).all()
        )
        stored = text("select sha256, content from stored_file order by sha256")
        assert new.execute(stored).all() == old.execute(stored).all()
    with restored.transaction(ENGINE) as tx:
        assert verify.verify(tx) == ()
    with restored.transaction(DSL) as tx:
        assert [read.text for read in safeguarding.read_notes(tx, kept)] == ["sealed words"]
    restored.close()
    assert after == before
    assert before.tables["sealed_note"].count == 1
    assert before.rows > 50


def test_what_is_restored_refuses_changes_as_before(db, kept, empty, tmp_path):
    backup.restore(empty, written(db, tmp_path), SECRET, tmp_path)

    restored = embedded(empty)
    refused = pytest.raises(DBAPIError, match=r"append|never|only")
    with refused, restored.owner_engine.begin() as connection:
        connection.execute(text("delete from event"))
    restored.close()


def test_nothing_of_the_copy_can_be_read_without_the_key(db, kept, tmp_path):
    file = written(db, tmp_path)
    other, _ = backup.new_key()

    assert b"sealed words" not in file.read_bytes()
    assert b"inventory" not in file.read_bytes()
    assert list(tmp_path.iterdir()) == [file]
    with (
        pytest.raises(BackupRefused, match="does not open with this key"),
        backup.opened(file, other, tmp_path),
    ):
        pass


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        pytest.param(lambda b: b[:-1], "damaged", id="cut short"),
        pytest.param(lambda b: b[:-40] + bytes([b[-40] ^ 1]) + b[-39:], "damaged", id="one bit changed"),
        pytest.param(lambda b: b"hello", "damaged", id="something else"),
        pytest.param(lambda b: b"", "damaged", id="empty"),
    ],
)
def test_a_damaged_backup_is_refused_and_nothing_is_left(db, kept, empty, tmp_path, harm, says):
    file = written(db, tmp_path)
    file.write_bytes(harm(file.read_bytes()))

    with pytest.raises(BackupRefused, match=says):
        backup.restore(empty, file, SECRET, tmp_path)

    assert backup.RESTORED not in databases(empty)
    assert list(tmp_path.iterdir()) == [file]


def test_a_restore_never_writes_over_what_is_kept(db, kept, empty, tmp_path):
    file = written(db, tmp_path)
    backup.restore(empty, file, SECRET, tmp_path)

    with pytest.raises(BackupRefused, match="holds schools or cases already"):
        backup.restore(empty, file, SECRET, tmp_path)


def test_a_restore_that_was_killed_may_be_done_again(db, kept, empty, tmp_path):
    file = written(db, tmp_path)
    recreate(empty, backup.RESTORED)  # as a kill in the middle of loading leaves it
    left = tmp_path / ".casework-backup-999999999-x"
    left.mkdir()

    backup.restore(empty, file, SECRET, tmp_path)

    assert backup.RESTORED not in databases(empty)
    assert not left.exists()


def test_a_row_that_did_not_come_back_is_noticed(db, kept, empty, tmp_path, monkeypatch):
    file = written(db, tmp_path)
    load = backup._load

    def loses_a_row(database: Database, dump: Path) -> None:
        load(database, dump)
        with database.owner_engine.begin() as tx:
            tx.execute(text("delete from case_summary"))

    monkeypatch.setattr(backup, "_load", loses_a_row)

    with pytest.raises(BackupRefused, match="case_summary"):
        backup.restore(empty, file, SECRET, tmp_path)


def test_a_backup_is_put_back_once_before_it_counts(db, kept, empty, tmp_path, monkeypatch):
    load = backup._load
    loaded = []
    monkeypatch.setattr(backup, "_load", lambda database, dump: (loaded.append(dump), load(database, dump)))

    written(db, tmp_path, empty)

    assert len(loaded) == 1
    assert backup.REHEARSED not in databases(empty)


def test_a_rehearsal_leaves_nothing_behind(db, kept, empty, tmp_path):
    file = written(db, tmp_path)

    with backup.rehearsed(empty, file, SECRET, tmp_path) as (inventory, database):
        with database.transaction(PASTORAL) as tx:
            assert cases.load(tx, kept).ref == kept
        assert inventory.taken_at == TAKEN

    assert backup.REHEARSED not in databases(empty)


def test_a_backup_is_of_one_moment(db, kept, tmp_path, monkeypatch):
    """What is written while it runs is in neither the copy nor its inventory."""
    count = backup._counted

    def meanwhile(tx):
        counted = count(tx)
        added(db, kept, note(kept, "written meanwhile"))
        return counted

    with monkeypatch.context() as patched:
        patched.setattr(backup, "_counted", meanwhile)
        inventory = backup.write(db, tmp_path / "a.age", PUBLIC, TAKEN, None)

    with backup.opened(tmp_path / "a.age", SECRET, tmp_path) as (_, dump):
        listed = subprocess.run(
            [str(server.program("pg_restore")), "--data-only", "--table=event", "--file=-", str(dump)],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    assert "written meanwhile" not in listed
    assert inventory.tables["event"].count == listed.count(f"{kept}\t")


@pytest.mark.parametrize(
    ("prepare", "key", "says"),
    [
        pytest.param(lambda file: file.touch(), PUBLIC, "never overwritten", id="file there already"),
        pytest.param(lambda file: None, "age1nonsense", "not a public key", id="no key"),
        pytest.param(lambda file: None, SECRET, "not a public key", id="the secret key by mistake"),
        pytest.param(lambda file: shutil.rmtree(file.parent), PUBLIC, "no folder", id="no folder"),
    ],
)
def test_what_cannot_be_written_is_refused_beforehand(db, tmp_path, prepare, key, says):
    folder = tmp_path / "backups"
    folder.mkdir()
    prepare(folder / "a.age")

    with pytest.raises(BackupRefused, match=says):
        backup.write(db, folder / "a.age", key, TAKEN, None)


def test_a_role_that_row_security_binds_makes_no_copy(db, kept, tmp_path):
    bound = Database(db.owner_address, db.app_url)
    try:
        with pytest.raises(BackupRefused, match="BYPASSRLS"):
            backup.write(bound, tmp_path / "a.age", PUBLIC, TAKEN, None)
    finally:
        bound.close()

    assert list(tmp_path.iterdir()) == []
