"""What profiles are summed from, and the sums: the columns of both, in one place.

What each column means is in the data dictionary (`warehouse.dictionary`).
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

_TIME: Final = pl.Datetime("us", "UTC")

#: One row per player and fight. Null where something is not known, as in `fight_participants`; `team_outcome` is WON,
#: LOST or DRAW, of the player's team.
PARTICIPANTS: Final = pl.Schema(
    {
        "fight_id": pl.Int64(),
        "match_no": pl.Int64(),
        "map_name": pl.String(),
        "game_mode": pl.String(),
        "match_type": pl.String(),
        "fight_start_time": _TIME,
        "team_outcome": pl.String(),
        "player_name": pl.String(),
        "player_account_id": pl.String(),
        "team_id": pl.Int64(),
        "survived": pl.Boolean(),
        "was_knocked": pl.Boolean(),
        "was_killed": pl.Boolean(),
        "knocks_dealt": pl.Int64(),
        "kills_dealt": pl.Int64(),
        "damage_dealt": pl.Float64(),
        "damage_taken": pl.Float64(),
        "damage_to_knocked": pl.Float64(),
        "focused_damage": pl.Float64(),
        "enemy_knocks": pl.Int64(),
        "knocks_finished_by_self": pl.Int64(),
        "knocks_finished_by_team": pl.Int64(),
        "knocks_finished_by_others": pl.Int64(),
        "knocks_revived": pl.Int64(),
        "knocks_bled_out": pl.Int64(),
        "knocks_taken": pl.Int64(),
        "enemy_knocks_taken": pl.Int64(),
        "knocks_taken_revived": pl.Int64(),
        "revived_after_s": pl.Float64(),
        "knocks_taken_traded": pl.Int64(),
        "trade_opportunities": pl.Int64(),
        "trades_by_self": pl.Int64(),
        "trades_by_team": pl.Int64(),
        "dealt_first_hit": pl.Boolean(),
        "took_first_hit": pl.Boolean(),
        "first_hit_distance_m": pl.Float64(),
        "mate_distance_mean_m": pl.Float64(),
        "mates_within_25m": pl.Int64(),
        "is_alone": pl.Boolean(),
        "mean_speed_mps": pl.Float64(),
        "height_over_opponent_m": pl.Float64(),
        "joined_late": pl.Boolean(),
        "in_blue_zone": pl.Boolean(),
        "zone_phase": pl.Int64(),
        "numbers": pl.String(),
    }
)

#: One row per knock and fight: two fights can have the same knock.
KNOCKS: Final = pl.Schema(
    {
        "match_no": pl.Int64(),
        "knocked_at": _TIME,
        "dbno_id": pl.Int64(),
        "knocker_account_id": pl.String(),
        "knocker_team_id": pl.Int64(),
        "victim_name": pl.String(),
        "victim_account_id": pl.String(),
        "victim_team_id": pl.Int64(),
        "mates_standing": pl.Int64(),
        "traded_after_s": pl.Float64(),
        "fate": pl.String(),
        "ender_account_id": pl.String(),
        "ender_team_id": pl.Int64(),
    }
)

#: One row per match and team with people in it.
SQUADS: Final = pl.Schema(
    {
        "match_no": pl.Int64(),
        "game_mode": pl.String(),
        "match_type": pl.String(),
        "team_id": pl.Int64(),
        "squad_id": pl.String(),
        "player_account_ids": pl.List(pl.String()),
        "team_rank": pl.Int64(),
    }
)

#: One row per player, map, mode, match type and half of the matches: `match_no` even or odd.
PLAYER_SUMS: Final = pl.Schema(
    {
        "player_account_id": pl.String(),
        "map_name": pl.String(),
        "game_mode": pl.String(),
        "match_type": pl.String(),
        "half": pl.Int64(),
        "player_name": pl.String(),
        "first_fight_at": _TIME,
        "last_fight_at": _TIME,
        "matches": pl.Int64(),
        "fights": pl.Int64(),
        "wins": pl.Int64(),
        "losses": pl.Int64(),
        "draws": pl.Int64(),
        "survivals": pl.Int64(),
        "fights_knocked": pl.Int64(),
        "knocks_dealt": pl.Int64(),
        "knocks_dealt_squares": pl.Int64(),
        "kills_dealt": pl.Int64(),
        "kills_dealt_squares": pl.Int64(),
        "deaths": pl.Int64(),
        "damage_dealt": pl.Float64(),
        "damage_dealt_squares": pl.Float64(),
        "damage_taken": pl.Float64(),
        "damage_taken_squares": pl.Float64(),
        "damage_to_knocked": pl.Float64(),
        "enemy_knocks": pl.Int64(),
        "knocks_fate_known": pl.Int64(),
        "knocks_finished_by_self": pl.Int64(),
        "knocks_finished_by_team": pl.Int64(),
        "knocks_finished_by_others": pl.Int64(),
        "knocks_revived": pl.Int64(),
        "knocks_bled_out": pl.Int64(),
        "knocks_taken": pl.Int64(),
        "knocks_taken_fate_known": pl.Int64(),
        "knocks_taken_revived": pl.Int64(),
        "revive_seconds": pl.Float64(),
        "enemy_knocks_taken": pl.Int64(),
        "knocks_taken_traded": pl.Int64(),
        "trade_opportunities": pl.Int64(),
        "trades_by_self": pl.Int64(),
        "trades_by_team": pl.Int64(),
        "first_hits_known": pl.Int64(),
        "first_hits_dealt": pl.Int64(),
        "first_hits_taken": pl.Int64(),
        "focus_share_count": pl.Int64(),
        "focus_share_sum": pl.Float64(),
        "focus_share_squares": pl.Float64(),
        "mate_distance_count": pl.Int64(),
        "mate_distance_sum": pl.Float64(),
        "mate_distance_squares": pl.Float64(),
        "first_hit_distance_count": pl.Int64(),
        "first_hit_distance_sum": pl.Float64(),
        "first_hit_distance_squares": pl.Float64(),
        "speed_count": pl.Int64(),
        "speed_sum": pl.Float64(),
        "speed_squares": pl.Float64(),
        "height_count": pl.Int64(),
        "height_sum": pl.Float64(),
        "height_squares": pl.Float64(),
        "positions_known": pl.Int64(),
        "isolated": pl.Int64(),
        "grouped": pl.Int64(),
        "loose": pl.Int64(),
        "joined_late_known": pl.Int64(),
        "joined_late": pl.Int64(),
        "in_blue_known": pl.Int64(),
        "in_blue": pl.Int64(),
        "fights_even": pl.Int64(),
        "wins_even": pl.Int64(),
        "fights_ahead": pl.Int64(),
        "wins_ahead": pl.Int64(),
        "fights_behind": pl.Int64(),
        "wins_behind": pl.Int64(),
        "fights_third_party": pl.Int64(),
        "wins_third_party": pl.Int64(),
        "fights_early": pl.Int64(),
        "wins_early": pl.Int64(),
        "fights_middle": pl.Int64(),
        "wins_middle": pl.Int64(),
        "fights_late": pl.Int64(),
        "wins_late": pl.Int64(),
        "fights_close": pl.Int64(),
        "wins_close": pl.Int64(),
        "fights_medium": pl.Int64(),
        "wins_medium": pl.Int64(),
        "fights_long": pl.Int64(),
        "wins_long": pl.Int64(),
    }
)
#: What tells the rows of `PLAYER_SUMS` apart.
PLAYER_KEY: Final = ("player_account_id", "map_name", "game_mode", "match_type", "half")

#: One row per player and name.
PLAYER_NAMES: Final = pl.Schema(
    {
        "player_account_id": pl.String(),
        "player_name": pl.String(),
        "matches": pl.Int64(),
        "first_seen_at": _TIME,
        "last_seen_at": _TIME,
    }
)

#: One row per squad of two and more, mode and match type.
SQUAD_SUMS: Final = pl.Schema(
    {
        "squad_id": pl.String(),
        "player_account_ids": pl.List(pl.String()),
        "game_mode": pl.String(),
        "match_type": pl.String(),
        "matches": pl.Int64(),
        "matches_ranked": pl.Int64(),
        "wins_of_matches": pl.Int64(),
        "fights": pl.Int64(),
        "wins": pl.Int64(),
        "losses": pl.Int64(),
        "draws": pl.Int64(),
        "knocks_dealt": pl.Int64(),
        "kills_dealt": pl.Int64(),
        "damage_dealt": pl.Float64(),
        "damage_taken": pl.Float64(),
        "trade_opportunities": pl.Int64(),
        "trades": pl.Int64(),
        "focused_damage": pl.Float64(),
        "last_fight_at": _TIME,
    }
)
#: What tells the rows of `SQUAD_SUMS` apart.
SQUAD_KEY: Final = ("squad_id", "game_mode", "match_type")

#: One row per squad and two of its members, who can be one.
SQUAD_FINISHES: Final = pl.Schema(
    {
        "squad_id": pl.String(),
        "knocker_account_id": pl.String(),
        "finisher_account_id": pl.String(),
        "finishes": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class FightsOfBatch:
    """What profiles are summed from.

    Attributes:
        participants: the columns of `PARTICIPANTS`, each fight's in their order.
        knocks: the columns of `KNOCKS`.
        squads: the columns of `SQUADS`.
    """

    participants: pl.DataFrame
    knocks: pl.DataFrame
    squads: pl.DataFrame


@dataclass(frozen=True, slots=True)
class ProfileSums:
    """What fights add to profiles: sums that can be added up over batches.

    Attributes:
        players: the columns of `PLAYER_SUMS`, sorted by `PLAYER_KEY`.
        names: the columns of `PLAYER_NAMES`, sorted.
        squads: the columns of `SQUAD_SUMS`, sorted by `SQUAD_KEY`.
        finishes: the columns of `SQUAD_FINISHES`, sorted.
    """

    players: pl.DataFrame
    names: pl.DataFrame
    squads: pl.DataFrame
    finishes: pl.DataFrame
