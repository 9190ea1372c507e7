"""Squads: the people who are a team in a match, whatever its number is."""

from collections.abc import Sequence
from hashlib import md5
from typing import Final

import polars as pl

from pewstats_assets.fights.participation.columns import SQUADS

_NO_TEAM: Final = 0
_BOT_PREFIX: Final = "ai."


def squads_of(rosters: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Tell who played together: by rosters, and by positions for who is on none.

    Args:
        rosters: `match_no` and the columns of `telemetry.frames.ROSTERS`.
        seen: `match_no`, `key` (an account id) and `team_id` of everybody who has positions.

    Returns:
        The columns of `SQUADS`: one row per match and team with at least one account that is no bot's. Bots and
        accounts without a team (null or 0) are left out.
    """
    account = pl.col("player_account_id")
    not_listed = seen.rename({"key": "player_account_id"}).join(
        rosters, on=["match_no", "player_account_id"], how="anti"
    )
    people = pl.concat([rosters.filter(~pl.col("is_bot")), not_listed], how="diagonal").filter(
        account != "", ~account.str.starts_with(_BOT_PREFIX), pl.col("team_id") != _NO_TEAM
    )
    squads = people.group_by("match_no", "team_id").agg(
        account.unique().sort().alias("player_account_ids"), pl.col("team_rank").min()
    )
    ids = pl.Series("squad_id", map(_squad_id, squads["player_account_ids"].to_list()), pl.String)
    return squads.with_columns(ids).sort("match_no", "team_id").select(SQUADS.names())


def _squad_id(account_ids: Sequence[str]) -> str:
    return md5(",".join(account_ids).encode(), usedforsecurity=False).hexdigest()
