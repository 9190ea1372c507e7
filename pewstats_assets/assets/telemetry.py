"""The asset `telemetry`: the files of a batch, decoded into its Parquet folder."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final, TypeVar

import dagster as dg

from pewstats_assets.assets import metadata
from pewstats_assets.assets.metadata import Metadata
from pewstats_assets.labels import GROUP, OWNERS, PERSONAL_DATA
from pewstats_assets.places import Place, stored_place
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import in_warehouse
from pewstats_assets.settings import Settings
from pewstats_assets.telemetry import (
    AWAY,
    BrokenTelemetryError,
    Make,
    RegisteredFile,
    TelemetryStore,
    WrittenPart,
    write_telemetry,
)
from pewstats_assets.telemetry.dictionary import FRAMES
from pewstats_assets.warehouse import Match, matches_of

T = TypeVar("T")

TELEMETRY: Final = dg.AssetSpec(
    "telemetry",
    group_name=GROUP,
    owners=OWNERS,
    tags=PERSONAL_DATA,
    kinds={"python", "polars", "parquet"},
    description="The typed events of a batch's matches: combat, positions, rosters, zone phases and match facts.",
    metadata=metadata.of_tables(FRAMES),
)


def materialize_telemetry(
    log: logging.Logger,
    warehouse: WarehouseResource,
    store: TelemetryStore,
    batch: str,
    make: Make[T],
) -> tuple[Metadata, list[T]]:
    """Decode the files of a batch into its Parquet folder.

    A broken file never fails its batch: its match is left out, with the reason, and quarantined when the batch is
    written.

    Args:
        log: tells how far it is.
        warehouse: has the registered files.
        store: holds the batch's folder.
        batch: the batch's key.
        make: makes something of the telemetry of some of its matches, in the process that decodes them.

    Returns:
        What came out, for its materialization, and what was made.
    """
    start = time.monotonic()
    matches = in_warehouse(log, warehouse, lambda connection: matches_of(connection, batch))
    made: list[T] = []

    def write_parts(folder: Place) -> Iterator[WrittenPart[T]]:
        for part in _write(log, batch, matches, folder, make):
            made.append(part.made)
            yield part

    rows = store.write(batch, write_parts)
    counts, broken = _counts(store, batch)
    of_batch = metadata.of_telemetry(
        matches=len(matches), rows=rows, counts=counts, broken=broken, seconds=time.monotonic() - start
    )
    return of_batch, made


def _write(
    log: logging.Logger, batch: str, matches: list[Match], folder: Place, make: Make[T]
) -> Iterator[WrittenPart[T]]:
    file_of = {match.match_no: match.file for match in matches}
    files = [
        (
            match.match_no,
            RegisteredFile(
                file=stored_place(match.file),
                match_object=stored_place(match.match_object) if match.match_object else None,
                match_id=match.match_id,
                checksum=match.checksum,
            ),
        )
        for match in matches
    ]
    broken: dict[int, BrokenTelemetryError] = {}
    done = 0
    for part in write_telemetry(folder, files, make, Settings.from_environment().limits):
        for match_no, error in part.broken.items():
            log.warning("%s: match %d cannot be used. %s: %s", batch, match_no, file_of[match_no], error)
        broken |= part.broken
        done += part.matches
        log.info("%s: decoded %d of %d matches", batch, done, len(matches))
        yield part
    _refuse_to_lose(batch, matches, broken)


def _refuse_to_lose(batch: str, matches: list[Match], broken: dict[int, BrokenTelemetryError]) -> None:
    """Fail where the folder is away rather than a file broken: to go on would replace good fights by nothing."""
    away = [match for match in matches if match.match_no in broken and broken[match.match_no].reason in AWAY]
    if away and (len(away) == len(matches) or any(match.is_loaded for match in away)):
        msg = (
            f"{len(away)} of {len(matches)} files of {batch} cannot be read, the first is {away[0].file}. "
            "Is their folder there? What the batch has is left as it is."
        )
        raise dg.Failure(msg, allow_retries=False)


def _counts(store: TelemetryStore, batch: str) -> tuple[Counter[str], Counter[str]]:
    """What the batch's folder says of its matches: their events, and how many files are broken for which reason."""
    counts = Counter(events=0, unknown_events=0, undated_events=0)
    by_reason: Counter[str] = Counter()
    for part in store.read(batch, "facts", "quarantined"):
        by_reason.update(part["quarantined"]["reason"])
        for events, unknown, undated in (
            part["facts"].select("event_count", "unknown_event_count", "undated_event_count").iter_rows()
        ):
            counts.update(events=events, unknown_events=unknown, undated_events=undated)
    return counts, by_reason
