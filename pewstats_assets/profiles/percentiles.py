"""Where a player stands among those of the same mode with enough fights: 0 is the lowest value, 1 the highest."""

from typing import Final

import numpy as np

from pewstats_assets.profiles.reliability import Floats

#: The 0th to the 100th.
STEPS: Final = np.linspace(0.0, 1.0, 101)


def quantiles_of(values: Floats) -> Floats | None:
    """The 101 quantiles of values, by which others find their place; None without values."""
    return np.quantile(values, STEPS) if values.size else None


def percentiles_of(values: Floats, quantiles: Floats) -> Floats:
    """The share of the population below each value; of what several have, the middle. NaN stays NaN."""
    first = np.interp(values, quantiles, STEPS)
    below, above = (np.searchsorted(quantiles, values, side=side) for side in ("left", "right"))
    tied = above - below > 1
    middle = (below + above - 1) / 2 * STEPS[1]
    return np.where(tied, middle, first)
