"""COPY: the one way rows get into the tables in numbers."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import polars as pl
import psycopg
from psycopg import sql

from pewstats_assets.dictionary import Table

# Of rows that were just written the planner has no statistics. It takes them for few, and would compare each with each,
# by nested loops, or by merging on the batch, which all of them have in common: seconds instead of 10 ms for a batch.
ONLY_HASH_JOINS: Final = ("SET LOCAL enable_nestloop = off", "SET LOCAL enable_mergejoin = off")
_ROWS_OF_SLICE: Final = 50_000
_BYTES_OF_BLOCK: Final = 1 << 25
_TEXTS: Final = pl.List(pl.String())
#: What polars does not read from CSV as PostgreSQL writes it.
_READ_FROM_TEXT: Final[Mapping[pl.DataType, Callable[[pl.Expr], pl.Expr]]] = {
    pl.Boolean(): lambda text: text == "t",
    _TEXTS: lambda text: text.str.json_decode(_TEXTS),
}


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


def copy_frame(connection: psycopg.Connection, table: str, frame: pl.DataFrame) -> None:
    """Append a frame to the columns of its names, as CSV: many rows at a time, none by itself.

    Doubles stay exact, empty text and null apart. Text goes into columns of uuid and jsonb, too, lists of text into
    those of text[].
    """
    arrays = [name for name, dtype in frame.schema.items() if dtype == _TEXTS]
    # Whatever the connection's encoding is, polars writes UTF-8.
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT CSV, ENCODING 'UTF8')").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    with connection.cursor().copy(statement) as copy:
        for rows in frame.iter_slices(_ROWS_OF_SLICE):
            # All text is quoted; what is null is empty without quotes, as COPY expects it.
            text = rows.with_columns(map(_array, arrays)).write_csv(include_header=False, quote_style="non_numeric")
            copy.write(text.encode())


def delete_batch(connection: psycopg.Connection, table: Table, batch: str) -> None:
    """Delete the rows of a batch."""
    query = sql.SQL("DELETE FROM {} WHERE batch = %(batch)s").format(sql.Identifier(table.name))
    connection.execute(query, {"batch": batch})


def copy_batch(connection: psycopg.Connection, table: Table, batch: str, frame: pl.DataFrame) -> None:
    """Append rows of a batch: a frame that has all columns of the table but `batch`, and may have others."""
    rows = frame.with_columns(pl.lit(batch).alias("batch"))
    copy_frame(connection, table.name, rows.select(table.names))


def _array(name: str) -> pl.Expr:
    """Write lists of text as PostgreSQL writes arrays."""
    escaped = pl.element().str.replace_all(r"([\\\"])", r"\${1}")
    elements = pl.col(name).list.eval(pl.concat_str(pl.lit('"'), escaped, pl.lit('"')))
    return pl.concat_str(pl.lit("{"), elements.list.join(","), pl.lit("}")).alias(name)


def read_frame(connection: psycopg.Connection, query: sql.Composable, schema: pl.Schema) -> pl.DataFrame:
    """Return what a query gives as a frame; its columns are those of the schema, in order.

    They are numbers, texts, truth values and times, which come back as they are, and lists of text, which the query
    gives as JSON.
    """
    parts = [schema.to_frame()]
    block = bytearray()
    with connection.cursor().copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT CSV)").format(query)) as copy:
        # PostgreSQL sends whole rows.
        for rows in copy:
            block += rows
            if len(block) > _BYTES_OF_BLOCK:
                parts.append(_parse(block, schema))
                block.clear()
    if block:
        parts.append(_parse(block, schema))
    return pl.concat(parts)


def _parse(block: bytearray, schema: pl.Schema) -> pl.DataFrame:
    as_text = {name: pl.String() if dtype in _READ_FROM_TEXT else dtype for name, dtype in schema.items()}
    rows = pl.read_csv(bytes(block), has_header=False, schema=as_text)
    return rows.with_columns(
        _READ_FROM_TEXT[dtype](pl.col(name)) for name, dtype in schema.items() if dtype in _READ_FROM_TEXT
    )
