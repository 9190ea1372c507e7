"""All that is known about one player: read from the warehouse, computed by `profiles`, for a page or as JSON.

Not here: what the page looks like (see `cli.player_page`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import psycopg

from pewstats_assets.profiles.player import PlayerInMode, figures_of, maps_of, playstyle_of, trend_of
from pewstats_assets.profiles.populations import SUM_COLUMNS
from pewstats_assets.warehouse.players import (
    Finishes,
    FoundPlayer,
    Squad,
    UsedName,
    finishes_of,
    last_names,
    names_of,
    playstyle_row,
    population_of,
    recent_fights,
    squads_of,
    sums_of_player,
)


@dataclass(frozen=True, slots=True)
class Mate:
    """Somebody in a squad."""

    player_account_id: str
    player_name: str | None


@dataclass(frozen=True, slots=True)
class SquadOfPlayer:
    """A squad of the player in a mode: who the others are, and how it did."""

    squad_id: str
    game_mode: str | None
    match_type: str | None
    mates: list[Mate]
    matches: int
    wins_of_matches: int
    fights: int
    wins: int
    win_rate: float | None
    trade_rate: float | None
    focus_share: float | None


@dataclass(frozen=True, slots=True)
class PlaysWith:
    """A mate over all squads: what they played together, and who finished whose knocks.

    Attributes:
        mate: who it is.
        matches: together, and so are `fights` and `wins` (of fights).
        finished_by_mate: knocks of the player that the mate finished.
        finished_by_player: knocks of the mate that the player finished.
    """

    mate: Mate
    matches: int
    fights: int
    wins: int
    finished_by_mate: int
    finished_by_player: int


@dataclass(frozen=True, slots=True)
class ModeInBrief:
    """Where the player's fights were."""

    game_mode: str | None
    match_type: str | None
    matches: int
    fights: int
    first_fight_at: datetime
    last_fight_at: datetime


@dataclass(frozen=True, slots=True)
class PlayerReport:
    """All that is known about a player; `modes` are those asked for, the one with most fights first."""

    player_account_id: str
    player_name: str
    names: list[UsedName]
    all_modes: list[ModeInBrief]
    modes: list[PlayerInMode]
    squads: list[SquadOfPlayer]
    plays_with: list[PlaysWith]


def report_on(
    connection: psycopg.Connection, found: FoundPlayer, game_mode: str | None, match_type: str | None
) -> PlayerReport:
    """Put together what is known about a player.

    Args:
        connection: to the warehouse; nothing is changed.
        found: the player.
        game_mode: only this one; None for all.
        match_type: only this one; None for all.
    """
    account = found.player_account_id
    sums = sums_of_player(connection, account)
    briefs = [
        ModeInBrief(*row)
        for row in sums.group_by("game_mode", "match_type")
        .agg(
            pl.col("matches").sum(),
            pl.col("fights").sum().cast(pl.Int64),
            pl.col("first_fight_at").min(),
            pl.col("last_fight_at").max(),
        )
        .sort("fights", "game_mode", "match_type", descending=[True, False, False])
        .iter_rows()
    ]
    chosen = [
        brief for brief in briefs if game_mode in (None, brief.game_mode) and match_type in (None, brief.match_type)
    ]
    modes = [_in_mode(connection, account, brief, sums) for brief in chosen]
    wanted = {(brief.game_mode, brief.match_type) for brief in chosen}
    squads = [squad for squad in squads_of(connection, account) if (squad.game_mode, squad.match_type) in wanted]
    finishes = finishes_of(connection, account, sorted({squad.squad_id for squad in squads}))
    names = last_names(connection, sorted({one for squad in squads for one in squad.player_account_ids}))

    def mate(one: str) -> Mate:
        return Mate(one, names.get(one))

    return PlayerReport(
        player_account_id=account,
        player_name=found.player_name,
        names=names_of(connection, account),
        all_modes=briefs,
        modes=modes,
        squads=[
            SquadOfPlayer(
                squad.squad_id,
                squad.game_mode,
                squad.match_type,
                [mate(one) for one in squad.player_account_ids if one != account],
                squad.matches,
                squad.wins_of_matches,
                squad.fights,
                squad.wins,
                squad.win_rate,
                squad.trade_rate,
                squad.focus_share,
            )
            for squad in squads
        ],
        plays_with=_plays_with(account, squads, finishes, names),
    )


def _plays_with(
    account: str, squads: Sequence[Squad], finishes: Sequence[Finishes], names: Mapping[str, str]
) -> list[PlaysWith]:
    """Add up squads and finishes by mate; most matches first."""
    mates = sorted({mate for squad in squads for mate in squad.player_account_ids if mate != account})
    together = {mate: [squad for squad in squads if mate in squad.player_account_ids] for mate in mates}
    pairs = {(pair.knocker_account_id, pair.finisher_account_id): pair.finishes for pair in finishes}
    found = [
        PlaysWith(
            Mate(mate, names.get(mate)),
            sum(squad.matches for squad in of_mate),
            sum(squad.fights for squad in of_mate),
            sum(squad.wins for squad in of_mate),
            pairs.get((account, mate), 0),
            pairs.get((mate, account), 0),
        )
        for mate, of_mate in together.items()
    ]
    return sorted(found, key=lambda one: -one.matches)


def _in_mode(connection: psycopg.Connection, account: str, brief: ModeInBrief, sums: pl.DataFrame) -> PlayerInMode:
    where = (brief.game_mode, brief.match_type)
    by_map = sums.filter(pl.col("game_mode").eq_missing(where[0]), pl.col("match_type").eq_missing(where[1]))
    whole = by_map.select(pl.col(SUM_COLUMNS).sum())
    population, compared_at = population_of(connection, *where)
    return PlayerInMode(
        *where,
        matches=brief.matches,
        fights=brief.fights,
        first_fight_at=brief.first_fight_at,
        last_fight_at=brief.last_fight_at,
        players=population["win_rate"].players if "win_rate" in population else None,
        compared_at=compared_at,
        playstyle=playstyle_of(playstyle_row(connection, account, *where), whole, population),
        figures=figures_of(whole, population),
        maps=maps_of(by_map, population),
        trend=trend_of(recent_fights(connection, account, *where), whole, population),
    )
