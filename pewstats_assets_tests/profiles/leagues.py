"""Players whose true rates are known, and the sums of what they did; outcomes are correlated within matches."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pewstats_assets.profiles.figures import BY_NAME
from pewstats_assets.profiles.populations import SUM_COLUMNS

Floats = NDArray[np.float64]

#: A rate, a count and a mean; their sums are those of their kind with nothing missing.
RATE: Final = BY_NAME["win_rate"]
COUNT: Final = BY_NAME["knocks_per_fight"]
MEAN: Final = BY_NAME["damage_dealt_per_fight"]


@dataclass(frozen=True, slots=True)
class League:
    """Sums of players per half, and the truth about `win_rate`, `knocks_per_fight` and `damage_dealt_per_fight`."""

    sums: pl.DataFrame
    truth: dict[str, Floats]
    fights: Floats


def play(
    players: int,
    seed: int,
    *,
    fights: float = 20.0,
    spread: float = 1.1,
    differ: float = 1.0,
    together: float = 0.15,
    shuffled: bool = False,
) -> League:
    """Play a league.

    Args:
        players: how many.
        seed: of the random numbers.
        fights: the median of fights per player.
        spread: of fights, lognormal.
        differ: how much players differ; 0 makes them all alike.
        together: how strongly the fights of one match are correlated.
        shuffled: whether what came out of the fights is dealt out anew, to anybody's fight.
    """
    rng = np.random.default_rng(seed)
    number = np.clip(rng.lognormal(np.log(fights), spread, players).astype(int), 1, 3_000)
    player = np.repeat(np.arange(players), number)
    # A new match begins at every second or third fight.
    match = np.cumsum((rng.random(player.size) < 0.4) | (np.diff(player, prepend=-1) > 0)) - 1
    half = rng.integers(0, 2, match[-1] + 1)[match]
    truth = {
        RATE.name: rng.beta(8 / max(differ, 1e-4) ** 2, 9 / max(differ, 1e-4) ** 2, players),
        COUNT.name: rng.gamma(6 / max(differ, 1e-4) ** 2, 0.09 * max(differ, 1e-4) ** 2, players),
        MEAN.name: np.maximum(rng.normal(95, 25 * differ, players), 5),
    }
    day = rng.gamma(1 / together, together, match[-1] + 1)[match] if together else np.ones(player.size)
    luck = _luck(rng, truth[RATE.name][player], match, together)
    wins = (rng.random(player.size) < luck).astype(float)
    knocks = rng.poisson(truth[COUNT.name][player] * day).astype(float)
    # Most fights have little damage, a few have much.
    damage = rng.gamma(0.9, truth[MEAN.name][player] * day / 0.9)
    if shuffled:
        deal = rng.permutation(player.size)
        wins, knocks, damage = wins[deal], knocks[deal], damage[deal]
    rows = player * 2 + half
    columns = {
        "fights": np.ones(player.size),
        "wins": wins,
        "knocks_dealt": knocks,
        "damage_dealt": damage,
        "damage_dealt_squares": damage**2,
    }
    whole = set(SUM_COLUMNS) - {"damage_dealt", "damage_dealt_squares"}
    sums = pl.DataFrame(
        {
            "player_account_id": [f"account.{index // 2:06d}" for index in range(2 * players)],
            "half": np.arange(2 * players) % 2,
            **{name: np.zeros(2 * players) for name in SUM_COLUMNS},
            **{name: np.bincount(rows, values, minlength=2 * players) for name, values in columns.items()},
        }
    ).with_columns(pl.col(sorted(whole)).cast(pl.Int64))
    return League(sums.filter(pl.col("fights") > 0), truth, number.astype(float))


def _luck(rng: np.random.Generator, rate: Floats, match: NDArray[np.int64], together: float) -> Floats:
    """The chance of success of each fight: that of its match, which scatters about the player's."""
    if not together:
        return rate
    first = np.flatnonzero(np.diff(match, prepend=-1))
    strength = 1 / together - 1
    return rng.beta(rate[first] * strength, (1 - rate[first]) * strength)[match]
