"""Rules 16 to 27: everything that happened between an engagement's teams inside its time window."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from pewstats_assets.fights.v2.arithmetic import distance_m, mean_location
from pewstats_assets.fights.v2.engagements import Engagement
from pewstats_assets.fights.v2.events import Event, Kind, Location

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
        return centre[0], centre[1], max(distance_m(centre, position) for position in positions)


class WindowReader:
    """Reads windows out of a match's events, which it sorts once."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._in_time_order = sorted(enumerate(events), key=lambda numbered: numbered[1].time)
        self._times = [event.time for _, event in self._in_time_order]

    def read(self, engagement: Engagement) -> Window:
        """Count the window's events in file order (rule 16)."""
        first = bisect_left(self._times, engagement.start)
        behind = bisect_right(self._times, engagement.end)
        window = Window(players={}, teams={team: Team() for team in engagement.teams})
        for _, event in sorted(self._in_time_order[first:behind], key=lambda numbered: numbered[0]):
            if event.actor_team in window.teams and event.victim_team in window.teams:
                _COUNT[event.kind](window, event)
        return window


def _count_damage(window: Window, event: Event) -> None:
    """Rule 17."""
    if event.actor_team == event.victim_team:
        return
    if actor := _actor(window, event):
        actor.damage_dealt += event.damage
        window.teams[event.actor_team].damage_dealt += event.damage
    if victim := _victim(window, event):
        victim.damage_taken += event.damage


def _count_knock(window: Window, event: Event) -> None:
    """Rule 18."""
    if actor := _actor(window, event):
        actor.knocks += 1
        window.teams[event.actor_team].knocks += 1
    if victim := _victim(window, event):
        victim.knocked_at = event.time


def _count_kill(window: Window, event: Event) -> None:
    """Rule 19."""
    if actor := _actor(window, event):
        actor.kills += 1
        window.teams[event.actor_team].kills += 1
    if victim := _victim(window, event):
        victim.killed_at = event.time
        window.teams[event.victim_team].deaths += 1


_COUNT: Final[dict[Kind, Callable[[Window, Event], None]]] = {
    Kind.DAMAGE: _count_damage,
    Kind.KNOCK: _count_knock,
    Kind.KILL: _count_kill,
}


def _actor(window: Window, event: Event) -> Player | None:
    return _player(window, event.actor_name, event.actor_account_id, event.actor_team, event.actor_location)


def _victim(window: Window, event: Event) -> Player | None:
    return _player(window, event.victim_name, event.victim_account_id, event.victim_team, event.victim_location)


def _player(window: Window, name: str, account_id: str | None, team: int, location: Location | None) -> Player | None:
    """Find or make the player of one side of an event; nobody if the side has no name (rule 20)."""
    if not name:
        return None
    player = window.players.get(name)
    if player is None:
        player = window.players[name] = Player(name)
    player.account_id = account_id
    player.team = team
    if location is not None:
        player.positions.append(location)
    return player
