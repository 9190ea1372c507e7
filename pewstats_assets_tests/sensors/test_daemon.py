"""New matches as they come: `pewstats ui` and its daemon, files that appear one after the other, runs by themselves."""

import gzip
import time
from pathlib import Path
from typing import Any

import psycopg

from pewstats_assets.definitions import JOB_NAME
from pewstats_assets.telemetry.arrivals import SETTLE_S
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.sensors.ticking import SENSOR
from pewstats_assets_tests.telemetry_folders import match_bytes, match_id_of, write_matches
from pewstats_assets_tests.test_ui import PARTITIONS, REPOSITORY, user_interface, wait_until

QUIET_S = 30
RUNS = "{ runsOrError { ... on Runs { results { jobName status tags { key value } } } } }"
SENSOR_STATE = """
query ($sensor: SensorSelector!) {
  sensorOrError(sensorSelector: $sensor) { ... on Sensor { sensorState { status ticks(limit: 500) { status } } } }
}
"""


def test_new_matches_are_registered_and_loaded_by_themselves(tmp_path: Path, database_url: str) -> None:
    folder = tmp_path / "telemetry"
    folder.mkdir()
    pewstats = Pewstats(tmp_path / "home", database_url)
    pewstats.environment |= {
        "PEWSTATS_TELEMETRY_FOLDER": str(folder),
        "PEWSTATS_BATCH_SIZE": "2",
        "PEWSTATS_QUIET_SECONDS": str(QUIET_S),
    }

    def loaded() -> dict[str, list[int]]:
        """The numbers of the loaded matches of each batch."""
        with psycopg.connect(database_url) as connection:
            rows = connection.execute(
                "SELECT batch, array_agg(match_id ORDER BY match_no) FROM matches WHERE status = 'loaded'"
                " GROUP BY batch"
            ).fetchall()
        return {batch: [match_id.int for match_id in match_ids] for batch, match_ids in rows}

    with user_interface(pewstats) as ask:
        slow = folder / f"{match_id_of(1)}.json.gz"
        whole = gzip.compress(match_bytes(1))
        slow.write_bytes(whole[:100])
        write_matches(folder, range(2, 3))
        time.sleep(1)
        write_matches(folder, range(3, 4))
        deadline = time.monotonic() + 2 * SETTLE_S
        while time.monotonic() < deadline or not loaded():
            with slow.open("ab") as file:  # a piece a second, for longer than a file has to settle
                file.write(whole[slow.stat().st_size :][:1])
            time.sleep(1)
        assert loaded() == {"batch_00001": [2, 3]}

        slow.write_bytes(whole)
        write_matches(folder, range(4, 5))
        wait_until(lambda: "batch_00002" in loaded())
        assert loaded()["batch_00002"] == [1, 4]

        write_matches(folder, range(5, 6))  # late, and alone
        wait_until(lambda: "batch_00003" in loaded())
        assert loaded() == {"batch_00001": [2, 3], "batch_00002": [1, 4], "batch_00003": [5]}

        keys = ["batch_00001", "batch_00002", "batch_00003"]
        nodes = {node["assetKey"]["path"][0]: node for node in ask(PARTITIONS)["assetNodes"]}
        assert nodes["team_fights"]["partitionKeys"] == keys

        def runs() -> list[dict[str, Any]]:
            results = ask(RUNS)["runsOrError"]["results"]
            return [run | {"tags": {tag["key"]: tag["value"] for tag in run["tags"]}} for run in results]

        wait_until(lambda: {run["status"] for run in runs()} == {"SUCCESS"})
        assert {run["jobName"] for run in runs()} == {JOB_NAME}
        assert sorted(run["tags"]["dagster/partition"] for run in runs()) == keys
        assert {run["tags"]["pewstats/requested_by"] for run in runs()} == {"sensor"}
        because = {run["tags"]["dagster/partition"]: run["tags"]["pewstats/requested_because"] for run in runs()}
        full = "the batch is full"
        assert because == dict(zip(keys, (full, full, "no more matches came"), strict=True))

        state = ask(SENSOR_STATE, sensor=REPOSITORY | {"sensorName": SENSOR})["sensorOrError"]["sensorState"]
        assert state["status"] == "RUNNING"
        assert "FAILURE" not in {tick["status"] for tick in state["ticks"]}
