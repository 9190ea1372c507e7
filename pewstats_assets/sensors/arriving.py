"""The sensor `new_matches`: files that arrive are registered, and batches that have all their members are loaded.

All it has to remember is in the warehouse, so that it can be stopped at any moment: which files are registered, which
batch is open, and which batches await a run. The next tick does what is left. Its cursor holds only since when the
folder is away.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import dagster as dg
from dagster._core.definitions.target import ExecutableDefinition
from dagster._core.storage.tags import RUN_KEY_TAG

from pewstats_assets.errors import PewstatsError
from pewstats_assets.labels import OWNERS
from pewstats_assets.partitions import PARTITIONS_NAME, Arrivals, match_batches, register_arrivals
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import ObjectStoreError, UnreadableFolderError, changed_ns
from pewstats_assets.warehouse import connect_databases
from pewstats_assets.warehouse.matches import DueBatch, OpenBatch, claim, closed_batches, due_batches, open_batch

TICK_S: Final = 10
#: So long a tick reads files: Dagster gives it up after 60 s, and one more file, locks and the rest need time as well.
PATIENCE_S: Final = 20.0
#: What is left waits for the next tick: Dagster takes a fifth of a second for each.
MAX_REQUESTS: Final = 20
#: So long a folder that is away is only said to be; from then on every tick fails.
AWAY_PATIENCE_S: Final = 300.0
NAMED: Final = 5
NOT_SET: Final = "PEWSTATS_TELEMETRY_FOLDER is not set: set it to the folder that is to be watched."


class FolderAwayError(PewstatsError):
    """The folder that is watched has been away for too long."""


def new_matches_sensor(load: ExecutableDefinition) -> dg.SensorDefinition:
    """Make the sensor; it runs by default if there is a folder to watch.

    Args:
        load: the job that loads a batch.
    """
    is_set = Settings.from_environment().telemetry_folder is not None

    @dg.sensor(
        job=load,
        minimum_interval_seconds=TICK_S,
        default_status=dg.DefaultSensorStatus.RUNNING if is_set else dg.DefaultSensorStatus.STOPPED,
        description="Watches PEWSTATS_TELEMETRY_FOLDER: registers files that are complete into the open batch until it"
        " has PEWSTATS_BATCH_SIZE matches, or has got none for PEWSTATS_QUIET_SECONDS; then adds its partition, and"
        " requests one run of it.",
        owners=OWNERS,
    )
    def new_matches(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        settings = Settings.from_environment()
        if settings.telemetry_folder is None:
            return dg.SensorResult(skip_reason=NOT_SET)
        databases = connect_databases(settings)
        try:
            arrivals = register_arrivals(databases, settings, settings.telemetry_folder, PATIENCE_S)
        except (NotADirectoryError, UnreadableFolderError, ObjectStoreError) as error:
            return dg.SensorResult(skip_reason=_away(context, str(error)))
        context.update_cursor("")
        with databases.connect() as connection:
            claim(connection, [due.batch for due in due_batches(connection) if _was_requested(context.instance, due)])
            due = due_batches(connection)
            closed = closed_batches(connection)
            being_filled = open_batch(connection)
        held_back = [batch for batch in due if all(changed_ns(file) is None for file in batch.files)]
        requests = [_request(batch, settings) for batch in due if batch not in held_back][:MAX_REQUESTS]
        known = set(context.instance.get_dynamic_partitions(PARTITIONS_NAME))
        added = [batch for batch in closed if batch not in known]
        warnings = _warnings(arrivals, held_back)
        for line in warnings:
            context.log.warning(line)
        state = _state(arrivals, being_filled, settings)
        context.log.info(" ".join(state))
        return dg.SensorResult(
            run_requests=requests,
            dynamic_partitions_requests=[match_batches.build_add_request(added)] if added else [],
            skip_reason=None if requests else " ".join([*warnings, *state]),
        )

    return new_matches


def _away(context: dg.SensorEvaluationContext, problem: str) -> str:
    """Say that the folder is away, and since when.

    Raises:
        FolderAwayError: it has been away for too long.
    """
    now = datetime.now(UTC)
    since = datetime.fromisoformat(context.cursor) if context.cursor else now
    context.update_cursor(since.isoformat())
    message = f"{problem} So it is since {since:%Y-%m-%d %H:%M:%S} UTC. New matches wait, nothing is lost."
    if (now - since).total_seconds() >= AWAY_PATIENCE_S:
        raise FolderAwayError(message)
    context.log.warning(message)
    return message


def _run_key(due: DueBatch) -> str:
    """One per batch; the time tells it from one of the same name in a warehouse that was there before."""
    return f"{due.batch} closed at {due.closed_at.isoformat()}"


def _was_requested(instance: dg.DagsterInstance, due: DueBatch) -> bool:
    """Whether Dagster has a run of the batch, whatever became of it.

    One that was never started does not count: Dagster records runs before it launches them, and if it fails between the
    two, launches the same run when it is requested again.
    """
    filters = dg.RunsFilter(tags={RUN_KEY_TAG: _run_key(due)})
    return any(run.status != dg.DagsterRunStatus.NOT_STARTED for run in instance.get_runs(filters))


def _request(due: DueBatch, settings: Settings) -> dg.RunRequest:
    is_full = len(due.files) >= settings.batch_size
    return dg.RunRequest(
        run_key=_run_key(due),
        partition_key=due.batch,
        tags={
            "pewstats/requested_by": "sensor",
            "pewstats/requested_because": "the batch is full" if is_full else "no more matches came",
        },
    )


def _warnings(arrivals: Arrivals, held_back: Sequence[DueBatch]) -> list[str]:
    """What somebody has to do something about."""
    lines = _first(arrivals.problems)
    lines += _first(
        [f"Left alone, its match is registered with another file: {file}." for file in arrivals.registration.duplicates]
    )
    lines += _first([f"{due.batch} is not loaded yet: none of its files is there." for due in held_back])
    return lines


def _first(lines: Sequence[str]) -> list[str]:
    more = len(lines) - NAMED
    return [*lines[:NAMED], *([f"And {more} more like that."] if more > 0 else [])]


def _state(arrivals: Arrivals, being_filled: OpenBatch | None, settings: Settings) -> list[str]:
    registration = arrivals.registration
    lines = []
    if registration.registered:
        lines.append(f"Registered {registration.registered} new matches in {', '.join(registration.batches)}.")
    if arrivals.waiting:
        lines.append(f"{arrivals.waiting} files wait: they are still being written, or there was no time for them.")
    if being_filled:
        lines.append(f"{being_filled.batch} is open, with {being_filled.matches} of {settings.batch_size} matches.")
    return lines or ["No new matches."]
