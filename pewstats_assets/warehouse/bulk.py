"""COPY: the one way rows get into the tables in numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg import sql


def copy_rows(
    connection: psycopg.Connection, table: str, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Append rows to a table, in binary.

    Args:
        connection: in the transaction that the rows belong to.
        table: the table's name.
        columns: the columns that are written, with their PostgreSQL types.
        rows: values by column.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor().copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row([row[column] for column in columns])
