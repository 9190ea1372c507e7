"""The data dictionary in the database: COMMENT ON, for whoever looks with psql or another tool."""

import psycopg
from psycopg import sql

from pewstats_assets.dictionary import Table
from pewstats_assets.warehouse.dictionary.tables import TABLES, VIEWS


def write_comments(connection: psycopg.Connection) -> None:
    """Describe all tables and columns in the database, in place of what was said there before; the caller commits."""
    connection.execute(sql.SQL("; ").join(comment for table in TABLES for comment in _comments(table)))


def _comments(table: Table) -> list[sql.Composed]:
    kind = sql.SQL("VIEW" if table in VIEWS else "TABLE")
    name = sql.Identifier(table.name)
    return [
        sql.SQL("COMMENT ON {} {} IS {}").format(kind, name, sql.Literal(table.description)),
        *(
            sql.SQL("COMMENT ON COLUMN {}.{} IS {}").format(
                name, sql.Identifier(column.name), sql.Literal(column.description)
            )
            for column in table.columns
        ),
    ]
