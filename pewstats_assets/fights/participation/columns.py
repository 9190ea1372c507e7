"""The frames that say how each participant fought: their columns, in one place.

What each column means, exactly, is in the data dictionary (`warehouse.dictionary.participation`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from pewstats_assets.telemetry.times import TIME

#: One row per participant, by match, fight and participant, numbered from 1 in the fight's order. Times UTC, distances
#: m, speed m/s, damage HP. Null where something cannot be known.
PARTICIPATION: Final = pl.Schema(
    {
        "match_no": pl.Int64(),
        "fight_no": pl.Int32(),
        "participant_no": pl.Int32(),
        "first_hit_at": TIME,
        "dealt_first_hit": pl.Boolean(),
        "took_first_hit": pl.Boolean(),
        "first_hit_distance_m": pl.Float64(),
        "damage_to_standing": pl.Float64(),
        "damage_to_knocked": pl.Float64(),
        "enemy_knocks": pl.Int32(),
        "knocks_finished_by_self": pl.Int32(),
        "knocks_finished_by_team": pl.Int32(),
        "knocks_finished_by_others": pl.Int32(),
        "knocks_revived": pl.Int32(),
        "knocks_bled_out": pl.Int32(),
        "knocks_taken": pl.Int32(),
        "enemy_knocks_taken": pl.Int32(),
        "knocks_taken_revived": pl.Int32(),
        "revived_after_s": pl.Float64(),
        "trade_opportunities": pl.Int32(),
        "trades_by_self": pl.Int32(),
        "trades_by_team": pl.Int32(),
        "knocks_taken_traded": pl.Int32(),
        "focused_damage": pl.Float64(),
        "mate_distance_first_hit_m": pl.Float64(),
        "mate_distance_mean_m": pl.Float64(),
        "mates_within_25m": pl.Int16(),
        "mates_within_50m": pl.Int16(),
        "mates_within_100m": pl.Int16(),
        "is_alone": pl.Boolean(),
        "distance_moved_m": pl.Float64(),
        "mean_speed_mps": pl.Float64(),
        "height_over_opponent_m": pl.Float64(),
        "zone_phase": pl.Int16(),
        "in_blue_zone": pl.Boolean(),
        "damage_by_weapon": pl.String(),
        "team_standing": pl.Int16(),
        "enemies_standing": pl.Int16(),
        "joined_late": pl.Boolean(),
        "numbers": pl.String(),
    }
)

#: One row per knock in a fight's window, by match, fight and knock, numbered from 1 in the file's order. Names and
#: account ids are null where the event has none.
KNOCKS: Final = pl.Schema(
    {
        "match_no": pl.Int64(),
        "fight_no": pl.Int32(),
        "knock_no": pl.Int32(),
        "knocked_at": TIME,
        "knocker_name": pl.String(),
        "knocker_account_id": pl.String(),
        "knocker_team_id": pl.Int32(),
        "victim_name": pl.String(),
        "victim_account_id": pl.String(),
        "victim_team_id": pl.Int32(),
        "distance_m": pl.Float64(),
        "weapon": pl.String(),
        "mates_standing": pl.Int16(),
        "dbno_id": pl.Int64(),
        "fate": pl.String(),
        "ended_at": TIME,
        "ender_account_id": pl.String(),
        "ender_team_id": pl.Int32(),
        "traded_by_account_id": pl.String(),
        "traded_after_s": pl.Float64(),
    }
)

#: One row per match and team in which somebody is no bot, by match and team: who played together.
SQUADS: Final = pl.Schema(
    {
        "match_no": pl.Int64(),
        "team_id": pl.Int32(),
        "squad_id": pl.String(),
        "player_account_ids": pl.List(pl.String()),
        "team_rank": pl.Int32(),
    }
)


@dataclass(frozen=True, slots=True)
class FightDetails:
    """How the participants of some matches' fights fought, what became of their knocks, and who played together.

    Attributes:
        participants: the columns of `PARTICIPATION`.
        knocks: the columns of `KNOCKS`.
        squads: the columns of `SQUADS`.
    """

    participants: pl.DataFrame
    knocks: pl.DataFrame
    squads: pl.DataFrame

    @classmethod
    def concat(cls, parts: Iterable["FightDetails"]) -> "FightDetails":
        """Put the details of different matches one after the other."""
        found = list(parts)
        return cls(
            participants=pl.concat([PARTICIPATION.to_frame(), *(part.participants for part in found)]),
            knocks=pl.concat([KNOCKS.to_frame(), *(part.knocks for part in found)]),
            squads=pl.concat([SQUADS.to_frame(), *(part.squads for part in found)]),
        )

    def of_matches(self, match_nos: Collection[int]) -> "FightDetails":
        """Take the details of some of the matches."""
        is_of_them = pl.col("match_no").is_in(list(match_nos))
        return FightDetails(
            participants=self.participants.filter(is_of_them),
            knocks=self.knocks.filter(is_of_them),
            squads=self.squads.filter(is_of_them),
        )
