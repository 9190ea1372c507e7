"""Rules 7 to 15: combat events are clustered into engagements."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace
from operator import attrgetter
from typing import Final

from pewstats_assets.fights.model import TooMuchCombatError
from pewstats_assets.fights.v2.arithmetic import distance_m, mean_location
from pewstats_assets.fights.v2.events import Event, Location

SECOND: Final = 1_000_000
MAX_DURATION: Final = 240 * SECOND
MAX_GAP: Final = 45 * SECOND
MAX_JOIN_DISTANCE_M: Final = 300.0
#: A full-size match needs about 1,500; this is a few seconds.
MAX_LOOKED_AT: Final = 3_000_000


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
    """Put every combat event into exactly one engagement, in seed order (rule 15).

    Only events of an engagement's own teams can belong to it, and only these are looked at.

    Raises:
        TooMuchCombatError: one team has combat far apart at the same time, over and over: no match, but a forged file.
    """
    combat = sorted((event for event in events if event.is_combat), key=attrgetter("time"))  # rule 7: stable
    of_team: dict[int, list[int]] = {}
    for index, event in enumerate(combat):
        of_team.setdefault(event.actor.team, []).append(index)
        of_team.setdefault(event.victim.team, []).append(index)
    is_used = bytearray(len(combat))
    engagements: list[Engagement] = []
    looked_at = 0
    for seed in range(len(combat)):
        if not is_used[seed]:
            engagement, number = _grow(combat, of_team, is_used, seed)
            engagements.append(engagement)
            looked_at += number
            if looked_at > MAX_LOOKED_AT:
                msg = f"Clustering has to look at more than {MAX_LOOKED_AT:,} events."
                raise TooMuchCombatError(msg)
    return engagements


def _grow(
    combat: Sequence[Event], of_team: Mapping[int, Sequence[int]], is_used: bytearray, seed: int
) -> tuple[Engagement, int]:
    """Grow one engagement from the first unused event, and mark what it uses (rules 8 to 14).

    Returns:
        The engagement, and the number of events that were looked at.
    """
    first = combat[seed]
    engagement = Engagement([first], {first.actor.team, first.victim.team})
    own, teams, start, end = engagement.own, engagement.teams, first.time, first.time
    centre = _centre(first)
    is_used[seed] = True

    # The next event of each team, by place; with it, where it is among the team's.
    ahead: list[tuple[int, int, Sequence[int]]] = []

    def follow(team: int, since: int) -> None:
        indices = of_team[team]
        place = bisect_right(indices, since)
        if place < len(indices):
            heappush(ahead, (indices[place], place, indices))

    for team in teams:
        follow(team, seed)
    looked_at = 0
    while ahead:
        looked_at += 1
        current, place, indices = ahead[0]
        if place + 1 < len(indices):
            heapreplace(ahead, (indices[place + 1], place + 1, indices))
        else:
            heappop(ahead)
        if is_used[current]:
            continue  # by another engagement, or just now: both of its teams are followed
        event = combat[current]
        if event.time - start > MAX_DURATION or event.time - end > MAX_GAP:
            break
        if _belongs(event, teams, centre):
            own.append(event)
            end = event.time
            is_used[current] = True
            for team in {event.actor.team, event.victim.team} - teams:
                teams.add(team)
                follow(team, current)
    return engagement, looked_at


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
