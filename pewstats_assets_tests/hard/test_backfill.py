"""Backfills by the real daemon: a season, one with a batch that fails, one that is cancelled."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pewstats_assets_tests.backfills import cancel, launch, retry, state_of, wait
from pewstats_assets_tests.hard.loads import (
    BATCHES,
    Undisturbed,
    assert_complete,
    assert_nothing_is_half_written,
    rows_of,
    wait_until,
)
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.test_ui import user_interface

pytestmark = pytest.mark.hard
_SLEEPERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"


def test_a_season_in_one_backfill_and_again_with_a_batch_that_fails(tmp_path: Path) -> None:
    season = [sys.executable, "-m", "pewstats_assets_tests.season", "--matches", "12", "--batch-size", "2"]
    figures = tmp_path / "season.json"
    done = subprocess.run(
        [*season, "--home", str(tmp_path / "home"), "--json", str(figures)],
        env={**os.environ, "PEWSTATS_BATCHES_PER_RUN": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"batches":6,"matches":12,"runs":2' in figures.read_text()
    assert "engine overhead" in done.stdout


def test_a_cancelled_backfill_stops_leaves_no_half_batch_and_goes_on_later(
    pewstats: Pewstats, database_url: str, undisturbed: Undisturbed
) -> None:
    pewstats.environment["PEWSTATS_BATCHES_PER_RUN"] = "4"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'"
        )
        connection.execute(
            "CREATE TRIGGER wait BEFORE INSERT ON fight_participants FOR EACH ROW"
            " WHEN (NEW.batch = 'batch_00003') EXECUTE FUNCTION wait()"
        )
        with user_interface(pewstats) as ask:
            backfill = launch(ask, BATCHES)
            wait_until(lambda: bool(connection.execute(_SLEEPERS).fetchall()), "it gets to the third batch")
            cancel(ask, backfill)
            ended = wait(ask, backfill)
            assert ended["status"] == "CANCELED"
            assert {run["status"] for run in ended["runs"]} == {"CANCELED"}
            wait_until(lambda: not connection.execute(_SLEEPERS).fetchall(), "the server lets go of the batch")
            assert_nothing_is_half_written(connection, "cancelled")
            loaded = "SELECT DISTINCT batch FROM team_fights ORDER BY 1"
            assert connection.execute(loaded).fetchall() == [("batch_00001",), ("batch_00002",)]
            assert state_of(ask, backfill)["assets"]["player_profiles"]["materialized"] == 2

            connection.execute("DROP TRIGGER wait ON fight_participants")
            again = wait(ask, retry(ask, backfill))
            assert again["status"] == "COMPLETED_SUCCESS"
            assert of_fights(again) == {"targeted": 2, "materialized": 2, "failed": 0}
    assert rows_of(database_url) == undisturbed.rows
    assert_complete(pewstats, database_url, undisturbed)


def of_fights(state: dict[str, Any]) -> Any:
    return state["assets"]["team_fights"]
