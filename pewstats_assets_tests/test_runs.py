"""Real Dagster runs on PostgreSQL, Dagster's own storage included: what a batch leaves behind, and how a run fails."""

import gc
import gzip
import json
import logging
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import dagster as dg
import psycopg
import pytest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from pewstats_assets.backfill import ASSETS, compare_players, load_batches, unfinished
from pewstats_assets.definitions import BATCH_CHECK_JOB_NAME, JOB_NAME, TABLE_CHECK_JOB_NAME, build_defs
from pewstats_assets.garbage import pass_over_imported
from pewstats_assets.partitions import follow_warehouse, register_folder
from pewstats_assets.quarantine import put_back_matches
from pewstats_assets.retries import MAX_RETRIES
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import Databases
from pewstats_assets.warehouse.integrity import RULES, Rule
from pewstats_assets.warehouse.matches import waiting_batches
from pewstats_assets.warehouse.quarantine import in_quarantine
from pewstats_assets_tests.fights.events import damage
from pewstats_assets_tests.servers import PASSWORD
from pewstats_assets_tests.telemetry_folders import match_bytes, match_id_of, write_broken, write_matches

Register = Callable[[int, int], list[str]]
Retry = Callable[[], list[tuple[bool, str]]]
BATCH_RULES = [rule for rule in RULES if rule.per_batch]
TABLE_RULES = [rule for rule in RULES if not rule.per_batch]
SUCCEEDED = AssetCheckExecutionRecordStatus.SUCCEEDED
FAILED = AssetCheckExecutionRecordStatus.FAILED


@pytest.fixture
def register(tmp_path: Path, settings: Settings, databases: Databases, instance: dg.DagsterInstance) -> Register:
    """Register that many small matches in batches of that size."""

    def write_and_register(matches: int, batch_size: int) -> list[str]:
        write_matches(tmp_path / "telemetry", range(1, matches + 1))
        register_folder(databases, settings, tmp_path / "telemetry", batch_size)
        return follow_warehouse(databases, instance)

    return write_and_register


def counts(connection: psycopg.Connection) -> Any:
    return connection.execute(
        "SELECT (SELECT count(*) FROM team_fights), (SELECT count(*) FROM fight_participants),"
        " (SELECT count(DISTINCT (batch, player_account_id)) FROM player_profile_sums)"
    ).fetchone()


def rule_named(name: str) -> Rule:
    return next(rule for rule in RULES if rule.name == name)


def check_statuses(instance: dg.DagsterInstance, rule: Rule | str) -> dict[str | None, AssetCheckExecutionRecordStatus]:
    """The status of a check per batch, the newest of each."""
    rule = rule_named(rule) if isinstance(rule, str) else rule
    key = dg.AssetCheckKey(dg.AssetKey(rule.asset), rule.name)
    history = instance.event_log_storage.get_asset_check_execution_history(key, limit=100)
    return {record.partition: record.status for record in reversed(history)}


def test_a_batch_becomes_fights_participants_and_profiles(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    assert register(3, 2) == ["batch_00001", "batch_00002"]
    loaded = list(load_batches(instance, ["batch_00001"]))
    assert [(batch.batch, batch.failures) for batch in loaded] == [("batch_00001", [])]
    assert counts(connection) == (2, 6, 3)
    assert unfinished(instance, ["batch_00001", "batch_00002"]) == ["batch_00002"]
    run = instance.get_run_by_id(loaded[0].run_id)
    assert run is not None
    assert run.is_success
    assert [entry.user_message for entry in instance.all_logs(run.run_id) if "did not yield" in entry.message] == []


def test_the_ui_gets_row_counts_and_what_was_left_out(
    register: Register, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    write_broken(tmp_path / "telemetry")
    register(2, 100)
    list(load_batches(instance, ["batch_00001"]))
    metadata: dict[str, dict[str, Any]] = {}
    for asset in ASSETS:
        event = instance.get_latest_materialization_event(dg.AssetKey(asset))
        assert event is not None
        assert event.asset_materialization is not None
        assert event.asset_materialization.partition == "batch_00001"
        metadata[asset] = {key: value.value for key, value in event.asset_materialization.metadata.items()}
    assert metadata["telemetry"]["broken"] == 6
    assert metadata["telemetry"]["broken_by_reason"] == {
        "empty_file": 1, "broken_gzip": 1, "broken_json": 2, "not_an_array": 1, "no_events": 1,
    }  # fmt: skip
    assert metadata["team_fights"]["dagster/partition_row_count"] == 2
    assert metadata["fight_participants"]["dagster/partition_row_count"] == 6
    assert metadata["fight_participants"]["quarantined"] == 6
    # Two matches, and two halves of them.
    assert metadata["player_profiles"]["dagster/partition_row_count"] == 6
    assert (metadata["player_profiles"]["players"], metadata["player_profiles"]["names"]) == (3, 3)
    for name, value in {
        "matches": 8, "quarantined": 6, "fights": 2, "participants": 6, "participants_per_fight": 3.0,
    }.items():  # fmt: skip
        assert metadata["fight_participants"][name] == value
    left_out = [record.data for record in metadata["team_fights"]["quarantined_matches"].records]
    assert [(row["match_no"], row["reason"]) for row in left_out] == [
        (3, "empty_file"), (4, "broken_gzip"), (5, "broken_json"), (6, "broken_json"), (7, "not_an_array"),
        (8, "no_events"),
    ]  # fmt: skip
    for asset in ("telemetry", "team_fights"):
        assert metadata[asset]["matches_per_second"] > 0


def picture(instance: dg.DagsterInstance) -> Any:
    event = instance.get_latest_materialization_event(dg.AssetKey("fight_participants"))
    assert event is not None
    assert event.asset_materialization is not None
    return event.asset_materialization.metadata["largest_fight"].value


def test_a_run_does_not_look_for_garbage_among_what_it_has_imported(
    register: Register, instance: dg.DagsterInstance
) -> None:
    gc.unfreeze()
    pass_over_imported.cache_clear()
    list(load_batches(instance, register(1, 1)))
    assert gc.get_freeze_count() > len(gc.get_objects())


def test_the_ui_gets_a_picture_of_the_largest_fight(register: Register, instance: dg.DagsterInstance) -> None:
    register(2, 100)
    list(load_batches(instance, ["batch_00001"]))
    svg = ET.fromstring(unquote(picture(instance).partition(",")[2].removesuffix(">)")))  # noqa: S314  our own
    words = [element.text for element in svg.iter()]
    assert "Fight 1001: won by team 1" in words  # of as many participants as 2001, and the first
    assert {"a1", "a2", "b1"} < set(words)


def test_a_fight_that_cannot_be_drawn_is_told_and_fails_nothing(
    register: Register, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        msg = "no paper\nleft"
        raise ValueError(msg)

    monkeypatch.setattr("pewstats_assets.assets.pictures.draw_fight", fail)
    register(2, 100)
    (batch,) = load_batches(instance, ["batch_00001"])
    assert (batch.failures, batch.failed_checks) == ([], [])
    assert picture(instance) == "Fight 1001 cannot be drawn. ValueError: no paper"
    (told,) = [entry for entry in instance.all_logs(batch.run_id) if "cannot be drawn" in entry.user_message]
    assert told.level == logging.ERROR


def test_broken_files_are_quarantined_one_by_one_and_the_batch_succeeds(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, tmp_path: Path
) -> None:
    expected = write_broken(tmp_path / "telemetry")
    register(2, 100)
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == []
    rows = connection.execute(
        "SELECT file, reason, detail, byte_offset FROM matches WHERE status = 'quarantined'"
    ).fetchall()
    assert {file: reason for file, reason, _, _ in rows} == expected
    assert all(detail.endswith(".") for _, _, detail, _ in rows)
    assert {reason for _, reason, _, offset in rows if offset is not None} == {"broken_gzip", "broken_json"}
    assert connection.execute("SELECT count(*) FROM matches WHERE status = 'loaded'").fetchone() == (2,)


def test_a_file_that_changes_after_registration_is_quarantined(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, tmp_path: Path
) -> None:
    register(2, 100)
    changed, removed = sorted((tmp_path / "telemetry").iterdir())
    changed.write_bytes(removed.read_bytes())
    removed.unlink()
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == []
    rows = connection.execute("SELECT file, reason FROM matches ORDER BY match_no").fetchall()
    assert rows == [(str(changed), "file_changed"), (str(removed), "file_missing")]


@pytest.fixture
def retry(settings: Settings, databases: Databases) -> Retry:
    """Put back all that is quarantined: whether it is back, and what became of it."""

    def put_back_all() -> list[tuple[bool, str]]:
        with databases.connect() as connection:
            quarantined = in_quarantine(connection)
        return [(one.is_put_back, one.sentence) for one in put_back_matches(databases, settings, quarantined)]

    return put_back_all


def test_a_file_that_was_replaced_is_loaded_with_its_batch(
    register: Register,
    instance: dg.DagsterInstance,
    retry: Retry,
    connection: psycopg.Connection,
    tmp_path: Path,
) -> None:
    register(3, 100)
    _, second, third = sorted((tmp_path / "telemetry").iterdir())
    good = second.read_bytes()
    second.write_bytes(good[:-9])
    third.unlink()
    list(load_batches(instance, ["batch_00001"]))
    query = "SELECT match_no, status, reason FROM matches ORDER BY match_no"
    assert connection.execute(query).fetchall() == [
        (1, "loaded", None),
        (2, "quarantined", "file_changed"),
        (3, "quarantined", "file_missing"),
    ]
    assert unfinished(instance, ["batch_00001"], waiting_batches(connection)) == []

    second.write_bytes(gzip.compress(match_bytes(2), 1))
    third.write_bytes(gzip.compress(b"[" * 100_000))
    assert retry() == [(True, "Its file was replaced."), (True, "Its file was replaced.")]
    assert unfinished(instance, ["batch_00001"], waiting_batches(connection)) == ["batch_00001"]
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == []
    assert connection.execute(query).fetchall() == [
        (1, "loaded", None),
        (2, "loaded", None),
        (3, "quarantined", "too_deep"),
    ]
    assert counts(connection) == (2, 6, 3)
    assert unfinished(instance, ["batch_00001"], waiting_batches(connection)) == []


def test_what_is_put_back_is_said_in_a_sentence(
    register: Register,
    instance: dg.DagsterInstance,
    retry: Retry,
    connection: psycopg.Connection,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "telemetry"
    write_matches(folder, range(1, 2))
    names = [*(f"{match_id_of(number)}.json" for number in (12, 13, 14, 15)), "a.json", "b.json", "c.json"]
    for name in names:
        (folder / name).write_bytes(match_bytes(99)[:-9])
    register(0, 100)
    list(load_batches(instance, ["batch_00001"]))
    other, excluded, empty, gone, untold, duplicate, _ = [folder / name for name in names]
    other.write_bytes(match_bytes(22))
    excluded.write_bytes(match_bytes(13).replace(b"match.bro.official", b"match.bro.arcade"))
    empty.write_bytes(b"")
    gone.unlink()
    untold.write_bytes(match_bytes(30))
    duplicate.write_bytes(match_bytes(1))
    registered = f"{folder / match_id_of(1)}.json.gz"
    assert retry() == [
        (True, f"Its file is of match {match_id_of(22)}: put the file of match {match_id_of(12)} in its place."),
        (True, "It is excluded now. Matches of type arcade are not processed."),
        (True, "The file has no bytes. It is tried again all the same."),
        (False, "It stays in quarantine. The file is no longer there."),
        (True, "Its file was replaced."),
        (True, f"Its file is of match {match_id_of(1)}, which is registered with {registered} already."),
        (True, "Its file is the same as before; it is tried again all the same."),
    ]
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == []
    rows = connection.execute("SELECT file, status, reason, match_id::text FROM matches WHERE match_no > 1")
    assert {Path(file).name: of_file for file, *of_file in rows} == dict(
        zip(
            names,
            [
                ["quarantined", "wrong_match_id", match_id_of(12)],
                ["excluded", "match_type", match_id_of(13)],
                ["quarantined", "empty_file", match_id_of(14)],
                ["quarantined", "file_missing", match_id_of(15)],
                ["loaded", None, match_id_of(30)],
                ["quarantined", "wrong_match_id", None],
                ["quarantined", "broken_json", None],
            ],
            strict=True,
        )
    )


def test_a_run_and_the_registration_keep_to_the_limits_of_the_settings(
    databases: Databases,
    instance: dg.DagsterInstance,
    connection: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "telemetry"
    folder.mkdir()
    (folder / "untold.json").write_bytes(b" " * (1 << 17) + match_bytes(1))
    (folder / f"{match_id_of(2)}.json").write_bytes(match_bytes(2))
    monkeypatch.setenv("PEWSTATS_MAX_NESTING", "3")
    register_folder(databases, Settings.from_environment(), folder, 100)
    list(load_batches(instance, follow_warehouse(databases, instance)))
    query = "SELECT match_id::text, reason FROM matches ORDER BY match_no"
    assert connection.execute(query).fetchall() == [(match_id_of(2), "too_deep"), (None, "too_deep")]


def test_a_match_with_too_many_fights_is_tried_again(
    register: Register,
    instance: dg.DagsterInstance,
    retry: Retry,
    connection: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(1, 1)
    with monkeypatch.context() as no_room:
        no_room.setattr("pewstats_assets.assets.fights.MAX_FIGHTS_PER_MATCH", 0)
        list(load_batches(instance, ["batch_00001"]))
    assert connection.execute("SELECT reason FROM matches").fetchone() == ("too_many_fights",)
    assert retry() == [(True, "Its file is the same as before; it is tried again all the same.")]
    list(load_batches(instance, unfinished(instance, ["batch_00001"], waiting_batches(connection))))
    assert counts(connection) == (1, 3, 3)


def test_a_match_with_more_combat_than_any_is_quarantined(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pewstats_assets.fights.v2.engagements.MAX_LOOKED_AT", 0)
    register(1, 1)
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == []
    row = connection.execute("SELECT reason, detail FROM matches").fetchone()
    assert row == ("too_much_combat", "Clustering has to look at more than 0 events.")


def test_a_folder_that_is_away_fails_the_run_and_leaves_what_was_loaded(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, tmp_path: Path
) -> None:
    register(2, 100)
    list(load_batches(instance, ["batch_00001"]))
    (tmp_path / "telemetry").rename(tmp_path / "away")
    (batch,) = load_batches(instance, ["batch_00001"])
    assert any("2 of 2 files of batch_00001 cannot be read" in failure for failure in batch.failures)
    assert counts(connection) == (2, 6, 3)
    (tmp_path / "away").rename(tmp_path / "telemetry")
    (tmp_path / "telemetry" / f"{match_id_of(2)}.json.gz").unlink()
    (batch,) = load_batches(instance, ["batch_00001"])
    assert any("1 of 2 files" in failure for failure in batch.failures)
    assert counts(connection) == (2, 6, 3)


def test_a_hostile_match_does_not_spoil_the_others(
    register: Register,
    instance: dg.DagsterInstance,
    connection: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGTZ", "Asia/Tokyo")
    write_matches(tmp_path / "telemetry", range(1, 2))
    hostile = {
        2: match_bytes(2).replace(b"60.0", b"1e308").replace(b'"x": 0.0', b'"x": -1e300'),
        3: match_bytes(3).replace(b'"a1"', b'"' + random.Random(3).randbytes(9_000).hex().encode() + b'"'),
        4: match_bytes(4).replace(b"2025-07-12T17", b"9999-12-31T23"),
        5: match_bytes(5).replace(b"2025-07-12", b"0001-01-01"),
        6: match_bytes(6).replace(b'"a1"', b'"[red]\\u0000\'; DROP TABLE matches; --"'),
    }
    for number, content in hostile.items():
        (tmp_path / "telemetry" / f"{match_id_of(number)}.json").write_bytes(content)
    register(0, 100)
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == []
    assert connection.execute("SELECT count(*) FROM matches WHERE status = 'loaded'").fetchone() == (6,)
    profiles = connection.execute(
        "SELECT fights, damage_dealt FROM player_profiles WHERE player_name = 'b1'"
    ).fetchall()
    assert profiles == [(6, 180.0)]


def test_materializing_again_gives_identical_rows(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    register(3, 100)
    queries = [
        f"SELECT * FROM {t} ORDER BY {t}::text".encode()
        for t in ("team_fights", "fight_participants", "player_profile_sums", "player_names", "squad_profile_sums")
    ]
    list(load_batches(instance, ["batch_00001"]))
    before = [connection.execute(query).fetchall() for query in queries]
    list(load_batches(instance, ["batch_00001"]))
    assert [connection.execute(query).fetchall() for query in queries] == before


def test_every_check_is_evaluated_for_its_batch(register: Register, instance: dg.DagsterInstance) -> None:
    register(2, 1)
    list(load_batches(instance, ["batch_00001", "batch_00002"]))
    for rule in BATCH_RULES:
        assert check_statuses(instance, rule) == {
            "batch_00001": SUCCEEDED,
            "batch_00002": SUCCEEDED,
        }


def break_at_commit(connection: psycopg.Connection, batch: str) -> None:
    """Make participants of a batch lose their fight_id at the very end of the write, after it was verified."""
    connection.execute("ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL")
    connection.execute(
        "CREATE FUNCTION lose_fight() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN UPDATE fight_participants SET fight_id = NULL WHERE id = NEW.id; RETURN NULL; END'"
    )
    trigger = (
        "CREATE CONSTRAINT TRIGGER lose_fight AFTER INSERT ON fight_participants DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW WHEN (NEW.batch = '{batch}') EXECUTE FUNCTION lose_fight()"
    )
    connection.execute(trigger.encode())


def test_a_failing_check_fails_the_run_and_stops_the_profiles(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    register(2, 1)
    break_at_commit(connection, "batch_00001")
    broken, good = load_batches(instance, ["batch_00001", "batch_00002"])
    assert any("blocking asset check" in failure for failure in broken.failures)
    assert "fight_id_is_not_null" in broken.failed_checks
    assert good.failures == []
    assert check_statuses(instance, "fight_id_is_not_null") == {
        "batch_00001": FAILED,
        "batch_00002": SUCCEEDED,
    }
    assert connection.execute("SELECT DISTINCT batch FROM player_profile_sums").fetchall() == [("batch_00002",)]
    assert unfinished(instance, ["batch_00001", "batch_00002"]) == ["batch_00001"]


def test_a_repaired_batch_passes_again(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    register(1, 1)
    break_at_commit(connection, "batch_00001")
    list(load_batches(instance, ["batch_00001"]))
    connection.execute("DROP TRIGGER lose_fight ON fight_participants")
    (repaired,) = load_batches(instance, ["batch_00001"])
    assert repaired.failures == []
    assert check_statuses(instance, "fight_id_is_not_null") == {"batch_00001": SUCCEEDED}
    assert counts(connection) == (1, 3, 3)


def run_job(
    instance: dg.DagsterInstance, name: str, batch: str | None = None, last: str | None = None
) -> dg.ExecuteInProcessResult:
    """Run a job for nothing, for a batch, or for a range of batches in one run as backfills do."""
    tags = {"dagster/asset_partition_range_start": batch or "", "dagster/asset_partition_range_end": last or ""}
    return (
        build_defs()
        .resolve_job_def(name)
        .execute_in_process(
            instance=instance,
            partition_key=None if last else batch,
            tags=tags if last else None,
            raise_on_error=False,
        )
    )


def load_range(instance: dg.DagsterInstance, first: str, last: str) -> dg.ExecuteInProcessResult:
    """Run a range of batches in one run, as backfills do, even for a single batch."""
    return run_job(instance, JOB_NAME, first, last)


@pytest.mark.parametrize("batches", [["batch_00001"], ["batch_00001", "batch_00002", "batch_00003"]])
def test_in_a_run_of_a_backfill_each_batch_has_its_own_results(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, batches: list[str]
) -> None:
    register(3, 1)
    assert load_range(instance, batches[0], batches[-1]).success
    assert counts(connection) == (len(batches), 3 * len(batches), 3 * len(batches))
    for asset in ASSETS:
        assert instance.get_materialized_partitions(dg.AssetKey(asset)) == set(batches)
    for rule in BATCH_RULES:
        statuses = check_statuses(instance, rule)
        assert statuses.keys() == set(batches)
        assert set(statuses.values()) == {SUCCEEDED}, "nothing stays planned"


def test_in_a_run_of_several_batches_a_failed_check_stops_the_profiles_of_its_batch_alone(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    register(3, 1)
    break_at_commit(connection, "batch_00002")
    assert not load_range(instance, "batch_00001", "batch_00003").success
    statuses = check_statuses(instance, "fight_id_is_not_null")
    assert statuses == {"batch_00001": SUCCEEDED, "batch_00002": FAILED, "batch_00003": SUCCEEDED}
    assert materialized(instance, "player_profiles") == {"batch_00001", "batch_00003"}
    profiles = connection.execute("SELECT DISTINCT batch FROM player_profile_sums ORDER BY 1").fetchall()
    assert profiles == [("batch_00001",), ("batch_00003",)]


def materialized(instance: dg.DagsterInstance, asset: str) -> set[str]:
    return instance.get_materialized_partitions(dg.AssetKey(asset))


def fail_half_way(connection: psycopg.Connection, *batches: str) -> None:
    """Make the write of these batches fail at their last participant."""
    connection.execute(
        "CREATE FUNCTION fail_half_way() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE 'half way through %', NEW.batch; END$$"
    )
    trigger = (
        "CREATE TRIGGER fail_half_way BEFORE INSERT ON fight_participants FOR EACH ROW"
        f" WHEN (NEW.player_name = 'b1' AND NEW.batch IN ({', '.join(map(repr, batches))}))"
        " EXECUTE FUNCTION fail_half_way()"
    )
    connection.execute(trigger.encode())


def test_in_a_run_of_several_batches_those_that_fail_do_not_stop_the_others(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    batches = register(4, 1)
    fail_half_way(connection, "batch_00001", "batch_00003")
    result = load_range(instance, "batch_00001", "batch_00004")
    assert not result.success
    (failure,) = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    assert failure is not None
    assert "2 of 4 batches failed." in failure.message
    assert "batch_00001: half way through batch_00001; batch_00003: half way" in failure.message
    assert materialized(instance, "telemetry") == set(batches)
    for asset in ("team_fights", "fight_participants", "player_profiles"):
        assert materialized(instance, asset) == {"batch_00002", "batch_00004"}
    assert counts(connection) == (2, 6, 6)
    planned = AssetCheckExecutionRecordStatus.PLANNED
    for rule in BATCH_RULES:
        of_batch = check_statuses(instance, rule)
        assert of_batch == {
            "batch_00001": planned,
            "batch_00002": SUCCEEDED,
            "batch_00003": planned,
            "batch_00004": SUCCEEDED,
        }
    assert unfinished(instance, batches) == ["batch_00001", "batch_00003"]

    connection.execute("DROP TRIGGER fail_half_way ON fight_participants")
    assert load_range(instance, "batch_00003", "batch_00003").success
    assert unfinished(instance, batches) == ["batch_00001"]
    assert counts(connection) == (3, 9, 9)


@pytest.mark.parametrize("asset", ["team_fights", "fight_participants"])
def test_fights_and_participants_are_made_together_whichever_is_selected(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, asset: str
) -> None:
    register(1, 1)
    list(load_batches(instance, ["batch_00001"]))
    connection.execute("TRUNCATE team_fights, fight_participants, fight_knocks")
    job = build_defs().resolve_implicit_global_asset_job_def().get_subset(asset_selection={dg.AssetKey(asset)})
    result = job.execute_in_process(instance=instance, partition_key="batch_00001")
    assert result.success
    assert counts(connection) == (1, 3, 3)
    materializations = [event.asset_key for event in result.get_asset_materialization_events()]
    assert materializations == [dg.AssetKey("team_fights"), dg.AssetKey("fight_participants")]


def test_profiles_alone_are_made_of_the_fights_that_are_there(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, tmp_path: Path
) -> None:
    register(1, 1)
    list(load_batches(instance, ["batch_00001"]))
    connection.execute("DELETE FROM player_profile_sums")
    (tmp_path / "telemetry").rename(tmp_path / "away")
    job = build_defs().resolve_implicit_global_asset_job_def()
    alone = job.get_subset(asset_selection={dg.AssetKey("player_profiles")})
    assert alone.execute_in_process(instance=instance, partition_key="batch_00001").success
    assert counts(connection) == (1, 3, 3)


def evaluations(result: dg.ExecuteInProcessResult, rule: str) -> dict[str | None, dg.AssetCheckEvaluation]:
    return {check.partition: check for check in result.get_asset_check_evaluations() if check.check_name == rule}


@pytest.mark.parametrize("last", [None, "batch_00002"])
def test_an_evaluation_says_how_many_rows_which_and_how_to_repair_them(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, last: str | None
) -> None:
    register(8, 4)
    break_at_commit(connection, "batch_00002")
    result = run_job(instance, JOB_NAME, "batch_00001" if last else "batch_00002", last)
    of_batch = evaluations(result, "fight_id_is_not_null")
    assert of_batch.keys() == ({"batch_00001", "batch_00002"} if last else {"batch_00002"})
    failed = of_batch["batch_00002"]
    assert not failed.passed
    assert failed.blocking
    assert failed.severity is dg.AssetCheckSeverity.ERROR
    metadata = {key: value.value for key, value in failed.metadata.items()}
    assert metadata["violations"] == 12
    assert isinstance(metadata["samples"], list)
    assert len(metadata["samples"]) == 10
    assert metadata["samples"][0] == {
        "batch": "batch_00002",
        "id": 5001001,
        "match_id": match_id_of(5),
        "player_name": "a1",
    }
    assert str(metadata["repair"]).startswith("Materialize the batch again")
    assert str(failed.description).startswith("Broken by 12 rows of batch_00002.")
    if last:
        assert of_batch["batch_00001"].passed
        assert of_batch["batch_00001"].metadata["samples"].value == []


def test_a_failing_check_of_the_fights_alone_stops_the_profiles(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    register(1, 1)
    connection.execute(
        "CREATE FUNCTION forget_a_team() RETURNS trigger LANGUAGE plpgsql AS"
        """ 'BEGIN NEW.team_outcomes = ''{"1": "WON"}''; RETURN NEW; END'"""
    )
    connection.execute(
        "CREATE TRIGGER forget BEFORE INSERT ON team_fights FOR EACH ROW EXECUTE FUNCTION forget_a_team()"
    )
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failed_checks == ["team_outcomes_name_the_teams"]
    assert any("blocking asset check" in failure for failure in batch.failures)
    assert counts(connection) == (1, 3, 0)


@pytest.mark.parametrize("in_words", ["blocking asset check", 'relation "nowhere" does not exist'])
def test_profiles_stay_as_they_were_unless_the_checks_of_the_fights_have_passed(
    register: Register,
    instance: dg.DagsterInstance,
    connection: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    in_words: str,
) -> None:
    register(1, 1)
    list(load_batches(instance, ["batch_00001"]))
    connection.execute("UPDATE player_profile_sums SET player_name = 'of the first load'")
    if "nowhere" in in_words:
        unanswerable = replace(rule_named("duration_is_0_to_240_s"), violations="SELECT batch FROM nowhere")
        monkeypatch.setattr("pewstats_assets.checks._BATCH_RULES", [unanswerable])
    else:
        break_at_commit(connection, "batch_00001")
    (batch,) = load_batches(instance, ["batch_00001"])
    assert any(in_words in failure for failure in batch.failures)
    names = connection.execute("SELECT DISTINCT player_name FROM player_profile_sums").fetchall()
    assert names == [("of the first load",)]


def test_a_failing_check_of_the_profiles_fails_the_run(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    register(1, 1)
    connection.execute(
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        "CREATE TRIGGER lose BEFORE INSERT ON player_profile_sums FOR EACH ROW WHEN (NEW.player_name = 'a1')"
        " EXECUTE FUNCTION lose()"
    )
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failed_checks == ["profiles_are_the_sums_of_the_participants"]
    assert any("blocking asset check" in failure for failure in batch.failures)
    assert check_statuses(instance, "profiles_are_the_sums_of_the_participants") == {"batch_00001": FAILED}


def test_what_is_only_reported_does_not_stop_the_batch(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, tmp_path: Path
) -> None:
    write_broken(tmp_path / "telemetry")
    register(2, 100)
    (batch,) = load_batches(instance, ["batch_00001"])
    assert (batch.failures, batch.failed_checks) == (
        [],
        ["quarantined_below_5_percent", "quarantined_below_25_percent"],
    )
    assert counts(connection) == (2, 6, 3)
    result = run_job(instance, BATCH_CHECK_JOB_NAME, "batch_00001")
    assert result.success
    severities = {
        check.check_name: check.severity for check in result.get_asset_check_evaluations() if not check.passed
    }
    assert severities == {
        "quarantined_below_5_percent": dg.AssetCheckSeverity.WARN,
        "quarantined_below_25_percent": dg.AssetCheckSeverity.ERROR,
    }


def test_negative_damage_of_an_npc_is_reported_and_does_not_stop_the_batch(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, tmp_path: Path
) -> None:
    """By the rules of v2, an NPC's damage is in the total of its fight, but not among the participants."""
    write_matches(tmp_path / "telemetry", range(1, 2))
    events = json.loads(match_bytes(2))
    events.append(damage(65, "Guard@2", "a1@1", -20.0))
    (tmp_path / "telemetry" / f"{match_id_of(2)}.json").write_text(json.dumps(events), encoding="utf-8")
    register(0, 100)
    (batch,) = load_batches(instance, ["batch_00001"])
    assert (batch.failures, batch.failed_checks) == ([], ["damage_is_within_the_total"])
    assert counts(connection)[2] == 3


@pytest.mark.parametrize("last", [None, "batch_00002"])
def test_the_checks_of_batches_run_alone(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, last: str | None
) -> None:
    register(2, 1)
    list(load_batches(instance, ["batch_00001", "batch_00002"]))
    connection.execute("UPDATE team_fights SET total_damage = 1 WHERE id = 1001")
    result = run_job(instance, BATCH_CHECK_JOB_NAME, "batch_00001", last)
    assert result.success, "it does not block"
    evaluated = {check.check_name for check in result.get_asset_check_evaluations()}
    assert evaluated == {rule.name for rule in BATCH_RULES}
    statuses = check_statuses(instance, "damage_is_within_the_total")
    assert (statuses["batch_00001"], statuses["batch_00002"]) == (FAILED, SUCCEEDED)
    assert len(instance.get_materialized_partitions(dg.AssetKey("team_fights"))) == 2


def test_one_check_of_a_batch_runs_alone(register: Register, instance: dg.DagsterInstance) -> None:
    register(1, 1)
    list(load_batches(instance, ["batch_00001"]))
    key = dg.AssetCheckKey(dg.AssetKey("fight_participants"), "every_fight_id_has_a_fight")
    job = build_defs().resolve_implicit_global_asset_job_def()
    alone = job.get_subset(asset_selection=set(), asset_check_selection={key})
    result = alone.execute_in_process(instance=instance, partition_key="batch_00001")
    assert [check.asset_check_key for check in result.get_asset_check_evaluations()] == [key]


def test_the_checks_of_whole_tables_are_about_no_batch_and_not_part_of_a_load(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection
) -> None:
    register(1, 1)
    list(load_batches(instance, ["batch_00001"]))
    as_from_the_ui = {dg.AssetKey(asset) for asset in ASSETS}
    job = build_defs().resolve_implicit_global_asset_job_def().get_subset(asset_selection=as_from_the_ui)
    loaded = job.execute_in_process(instance=instance, partition_key="batch_00001")
    assert len(loaded.get_asset_check_evaluations()) == len(BATCH_RULES)
    assert [check_statuses(instance, rule) for rule in TABLE_RULES] == [{}] * len(TABLE_RULES)
    result = run_job(instance, TABLE_CHECK_JOB_NAME)
    assert result.success
    assert {check.check_name for check in result.get_asset_check_evaluations()} == {rule.name for rule in TABLE_RULES}
    connection.execute("ALTER TABLE fight_participants DROP CONSTRAINT fight_participants_fight_id_fkey")
    run_job(instance, TABLE_CHECK_JOB_NAME)
    assert check_statuses(instance, "constraints_are_in_force") == {None: FAILED}
    assert check_statuses(instance, "every_row_belongs_to_its_batch") == {None: SUCCEEDED}


def fail_insert(
    connection: psycopg.Connection, *, sqlstate: str, times: int, table: str = "fight_participants"
) -> None:
    """Make the first inserts into a table fail; a sequence counts them, since it is not rolled back."""
    connection.execute("CREATE SEQUENCE attempts")
    function = (
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN IF nextval('attempts') <= {times} THEN RAISE 'on purpose' USING ERRCODE = '{sqlstate}'; END IF;"
        " RETURN NULL; END$$"
    )
    connection.execute(function.encode())
    connection.execute(f"CREATE TRIGGER fail BEFORE INSERT ON {table} EXECUTE FUNCTION fail()".encode())


def test_an_operational_error_is_rolled_back_and_tried_again(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pewstats_assets.retries.WAIT_S", 0)
    register(2, 100)
    fail_insert(connection, sqlstate="57P01", times=2)
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == []
    assert counts(connection) == (2, 6, 3)


def test_a_run_that_cannot_connect_has_failed(
    register: Register, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(1, 1)
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", f"postgresql://postgres:{PASSWORD}@127.0.0.1:9/nowhere")
    (batch,) = load_batches(instance, ["batch_00001"])
    (failure,) = batch.failures
    assert "PostgreSQL cannot be used (127.0.0.1, database nowhere)" in failure
    assert PASSWORD not in failure


@pytest.fixture
def dagster_storage(databases: Databases) -> Iterator[psycopg.Connection]:
    """A connection to Dagster's own storage that commits at once."""
    with psycopg.connect(databases.dagster_url.replace("+psycopg2", ""), autocommit=True) as connection:
        yield connection


def test_a_run_that_dagster_cannot_record_is_started_anew(
    register: Register,
    instance: dg.DagsterInstance,
    dagster_storage: psycopg.Connection,
    connection: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pewstats_assets.backfill.WAIT_S", 0)
    register(1, 1)
    fail_insert(dagster_storage, sqlstate="57P01", times=2, table="runs")
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == []
    assert counts(connection) == (1, 3, 3)


def test_a_run_that_dagster_can_never_record_fails_in_words(
    register: Register,
    instance: dg.DagsterInstance,
    dagster_storage: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pewstats_assets.backfill.WAIT_S", 0)
    register(1, 1)
    fail_insert(dagster_storage, sqlstate="57P01", times=100, table="runs")
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == ["Dagster's storage failed, and with it the run: on purpose."]
    assert dagster_storage.execute("SELECT last_value FROM attempts").fetchone() == (1 + MAX_RETRIES,)


@pytest.mark.parametrize("sqlstate", ["23514", "54000"])
def test_an_error_of_data_fails_at_once_and_leaves_nothing(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, sqlstate: str
) -> None:
    register(2, 100)
    fail_insert(connection, sqlstate=sqlstate, times=1)
    (batch,) = load_batches(instance, ["batch_00001"])
    assert any("on purpose" in failure for failure in batch.failures)
    assert counts(connection) == (0, 0, 0)
    assert connection.execute("SELECT DISTINCT status FROM matches").fetchall() == [("registered",)]


def test_a_batch_without_a_usable_match_is_complete_and_empty(
    register: Register, instance: dg.DagsterInstance, connection: psycopg.Connection, tmp_path: Path
) -> None:
    write_broken(tmp_path / "telemetry")
    register(0, 100)
    (batch,) = load_batches(instance, ["batch_00001"])
    assert batch.failures == []
    assert counts(connection) == (0, 0, 0)
    assert unfinished(instance, ["batch_00001"]) == []


def test_what_fails_the_comparison_of_players_is_told(
    instance: dg.DagsterInstance, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its step, and before it: a run that cannot connect has none."""
    assert compare_players(instance) == []
    connection.execute("ALTER TABLE population_figures RENAME TO gone")
    (failure,) = compare_players(instance)
    assert failure.startswith("player_populations: ")
    assert 'relation "population_figures" does not exist' in failure
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", f"postgresql://me:{PASSWORD}@127.0.0.1:9/pewstats")
    (failure,) = compare_players(instance)
    assert "PostgreSQL cannot be used (127.0.0.1, database pewstats)" in failure
    assert PASSWORD not in failure
