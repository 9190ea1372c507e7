"""Tables as Parquet files, each with the data dictionary's descriptions in it: for notebooks.

Here: which tables, their rows as frames a piece at a time, and files that are whole or not there. Not here: the
telemetry's own Parquet (see `telemetry.store`).
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import psycopg
from polars.io.plugins import register_io_source
from psycopg import sql

from pewstats_assets.dictionary import Table
from pewstats_assets.errors import PewstatsError, reason_of
from pewstats_assets.warehouse.dictionary import TABLES
from pewstats_assets.warehouse.dictionary.tables import DUPLICATE_FILES, MATCH_BATCHES

#: What the registration keeps for itself.
_NOT_EXPORTED: Final = (MATCH_BATCHES, DUPLICATE_FILES)
EXPORTED: Final = tuple(table for table in TABLES if table not in _NOT_EXPORTED)

#: How the dictionary's types come out of the database, and what they are in a frame.
_FRAME_TYPES: Final = {
    "bigint": pl.Int64(),
    "boolean": pl.Boolean(),
    "double precision": pl.Float64(),
    "double precision[]": pl.List(pl.Float64()),
    "integer": pl.Int32(),
    "integer[]": pl.List(pl.Int32()),
    "jsonb": pl.String(),
    "smallint": pl.Int16(),
    "text": pl.String(),
    "text[]": pl.List(pl.String()),
    "timestamp with time zone": pl.Datetime("us", "UTC"),
    "uuid": pl.String(),
}
_AS_TEXT: Final = ("jsonb", "uuid")
#: Bounds the memory, whatever the table: 0.4 GB for participants, the widest.
_ROWS_AT_ONCE: Final = 20_000

#: Is told how many more rows have been written.
Advance = Callable[[int], object]


class UnwritableExportError(PewstatsError):
    """The files cannot be written: the disk is full, say, or another process is writing them."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"Nothing was exported to {folder}: {reason}. An earlier export there is as it was.")


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """A file that was written."""

    table: str
    rows: int
    file: str
    bytes: int


def begin_export(connection: psycopg.Connection, batches: Sequence[str]) -> int:
    """Begin a transaction in which all tables are seen as they are now; return how many rows `export_tables` writes.

    Args:
        connection: on which nothing has been done yet.
        batches: those whose rows are wanted; all without one.
    """
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    counts = sql.SQL(" + ").join(
        sql.SQL("(SELECT count(*) FROM {})").format(_rows_of(table, batches)) for table in EXPORTED
    )
    row = connection.execute(sql.SQL("SELECT {}").format(counts)).fetchone()
    assert row is not None
    return int(row[0])


def export_tables(
    connection: psycopg.Connection, folder: Path, batches: Sequence[str], advance: Advance
) -> list[ExportedTable]:
    """Write every table of the dictionary to `<folder>/<table>.parquet`, in place of what is there.

    The files hold their descriptions as metadata: `description` of the table, and `columns`, a JSON object with that of
    each column. Rows are sorted by the first two columns. All files take their places at the end, or none does.

    Args:
        connection: in the transaction of `begin_export`.
        folder: made if it is not there.
        batches: those whose rows are wanted; all without one. A table that has no batches is written whole.
        advance: is told how many more rows have been written.

    Raises:
        UnwritableExportError: the disk is full, or the folder may not be written, or is being written.
    """
    with _hidden(folder) as hidden:
        rows = {table: _write(connection, table, batches, hidden, advance) for table in EXPORTED}
        for table in EXPORTED:
            (hidden / _file_name(table)).replace(folder / _file_name(table))
    files = {table: folder / _file_name(table) for table in EXPORTED}
    return [ExportedTable(table.name, rows[table], str(file), file.stat().st_size) for table, file in files.items()]


def _write(connection: psycopg.Connection, table: Table, batches: Sequence[str], folder: Path, advance: Advance) -> int:
    schema = pl.Schema({column.name: _FRAME_TYPES[column.type] for column in table.columns})
    columns = sql.SQL(", ").join(
        sql.SQL("{}::text" if column.type in _AS_TEXT else "{}").format(sql.Identifier(column.name))
        for column in table.columns
    )
    query = sql.SQL("SELECT {} FROM {} ORDER BY 1, 2").format(columns, _rows_of(table, batches))
    written = 0
    problems: list[Exception] = []

    def frames(*_: object) -> Iterator[pl.DataFrame]:
        nonlocal written
        try:
            with connection.cursor(table.name) as cursor:
                cursor.execute(query, binary=True)
                while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                    yield pl.DataFrame(rows, schema, orient="row")
                    written += len(rows)
                    advance(len(rows))
        except Exception as problem:
            problems.append(problem)
            raise

    descriptions = {column.name: column.description for column in table.columns}
    try:
        register_io_source(frames, schema=schema).sink_parquet(
            folder / _file_name(table),
            compression="zstd",
            metadata={"description": table.description, "columns": json.dumps(descriptions)},
            engine="streaming",
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        # polars makes an error of its own of what PostgreSQL said.
        raise problems[0] if problems else error from None
    return written


def _rows_of(table: Table, batches: Sequence[str]) -> sql.Composed:
    rows = sql.SQL("{} AS rows").format(sql.Identifier(table.name))
    if not batches or "batch" not in {column.name for column in table.columns}:
        return rows
    return sql.SQL("{} WHERE batch = ANY ({})").format(rows, sql.Literal(list(batches)))


def _file_name(table: Table) -> str:
    return f"{table.name}.parquet"


@contextmanager
def _hidden(folder: Path) -> Iterator[Path]:
    """A folder within another that only this process writes to, and that is gone afterwards.

    One that a killed process has left is emptied first.
    """
    hidden = folder / ".export"
    try:
        hidden.mkdir(parents=True, exist_ok=True)
        lock = os.open(hidden, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                for left_over in hidden.iterdir():
                    left_over.unlink()
                yield hidden
            finally:
                shutil.rmtree(hidden)
        finally:
            os.close(lock)
    except BlockingIOError:
        raise UnwritableExportError(folder, "another process is exporting there, wait for it") from None
    except (OSError, pl.exceptions.PolarsError) as error:
        what = f"its files cannot be written ({reason_of(error)}), make room or get the right to write there"
        raise UnwritableExportError(folder, what) from None
