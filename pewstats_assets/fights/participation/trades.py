"""Trades: a player is knocked by an enemy, and a team mate knocks or kills that enemy shortly after."""

from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import S_PER_US
from pewstats_assets.fights.participation.ordered import Ordered
from pewstats_assets.fights.participation.sightings import Sightings
from pewstats_assets.fights.participation.states import STANDING

#: After the knock, inclusive.
TRADED_WITHIN: Final = timedelta(seconds=10)
#: What is counted of the opportunities of a participant.
TRADES: Final = ("trade_opportunities", "trades_by_self", "trades_by_team")


def with_trades(knocks: pl.DataFrame, events: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Find who traded each knock by an enemy: the victim's first team mate to knock or to kill the knocker after it.

    Returns:
        The knocks, and `trader` (a player's number), `traded_by_account_id`, `traded_after_s`; null if nobody did in
        time.
    """
    # Downs of one player by one team, in order.
    downs = (
        events.filter(pl.col("kind").is_in(["knock", "kill", "kill_v1"]), pl.col("actor_team").is_not_null())
        .select(
            *("event", "actor"),
            group=_group("victim", "actor_team", cast),
            traded_at="time",
            traded_by_account_id="actor_account_id",
        )
        .sort("group", "event")
    )
    by_group = Ordered(downs["group"].to_numpy(), downs["event"].to_numpy())
    none = downs.height  # a row of nulls behind the last
    next_by_other = (
        pl.when(pl.col("group").ne_missing(pl.col("group").shift(-1)))
        .then(none)
        .when(pl.col("actor") != pl.col("actor").shift(-1))
        .then(pl.int_range(1, pl.len() + 1))
        .backward_fill()
    )
    downs = downs.with_columns(next_by_other=next_by_other.cast(pl.Int64))
    downs = pl.concat([downs, downs.clear(1)])

    asked = knocks.select("is_by_enemy", "event", "time", "victim", group=_group("actor", "victim_team", cast))
    first = by_group.first_from(asked["group"].to_numpy(), asked["event"].to_numpy() + 1)
    # The victim may be the first, with a grenade that was thrown before: then it is the first by somebody else.
    is_by_victim = (downs["actor"][first] == asked["victim"]).fill_null(value=False).to_numpy()
    first = np.where(is_by_victim, downs["next_by_other"][first].fill_null(none).to_numpy(), first)

    after = pl.col("traded_at") - pl.col("time")
    is_trade = pl.col("is_by_enemy") & (pl.col("group_of_trade") == pl.col("group")) & (after <= TRADED_WITHIN)
    found = downs[first].select("traded_at", "traded_by_account_id", trader="actor", group_of_trade="group")
    traded = pl.concat([asked, found], how="horizontal").select(
        trader=pl.when(is_trade).then("trader"),
        traded_by_account_id=pl.when(is_trade & (pl.col("traded_by_account_id") != "")).then("traded_by_account_id"),
        traded_after_s=pl.when(is_trade).then(after.dt.total_microseconds() * S_PER_US),
    )
    return pl.concat([knocks, traded], how="horizontal")


def _group(player: str, team: str, cast: Cast) -> pl.Expr:
    """Number a player together with a team of the same match."""
    return pl.col(player).cast(pl.Int64) * cast.teams.height + pl.col(team)


def trade_chances(knocks: pl.DataFrame, cast: Cast, sightings: Sightings) -> pl.DataFrame:
    """Count the knocks of team mates by enemies while a participant stood, and who traded them.

    Args:
        knocks: with their trades.
        cast: has the team mates: those who take part in the fight.
        sightings: tell who stood just before the knock.

    Returns:
        `participant`, `trade_opportunities`, `trades_by_self`, `trades_by_team`, for who had an opportunity.
    """
    mates = cast.participants.select("fight", "participant", "player", victim_team_id="team_id")
    chances = (
        knocks.filter("is_by_enemy")
        .select("fight", "event", "victim_team_id", "victim_participant", "trader")
        .join(mates, on=["fight", "victim_team_id"])
        .filter(pl.col("participant").ne_missing(pl.col("victim_participant")))
    )
    seq = sightings.seq_of_event[chances["event"].to_numpy()]
    is_standing = sightings.state_before(chances["player"].to_numpy(), seq) == STANDING
    is_by_self = pl.col("trader") == pl.col("player")
    return (
        chances.filter(is_standing)
        .group_by("participant")
        .agg(trade_opportunities=pl.len(), trades_by_self=is_by_self.sum(), trades_by_team=(~is_by_self).sum())
    )
