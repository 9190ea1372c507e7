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

from pewstats_assets.definitions import BATCH_CHECK_JOB_NAME, COMPARISON_JOB_NAME, JOB_NAME, TABLE_CHECK_JOB_NAME
from pewstats_assets.warehouse.integrity import RULES
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
  assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks { checks {
    name blocking canExecuteIndividually executionForLatestMaterialization { runId status evaluation { partition } }
  } } } }
}
"""
PARTITIONS_OF_JOB = """
query ($job: PipelineSelector!) {
  pipelineOrError(params: $job) { ... on Pipeline { partitionKeysOrError { partitionKeys } } }
}
"""
SCHEDULES = """
query ($repository: RepositorySelector!) {
  schedulesOrError(repositorySelector: $repository) {
    ... on Schedules { results { pipelineName scheduleState { status } } }
  }
}
"""
REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": "pewstats_assets.definitions"}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def console_of(pewstats: Pewstats) -> Path:
    """What the UI says where it was started."""
    return Path(pewstats.environment["PEWSTATS_HOME"]) / "ui.log"


@contextmanager
def user_interface(pewstats: Pewstats, port: int | None = None) -> Iterator[GraphQL]:
    port = port or free_port()
    # Into a file: a pipe that nobody reads fills up with the log of the runs, and everything waits for ever.
    log = console_of(pewstats)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as output:
        process = pewstats.start("ui", "--port", str(port), output=output)

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
        of_batches = {"telemetry", "team_fights", "fight_participants", "player_profiles"}
        assert nodes.keys() == of_batches | {"player_populations", "warehouse"}
        for name, node in nodes.items():
            assert node["partitionKeys"] == (["batch_00001", "batch_00002"] if name in of_batches else [])
            assert node["description"]

        def launch(job: str, batch: str | None, checks: list[dict[str, Any]] | None = None) -> str:
            """Launch a job, or some of its checks, as the UI does; return the run when it has succeeded."""
            selector: dict[str, Any] = REPOSITORY | {"jobName": job}
            if checks is not None:
                selector |= {"assetSelection": [], "assetCheckSelection": checks}
            tags = [{"key": "dagster/partition", "value": batch}] if batch else []
            launched = ask(LAUNCH, parameters={"selector": selector, "executionMetadata": {"tags": tags}})["launchRun"]
            assert launched["__typename"] == "LaunchRunSuccess", launched
            run = launched["run"]["runId"]
            wait_until(lambda: ask(RUN, run=run)["runOrError"]["status"] in {"SUCCESS", "FAILURE"})
            assert ask(RUN, run=run)["runOrError"]["status"] == "SUCCESS"
            return str(run)

        def checks_by_name() -> dict[str, Any]:
            nodes = ask(CHECKS)["assetNodes"]
            return {check["name"]: check for node in nodes for check in node["assetChecksOrError"].get("checks", [])}

        launch(JOB_NAME, "batch_00001")
        checks = checks_by_name()
        assert checks.keys() == {rule.name for rule in RULES}
        for rule in RULES:
            check = checks[rule.name]
            assert check["blocking"] is rule.blocking
            assert check["canExecuteIndividually"] == "CAN_EXECUTE"
            if rule.per_batch:
                assert check["executionForLatestMaterialization"]["status"] == "SUCCEEDED"
                assert check["executionForLatestMaterialization"]["evaluation"]["partition"] == "batch_00001"

        # The checks of a batch by themselves, one of them, and those of the whole tables.
        job = REPOSITORY | {"pipelineName": BATCH_CHECK_JOB_NAME}
        assert ask(PARTITIONS_OF_JOB, job=job)["pipelineOrError"]["partitionKeysOrError"]["partitionKeys"] == [
            "batch_00001",
            "batch_00002",
        ]
        all_again = launch(BATCH_CHECK_JOB_NAME, "batch_00001")
        name = "fight_id_is_not_null"
        one_again = launch(
            BATCH_CHECK_JOB_NAME, "batch_00001", [{"assetKey": {"path": ["fight_participants"]}, "name": name}]
        )
        launch(COMPARISON_JOB_NAME, None)
        tables = launch(TABLE_CHECK_JOB_NAME, None)
        checks = checks_by_name()
        for rule in RULES:
            execution = checks[rule.name]["executionForLatestMaterialization"]
            assert execution["status"] == "SUCCEEDED"
            assert execution["runId"] == (
                tables if not rule.per_batch else one_again if rule.name == name else all_again
            )
        schedules = ask(SCHEDULES, repository=REPOSITORY)["schedulesOrError"]["results"]
        assert {schedule["pipelineName"]: schedule["scheduleState"]["status"] for schedule in schedules} == {
            COMPARISON_JOB_NAME: "RUNNING",
            TABLE_CHECK_JOB_NAME: "RUNNING",
        }
    loaded = {batch["batch"]: (batch["loaded"], batch["waiting"]) for batch in pewstats.json("status")["batches"]}
    assert loaded == {"batch_00001": (2, 0), "batch_00002": (0, 1)}
