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
from pewstats_assets.profiles.playstyle import AXES, LEADING, Axis, names_of, playstyle_v2
from pewstats_assets.profiles.reliability import Floats, Halves, Sums, sums_of, variation_of
from pewstats_assets.profiles.shrinkage import Prior, prior_of, shrink, shrunk_interval

#: The fights after which `PopulationFigure.reliability` is given.
FIGHTS_OF_RELIABILITY: Final = 100
#: No figure of an axis counts for more than this much reliability would make it.
_MAX_RELIABILITY: Final = 0.99
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


class PlayerSums:
    """The sums of several players, by figure.

    Attributes:
        accounts: the players' account ids, sorted.
        fights: of each player.
    """

    def __init__(self, sums: pl.DataFrame) -> None:
        """Take sums.

        Args:
            sums: one row per player and half: `player_account_id`, `half` (0 or 1), and columns of `SUM_COLUMNS`.
        """
        self._sums = sums
        self.accounts: Final = sums["player_account_id"].unique().sort()
        player = self.accounts.search_sorted(sums["player_account_id"]).to_numpy()
        self._cells: Final = (player, sums["half"].to_numpy())
        self.fights: Final = self._spread(sums["fights"].cast(pl.Float64).to_numpy()).sum(axis=1)

    def halves(self, figure: Figure) -> Halves:
        """The sums of a figure."""
        sums = sums_of(figure, self._sums)
        return Halves(self._spread(sums.total), self._spread(sums.trials), self._spread(sums.squares))

    def total(self, column: str) -> Floats:
        """The sum of a column of each player."""
        total: Floats = self._spread(self._sums[column].cast(pl.Float64).to_numpy()).sum(axis=1)
        return total

    def _spread(self, values: Floats) -> Floats:
        cells = np.zeros((self.accounts.len(), 2))
        cells[self._cells] = values
        return cells


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


def describe_figure(figure: Figure, players: PlayerSums) -> PopulationFigure:
    """Find out what a figure is like among players."""
    halves = players.halves(figure)
    sums = halves.players()
    has_trials: NDArray[np.bool_] = sums.trials > 0
    number, fights = int(np.count_nonzero(has_trials)), int(players.fights[has_trials].sum())
    variation = variation_of(figure, halves)
    if variation is None:
        return PopulationFigure(figure.name, number, fights, None, None, None, None, None)
    prior = prior_of(figure, halves, variation)
    trials_per_fight = sums.trials.sum() / fights
    known = PopulationFigure(
        figure.name,
        number,
        fights,
        prior,
        variation.min_trials,
        None if variation.min_trials is None else ceil(variation.min_trials / trials_per_fight),
        variation.reliability(FIGHTS_OF_RELIABILITY * trials_per_fight),
        None,
    )
    enough = sums.only(has_enough(known, sums.trials, players.fights))
    return replace(known, quantiles=quantiles_of(shrink(figure, enough, prior)))


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
    shrunk_low, shrunk_high = shrunk_interval(figure, sums, prior)
    quantiles = population.quantiles
    return FigureOfPlayers(
        sums.trials,
        values_of(sums),
        low,
        high,
        shrunk,
        shrunk_low,
        shrunk_high,
        unknown if quantiles is None else percentiles_of(shrunk, quantiles),
        has_enough(population, sums.trials, fights),
    )


def describe_population(players: PlayerSums) -> Population:
    """Find out what the players of a mode and match type are like."""
    figures = {figure.name: describe_figure(figure, players) for figure in FIGURES}
    quantiles = {}
    for axis in AXES:
        scores, enough = _score(axis, figures, players)
        quantiles[axis.name] = quantiles_of(scores[enough])
    return Population(figures, {axis: of_axis for axis, of_axis in quantiles.items() if of_axis is not None})


def player_figures(population: Population, players: PlayerSums) -> Iterator[pl.DataFrame]:
    """Compute the figures of the players who have enough fights.

    Yields:
        The rows of each figure, with the columns of `PLAYER_FIGURES`.
    """
    for figure in FIGURES:
        of_population = population.figures[figure.name]
        sums = players.halves(figure).players()
        enough = has_enough(of_population, sums.trials, players.fights)
        fights = players.fights[enough]
        found = figure_of_players(figure, sums.only(enough), fights, of_population)
        yield pl.DataFrame(
            {
                "player_account_id": players.accounts.filter(pl.Series(enough)),
                "figure": pl.repeat(figure.name, fights.size, eager=True),
                "fights": fights,
                "trials": found.trials,
                "value": found.value,
                "low": found.low,
                "high": found.high,
                "shrunk": found.shrunk,
                "shrunk_low": found.shrunk_low,
                "shrunk_high": found.shrunk_high,
                "percentile": found.percentile,
            }
        ).cast(PLAYER_FIGURES)


def player_playstyles(population: Population, players: PlayerSums) -> pl.DataFrame:
    """Tell how players fight.

    Returns:
        The columns of `PLAYER_PLAYSTYLES`, a row for each player.
    """
    likely, axes = {}, {}
    for axis in AXES:
        scores, enough = _score(axis, population.figures, players)
        quantiles = population.axes.get(axis.name)
        # Who has few fights is likely to be in the middle; so is everybody where nobody can be told from others.
        likely[axis.name] = np.full(scores.shape, 0.5) if quantiles is None else percentiles_of(scores, quantiles)
        axes[axis.name] = np.where(enough, likely[axis.name], np.nan)
    knocks, survivals, damage = (players.total(name) for name in ("knocks_dealt", "survivals", "damage_dealt"))
    fights = players.fights
    return (
        pl.DataFrame(
            {
                "player_account_id": players.accounts,
                "fights": fights,
                "playstyle_v2": playstyle_v2(knocks / fights, survivals / fights, damage / fights),
                "playstyle": names_of(likely, axes),
                **axes,
            }
        )
        .with_columns(pl.col(axes.keys()).fill_nan(None))
        .cast(PLAYER_PLAYSTYLES)
    )


def min_fights_of_playstyle(figures: Mapping[str, PopulationFigure]) -> int | None:
    """From how many fights on a player of a population with such figures can have a playstyle; None if nobody can."""
    minimums = []
    for axis in AXES:
        if axis.name not in LEADING:
            continue
        of_axis = [figures[name].min_fights for name in axis.figures if name in figures]
        known = [minimum for minimum in of_axis if minimum is not None]
        if not known:
            return None
        minimums.append(min(known))
    return max(minimums)


def _score(
    axis: Axis, population: Mapping[str, PopulationFigure], players: PlayerSums
) -> tuple[Floats, NDArray[np.bool_]]:
    """How far each player is from the mean, each figure in units of how much players differ in it; and who has enough.

    A figure counts the more, the less chance is in it: by 1 / (1 - reliability). Figures in which the players of the
    population do not differ by more than chance are left out. Who has enough fights for one of the figures, has enough.
    """
    score = np.zeros(players.accounts.len())
    is_enough = np.zeros(score.shape, dtype=np.bool_)
    for name, sign in axis.figures.items():
        of_population = population[name]
        if of_population.prior is None or of_population.reliability is None:
            continue
        figure, prior = BY_NAME[name], of_population.prior
        sums = players.halves(figure).players()
        deviation = (shrink(figure, sums, prior) - prior.mean(figure)) / prior.spread(figure)
        score += sign * deviation / (1 - min(of_population.reliability, _MAX_RELIABILITY))
        is_enough |= has_enough(of_population, sums.trials, players.fights)
    return score, is_enough
