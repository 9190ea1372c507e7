"""How players fight, in a word: the earlier system's classes for comparison, and names that tell players apart.

`playstyle_v2` has seven classes by fixed thresholds, the first that fits; most players fall into one of them.

The playstyle has five axes. Each is made of shrunk figures, in units of how much players differ in them, and is the
percentile of their sum among the players of the mode. The name is that of the combination of axes that is the most
pronounced. A player without enough fights for a figure of each leading axis has no name: not enough fights.
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
    """A direction in which players differ.

    Attributes:
        name: the axis.
        figures: what it is made of, by name: 1 what counts for it, -1 what counts against it.
        description: the same in words.
    """

    name: str
    figures: Mapping[str, int]
    description: str


@dataclass(frozen=True, slots=True)
class Style:
    """A name for a combination of axes.

    Attributes:
        name: the playstyle.
        axes: how much each axis counts for the combination; what counts against it is negative.
        description: what such a player does.
    """

    name: str
    axes: Mapping[str, float]
    description: str


AXES: Final = (
    Axis(
        "aggression",
        {"damage_dealt_per_fight": 1, "knocks_per_fight": 1, "first_hit_rate": 1},
        "damage, knocks and first hits dealt",
    ),
    Axis("mobility", {"speed": 1}, "speed in fights"),
    Axis("support", {"mate_distance": -1, "trade_rate": 1}, "nearness of team mates, trades made"),
    Axis("range", {"first_hit_distance": 1}, "distance of the first hit"),
    Axis(
        "survival",
        {"survival_rate": 1, "knocked_rate": -1, "damage_taken_per_fight": -1},
        "fights survived, not being knocked, little damage taken",
    ),
)


def _style(name: str, impact: int, together: int, description: str) -> Style:
    """Name one of the four combinations of more or less impact, and of being with the squad or away from it."""
    axes = {
        "aggression": 1.0 * impact,
        "survival": 0.5 * impact,
        "range": 0.25 * impact,
        "support": 1.0 * together,
        "mobility": -0.25 * together,
    }
    return Style(name, axes, description)


#: Four, for more do not last: on two simulated leagues, two random halves of 250 fights of a player give the same of
#: these in 3 of 4 cases, and the same of five in 3 of 5. What two halves agree on most, is how much a player deals and
#: how near the squad is; survival and range go with the first, standing still with the second, the less the less they
#: are known.
STYLES: Final = (
    _style("Spearhead", 1, 1, "strong in fights, with the squad close by"),
    _style("Hunter", 1, -1, "strong in fights, on the move and away from the squad"),
    _style("Supporter", -1, 1, "close to the squad, and leaves more of the fight to others"),
    _style("Wanderer", -1, -1, "on the move and away from the squad, and leaves more of the fight to others"),
)


#: The axes that a name depends on most: without enough fights on these there is none. The others shift it as far as
#: they are known.
LEADING: Final = ("aggression", "support")


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


def names_of(likely: Mapping[str, Floats], axes: Mapping[str, Floats]) -> NDArray[np.str_]:
    """The name of the most pronounced combination of each player's axes.

    Args:
        likely: the percentile of each player by axis, whatever the number of fights; with few it is near 0.5.
        axes: the same, NaN for who has not enough fights; who has not on a leading axis, has no name.
    """
    scores = np.stack(
        [np.sum([share * (likely[axis] - 0.5) for axis, share in style.axes.items()], axis=0) for style in STYLES],
        axis=1,
    )
    names = np.array([style.name for style in STYLES])[np.argmax(scores, axis=1)]
    unknown = np.any([np.isnan(axes[axis]) for axis in LEADING], axis=0)
    return np.where(unknown, NOT_ENOUGH_FIGHTS, names)
