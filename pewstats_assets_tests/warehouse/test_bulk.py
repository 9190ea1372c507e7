"""Frames come back from the database as they went in, whatever is in them: names are chosen by strangers."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pewstats_assets.warehouse.bulk import copy_frame

TYPES = {
    "number": ("bigint", pl.Int64()),
    "text": ("text", pl.String()),
    "value": ("double precision", pl.Float64()),
    "flag": ("boolean", pl.Boolean()),
    "at": ("timestamp with time zone", pl.Datetime("us", "UTC")),
    "texts": ("text[]", pl.List(pl.String())),
}
SCHEMA = pl.Schema({name: dtype for name, (_, dtype) in TYPES.items()})

#: PostgreSQL has no NUL, and UTF-8 no surrogates; neither has what was decoded.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    [
        "\\N",
        "\\.",
        "",
        '"',
        '""',
        "'",
        ",",
        "{",
        "}",
        "NULL",
        "null",
        "\n",
        "\r\n",
        "\n\\.\n",
        "\\",
        "\t",
        " ",
        "\u2028",
        "\ufeff",
        "🍗",
    ]
)
rows = st.fixed_dictionaries(
    {
        "number": st.none() | st.integers(-(2**63), 2**63 - 1),
        "text": st.none() | texts,
        "value": st.none() | st.floats(allow_nan=False),
        "flag": st.none() | st.booleans(),
        "at": st.none() | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 hypothesis adds it
        "texts": st.none() | st.lists(texts, max_size=4),
    }
)
HOSTILE = {
    "number": None,
    "text": "\\.",
    "value": 5e-324,
    "flag": None,
    "at": None,
    "texts": ['\\"', "", "NULL", "{a,b}"],
}


@pytest.fixture
def table(connection: psycopg.Connection) -> psycopg.Connection:
    columns = ", ".join(f"{name} {type_}" for name, (type_, _) in TYPES.items())
    connection.execute(f"CREATE TEMPORARY TABLE everything (position serial, {columns})".encode())
    return connection


@given(st.lists(rows, max_size=8))
@example([HOSTILE])
@example([dict.fromkeys(TYPES), HOSTILE | {"text": ""}, HOSTILE | {"text": None}])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_copied_comes_back_as_it_was(table: psycopg.Connection, given_rows: list[dict[str, Any]]) -> None:
    table.execute("TRUNCATE everything")
    copy_frame(table, "everything", pl.DataFrame(given_rows, schema=SCHEMA, orient="row"))
    names = ", ".join(TYPES)
    found = table.cursor(binary=True).execute(f"SELECT {names} FROM everything ORDER BY position".encode()).fetchall()
    assert found == [tuple(row[name] for name in TYPES) for row in given_rows]
    assert [repr(row[2]) for row in found] == [repr(row["value"]) for row in given_rows]  # -0.0 is not 0.0


def test_the_encoding_of_the_connection_is_all_the_same(table: psycopg.Connection) -> None:
    table.execute("SET client_encoding TO latin1")
    copy_frame(table, "everything", pl.DataFrame([HOSTILE | {"text": "ü🍗"}], schema=SCHEMA, orient="row"))
    table.execute("SET client_encoding TO utf8")
    assert table.execute("SELECT text FROM everything").fetchone() == ("ü🍗",)
