"""Rules 16 to 27: everything that happened between an engagement's teams inside its time window."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from pewstats_assets.fights.v2.arithmetic import farthest_m, mean_location
from pewstats_assets.fights.v2.engagements import Engagement
from pewstats_assets.fights.v2.events import Event, Kind, Location, Side

NPC_NAMES: Final = frozenset(
    {"Commander", "Guard", "Pillar", "SkySoldier", "Soldier", "PillarSoldier", "ZombieSoldier"}
)
NPC_PREFIX: Final = "ai_"
NO_TEAM: Final = 0


@dataclass(slots=True)
class Player:
    """Figures of one player, keyed by name; team and account are those of the last counted event (rule 21)."""

    name: str
    account_id: str | None = None
    team: int = NO_TEAM
    knocks: int = 0
    kills: int = 0
    damage_dealt: float = 0.0
    damage_taken: float = 0.0
    knocked_at: int | None = None
    killed_at: int | None = None
    positions: list[Location] = field(default_factory=list)

    @property
    def is_npc(self) -> bool:
        """By name alone; `ai.*` bots are players here (rule 26)."""
        return self.name in NPC_NAMES or self.name.lower().startswith(NPC_PREFIX)


@dataclass(slots=True)
class Team:
    """Figures of one team, by the team that each event names (rule 21)."""

    knocks: int = 0
    kills: int = 0
    deaths: int = 0
    damage_dealt: float = 0.0

    @property
    def score(self) -> float:
        """Rule 23."""
        return (3 * self.kills + 2 * self.knocks) + self.damage_dealt / 100


@dataclass(slots=True)
class Window:
    """The window statistics of one engagement.

    Attributes:
        players: by name, in order of first appearance, NPCs included.
        teams: every team of the engagement, those without a counted event included.
    """

    players: dict[str, Player]
    teams: dict[int, Team]

    @property
    def participants(self) -> list[Player]:
        """The players that are no NPCs (rule 26)."""
        return [player for player in self.players.values() if not player.is_npc]

    @property
    def ranking(self) -> list[int]:
        """All teams by falling score, a tie to the lower id (rule 23)."""
        return sorted(self.teams, key=lambda team: (-self.teams[team].score, team))

    @property
    def eliminated(self) -> set[int]:
        """Teams of which all players that were seen were killed (rule 24)."""
        seen = {player.team for player in self.players.values()}
        alive = {player.team for player in self.players.values() if player.killed_at is None}
        return seen - alive - {NO_TEAM}

    def centre_and_spread(self) -> tuple[float, float, float] | tuple[None, None, None]:
        """Centre x, y in cm over all positions of all players, and the farthest position from it in m (rule 25)."""
        positions = [position for player in self.players.values() for position in player.positions]
        if not positions:
            return None, None, None
        centre = mean_location(positions)
        return centre[0], centre[1], farthest_m(centre, positions)


class WindowReader:
    """Reads windows out of a match's events, which it sorts once, by the actor's team."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._times: dict[int, list[int]] = {}
        self._indices: dict[int, list[int]] = {}
        for index, event in sorted(enumerate(events), key=lambda numbered: numbered[1].time):
            self._times.setdefault(event.actor.team, []).append(event.time)
            self._indices.setdefault(event.actor.team, []).append(index)

    def read(self, engagement: Engagement) -> Window:
        """Count the window's events in file order (rule 16)."""
        window = Window(players={}, teams={team: Team() for team in engagement.teams})
        indices: list[int] = []
        for team in engagement.teams & self._times.keys():
            times = self._times[team]
            first, behind = bisect_left(times, engagement.start), bisect_right(times, engagement.end)
            indices += self._indices[team][first:behind]
        for index in sorted(indices):
            event = self._events[index]
            if event.victim.team in window.teams:
                _COUNT[event.kind](window, event)
        return window


def _count_damage(window: Window, event: Event) -> None:
    """Rule 17."""
    if event.actor.team == event.victim.team:
        return
    if actor := _player(window, event.actor):
        actor.damage_dealt += event.damage
        window.teams[event.actor.team].damage_dealt += event.damage
    if victim := _player(window, event.victim):
        victim.damage_taken += event.damage


def _count_knock(window: Window, event: Event) -> None:
    """Rule 18."""
    if actor := _player(window, event.actor):
        actor.knocks += 1
        window.teams[event.actor.team].knocks += 1
    if victim := _player(window, event.victim):
        victim.knocked_at = event.time


def _count_kill(window: Window, event: Event) -> None:
    """Rule 19."""
    if actor := _player(window, event.actor):
        actor.kills += 1
        window.teams[event.actor.team].kills += 1
    if victim := _player(window, event.victim):
        victim.killed_at = event.time
        window.teams[event.victim.team].deaths += 1


_COUNT: Final[dict[Kind, Callable[[Window, Event], None]]] = {
    Kind.DAMAGE: _count_damage,
    Kind.KNOCK: _count_knock,
    Kind.KILL: _count_kill,
}


def _player(window: Window, side: Side) -> Player | None:
    """Find or make the player of one side of an event; nobody if the side has no name (rule 20)."""
    if not side.name:
        return None
    player = window.players.get(side.name)
    if player is None:
        player = window.players[side.name] = Player(side.name)
    player.account_id = side.account_id
    player.team = side.team
    if side.location is not None:
        player.positions.append(side.location)
    return player
