"""What the matches of a batch add to squads' profiles, and who finishes whose knocks in a squad.

A squad is the people who are a team in a match, two or more: their accounts, whatever the number of the team.
"""

from typing import Final

import polars as pl

from pewstats_assets.profiles.frames import SQUAD_FINISHES, SQUAD_KEY, SQUAD_SUMS

#: What two fights that hold the same knock agree on.
_KNOCK: Final = ("match_no", "dbno_id", "knocked_at", "victim_name")


def sum_squads(squads: pl.DataFrame, people: pl.DataFrame, knocks: pl.DataFrame) -> pl.DataFrame:
    """Sum the matches, fights and trades of squads.

    Args:
        squads: the columns of `frames.SQUADS`.
        people: the columns of `frames.PARTICIPANTS`, without bots.
        knocks: the columns of `frames.KNOCKS`.

    Returns:
        The columns of `SQUAD_SUMS`, sorted by `SQUAD_KEY`.
    """
    squads = _of_two_and_more(squads)
    rank = pl.col("team_rank")
    sums = squads.group_by(SQUAD_KEY).agg(
        pl.col("player_account_ids").first(),
        pl.len().alias("matches"),
        rank.count().alias("matches_ranked"),
        (rank == 1).sum().alias("wins_of_matches"),
    )
    members = _members(squads)
    for more in (_of_fights(members, people), _of_trades(members, knocks)):
        sums = sums.join(more, on=SQUAD_KEY, how="left", nulls_equal=True)
    return sums.select(
        (pl.col(name).fill_null(0) if dtype.is_numeric() else pl.col(name)).cast(dtype)
        for name, dtype in SQUAD_SUMS.items()
    ).sort(SQUAD_KEY)


def finishes_of(squads: pl.DataFrame, knocks: pl.DataFrame) -> pl.DataFrame:
    """Count who finished whose knocks of enemies, each knock once.

    Args:
        squads: the columns of `frames.SQUADS`.
        knocks: the columns of `frames.KNOCKS`.

    Returns:
        The columns of `SQUAD_FINISHES`, sorted.
    """
    members = _members(_of_two_and_more(squads)).select("match_no", "team_id", "player_account_id", "squad_id")
    own = ["match_no", "team_id", "player_account_id"]
    finished = (
        knocks.filter(
            pl.col("fate") == "finished",
            pl.col("knocker_team_id") != pl.col("victim_team_id"),
            pl.col("ender_team_id") == pl.col("knocker_team_id"),
        )
        .unique(_KNOCK)
        .join(members, left_on=["match_no", "knocker_team_id", "knocker_account_id"], right_on=own)
        .join(members.drop("squad_id"), left_on=["match_no", "ender_team_id", "ender_account_id"], right_on=own)
    )
    counts = finished.group_by(
        "squad_id", "knocker_account_id", pl.col("ender_account_id").alias("finisher_account_id")
    ).agg(pl.len().alias("finishes"))
    return counts.select(pl.col(name).cast(dtype) for name, dtype in SQUAD_FINISHES.items()).sort(
        "squad_id", "knocker_account_id", "finisher_account_id"
    )


def _of_two_and_more(squads: pl.DataFrame) -> pl.DataFrame:
    return squads.filter(pl.col("player_account_ids").list.len() > 1)


def _members(squads: pl.DataFrame) -> pl.DataFrame:
    """One row per match, team and account."""
    members = squads.select("match_no", "team_id", *SQUAD_KEY, pl.col("player_account_ids").alias("player_account_id"))
    return members.explode("player_account_id")


def _of_fights(members: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Sum the fights in which somebody of a squad took part."""
    # In the order of the fights, which is that in which doubles are added up: the same sums every time.
    parts = people.join(
        members, on=["match_no", "team_id", "player_account_id"], maintain_order="left", suffix="_of_match"
    )
    totals = pl.col("knocks_dealt", "kills_dealt", "damage_dealt", "damage_taken", "focused_damage").sum()
    fights = parts.group_by(*SQUAD_KEY, "fight_id", maintain_order=True).agg(
        pl.col("team_outcome", "fight_start_time").first(), totals
    )
    outcome = pl.col("team_outcome")
    return fights.group_by(SQUAD_KEY).agg(
        pl.len().alias("fights"),
        (outcome == "WON").sum().alias("wins"),
        (outcome == "LOST").sum().alias("losses"),
        (outcome == "DRAW").sum().alias("draws"),
        totals,
        pl.col("fight_start_time").max().alias("last_fight_at"),
    )


def _of_trades(members: pl.DataFrame, knocks: pl.DataFrame) -> pl.DataFrame:
    """Count the members who were knocked by enemies while another member stood, and those of them who were traded."""
    opportunities = knocks.filter(
        pl.col("knocker_team_id") != pl.col("victim_team_id"), pl.col("mates_standing") > 0
    ).unique(_KNOCK)
    of_members = opportunities.join(
        members,
        left_on=["match_no", "victim_team_id", "victim_account_id"],
        right_on=["match_no", "team_id", "player_account_id"],
    )
    return of_members.group_by(SQUAD_KEY).agg(
        pl.len().alias("trade_opportunities"), pl.col("traded_after_s").count().alias("trades")
    )
