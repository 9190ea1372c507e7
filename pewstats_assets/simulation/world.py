"""Who plays where: maps, match settings, and the accounts that come back from match to match.

Everything here is fixed before a match begins. What happens in it belongs in `stage` and `script`.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

SQUAD_SIZE: Final = 4
PLAYERS_OF_A_SEASON: Final = 24 * SQUAD_SIZE
"""Few enough that most accounts are seen in most matches, as profiles need them to be."""

BOT_SQUADS: Final = 3
RENAMING_EVERY: Final = 8 * SQUAD_SIZE
RENAMED_FROM_MATCH: Final = 5
_TEAM_OF_THE_STRANGER: Final = 2

_FIRST: Final = (
    "Quiet",
    "Rusty",
    "Lucky",
    "Amber",
    "Frosty",
    "Nimble",
    "Grumpy",
    "Velvet",
    "Copper",
    "Stormy",
    "Sly",
    "Jolly",
)
_SECOND: Final = (
    "Badger",
    "Falcon",
    "Kettle",
    "Lynx",
    "Marmot",
    "Otter",
    "Pigeon",
    "Raven",
    "Turnip",
    "Walrus",
    "Yak",
    "Zebra",
)
_BOT_NAMES: Final = (
    "Ansel",
    "Birgit",
    "Casper",
    "Doreen",
    "Edgar",
    "Frieda",
    "Gustav",
    "Hilma",
    "Igor",
    "Jette",
    "Karel",
    "Lotte",
)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map in centimetres: x east, y south, z up."""

    x: float
    y: float
    z: float = 0.0

    def distance(self, other: "Point") -> float:
        """The straight distance to another point, in centimetres."""
        return float(((self.x - other.x) ** 2 + (self.y - other.y) ** 2 + (self.z - other.z) ** 2) ** 0.5)

    def towards(self, other: "Point", share: float) -> "Point":
        """The point that lies `share` (0 to 1) of the way to another one."""
        return Point(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
            self.z + (other.z - self.z) * share,
        )

    def moved(self, x: float, y: float, z: float = 0.0) -> "Point":
        """This point, shifted."""
        return Point(self.x + x, self.y + y, self.z + z)


@dataclass(frozen=True, slots=True)
class Map:
    """A map of the game; `size` is the length of a side in centimetres."""

    name: str
    size: int
    weather: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What a match is: where it is played and by which rules of the game."""

    map: Map
    mode: str
    match_type: str

    @property
    def has_bots(self) -> bool:
        """Bots fill up official matches only."""
        return self.match_type == "official"


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody in a match. The account stays the same in every match; the name may change, the team does."""

    account_id: str
    name: str
    team_id: int
    in_roster: bool = True
    """False for the odd account that fights without ever having been announced."""

    @property
    def is_bot(self) -> bool:
        """Bots have no account of their own: their ids are handed out anew in every match."""
        return self.account_id.startswith("ai.")


Squad = tuple[Player, ...]

_MAPS: Final = (
    Map("Baltic_Main", 816_000, "Clear"),
    Map("Desert_Main", 816_000, "Sunset"),
    Map("Tiger_Main", 816_000, "Overcast"),
    Map("Savage_Main", 408_000, "Rainy"),
)
_MATCH_TYPES: Final = ("official", "competitive", "official", "custom", "competitive")


def setting_of(match_index: int) -> Setting:
    """The setting of a match: maps, modes and match types take turns at different paces, so that they mix."""
    return Setting(
        map=_MAPS[match_index % len(_MAPS)],
        mode="squad" if match_index % 3 == 1 else "squad-fpp",
        match_type=_MATCH_TYPES[match_index % len(_MATCH_TYPES)],
    )


def squads_of(seed: int, match_index: int, squads: int, rng: Random, *, stranger: bool) -> list[Squad]:
    """The squads of a match, team ids from 1.

    Args:
        seed: The season; its accounts depend on nothing else.
        match_index: Decides which names the renamed players go by.
        squads: How many squads take part.
        rng: The match's own random numbers.
        stranger: Whether one player is to be missing from every roster.
    """
    bot_squads = BOT_SQUADS if setting_of(match_index).has_bots else 0
    pool = list(range(max(PLAYERS_OF_A_SEASON // SQUAD_SIZE, squads)))
    # The first squad always plays: somebody has to be there before and after a change of name.
    order = [0, *sorted(pool[1:], key=lambda _: rng.random())][: squads - bot_squads]
    result: list[Squad] = []
    for team, number in enumerate(order, start=1):
        accounts = range(number * SQUAD_SIZE, (number + 1) * SQUAD_SIZE)
        unknown = accounts[-1] if stranger and team == _TEAM_OF_THE_STRANGER else None
        result.append(
            tuple(_human(seed, account, match_index, team, in_roster=account != unknown) for account in accounts)
        )
    first_id = rng.randrange(100, 900)
    for bots in range(bot_squads):
        team = len(result) + 1
        numbers = range(bots * SQUAD_SIZE, (bots + 1) * SQUAD_SIZE)
        result.append(tuple(_bot(first_id + number, number, team) for number in numbers))
    return result


def _human(seed: int, number: int, match_index: int, team_id: int, *, in_roster: bool) -> Player:
    account = Random(f"{seed}/account/{number}").getrandbits(128)
    first = _FIRST[number % len(_FIRST)]
    second = _SECOND[number // len(_FIRST) % len(_SECOND)]
    round_of_names = number // (len(_FIRST) * len(_SECOND))
    name = f"{first}{second}{round_of_names or ''}"
    if number % RENAMING_EVERY == 0 and match_index >= RENAMED_FROM_MATCH:
        name = f"{name}_v2"
    return Player(f"account.{account:032x}", name, team_id, in_roster)


def _bot(bot_id: int, number: int, team_id: int) -> Player:
    return Player(f"ai.{bot_id}", f"{_BOT_NAMES[number % len(_BOT_NAMES)]}{bot_id}", team_id)
