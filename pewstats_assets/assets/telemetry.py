"""The asset `telemetry`: the files of a batch, decoded into its Parquet folder."""

from collections import Counter
from pathlib import Path

import dagster as dg

from pewstats_assets.partitions import backfill_policy, match_batches
from pewstats_assets.resources import TelemetryStoreResource, WarehouseResource
from pewstats_assets.retries import retry_database_errors
from pewstats_assets.telemetry import BrokenTelemetryError, MatchTelemetry, Reason, decode_registered
from pewstats_assets.warehouse import Match, matches_of

_PROGRESS_EVERY = 10
_AWAY = (Reason.FILE_MISSING, Reason.FILE_UNREADABLE)


@dg.asset(
    partitions_def=match_batches,
    backfill_policy=backfill_policy(),
    group_name="match_batches",
    kinds={"python", "polars", "parquet"},
)
def telemetry(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, telemetry_store: TelemetryStoreResource
) -> None:
    """The typed events of a batch's matches: combat, positions, rosters, zone phases and match facts.

    A broken file never fails its batch: its match is left out, with the reason, and quarantined when the batch is
    written.
    """
    store = telemetry_store.store()
    for batch in context.partition_keys:
        with retry_database_errors(), warehouse.connect() as connection:
            matches = matches_of(connection, batch)
        decoded, broken = _decode(context, batch, matches)
        _refuse_to_lose(batch, matches, broken)
        rows = store.write(batch, decoded, broken)
        metadata: dict[str, dg.MetadataValue] = {
            "matches": dg.MetadataValue.int(len(matches)),
            "broken": dg.MetadataValue.int(len(broken)),
            "combat_events": dg.MetadataValue.int(rows["combat"]),
            "positions": dg.MetadataValue.int(rows["positions"]),
            "events": dg.MetadataValue.int(_total(decoded, "event_count")),
            "unknown_events": dg.MetadataValue.int(_total(decoded, "unknown_event_count")),
            "undated_events": dg.MetadataValue.int(_total(decoded, "undated_event_count")),
            "broken_by_reason": dg.MetadataValue.json(dict(Counter(error.reason.value for error in broken.values()))),
            "dagster/partition_row_count": dg.MetadataValue.int(rows["combat"]),
        }
        context.add_asset_metadata(metadata, partition_key=batch)


def _decode(
    context: dg.AssetExecutionContext, batch: str, matches: list[Match]
) -> tuple[dict[int, MatchTelemetry], dict[int, BrokenTelemetryError]]:
    decoded: dict[int, MatchTelemetry] = {}
    broken: dict[int, BrokenTelemetryError] = {}
    for done, match in enumerate(matches, start=1):
        try:
            decoded[match.match_no] = decode_registered(
                Path(match.file),
                Path(match.match_object) if match.match_object else None,
                match_id=match.match_id,
                registered_checksum=match.checksum,
            )
        except BrokenTelemetryError as error:
            broken[match.match_no] = error
            context.log.warning("%s: match %d cannot be used. %s: %s", batch, match.match_no, match.file, error)
        if done % _PROGRESS_EVERY == 0 or done == len(matches):
            context.log.info("%s: decoded %d of %d matches", batch, done, len(matches))
    return decoded, broken


def _refuse_to_lose(batch: str, matches: list[Match], broken: dict[int, BrokenTelemetryError]) -> None:
    """Fail where the folder is away rather than a file broken: to go on would replace good fights by nothing."""
    away = [match for match in matches if match.match_no in broken and broken[match.match_no].reason in _AWAY]
    if away and (len(away) == len(matches) or any(match.is_loaded for match in away)):
        msg = (
            f"{len(away)} of {len(matches)} files of {batch} cannot be read, the first is {away[0].file}. "
            "Is their folder there? What the batch has is left as it is."
        )
        raise dg.Failure(msg, allow_retries=False)


def _total(decoded: dict[int, MatchTelemetry], count: str) -> int:
    return sum(match.facts[count][0] for match in decoded.values())
