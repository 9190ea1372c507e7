"""The typed frames of a match's telemetry: their columns, in one place.

Every frame of a batch's Parquet folder has these columns and the match's `match_no` before them. Times are UTC,
coordinates cm (x east, y south, z up), health and damage HP. `event_index` is the place of the event in the file's
array: the file's order is part of the detection rules. What each column means: `dictionary`.
"""

from typing import Final

import polars as pl

from pewstats_assets.telemetry.times import TIME

#: What a combat event is. `kill_v1` is `LogPlayerKill`, which ended with the files of 2021-06.
KINDS: Final = {
    "LogPlayerTakeDamage": "damage",
    "LogPlayerMakeGroggy": "knock",
    "LogPlayerKillV2": "kill",
    "LogPlayerKill": "kill_v1",
    "LogPlayerRevive": "revive",
}

#: One row per damage, knock, kill and revive; damage by nobody (blue zone, falls) is left out. The actor dealt it (or
#: revived), the victim took it. Coordinates are null together. Names may be empty or null (environment, sentinel);
#: `damage` is null except for damage; type and causer of a kill are those of the blow that ended it.
COMBAT: Final = pl.Schema(
    {
        "event_index": pl.UInt32(),
        "time": TIME,
        "kind": pl.Enum(list(KINDS.values())),
        "actor_name": pl.String(),
        "actor_account_id": pl.String(),
        "actor_team_id": pl.Int32(),
        "actor_x": pl.Float64(),
        "actor_y": pl.Float64(),
        "actor_z": pl.Float64(),
        "actor_in_blue_zone": pl.Boolean(),
        "victim_name": pl.String(),
        "victim_account_id": pl.String(),
        "victim_team_id": pl.Int32(),
        "victim_x": pl.Float64(),
        "victim_y": pl.Float64(),
        "victim_z": pl.Float64(),
        "victim_in_blue_zone": pl.Boolean(),
        "damage": pl.Float64(),
        "damage_type": pl.String(),
        "damage_causer": pl.String(),
        "dbno_id": pl.Int64(),
    }
)

#: One row per `LogPlayerPosition`: every living player about every 10 s.
POSITIONS: Final = pl.Schema(
    {
        "event_index": pl.UInt32(),
        "time": TIME,
        "player_name": pl.String(),
        "player_account_id": pl.String(),
        "team_id": pl.Int32(),
        "x": pl.Float64(),
        "y": pl.Float64(),
        "z": pl.Float64(),
        "in_blue_zone": pl.Boolean(),
        "health": pl.Float64(),
        "elapsed_seconds": pl.Float64(),
        "alive_players": pl.Int32(),
    }
)

#: One row per account of the match, as the last of `LogPlayerCreate`, `LogMatchStart` and `LogMatchEnd` has it;
#: `team_rank` is the final place of the team, null where the file does not say.
ROSTERS: Final = pl.Schema(
    {
        "player_account_id": pl.String(),
        "player_name": pl.String(),
        "team_id": pl.Int32(),
        "is_bot": pl.Boolean(),
        "team_rank": pl.Int32(),
    }
)

#: One row per `LogPhaseChange`: the white circle of the phase is announced, or the blue zone starts to close on it.
PHASES: Final = pl.Schema(
    {
        "event_index": pl.UInt32(),
        "time": TIME,
        "phase": pl.Int32(),
        "is_closing": pl.Boolean(),
    }
)

#: One row per match: its facts, and what was left out of the frames, counted: events of a type that nobody documents
#: (their first 20 names with it), and rows of the other frames whose time does not parse. `match_datetime` is the API's
#: `createdAt` (about the end of the match), else the start.
FACTS: Final = pl.Schema(
    {
        "match_id": pl.String(),
        "map_name": pl.String(),
        "game_mode": pl.String(),
        "match_type": pl.String(),
        "match_datetime": TIME,
        "started_at": TIME,
        "team_size": pl.Int32(),
        "event_count": pl.UInt32(),
        "unknown_event_count": pl.UInt32(),
        "unknown_event_types": pl.List(pl.String()),
        "undated_event_count": pl.UInt32(),
    }
)

#: The types that the API documents or that were seen on the wire by July 2026. The set is open.
KNOWN_TYPES: Final = frozenset(
    """
    LogArmorDestroy LogBlackZoneEnded LogCarePackageLand LogCarePackageSpawn LogCharacterCarry LogEmPickupLiftOff
    LogGameStatePeriodic LogHeal LogItemAttach LogItemDetach LogItemDrop LogItemEquip LogItemPickup
    LogItemPickupFromCarepackage LogItemPickupFromCustomPackage LogItemPickupFromLootBox LogItemPickupFromLootbox
    LogItemPickupFromVehicleTrunk LogItemPutToVehicleTrunk LogItemUnequip LogItemUse LogMatchDefinition LogMatchEnd
    LogMatchStart LogObjectDestroy LogObjectInteraction LogParachuteLanding LogPhaseChange LogPlayerAttack
    LogPlayerCreate LogPlayerDestroyBreachableWall LogPlayerDestroyProp LogPlayerKill LogPlayerKillV2 LogPlayerLogin
    LogPlayerLogout LogPlayerMakeGroggy LogPlayerPosition LogPlayerRedeploy LogPlayerRedeployBRStart LogPlayerRevive
    LogPlayerTakeDamage LogPlayerUseFlareGun LogPlayerUseThrowable LogRedZoneEnded LogSpecialZoneInCharacters
    LogSwimEnd LogSwimStart LogVaultStart LogVehicleDamage LogVehicleDestroy LogVehicleLeave LogVehicleRide
    LogWeaponFireCount LogWheelDestroy
    """.split()
)
