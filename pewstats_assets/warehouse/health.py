"""How PostgreSQL is, by looking alone: nothing is made, migrated or written.

Here: what `pewstats doctor` asks the server. Not here: what it makes of the answers (see `doctor`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import class_row
from sqlalchemy.engine import make_url

from pewstats_assets.warehouse import roles
from pewstats_assets.warehouse.migrate import Schema, schema_of
from pewstats_assets.warehouse.server import MAINTENANCE_DATABASE, MIN_SERVER_VERSION, Databases

_IS_THERE: Final = "SELECT FROM pg_database WHERE datname = %s"
_HAS_TABLE: Final = "SELECT to_regclass(%s) IS NOT NULL"
_REVISION: Final = "SELECT version_num FROM alembic_version"
_HEARTBEATS: Final = """
SELECT
    daemon_type AS daemon,
    to_timestamp((body::json ->> 'timestamp')::float8) AS heard_of,
    body::json -> 'errors' -> 0 ->> 'message' AS error
FROM daemon_heartbeats
ORDER BY daemon_type
"""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When one of Dagster's daemons was last heard of, and the error that it told of then."""

    daemon: str
    heard_of: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """What the server and both databases are like.

    Attributes:
        where: host, or folder of the socket, and database.
        version: the server's major version.
        is_too_old: whether that is before the first one that will do.
        schema: of the warehouse; None where the database is not made yet.
        lacking: what somebody has to run, so that the warehouse gets all its roles; see `roles.lacking`.
        heartbeats: by name of the daemon; none where no daemon has ever run.
    """

    where: str
    version: int
    is_too_old: bool
    schema: Schema | None
    lacking: list[str]
    heartbeats: list[Heartbeat]


def look_at(databases: Databases) -> Health:
    """Look at the server and both databases.

    Raises:
        psycopg.Error: the server cannot be reached, or refuses the user.
    """
    parameters = conninfo_to_dict(databases.warehouse)
    with _open(databases.warehouse) as connection:
        version = connection.info.server_version
        is_made = connection.info.dbname == parameters["dbname"]
        schema = schema_of(_revision(connection)) if is_made else None
        lacking = roles.lacking(connection, connection.info.dbname) if schema and schema.is_newest else []
    return Health(
        f"{parameters.get('host', 'this machine')}, database {parameters['dbname']}",
        version // 10000,
        version < MIN_SERVER_VERSION,
        schema,
        lacking,
        _heartbeats(make_conninfo(databases.warehouse, dbname=make_url(databases.dagster_url).database)),
    )


def _open(conninfo: str) -> psycopg.Connection:
    """Open a connection that only reads: to the database, or to the server's own if that says that it is missing."""
    try:
        connection = psycopg.connect(conninfo)
    except psycopg.OperationalError:
        connection = psycopg.connect(make_conninfo(conninfo, dbname=MAINTENANCE_DATABASE))
        if connection.execute(_IS_THERE, (conninfo_to_dict(conninfo)["dbname"],)).fetchone() is not None:
            connection.close()
            raise
        connection.rollback()
    connection.read_only = True
    return connection


def _revision(connection: psycopg.Connection) -> str | None:
    row = connection.execute(_REVISION).fetchone() if _has_table(connection, "alembic_version") else None
    return row[0] if row else None


def _heartbeats(conninfo: str) -> list[Heartbeat]:
    with _open(conninfo) as connection, connection.cursor(row_factory=class_row(Heartbeat)) as cursor:
        return cursor.execute(_HEARTBEATS).fetchall() if _has_table(connection, "daemon_heartbeats") else []


def _has_table(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute(_HAS_TABLE, (name,)).fetchone()
    return row is not None and row[0]
