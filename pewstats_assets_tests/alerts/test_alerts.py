"""Alerts of real Dagster runs on PostgreSQL, received by a real web server: what is told, to whom, how often."""

import io
import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import psycopg
import pytest

from pewstats_assets.backfill import load_batches
from pewstats_assets.definitions import JOB_NAME, build_defs
from pewstats_assets.partitions import follow_warehouse, register_folder
from pewstats_assets.sensors import NOT_SET, alerts
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import Databases
from pewstats_assets_tests.receivers import HttpReceiver, http_receiver
from pewstats_assets_tests.telemetry_folders import write_matches

CHECK = "fight_id_is_not_null"
ASSET = "fight_participants"


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as receiver:
        yield receiver


@pytest.fixture
def other() -> Iterator[HttpReceiver]:
    with http_receiver() as receiver:
        yield receiver


class Sensor:
    """Ticks the sensor as the daemon does, with the cursor of the tick before; each tick is a new process' first."""

    def __init__(self, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
        self.instance = instance
        self.cursor: str | None = None
        self._environment = monkeypatch

    def tell(self, *urls: str, **environment: str) -> None:
        """Set the receivers."""
        self._environment.setenv("PEWSTATS_ALERT_URLS", ", ".join(urls))
        for name, value in environment.items():
            self._environment.setenv(name, value)

    def tick(self) -> str:
        """Tick once; return what the UI shows."""
        context = dg.build_sensor_context(self.instance, cursor=self.cursor)
        result = alerts(context)
        assert isinstance(result, dg.SkipReason)
        self.cursor = context.cursor
        return result.skip_message or ""

    def settle(self) -> str:
        """Tick until everything that is in the log has been told, or tried."""
        self.tick()
        return self.tick()


@pytest.fixture
def sensor(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> Sensor:
    return Sensor(instance, monkeypatch)


def evaluate(
    instance: dg.DagsterInstance,
    *,
    passed: bool = False,
    check: str = CHECK,
    batch: str | None = "batch_00001",
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
    run: str | None = None,
    **metadata: Any,
) -> None:
    """Log a result of a run, or of one of its own."""
    evaluation = dg.AssetCheckEvaluation(
        dg.AssetKey(ASSET), check, passed, metadata, severity=severity, partition=batch, blocking=True
    )
    event = dg.DagsterEvent(dg.DagsterEventType.ASSET_CHECK_EVALUATION.value, JOB_NAME, event_specific_data=evaluation)
    instance.report_dagster_event(event, run_id=run or str(uuid4()))


@pytest.fixture
def batches(tmp_path: Path, settings: Settings, databases: Databases, instance: dg.DagsterInstance) -> list[str]:
    """Three batches of a match, and Dagster knows them."""
    write_matches(tmp_path / "telemetry", range(1, 4))
    register_folder(databases, settings, tmp_path / "telemetry", 1)
    return follow_warehouse(databases, instance)


def lose_fights(connection: psycopg.Connection, batch: str) -> None:
    """Make a participant of a batch lose its fight_id at the very end of the write."""
    connection.execute("ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL")
    connection.execute(
        "CREATE OR REPLACE FUNCTION lose_fight() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN UPDATE fight_participants SET fight_id = NULL WHERE id = NEW.id; RETURN NULL; END'"
    )
    trigger = (
        f"CREATE CONSTRAINT TRIGGER lose_{batch} AFTER INSERT ON fight_participants DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW WHEN (NEW.batch = '{batch}' AND NEW.player_name = 'a1') EXECUTE FUNCTION lose_fight()"
    )
    connection.execute(trigger.encode())


def repair(connection: psycopg.Connection, batch: str) -> None:
    connection.execute(f"DROP TRIGGER lose_{batch} ON fight_participants".encode())


def load_range(instance: dg.DagsterInstance, first: str, last: str) -> dg.ExecuteInProcessResult:
    tags = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
    job = build_defs().resolve_job_def(JOB_NAME)
    return job.execute_in_process(instance=instance, tags=tags, raise_on_error=False)


def test_a_failed_check_is_told_once_and_once_more_when_it_passes_again(
    sensor: Sensor, receiver: HttpReceiver, batches: list[str], connection: psycopg.Connection
) -> None:
    sensor.tell(receiver.url, PEWSTATS_UI_URL="http://ui.example:3000")
    lose_fights(connection, "batch_00001")
    (loaded, _) = load_batches(sensor.instance, ["batch_00001", "batch_00002"])
    sensor.settle()
    sensor.settle()
    (message,) = receiver.told_of(CHECK)
    assert message["title"] == f"Check failed (ERROR): {CHECK} on {ASSET}, batch_00001, 1 rows"
    assert not receiver.told_of("Run failed"), "a run that fails by its checks"
    assert message["type"] == "failure"
    lines = dict(line.split(": ", 1) for line in message["message"].splitlines())
    assert lines["Check"] == CHECK
    assert lines["Asset"] == ASSET
    assert lines["Batch"] == "batch_00001"
    assert lines["Count"] == "1"
    assert lines["Run"] == f"http://ui.example:3000/runs/{loaded.run_id}"
    assert lines["Sample 1"]

    repair(connection, "batch_00001")
    list(load_batches(sensor.instance, ["batch_00001", "batch_00002"]))
    sensor.settle()
    sensor.settle()
    assert [message["title"] for message in receiver.told_of(CHECK)[1:]] == [
        f"Passes again: {CHECK} on {ASSET}, batch_00001"
    ]


def test_a_check_that_fails_in_each_of_two_runs_is_told_twice(
    sensor: Sensor, receiver: HttpReceiver, batches: list[str], connection: psycopg.Connection
) -> None:
    sensor.tell(receiver.url)
    lose_fights(connection, "batch_00001")
    list(load_batches(sensor.instance, ["batch_00001", "batch_00001"]))
    sensor.settle()
    first, second = receiver.told_of(CHECK)
    assert first["title"] == second["title"]
    assert first["message"] != second["message"]


def test_a_check_that_a_run_tries_again_is_told_once(sensor: Sensor, receiver: HttpReceiver) -> None:
    sensor.tell(receiver.url)
    run = str(uuid4())
    evaluate(sensor.instance, run=run)
    evaluate(sensor.instance, run=run, batch="batch_00002")
    sensor.settle()
    evaluate(sensor.instance, run=run)
    evaluate(sensor.instance, run=run, batch="batch_00002", passed=True)
    sensor.settle()
    assert [(title.split()[0], title.split()[-1]) for title in receiver.titles] == [
        ("Check", "batch_00001"),
        ("Check", "batch_00002"),
        ("Passes", "batch_00002"),
    ]


def test_a_run_of_a_range_tells_each_broken_batch_once(
    sensor: Sensor, receiver: HttpReceiver, batches: list[str], connection: psycopg.Connection
) -> None:
    sensor.tell(receiver.url)
    for batch in ("batch_00001", "batch_00003"):
        lose_fights(connection, batch)
    assert not load_range(sensor.instance, batches[0], batches[-1]).success
    sensor.settle()
    assert [message["title"] for message in receiver.told_of(CHECK)] == [
        f"Check failed (ERROR): {CHECK} on {ASSET}, batch_00001, 1 rows",
        f"Check failed (ERROR): {CHECK} on {ASSET}, batch_00003, 1 rows",
    ]
    assert not receiver.told_of("Run failed")
    repair(connection, "batch_00003")
    load_range(sensor.instance, batches[2], batches[2])
    sensor.settle()
    assert [message["title"] for message in receiver.told_of(CHECK)[2:]] == [
        f"Passes again: {CHECK} on {ASSET}, batch_00003"
    ]


def test_a_check_of_a_whole_table_is_told(sensor: Sensor, receiver: HttpReceiver) -> None:
    sensor.tell(receiver.url)
    evaluate(sensor.instance, batch=None, check="constraints_exist", violations=1)
    evaluate(sensor.instance, batch=None, check="constraints_exist", passed=True)
    sensor.settle()
    assert receiver.titles == [
        f"Check failed (ERROR): constraints_exist on {ASSET}, whole table, 1 rows",
        f"Passes again: constraints_exist on {ASSET}, whole table",
    ]


def test_a_run_that_fails_otherwise_is_told_once_without_secrets(
    sensor: Sensor, receiver: HttpReceiver, batches: list[str], connection: psycopg.Connection
) -> None:
    sensor.tell(receiver.url)
    connection.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE 'no way to postgresql://me:hunter2@db/x <@everyone>' USING ERRCODE = '23514'; END$$"
    )
    connection.execute("CREATE TRIGGER refuse BEFORE INSERT ON team_fights EXECUTE FUNCTION refuse()")
    (loaded,) = load_batches(sensor.instance, ["batch_00002"])
    sensor.settle()
    sensor.settle()
    (message,) = receiver.messages
    assert message["title"] == f"Run failed: {JOB_NAME}, batch_00002"
    lines = dict(line.split(": ", 1) for line in message["message"].splitlines())
    assert lines["Batch"] == "batch_00002"
    assert lines["Error"].startswith("CheckViolation: no way to postgresql")
    assert "hunter2" not in str(receiver.messages)
    assert "@" not in message["message"]
    assert lines["Run"].endswith(f"/runs/{loaded.run_id}")


def test_a_run_that_dies_or_never_starts_is_told_once(sensor: Sensor, receiver: HttpReceiver) -> None:
    sensor.tell(receiver.url)
    run = build_defs().resolve_job_def(JOB_NAME)
    created = sensor.instance.create_run_for_job(run, tags={"dagster/partition": "batch_00007"})
    sensor.instance.report_run_failed(created, "Run execution process for the run unexpectedly exited.")
    sensor.instance.report_run_failed(created, "Run execution process for the run unexpectedly exited.")
    sensor.settle()
    (message,) = receiver.messages
    assert message["title"] == f"Run failed: {JOB_NAME}, batch_00007"
    assert "Error: Run execution process for the run unexpectedly exited." in message["message"]


@pytest.mark.parametrize(("threshold", "told"), [("WARN", 3), ("ERROR", 2)])
def test_the_severity_that_is_told_is_a_setting(
    sensor: Sensor, receiver: HttpReceiver, threshold: str, told: int
) -> None:
    sensor.tell(receiver.url, PEWSTATS_ALERT_SEVERITY=threshold)
    evaluate(sensor.instance)
    evaluate(sensor.instance, check="other", severity=dg.AssetCheckSeverity.WARN)
    evaluate(sensor.instance, check="third")
    sensor.settle()
    assert len(receiver.messages) == told


def test_without_receivers_the_ui_says_so_and_nothing_is_lost(sensor: Sensor, receiver: HttpReceiver) -> None:
    sensor.tell()
    evaluate(sensor.instance)
    assert sensor.settle() == NOT_SET
    sensor.tell(receiver.url)
    sensor.settle()
    assert len(receiver.messages) == 1


def test_a_receiver_that_was_down_gets_all_oldest_first_and_the_other_does_not_wait(
    sensor: Sensor, receiver: HttpReceiver, other: HttpReceiver
) -> None:
    sensor.tell(receiver.url, other.url)
    receiver.status = 503
    for number in range(1, 16):
        evaluate(sensor.instance, check=f"rule_{number:02}")
    shown = sensor.settle()
    assert "receiver 1 (json): 0 sent, 15 waiting. It answered with HTTP status 503." in shown
    assert "receiver 2 (json): 15 sent, 0 waiting." in shown
    for number in range(1, 6):
        evaluate(sensor.instance, check=f"rule_{number:02}", passed=True)
    sensor.settle()
    receiver.status = 200
    sensor.tick()
    assert receiver.messages == other.messages
    assert [title.split()[3] for title in receiver.titles[:15]] == [f"rule_{number:02}" for number in range(1, 16)]
    assert [title.split()[:3] for title in receiver.titles[15:]] == [
        ["Passes", "again:", f"rule_{number:02}"] for number in range(1, 6)
    ]
    sensor.settle()
    assert len(receiver.messages) == len(other.messages) == 20


def test_more_than_twenty_come_in_digests_oldest_first(sensor: Sensor, receiver: HttpReceiver) -> None:
    sensor.tell(receiver.url)
    receiver.status = 503
    for number in range(45):
        evaluate(sensor.instance, check=f"rule_{number:02}", batch=f"batch_{number:05}", violations=number)
        if number % 10 == 0:
            sensor.settle()
    sensor.settle()
    receiver.status = 200
    sensor.tick()
    assert receiver.titles == [f"Digest of {count} alerts, oldest first" for count in (20, 20, 5)]
    lines = [line for message in receiver.messages for line in message["message"].splitlines()]
    assert len(lines) == 45
    for number, line in enumerate(lines):
        assert f"Check failed (ERROR): rule_{number:02} on {ASSET}, batch_{number:05}, {number} rows." in line
    sensor.settle()
    assert len(receiver.messages) == 3


def test_after_a_message_that_was_not_accepted_the_next_tick_goes_on_there(
    sensor: Sensor, receiver: HttpReceiver
) -> None:
    sensor.tell(receiver.url)
    for number in range(3):
        evaluate(sensor.instance, check=f"rule_{number}")
    receiver.refuse_after = 2
    sensor.settle()
    assert len(receiver.messages) == 2
    receiver.refuse_after = None
    sensor.settle()
    assert [title.split()[3] for title in receiver.titles] == ["rule_0", "rule_1", "rule_2"]


def test_what_there_is_no_time_for_comes_with_the_next_tick(
    sensor: Sensor, receiver: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pewstats_assets.alerts.delivery.PATIENCE_S", 0.5)
    sensor.tell(receiver.url)
    for number in range(5):
        evaluate(sensor.instance, check=f"rule_{number}")
    receiver.delay_s = 0.3
    assert "There was no time for more." in sensor.settle()
    assert len(receiver.messages) < 5
    receiver.delay_s = 0
    sensor.settle()
    assert [title.split()[3] for title in receiver.titles] == [f"rule_{number}" for number in range(5)]


def test_a_new_url_in_place_of_one_goes_on_where_that_was(
    sensor: Sensor, receiver: HttpReceiver, other: HttpReceiver
) -> None:
    sensor.tell("json://127.0.0.1:1/typing-error", "not-a-url-but-a-secret", other.url)
    assert "receiver 2 (malformed): 0 sent, 0 waiting. apprise does not understand this URL" in sensor.settle()
    evaluate(sensor.instance)
    assert "receiver 2 (malformed): 0 sent, 1 waiting. apprise does not understand this URL" in sensor.settle()
    assert len(other.messages) == 1
    sensor.tell(receiver.url, other.url)
    sensor.settle()
    assert len(receiver.messages) == len(other.messages) == 1


def test_a_url_that_is_added_begins_with_what_is_new(
    sensor: Sensor, receiver: HttpReceiver, other: HttpReceiver
) -> None:
    sensor.tell(receiver.url)
    evaluate(sensor.instance)
    sensor.settle()
    sensor.tell(receiver.url, other.url)
    evaluate(sensor.instance, check="new")
    sensor.settle()
    assert len(receiver.messages) == 2
    assert len(other.messages) == 1


def test_an_event_that_is_committed_late_is_told(sensor: Sensor, receiver: HttpReceiver, databases: Databases) -> None:
    """A transaction that has taken its id is not seen before its commit; one with a higher id can be faster."""
    sensor.tell(receiver.url)
    evaluate(sensor.instance, check="first")
    dagster = databases.dagster_url.replace("postgresql+psycopg2", "postgresql")
    with psycopg.connect(dagster) as slow:
        slow.execute(
            "INSERT INTO event_logs (run_id, event, dagster_event_type, timestamp, step_key, asset_key, partition)"
            " SELECT run_id, replace(event, '\"first\"', '\"slow\"'), dagster_event_type, timestamp, step_key,"
            " asset_key, partition FROM event_logs"
        )
        evaluate(sensor.instance, check="fast")
        sensor.tick()
    sensor.settle()
    sensor.settle()
    assert [title.split()[3] for title in receiver.titles] == ["first", "slow", "fast"]


def test_a_long_log_is_read_in_pages_without_gaps(
    sensor: Sensor, receiver: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pewstats_assets.sensors.alerting.PAGE", 3)
    sensor.tell(receiver.url)
    job = build_defs().resolve_job_def(JOB_NAME)
    expected = []
    for number in range(16):
        if number % 3 == 0:
            batch = f"batch_{number:05}"
            sensor.instance.report_run_failed(
                sensor.instance.create_run_for_job(job, tags={"dagster/partition": batch})
            )
            expected.append(f"Run failed: {JOB_NAME}, {batch}")
        elif number % 4 == 0:
            evaluate(sensor.instance, check=f"rule_{number}")
            expected.append(f"Check failed (ERROR): rule_{number} on {ASSET}, batch_00001")
        else:
            evaluate(sensor.instance, check=f"rule_{number}", passed=True)
    sensor.settle()
    assert receiver.titles == expected


NAMES: Sequence[str] = (
    "@everyone",
    "<@123456>",
    "<!channel>",
    "[click](https://evil.example/x)",
    "**bold** _it_ `code` ~~no~~ ||spoiler||",
    "<b>x</b><script>alert(1)</script>&lt;",
    "\u202egnp.exe\u2066",
    "line\nCheck: forged\r\n# heading\x1b[31m\x00",
    "evil.example",
    '", id=1, x="',
    "\ud800",
    "\U0001f600" * 500,
)


def test_names_of_players_are_data(sensor: Sensor, receiver: HttpReceiver) -> None:
    sensor.tell(receiver.url)
    for name in NAMES:
        evaluate(sensor.instance, check="rule", batch="batch_00001", samples=[{"id": 7, "player_name": name}] * 10)
        sensor.settle()
    assert len(receiver.messages) == len(NAMES)
    for name, message in zip(NAMES, receiver.messages, strict=True):
        samples = [line for line in message["message"].splitlines() if line.startswith("Sample ")]
        assert len(samples) == 5
        text = samples[0].removeprefix('Sample 1: id=7, player_name="')
        assert text.isascii()
        assert text.isprintable()
        assert not set("@<>&*`~|#[]{}$^") & set(text)
        assert "evil.example" not in text
        assert message["message"].count("\nCheck: ") == 0
        if len(name) < 100:
            assert json.loads(f'"{text}') == name


def test_missing_metadata_does_not_matter(sensor: Sensor, receiver: HttpReceiver) -> None:
    sensor.tell(receiver.url)
    evaluate(sensor.instance, violations="many", samples="none", repair=7)
    evaluate(sensor.instance, check="other", samples=[1, None, ["x"], 1.5], repair="Materialize batch_00001 again.")
    sensor.settle()
    first, second = (message["message"] for message in receiver.messages)
    assert "Count: unknown" in first
    assert "Sample" not in first
    assert 'Sample 3: \\u005b"x"\\u005d' in second
    assert "Repair: Materialize batch_00001 again." in second


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that anybody logs, as a program sees it that has set its logging to DEBUG."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_secret_reaches_the_cursor_the_ui_or_the_logs(
    sensor: Sensor, receiver: HttpReceiver, capfd: pytest.CaptureFixture[str], log: io.StringIO
) -> None:
    secret = HttpReceiver.SECRET
    sensor.tell(receiver.url, f"{secret}", f"discord://{secret}", f"json://user:{secret}@127.0.0.1:1/{secret}")
    receiver.status = 401
    evaluate(sensor.instance)
    shown = sensor.settle()
    assert "HTTP status 401" in shown
    out, err = capfd.readouterr()
    for text in (shown, sensor.cursor or "", log.getvalue(), out, err, repr(Settings.from_environment())):
        assert secret not in text
