"""Knocks in the windows of fights: who knocked whom, and what became of it, by `dBNOId`."""

from typing import Final

import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.columns import KNOCKS
from pewstats_assets.fights.participation.events import distance_m

#: Deaths by these are nobody's finish, though files name the knocker: to bleed out (also when the last team mate dies),
#: the blue zone, to drown.
_BY_NOBODY: Final = ("Damage_Groggy", "Damage_DBNO", "Damage_BlueZone", "Damage_Drown")

_IS_FINISHED: Final = pl.col("fate") == "finished"
_IS_BY_SELF: Final = pl.col("ender") == pl.col("actor")
_IS_BY_TEAM: Final = (pl.col("ender_team_id") == pl.col("actor_team_id")).fill_null(value=False)
#: What can become of a knock dealt, by the column that counts it.
FATES: Final = {
    "knocks_finished_by_self": _IS_FINISHED & _IS_BY_SELF,
    "knocks_finished_by_team": _IS_FINISHED & ~_IS_BY_SELF & _IS_BY_TEAM,
    "knocks_finished_by_others": _IS_FINISHED & ~_IS_BY_SELF & ~_IS_BY_TEAM,
    "knocks_revived": pl.col("fate") == "revived",
    "knocks_bled_out": pl.col("fate") == "bled_out",
}
#: What is counted of the knocks that a participant takes.
KNOCKS_TAKEN: Final = ("knocks_taken", "enemy_knocks_taken", "knocks_taken_revived", "knocks_taken_traded")


def knocks_of(window: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """List the knocks of all windows, with their fates.

    A knock and what ends it have the same `dBNOId`. One that is missing, below 0, or of several knocks says nothing.

    Returns:
        The window's columns, and `knock_no`, `distance_m`, `is_by_enemy`, `fate`, `ended_at`, `ender` (a player's
        number), `ender_account_id`, `ender_team_id`; in order.
    """
    usable = (
        events.filter(pl.col("kind") == "knock", pl.col("dbno_id") >= 0)
        .select("match_no", "dbno_id")
        .unique(keep="none")
        .with_columns(is_usable=True)
    )
    has_finisher = ((pl.col("actor_name") != "") | (pl.col("actor_account_id") != "")).fill_null(value=False)
    fate = (
        pl.when(pl.col("kind") == "revive")
        .then(pl.lit("revived"))
        .when(has_finisher & ~pl.col("damage_type").is_in(_BY_NOBODY).fill_null(value=False))
        .then(pl.lit("finished"))
        .otherwise(pl.lit("bled_out"))
    )
    ends = (
        events.filter(pl.col("kind").is_in(["kill", "kill_v1", "revive"]), pl.col("dbno_id") >= 0)
        .unique(["match_no", "dbno_id"], keep="first", maintain_order=True)
        .select("match_no", "dbno_id", "actor_account_id", "actor_team_id", end=fate, ended_at="time", ender="actor")
    )
    is_ended_by_somebody = pl.col("fate").is_in(["finished", "revived"])
    return (
        window.filter(pl.col("kind") == "knock")
        .join(usable, on=["match_no", "dbno_id"], how="left", maintain_order="left")
        .join(ends, on=["match_no", "dbno_id"], how="left", maintain_order="left", suffix="_of_end")
        .with_columns(
            knock_no=pl.int_range(1, pl.len() + 1).over("fight"),
            distance_m=distance_m(),
            is_by_enemy=pl.col("actor_team_id") != pl.col("victim_team_id"),
            fate=pl.when("is_usable").then(pl.col("end").fill_null("open")),
        )
        .with_columns(
            ended_at=pl.when(pl.col("fate") != "open").then("ended_at"),
            ender=pl.when(is_ended_by_somebody).then("ender"),
            ender_account_id=pl.when(is_ended_by_somebody).then("actor_account_id_of_end"),
            ender_team_id=pl.when(is_ended_by_somebody).then("actor_team_id_of_end"),
        )
    )


def knocks_dealt(knocks: pl.DataFrame) -> pl.DataFrame:
    """Count participants' knocks of enemies by what became of them; null where that is not known of all.

    Returns:
        `participant`, `enemy_knocks`, `knocks_finished_by_self`, `knocks_finished_by_team`,
        `knocks_finished_by_others`, `knocks_revived`, `knocks_bled_out`, for who knocked an enemy.
    """
    is_known = pl.col("fate").is_not_null().all()
    return (
        knocks.filter("is_by_enemy")
        .group_by(participant="actor_participant")
        .agg(
            pl.len().alias("enemy_knocks"),
            *(pl.when(is_known).then(is_fate.sum()).alias(name) for name, is_fate in FATES.items()),
        )
    )


def knocks_taken(knocks: pl.DataFrame) -> pl.DataFrame:
    """Count how often participants were knocked, and what became of it; null where that is not known of all.

    Returns:
        `participant`, `knocks_taken`, `enemy_knocks_taken`, `knocks_taken_revived`, `revived_after_s`,
        `knocks_taken_traded`, for who was knocked.
    """
    is_revived = pl.col("fate") == "revived"
    is_known = pl.col("fate").is_not_null().all()
    seconds = (pl.col("ended_at") - pl.col("time")).dt.total_microseconds() / 1e6
    return knocks.group_by(participant="victim_participant").agg(
        knocks_taken=pl.len(),
        enemy_knocks_taken=pl.col("is_by_enemy").sum(),
        knocks_taken_revived=pl.when(is_known).then(is_revived.sum()),
        revived_after_s=pl.when(is_known).then(seconds.filter(is_revived).mean()),
        knocks_taken_traded=(pl.col("is_by_enemy") & pl.col("traded_after_s").is_not_null()).sum(),
    )


def knocks_table(knocks: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Take the columns of `KNOCKS`."""
    of_sides = [
        pl.col(f"{role}_{what}").alias(f"{side}_{what}")
        for side, role in (("knocker", "actor"), ("victim", "victim"))
        for what in ("name", "account_id", "team_id")
    ]
    return (
        knocks.join(cast.fights.select("fight", "fight_no"), on="fight", how="left", maintain_order="left")
        .select(pl.exclude("^victim_(name|account_id|team_id)$"), *of_sides)
        .rename({"time": "knocked_at", "damage_causer": "weapon"})
        .select(KNOCKS.names())
        .cast(KNOCKS)
    )
