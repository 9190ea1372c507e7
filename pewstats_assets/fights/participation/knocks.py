"""Knocks in the windows of fights: who knocked whom, and what became of it, by `dBNOId`."""

from typing import Final

import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.columns import KNOCKS
from pewstats_assets.fights.participation.events import S_PER_US, distance_m, is_somebody
from pewstats_assets.fights.participation.ordered import Ordered
from pewstats_assets.fights.participation.sightings import Sightings
from pewstats_assets.fights.participation.states import DEAD

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


def knocks_of(window: pl.DataFrame, events: pl.DataFrame, sightings: Sightings) -> pl.DataFrame:
    """List the knocks of all windows, with their fates.

    Returns:
        The window's columns, and `knock_no`, `distance_m`, `is_by_enemy`, `fate`, `ended_at`, `ender` (a player's
        number), `ender_account_id`, `ender_team_id`; in order.
    """
    knocks = window.filter(pl.col("kind") == "knock").with_columns(
        knock_no=pl.int_range(1, pl.len() + 1).over("fight"),
        distance_m=distance_m(),
        is_by_enemy=(pl.col("actor_team_id") != pl.col("victim_team_id")) & is_somebody("actor"),
    )
    joined = knocks.join(_ends(events), on=["match_no", "dbno_id"], how="left", maintain_order="left")
    told = pl.concat([joined, _untold_ends(knocks, sightings)], how="horizontal")
    is_open = pl.col("fate") == "open"
    return told.with_columns(
        fate=pl.when(is_open).then("untold_fate").otherwise("fate"),
        ended_at=pl.when(is_open & (pl.col("untold_fate") == "revived")).then("untold_ended_at").otherwise("ended_at"),
    )


def _ends(events: pl.DataFrame) -> pl.DataFrame:
    """Find what became of knocks by `dBNOId`, which a knock and what ends it have in common.

    One that is missing, below 0, or of several knocks says nothing, nor does an end that is earlier than its knock.

    Returns:
        `match_no`, `dbno_id`, `fate` (open without an end), `ended_at`, `ender`, `ender_account_id`, `ender_team_id`.
    """
    number = ["match_no", "dbno_id"]
    numbered = events.filter(pl.col("dbno_id") >= 0)
    is_finish = is_somebody("actor") & (pl.col("actor") != pl.col("victim"))
    is_finish &= ~pl.col("damage_type").is_in(_BY_NOBODY).fill_null(value=False)
    fate = (
        pl.when(pl.col("kind") == "revive")
        .then(pl.lit("revived"))
        .when(is_finish)
        .then(pl.lit("finished"))
        .otherwise(pl.lit("bled_out"))
    )
    ends = numbered.filter(pl.col("kind").is_in(["kill", "kill_v1", "revive"])).select(
        *number,
        fate=fate,
        ended_at="time",
        ender="actor",
        ender_account_id=pl.when(pl.col("actor_account_id") != "").then("actor_account_id"),
        ender_team_id="actor_team_id",
    )
    of_nobody = [
        pl.when(pl.col("fate") != "bled_out").then(name).alias(name)
        for name in ("ender", "ender_account_id", "ender_team_id")
    ]
    knocks = (
        numbered.filter(pl.col("kind") == "knock")
        .select(*number, knocked_at="time")
        .unique(number, keep="none", maintain_order=True)
    )
    first_ends = (
        ends.join(knocks, on=number, maintain_order="left")
        .filter(pl.col("ended_at") >= pl.col("knocked_at"))
        .drop("knocked_at")
        .unique(number, keep="first", maintain_order=True)
    )
    return (
        knocks.select(number)
        .join(first_ends, on=number, how="left")
        .with_columns(pl.col("fate").fill_null("open"), *of_nobody)
    )


def _untold_ends(knocks: pl.DataFrame, sightings: Sightings) -> pl.DataFrame:
    """Tell what happened next to the victims of knocks that nothing ends: no event says who revives himself.

    Returns:
        For each knock `untold_fate`: revived, if the victim stands again or is knocked again; open, if nothing happens
        to him any more; null, if he dies by an event without the knock's number. And `untold_ended_at`, when it was.
    """
    changes = sightings.changes
    by_player = Ordered(changes["player"].to_numpy(), changes["seq"].to_numpy())
    changes = pl.concat([changes, changes.clear(1)])
    victim = knocks["victim"].to_numpy()
    row = by_player.first_from(victim, sightings.seq_of_event[knocks["event"].to_numpy()] + 1)
    following = changes[row].select("player", "change", untold_ended_at="time")
    return following.select(
        untold_fate=pl.when(pl.col("player").ne_missing(knocks["victim"]))
        .then(pl.lit("open"))
        .when(pl.col("change").ne_missing(DEAD))
        .then(pl.lit("revived")),
        untold_ended_at="untold_ended_at",
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
    seconds = (pl.col("ended_at") - pl.col("time")).dt.total_microseconds() * S_PER_US
    return knocks.group_by(participant="victim_participant", maintain_order=True).agg(
        knocks_taken=pl.len(),
        enemy_knocks_taken=pl.col("is_by_enemy").sum(),
        knocks_taken_revived=pl.when(is_known).then(is_revived.sum()),
        revived_after_s=pl.when(is_known).then(seconds.filter(is_revived).mean()),
        knocks_taken_traded=(pl.col("is_by_enemy") & pl.col("traded_after_s").is_not_null()).sum(),
    )


def knocks_table(knocks: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Take the columns of `KNOCKS`."""
    of_sides = [
        (pl.when(pl.col(f"{role}_{what}") != "").then(f"{role}_{what}")).alias(f"{side}_{what}")
        for side, role in (("knocker", "actor"), ("victim", "victim"))
        for what in ("name", "account_id")
    ]
    return (
        knocks.join(cast.fights.select("fight", "fight_no"), on="fight", how="left", maintain_order="left")
        .with_columns(of_sides, knocker_team_id="actor_team_id", knocked_at="time", weapon="damage_causer")
        .select(KNOCKS.names())
        .cast(KNOCKS)
    )
