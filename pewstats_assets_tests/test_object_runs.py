"""Whole runs with telemetry and Parquet in a store that speaks S3: the same rows, and nothing lost when it is away."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import psycopg
import pytest
from polars.testing import assert_frame_equal

from pewstats_assets.backfill import load_batches
from pewstats_assets.partitions import follow_warehouse, register_folder
from pewstats_assets.places import ObjectUrl, Place
from pewstats_assets.prune import NOT_REGISTERED, remove_stray, stray_telemetry
from pewstats_assets.quarantine import put_back_matches
from pewstats_assets.sensors import arriving
from pewstats_assets.settings import Settings, redacted
from pewstats_assets.telemetry import TelemetryStore, arrivals, objects
from pewstats_assets.telemetry.objects import put_object, remove_objects
from pewstats_assets.telemetry.store import SCHEMAS
from pewstats_assets.warehouse import Databases
from pewstats_assets.warehouse.quarantine import in_quarantine
from pewstats_assets_tests.conftest import SAMPLE
from pewstats_assets_tests.object_stores import SECRET, TOKEN, ObjectServer, copy_files, keys
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.season import WRITTEN
from pewstats_assets_tests.sensors.ticking import Daemon
from pewstats_assets_tests.telemetry_folders import match_bytes, match_id_of, write_broken, write_matches

BATCHES = ("batch_00001", "batch_00002")
_MATCHES = """
SELECT match_no, match_id, batch, checksum, match_type, status, reason, detail, byte_offset, fights, participants,
       match_object IS NOT NULL
FROM matches ORDER BY match_no
"""


@pytest.fixture
def other_database_url(server_url: str, template: str) -> Iterator[str]:
    """URL of a second database with the newest schema."""
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as connection:
        for suffix in ("", "_dagster"):
            connection.execute(f'CREATE DATABASE "objects{suffix}" TEMPLATE "{template}{suffix}"'.encode())
        yield f"{server_url}/objects"
        for suffix in ("", "_dagster"):
            connection.execute(f'DROP DATABASE "objects{suffix}" WITH (FORCE)'.encode())


def rows_of(database_url: str) -> dict[str, Any]:
    """All rows of the tables that a batch writes, and of the matches all but their places."""
    with psycopg.connect(database_url) as connection:
        rows: dict[str, Any] = {
            table: sorted(str(row) for row in connection.execute(f"SELECT * FROM {table}".encode()))
            for table in WRITTEN
        }
        return rows | {"matches": connection.execute(_MATCHES.encode()).fetchall()}


def everything_in(database_url: str) -> str:
    """All rows of all tables, as text."""
    text = []
    with psycopg.connect(database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT'.encode()) as copy:
                text += [bytes(line).decode() for line in copy]
    return "".join(text)


def frames(root: Place, batch: str) -> dict[str, pl.DataFrame]:
    parts = list(TelemetryStore(root).read(batch, *SCHEMAS))
    return {name: pl.concat([part[name] for part in parts]) for name in SCHEMAS}


def test_everything_in_a_bucket_gives_the_same_rows_and_shows_no_secret(
    server: ObjectServer, bucket: ObjectUrl, tmp_path: Path, database_url: str, other_database_url: str
) -> None:
    folder = tmp_path / "telemetry"
    shutil.copytree(SAMPLE, folder)
    write_matches(folder / "small", range(1, 19))
    write_broken(folder / "small")
    copy_files(folder, bucket / "telemetry")
    local = Pewstats(tmp_path / "local", database_url)
    remote = Pewstats(tmp_path / "remote", other_database_url)
    parquet = bucket / "parquet"
    remote.environment |= {**server.environment, "PEWSTATS_PARQUET": str(parquet)}
    said: list[str] = []
    for pewstats, place in ((local, folder), (remote, bucket / "telemetry")):
        # Twenty objects are enough for worker processes, which make their own connections.
        said += pewstats.run("demo", str(place), "--batch-size", "20")
    assert rows_of(other_database_url) == rows_of(database_url)
    assert rows_of(database_url)["team_fights"]
    for batch in BATCHES:
        of_folder, of_bucket = frames(tmp_path / "local" / "telemetry", batch), frames(parquet, batch)
        for name, frame in of_folder.items():
            assert_frame_equal(of_bucket[name], frame)
    assert [key for key in keys(parquet) if "/.versions/" not in key] == [f"parquet/{batch}" for batch in BATCHES]
    assert not (tmp_path / "remote" / "telemetry").exists()

    for pewstats in (local, remote):
        said += pewstats.run("match", "1", "--svg", str(tmp_path / f"{pewstats is local}.svg"))
    assert (tmp_path / "True.svg").read_bytes() == (tmp_path / "False.svg").read_bytes()
    file = next(key for key in keys(bucket / "telemetry" / "small") if key.endswith(f"{match_id_of(1)}.json.gz"))
    said += remote.run("detect", f"{bucket}/{file}", f"{bucket}/missing.json", "s4://bucket/x.json", exit_code=1)
    assert '"fights"' in said[-2]
    assert '"file":"s4://bucket/x.json","error":"s4:// is no object store that is known' in said[-2]
    said += remote.run("doctor")
    assert f"{parquet} can be written to." in said[-2]
    assert not [key for key in keys(bucket) if "doctor" in key]
    said += remote.run("clean", "--yes")
    assert f"The telemetry in {parquet} stays: remove it there." in said[-1]
    assert keys(parquet)

    remote.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    said += remote.run("doctor", exit_code=1)
    assert "cannot be written: the store does not answer" in said[-2]
    said += remote.start("--debug", "register", f"{bucket}/telemetry").communicate(timeout=300)
    assert "Traceback" in said[-1]
    assert f"Error: '{bucket}/telemetry' cannot be listed: the store does not answer." in said[-1]
    shown = "".join(said) + everything_in(other_database_url) + everything_in(f"{other_database_url}_dagster")
    logs = "".join(path.read_text(errors="replace") for path in (tmp_path / "remote").rglob("*") if path.is_file())
    for secret in (SECRET, TOKEN):
        assert secret not in shown
        assert secret not in logs


@pytest.fixture
def folder(
    bucket: ObjectUrl, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[ObjectUrl]:
    """A folder of three matches in a bucket, where Parquet goes, too; who finds the store away gives up soon."""
    del settings  # for its environment
    monkeypatch.setenv("PEWSTATS_PARQUET", f"{bucket}/parquet")
    monkeypatch.setenv("PEWSTATS_TELEMETRY_FOLDER", f"{bucket}/telemetry")
    monkeypatch.setenv("PEWSTATS_BATCH_SIZE", "3")
    monkeypatch.setitem(objects._RETRIES, "max_retries", 1)  # noqa: SLF001
    monkeypatch.setattr(arrivals, "SETTLE_S", 0.0)
    write_matches(tmp_path / "telemetry", range(1, 4))
    copy_files(tmp_path / "telemetry", bucket / "telemetry")
    yield bucket / "telemetry"
    objects._open.cache_clear()  # noqa: SLF001


class Away:
    """The server, away or back for this process."""

    def __init__(self, server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self._server, self._monkeypatch = server, monkeypatch

    def __call__(self, *, is_away: bool) -> None:
        self._monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9" if is_away else self._server.endpoint)
        objects._open.cache_clear()  # noqa: SLF001


@pytest.fixture
def away(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> Away:
    return Away(server, monkeypatch)


def load(instance: dg.DagsterInstance, batch: str = BATCHES[0]) -> list[str]:
    """What failed the run of a batch."""
    (loaded,) = load_batches(instance, [batch])
    return list(loaded.failures)


def statuses(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    return connection.execute("SELECT match_no, status, reason FROM matches ORDER BY match_no").fetchall()


def test_a_store_that_is_away_fails_the_run_and_loses_nothing(
    folder: ObjectUrl, databases: Databases, instance: dg.DagsterInstance, connection: psycopg.Connection, away: Away
) -> None:
    settings = Settings.from_environment()
    register_folder(databases, settings, folder, 3)
    follow_warehouse(databases, instance)
    away(is_away=True)
    (failure,) = load(instance)
    assert "the store does not answer" in failure
    assert statuses(connection) == [(number, "registered", None) for number in (1, 2, 3)], "and nobody is quarantined"
    away(is_away=False)
    assert load(instance) == []
    before = rows_of(databases.warehouse)
    assert [status for _, status, _ in statuses(connection)] == ["loaded"] * 3
    away(is_away=True)
    assert load(instance)
    assert rows_of(databases.warehouse) == before
    away(is_away=False)
    assert load(instance) == []
    assert rows_of(databases.warehouse) == before
    assert len([key for key in keys(folder.parent / "parquet") if "/facts." in key]) == 1, "nothing is left behind"


def test_files_that_are_gone_are_not_taken_for_a_reason_to_lose_their_fights(
    folder: ObjectUrl, databases: Databases, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    settings = Settings.from_environment()
    register_folder(databases, settings, folder, 3)
    follow_warehouse(databases, instance)
    gone, changed, _ = (folder / f"{match_id_of(number)}.json.gz" for number in (1, 2, 3))
    content = objects.read_object(gone).content
    remove_objects([gone])
    put_object(changed, b"[]")
    assert load(instance) == []
    assert statuses(connection) == [
        (1, "quarantined", "file_missing"),
        (2, "quarantined", "file_changed"),
        (3, "loaded", None),
    ]
    put_object(gone, content)
    put_object(changed, match_bytes(2))
    retried = put_back_matches(databases, settings, in_quarantine(connection, []))
    assert [match.is_put_back for match in retried] == [True, True]
    assert load(instance) == []
    assert [status for _, status, _ in statuses(connection)] == ["loaded"] * 3
    remove_objects([gone])
    (failure,) = load(instance)
    assert f"1 of 3 files of batch_00001 cannot be read, the first is {gone}" in failure
    assert [status for _, status, _ in statuses(connection)] == ["loaded"] * 3


def test_the_sensor_watches_a_bucket_and_waits_while_it_is_away(
    folder: ObjectUrl, instance: dg.DagsterInstance, connection: psycopg.Connection, away: Away
) -> None:
    daemon = Daemon(instance)
    put_object(folder / "twice" / f"{match_id_of(1)}.json.gz", match_bytes(1))
    away(is_away=True)
    told = daemon.tick()
    assert "cannot be listed: the store does not answer" in (told.skip_message or "")
    assert "New matches wait, nothing is lost." in (told.skip_message or "")
    assert statuses(connection) == []
    away(is_away=False)
    told = daemon.tick()
    assert daemon.requested() == ["batch_00001"]
    assert [status for _, status, _ in statuses(connection)] == ["registered"] * 3
    put_object(folder / f"{match_id_of(4)}.json.gz", match_bytes(4))
    told = daemon.tick()
    assert told.skip_message == "Registered 1 new matches in batch_00002. batch_00002 is open, with 1 of 3 matches."
    assert arriving.NOT_SET not in (told.skip_message or "")
    assert daemon.tick().skip_message == "batch_00002 is open, with 1 of 3 matches."


def test_telemetry_of_no_batch_is_found_and_removed_in_a_bucket(
    folder: ObjectUrl, databases: Databases, instance: dg.DagsterInstance
) -> None:
    settings = Settings.from_environment()
    register_folder(databases, settings, folder, 3)
    follow_warehouse(databases, instance)
    assert load(instance) == []
    root = folder.parent / "parquet"
    before = keys(root)
    put_object(root / ".versions" / "batch_00009" / ("0" * 32) / "facts.00000.parquet", b"")
    put_object(root / "batch_00009", b"{}")
    store = TelemetryStore(settings.parquet_root)
    strays = stray_telemetry(databases, store)
    assert [(stray.batch, stray.reason) for stray in strays] == [("batch_00009", NOT_REGISTERED)]
    assert remove_stray(databases, store, strays[0])
    assert keys(root) == before


def test_secrets_of_object_stores_are_masked_in_what_others_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", TOKEN)
    assert redacted(f"{SECRET} and {TOKEN}") == "******** and ********"
