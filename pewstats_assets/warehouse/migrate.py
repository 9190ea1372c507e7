"""Schema migrations, with Alembic."""

from dataclasses import dataclass
from typing import Final

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text

from pewstats_assets.warehouse import roles
from pewstats_assets.warehouse.dictionary import write_comments
from pewstats_assets.warehouse.errors import DatabaseError

#: Only one process migrates at a time.
_LOCK: Final = 7_397_828_701


@dataclass(frozen=True, slots=True)
class Schema:
    """The schema of a database: its revision, None in an empty one, and what this software knows of it."""

    revision: str | None
    is_newest: bool
    is_known: bool

    @property
    def problem(self) -> str | None:
        """Why the database cannot be used as it is; None for an empty one."""
        if self.revision is None or self.is_newest:
            return None
        what_to_do = (
            "older than this software: run `pewstats migrate`"
            if self.is_known
            else "newer than this software: update the software"
        )
        return f"The warehouse has schema {self.revision}, which is {what_to_do}."


def schema_of(revision: str | None) -> Schema:
    """Say what this software knows of a revision, which is None in an empty database."""
    scripts = ScriptDirectory.from_config(_config())
    return Schema(
        revision,
        is_newest=revision == scripts.get_current_head(),
        is_known=revision in {script.revision for script in scripts.walk_revisions()},
    )


def ensure_migrated(url: str, *, upgrade: bool) -> bool:
    """Bring an empty database to the newest schema, its columns described; refuse one with another schema.

    Args:
        url: the warehouse, for SQLAlchemy.
        upgrade: bring a database with an older schema to the newest one, too, and describe its columns anew: what is
            said of a column changes without a migration. Roles that could not be made before may be there now.

    Returns:
        Whether something was done.

    Raises:
        DatabaseError: the schema is older than this software and is not to be upgraded, or it is newer.
    """
    with create_engine(url, poolclass=NullPool).begin() as connection:
        schema = schema_of(MigrationContext.configure(connection).get_current_revision())
        if schema.is_newest and not upgrade:
            return False
        if schema.problem is not None and not (schema.is_known and upgrade):
            raise DatabaseError(schema.problem)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(_config(connection), "head")
        write_comments(_psycopg(connection))
        roles.set_up(_psycopg(connection), _psycopg(connection).info.dbname)
    return True


def _psycopg(connection: Connection) -> psycopg.Connection:
    """The driver's own connection, in the same transaction."""
    driver_connection = connection.connection.driver_connection
    assert isinstance(driver_connection, psycopg.Connection)
    return driver_connection


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "pewstats_assets.warehouse:migrations")
    config.attributes["connection"] = connection
    return config
