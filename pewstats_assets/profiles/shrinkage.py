"""What is most likely true of a player: the own value, drawn towards the population as far as it may be chance.

Empirical Bayes: the population of a mode and match type is the prior of each of its players. A rate has a beta prior
(beta-binomial), a count a gamma prior (gamma-Poisson), a mean a normal one. With few trials a player is supposed to be
like the others, with many only the own trials count.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from scipy.special import ndtri

from pewstats_assets.profiles.figures import Figure
from pewstats_assets.profiles.intervals import HIGH, LOW, beta_quantile, ends_about, gamma_quantile, variance_of_value
from pewstats_assets.profiles.reliability import Floats, Halves, Sums, Variation

_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Prior:
    """What a population says about a player of whom nothing else is known.

    Attributes:
        a: of a rate alpha, of a count the shape, of a mean the mean.
        b: of a rate beta, of a count the rate, of a mean the variance between players.
        dispersion: the design effect, by which sums are divided.
        within: variance of one value; None of rates and counts.
    """

    a: float
    b: float
    dispersion: float
    within: float | None

    def mean(self, figure: Figure) -> float:
        """The mean of the players."""
        if figure.kind == "mean":
            return self.a
        return self.a / (self.b if figure.kind == "count" else self.a + self.b)

    def spread(self, figure: Figure) -> float:
        """The standard deviation between players."""
        mean = self.mean(figure)
        if figure.kind == "mean":
            return sqrt(self.b)
        return sqrt(mean / self.b if figure.kind == "count" else mean * (1 - mean) / (self.a + self.b + 1))


def prior_of(figure: Figure, halves: Halves, variation: Variation) -> Prior:
    """Make the prior that has the population's mean and variance between players.

    It never counts for more trials than the population has.
    """
    trials = float(halves.trials.sum()) / variation.dispersion
    if figure.kind == "mean":
        between = max(variation.between, variation.within / trials)
        return Prior(variation.mean, between, variation.dispersion, variation.within)
    if figure.kind == "count":
        mean = max(variation.mean, _HALF / trials)
        rate = _quotient_at_most(trials, mean, variation.between)
        return Prior(mean * rate, rate, variation.dispersion, None)
    mean = min(max(variation.mean, _HALF / (trials + 1)), 1 - _HALF / (trials + 1))
    strength = _quotient_at_most(trials, mean * (1 - mean) - variation.between, variation.between)
    strength = max(strength, _HALF)
    return Prior(mean * strength, (1 - mean) * strength, variation.dispersion, None)


def _quotient_at_most(most: float, numerator: float, denominator: float) -> float:
    return numerator / denominator if numerator < most * denominator else most


def shrink(figure: Figure, sums: Sums, prior: Prior) -> Floats:
    """Combine what each player did with the prior, as the mean of the posterior; without trials it is the prior's."""
    trials, total = sums.trials / prior.dispersion, sums.total / prior.dispersion
    if figure.kind == "rate":
        return (prior.a + total) / (prior.a + prior.b + trials)
    if figure.kind == "count":
        return (prior.a + total) / (prior.b + trials)
    value = np.divide(sums.total, sums.trials, out=np.full_like(sums.total, prior.a), where=sums.trials > 0)
    return prior.a + _own_share(sums, prior) * (value - prior.a)


def shrunk_interval(figure: Figure, sums: Sums, prior: Prior) -> tuple[Floats, Floats]:
    """The 90 % interval of what is most likely true of each player: that of the posterior."""
    trials, total = sums.trials / prior.dispersion, sums.total / prior.dispersion
    shrunk = shrink(figure, sums, prior)
    if figure.kind == "rate":
        a, b = prior.a + total, prior.b + np.maximum(trials - total, 0)
        low, high = beta_quantile(a, b, LOW), beta_quantile(a, b, HIGH)
    elif figure.kind == "count":
        a, b = prior.a + total, prior.b + trials
        low, high = gamma_quantile(a, LOW) / b, gamma_quantile(a, HIGH) / b
    else:
        half = ndtri(HIGH) * np.sqrt(prior.b * (1 - _own_share(sums, prior)))
        low, high = shrunk - half, shrunk + half
    return ends_about(figure, shrunk, low, high)


def _own_share(sums: Sums, prior: Prior) -> Floats:
    """How much each player's own mean counts, the rest being the population's; none without values."""
    variance, _ = variance_of_value(sums, prior.within)
    chance = prior.dispersion * np.nan_to_num(variance)
    between = prior.b * sums.trials
    return np.divide(between, between + chance, out=np.zeros_like(between), where=between > 0)
