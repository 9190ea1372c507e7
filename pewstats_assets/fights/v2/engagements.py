"""Rules 7 to 15: combat events are clustered into engagements."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from pewstats_assets.fights.v2.arithmetic import distance_m, mean_location
from pewstats_assets.fights.v2.events import Event, Location

SECOND: Final = 1_000_000
MAX_DURATION: Final = 240 * SECOND
MAX_GAP: Final = 45 * SECOND
MAX_JOIN_DISTANCE_M: Final = 300.0


@dataclass(slots=True)
class Engagement:
    """Combat events that belong together, in time order; `teams` are the sides of its own events."""

    own: list[Event]
    teams: set[int]

    @property
    def start(self) -> int:
        """Time of the first own event."""
        return self.own[0].time

    @property
    def end(self) -> int:
        """Time of the last own event."""
        return self.own[-1].time


def cluster(events: Sequence[Event]) -> list[Engagement]:
    """Put every combat event into exactly one engagement, in seed order (rule 15)."""
    combat = sorted((event for event in events if event.is_combat), key=attrgetter("time"))  # rule 7: stable
    # A linked list of the unused events, so that none is looked at again once it is used.
    following = list(range(1, len(combat) + 1))
    engagements = []
    seed = 0
    while seed < len(combat):
        engagements.append(_grow(combat, following, seed))
        seed = following[seed]
    return engagements


def _grow(combat: Sequence[Event], following: list[int], seed: int) -> Engagement:
    """Grow one engagement from the first unused event, and unlink what it uses (rules 8 to 14)."""
    first = combat[seed]
    engagement = Engagement([first], {first.actor.team, first.victim.team})
    centre = _centre(first)
    previous, current = seed, following[seed]
    while current < len(combat):
        event = combat[current]
        if event.time - engagement.start > MAX_DURATION or event.time - engagement.end > MAX_GAP:
            break
        if _belongs(event, engagement.teams, centre):
            engagement.own.append(event)
            engagement.teams.update((event.actor.team, event.victim.team))
            following[previous] = following[current]
        else:
            previous = current
        current = following[current]
    return engagement


def _centre(seed: Event) -> Location | None:
    """Mean of the seed's available locations (rule 9)."""
    locations = [location for location in (seed.actor.location, seed.victim.location) if location is not None]
    return mean_location(locations) if locations else None


def _belongs(event: Event, teams: set[int], centre: Location | None) -> bool:
    """Rules 11 to 13."""
    known = (event.actor.team in teams) + (event.victim.team in teams)
    if known == 1:
        return centre is not None and _farther_side_m(event, centre) <= MAX_JOIN_DISTANCE_M
    return known == 2  # noqa: PLR2004 both sides


def _farther_side_m(event: Event, centre: Location) -> float:
    """Distance from the centre to actor or victim, whichever is farther; 0 m if neither has a location (rule 12)."""
    sides = (event.actor.location, event.victim.location)
    return max((distance_m(centre, side) for side in sides if side is not None), default=0.0)
