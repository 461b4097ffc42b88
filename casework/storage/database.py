"""The installation's database: who connects as whom, and what a transaction may see.

Three roles. The owner makes the tables and runs the migrations. The application's role owns nothing, cannot
bypass row security and holds only the rights that the migrations grant. Prefect has a role and a database
of its own. A superuser appears once, to make these on the embedded server.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL

from casework.config import Settings
from casework.domain.errors import CaseworkError
from casework.domain.people import ENGINE, Officer, Post
from casework.storage import server
from casework.storage.server import SUPERUSER, Server

OWNER, APP, PREFECT = "casework_owner", "casework_app", "prefect"
NAME = "casework"
EXTENSIONS = ("btree_gist", "pg_trgm")
OLDEST = 150000  # server_version_num of PostgreSQL 15

MIGRATIONS = Path(__file__).parent / "migrations"
Plain = psycopg.Connection[tuple[object, ...]]
_SCOPES = ("casework.known", "casework.schools", "casework.cases")
_UNHEARD_SECONDS = 30
_KEEPALIVES = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
"""How soon both ends notice that a link over a network is cut; a socket on the machine has none of it."""
_SETTING_UP = 7_201_001  # the advisory lock of whoever sets up or migrates


class DatabaseRefused(CaseworkError):
    """The database cannot be used as it is; the message says what to change."""


class Database:
    """One installation's database, opened. Its engines connect when first used."""

    def __init__(
        self,
        owner_url: str | URL,
        app_url: str | URL,
        prefect_url: str | URL | None = None,
        whole_url: str | URL | None = None,
    ) -> None:
        self._owner_url = make_url(owner_url).set(drivername="postgresql+psycopg")
        self._whole_url = make_url(whole_url or owner_url).set(drivername="postgresql+psycopg")
        self._app_url = make_url(app_url).set(drivername="postgresql+psycopg")
        self._prefect_url = prefect_url and make_url(prefect_url).set(drivername="postgresql+asyncpg")

    @property
    def app_url(self) -> str:
        """The address the application uses, password included."""
        return self._app_url.render_as_string(hide_password=False)

    @property
    def whole_address(self) -> URL:
        """The address of whoever sees every row, for copies of the whole: else the owner."""
        return self._whole_url

    @property
    def owner_address(self) -> URL:
        """The address of the tables' owner, password included: for PostgreSQL's own programs."""
        return self._owner_url

    @property
    def prefect_url(self) -> str:
        """The address of Prefect's own database, for asyncpg.

        Raises:
            DatabaseRefused: On a database of your own nobody has made one yet.
        """
        if not self._prefect_url:
            raise DatabaseRefused(
                "There is no database for Prefect beside DATABASE_URL. Make one, with a role that owns it "
                "and the extension pg_trgm, and name it with DATABASE_PREFECT_URL."
            )
        return self._prefect_url.render_as_string(hide_password=False)

    @cached_property
    def owner_engine(self) -> Engine:
        """Connections of the owner: migrations, checks of the whole, never a person's request."""
        return create_engine(self._owner_url, pool_size=1)

    @cached_property
    def whole_engine(self) -> Engine:
        """Connections of whoever sees every row: copies of the whole, never a person's request."""
        return create_engine(self._whole_url, pool_size=1)

    @cached_property
    def app_engine(self) -> Engine:
        """Connections of the application. Without `transaction` they see no school."""
        engine = create_engine(
            self._app_url,
            pool_size=5,
            max_overflow=15,
            pool_pre_ping=True,
            connect_args={**_KEEPALIVES, "tcp_user_timeout": _UNHEARD_SECONDS * 1000},
        )
        event.listen(engine, "connect", _notice_a_cut_link)
        return engine

    @contextmanager
    def transaction(self, officer: Officer, flow_run: str = "") -> Iterator[Connection]:
        """One transaction that sees the schools of an officer; committed on leaving, undone on an error.

        Args:
            officer: Who acts. The engine sees everything, an administrator every school's people and no
                case; an officer what is theirs by the roles they hold where, an LA's officer what was put to
                the LA.
            flow_run: The run on whose behalf it happens, for what no person does.
        """
        with self.app_engine.begin() as tx:
            tx.execute(
                text("select casework_enter(:officer, :engine, cast(:posts as jsonb), :flow_run)"),
                {
                    "officer": officer.officer_id,
                    "engine": officer == ENGINE,
                    "posts": json.dumps([_as_sent(post) for post in officer.posts]),
                    "flow_run": flow_run,
                },
            )
            yield tx

    def migrate(self) -> None:
        """Bring the tables up to date, one process at a time, and give the application its rights."""
        with self.owner_engine.begin() as connection:
            if _revision(connection) == newest_revision() and self._rights_given(connection):
                return
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _SETTING_UP})
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
            config.set_main_option("version_locations", str(MIGRATIONS))
            config.set_main_option("path_separator", "newline")
            command.upgrade(config, "head")
            self._give_rights(connection)

    def close(self) -> None:
        """Give back every connection."""
        self.owner_engine.dispose()
        self.whole_engine.dispose()
        self.app_engine.dispose()

    @property
    def _app_role(self) -> str:
        return self._app_url.username or ""

    def _rights_given(self, connection: Connection) -> bool:
        given = text("select has_table_privilege(:role, 'app_right', 'select')")
        return bool(connection.execute(given, {"role": self._app_role}).scalar_one())

    def _give_rights(self, connection: Connection) -> None:
        statement = text(
            "select format('grant %s on %I to %I', rights, table_name, cast(:role as text)) from app_right"
        )
        for (grant,) in connection.execute(statement, {"role": self._app_role}).all():
            connection.exec_driver_sql(grant)


def _as_sent(post: Post) -> dict[str, str]:
    return {"role": post.role.value, "urn": post.urn, "trust": post.trust, "la_code": post.la_code}


def _notice_a_cut_link(connection: Any, _: object) -> None:
    """Have the server end a transaction whose client is gone: it may hold a school that others wait for."""
    settings = {f"tcp_{name}": value for name, value in _KEEPALIVES.items()}
    settings["tcp_user_timeout"] = _UNHEARD_SECONDS * 1000
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"set {name} = {value}" for name, value in settings.items()))
    connection.commit()


def driver(tx: Connection) -> psycopg.Connection[tuple[Any, ...]]:
    """The driver's own connection under a transaction, for bulk work: COPY and binary results."""
    connection = tx.connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


@contextmanager
def every_school(tx: Connection) -> Iterator[None]:
    """See every school for a moment, within a transaction of an officer of some.

    For what must be matched wherever it is, such as a pupil who comes from another school; the caller has
    checked what the officer may write.
    """
    names = dict(enumerate(_SCOPES))
    read = text("select " + ", ".join(f"current_setting('{name}')" for name in _SCOPES))
    write = text("select " + ", ".join(f"set_config('{name}', :s{n}, true)" for n, name in names.items()))
    scopes = tx.execute(read).one()
    if set(scopes) == {"*"}:
        yield
        return
    tx.execute(write, {f"s{n}": "*" for n in names})
    yield
    tx.execute(write, {f"s{n}": scopes[n] for n in names})  # after an error all of it is undone


def read_only(tx: Connection) -> None:
    """Let the database refuse, from here to the end of the transaction, whatever would write."""
    tx.execute(text("set transaction read only"))


def open_database(settings: Settings) -> Database:
    """Open the installation's database: the embedded one, started if need be, or that of DATABASE_URL.

    Roles, databases and tables are made or brought up to date; two processes may do so at once.

    Raises:
        ServerFailed: The embedded server did not start.
        DatabaseRefused: The database of DATABASE_URL cannot be used as it is.
    """
    if settings.database_url is None:
        database = embedded(server.start(settings.home, settings.durable))
    else:
        database = external(settings, settings.database_url)
    database.migrate()
    return database


def newest_revision() -> str:
    """The revision that the migrations of this release end with."""
    return max(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


def _revision(connection: Connection) -> str | None:
    if connection.execute(text("select to_regclass('alembic_version')")).scalar_one() is None:
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()


# -- the embedded server -------------------------------------------------------------------------------------


def embedded(running: Server, name: str = NAME) -> Database:
    """A database of the embedded server, with its roles and extensions, not yet migrated."""
    with _connect(running.url(SUPERUSER, "postgres")) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_SETTING_UP,))
        for role in (OWNER, APP, PREFECT):
            if not _exists(connection, "pg_roles", "rolname", role):
                connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        for database, owner in ((name, OWNER), (PREFECT, PREFECT)):
            if not _exists(connection, "pg_database", "datname", database):
                _prepare_template(running)
                _create_database(connection, database, owner)
            _close_to_others(connection, database, owner)
    return Database(
        running.url(OWNER, name),
        running.url(APP, name),
        running.url(PREFECT, PREFECT),
        running.url(SUPERUSER, name),
    )


def recreate(running: Server, name: str, anew: bool = True) -> None:
    """Remove a database of the embedded server with everything in it; `anew` makes it again, empty."""
    with _connect(running.url(SUPERUSER, "postgres")) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        if anew:
            _prepare_template(running)
            _create_database(connection, name, OWNER)


def swap_in(running: Server, name: str) -> None:
    """Let another database of the embedded server take the place of the installation's, which is removed."""
    aside = f"{NAME}_aside"
    with _connect(running.url(SUPERUSER, "postgres")) as connection:
        with connection.transaction():
            for old, new in ((NAME, aside), (name, NAME)):
                connection.execute(
                    sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new))
                )
        connection.execute(sql.SQL("drop database {}").format(sql.Identifier(aside)))


def _connect(url: str) -> Plain:
    return psycopg.connect(url, autocommit=True)


def _exists(connection: Plain, catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("select 1 from {} where {} = %s").format(
        sql.Identifier(catalogue), sql.Identifier(column)
    )
    return connection.execute(query, (name,)).fetchone() is not None


def _prepare_template(running: Server) -> None:
    """Put the extensions where every new database has them from its first moment."""
    with _connect(running.url(SUPERUSER, "template1")) as template:
        _create_extensions(template)


def _create_database(connection: Plain, name: str, owner: str) -> None:
    connection.execute(
        sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner))
    )


def _close_to_others(connection: Plain, name: str, owner: str) -> None:
    """Let only the owner connect to a database, and the application to its own."""
    if connection.execute("select datacl from pg_database where datname = %s", (name,)).fetchone() != (None,):
        return
    database = sql.Identifier(name)
    with connection.transaction():
        connection.execute(sql.SQL("revoke all on database {} from public").format(database))
        if owner == OWNER:
            connection.execute(
                sql.SQL("grant connect on database {} to {}").format(database, sql.Identifier(APP))
            )


def _create_extensions(connection: Plain) -> None:
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))


# -- a server of one's own -----------------------------------------------------------------------------------


def external(settings: Settings, database_url: str) -> Database:
    """The database of DATABASE_URL with its extensions and the application's role, not yet migrated.

    Raises:
        DatabaseRefused: It cannot be used as it is.
    """
    owner_url = make_url(database_url)
    plain = owner_url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = _connect(plain)
    except psycopg.OperationalError as error:
        raise DatabaseRefused(
            f"The database of DATABASE_URL does not answer: {error}. Check the address and that it runs."
        ) from error
    with connection:
        if connection.info.server_version < OLDEST:
            raise DatabaseRefused(
                f"PostgreSQL 15 or later is needed; DATABASE_URL names "
                f"{connection.info.server_version // 10000}."
            )
        connection.execute("select pg_advisory_lock(%s)", (_SETTING_UP,))
        try:
            _create_extensions(connection)
        except psycopg.errors.InsufficientPrivilege as error:
            raise DatabaseRefused(
                "The role of DATABASE_URL may not make the extensions btree_gist and pg_trgm. "
                "Let it own the database, or have an administrator make them."
            ) from error
        app_url = (
            make_url(settings.database_app_url)
            if settings.database_app_url
            else _app_role(connection, owner_url, settings.home)
        )
        _refuse_powerful(app_url, str(connection.info.user))
    return Database(owner_url, app_url, settings.database_prefect_url)


def _app_role(connection: Plain, owner: URL, home: Path) -> URL:
    """The application's role on a server of one's own, made by the owner; the home keeps its password."""
    role = f"{connection.info.dbname}_app"
    keep = home / f"{role}.password"
    app = owner.set(username=role)
    if keep.exists() and _connects(app.set(password=keep.read_text())):
        return app.set(password=keep.read_text())
    password = secrets.token_urlsafe(24)
    verb = "alter" if _exists(connection, "pg_roles", "rolname", role) else "create"
    statement = sql.SQL(
        "{} role {} login nosuperuser nocreatedb nocreaterole password {}"
        if verb == "create"
        else "{} role {} password {}"
    )
    try:
        connection.execute(statement.format(sql.SQL(verb), sql.Identifier(role), sql.Literal(password)))
        connection.execute(
            sql.SQL("grant connect on database {} to {}").format(
                sql.Identifier(connection.info.dbname), sql.Identifier(role)
            )
        )
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseRefused(
            f"The role of DATABASE_URL may not make the application's own role {role}. Have an administrator "
            "make a login role without rights, and name it with DATABASE_APP_URL."
        ) from error
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    keep.touch(mode=0o600)
    keep.write_text(password)
    return app.set(password=password)


def _connects(url: URL) -> bool:
    try:
        _connect(url.set(drivername="postgresql").render_as_string(hide_password=False)).close()
    except psycopg.OperationalError:
        return False
    return True


def _refuse_powerful(app_url: URL, owner: str) -> None:
    """Refuse an application role that would see past row security."""
    try:
        connection = _connect(app_url.set(drivername="postgresql").render_as_string(hide_password=False))
    except psycopg.OperationalError as error:
        raise DatabaseRefused(
            f"The application's role cannot connect: {error}. Check DATABASE_APP_URL."
        ) from error
    with connection:
        powerful = connection.execute(
            "select rolsuper or rolbypassrls or pg_has_role(rolname, %s, 'member')"
            " from pg_roles where rolname = current_user",
            (owner,),
        ).fetchone()
    if powerful != (False,):
        raise DatabaseRefused(
            f"The role {app_url.username} owns the tables or sees past row security, and the application "
            "must not. Name with DATABASE_APP_URL a login role that is neither the owner nor a superuser."
        )
