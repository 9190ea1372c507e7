"""Backfills as the UI launches, cancels and re-executes them: through GraphQL, done by the daemon."""

import time
from collections.abc import Iterable
from typing import Any, Final

from pewstats_assets.backfill import ASSETS
from pewstats_assets_tests.test_ui import GraphQL

LAUNCH: Final = """
mutation ($parameters: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $parameters) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}
"""
RETRY: Final = """
mutation ($parameters: ReexecutionParams!) {
  reexecutePartitionBackfill(reexecutionParams: $parameters) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}
"""
CANCEL: Final = """
mutation ($id: String!) { cancelPartitionBackfill(backfillId: $id) { __typename ... on PythonError { message } } }
"""
BACKFILL: Final = """
query ($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill {
      status
      runs(limit: 1000) { runId status startTime endTime }
      assetBackfillData { assetBackfillStatuses {
        ... on AssetPartitionsStatusCounts {
          assetKey { path } numPartitionsTargeted numPartitionsMaterialized numPartitionsFailed
        }
      } }
    }
  }
}
"""
#: Of a backfill: `status`, `runs`, and for each of the `assets` the batches `targeted`, `materialized` and `failed`.
State = dict[str, Any]


def launch(ask: GraphQL, batches: Iterable[str]) -> str:
    """Launch a backfill of all assets over batches; its id."""
    parameters = {"assetSelection": [{"path": [asset]} for asset in ASSETS], "partitionNames": list(batches)}
    return _backfill_id(ask(LAUNCH, parameters=parameters)["launchPartitionBackfill"])


def retry(ask: GraphQL, backfill: str) -> str:
    """Re-execute what is missing of a backfill that has ended; the id of the new one."""
    parameters = {"parentRunId": backfill, "strategy": "FROM_FAILURE"}
    return _backfill_id(ask(RETRY, parameters=parameters)["reexecutePartitionBackfill"])


def cancel(ask: GraphQL, backfill: str) -> None:
    """Ask the daemon to stop a backfill."""
    answer = ask(CANCEL, id=backfill)["cancelPartitionBackfill"]
    assert answer["__typename"] == "CancelBackfillSuccess", answer


def state_of(ask: GraphQL, backfill: str) -> State:
    """What the UI shows of a backfill."""
    state = ask(BACKFILL, id=backfill)["partitionBackfillOrError"]
    data = state.pop("assetBackfillData")
    state["assets"] = {
        counts["assetKey"]["path"][0]: {
            name: counts[f"numPartitions{name.capitalize()}"] for name in ("targeted", "materialized", "failed")
        }
        for counts in (data["assetBackfillStatuses"] if data else [])
    }
    return state  # type: ignore[no-any-return]


def wait(ask: GraphQL, backfill: str) -> State:
    """Wait until a backfill has ended; what the UI shows of it then."""
    while (state := state_of(ask, backfill))["status"] in {"REQUESTED", "CANCELING", "FAILING"}:
        time.sleep(1)
    return state


def _backfill_id(launched: dict[str, str]) -> str:
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    return launched["backfillId"]
