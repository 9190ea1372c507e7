"""How much of the differences between players is theirs: estimated from the two halves of each player's matches.

A half is half of a player's matches, drawn by the number of the match, so that what is correlated within a match (one
team fights several times, and several of its fights share events) stays together. Chance differs between the halves of
one player, skill does not:

* what the halves have in common over players, is the variance between players (their covariance);
* what differs between the halves of a player, is the variance of chance, with all correlation within matches. Divided
  by what independent trials would have, it is the *dispersion* (design effect): 1.3 says that 130 trials tell as much
  as 100 independent ones.

The *reliability* of a figure of n trials is the share of its variance between players that is theirs: n / (n + k), with
k the variance of chance of one trial over the variance between players. This is the formula of Spearman and Brown, for
any n: two halves of n / 2 trials are correlated by (n / 2) / (n / 2 + k). At n = k the reliability is 0.5: from there
on a difference is more likely the player's than chance's. k is the minimum that a figure needs.

On simulated populations of 60 to 3,000 players, the squared error of shrunk values with the variance from the halves is
within 1 % of that with the marginal likelihood of the beta-binomial and the gamma-Poisson. Where players hardly differ,
the likelihood is often highest at no difference at all, so that 90 % intervals cover the truth in 69 to 80 % of cases;
the covariance with one standard error added covers it in 85 to 94 %.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pewstats_assets.profiles.figures import Figure

Floats = NDArray[np.float64]

#: Fewer players with trials in both halves say nothing about a population.
MIN_PLAYERS: Final = 20
#: The covariance of the halves must be so many standard errors above 0: by chance 1 of 500 figures is.
MIN_STANDARD_ERRORS: Final = 3.0
#: Trials that each half needs to say something about the dispersion: with one trial there is no correlation to see.
_MIN_TRIALS_PER_HALF: Final = 5
#: A dispersion of 1 is believed like so many players.
_PLAYERS_WITHOUT_DISPERSION: Final = 10
_ITERATIONS: Final = 8
#: Keeps weights finite where nothing varies at all.
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Halves:
    """The sums of one figure: an array per column, with a row per player and two columns, one per half."""

    total: Floats
    trials: Floats
    squares: Floats

    def only(self, players: NDArray[np.bool_]) -> "Halves":
        """Leave out all other players."""
        return Halves(self.total[players], self.trials[players], self.squares[players])

    def players(self) -> "Sums":
        """Add up the halves."""
        return Sums(self.total.sum(axis=1), self.trials.sum(axis=1), self.squares.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of one figure: an array per column, with a value per player."""

    total: Floats
    trials: Floats
    squares: Floats

    def only(self, players: NDArray[np.bool_]) -> "Sums":
        """Leave out all other players."""
        return Sums(self.total[players], self.trials[players], self.squares[players])


def sums_of(figure: Figure, players: pl.DataFrame) -> Sums:
    """Take the sums of a figure from a frame with a row per player."""

    def add(*columns: str) -> Floats:
        return players.select(pl.sum_horizontal(columns).cast(pl.Float64)).to_series().to_numpy()

    trials = add(figure.trials)
    return Sums(add(*figure.total), trials, add(figure.squares) if figure.squares else np.zeros_like(trials))


@dataclass(frozen=True, slots=True)
class Variation:
    """What makes the values of players differ.

    Attributes:
        mean: of the players.
        between: variance between players, and one standard error: to suppose that players are more alike than they are,
            costs more than the opposite.
        chance: variance of one trial's outcome, with the correlation within matches.
        dispersion: `chance` over that of independent trials.
        within: variance of one trial's outcome in itself, without correlation within matches.
        is_seen: whether players differ by more than chance.
    """

    mean: float
    between: float
    chance: float
    dispersion: float
    within: float
    is_seen: bool

    @property
    def min_trials(self) -> float | None:
        """The trials at which the reliability reaches 0.5; None if players do not differ by more than chance."""
        return self.chance / self.between if self.is_seen else None

    def reliability(self, trials: float) -> float | None:
        """The share of the variance of values of so many trials that is the players'; None as above."""
        return trials * self.between / (trials * self.between + self.chance) if self.is_seen else None


def variation_of(figure: Figure, halves: Halves) -> Variation | None:
    """Estimate what makes the values of players differ; None of fewer than `MIN_PLAYERS` with both halves."""
    in_both: NDArray[np.bool_] = np.all(halves.trials > 0, axis=1)
    if np.count_nonzero(in_both) < MIN_PLAYERS:
        return None
    of_both = halves.only(in_both)
    own = _variance_within(figure, of_both)
    within = float(np.average(own, weights=of_both.trials.sum(axis=1) - 1))
    has_many: NDArray[np.bool_] = np.all(of_both.trials >= _MIN_TRIALS_PER_HALF, axis=1)
    dispersion = _dispersion(of_both.only(has_many), own[has_many], within)
    mean, between, error = _between(halves, of_both, dispersion * within)
    return Variation(
        mean=mean,
        between=max(between, 0.0) + error,
        chance=dispersion * within,
        dispersion=dispersion,
        within=within,
        # A difference that all trials together could not show is one of rounding.
        is_seen=between > MIN_STANDARD_ERRORS * error > 0 and dispersion * within < between * halves.trials.sum(),
    )


def _variance_within(figure: Figure, halves: Halves) -> Floats:
    """The variance of one trial's outcome for each player, were trials independent; nobody's estimate is biased."""
    values = halves.total / halves.trials
    players = halves.players()
    if figure.kind == "rate":
        # p (1 - p), from two independent estimates of p.
        return (values[:, 0] * (1 - values[:, 1]) + values[:, 1] * (1 - values[:, 0])) / 2
    if figure.kind == "count":
        return players.total / players.trials
    return np.maximum(players.squares - players.total**2 / players.trials, 0) / (players.trials - 1)


def _dispersion(halves: Halves, own: Floats, within: float) -> float:
    values = halves.total / halves.trials
    seen = np.sum(halves.trials.prod(axis=1) / halves.trials.sum(axis=1) * (values[:, 0] - values[:, 1]) ** 2)
    without = _PLAYERS_WITHOUT_DISPERSION * within
    return float((seen + without) / (own.sum() + without)) if within > 0 else 1.0


def _between(halves: Halves, of_both: Halves, chance: float) -> tuple[float, float, float]:
    """The mean of players, the variance between them by the covariance of their halves, and its standard error.

    Players weigh as much as they tell, which depends on the variance between them: hence the iterations.
    """
    players = halves.players()
    has_trials = players.trials > 0
    trials = players.trials[has_trials]
    values = players.total[has_trials] / trials
    values_of_halves = of_both.total / of_both.trials
    mean, between, error = float(values.mean()), float(values.var()), 0.0
    for _ in range(_ITERATIONS):
        supposed = max(between, 0.0) + error
        mean = float(np.average(values, weights=1 / np.maximum(supposed + chance / trials, _TINY)))
        weights = 1 / np.maximum(supposed + chance / of_both.trials, _TINY).prod(axis=1)
        products = (values_of_halves - mean).prod(axis=1)
        between = float(np.average(products, weights=weights))
        # Were the halves independent, each product would be as likely positive as negative.
        error = float(np.sqrt(np.sum((weights * products) ** 2)) / weights.sum())
    return mean, between, error
