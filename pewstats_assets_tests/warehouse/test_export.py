"""The export: every row and value of the tables, described, and whole files or none."""

import fcntl
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import psycopg
import pytest

from pewstats_assets.dictionary import Table
from pewstats_assets.warehouse import Databases, export
from pewstats_assets.warehouse.dictionary import FIGHT_PARTICIPANTS, TABLES
from pewstats_assets.warehouse.export import EXPORTED, begin_export, export_tables
from pewstats_assets_tests.cli.terminals import on_a_terminal
from pewstats_assets_tests.processes import PEWSTATS, Pewstats
from pewstats_assets_tests.telemetry_folders import write_broken, write_matches

_numbers = count(1)
NAMES = sorted(table.name for table in EXPORTED)
OF_BATCHES = [table.name for table in EXPORTED if any(column.name == "batch" for column in table.columns)]


@pytest.fixture(scope="module")
def loaded(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database with three matches that have fights, others that were left out, and a hostile name."""
    folder = tmp_path_factory.mktemp("season")
    write_matches(folder, range(1, 4))
    write_broken(folder)
    url = f"{server_url}/exported"
    Pewstats(folder / "home", url).run("demo", str(folder), "--batch-size", "2")
    with psycopg.connect(url) as connection:
        connection.execute(r"UPDATE fight_participants SET player_name = E'\\N,\"a\u00e9\n' WHERE id = 1001001")
    return "exported"


@pytest.fixture
def season_url(server_url: str, loaded: str) -> str:
    """URL of a copy of it that is the test's own."""
    name = f"exported_{next(_numbers)}"
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{loaded}"'.encode())
    return f"{server_url}/{name}"


@pytest.fixture
def season(tmp_path: Path, season_url: str) -> Pewstats:
    return Pewstats(tmp_path / "home", season_url)


def in_database(url: str, table: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2".encode()).fetchall()


def comparable(table: Table, row: tuple[Any, ...]) -> str:
    """A row as text: ids are text in a frame, and JSON is."""
    return repr([_plain(column.type, value) for column, value in zip(table.columns, row, strict=True)])


def _plain(kind: str, value: Any) -> Any:
    if kind == "jsonb" and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return str(value) if isinstance(value, UUID) else value


def test_every_row_and_value_of_every_table_is_exported(season: Pewstats, tmp_path: Path, season_url: str) -> None:
    listed = season.json("export", "--out", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"{name}.parquet" for name in NAMES]
    assert sorted(row["table"] for row in listed) == NAMES
    for row in listed:
        exported = pl.read_parquet(row["file"]).rows()
        expected = in_database(season_url, row["table"])
        (table,) = (table for table in EXPORTED if table.name == row["table"])
        assert sorted(comparable(table, values) for values in exported) == sorted(
            comparable(table, values) for values in expected
        )
        assert exported or row["table"] not in ("matches", "team_fights", "fight_participants", "player_profiles")
        assert (row["rows"], row["bytes"]) == (len(exported), Path(row["file"]).stat().st_size)
    text, _ = on_a_terminal(season, "export", "--out", str(tmp_path / "out"))
    assert "Exporting rows" in text
    assert str(tmp_path / "out" / "team_fights.parquet") in text


def test_the_files_describe_their_columns(season: Pewstats, tmp_path: Path) -> None:
    season.run("export", "--out", str(tmp_path / "out"))
    for table in EXPORTED:
        metadata = pl.read_parquet_metadata(tmp_path / "out" / f"{table.name}.parquet")
        assert metadata["description"] == table.description
        assert json.loads(metadata["columns"]) == {column.name: column.description for column in table.columns}


def test_whatever_the_dictionary_has_can_be_exported() -> None:
    assert {table.name for table in TABLES} - {table.name for table in EXPORTED} == {"match_batches", "duplicate_files"}
    types = {column.type for table in EXPORTED for column in table.columns}
    assert types <= set(export._FRAME_TYPES)  # noqa: SLF001 a type that is new to the dictionary is to be added there


def test_rows_of_single_batches_are_exported(season: Pewstats, tmp_path: Path) -> None:
    season.run("export", "--out", str(tmp_path / "out"), "--batch", "batch_00002", "--batch", "batch_00003")
    for name in OF_BATCHES:
        batches = pl.read_parquet(tmp_path / "out" / f"{name}.parquet")["batch"].unique().to_list()
        assert set(batches) <= {"batch_00002", "batch_00003"}
        assert "batch_00002" in batches or name not in ("matches", "team_fights", "fight_participants")
    assert pl.read_parquet(tmp_path / "out" / "player_profiles.parquet").height == 3
    err = season.run("export", "--out", str(tmp_path / "none"), "--batch", "batch_9", exit_code=2)[1]
    assert "batch_9: not registered" in err
    assert not (tmp_path / "none").exists()


def test_an_empty_warehouse_gives_empty_tables_with_their_columns(
    tmp_path: Path, databases: Databases, database_url: str
) -> None:
    del databases
    Pewstats(tmp_path / "home", database_url).run("export", "--out", str(tmp_path / "out"))
    for table in EXPORTED:
        frame = pl.read_parquet(tmp_path / "out" / f"{table.name}.parquet")
        assert (frame.height, frame.columns) == (0, [column.name for column in table.columns])


def test_rows_come_a_piece_at_a_time(
    season: Pewstats, tmp_path: Path, season_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    season.run("export", "--out", str(tmp_path / "at once"))
    monkeypatch.setattr(export, "_ROWS_AT_ONCE", 2)
    pieces: list[int] = []
    with psycopg.connect(season_url) as connection:
        total = begin_export(connection, [])
        export_tables(connection, tmp_path / "out", [], pieces.append)
    assert sum(pieces) == total
    assert max(pieces) == 2
    for name in NAMES:
        whole = pl.read_parquet(tmp_path / "at once" / f"{name}.parquet")
        assert pl.read_parquet(tmp_path / "out" / f"{name}.parquet").equals(whole)


def test_all_tables_are_of_one_moment(season: Pewstats, tmp_path: Path, season_url: str) -> None:
    del season
    with psycopg.connect(season_url) as connection:
        total = begin_export(connection, [])
        with psycopg.connect(season_url) as other:
            other.execute("DELETE FROM fight_participants")
        tables = export_tables(connection, tmp_path / "out", [], lambda _: None)
    assert sum(table.rows for table in tables) == total
    assert pl.read_parquet(tmp_path / "out" / "fight_participants.parquet").height == 9


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_earlier_export_stays_if_the_connection_is_lost_in_the_middle(
    season: Pewstats, tmp_path: Path, season_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    season.run("export", "--out", str(tmp_path / "out"), "--batch", "batch_00001")
    before = files(tmp_path / "out")
    monkeypatch.setattr(export, "_ROWS_AT_ONCE", 1)
    with psycopg.connect(season_url) as connection, psycopg.connect(season_url, autocommit=True) as other:
        written: list[int] = []

        def lose_the_connection(rows: int) -> None:
            written.append(rows)
            if len(written) == 15:
                other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))

        begin_export(connection, [])
        with pytest.raises(psycopg.OperationalError):
            export_tables(connection, tmp_path / "out", [], lose_the_connection)
    assert len(written) == 15
    assert files(tmp_path / "out") == before


def test_a_killed_export_leaves_no_half_file_and_the_next_one_tidies_up(season: Pewstats, tmp_path: Path) -> None:
    (tmp_path / "out" / ".export").mkdir(parents=True)
    (tmp_path / "out" / ".export" / "team_fights.parquet").write_bytes(b"PAR1 and so on")
    season.run("export", "--out", str(tmp_path / "out"))
    assert sorted(files(tmp_path / "out")) == [f"{name}.parquet" for name in NAMES]


def test_what_cannot_be_written_is_one_sentence(season: Pewstats, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    err = season.run("export", "--out", str(tmp_path / "file" / "out"), exit_code=1)[1]
    assert err.startswith(
        f"Error: Nothing was exported to {tmp_path}/file/out: its files cannot be written (Not a directory)"
    )
    (tmp_path / "out" / ".export").mkdir(parents=True)
    other = os.open(tmp_path / "out" / ".export", os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    err = season.run("export", "--out", str(tmp_path / "out"), exit_code=1)[1]
    assert "another process is exporting there" in err
    os.close(other)


def test_a_disk_that_is_full_is_one_sentence_and_leaves_an_earlier_export(season: Pewstats, tmp_path: Path) -> None:
    season.run("export", "--out", str(tmp_path / "out"), "--batch", "batch_00001")
    before = files(tmp_path / "out")
    done = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 4; exec "$0" "$@"', PEWSTATS, "export", "--out", tmp_path / "out"],
        env=season.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: Nothing was exported to {tmp_path / 'out'}: its files cannot be written (")
    assert "make room or get the right to write there" in done.stderr
    assert files(tmp_path / "out") == before


def test_the_example_of_the_documentation_is_five_lines_that_run(season: Pewstats, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(list(filter(None, example.splitlines()))) == 5
    season.run("export", "--out", str(tmp_path / "out"))
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path / "out", capture_output=True, text=True, check=True
    )
    assert "knocks_dealt" in done.stdout
    (column,) = (column for column in FIGHT_PARTICIPANTS.columns if column.name == "knocks_dealt")
    assert done.stdout.endswith(f"{column.description}\n")
