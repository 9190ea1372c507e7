"""The players of one mode and match type together: what each figure is like among them, and where each player stands.

Here: sums of players made into the tables of a population. Not here: how they are read and stored (see `warehouse`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pewstats_assets.profiles.figures import BY_NAME, FIGURES, Figure
from pewstats_assets.profiles.intervals import interval, values_of
from pewstats_assets.profiles.percentiles import percentiles_of, quantiles_of
from pewstats_assets.profiles.playstyle import AXES, names_of, playstyle_v2
from pewstats_assets.profiles.reliability import Floats, Halves, Sums, halves_of, sums_of, variation_of
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
#: One row per player with a fight; percentiles 0 to 1, null where there are not enough fights.
PLAYER_PLAYSTYLES: Final = pl.Schema(
    {
        "player_account_id": pl.String(),
        "fights": pl.Int64(),
        "playstyle_v2": pl.String(),
        "playstyle": pl.String(),
        **{axis.name: pl.Float64() for axis in AXES},
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
class Population:
    """The players of a mode and match type.

    Attributes:
        figures: what each figure is like among them, by name.
        axes: by the name of an axis of playstyle, the quantiles of its scores over the players with enough fights; an
            axis that cannot be told from chance is left out.
    """

    figures: Mapping[str, PopulationFigure]
    axes: Mapping[str, Floats]

    @property
    def min_fights_of_playstyle(self) -> int | None:
        """From how many fights on a player can have a playstyle; None if nobody can."""
        return min_fights_of_playstyle(self.figures)


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


def describe_population(sums: pl.DataFrame) -> Population:
    """Find out what the players of a mode and match type are like.

    Args:
        sums: as of `split`, with all of `SUM_COLUMNS`.
    """
    halves = split(sums)
    fights = _add(halves)["fights"].cast(pl.Float64).to_numpy()
    figures = {figure.name: describe_figure(figure, halves_of(figure, halves), fights) for figure in FIGURES}
    quantiles = {
        axis: quantiles_of(scores[~np.isnan(scores)])
        for axis, scores in _scores(Population(figures, {}), _add(halves)).items()
    }
    return Population(figures, {axis: of_axis for axis, of_axis in quantiles.items() if of_axis is not None})


def players_of(sums: pl.DataFrame) -> pl.DataFrame:
    """Add up the halves of each player: one row per player, sorted by account id."""
    return sums.drop("half").group_by("player_account_id").sum().sort("player_account_id")


def player_figures(population: Population, players: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Compute the figures of the players who have enough fights.

    Args:
        population: theirs.
        players: as `players_of` gives them.

    Yields:
        The rows of each figure, with the columns of `PLAYER_FIGURES`.
    """
    fights = players["fights"].cast(pl.Float64).to_numpy()
    for figure in FIGURES:
        found = figure_of_players(figure, sums_of(figure, players), fights, population.figures[figure.name])
        yield (
            pl.DataFrame(
                {
                    "player_account_id": players["player_account_id"],
                    "figure": pl.repeat(figure.name, players.height, eager=True),
                    "fights": players["fights"],
                    "trials": found.trials,
                    "value": found.value,
                    "low": found.low,
                    "high": found.high,
                    "shrunk": found.shrunk,
                    "shrunk_low": found.shrunk_low,
                    "shrunk_high": found.shrunk_high,
                    "percentile": found.percentile,
                }
            )
            .cast(PLAYER_FIGURES)
            .filter(pl.Series(found.is_enough))
        )


def player_playstyles(population: Population, players: pl.DataFrame) -> pl.DataFrame:
    """Tell how players fight.

    Args:
        population: theirs.
        players: as `players_of` gives them.

    Returns:
        The columns of `PLAYER_PLAYSTYLES`, a row for each player with a fight.
    """
    players = players.filter(pl.col("fights") > 0)
    unknown = np.full(players.height, np.nan)
    axes = {
        axis: percentiles_of(scores, population.axes[axis]) if axis in population.axes else unknown
        for axis, scores in _scores(population, players).items()
    }
    fights, survivals, knocks, damage = (
        players[name].cast(pl.Float64).to_numpy() for name in ("fights", "survivals", "knocks_dealt", "damage_dealt")
    )
    return (
        pl.DataFrame(
            {
                "player_account_id": players["player_account_id"],
                "fights": players["fights"],
                "playstyle_v2": playstyle_v2(knocks / fights, survivals / fights, damage / fights),
                "playstyle": names_of(axes),
                **axes,
            }
        )
        .with_columns(pl.selectors.float().fill_nan(None))
        .cast(PLAYER_PLAYSTYLES)
    )


def min_fights_of_playstyle(figures: Mapping[str, PopulationFigure]) -> int | None:
    """From how many fights on a player of a population with such figures can have a playstyle; None if nobody can."""
    minimums = []
    for axis in AXES:
        of_axis = [figures[name].min_fights for name in axis.figures if name in figures]
        known = [minimum for minimum in of_axis if minimum is not None]
        if not known:
            return None
        minimums += known
    return max(minimums)


def _scores(population: Population, players: pl.DataFrame) -> dict[str, Floats]:
    """How far each player is along each axis; NaN for who has not enough fights, or if the axis cannot be told.

    Figures in which the players of the population do not differ by more than chance are left out.
    """
    fights = players["fights"].cast(pl.Float64).to_numpy()
    scores = {}
    for axis in AXES:
        score = np.zeros(players.height)
        known = [name for name in axis.figures if population.figures[name].min_fights is not None]
        for name in known:
            of_population = population.figures[name]
            assert of_population.prior is not None
            found = figure_of_players(BY_NAME[name], sums_of(BY_NAME[name], players), fights, of_population)
            centred = (found.shrunk - of_population.prior.mean(BY_NAME[name])) / of_population.prior.spread(
                BY_NAME[name]
            )
            score += axis.figures[name] * np.where(found.is_enough, centred, np.nan)
        scores[axis.name] = score if known else np.full(players.height, np.nan)
    return scores


def _add(halves: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    first, second = halves
    return first.select("player_account_id", *(pl.col(name) + second[name] for name in SUM_COLUMNS))
