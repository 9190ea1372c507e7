"""How sure a player's own value is: 90 % intervals that know nothing of other players.

`dispersion` is the design effect (see `reliability`): n trials tell as much as n / dispersion independent ones, so the
sums are divided by it. Its distribution functions are SciPy's, for whole columns at once.
"""

from typing import Final

import numpy as np
from scipy.special import betaincinv, gammaincinv, stdtrit

from pewstats_assets.profiles.figures import Figure
from pewstats_assets.profiles.reliability import Floats, Sums

#: The ends of a 90 % interval.
LOW: Final = 0.05
HIGH: Final = 0.95
#: What Jeffreys' prior adds: to successes and failures of a rate, to the events of a count.
_HALF: Final = 0.5
#: A player's own variance is believed like so many values, plus that of the population like this many.
_VALUES_OF_POPULATION: Final = 10.0


def values_of(sums: Sums) -> Floats:
    """The plain quotient; NaN without trials."""
    return np.divide(sums.total, sums.trials, out=np.full_like(sums.total, np.nan), where=sums.trials > 0)


def interval(figure: Figure, sums: Sums, dispersion: float, within: float | None) -> tuple[Floats, Floats]:
    """The 90 % interval of each player's value.

    Rates: Jeffreys' interval, of the beta distribution with half a success and half a failure added, and from 0
    or to 1 where no trial says otherwise. Counts: its
    counterpart of the gamma distribution, with half an event added. Means: Student's, from the player's own sums of
    squares; the population's variance counts like 10 more values, for few values say little about theirs.

    Args:
        figure: says which.
        sums: of the players.
        dispersion: the design effect; 1 if it is not known.
        within: variance of one value over the population, of a mean; None if it is not known.

    Returns:
        The ends; NaN without trials, and for a mean of one value whose variance nobody knows.
    """
    trials = np.where(sums.trials > 0, sums.trials, np.nan) / dispersion
    total = sums.total / dispersion
    if figure.kind == "rate":
        wins, losses = total + _HALF, np.maximum(trials - total, 0) + _HALF
        low, high = beta_quantile(wins, losses, LOW), beta_quantile(wins, losses, HIGH)
        return np.where(total > 0, low, 0 * trials), np.where(total < trials, high, 1 + 0 * trials)
    if figure.kind == "count":
        events = total + _HALF
        return np.where(total > 0, gamma_quantile(events, LOW), 0.0) / trials, gamma_quantile(events, HIGH) / trials
    variance, freedom = variance_of_value(sums, within)
    half = stdtrit(freedom, HIGH) * np.sqrt(variance / trials)
    value = values_of(sums)
    return ends_about(figure, value, value - half, value + half)


def ends_about(figure: Figure, value: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The ends of an interval no further out than the figure can be, and the value within, whatever a file said."""
    least = -np.inf if figure.least is None else figure.least
    most = np.inf if figure.most is None else figure.most
    return np.minimum(np.clip(low, least, most), value), np.maximum(np.clip(high, least, most), value)


def beta_quantile(a: Floats, b: Floats, share: float) -> Floats:
    """The value below which such a share of the beta distribution lies; NaN stays NaN."""
    return np.asarray(betaincinv(a, b, share), dtype=np.float64)


def gamma_quantile(shape: Floats, share: float) -> Floats:
    """The value below which such a share of the gamma distribution of rate 1 lies; NaN stays NaN."""
    return np.asarray(gammaincinv(shape, share), dtype=np.float64)


def variance_of_value(sums: Sums, within: float | None) -> tuple[Floats, Floats]:
    """The variance of one measured value for each player, and its degrees of freedom; NaN if nobody knows it."""
    trials = np.where(sums.trials > 0, sums.trials, np.nan)
    deviations = np.maximum(sums.squares - sums.total**2 / trials, 0)
    believed = 0.0 if within is None else _VALUES_OF_POPULATION
    freedom = np.where(trials - 1 + believed > 0, trials - 1 + believed, np.nan)
    return (deviations + believed * (within or 0.0)) / freedom, freedom
