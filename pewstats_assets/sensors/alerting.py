"""The sensor `alerts`: what failed, or passes again, reaches the receivers."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import dagster as dg
import msgspec
from dagster._core.errors import DagsterAssetCheckFailedError

from pewstats_assets.alerts import Cursor, Evaluation, Event, RunFailure, deliver, receivers_of
from pewstats_assets.failures import cause
from pewstats_assets.labels import OWNERS
from pewstats_assets.settings import Settings

#: An alert waits for two ticks at most: one must have seen the log end behind its event.
TICK_S: Final = 10
#: Events of one kind that are read at once.
PAGE: Final = 500
_TAGS_OF_BATCHES: Final = (
    "dagster/partition",
    "dagster/asset_partition_range_start",
    "dagster/asset_partition_range_end",
)
NOT_SET: Final = (
    "PEWSTATS_ALERT_URLS is not set: nobody is told of failed checks and runs."
    " Set it to apprise's URLs, and try them with `pewstats alerts test`."
)


@dg.sensor(
    minimum_interval_seconds=TICK_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    owners=OWNERS,
    description="Tells the receivers of PEWSTATS_ALERT_URLS of failed checks, of those that pass again, and of failed"
    " runs. Every receiver gets all of them at least once, oldest first; how far each has got is in the cursor.",
)
def alerts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Bring every receiver to the end of Dagster's log.

    The first tick of an installation begins at the start of the log, so that nothing is lost that failed before it.
    A receiver that fails does not fail the tick: Dagster would throw away the cursor, and with it what the others got.
    """
    settings = Settings.from_environment()
    if not settings.alert_urls:
        return dg.SkipReason(NOT_SET)
    cursor = msgspec.json.decode(context.cursor, type=Cursor) if context.cursor else Cursor()
    cursor, outcomes = deliver(
        receivers_of(settings.alert_urls),
        cursor,
        read=_Log(context.instance).read,
        end=context.instance.event_log_storage.get_maximum_record_id() or 0,
        settings=settings,
    )
    context.update_cursor(msgspec.json.encode(cursor).decode())
    lines = []
    for outcome in outcomes:
        line = f"{outcome.receiver}: {outcome.accepted} sent, {outcome.waiting} waiting."
        lines.append(f"{line} {outcome.problem}" if outcome.problem else line)
        if outcome.accepted or outcome.problem:
            context.log.log(logging.WARNING if outcome.problem else logging.INFO, lines[-1])
    return dg.SkipReason(" ".join(lines))


class _Log:
    """Dagster's log, as far as it may be told."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance
        #: Per run and check, the place of the first failure of each severity for each batch.
        self._failures: dict[str, dict[dg.AssetCheckKey, dict[tuple[str | None, str], int]]] = {}

    def read(self, after: int, end: int) -> tuple[Sequence[Event], int]:
        """Return the first events after a place and up to another, in order, and the place up to which they go."""
        records: list[dg.EventLogRecord] = []
        for event_type in (dg.DagsterEventType.ASSET_CHECK_EVALUATION, dg.DagsterEventType.PIPELINE_FAILURE):
            page = self._instance.event_log_storage.get_event_records(
                dg.EventRecordsFilter(event_type, after_cursor=after, before_cursor=end + 1), PAGE, ascending=True
            )
            if len(page) == PAGE:
                end = page[-1].storage_id
            records += page
        records = sorted((record for record in records if record.storage_id <= end), key=lambda row: row.storage_id)
        return [event for event in map(self._event, records) if event is not None], end

    def _event(self, record: dg.EventLogRecord) -> Event | None:
        event = record.event_log_entry.get_dagster_event()
        return self._run_failure(record) if event.is_job_failure else self._evaluation(record)

    def _evaluation(self, record: dg.EventLogRecord) -> Evaluation | None:
        """Return None for a failure that the same run has logged before."""
        entry = record.event_log_entry
        evaluation = entry.get_dagster_event().asset_check_evaluation_data
        if not evaluation.passed and self._was_told(record, evaluation):
            return None
        metadata = {name: value.value for name, value in evaluation.metadata.items()}
        violations = metadata.get("violations")
        samples = metadata.get("samples")
        repair = metadata.get("repair")
        return Evaluation(
            event_id=record.storage_id,
            at=datetime.fromtimestamp(entry.timestamp, UTC),
            run_id=entry.run_id or None,
            check=evaluation.check_name,
            asset=evaluation.asset_key.to_user_string(),
            batch=evaluation.partition,
            passed=evaluation.passed,
            severity="WARN" if evaluation.severity == dg.AssetCheckSeverity.WARN else "ERROR",
            violations=violations if isinstance(violations, int) else None,
            samples=samples if isinstance(samples, list) else [],
            description=evaluation.description,
            repair=repair if isinstance(repair, str) else None,
        )

    def _was_told(self, record: dg.EventLogRecord, evaluation: dg.AssetCheckEvaluation) -> bool:
        """Whether the run has said before that the check fails: of this batch, or of each batch that this sums up."""
        run_id = record.run_id
        if not run_id:
            return False
        if run_id not in self._failures:
            failures = self._failures[run_id] = {}
            of_type = dg.DagsterEventType.ASSET_CHECK_EVALUATION
            for each in self._instance.get_records_for_run(run_id, of_type=of_type).records:
                result = each.event_log_entry.get_dagster_event().asset_check_evaluation_data
                if not result.passed:
                    first = failures.setdefault(result.asset_check_key, {})
                    first.setdefault((result.partition, result.severity.value), each.storage_id)
        first = self._failures[run_id].get(evaluation.asset_check_key, {})
        is_sum = evaluation.partition is None and any(batch is not None for batch, _ in first)
        place = first.get((evaluation.partition, evaluation.severity.value), record.storage_id)
        return is_sum or place < record.storage_id

    def _run_failure(self, record: dg.EventLogRecord) -> RunFailure | None:
        """Return None for a run that failed by its blocking checks alone, which are told, or that failed before."""
        entry = record.event_log_entry
        event = entry.get_dagster_event()
        failures = self._instance.all_logs(
            entry.run_id, of_type={dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.PIPELINE_FAILURE}
        )
        steps = [each.get_dagster_event() for each in failures if each.get_dagster_event().is_step_failure]
        errors = [step.step_failure_data.error for step in steps]
        others = [error for error in errors if not error or error.cls_name != DagsterAssetCheckFailedError.__name__]
        is_first = next(each for each in failures if each.get_dagster_event().is_job_failure) == entry
        if not is_first or (errors and not others):
            return None
        error = others[0] if others else event.job_failure_data.error if event.event_specific_data else None
        run = self._instance.get_run_by_id(entry.run_id)
        tags = run.tags if run else {}
        return RunFailure(
            event_id=record.storage_id,
            at=datetime.fromtimestamp(entry.timestamp, UTC),
            run_id=entry.run_id,
            job=entry.job_name or "unknown",
            batches=[tags[name] for name in _TAGS_OF_BATCHES if name in tags],
            error=cause(error) if error else event.message or "no reason was recorded",
        )
