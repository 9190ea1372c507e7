"""One match of a season, from its number to its files: telemetry, the API's match object, and the truth about it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final
from uuid import UUID

import msgspec

from pewstats_assets.simulation.match_object import Heading, answer
from pewstats_assets.simulation.season.battle import Battle
from pewstats_assets.simulation.season.circles import Circles
from pewstats_assets.simulation.season.fighters import Fighter
from pewstats_assets.simulation.season.full import FullRecording
from pewstats_assets.simulation.season.population import fixture_of
from pewstats_assets.simulation.season.recording import Recording
from pewstats_assets.simulation.season.truth import MatchTruth, truth_of
from pewstats_assets.simulation.wire import Event, number

_SEASON_START: Final = datetime(2026, 7, 1, 6, tzinfo=UTC)
_BETWEEN_MATCHES: Final = 67
"""Seconds. Many matches are played at once."""


class Size(StrEnum):
    """How much of a match is written: all of it, or its combat and positions with little else."""

    SMALL = "small"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class SeasonMatch:
    """A match that has been played.

    Attributes:
        match_id: Its uuid.
        telemetry: Its telemetry, as JSON.
        match_object: What the API's match endpoint answers, as JSON.
        events: How many events the telemetry has.
        truth: What only the simulation knows.
    """

    match_id: str
    telemetry: bytes
    match_object: bytes
    events: int
    truth: MatchTruth


def play_match(seed: int, match_index: int, size: Size = Size.SMALL, league: int | None = None) -> SeasonMatch:
    """Play one match of a season.

    Args:
        seed: The season: its accounts with their skills.
        match_index: Which match of it, from 0. Matches do not depend on each other.
        size: How much is written. The combat is the same.
        league: How many groups of four play in it; None for a season of all accounts.
    """
    return record_match(seed, match_index, FullRecording if size is Size.FULL else Recording, league)


def record_match(seed: int, match_index: int, recorder: type[Recording], league: int | None = None) -> SeasonMatch:
    """Play one match of a season as `play_match`, and let somebody write it down."""
    season = f"{seed}" if league is None else f"{seed}/league of {league}"
    rng = Random(f"{season}/{match_index}")
    match_id = str(UUID(int=rng.getrandbits(128), version=4))
    start = _SEASON_START + timedelta(seconds=_BETWEEN_MATCHES * match_index + rng.randrange(_BETWEEN_MATCHES))
    fixture = fixture_of(seed, match_index, rng, league)
    circles = Circles(fixture.game_map, rng)
    # Whatever is written, and how much of it, must not change what happens.
    aside = Random(f"{season}/{match_index}/recording")
    recording = recorder(fixture, circles, start, aside)
    battle = Battle(fixture, circles, rng, recording)
    recording.open(battle)
    battle.play()
    recording.close()
    telemetry = recording.text(match_id).encode()
    heading = Heading(match_id, fixture.match_type, fixture.mode, fixture.game_map.name, start, battle.end)
    match_object = msgspec.json.encode(_match_object(heading, battle, recording.stranger, aside))
    return SeasonMatch(match_id, telemetry, match_object, recording.events, truth_of(heading, match_index, battle))


def _match_object(heading: Heading, battle: Battle, stranger: Fighter | None, rng: Random) -> Event:
    everybody = [member for squad in battle.squads for member in squad.members]
    ordered = sorted(everybody, key=lambda member: -member.figures.kills)
    places = {member: place for place, member in enumerate(ordered, start=1)}
    squads = [
        (
            squad.team_id,
            squad.rank,
            [
                _stats(member, battle.end, places[member], squad.rank)
                for member in squad.members
                if member is not stranger
            ],
        )
        for squad in battle.squads
    ]
    return answer(heading, squads, rng)


def _stats(who: Fighter, end: int, kill_place: int, rank: int) -> Event:
    figures = who.figures
    return {
        "DBNOs": figures.knocks,
        "assists": figures.assists,
        "boosts": figures.boosts,
        "damageDealt": number(round(figures.damage, 4)),
        "deathType": figures.death_type,
        "headshotKills": figures.headshot_kills,
        "heals": figures.heals,
        "killPlace": kill_place,
        "killStreaks": 0,
        "kills": figures.kills,
        "longestKill": number(round(figures.longest_kill, 4)),
        "name": who.name,
        "playerId": who.account_id,
        "revives": figures.revives,
        "rideDistance": 0,
        "roadKills": figures.road_kills,
        "swimDistance": 0,
        "teamKills": figures.team_kills,
        "timeSurvived": (end if who.died_at is None else who.died_at) // 1000,
        "vehicleDestroys": 0,
        "walkDistance": 0,
        "weaponsAcquired": 0,
        "winPlace": rank,
    }
