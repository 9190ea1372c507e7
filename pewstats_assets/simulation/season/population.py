"""Who plays in a season: accounts with skills of their own, the groups they play in, and the line-up of each match.

An account's skills, group and change of name are drawn once per season, from nothing but the seed, and hold in all of
its matches. Bots exist for one match only: their ids are handed out anew in the next one.

A *league* is a season of the first few groups alone, who meet whole and without bots, always in the same mode: its
players have hundreds of fights after a hundred matches, where most accounts of a season have a handful.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from pewstats_assets.simulation.world import SQUAD_SIZE, Map

PUBLIC_GROUPS: Final = 600
ESPORTS_GROUPS: Final = 28
"""Groups of four accounts. Some play in every third match, most of them now and then."""

_SEATS: Final = {"official": 96, "competitive": 64, "custom": 64}
_MATCH_TYPES: Final = ("official",) * 16 + ("competitive",) * 2 + ("custom",) * 2
_MODES: Final = ("squad", "squad-fpp", "squad-fpp", "squad")
_LEAGUE: Final = ("competitive", "squad-fpp")
_MAPS: Final = (
    (Map("Baltic_Main", 816_000, "Clear"), 30),
    (Map("Desert_Main", 816_000, "Sunset"), 22),
    (Map("Tiger_Main", 816_000, "Overcast"), 18),
    (Map("Neon_Main", 816_000, "Clear"), 10),
    (Map("DihorOtok_Main", 816_000, "Snow"), 8),
    (Map("Kiki_Main", 816_000, "Clear"), 6),
    (Map("Savage_Main", 408_000, "Rainy"), 6),
)
_ESPORTS_MAPS: Final = _MAPS[:4]
"""Maps, and how often each is played."""

_FULL_OF_BOTS: Final = 0.15
_SHARE_OF_BOTS: Final = (0.28, 0.58)
_FEW_BOTS: Final = 0.12
"""Official matches have a good part of bots, or hardly any: 6.7 % on average."""

_ALONE: Final = 0.22
_ONE_AWAY: Final = 0.40
_TWO_AWAY: Final = 0.16
_SUBSTITUTED: Final = 0.30
"""Of public squads: one member plays alone, one or two are away; of those who are away, somebody else fills in."""

_RENAMED: Final = 0.07
_LAST_RENAMING: Final = 1_000

_SYLLABLES: Final = (
    "ka", "ri", "no", "ve", "lu", "shi", "tor", "mak", "zen", "bo", "ky", "dra", "fen", "ol", "mi", "sta",
    "ru", "pix", "gor", "ta", "lex", "wyn", "ju", "has",
)  # fmt: skip
_ENDINGS: Final = ("", "", "", "_", "TV", "x", "77", "-_-", "HD", "_ttv", "99", "o")


@dataclass(frozen=True, slots=True)
class Account:
    """A player of the season. Skills are standard normal over all accounts; 0 is the average.

    Attributes:
        number: Its place among the accounts of the season.
        account_id: `account.` and 32 hexadecimal digits.
        names: The name, and if it changes, the second one.
        renamed_at: The match index from which the second name is used; None without one.
        group: Which four accounts it belongs to. Groups from `PUBLIC_GROUPS` on are esports teams.
        aim: How often shots hit, and how often the head.
        aggression: How often shots are fired, and how readily the squad seeks a fight.
        survival: How well cover is used: how seldom the player is the one who is hit.
        support: How soon mates are revived, and how close the player keeps to them.
        reach: From how far away the player likes to fight.
    """

    number: int
    account_id: str
    names: tuple[str, ...]
    renamed_at: int | None
    group: int
    aim: float
    aggression: float
    survival: float
    support: float
    reach: float

    def name_in(self, match_index: int) -> str:
        """The name that the account goes by in a match."""
        return self.names[-1] if self.renamed_at is not None and match_index >= self.renamed_at else self.names[0]


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in the line-up of one match; a bot has no account, but an average bot's (low) skills."""

    account_id: str
    name: str
    account: Account | None


@dataclass(frozen=True, slots=True)
class Fixture:
    """A match before it begins: where it is played, by which rules, and by which squads.

    Attributes:
        game_map: The map.
        mode: The game mode, as the API spells it.
        match_type: `official`, `competitive` or `custom` (esports).
        squads: The players of each team; team ids count from 1.
    """

    game_map: Map
    mode: str
    match_type: str
    squads: Sequence[Sequence[Seat]]


@cache
def accounts_of(seed: int) -> tuple[Account, ...]:
    """All accounts of a season, by number; always the same for the same seed."""
    return tuple(_draw_account(seed, number) for number in range((PUBLIC_GROUPS + ESPORTS_GROUPS) * SQUAD_SIZE))


def _draw_account(seed: int, number: int) -> Account:
    rng = Random(f"{seed}/account/{number}")
    group = number // SQUAD_SIZE
    names = [_name(rng)]
    renamed_at = None
    if rng.random() < _RENAMED:
        names.append(_name(rng))
        renamed_at = rng.randrange(1, _LAST_RENAMING)
    # Mates are of a kind: a part of every skill is the group's.
    common = Random(f"{seed}/group/{group}")
    level = [common.gauss(0.0, 0.6) for _ in range(5)]
    if group >= PUBLIC_GROUPS:
        level[0] += 0.9
    aim, aggression, survival, support, reach = (shared + rng.gauss(0.0, 0.8) for shared in level)
    account_id = f"account.{rng.getrandbits(128):032x}"
    return Account(number, account_id, tuple(names), renamed_at, group, aim, aggression, survival, support, reach)


def _name(rng: Random) -> str:
    word = "".join(rng.choice(_SYLLABLES) for _ in range(rng.randrange(2, 5)))
    return f"{word.capitalize()}{rng.choice(_ENDINGS)}{rng.choice(('', '', rng.randrange(10, 1000)))}"


@cache
def _activity(seed: int) -> tuple[float, ...]:
    """How often a public group plays, in relation to the others: a few do all the time."""
    rng = Random(f"{seed}/activity")
    return tuple(rng.lognormvariate(0.0, 1.1) for _ in range(PUBLIC_GROUPS))


def fixture_of(seed: int, match_index: int, rng: Random, league: int | None = None) -> Fixture:
    """Draw up a match of a season.

    Args:
        seed: The season.
        match_index: Which match of it; decides who is known by which name, and with `rng` everything else.
        rng: The match's own random numbers.
        league: How many groups there are in it; None for a season of all accounts.
    """
    if league is not None:
        return _league_fixture(seed, match_index, rng, league)
    match_type = rng.choice(_MATCH_TYPES)
    is_esports = match_type == "custom"
    maps = _ESPORTS_MAPS if is_esports else _MAPS
    game_map = rng.choices([one for one, _ in maps], [often for _, often in maps])[0]
    mode = "esports-squad-fpp" if is_esports else rng.choice(_MODES)
    seats = _SEATS[match_type]
    bots = _number_of_bots(rng, seats) if match_type == "official" else 0
    if is_esports:
        teams = range(PUBLIC_GROUPS, PUBLIC_GROUPS + ESPORTS_GROUPS)
        squads = _whole_squads(seed, match_index, rng, teams, seats)
    else:
        squads = _squads(seed, match_index, rng, seats - bots)
    squads += _bot_squads(rng, bots)
    rng.shuffle(squads)
    return Fixture(game_map, mode, match_type, squads)


def _league_fixture(seed: int, match_index: int, rng: Random, league: int) -> Fixture:
    match_type, mode = _LEAGUE
    game_map = rng.choices([one for one, _ in _MAPS], [often for _, often in _MAPS])[0]
    squads = _whole_squads(seed, match_index, rng, range(league), _SEATS[match_type])
    return Fixture(game_map, mode, match_type, squads)


def _number_of_bots(rng: Random, seats: int) -> int:
    if rng.random() < _FULL_OF_BOTS:
        return round(seats * rng.uniform(*_SHARE_OF_BOTS))
    return rng.randrange(1, 4) if rng.random() < _FEW_BOTS else 0


def _squads(seed: int, match_index: int, rng: Random, seats: int) -> list[list[Seat]]:
    """Public squads: groups as they turn up, not all of them whole, until the seats are taken."""
    # Who plays often comes early: the smallest of exponential waiting times at these rates.
    waiting = sorted((rng.expovariate(rate), group) for group, rate in enumerate(_activity(seed)))
    strangers = iter(group for _, group in reversed(waiting))
    squads: list[list[Seat]] = []
    for _, group in waiting:
        if seats <= 0:
            break
        numbers = [group * SQUAD_SIZE + place for place in range(SQUAD_SIZE)]
        turns_up = rng.random()
        if turns_up < _ALONE:
            numbers = [rng.choice(numbers)]
        else:
            away = rng.sample(range(SQUAD_SIZE), 2 if turns_up > 1 - _TWO_AWAY else int(turns_up < _ALONE + _ONE_AWAY))
            for place in sorted(away, reverse=True):
                if rng.random() < _SUBSTITUTED:
                    numbers[place] = next(strangers) * SQUAD_SIZE + rng.randrange(SQUAD_SIZE)
                else:
                    del numbers[place]
        squads.append([_seat(seed, number, match_index) for number in numbers[:seats]])
        seats -= len(numbers)
    return squads


def _whole_squads(seed: int, match_index: int, rng: Random, groups: range, seats: int) -> list[list[Seat]]:
    """Squads of four who are all there: as many of the groups as there are seats for."""
    playing = rng.sample(groups, min(len(groups), seats // SQUAD_SIZE))
    return [[_seat(seed, group * SQUAD_SIZE + place, match_index) for place in range(SQUAD_SIZE)] for group in playing]


def _seat(seed: int, number: int, match_index: int) -> Seat:
    account = accounts_of(seed)[number]
    return Seat(account.account_id, account.name_in(match_index), account)


def _bot_squads(rng: Random, bots: int) -> list[list[Seat]]:
    first = rng.randrange(100, 800)
    seats = [Seat(f"ai.{first + number}", f"{_name(rng)}", None) for number in range(bots)]
    return [seats[start : start + SQUAD_SIZE] for start in range(0, bots, SQUAD_SIZE)]
