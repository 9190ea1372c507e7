"""Which PostgreSQL is used: the one of `PEWSTATS_DATABASE_URL`, or an embedded one below `PEWSTATS_HOME`.

Either way there are two databases on one server: the warehouse, and Dagster's own storage beside it.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from pewstats_assets.errors import first_line
from pewstats_assets.home import EMBEDDED_FOLDER
from pewstats_assets.settings import Settings, SettingsError
from pewstats_assets.warehouse import roles
from pewstats_assets.warehouse.embedded import running_server, start_server
from pewstats_assets.warehouse.errors import DatabaseError
from pewstats_assets.warehouse.migrate import ensure_migrated

EMBEDDED_DATABASE: Final = "pewstats"
#: What every server has.
MAINTENANCE_DATABASE: Final = "postgres"
DAGSTER_SUFFIX: Final = "_dagster"
MIN_SERVER_VERSION: Final = 150000
_CONNECT_TIMEOUT_S: Final = 10


# A server that works on a statement does not notice by itself that its client has been cancelled or killed, and would
# keep the locks of a batch until it is done. Where it runs on a system that cannot tell, it refuses the setting.
_SESSION: Final = """
DO $$BEGIN
    PERFORM set_config('TimeZone', 'UTC', false);
    PERFORM set_config('client_connection_check_interval', '2s', false);
EXCEPTION WHEN invalid_parameter_value THEN
    PERFORM set_config('TimeZone', 'UTC', false);
END$$
"""
# A lower limit, of the user or the URL, stays.
_LIMIT: Final = """
SELECT set_config('statement_timeout', %(limit)s, false)
WHERE current_setting('statement_timeout')::interval NOT BETWEEN interval '1 ms' AND %(limit)s::interval
"""


@dataclass(frozen=True, slots=True)
class Databases:
    """The two databases of this project. Both values hold secrets and stay out of `repr`.

    Attributes:
        warehouse: connection string of the one with matches, fights, participants and profiles.
        dagster_url: Dagster's storage, for psycopg2.
        statement_timeout_s: so long a statement may take in the warehouse; 0 for as long as it likes.
    """

    warehouse: str = field(repr=False)
    dagster_url: str = field(repr=False)
    statement_timeout_s: int

    @contextmanager
    def connect(self) -> Iterator[psycopg.Connection]:
        """Open a connection to the warehouse, in UTC: committed at the end, rolled back on an error."""
        with psycopg.connect(self.warehouse) as connection:
            # In a transaction of its own, so that no rollback takes it back.
            connection.execute(_SESSION)
            if self.statement_timeout_s:
                connection.execute(_LIMIT, {"limit": f"{self.statement_timeout_s} s"})
            connection.commit()
            yield connection


def find_databases(settings: Settings) -> Databases | None:
    """Say where the databases are, without starting, making or migrating anything.

    Returns:
        None while the embedded server, if that is the one to be used, does not run.

    Raises:
        SettingsError: `PEWSTATS_DATABASE_URL` is malformed.
        DatabaseError: the folder of the embedded server has leftovers that keep it from starting.
    """
    if settings.database_url:
        return _databases(_external(settings.database_url), settings)
    running = running_server(settings.home / EMBEDDED_FOLDER)
    return _databases(make_url(running).set(database=EMBEDDED_DATABASE), settings) if running else None


def connect_databases(settings: Settings, *, upgrade: bool = False) -> Databases:
    """Start the embedded server if none is given, make the databases, and migrate an empty warehouse.

    Args:
        settings: say which server.
        upgrade: bring the warehouse to the newest schema even if it is not empty.

    Raises:
        SettingsError: `PEWSTATS_DATABASE_URL` is malformed.
        DatabaseError: the server cannot be reached, is too old or refuses the user, or the schema is not up to date.
    """
    warehouse = _external(settings.database_url) if settings.database_url else _embedded(settings)
    try:
        _ensure_database(warehouse)
        _ensure_database(_dagster(warehouse))
        if ensure_migrated(_text(warehouse, "postgresql+psycopg"), upgrade=upgrade):
            with psycopg.connect(_connection_string(_dagster(warehouse))) as connection:
                roles.set_up(connection, str(warehouse.database))
    except (psycopg.Error, DBAPIError) as error:
        where = f"{warehouse.host or 'the embedded server'}, database {warehouse.database}"
        reason = error.orig if isinstance(error, DBAPIError) else error
        msg = f"PostgreSQL cannot be used ({where}): {str(reason).strip()}"
        raise DatabaseError(msg) from None
    return _databases(warehouse, settings)


def _databases(warehouse: URL, settings: Settings) -> Databases:
    dagster_url = _text(_dagster(warehouse), "postgresql+psycopg2")
    return Databases(_connection_string(warehouse), dagster_url, settings.statement_timeout_s)


def _dagster(warehouse: URL) -> URL:
    return warehouse.set(database=f"{warehouse.database}{DAGSTER_SUFFIX}")


def _external(database_url: str) -> URL:
    try:
        url = make_url(database_url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() != "postgresql" or not url.database:
        msg = "PEWSTATS_DATABASE_URL is malformed: give postgresql://user:password@host:5432/database."
        raise SettingsError(msg)
    return url.set(database=unquote(url.database))  # SQLAlchemy leaves that to the driver


def _embedded(settings: Settings) -> URL:
    folder = settings.home / EMBEDDED_FOLDER
    if any(character.isspace() for character in str(folder)):
        msg = f"The embedded PostgreSQL cannot live below {settings.home}: set PEWSTATS_HOME to a path without spaces."
        raise SettingsError(msg)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        uri = start_server(folder).get_uri()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        reason = first_line(str(error)).rstrip(".")
        msg = f"The embedded PostgreSQL below {folder} cannot be started: {reason}. Its log is {folder / 'log'}."
        raise DatabaseError(msg) from error
    return make_url(uri).set(database=EMBEDDED_DATABASE)


def _text(url: URL, driver: str) -> str:
    return url.set(drivername=driver).render_as_string(hide_password=False)


def _connection_string(url: URL) -> str:
    """What libpq is given. It is made of the parsed URL, so that SQLAlchemy and libpq read a URL alike."""
    parameters = dict(url.query) | url.translate_connect_args(username="user", database="dbname")
    return make_conninfo(**{"connect_timeout": _CONNECT_TIMEOUT_S, **parameters})


def _ensure_database(url: URL) -> None:
    """Create the database if the server's maintenance database says that it is missing."""
    try:
        with psycopg.connect(_connection_string(url)) as connection:
            _require_version(connection)
    except psycopg.OperationalError:
        if not _create_if_missing(url):
            raise


def _create_if_missing(url: URL) -> bool:
    with psycopg.connect(_connection_string(url.set(database=MAINTENANCE_DATABASE)), autocommit=True) as server:
        _require_version(server)
        name = str(url.database)
        if server.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None:
            return False
        try:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            pass  # another process was faster
        except psycopg.errors.InsufficientPrivilege:
            msg = f"The user may not create the database {name}: create it, and give the user all rights on it."
            raise DatabaseError(msg) from None
        return True


def _require_version(connection: psycopg.Connection) -> None:
    version = connection.info.server_version
    if version < MIN_SERVER_VERSION:
        msg = f"The server is PostgreSQL {version // 10000}: use 15 or later."
        raise DatabaseError(msg)
