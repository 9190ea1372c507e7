"""Trades: a player is knocked by an enemy, and a team mate knocks or kills that enemy shortly after."""

from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from pewstats_assets.fights.participation.cast import Cast
from pewstats_assets.fights.participation.events import S_PER_US
from pewstats_assets.fights.participation.ordered import NO_ROW, Ordered, begins_of, counts, runs_of
from pewstats_assets.fights.participation.sightings import Sightings
from pewstats_assets.fights.participation.states import STANDING

#: After the knock, inclusive.
TRADED_WITHIN: Final = timedelta(seconds=10)

_DOWNS: Final = ("knock", "kill", "kill_v1")
_TRADED_WITHIN_US: Final = TRADED_WITHIN // timedelta(microseconds=1)


def with_trades(knocks: pl.DataFrame, events: pl.DataFrame, cast: Cast) -> pl.DataFrame:
    """Find who traded each knock by an enemy: the victim's first team mate to knock or to kill the knocker after it.

    Returns:
        The knocks, and `trader` (a player's number), `traded_by_account_id`, `traded_after_s`; null if nobody did in
        time.
    """
    # Downs of one player by one team, in order, and a row behind the last that is of nobody.
    downs = (
        events.select("event", "time", "actor", "actor_account_id", by_team=_pair("victim", "actor_team", cast))
        .filter(events["kind"].is_in(_DOWNS) & (events["actor_team"] != NO_ROW))
        .sort("by_team", maintain_order=True)
    )
    none = downs.height
    pairs, pair = np.unique(downs["by_team"].to_numpy(), return_inverse=True)
    by_pair = Ordered(pair, downs["event"].to_numpy())
    pair, actor = np.append(pair, NO_ROW), np.append(downs["actor"].to_numpy(), NO_ROW)
    # Those by one player that follow each other are a run; the first by somebody else is behind it.
    _, behind = runs_of(begins_of(pair) | begins_of(actor))
    next_by_other = np.minimum(behind, none)

    asked = knocks.select(_pair("actor", "victim_team", cast)).to_series().to_numpy()
    place = np.searchsorted(pairs, asked)
    place = np.where(np.append(pairs, NO_ROW)[place] == asked, place, len(pairs))
    first = by_pair.first_from(place, knocks["event"].to_numpy() + 1)
    # The victim may be the first, with a grenade that was thrown before: then it is the first by somebody else.
    first = np.where(actor[first] == knocks["victim"].to_numpy(), next_by_other[first], first)
    time = np.append(downs["time"].to_physical().to_numpy(), 0)[first]
    after = time - knocks["time"].to_physical().to_numpy()
    is_trade = pl.Series(knocks["is_by_enemy"].to_numpy() & (pair[first] == place) & (after <= _TRADED_WITHIN_US))
    account = downs["actor_account_id"].extend_constant(None, 1)[first]
    return knocks.with_columns(
        trader=pl.when(is_trade).then(pl.Series(actor[first])),
        traded_by_account_id=pl.when(is_trade & (account != "")).then(account),
        traded_after_s=pl.when(is_trade).then(pl.Series(after * S_PER_US)),
    )


def _pair(player: str, team: str, cast: Cast) -> pl.Expr:
    """Number a player together with a team of the same match."""
    return pl.col(player) * cast.teams.height + pl.col(team)


def trade_chances(knocks: pl.DataFrame, cast: Cast, sightings: Sightings) -> pl.DataFrame:
    """Count the knocks of team mates by enemies while a participant stood, and who traded them.

    Args:
        knocks: with their trades.
        cast: has the team mates: those who take part in the fight.
        sightings: tell who stood just before the knock.

    Returns:
        `trade_opportunities`, `trades_by_self`, `trades_by_team` of each participant.
    """
    participants = cast.participants.height
    by_enemy = knocks.select(
        "fight", "event", "victim_team", "victim_participant", pl.col("trader").fill_null(NO_ROW)
    ).filter(knocks["is_by_enemy"])
    knock, participant = cast.participants_of_sides(by_enemy["fight"].to_numpy(), by_enemy["victim_team"].to_numpy())
    player = cast.participants["player"].to_numpy()[participant]
    seq = sightings.seq_of_event[by_enemy["event"].to_numpy()]
    is_chance = (participant != by_enemy["victim_participant"].to_numpy()[knock]) & (
        sightings.state_before(player, seq[knock]) == STANDING
    )
    participant, player, trader = (
        participant[is_chance],
        player[is_chance],
        by_enemy["trader"].to_numpy()[knock[is_chance]],
    )
    is_by_self = trader == player
    return pl.DataFrame(
        {
            "trade_opportunities": counts(participant, participants),
            "trades_by_self": counts(participant[is_by_self], participants),
            "trades_by_team": counts(participant[~is_by_self & (trader != NO_ROW)], participants),
        }
    )
