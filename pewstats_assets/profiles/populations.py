"""The players of one mode and match type together: what each figure is like among them, and where each player stands.

Here: sums of players made into the tables of a population. Not here: how they are read and stored (see `warehouse`).
"""

from dataclasses import dataclass, replace
from math import ceil
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pewstats_assets.profiles.figures import FIGURES, Figure
from pewstats_assets.profiles.intervals import interval, values_of
from pewstats_assets.profiles.percentiles import percentiles_of, quantiles_of
from pewstats_assets.profiles.reliability import Floats, Halves, Sums, variation_of
from pewstats_assets.profiles.shrinkage import Prior, prior_of, shrink

#: The fights after which `PopulationFigure.reliability` is given.
FIGHTS_OF_RELIABILITY: Final = 100
#: The sum columns that all figures are made of.
SUM_COLUMNS: Final = tuple(dict.fromkeys(["fights", *(column for figure in FIGURES for column in figure.columns)]))
#: One row per player and figure; values in the figure's unit, percentiles 0 to 1.
PLAYER_FIGURES: Final = pl.Schema(
    {
        "player_account_id": pl.String(),
        "figure": pl.String(),
        "fights": pl.Int64(),
        "trials": pl.Int64(),
        "value": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "shrunk": pl.Float64(),
        "shrunk_low": pl.Float64(),
        "shrunk_high": pl.Float64(),
        "percentile": pl.Float64(),
    }
)


@dataclass(frozen=True, slots=True)
class PopulationFigure:
    """What a figure is like among the players of a mode and match type.

    Attributes:
        figure: its name.
        players: who have trials.
        fights: of these players together.
        prior: what is supposed of a player without trials; None if there are too few players to say.
        min_trials: from how many trials on a difference is more likely the player's than chance's; None if the players
            do not differ by more than chance, or there are too few to say.
        min_fights: the fights that have as many trials, on average.
        reliability: share of the variance between players after 100 fights that is theirs; None as `min_trials`.
        quantiles: the 0th to the 100th of the shrunk values of the players with enough fights; None if nobody has.
    """

    figure: str
    players: int
    fights: int
    prior: Prior | None
    min_trials: float | None
    min_fights: int | None
    reliability: float | None
    quantiles: Floats | None


@dataclass(frozen=True, slots=True)
class FigureOfPlayers:
    """A figure of each of several players; NaN where it is not known. `is_enough`: not below the minimum."""

    trials: Floats
    value: Floats
    low: Floats
    high: Floats
    shrunk: Floats
    shrunk_low: Floats
    shrunk_high: Floats
    percentile: Floats
    is_enough: NDArray[np.bool_]


def split(sums: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the sums of a population into its halves.

    Args:
        sums: one row per player and half: `player_account_id`, `half` (0 or 1), and columns of `SUM_COLUMNS`.

    Returns:
        A frame per half, without that column. Both have a row for each player, in the same order.
    """
    players = sums.select(pl.col("player_account_id").unique().sort())
    zeros = pl.selectors.numeric().fill_null(0)
    first, second = (
        players.join(sums.filter(pl.col("half") == half).drop("half"), on="player_account_id", how="left")
        .sort("player_account_id")
        .with_columns(zeros)
        for half in (0, 1)
    )
    return first, second


def describe_figure(figure: Figure, halves: Halves, fights: Floats) -> PopulationFigure:
    """Find out what a figure is like among players.

    Args:
        figure: says which.
        halves: its sums.
        fights: of each player.
    """
    players = halves.players()
    has_trials: NDArray[np.bool_] = players.trials > 0
    number, all_fights = int(np.count_nonzero(has_trials)), int(fights[has_trials].sum())
    variation = variation_of(figure, halves)
    if variation is None:
        return PopulationFigure(figure.name, number, all_fights, None, None, None, None, None)
    prior = prior_of(figure, halves, variation)
    trials_per_fight = players.trials.sum() / all_fights
    known = PopulationFigure(
        figure.name,
        number,
        all_fights,
        prior,
        variation.min_trials,
        None if variation.min_trials is None else ceil(variation.min_trials / trials_per_fight),
        variation.reliability(FIGHTS_OF_RELIABILITY * trials_per_fight),
        None,
    )
    enough = has_enough(known, players.trials, fights)
    return replace(known, quantiles=quantiles_of(shrink(figure, players, prior).value[enough]))


def has_enough(population: PopulationFigure, trials: Floats, fights: Floats) -> NDArray[np.bool_]:
    """Whether each player has the minimum of fights, and of trials in them; nobody, if there is no minimum."""
    if population.min_trials is None or population.min_fights is None:
        return np.zeros(trials.shape, dtype=np.bool_)
    return (trials >= max(population.min_trials, 1)) & (fights >= population.min_fights)


def figure_of_players(
    figure: Figure, sums: Sums, fights: Floats, population: PopulationFigure | None
) -> FigureOfPlayers:
    """Compute a figure of players, with all that is known about it.

    Args:
        figure: says which.
        sums: of each player.
        fights: of each player.
        population: what the figure is like among them; None if nobody has found out.
    """
    unknown = np.full_like(sums.trials, np.nan)
    prior = None if population is None else population.prior
    low, high = interval(figure, sums, prior.dispersion if prior else 1.0, prior.within if prior else None)
    if population is None or prior is None:
        nobody = np.zeros(unknown.shape, dtype=np.bool_)
        return FigureOfPlayers(sums.trials, values_of(sums), low, high, unknown, unknown, unknown, unknown, nobody)
    shrunk = shrink(figure, sums, prior)
    quantiles = population.quantiles
    return FigureOfPlayers(
        sums.trials,
        values_of(sums),
        low,
        high,
        shrunk.value,
        shrunk.low,
        shrunk.high,
        unknown if quantiles is None else percentiles_of(shrunk.value, quantiles),
        has_enough(population, sums.trials, fights),
    )
