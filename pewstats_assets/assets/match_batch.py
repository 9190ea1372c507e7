"""The four assets of a match batch, made by one op that takes one batch after the other through all of them.

A run of a backfill has several batches. Were every asset a step of its own, for all of the run's batches at once, one
batch that fails would stop the others where they are. Here it is named and left behind: the others go on, and every
batch has materializations and check results of its own, recorded as soon as they are committed.
"""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import dagster as dg

from pewstats_assets.assets.fights import FIGHT_PARTICIPANTS, TEAM_FIGHTS, materialize_fights
from pewstats_assets.assets.metadata import Metadata
from pewstats_assets.assets.profiles import PLAYER_PROFILES, materialize_profiles
from pewstats_assets.assets.telemetry import TELEMETRY, materialize_telemetry
from pewstats_assets.checks import BATCH_CHECK_SPECS, evaluate
from pewstats_assets.errors import first_line
from pewstats_assets.failures import STORAGE_ERRORS
from pewstats_assets.fights import FoundFights, find_fights, joined
from pewstats_assets.garbage import pass_over_imported
from pewstats_assets.partitions import backfill_policy, match_batches
from pewstats_assets.resources import TelemetryStoreResource, WarehouseResource
from pewstats_assets.telemetry import nothing

if TYPE_CHECKING:
    from pewstats_assets.warehouse import WrittenBatch

#: In the order in which a batch goes through them.
SPECS: Final = (TELEMETRY, TEAM_FIGHTS, FIGHT_PARTICIPANTS, PLAYER_PROFILES)
_FIGHTS: Final = (TEAM_FIGHTS, FIGHT_PARTICIPANTS)

Events = Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]


@dg.multi_asset(
    name="match_batch",
    description="Takes match batches through telemetry, fights with participants, checks and profiles, one by one.",
    specs=SPECS,
    check_specs=BATCH_CHECK_SPECS,
    partitions_def=match_batches,
    backfill_policy=backfill_policy(),
    can_subset=True,
)
def match_batch(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, telemetry_store: TelemetryStoreResource
) -> Events:
    """Materialize what is selected of each batch; a batch that fails does not stop the next.

    Raises:
        dagster.Failure: of several batches some failed; names each, with its reason. A batch that is alone fails with
            its own error. Blocking checks that failed are Dagster's to raise.
    """
    pass_over_imported()
    context.log.addFilter(_is_not_about_outputs)
    failed: dict[str, Exception] = {}
    for batch in context.partition_keys:
        try:
            yield from _materialize(context, warehouse, telemetry_store, batch)
        except STORAGE_ERRORS:
            raise  # nothing can be recorded any more
        except Exception as error:
            if len(context.partition_keys) == 1:
                raise
            failed[batch] = error
            context.log.exception("%s failed.", batch)
    if failed:
        reasons = "; ".join(f"{batch}: {first_line(str(error))}" for batch, error in failed.items())
        msg = f"{len(failed)} of {len(context.partition_keys)} batches failed. {reasons}"
        raise dg.Failure(msg, allow_retries=False)


def _is_not_about_outputs(record: logging.LogRecord) -> bool:
    """Pass over that checks have an evaluation, but no output: Dagster takes 10 ms to record one."""
    return "did not yield or return expected outputs" not in record.getMessage()


def _materialize(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    telemetry_store: TelemetryStoreResource,
    batch: str,
) -> Events:
    """Make the selected assets of one batch; no profiles of fights that a blocking check finds broken."""
    store = telemetry_store.store()
    selected = context.selected_asset_keys
    # Nobody can have one without the other, whichever is selected.
    with_fights = not selected.isdisjoint(spec.key for spec in _FIGHTS)
    found: FoundFights | None = None
    if TELEMETRY.key in selected:
        # Fights are detected where the telemetry is decoded, on all cores, so that nobody has to read it again.
        of_batch, parts = materialize_telemetry(
            context.log, warehouse, store, batch, find_fights if with_fights else nothing
        )
        yield _materialization(TELEMETRY, batch, of_batch)
        if with_fights:
            found = joined(part for part in parts if part is not None)
    written = None
    if with_fights:
        of_fights, of_participants, written = materialize_fights(context.log, warehouse, store, batch, found)
        yield _materialization(TEAM_FIGHTS, batch, of_fights)
        yield _materialization(FIGHT_PARTICIPANTS, batch, of_participants)
    if PLAYER_PROFILES.key in selected:
        yield from _make_profiles(context, warehouse, batch, written)
    else:
        yield from _evaluate(context, warehouse, batch, SPECS)


def _make_profiles(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, batch: str, written: "WrittenBatch | None"
) -> Events:
    """Make the profiles of a batch, unless a blocking check of its fights fails.

    Checks are evaluated beside, on another core: those of the fights while profiles are written, which are committed
    only once they have passed, those of the profiles while the others are recorded.
    """
    with ThreadPoolExecutor(1) as beside:
        of_fights = beside.submit(_evaluate, context, warehouse, batch, _FIGHTS)
        of_profiles = materialize_profiles(
            context.log, warehouse, batch, written, may_commit=lambda: not _is_blocked(of_fights)
        )
        if of_profiles is None:
            yield from of_fights.result()
            context.log.error("%s: a blocking check failed, so its profiles are not made.", batch)
            return
        evaluations = beside.submit(_evaluate, context, warehouse, batch, [PLAYER_PROFILES])
        yield from of_fights.result()
        yield _materialization(PLAYER_PROFILES, batch, of_profiles)
        yield from evaluations.result()


def _is_blocked(evaluations: Future[list[dg.AssetCheckEvaluation]]) -> bool:
    """Wait for checks; whether one that blocks failed, or they could not be evaluated."""
    return evaluations.exception() is not None or any(
        evaluation.blocking is True and not evaluation.passed for evaluation in evaluations.result()
    )


def _evaluate(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, batch: str, of: Sequence[dg.AssetSpec]
) -> list[dg.AssetCheckEvaluation]:
    assets = {spec.key for spec in of}
    checks = [key for key in context.selected_asset_check_keys if key.asset_key in assets]
    return list(evaluate(context.log, warehouse, checks, batch))


def _materialization(spec: dg.AssetSpec, batch: str, metadata: Metadata) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(spec.key, partition=batch, metadata=metadata)
