"""Populations in PostgreSQL: the sums of all players read once, mode by mode, and what came out of them written.

Only sums are read, never a fight. Rows go to and from polars as text of COPY, not one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl
import psycopg
from psycopg import sql

from pewstats_assets.profiles.populations import SUM_COLUMNS, Population
from pewstats_assets.warehouse.bulk import copy_frame, read_frame

# Readers go on reading what there is; a second writer waits.
_LOCK: Final = "LOCK TABLE population_figures IN SHARE ROW EXCLUSIVE MODE"
# One pass over the sums of all batches; what is left is a row per player, mode and half.
_MERGE: Final = sql.SQL("""
CREATE TEMPORARY TABLE merged_sums ON COMMIT DROP AS
SELECT game_mode, match_type, player_account_id, half, {sums}
FROM player_profile_sums
WHERE game_mode IS NOT NULL AND match_type IS NOT NULL
GROUP BY game_mode, match_type, player_account_id, half
""").format(sums=sql.SQL(", ").join(sql.SQL("sum({0}) AS {0}").format(sql.Identifier(name)) for name in SUM_COLUMNS))
_MODES: Final = "SELECT DISTINCT game_mode, match_type FROM merged_sums ORDER BY game_mode, match_type"
_SUMS: Final = sql.SQL("""
SELECT player_account_id, half, {sums} FROM merged_sums WHERE game_mode = {game_mode} AND match_type = {match_type}
""")
_SUMS_SCHEMA: Final = pl.Schema(
    {"player_account_id": pl.String(), "half": pl.Int8(), **{name: pl.Float64() for name in SUM_COLUMNS}}
)
_TABLES: Final = ("population_figures", "player_figures", "player_playstyles")
_INSERT_FIGURE: Final = """
INSERT INTO population_figures
    (game_mode, match_type, figure, players, fights, prior_a, prior_b, dispersion, within_variance, min_trials,
     min_fights, reliability, quantiles)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Mode:
    """Whose players are compared with each other: those of one game mode and match type."""

    game_mode: str
    match_type: str


def begin(connection: psycopg.Connection) -> list[Mode]:
    """Empty the tables of populations, and merge the sums of all batches for `sums_of_mode`; the caller commits.

    Returns:
        The modes that somebody has fights in. Fights of an unknown mode or match type are of no population.
    """
    connection.execute(_LOCK)
    for table in _TABLES:
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    connection.execute(_MERGE)
    return [Mode(*row) for row in connection.execute(_MODES)]


def sums_of_mode(connection: psycopg.Connection, mode: Mode) -> pl.DataFrame:
    """Return the sums of a mode's players: one row per player and half, with `SUM_COLUMNS`; after `begin`."""
    query = _SUMS.format(
        sums=sql.SQL(", ").join(map(sql.Identifier, SUM_COLUMNS)),
        game_mode=sql.Literal(mode.game_mode),
        match_type=sql.Literal(mode.match_type),
    )
    return read_frame(connection, query, _SUMS_SCHEMA)


def write_population(
    connection: psycopg.Connection,
    mode: Mode,
    population: Population,
    figures: Iterator[pl.DataFrame],
    playstyles: pl.DataFrame,
) -> int:
    """Write what is known of a mode's players; the caller commits.

    Args:
        connection: in the transaction of `begin`.
        mode: whose players they are.
        population: what they are like.
        figures: of the players with enough fights, as `profiles.populations.player_figures` yields them.
        playstyles: as of `profiles.populations.player_playstyles`.

    Returns:
        How many figures of players were written.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            _INSERT_FIGURE,
            [
                (
                    mode.game_mode,
                    mode.match_type,
                    figure.figure,
                    figure.players,
                    figure.fights,
                    *((prior.a, prior.b, prior.dispersion, prior.within) if (prior := figure.prior) else (None,) * 4),
                    figure.min_trials,
                    figure.min_fights,
                    figure.reliability,
                    None if figure.quantiles is None else figure.quantiles.tolist(),
                )
                for figure in population.figures.values()
            ],
        )
    rows = 0
    for frame in figures:
        copy_frame(connection, "player_figures", _of(mode, frame))
        rows += frame.height
    copy_frame(connection, "player_playstyles", _of(mode, playstyles))
    return rows


def _of(mode: Mode, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(game_mode=pl.lit(mode.game_mode), match_type=pl.lit(mode.match_type))
