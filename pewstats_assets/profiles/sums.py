"""What a batch adds to each player's profile: sums only, so that a profile never has to read old fights again."""

from typing import Final

import polars as pl

#: One row per player; damage in HP. Every fight of a player is one of wins, losses and draws.
PROFILE_SUMS: Final = pl.Schema(
    {
        "player_account_id": pl.String(),
        "player_name": pl.String(),
        "matches": pl.Int64(),
        "fights": pl.Int64(),
        "wins": pl.Int64(),
        "losses": pl.Int64(),
        "draws": pl.Int64(),
        "survivals": pl.Int64(),
        "knocks_dealt": pl.Int64(),
        "kills_dealt": pl.Int64(),
        "damage_dealt": pl.Float64(),
        "damage_taken": pl.Float64(),
        "last_fight_at": pl.Datetime("us", "UTC"),
    }
)

_BOT_ACCOUNT: Final = "ai."


def sum_profiles(participants: pl.DataFrame) -> pl.DataFrame:
    """Sum the fights of a batch per player.

    Players are account ids; the name is that of the player's last fight. Bots (`ai.*`) and whoever has no account are
    left out.

    Args:
        participants: one row per player and fight, with `player_account_id`, `player_name`, `match_id`,
            `fight_start_time`, `team_outcome` (WON, LOST or DRAW, of the player's team), `survived`, `knocks_dealt`,
            `kills_dealt`, `damage_dealt` and `damage_taken`.

    Returns:
        The columns of `PROFILE_SUMS`, sorted by account id.
    """
    account = pl.col("player_account_id")
    team_outcome = pl.col("team_outcome")
    people = participants.filter(account.is_not_null(), account != "", ~account.str.starts_with(_BOT_ACCOUNT))
    sums = people.group_by("player_account_id").agg(
        pl.col("player_name").sort_by("fight_start_time", maintain_order=True).last(),
        pl.col("match_id").n_unique().alias("matches"),
        pl.len().alias("fights"),
        (team_outcome == "WON").sum().alias("wins"),
        (team_outcome == "LOST").sum().alias("losses"),
        (team_outcome == "DRAW").sum().alias("draws"),
        pl.col("survived").sum().alias("survivals"),
        pl.col("knocks_dealt", "kills_dealt", "damage_dealt", "damage_taken").sum(),
        pl.col("fight_start_time").max().alias("last_fight_at"),
    )
    return sums.select(pl.col(name).cast(dtype) for name, dtype in PROFILE_SUMS.items()).sort("player_account_id")
