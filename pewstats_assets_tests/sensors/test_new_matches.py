"""The sensor `new_matches` on a real instance and a real PostgreSQL: what a tick registers, adds, requests and says."""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from pewstats_assets.backfill import load_batches
from pewstats_assets.definitions import build_defs
from pewstats_assets.limits import Limits
from pewstats_assets.partitions import PARTITIONS_NAME, follow_warehouse, register_folder
from pewstats_assets.sensors import arriving
from pewstats_assets.sensors.arriving import AWAY_PATIENCE_S, NOT_SET, FolderAwayError
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import arrivals, read_bytes
from pewstats_assets.warehouse import Databases
from pewstats_assets_tests.sensors.ticking import SENSOR, Crash, Daemon, be_quiet
from pewstats_assets_tests.telemetry_folders import match_bytes, match_id_of, write_broken, write_matches

Batches = Callable[[], list[tuple[str, list[int]]]]


@pytest.fixture
def batches(connection: psycopg.Connection) -> Batches:
    """The numbers of the matches of each batch."""

    def members() -> list[tuple[str, list[int]]]:
        rows = connection.execute(
            "SELECT batch, array_agg(match_id ORDER BY match_no) FROM matches GROUP BY batch ORDER BY batch"
        )
        return [(batch, [match_id.int for match_id in match_ids]) for batch, match_ids in rows]

    return members


def partitions(daemon: Daemon) -> list[str]:
    return list(daemon.instance.get_dynamic_partitions(PARTITIONS_NAME))


@pytest.mark.parametrize("is_set", [False, True])
def test_it_runs_by_default_only_if_a_folder_is_set(monkeypatch: pytest.MonkeyPatch, *, is_set: bool) -> None:
    monkeypatch.setenv("PEWSTATS_TELEMETRY_FOLDER", "/telemetry" if is_set else "")
    status = build_defs().resolve_sensor_def(SENSOR).default_status
    assert status == (dg.DefaultSensorStatus.RUNNING if is_set else dg.DefaultSensorStatus.STOPPED)


def test_without_a_folder_it_says_so(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEWSTATS_TELEMETRY_FOLDER")
    assert daemon.tick().skip_message == NOT_SET


def test_files_fill_batches_and_full_batches_are_requested(daemon: Daemon, folder: Path, batches: Batches) -> None:
    write_matches(folder, range(1, 3))
    assert daemon.tick().skip_message == (
        "Registered 2 new matches in batch_00001. batch_00001 is open, with 2 of 3 matches."
    )
    assert partitions(daemon) == []

    write_matches(folder, range(3, 9))
    told = daemon.tick()
    assert batches() == [("batch_00001", [1, 2, 3]), ("batch_00002", [4, 5, 6]), ("batch_00003", [7, 8])]
    assert partitions(daemon) == daemon.requested() == ["batch_00001", "batch_00002"]
    (first, _) = told.run_requests or []
    assert first.tags["pewstats/requested_by"] == "sensor"
    assert first.tags["pewstats/requested_because"] == "the batch is full"

    told = daemon.tick()
    assert not told.run_requests
    assert told.skip_message == "batch_00003 is open, with 2 of 3 matches."


def test_a_partial_batch_is_requested_after_the_quiet_time_and_late_files_go_to_a_new_one(
    daemon: Daemon, folder: Path, batches: Batches, connection: psycopg.Connection
) -> None:
    write_matches(folder, range(1, 3))
    daemon.tick()
    be_quiet(connection)
    (request,) = daemon.tick().run_requests or []
    assert request.tags["pewstats/requested_because"] == "no more matches came"
    assert daemon.requested() == ["batch_00001"]

    write_matches(folder, range(3, 4))
    daemon.tick()
    assert batches() == [("batch_00001", [1, 2]), ("batch_00002", [3])]
    be_quiet(connection)
    daemon.tick()
    assert daemon.requested() == ["batch_00001", "batch_00002"]
    assert daemon.tick().skip_message == "No new matches."


def test_the_batches_of_a_folder_that_is_complete_are_those_of_a_registration_by_hand(
    daemon: Daemon, folder: Path, databases: Databases, batches: Batches, connection: psycopg.Connection
) -> None:
    write_matches(folder / "b", range(20, 24))
    write_matches(folder / "a", range(10, 13))
    write_matches(folder, range(1, 4))
    register_folder(databases, Settings.from_environment(), folder, 3)
    by_hand = batches()
    connection.execute("TRUNCATE match_batches CASCADE")
    daemon.tick()
    assert batches() == by_hand


def test_a_requested_batch_is_loaded_like_any_other(
    daemon: Daemon, folder: Path, connection: psycopg.Connection
) -> None:
    write_matches(folder, range(1, 4))
    daemon.tick()
    (loaded,) = load_batches(daemon.instance, ["batch_00001"])
    assert loaded.failures == []
    assert connection.execute("SELECT count(*) FROM matches WHERE status = 'loaded'").fetchone() == (3,)


@pytest.mark.parametrize("crash", [crash for crash in Crash if crash != Crash.NOT_AT_ALL])
def test_wherever_the_daemon_dies_the_next_tick_goes_on(daemon: Daemon, folder: Path, crash: Crash) -> None:
    write_matches(folder, range(1, 5))
    daemon.tick(crash)
    if crash == Crash.BEFORE_LAUNCH:
        assert daemon.requested() == []
    daemon.tick()
    assert partitions(daemon) == daemon.requested() == ["batch_00001"]
    assert not daemon.tick().run_requests


@pytest.mark.parametrize("end", [dg.DagsterEventType.PIPELINE_FAILURE, dg.DagsterEventType.PIPELINE_CANCELED])
def test_a_run_that_failed_or_was_cancelled_is_not_requested_again(
    daemon: Daemon, folder: Path, end: dg.DagsterEventType
) -> None:
    write_matches(folder, range(1, 4))
    daemon.tick()
    (run,) = daemon.instance.get_runs()
    daemon.instance.report_dagster_event(dg.DagsterEvent(end.value, run.job_name), run_id=run.run_id)
    for _ in range(3):
        assert not daemon.tick().run_requests
    daemon.instance.delete_run(run.run_id)
    assert not daemon.tick().run_requests


def test_a_batch_that_somebody_loads_before_it_was_requested_is_not_requested(daemon: Daemon, folder: Path) -> None:
    write_matches(folder, range(1, 4))
    daemon.tick(Crash.BEFORE_RUNS)
    list(load_batches(daemon.instance, ["batch_00001"]))
    assert not daemon.tick().run_requests


def test_batches_of_another_warehouse_with_the_same_names_are_requested(
    daemon: Daemon, folder: Path, connection: psycopg.Connection
) -> None:
    write_matches(folder, range(1, 4))
    daemon.tick()
    daemon.tick()
    connection.execute("TRUNCATE match_batches CASCADE")
    daemon.tick()
    daemon.tick()
    assert daemon.requested() == ["batch_00001", "batch_00001"]


def test_batches_that_are_registered_by_hand_are_partitions_at_once_and_not_requested(
    daemon: Daemon, folder: Path, databases: Databases, batches: Batches
) -> None:
    write_matches(folder, range(1, 2))
    daemon.tick()
    write_matches(folder, range(2, 5))
    register_folder(databases, Settings.from_environment(), folder, 2)
    assert follow_warehouse(databases, daemon.instance) == ["batch_00001", "batch_00002", "batch_00003"]
    assert batches() == [("batch_00001", [1]), ("batch_00002", [2, 3]), ("batch_00003", [4])]
    daemon.tick()
    assert partitions(daemon) == ["batch_00001", "batch_00002", "batch_00003"]
    assert daemon.requested() == ["batch_00001"]


def test_a_file_that_is_being_written_is_left_alone_and_one_that_stays_broken_is_quarantined(
    daemon: Daemon, folder: Path, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEWSTATS_BATCH_SIZE", "100")
    expected = write_broken(folder)
    whole = match_bytes(1)
    slow = folder / f"{match_id_of(1)}.json"
    slow.write_bytes(whole[:-40])
    temporary = folder / f".{match_id_of(2)}.json.gz.Xy12Zq"
    temporary.write_bytes(b"half")
    complete = {file for file, reason in expected.items() if reason in {"no_events", "broken_json"}}
    # The JSON that is cut off is in a sound gzip, so that nothing more will come; HTML may be cut off.
    cut_json, no_events = sorted(file for file in complete if not Path(file).read_bytes().startswith(b"<"))
    daemon.tick()
    registered = {file for (file,) in connection.execute("SELECT file FROM matches")}
    assert registered == {cut_json, no_events}

    with slow.open("ab") as file:
        file.write(whole[-40:])
    temporary.rename(folder / f"{match_id_of(2)}.json.gz")
    assert "5 files wait" in (daemon.tick().skip_message or "")
    monkeypatch.setenv("PEWSTATS_QUIET_SECONDS", "1")
    time.sleep(1.1)
    daemon.tick()
    be_quiet(connection)
    daemon.tick()
    list(load_batches(daemon.instance, partitions(daemon)))
    rows = connection.execute("SELECT file, reason FROM matches WHERE status = 'quarantined'").fetchall()
    assert dict(rows) == {**expected, str(folder / f"{match_id_of(2)}.json.gz"): "broken_json"}
    assert connection.execute("SELECT file FROM matches WHERE status = 'loaded'").fetchall() == [(str(slow),)]


def test_a_second_file_of_a_match_is_named_once_and_looked_at_again_when_it_changes(
    daemon: Daemon, folder: Path, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_matches(folder, range(1, 2))
    second = folder / "second.json"
    second.write_bytes(match_bytes(1))
    assert f"Left alone, its match is registered with another file: {second}." in (daemon.tick().skip_message or "")
    with monkeypatch.context() as nobody_reads:
        nobody_reads.setattr(arrivals, "read_bytes", lambda *_: pytest.fail("It is read again."))
        assert "Left alone" not in (daemon.tick().skip_message or "")
    second.write_bytes(match_bytes(2))
    daemon.tick()
    assert batches() == [("batch_00001", [1, 2])]


def test_excluded_matches_are_registered_and_count(
    daemon: Daemon, folder: Path, connection: psycopg.Connection
) -> None:
    write_matches(folder, range(1, 3))
    (folder / f"{match_id_of(3)}.json").write_bytes(match_bytes(3).replace(b"match.bro.official", b"match.bro.arcade"))
    daemon.tick()
    assert daemon.requested() == ["batch_00001"]
    rows = connection.execute("SELECT status, reason FROM matches ORDER BY match_no").fetchall()
    assert rows == [("registered", None), ("registered", None), ("excluded", "match_type")]


def test_names_that_cannot_be_stored_hide_no_other_file(
    daemon: Daemon, folder: Path, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEWSTATS_BATCH_SIZE", "100")
    write_matches(folder, range(1, 2))
    for name in ("a\n.json", "b\x1b[31m.json", "c\udcff.json"):
        (folder / name).write_bytes(match_bytes(9))
    for name in ("'; DROP TABLE matches; --.json", "%s {0} $1.json", "<img src=x onerror=alert(1)>.json"):
        (folder / name).write_bytes(match_bytes(100 + len(name)))
    message = daemon.tick().skip_message or ""
    assert message.count("cannot be stored: rename the file.") == 3
    assert message.isprintable()
    assert len([number for _, numbers in batches() for number in numbers]) == 4


@pytest.mark.parametrize("how", ["gone", "a file"])
def test_a_folder_that_is_away_is_said_and_after_a_while_fails_the_tick(
    daemon: Daemon, folder: Path, batches: Batches, connection: psycopg.Connection, how: str
) -> None:
    write_matches(folder, range(1, 3))
    daemon.tick()
    be_quiet(connection)
    away = folder.rename(folder.with_name("away"))
    if how == "a file":
        folder.touch()
    message = daemon.tick().skip_message or ""
    assert f"{folder} is not a folder" in message
    assert "nothing is lost" in message
    since = daemon.cursor
    daemon.tick()
    assert daemon.cursor == since
    daemon.cursor = (datetime.now(UTC) - timedelta(seconds=AWAY_PATIENCE_S)).isoformat()
    with pytest.raises(FolderAwayError, match=r"is not a folder.* UTC"):
        daemon.tick()
    assert daemon.requested() == [], "its files are not there"

    folder.unlink(missing_ok=True)
    away.rename(folder)
    daemon.tick()
    assert not daemon.cursor
    assert daemon.requested() == ["batch_00001"]
    assert batches() == [("batch_00001", [1, 2])]


def test_a_batch_is_not_requested_while_its_disk_is_away(
    daemon: Daemon, folder: Path, connection: psycopg.Connection
) -> None:
    """An empty folder is what is left where a disk is not mounted."""
    write_matches(folder, range(1, 3))
    daemon.tick()
    be_quiet(connection)
    shutil.copytree(folder, folder.with_name("disk"))
    for file in folder.iterdir():
        file.unlink()
    assert "batch_00001 is not loaded yet: none of its files is there." in (daemon.tick().skip_message or "")
    shutil.copytree(folder.with_name("disk"), folder, dirs_exist_ok=True)
    daemon.tick()
    assert daemon.requested() == ["batch_00001"]


def test_a_tick_stops_reading_in_time_and_the_next_goes_on(
    daemon: Daemon, folder: Path, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_matches(folder, range(1, 8))
    monkeypatch.setattr(arriving, "PATIENCE_S", 0.0)
    assert "7 files wait" in (daemon.tick().skip_message or "")
    assert batches() == []

    def read_slowly(path: Path, limits: Limits) -> bytes:
        time.sleep(0.2)
        return read_bytes(path, limits)

    monkeypatch.setattr(arriving, "PATIENCE_S", 0.5)
    monkeypatch.setattr(arrivals, "read_bytes", read_slowly)
    progress = [0]
    while progress[-1] < 7:
        daemon.tick()
        numbers = [number for _, of_batch in batches() for number in of_batch]
        assert numbers == list(range(1, len(numbers) + 1))
        progress.append(len(numbers))
    assert len(progress) > 2, "the first tick read them all"
    assert batches() == [("batch_00001", [1, 2, 3]), ("batch_00002", [4, 5, 6]), ("batch_00003", [7])]


def test_a_tick_requests_a_bounded_number_of_runs_and_none_is_forgotten(
    daemon: Daemon, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEWSTATS_BATCH_SIZE", "1")
    monkeypatch.setattr(arriving, "MAX_REQUESTS", 2)
    write_matches(folder, range(1, 6))
    assert [len(daemon.tick().run_requests or []) for _ in range(3)] == [2, 2, 1]
    assert daemon.requested() == partitions(daemon)
    assert not daemon.tick().run_requests


def test_two_ticks_at_once_register_every_file_once(
    daemon: Daemon, folder: Path, instance: dg.DagsterInstance, batches: Batches
) -> None:
    """A tick that Dagster has given up goes on in its thread while the next one begins."""
    write_matches(folder, range(1, 60))
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: Daemon(instance).tick(Crash.BEFORE_PARTITIONS), range(3)))
    numbers = [number for _, numbers in batches() for number in numbers]
    assert sorted(numbers) == list(range(1, 60))
    assert all(len(numbers) == 3 for _, numbers in batches()[:-1])
