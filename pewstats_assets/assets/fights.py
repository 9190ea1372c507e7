"""The assets `team_fights` and `fight_participants`: one operation, so that nobody can have one without the other."""

import logging
from typing import Final

import dagster as dg

from pewstats_assets.fights import DEFAULT_RULESET, MatchFights, UndetectedMatch, detect_batch
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import in_warehouse
from pewstats_assets.telemetry import Reason, TelemetryStore
from pewstats_assets.warehouse import QuarantinedMatch, WrittenBatch, replace_fights
from pewstats_assets.warehouse.fights import MAX_FIGHTS_PER_MATCH, MAX_PARTICIPANTS_PER_FIGHT

_KINDS: Final = {"python", "polars", "postgres"}


TEAM_FIGHTS: Final = dg.AssetSpec(
    "team_fights",
    deps=["telemetry"],
    group_name="match_batches",
    kinds=_KINDS,
    description="The team fights of a batch's matches, one row per fight.",
)
FIGHT_PARTICIPANTS: Final = dg.AssetSpec(
    "fight_participants",
    deps=["telemetry", "team_fights"],
    group_name="match_batches",
    kinds=_KINDS,
    description="Who took part in each fight, with what result: one row per player and fight.",
)

Metadata = dict[str, dg.MetadataValue]


def materialize_fights(
    log: logging.Logger, warehouse: WarehouseResource, store: TelemetryStore, batch: str
) -> tuple[Metadata, Metadata]:
    """Detect the fights of every match of a batch once, and write them with their participants in one transaction.

    Returns:
        What came out, for the materializations of `team_fights` and `fight_participants`.
    """
    detected, quarantined = _detect(store, batch)
    log.info("%s: found fights in %d matches, %d quarantined", batch, len(detected), len(quarantined))
    written = in_warehouse(
        log,
        warehouse,
        lambda connection: replace_fights(connection, batch, DEFAULT_RULESET, detected, quarantined),
    )
    return (
        _metadata("team_fights", written.fights, written),
        _metadata("fight_participants", written.participants, written),
    )


def _detect(store: TelemetryStore, batch: str) -> tuple[list[MatchFights], list[QuarantinedMatch]]:
    detected: list[MatchFights] = []
    quarantined: list[QuarantinedMatch] = []
    for part in store.read(batch, "facts", "combat", "quarantined"):
        quarantined += [QuarantinedMatch(*row) for row in part["quarantined"].iter_rows()]
        for match in detect_batch(part["facts"], part["combat"]):
            if isinstance(match, UndetectedMatch):
                quarantined.append(QuarantinedMatch(match.match_no, Reason.TOO_MUCH_COMBAT, match.detail))
                continue
            too_much = _more_than_ids_have_room_for(match)
            if too_much is None:
                detected.append(match)
            else:
                quarantined.append(too_much)
    return detected, quarantined


def _more_than_ids_have_room_for(match: MatchFights) -> QuarantinedMatch | None:
    if len(match.fights) > MAX_FIGHTS_PER_MATCH:
        detail = f"The match has {len(match.fights)} fights, more than {MAX_FIGHTS_PER_MATCH}."
        return QuarantinedMatch(match.match_no, Reason.TOO_MANY_FIGHTS, detail)
    most = max((len(fight.participants) for fight in match.fights), default=0)
    if most > MAX_PARTICIPANTS_PER_FIGHT:
        detail = f"A fight has {most} participants, more than {MAX_PARTICIPANTS_PER_FIGHT}."
        return QuarantinedMatch(match.match_no, Reason.TOO_MANY_PARTICIPANTS, detail)
    return None


def _metadata(asset: str, rows: int, written: WrittenBatch) -> Metadata:
    return {
        "matches": dg.MetadataValue.int(written.matches),
        "quarantined": dg.MetadataValue.int(written.quarantined),
        "dagster/table_name": dg.MetadataValue.text(asset),
        "dagster/partition_row_count": dg.MetadataValue.int(rows),
    }
