"""Whether a player stands, is knocked, or is dead: by the knocks, revives and kills of the whole match.

A knock, revive or kill changes the state of its victim, whoever dealt it, the environment too. Two changes have no
event: who revives himself, and whom a mode brings back from death. But positions of the knocked and, for a minute, of
the dead have no health; so whoever is seen with health `UP_AFTER` a knock or later stands again, and so does whoever is
seen with health, or is the victim of an event, that long after death. To deal damage proves nothing: fires outlive who
lit them.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pewstats_assets.fights.participation.ordered import Flags, Numbers, begins_of, rows_of_ranges, runs_of
from pewstats_assets.telemetry.frames import KINDS

States = npt.NDArray[np.uint8]

STANDING: Final = 0
KNOCKED: Final = 1
DEAD: Final = 2
#: The change of an event that changes nothing.
UNCHANGED: Final = 255

UP_AFTER: Final = timedelta(seconds=5)

#: Of its victim, by the kind of event.
_STATE_AFTER: Final = {"knock": KNOCKED, "revive": STANDING, "kill": DEAD, "kill_v1": DEAD}
_UP_AFTER_US: Final = UP_AFTER // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class StatesOfSightings:
    """The states around sightings; arrays have an entry for each.

    Attributes:
        before: the player's state just before it; what it shows itself is seen before it.
        after: the player's state just after it.
        is_up_again: whether it shows that the player stands again.
    """

    before: States
    after: States
    is_up_again: Flags


def state_after(kind: pl.Series) -> States:
    """Tell the state that events leave their victims in, by their kind."""
    of_kinds = np.array([_STATE_AFTER.get(name, UNCHANGED) for name in KINDS.values()], np.uint8)
    return np.take(of_kinds, kind.to_physical().to_numpy())


def states_of(
    player: Numbers, time: Numbers, change: States, *, is_victim: Flags, has_health: Flags
) -> StatesOfSightings:
    """Tell the states before and after every sighting.

    Args:
        player: of each sighting; they are sorted by player, and each player's in order.
        time: in microseconds.
        is_victim: whether the player is the victim of an event.
        change: the state that the event leaves its victim in; `UNCHANGED` for others.
        has_health: whether the player has, by a position.
    """
    is_first = begins_of(player)
    is_up_again = np.zeros(len(player), np.bool_)
    is_up_again[_first_signs_of_life(is_first, time, is_victim, change, has_health)] = True

    is_standing = is_first | is_up_again
    known = np.where((change == UNCHANGED) & is_standing, np.uint8(STANDING), change)
    last_known, _ = runs_of(known != UNCHANGED)
    after = known[last_known]
    before = np.where(is_standing, np.uint8(STANDING), np.roll(after, 1))
    return StatesOfSightings(before, after, is_up_again)


def _first_signs_of_life(
    is_first: Flags, time: Numbers, is_victim: Flags, change: States, has_health: Flags
) -> Numbers:
    """Find the first sighting after each knock or death that shows the player standing again."""
    downs = np.flatnonzero((change == KNOCKED) | (change == DEAD))
    # A knock or death is seen until the next of the same player, that included.
    firsts = np.flatnonzero(is_first)
    behind_player = np.append(firsts, len(is_first))[np.searchsorted(firsts, downs, "right")]
    behind = np.minimum(np.append(downs[1:] + 1, len(is_first))[: len(downs)], behind_player)
    number, row = rows_of_ranges(downs + 1, behind)
    down = downs[number]
    is_sign = has_health[row] | (is_victim[row] & (change[down] == DEAD))
    is_sign &= time[row] >= time[down] + _UP_AFTER_US
    number, row = number[is_sign], row[is_sign]
    return np.compress(begins_of(number), row)
