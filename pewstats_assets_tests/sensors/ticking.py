"""Ticks the sensor `new_matches` as Dagster's daemon does, and dies where the daemon may."""

from enum import Enum, auto
from typing import Final

import dagster as dg
import psycopg
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.definitions.sensor_definition import SensorExecutionData
from dagster._core.utils import make_new_run_id

from pewstats_assets.definitions import JOB_NAME, build_defs
from pewstats_assets.partitions import PARTITIONS_NAME

SENSOR: Final = "new_matches"


class Crash(Enum):
    """Where the daemon dies: so far it gets with what a tick says."""

    BEFORE_PARTITIONS = auto()
    BEFORE_RUNS = auto()
    BEFORE_LAUNCH = auto()
    AFTER_LAUNCH = auto()
    NOT_AT_ALL = auto()


class Daemon:
    """Keeps the cursor, adds partitions, and launches runs: one per run key, whatever became of it."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.cursor: str | None = None
        self._definitions = build_defs()

    def tick(self, crash: Crash = Crash.NOT_AT_ALL) -> SensorExecutionData:
        """Tick once; return what the sensor says."""
        context = dg.build_sensor_context(
            self.instance, self.cursor, definitions=self._definitions, instance_ref=self.instance.get_ref()
        )
        told = self._definitions.resolve_sensor_def(SENSOR).evaluate_tick(context)
        if crash == Crash.BEFORE_PARTITIONS:
            return told
        for added in told.dynamic_partitions_requests or []:
            self.instance.add_dynamic_partitions(PARTITIONS_NAME, added.partition_keys)
        if crash == Crash.BEFORE_RUNS:
            return told
        for request in told.run_requests or []:
            self._launch(request, crash)
        if crash == Crash.NOT_AT_ALL:
            self.cursor = told.cursor
        return told

    def _launch(self, request: dg.RunRequest, crash: Crash) -> None:
        runs = self.instance.get_runs(dg.RunsFilter(tags={"dagster/run_key": request.run_key or ""}))
        if not runs:
            job = self._definitions.resolve_job_def(JOB_NAME)
            tags = {**request.tags, "dagster/run_key": request.run_key or "", "dagster/sensor_name": SENSOR}
            with partition_loading_context(dynamic_partitions_store=self.instance):
                runs = [self.instance.create_run_for_job(job, run_id=make_new_run_id(), tags=tags)]
        if runs[0].status == dg.DagsterRunStatus.NOT_STARTED and crash != Crash.BEFORE_LAUNCH:
            event = dg.DagsterEvent(dg.DagsterEventType.PIPELINE_START.value, JOB_NAME)
            self.instance.report_dagster_event(event, run_id=runs[0].run_id)

    def requested(self) -> list[str]:
        """The batches that runs were launched of, in order, each as often as there is a run."""
        runs = self.instance.get_runs(dg.RunsFilter(tags={"pewstats/requested_by": "sensor"}))
        return sorted(run.tags["dagster/partition"] for run in runs if run.status != dg.DagsterRunStatus.NOT_STARTED)


def be_quiet(connection: psycopg.Connection) -> None:
    """Let the quiet time pass since the last match."""
    connection.execute("UPDATE matches SET registered_at = registered_at - interval '1 h'")
