"""Knocks in the windows of fights: who knocked whom, and what became of it, by `dBNOId`."""

from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.columns import KNOCKS
from pewstats_assets.fights.participation.events import S_PER_US, distance_m, is_somebody
from pewstats_assets.fights.participation.ordered import Numbers, begins_of, counts, places_in_groups
from pewstats_assets.fights.participation.sightings import Sightings
from pewstats_assets.fights.participation.states import DEAD
from pewstats_assets.telemetry.times import TIME

#: Deaths by these are nobody's finish, though files name the knocker: to bleed out (also when the last team mate dies),
#: the blue zone, to drown.
_BY_NOBODY: Final = ("Damage_Groggy", "Damage_DBNO", "Damage_BlueZone", "Damage_Drown")

_ENDS: Final = ("kill", "kill_v1", "revive")
#: In place of the event that ended a knock: there is none, or the knock's number does not tell.
_OPEN: Final = -1
_UNTOLD: Final = -2

#: What is counted of the knocks that a participant takes.
_KNOCKS_TAKEN: Final = ("knocks_taken", "enemy_knocks_taken", "knocks_taken_revived", "knocks_taken_traded")

_IS_FINISHED: Final = pl.col("fate") == "finished"
_IS_BY_SELF: Final = pl.col("ender") == pl.col("actor")
_IS_BY_TEAM: Final = (pl.col("ender_team_id") == pl.col("actor_team_id")).fill_null(value=False)
#: What can become of a knock dealt, by the column that counts it.
_FATES: Final = {
    "knocks_finished_by_self": _IS_FINISHED & _IS_BY_SELF,
    "knocks_finished_by_team": _IS_FINISHED & ~_IS_BY_SELF & _IS_BY_TEAM,
    "knocks_finished_by_others": _IS_FINISHED & ~_IS_BY_SELF & ~_IS_BY_TEAM,
    "knocks_revived": pl.col("fate") == "revived",
    "knocks_bled_out": pl.col("fate") == "bled_out",
}


def knocks_of(window: pl.DataFrame, events: pl.DataFrame, sightings: Sightings) -> pl.DataFrame:
    """List the knocks of all windows, with their fates.

    Returns:
        The window's columns, and `knock_no`, `distance_m`, `is_by_enemy`, `fate`, `ended_at`, `ender` (a player's
        number), `ender_account_id`, `ender_team_id`; in order.
    """
    knocks = window.filter(window["kind"] == "knock")
    event = knocks["event"].to_numpy()
    end = _ends(events)[event]
    is_ended, is_open = pl.Series(end >= 0), pl.Series(end == _OPEN)
    told = _told_ends(events, np.maximum(end, 0))
    untold = _untold_ends(knocks, sightings)
    is_anybodys = is_ended & (told["fate"] != "bled_out")
    return knocks.with_columns(
        pl.Series("knock_no", places_in_groups(knocks["fight"].to_numpy()) + 1),
        distance_m=distance_m(),
        is_by_enemy=(pl.col("actor_team") != pl.col("victim_team")) & is_somebody("actor"),
        fate=pl.when(is_ended).then(told["fate"]).when(is_open).then(untold["fate"]),
        ended_at=pl.when(is_ended).then(told["time"]).when(is_open).then(untold["time"]),
        ender=pl.when(is_anybodys).then(told["actor"]),
        ender_account_id=pl.when(is_anybodys & (told["actor_account_id"] != "")).then(told["actor_account_id"]),
        ender_team_id=pl.when(is_anybodys).then(told["actor_team_id"]),
    )


def _ends(events: pl.DataFrame) -> Numbers:
    """Find what ended knocks by `dBNOId`, which a knock and its end have in common.

    One that is missing, below 0, or of several knocks says nothing, nor does an end that is earlier than its knock.

    Returns:
        For each event, if it is a knock, the number of the event that ended it, `_OPEN` or `_UNTOLD`.
    """
    numbered = (
        events.select("match_no", "dbno_id", "event", "time", is_knock=pl.col("kind") == "knock")
        .filter(events.select((pl.col("dbno_id") >= 0) & pl.col("kind").is_in(["knock", *_ENDS])).to_series())
        .sort("match_no", "dbno_id", maintain_order=True)
    )
    event, time = numbered["event"].to_numpy(), numbered["time"].to_physical().to_numpy()
    number = np.cumsum(begins_of(numbered["match_no"].to_numpy()) | begins_of(numbered["dbno_id"].to_numpy())) - 1
    is_knock = numbered["is_knock"].to_numpy()
    knocks = np.bincount(number[is_knock], minlength=number.max(initial=-1) + 1)
    knock = np.zeros(len(knocks), np.int64)
    knock[number[is_knock]] = np.flatnonzero(is_knock)
    is_of_one = knocks == 1
    row = np.flatnonzero(~is_knock & is_of_one[number] & (time >= time[knock[number]]))
    row = row[begins_of(number[row])]
    ends = np.full(events.height, _UNTOLD)
    ends[event[knock[is_of_one]]] = _OPEN
    ends[event[knock[number[row]]]] = event[row]
    return ends


def _told_ends(events: pl.DataFrame, end: Numbers) -> pl.DataFrame:
    """Tell what events made of the knocks that they ended: `fate`, `time`, and who the actor was."""
    is_finish = is_somebody("actor") & (pl.col("actor") != pl.col("victim"))
    is_finish &= ~pl.col("damage_type").is_in(_BY_NOBODY).fill_null(value=False)
    fate = (
        pl.when(pl.col("kind") == "revive")
        .then(pl.lit("revived"))
        .when(is_finish)
        .then(pl.lit("finished"))
        .otherwise(pl.lit("bled_out"))
    )
    needed = events.select("kind", "time", "damage_type", "victim", r"^actor(_name|_account_id|_team_id)?$")
    return needed[end].with_columns(fate=fate)


def _untold_ends(knocks: pl.DataFrame, sightings: Sightings) -> pl.DataFrame:
    """Tell what happened next to the victims of knocks that nothing ends: no event says who revives himself.

    Returns:
        For each knock `fate`: revived, if the victim stands again or is knocked again; open, if nothing happens to him
        any more; null, if he dies by an event without the knock's number. And `time`, when he was revived.
    """
    victim = knocks["victim"].to_numpy()
    row = sightings.next_change(victim, sightings.seq_of_event[knocks["event"].to_numpy()] + 1)
    is_change = sightings.is_of(victim, row)
    row = np.where(is_change, row, 0)
    is_revived = is_change & (sightings.change[row] != DEAD)
    return pl.select(
        fate=pl.when(pl.Series(is_revived)).then(pl.lit("revived")).when(pl.Series(~is_change)).then(pl.lit("open")),
        time=pl.when(pl.Series(is_revived)).then(pl.Series(sightings.time[row]).cast(TIME)),
    )


def knocks_dealt(knocks: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Count participants' knocks of enemies by what became of them; null where that is not known of all.

    Returns:
        `enemy_knocks`, `knocks_finished_by_self`, `knocks_finished_by_team`, `knocks_finished_by_others`,
        `knocks_revived`, `knocks_bled_out` of each participant.
    """
    participants = cast.participants.height
    by_enemy = knocks.filter("is_by_enemy").select("actor_participant", "fate", **_FATES)
    participant = by_enemy["actor_participant"].to_numpy()
    is_known = pl.Series(counts(participant[by_enemy["fate"].is_null().to_numpy()], participants) == 0)
    return pl.select(
        pl.Series("enemy_knocks", counts(participant, participants)),
        *(
            pl.when(is_known).then(pl.Series(name, counts(participant[by_enemy[name].arg_true()], participants)))
            for name in _FATES
        ),
    )


def knocks_taken(knocks: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Count how often participants were knocked, and what became of it; null where that is not known of all.

    Returns:
        `knocks_taken`, `enemy_knocks_taken`, `knocks_taken_revived`, `revived_after_s`, `knocks_taken_traded` of each
        participant.
    """
    is_revived = pl.col("fate") == "revived"
    is_known = pl.col("fate").is_not_null().all()
    seconds = (pl.col("ended_at") - pl.col("time")).dt.total_microseconds() * S_PER_US
    found = knocks.group_by(participant="victim_participant", maintain_order=True).agg(
        knocks_taken=pl.len(),
        enemy_knocks_taken=pl.col("is_by_enemy").sum(),
        knocks_taken_revived=pl.when(is_known).then(is_revived.sum()),
        knocks_taken_traded=(pl.col("is_by_enemy") & pl.col("traded_after_s").is_not_null()).sum(),
        revived_after_s=pl.when(is_known).then(seconds.filter(is_revived).mean()),
    )
    was_knocked = pl.col("knocks_taken").is_not_null()
    return cast.of_participants(found).with_columns(
        pl.when(was_knocked).then(name).otherwise(0).alias(name) for name in _KNOCKS_TAKEN
    )


def knocks_table(knocks: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Take the columns of `KNOCKS`."""
    of_sides = [
        (pl.when(pl.col(f"{role}_{what}") != "").then(f"{role}_{what}")).alias(f"{side}_{what}")
        for side, role in (("knocker", "actor"), ("victim", "victim"))
        for what in ("name", "account_id")
    ]
    return (
        knocks.with_columns(
            cast.fights["fight_no"][knocks["fight"].to_numpy()],
            *of_sides,
            knocker_team_id="actor_team_id",
            knocked_at="time",
            weapon="damage_causer",
        )
        .select(KNOCKS.names())
        .cast(KNOCKS)
    )
