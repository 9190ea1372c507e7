"""Alerts as a person gets them: `pewstats ui` with its daemon, a broken row in PostgreSQL, a message in a minute."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pewstats_assets.checks import BATCH_CHECK_SPECS
from pewstats_assets.definitions import JOB_NAME
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.receivers import HttpReceiver, http_receiver
from pewstats_assets_tests.telemetry_folders import write_matches
from pewstats_assets_tests.test_ui import LAUNCH, RUN, GraphQL, user_interface, wait_until

CHECK = "fight_id_is_not_null"
PROCESS = """
query ($run: ID!) { runOrError(runId: $run) { ... on Run { eventConnection { events {
  ... on EngineEvent { metadataEntries { label ... on TextMetadataEntry { text } } }
} } } } }
"""


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as receiver:
        yield receiver


@pytest.fixture
def pewstats(tmp_path: Path, database_url: str) -> Pewstats:
    """Two batches of a match each are registered."""
    pewstats = Pewstats(tmp_path / "home", database_url)
    write_matches(tmp_path / "telemetry", range(1, 3))
    pewstats.run("register", str(tmp_path / "telemetry"), "--batch-size", "1")
    return pewstats


def launch(ask: GraphQL, batch: str, job: str = JOB_NAME, **selection: Any) -> str:
    location = {"repositoryName": "__repository__", "repositoryLocationName": "pewstats_assets.definitions"}
    parameters = {
        "selector": {**location, "jobName": job, **selection},
        "executionMetadata": {"tags": [{"key": "dagster/partition", "value": batch}]},
    }
    launched = ask(LAUNCH, parameters=parameters)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    return str(launched["run"]["runId"])


def wait_for_end(ask: GraphQL, run: str) -> str:
    wait_until(lambda: ask(RUN, run=run)["runOrError"]["status"] in {"SUCCESS", "FAILURE"})
    return str(ask(RUN, run=run)["runOrError"]["status"])


def test_a_broken_row_reaches_a_person_and_its_repair_too(
    pewstats: Pewstats, receiver: HttpReceiver, database_url: str
) -> None:
    pewstats.run("backfill")
    pewstats.environment["PEWSTATS_ALERT_URLS"] = receiver.url
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL")
        (broken,) = connection.execute(
            "UPDATE fight_participants SET fight_id = NULL"
            " WHERE batch = 'batch_00002' AND player_name = 'a1' RETURNING id"
        ).fetchall()
    checks = [{"assetKey": {"path": spec.asset_key.path}, "name": spec.name} for spec in BATCH_CHECK_SPECS]
    with user_interface(pewstats) as ask:
        run = launch(ask, "batch_00002", job="__ASSET_JOB", assetSelection=[], assetCheckSelection=checks)
        assert wait_for_end(ask, run) == "FAILURE"
        wait_until(lambda: bool(receiver.told_of(CHECK)))
        (message,) = receiver.told_of(CHECK)
        lines = dict(line.split(": ", 1) for line in message["message"].splitlines())
        assert lines["Check"] == CHECK
        assert lines["Batch"] == "batch_00002"
        assert lines["Count"] == "1"
        assert str(broken[0]) in lines["Sample 1"]
        assert lines["Run"].endswith(f"/runs/{run}")

    # Another daemon, a day later: it knows what was told.
    with user_interface(pewstats) as ask:
        assert wait_for_end(ask, launch(ask, "batch_00002")) == "SUCCESS"
        wait_until(lambda: len(receiver.told_of(CHECK)) > 1)
        again = receiver.told_of(CHECK)[1]
        assert again["title"] == f"Passes again: {CHECK} on fight_participants, batch_00002"

        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'"
            )
            connection.execute(
                "CREATE TRIGGER wait BEFORE INSERT ON fight_participants FOR EACH ROW EXECUTE FUNCTION wait()"
            )
            run = launch(ask, "batch_00001")
            sleepers = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            wait_until(lambda: bool(connection.execute(sleepers).fetchall()))
            os.kill(process_of(ask, run), signal.SIGKILL)
            connection.execute(f"SELECT pg_terminate_backend(pid) FROM ({sleepers}) AS waiting".encode())
        wait_until(lambda: bool(receiver.told_of("Run failed")))
        (message,) = receiver.told_of("Run failed")
        assert message["title"] == f"Run failed: {JOB_NAME}, batch_00001"
        assert f"/runs/{run}" in message["message"]
    assert len(receiver.told_of(CHECK)) == 2


def process_of(ask: GraphQL, run: str) -> int:
    events = ask(PROCESS, run=run)["runOrError"]["eventConnection"]["events"]
    entries = [entry for event in events for entry in event.get("metadataEntries", [])]
    return int(next(entry["text"] for entry in entries if entry["label"] == "pid"))
