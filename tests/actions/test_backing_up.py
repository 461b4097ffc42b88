"""A lost installation comes back from its backup; keys and the nightly folder are looked after."""

from dataclasses import replace
from pathlib import Path

import pytest

from casework.actions import backing_up, maintenance
from casework.actions.installation import Installation, utc_now
from casework.config import Settings
from casework.documents import Letters
from casework.domain import ENGINE, School
from casework.storage import schools, server
from casework.storage.backup import BackupRefused
from casework.storage.database import open_database
from tests.actions.world import TEMPLATES


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, str]:
    return tmp_path / "backup.key", backing_up.new_key(tmp_path / "backup.key")


def home_at(folder: Path) -> Settings:
    return Settings(home=folder, durable=False)


def opened(settings: Settings) -> Installation:
    return Installation(open_database(settings), Letters(TEMPLATES), utc_now)


def test_a_lost_installation_comes_back_in_a_new_home(tmp_path, keys):
    key_file, public = keys
    old, new = home_at(tmp_path / "old"), home_at(tmp_path / "new")
    try:
        inst = opened(old)
        with inst.act(ENGINE) as tx:
            schools.save_schools(tx, [School("100001", "Invented School", "352")])
        file, inventory = backing_up.make(inst, old, tmp_path, public)
        secret = backing_up.secret_in(key_file)
        rehearsed = backing_up.rehearse(old, file, secret)
        inst.db.close()

        assert backing_up.restore(new, file, secret) == inventory == rehearsed.inventory
        assert rehearsed.breaks == ()
        again = opened(new)
        with again.act(ENGINE) as tx:
            assert schools.school(tx, "100001").name == "Invented School"
        assert maintenance.verify(again) == ()
        again.db.close()
    finally:
        for settings in (old, new):
            server.stop(settings.home)


def test_a_key_is_never_written_over(tmp_path, keys):
    key_file, _ = keys
    before = key_file.read_text()

    with pytest.raises(BackupRefused, match="never overwritten"):
        backing_up.new_key(key_file)

    assert key_file.read_text() == before
    assert key_file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "# only a remark\n", "one\ntwo\n"])
def test_a_file_without_one_key_is_refused(tmp_path, content):
    (tmp_path / "k").write_text(content)

    with pytest.raises(BackupRefused, match="does not hold one secret key"):
        backing_up.secret_in(tmp_path / "k")


def test_the_oldest_nightly_backups_go_and_nothing_else_does(tmp_path, database, keys, monkeypatch):
    folder = tmp_path / "nightly"
    folder.mkdir()
    for day in range(1, 31):
        (folder / f"casework-202609{day:02}T190000Z.age").write_bytes(b"old")
    (folder / "casework-notes.age").write_bytes(b"somebody's own")
    settings = replace(home_at(tmp_path), backup_folder=folder, backup_key=keys[1])
    monkeypatch.setattr(server, "start", lambda home, durable: None)

    counts = backing_up.make_nightly(Installation(database, Letters(TEMPLATES), utc_now), settings)

    assert counts["removed"] == 1
    assert counts["rows"] > 0
    left = sorted(path.name for path in folder.iterdir())
    assert left[0] == "casework-20260902T190000Z.age"
    assert "casework-notes.age" in left
    assert len(left) == backing_up.KEPT + 1


def test_nightly_backups_that_were_not_set_up_say_how(database, tmp_path):
    with pytest.raises(BackupRefused, match="CASEWORK_BACKUP_FOLDER"):
        backing_up.make_nightly(Installation(database, Letters(TEMPLATES), utc_now), home_at(tmp_path))
