"""The assets `team_fights` and `fight_participants`: one operation, so that nobody can have one without the other.

The same operation writes what goes with the participants, knocks (`fight_knocks`) and squads (`match_squads`). They are
no assets of their own: nobody can make them by themselves, and nobody has to wait for them.
"""

import logging
import time
from collections.abc import Sequence
from typing import Final

import dagster as dg
import psycopg

from pewstats_assets.assets import metadata
from pewstats_assets.assets.metadata import Metadata
from pewstats_assets.assets.pictures import draw_largest_fight
from pewstats_assets.fights import DEFAULT_RULESET, FoundFights, MatchFights, UndetectedMatch, find_fights, joined
from pewstats_assets.fights.ids import MAX_FIGHTS_PER_MATCH, MAX_PARTICIPANTS_PER_FIGHT
from pewstats_assets.labels import GROUP, OWNERS, PERSONAL_DATA, RULESET
from pewstats_assets.resources import WarehouseResource
from pewstats_assets.retries import in_warehouse
from pewstats_assets.telemetry import Reason, TelemetryStore
from pewstats_assets.warehouse import QuarantinedMatch, WrittenBatch, dictionary, replace_fights
from pewstats_assets.warehouse.quarantine import MatchInQuarantine, in_quarantine

_KINDS: Final = {"python", "polars", "postgres"}

TEAM_FIGHTS: Final = dg.AssetSpec(
    "team_fights",
    deps=["telemetry"],
    group_name=GROUP,
    owners=OWNERS,
    tags=RULESET,
    kinds=_KINDS,
    description="The team fights of a batch's matches, one row per fight.",
    metadata=metadata.of_table(dictionary.TEAM_FIGHTS),
)
FIGHT_PARTICIPANTS: Final = dg.AssetSpec(
    "fight_participants",
    deps=["telemetry", "team_fights"],
    group_name=GROUP,
    owners=OWNERS,
    tags=RULESET | PERSONAL_DATA,
    kinds=_KINDS,
    description="Who took part in each fight, with what result, and how: one row per player and fight. Along with it:"
    " knocks and what became of them (table `fight_knocks`), and who played together (`match_squads`).",
    metadata=metadata.of_table(dictionary.FIGHT_PARTICIPANTS),
)


def materialize_fights(
    log: logging.Logger,
    warehouse: WarehouseResource,
    store: TelemetryStore,
    batch: str,
    found: FoundFights | None,
) -> tuple[Metadata, Metadata, WrittenBatch]:
    """Write the fights of a batch, with their participants, in one transaction.

    Args:
        log: tells how far it is.
        warehouse: takes the fights.
        store: holds the batch's telemetry.
        batch: the batch's key.
        found: what was found in that telemetry while it was written; None if it is to be found now.

    Returns:
        What came out, for the materializations of `team_fights` and `fight_participants`, and what was written.
    """
    start = time.monotonic()
    found = found or _find(store, batch)
    detected, quarantined = _sort_out(store, batch, found.matches)
    details = found.details.of_matches([match.match_no for match in detected])
    log.info("%s: found fights in %d matches, %d quarantined", batch, len(detected), len(quarantined))

    def replace(connection: psycopg.Connection) -> tuple[WrittenBatch, list[MatchInQuarantine]]:
        written = replace_fights(connection, batch, DEFAULT_RULESET, detected, quarantined, details=details)
        return written, in_quarantine(connection, [batch])

    written, left_out = in_warehouse(log, warehouse, replace)
    return (
        metadata.of_fights(detected, left_out, time.monotonic() - start),
        metadata.of_participants(detected, details, len(left_out)) | draw_largest_fight(log, store, batch, detected),
        written,
    )


def _find(store: TelemetryStore, batch: str) -> FoundFights:
    return joined(find_fights(part) for part in store.read(batch, "facts", "combat", "positions", "phases", "rosters"))


def _sort_out(
    store: TelemetryStore, batch: str, found: Sequence[MatchFights | UndetectedMatch]
) -> tuple[list[MatchFights], list[QuarantinedMatch]]:
    """Tell the matches with fights that can be stored from those that have to be quarantined."""
    detected: list[MatchFights] = []
    quarantined = [
        QuarantinedMatch(*row) for part in store.read(batch, "quarantined") for row in part["quarantined"].iter_rows()
    ]
    for match in found:
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
