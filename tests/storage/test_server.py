"""The embedded server: started once, stopped, killed, started again, in homes of every kind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from casework.storage import server

START = """
import sys
from pathlib import Path
from casework.storage import server
print(server.start(Path(sys.argv[1]), durable=False).socket_folder)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder of mode 0700, in a place that an ordinary account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="casework-test-"))
    yield folder
    server.stop(folder)
    shutil.rmtree(folder)


def answers(running: server.Server) -> bool:
    with psycopg.connect(running.url(server.SUPERUSER, "postgres")) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def postmaster(home: Path) -> psutil.Process:
    """The server's first process, by the pid in its own folder."""
    return psutil.Process(int((home / "pg18" / "postmaster.pid").read_text().split()[0]))


def starting(home: Path) -> "subprocess.Popen[str]":
    """Another process that starts the server, its output read through a pipe."""
    return subprocess.Popen(
        [sys.executable, "-c", START, str(home)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_started_joined_and_stopped(home: Path) -> None:
    running = server.start(home, durable=False)
    process = postmaster(home)

    assert answers(running)
    assert server.start(home, durable=False) == running
    assert postmaster(home).pid == process.pid
    assert server.stop(home) is True
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    assert server.stop(home) is False


def test_stopping_what_was_never_started_makes_nothing(home: Path) -> None:
    assert server.stop(home / "never") is False
    assert not (home / "never").exists()


def test_two_starts_at_once_share_one_server_that_holds_no_pipe(home: Path) -> None:
    both = [starting(home), starting(home)]

    said = [process.communicate(timeout=60)[0] for process in both]  # ends only when nobody holds the pipe

    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1]
    assert answers(server.Server(Path(said[0].strip())))


def test_a_killed_server_is_started_again_with_its_data(home: Path) -> None:
    running = server.start(home, durable=False)
    with psycopg.connect(running.url(server.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute("create table kept as select 7 as number")
        connection.execute("checkpoint")
    postmaster(home).send_signal(signal.SIGKILL)

    running = server.start(home, durable=False)

    with psycopg.connect(running.url(server.SUPERUSER, "postgres")) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_a_pid_file_that_names_another_program_is_seen_through(home: Path) -> None:
    server.start(home, durable=False)
    pid_file = home / "pg18" / "postmaster.pid"
    words = pid_file.read_text().splitlines()
    server.stop(home)
    pid_file.write_text("\n".join([str(os.getpid()), *words[1:]]))

    assert answers(server.start(home, durable=False))


def test_a_server_whose_socket_was_swept_away_is_started_anew(home: Path) -> None:
    running = server.start(home, durable=False)
    shutil.rmtree(running.socket_folder)

    assert answers(server.start(home, durable=False))


def test_a_server_whose_files_were_deleted_makes_room_for_a_new_one(home: Path) -> None:
    server.start(home, durable=False)
    orphan = postmaster(home)
    shutil.rmtree(home)

    running = server.start(home, durable=False)

    assert answers(running)
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
    assert postmaster(home).pid != orphan.pid


def test_a_half_made_cluster_is_made_anew(home: Path) -> None:
    unfinished = home / "pg18.new-killed"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    assert answers(server.start(home, durable=False))
    assert not unfinished.exists()


def test_a_deep_home_and_another_run_side_by_side(home: Path) -> None:
    deep = home.joinpath(*(f"a-rather-long-folder-name-{n}" for n in range(8)))
    deep.mkdir(parents=True)
    home.chmod(0o711)
    for parent in deep.parents:
        if parent.is_relative_to(home):
            parent.chmod(0o711)
    try:
        first, second = server.start(deep, durable=False), server.start(home, durable=False)

        assert len(str(deep)) > 200
        assert first.socket_folder != second.socket_folder
        assert answers(first)
        assert answers(second)
    finally:
        assert server.stop(deep)


def test_the_folders_above_a_home_keep_their_rights(home: Path) -> None:
    """As root the home lies under a folder that the server's account cannot pass; its data goes elsewhere."""
    inner = home / "closed" / "home"
    inner.mkdir(parents=True, mode=0o700)
    inner.parent.chmod(0o700)
    try:
        assert answers(server.start(inner, durable=False))
        assert inner.parent.stat().st_mode & 0o777 == 0o700
        assert home.stat().st_mode & 0o777 == 0o700
    finally:
        assert server.stop(inner)
        note = inner / "postgres.place"
        if note.exists():
            shutil.rmtree(note.read_text())


def test_a_socket_folder_of_somebody_else_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = home / "elsewhere"
    elsewhere.mkdir()
    sly = home / "sly"
    sly.symlink_to(elsewhere)
    monkeypatch.setattr(server, "_socket_folder", lambda home, account: sly)

    with pytest.raises(server.ServerFailed, match="belongs to somebody else"):
        server.start(home, durable=False)


def test_its_log_holds_no_values(home: Path) -> None:
    running = server.start(home, durable=False)
    with psycopg.connect(running.url(server.SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute("create table pupil (upn text primary key)")
        connection.execute("insert into pupil values ('Z999')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into pupil values ('Z999')")

    log = (home / "pg18" / "log").read_text()
    assert "duplicate key" in log
    assert "Z999" not in log
