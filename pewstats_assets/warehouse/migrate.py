"""Schema migrations, with Alembic."""

from typing import Final

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text

from pewstats_assets.warehouse.dictionary import write_comments
from pewstats_assets.warehouse.errors import DatabaseError

#: Only one process migrates at a time.
_LOCK: Final = 7_397_828_701


def ensure_migrated(url: str, *, upgrade: bool) -> None:
    """Bring an empty database to the newest schema, its columns described; refuse one with another schema.

    Args:
        url: the warehouse, for SQLAlchemy.
        upgrade: bring a database with an older schema to the newest one, too, and describe its columns anew: what is
            said of a column changes without a migration.

    Raises:
        DatabaseError: the schema is older than this software and is not to be upgraded, or it is newer.
    """
    with create_engine(url, poolclass=NullPool).begin() as connection:
        config = _config(connection)
        scripts = ScriptDirectory.from_config(config)
        current = _current(connection)
        if current == scripts.get_current_head() and not upgrade:
            return
        known = {script.revision for script in scripts.walk_revisions()}
        if current is not None and current not in known:
            msg = f"The warehouse has schema {current}, which is newer than this software: update the software."
            raise DatabaseError(msg)
        if current is not None and not upgrade:
            msg = f"The warehouse has schema {current}, which is older than this software: run `pewstats migrate`."
            raise DatabaseError(msg)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(config, "head")
        write_comments(_psycopg(connection))


def _psycopg(connection: Connection) -> psycopg.Connection:
    """The driver's own connection, in the same transaction."""
    driver_connection = connection.connection.driver_connection
    assert isinstance(driver_connection, psycopg.Connection)
    return driver_connection


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "pewstats_assets.warehouse:migrations")
    config.attributes["connection"] = connection
    return config
