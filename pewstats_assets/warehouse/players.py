"""One player in PostgreSQL: whom a name means, sums, names, squads, fights of late. Everything is found by an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl
import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row

from pewstats_assets.profiles.player import FIGHTS, LAST_DAYS, LAST_FIGHTS
from pewstats_assets.profiles.populations import SUM_COLUMNS, PopulationFigure
from pewstats_assets.profiles.shrinkage import Prior

#: Fights of late that are read at most; who has more in the last days is compared with the rest by these.
MAX_FIGHTS: Final = 2_000


@dataclass(frozen=True, slots=True)
class FoundPlayer:
    """An account that somebody may mean: its last name, and since when and in how many matches it fought."""

    player_account_id: str
    player_name: str
    matches: int
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class UsedName:
    """A name of a player: in how many matches with a fight, and when."""

    player_name: str
    matches: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Squad:
    """People who played together, the player among them; rates are None if there is nothing to divide by."""

    squad_id: str
    player_account_ids: list[str]
    game_mode: str | None
    match_type: str | None
    matches: int
    wins_of_matches: int
    fights: int
    wins: int
    win_rate: float | None
    trade_rate: float | None
    focus_share: float | None
    last_fight_at: datetime | None


@dataclass(frozen=True, slots=True)
class Finishes:
    """How many knocks of one member of a squad another one finished."""

    knocker_account_id: str
    finisher_account_id: str
    finishes: int


# With an OR instead of the UNION, no index would be used.
_FIND: Final = """
SELECT player_account_id,
       (array_agg(player_name ORDER BY last_seen_at DESC, player_name))[1] AS player_name,
       sum(matches)::bigint AS matches, max(last_seen_at) AS last_seen_at
FROM player_names
WHERE player_account_id IN (
    SELECT %(player)s UNION SELECT player_account_id FROM player_names WHERE player_name = %(player)s
)
GROUP BY player_account_id
ORDER BY last_seen_at DESC, player_account_id
"""
_NAMES: Final = """
SELECT player_name, sum(matches)::bigint AS matches, min(first_seen_at) AS first_seen_at,
       max(last_seen_at) AS last_seen_at
FROM player_names
WHERE player_account_id = %s
GROUP BY player_name
ORDER BY last_seen_at DESC, player_name
"""
_LAST_NAMES: Final = """
SELECT DISTINCT ON (player_account_id) player_account_id, player_name
FROM player_names
WHERE player_account_id = ANY (%s)
ORDER BY player_account_id, last_seen_at DESC, player_name
"""
_SUMS: Final = sql.SQL("""
SELECT game_mode, match_type, map_name, sum(matches)::bigint AS matches, min(first_fight_at) AS first_fight_at,
       max(last_fight_at) AS last_fight_at, {sums}
FROM player_profile_sums
WHERE player_account_id = %s
GROUP BY game_mode, match_type, map_name
ORDER BY game_mode, match_type, map_name
""").format(
    sums=sql.SQL(", ").join(
        sql.SQL("sum({0})::double precision AS {0}").format(sql.Identifier(name)) for name in SUM_COLUMNS
    )
)
_SUMS_SCHEMA: Final = pl.Schema(
    {
        "game_mode": pl.String(),
        "match_type": pl.String(),
        "map_name": pl.String(),
        "matches": pl.Int64(),
        "first_fight_at": pl.Datetime("us", "UTC"),
        "last_fight_at": pl.Datetime("us", "UTC"),
        **{name: pl.Float64() for name in SUM_COLUMNS},
    }
)
_POPULATION: Final = """
SELECT figure, players, fights, prior_a, prior_b, dispersion, within_variance, min_trials, min_fights, reliability,
       quantiles, made_at
FROM population_figures
WHERE game_mode = %s AND match_type = %s
"""
_PLAYSTYLE: Final = """
SELECT * FROM player_playstyles WHERE player_account_id = %s AND game_mode = %s AND match_type = %s
"""
_SQUADS: Final = """
SELECT squad_id, player_account_ids, game_mode, match_type, matches, wins_of_matches, fights, wins, win_rate,
       trade_rate, focus_share, last_fight_at
FROM squads
WHERE player_account_ids @> ARRAY[%s]
ORDER BY matches DESC, fights DESC, squad_id
"""
_FINISHES: Final = """
SELECT knocker_account_id, finisher_account_id, sum(finishes)::bigint AS finishes
FROM squad_finish_pairs
WHERE squad_id = ANY (%(squads)s) AND %(player)s IN (knocker_account_id, finisher_account_id)
GROUP BY knocker_account_id, finisher_account_id
ORDER BY finishes DESC, knocker_account_id, finisher_account_id
"""
# The player's own fights alone, and only those of late: by the index on account and time. The match's time may be that
# of its end, hence the day more; the last fights are those of whole matches, until they are numbered.
_RECENT: Final = """
WITH last_fights AS (
    SELECT match_datetime
    FROM fight_participants fp
    WHERE fp.player_account_id = %(player)s
      AND fp.game_mode IS NOT DISTINCT FROM %(game_mode)s AND fp.match_type IS NOT DISTINCT FROM %(match_type)s
    ORDER BY match_datetime DESC
    LIMIT %(last)s
), late AS (
    SELECT least(max(match_datetime) - make_interval(days => %(days)s + 1), min(match_datetime)) AS since
    FROM last_fights
)
SELECT fight_start_time, team_outcome, survived, knocks_dealt, kills_dealt, damage_dealt, damage_taken
FROM (
    SELECT tf.fight_start_time, tf.team_outcomes ->> fp.team_id::text AS team_outcome, fp.*,
           max(tf.fight_start_time) OVER () AS last_fight_at,
           row_number() OVER (ORDER BY tf.fight_start_time DESC, fp.id DESC) AS number
    FROM fight_participants fp
    JOIN team_fights tf ON tf.id = fp.fight_id
    WHERE fp.player_account_id = %(player)s AND fp.match_datetime >= (SELECT since FROM late)
      AND fp.game_mode IS NOT DISTINCT FROM %(game_mode)s AND fp.match_type IS NOT DISTINCT FROM %(match_type)s
) fights
WHERE number <= %(last)s OR fight_start_time > last_fight_at - make_interval(days => %(days)s)
ORDER BY number
LIMIT %(most)s
"""


def find_players(connection: psycopg.Connection, player: str) -> list[FoundPlayer]:
    """Return the accounts that have this id, or have gone by this name; who was seen last comes first."""
    with connection.cursor(row_factory=class_row(FoundPlayer)) as cursor:
        return cursor.execute(_FIND, {"player": player}).fetchall()


def names_of(connection: psycopg.Connection, account: str) -> list[UsedName]:
    """Return the names that a player has used, the last one first."""
    with connection.cursor(row_factory=class_row(UsedName)) as cursor:
        return cursor.execute(_NAMES, [account]).fetchall()


def last_names(connection: psycopg.Connection, accounts: Sequence[str]) -> dict[str, str]:
    """Return the last name of each account that has fought."""
    return dict(connection.execute(_LAST_NAMES, [list(accounts)]).fetchall())


def sums_of_player(connection: psycopg.Connection, account: str) -> pl.DataFrame:
    """Return the sums of a player: one row per mode, match type and map, with `SUM_COLUMNS`."""
    rows = connection.execute(_SUMS, [account]).fetchall()
    return pl.DataFrame(rows, schema=_SUMS_SCHEMA, orient="row")


def population_of(
    connection: psycopg.Connection, game_mode: str | None, match_type: str | None
) -> tuple[dict[str, PopulationFigure], datetime | None]:
    """Return what figures are like among the players of a mode, and when that was found out; empty if it was not."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_POPULATION, [game_mode, match_type]).fetchall()
    figures = {
        row["figure"]: PopulationFigure(
            prior=None
            if row["prior_a"] is None
            else Prior(row["prior_a"], row["prior_b"], row["dispersion"], row["within_variance"]),
            quantiles=None if row["quantiles"] is None else np.array(row["quantiles"]),
            **{name: row[name] for name in ("figure", "players", "fights", "min_trials", "min_fights", "reliability")},
        )
        for row in rows
    }
    return figures, rows[0]["made_at"] if rows else None


def playstyle_row(
    connection: psycopg.Connection, account: str, game_mode: str | None, match_type: str | None
) -> Mapping[str, Any] | None:
    """Return the player's row of `player_playstyles`, if there is one."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_PLAYSTYLE, [account, game_mode, match_type]).fetchone()


def squads_of(connection: psycopg.Connection, account: str) -> list[Squad]:
    """Return the squads that a player has played in, per mode; most matches first."""
    with connection.cursor(row_factory=class_row(Squad)) as cursor:
        return cursor.execute(_SQUADS, [account]).fetchall()


def finishes_of(connection: psycopg.Connection, account: str, squads: Sequence[str]) -> list[Finishes]:
    """Return who finished the player's knocks, and whose knocks the player finished, within these squads."""
    with connection.cursor(row_factory=class_row(Finishes)) as cursor:
        return cursor.execute(_FINISHES, {"player": account, "squads": list(squads)}).fetchall()


def recent_fights(
    connection: psycopg.Connection, account: str, game_mode: str | None, match_type: str | None
) -> pl.DataFrame:
    """Return a player's fights of the last days before the last one, and at least the last fights, the last one first.

    This alone reads fights: those of one player in one mode, by index, and returns `MAX_FIGHTS` at most.
    """
    parameters = {
        "player": account,
        "game_mode": game_mode,
        "match_type": match_type,
        "last": LAST_FIGHTS,
        "days": LAST_DAYS,
        "most": MAX_FIGHTS,
    }
    return pl.DataFrame(connection.execute(_RECENT, parameters).fetchall(), schema=FIGHTS, orient="row")
