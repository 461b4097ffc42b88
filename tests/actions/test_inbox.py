"""Files dropped into the inbox are imported whole or moved aside whole, never while still being written."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.actions import inbox
from casework.actions.inbox import Drop
from tests.actions.world import ROBIN, URN, marks_file

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def dropped(at: Path, name: str, *files: tuple[str, bytes], age: timedelta = timedelta(minutes=5)) -> Path:
    folder = at / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, data in files:
        (folder / file).write_bytes(data)
        moment = (NOW - age).timestamp()
        os.utime(folder / file, (moment, moment))
    return folder


def everything(at: Path) -> dict[str, bytes]:
    return {str(path.relative_to(at)): path.read_bytes() for path in at.rglob("*") if path.is_file()}


GOOD = marks_file(f"{ROBIN},{URN},2026-11-16,AM,O")
BAD = marks_file(f"{ROBIN},{URN},2026-11-16,AM,ZZ", f"{ROBIN},{URN},2026-11-17,AM,QQ")


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        pytest.param(lambda at: None, [], id="nothing there"),
        pytest.param(lambda at: dropped(at, "feed", GOOD), ["feed"], id="at rest"),
        pytest.param(
            lambda at: dropped(at, "feed", GOOD, age=timedelta(seconds=59)), [], id="still being written"
        ),
        pytest.param(
            lambda at: (
                dropped(at, "feed", GOOD),
                dropped(at, "feed", ("more.csv", b""), age=timedelta(seconds=1)),
            ),
            [],
            id="one of its files still being written",
        ),
        pytest.param(lambda at: dropped(at, "taken/feed/1", GOOD), [], id="already taken"),
        pytest.param(lambda at: dropped(at, "feed", (".marks.csv.part", b"")), [], id="a hidden file"),
        pytest.param(lambda at: (at / "empty").mkdir(), [], id="an empty folder"),
    ],
)
def test_only_what_has_come_to_rest_is_waiting(tmp_path, prepare, expected):
    prepare(tmp_path)

    assert [drop.folder.name for drop in inbox.waiting(tmp_path, NOW)] == expected


def test_no_inbox_has_nothing_waiting(tmp_path):
    assert inbox.waiting(tmp_path / "missing", NOW) == ()


@pytest.mark.parametrize(("name", "urn"), [("100001", "100001"), ("primary", ""), ("1000012", "")])
def test_a_folder_named_by_a_urn_says_whose_files_it_holds(name, urn):
    assert Drop(Path(name), ()).urn == urn


def brought_in(inst, at: Path) -> tuple[Drop, inbox.Taken]:
    (drop,) = inbox.waiting(at, NOW)
    return drop, inbox.bring_in(inst, drop, NOW, "inbox-2026-11-20")


def test_what_is_imported_waits_until_it_is_put_away(inst, tmp_path):
    dropped(tmp_path, "feed", GOOD)

    drop, taken = brought_in(inst, tmp_path)

    assert taken == inbox.Taken((URN,), 0)
    assert inbox.waiting(tmp_path, NOW) == (drop,)
    inbox.put_away(drop, NOW)
    assert everything(tmp_path) == {f"taken/feed/20261120T150000/{GOOD[0]}": GOOD[1]}
    assert inbox.waiting(tmp_path, NOW) == ()


def test_a_file_sent_again_meanwhile_is_not_put_away_unread(inst, tmp_path):
    dropped(tmp_path, "feed", GOOD, ("notes.csv", b"upn,date,kind\n"))
    (drop,) = inbox.waiting(tmp_path, NOW)
    dropped(tmp_path, "feed", BAD, age=timedelta(minutes=2))

    inbox.put_away(drop, NOW)

    assert [path.name for again in inbox.waiting(tmp_path, NOW) for path in again.files] == [BAD[0]]


def test_what_is_refused_is_moved_aside_with_every_problem(inst, tmp_path):
    dropped(tmp_path, "feed", BAD)

    _, taken = brought_in(inst, tmp_path)

    aside = tmp_path / "refused" / "feed" / "20261120T150000"
    assert taken == inbox.Taken((), 2)
    assert (aside / BAD[0]).read_bytes() == BAD[1]
    said = (aside / inbox.PROBLEMS).read_text()
    assert "ZZ" in said
    assert "QQ" in said
    assert inbox.waiting(tmp_path, NOW) == ()


def test_refused_files_whose_move_was_killed_half_way_are_not_imported_without_the_others(
    inst, tmp_path, monkeypatch
):
    dropped(tmp_path, "feed", BAD, ("pupils.csv", b"upn,urn,on_roll_from\n"))
    renamed = Path.rename

    def killed(path: Path, to: Path) -> Path:
        if path.name == "pupils.csv":
            raise KeyboardInterrupt
        return renamed(path, to)

    (drop,) = inbox.waiting(tmp_path, NOW)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            inbox.bring_in(inst, drop, NOW, "inbox-2026-11-20")

    assert (tmp_path / "feed" / "pupils.csv").exists()
    assert inbox.waiting(tmp_path, NOW) == ()
    assert (tmp_path / "refused" / "feed" / "20261120T150000" / "pupils.csv").exists()
