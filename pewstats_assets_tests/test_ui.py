"""The UI as `make ui` starts it: webserver, daemon and run workers, on the embedded server."""

import json
import signal
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pewstats_assets.definitions import JOB_NAME
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.telemetry_folders import write_matches

GraphQL = Callable[..., Any]
PATIENCE_S = 180

LAUNCH = """
mutation ($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}
"""
RUN = "query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
PARTITIONS = "{ assetNodes { assetKey { path } partitionKeys hasAssetChecks description } }"
CHECKS = """
{
  assetNodeOrError(assetKey: {path: ["fight_participants"]}) { ... on AssetNode { assetChecksOrError {
    ... on AssetChecks { checks { blocking executionForLatestMaterialization { status evaluation { partition } } } }
  } } }
}
"""


@contextmanager
def user_interface(pewstats: Pewstats) -> Iterator[GraphQL]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = pewstats.start("ui", "--port", str(port))

    def ask(query: str, **variables: object) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
            return json.load(reply)["data"]

    def answers() -> bool:
        try:
            return bool(ask("{ version }"))
        except OSError:
            return False

    try:
        wait_until(answers)
        yield ask
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_partition_is_materialized_from_the_ui(tmp_path: Path) -> None:
    write_matches(tmp_path / "telemetry", range(1, 4))
    pewstats = Pewstats(tmp_path / "home")
    pewstats.run("register", str(tmp_path / "telemetry"), "--batch-size", "2")
    with user_interface(pewstats) as ask:
        nodes = {node["assetKey"]["path"][0]: node for node in ask(PARTITIONS)["assetNodes"]}
        assert nodes.keys() == {"telemetry", "team_fights", "fight_participants", "player_profiles"}
        for node in nodes.values():
            assert node["partitionKeys"] == ["batch_00001", "batch_00002"]
            assert node["description"]

        parameters = {
            "selector": {
                "repositoryName": "__repository__",
                "repositoryLocationName": "pewstats_assets.definitions",
                "jobName": JOB_NAME,
            },
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": "batch_00001"}]},
        }
        launched = ask(LAUNCH, parameters=parameters)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        run = launched["run"]["runId"]
        wait_until(lambda: ask(RUN, run=run)["runOrError"]["status"] in {"SUCCESS", "FAILURE"})
        assert ask(RUN, run=run)["runOrError"]["status"] == "SUCCESS"

        checks = ask(CHECKS)["assetNodeOrError"]["assetChecksOrError"]["checks"]
        assert len(checks) == 4
        for check in checks:
            assert check["blocking"]
            assert check["executionForLatestMaterialization"]["status"] == "SUCCEEDED"
            assert check["executionForLatestMaterialization"]["evaluation"]["partition"] == "batch_00001"
    loaded = {batch["batch"]: (batch["loaded"], batch["waiting"]) for batch in pewstats.json("status")["batches"]}
    assert loaded == {"batch_00001": (2, 0), "batch_00002": (0, 1)}
