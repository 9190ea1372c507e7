"""Playstyles on a simulated league: no name is that of too many, and both halves of a player's fights give the same."""

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import psycopg
import pytest

from pewstats_assets.profiles import FightsOfBatch, sum_profiles
from pewstats_assets.profiles.frames import KNOCKS, SQUADS
from pewstats_assets.profiles.playstyle import NOT_ENOUGH_FIGHTS
from pewstats_assets.profiles.populations import SUM_COLUMNS, PlayerSums, describe_population, player_playstyles
from pewstats_assets.simulation.season import Size, write_season
from pewstats_assets.warehouse.profiles import fights_of
from pewstats_assets_tests.processes import Pewstats

MATCHES: Final = 300
SQUADS_OF_LEAGUE: Final = 32
SEED: Final = 5
MANY_FIGHTS: Final = 200
SPLITS: Final = 10
LARGEST_SHARE: Final = 0.35
SAME_NAME: Final = 0.70


@pytest.mark.hard
def test_no_name_is_too_frequent_and_names_last(database_url: str, tmp_path: Path) -> None:
    for _ in write_season(MATCHES, SEED, tmp_path / "league", Size.SMALL, 2, league=SQUADS_OF_LEAGUE):
        pass
    pewstats = Pewstats(tmp_path / "home", database_url)
    pewstats.run("register", str(tmp_path / "league"), "--batch-size", "50")
    pewstats.run("backfill")
    with psycopg.connect(database_url) as connection:
        named = connection.execute(
            "SELECT playstyle, count(*) FROM player_playstyles WHERE playstyle <> %s GROUP BY 1", [NOT_ENOUGH_FIGHTS]
        ).fetchall()
        fights = fights_of_all(connection)
    shares = [number / sum(number for _, number in named) for _, number in named]
    assert sum(number for _, number in named) == 4 * SQUADS_OF_LEAGUE
    assert max(shares) <= LARGEST_SHARE
    assert share_with_the_same_name(fights) >= SAME_NAME


def fights_of_all(connection: psycopg.Connection) -> pl.DataFrame:
    """All that players' profiles are summed from."""
    batches = connection.execute("SELECT batch FROM match_batches ORDER BY batch").fetchall()
    return pl.concat([fights_of(connection, batch).participants for (batch,) in batches])


def share_with_the_same_name(fights: pl.DataFrame) -> float:
    """Of the players with many fights, how many have one name by both halves of the fights; the mean over splits."""
    population = describe_population(summed(fights))
    many = fights.group_by("player_account_id").len().filter(pl.col("len") >= MANY_FIGHTS)
    rng = np.random.default_rng(SEED)
    same = []
    for _ in range(SPLITS):
        is_first = pl.Series(rng.permutation(fights.height) % 2 == 0)
        first, second = (player_playstyles(population, summed(fights.filter(half))) for half in (is_first, ~is_first))
        both = first.join(second, on="player_account_id").join(many, on="player_account_id")
        # Who has no name by one half, does not have the same one.
        has_same = (both["playstyle"] == both["playstyle_right"]) & (both["playstyle"] != NOT_ENOUGH_FIGHTS)
        same.append(int(has_same.sum()) / many.height)
    return sum(same) / len(same)


def summed(fights: pl.DataFrame) -> PlayerSums:
    """Sum fights as those of a batch are."""
    sums = sum_profiles(FightsOfBatch(fights, KNOCKS.to_frame(), SQUADS.to_frame())).players
    return PlayerSums(sums.group_by("player_account_id", "half").agg(pl.col(SUM_COLUMNS).cast(pl.Float64).sum()))
