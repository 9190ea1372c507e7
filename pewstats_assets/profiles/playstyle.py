"""How players fight, in a word: the earlier system's classes for comparison, and names that tell players apart.

`playstyle_v2` has seven classes by fixed thresholds, the first that fits; most players fall into one of them.

The playstyle has five axes. Each is made of shrunk figures, in units of how much players differ in them, and is the
percentile of their sum among the players of the mode. The name is that of the combination of axes that is the most
pronounced. A player with less than the minimum of fights of any figure on an axis has no name: not enough fights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pewstats_assets.profiles.reliability import Floats

_ANY: Final = float("inf")
#: The first whose bands all fit: from the first number on, below the second. Knocks and average damage (HP) per fight,
#: survival in percent.
_CLASSES_V2: Final[Mapping[str, Mapping[str, tuple[float, float]]]] = {
    "Elite Fragger": {"knocks": (1.5, _ANY), "survival": (65, _ANY)},
    "High Risk Aggressive": {"knocks": (1.2, _ANY), "survival": (0, 60)},
    "Calculated Aggressive": {"knocks": (0.8, _ANY), "survival": (65, _ANY)},
    "Heavy Trader": {"damage": (120, _ANY), "survival": (0, 55)},
    "Defensive/Survivor": {"survival": (70, _ANY)},
    "Passive/Struggling": {"knocks": (0, 0.5), "survival": (0, 55)},
}
_ELSE_V2: Final = "Balanced Fighter"

NOT_ENOUGH_FIGHTS: Final = "not enough fights"


@dataclass(frozen=True, slots=True)
class Axis:
    """A direction in which players differ: the figures that it is made of, and whether each counts for or against."""

    name: str
    figures: Mapping[str, float]
    description: str


AXES: Final = (
    Axis(
        "aggression",
        {"damage_dealt_per_fight": 1.0, "knocks_per_fight": 1.0, "first_hit_rate": 1.0},
        "Damage and knocks dealt per fight, first hits dealt.",
    ),
    Axis("mobility", {"speed": 1.0}, "Speed in fights."),
    Axis(
        "support",
        {"mate_distance": -1.0, "focus_share": 1.0, "trade_rate": 1.0},
        "Nearness of team mates, focused damage, trades made.",
    ),
    Axis("range", {"first_hit_distance": 1.0}, "Distance of the first hit."),
    Axis(
        "survival",
        {"survival_rate": 1.0, "knocked_rate": -1.0, "damage_taken_per_fight": -1.0},
        "Fights survived, not being knocked, little damage taken.",
    ),
)

#: The share of an axis in a combination; what is against it counts negatively.
NAMES: Final[Mapping[str, Mapping[str, float]]] = {
    "Entry Fragger": {"aggression": 1.0},
    "Roamer": {"mobility": 1.0},
    "Supporter": {"support": 1.0},
    "Marksman": {"range": 1.0},
    "Survivor": {"survival": 1.0},
}


def playstyle_v2(knocks_per_fight: Floats, survival_rate: Floats, damage_per_fight: Floats) -> NDArray[np.str_]:
    """The class of the earlier system, by its thresholds.

    Args:
        knocks_per_fight: of each player.
        survival_rate: 0 to 1.
        damage_per_fight: average damage dealt, in HP.
    """
    values = {"knocks": knocks_per_fight, "survival": survival_rate * 100, "damage": damage_per_fight}
    fits = [
        np.logical_and.reduce([(values[name] >= least) & (values[name] < below) for name, (least, below) in of.items()])
        for of in _CLASSES_V2.values()
    ]
    return np.select(fits, list(_CLASSES_V2), _ELSE_V2)


def names_of(axes: Mapping[str, Floats]) -> NDArray[np.str_]:
    """The name of the most pronounced combination of each player's axes.

    Args:
        axes: the percentile of each player by axis; NaN where it is not known.
    """
    scores = np.stack([_pronounced(axes, shares) for shares in NAMES.values()], axis=1)
    unknown = np.isnan(scores).any(axis=1)
    best = np.argmax(np.where(np.isnan(scores), 0.0, scores), axis=1)
    return np.where(unknown, NOT_ENOUGH_FIGHTS, np.array(list(NAMES))[best])


def _pronounced(axes: Mapping[str, Floats], shares: Mapping[str, float]) -> Floats:
    """How far a combination is from the middle of the population; combinations of few and many axes are comparable."""
    length = float(np.hypot.reduce(np.array(list(shares.values()))))
    total: Floats = np.sum([share * (axes[axis] - 0.5) for axis, share in shares.items()], axis=0)
    return total / length
