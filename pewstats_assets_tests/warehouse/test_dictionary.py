"""The data dictionary against what the database and the Parquet frames really have."""

from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest

from pewstats_assets.dictionary import Column, Table
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import TelemetryFile, decode_file
from pewstats_assets.telemetry.dictionary import FRAMES
from pewstats_assets.telemetry.store import SCHEMAS, FrameName
from pewstats_assets.warehouse import connect_databases
from pewstats_assets.warehouse.dictionary import TABLES, VIEWS
from pewstats_assets.warehouse.dictionary.page import page
from pewstats_assets_tests.conftest import SAMPLE

TIMES = {"timestamp with time zone", "Datetime[us, UTC]"}
#: Whose alone is Alembic's.
NOT_OURS = "alembic_version"
RELATIONS = """
SELECT c.relname, obj_description(c.oid, 'pg_class')
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname <> %s
"""
COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, col_description(a.attrelid, a.attnum)
FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""


def in_database(connection: psycopg.Connection, table: str) -> list[Any]:
    return connection.execute(COLUMNS, [table]).fetchall()


def test_every_table_of_the_database_is_described_and_none_that_is_not_there(connection: psycopg.Connection) -> None:
    assert dict(connection.execute(RELATIONS, [NOT_OURS]).fetchall()) == {
        table.name: table.description for table in TABLES
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_columns_are_those_of_the_database_in_its_order(connection: psycopg.Connection, table: Table) -> None:
    # PostgreSQL does not know whether a view's column can be null.
    nullable = {column.name: column.nullable or table in VIEWS for column in table.columns}
    described = [(column.name, column.type, nullable[column.name], column.description) for column in table.columns]
    assert in_database(connection, table.name) == described


def test_an_update_of_the_software_brings_comments_up_to_date(
    settings: Settings, connection: psycopg.Connection
) -> None:
    connection.execute("COMMENT ON COLUMN team_fights.outcome IS 'As it was said before.'")
    connect_databases(settings)
    before = {name: comment for name, _, _, comment in in_database(connection, "team_fights")}
    assert before["outcome"] == "As it was said before."  # nobody but `pewstats migrate` changes a database
    connect_databases(settings, upgrade=True)
    after = {name: comment for name, _, _, comment in in_database(connection, "team_fights")}
    assert after["outcome"].startswith("How it ended:")


def test_the_columns_are_those_of_the_parquet_frames_in_their_order() -> None:
    described = {frame.name: [(column.name, column.type) for column in frame.columns] for frame in FRAMES}
    assert described == {
        name: [(column, as_text(dtype)) for column, dtype in schema.items()] for name, schema in SCHEMAS.items()
    }


def as_text(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Datetime):
        return f"Datetime[{dtype.time_unit}, {dtype.time_zone}]"
    if isinstance(dtype, pl.List):
        return f"List[{dtype.inner}]"
    return "Enum" if isinstance(dtype, pl.Enum) else str(dtype)


def test_what_is_never_null_in_a_frame_is_not_null_in_the_sample() -> None:
    (file,) = SAMPLE.glob("11ba422f-*.json.gz")
    match = decode_file(TelemetryFile(file, None))
    names: tuple[FrameName, ...] = ("combat", "positions", "rosters", "phases", "facts")
    for frame in FRAMES:
        if frame.name not in names:
            continue
        rows = getattr(match, frame.name)
        assert rows.height
        never_null = [column.name for column in frame.columns if not column.nullable and column.name in rows.columns]
        assert rows.select(never_null).null_count().sum_horizontal().item() == 0


def test_every_description_is_one() -> None:
    for column in chain.from_iterable(table.columns for table in (*TABLES, *FRAMES)):
        assert is_described(column), column


def is_described(column: Column) -> bool:
    """Sentences, a source, UTC for every time; `Null` is spoken of where there can be nulls, and only there."""
    says_when_null = "null" in column.meaning.lower().replace("never null", "")
    return (
        column.meaning.endswith(".")
        and bool(column.source)
        and (column.unit == "UTC") == (column.type in TIMES)
        and "|" not in column.meaning + column.source
        and column.nullable == says_when_null
    )


def test_the_page_is_that_of_the_dictionary() -> None:
    """`make docs` writes it."""
    committed = Path(__file__).parents[2] / "docs" / "tables.md"
    assert committed.read_text(encoding="utf-8") == page()
