"""The match object of the API (JSON:API): rosters, participants and the link to the telemetry.

It tells about the match what the game counted; fights are unknown to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from pewstats_assets.simulation.stage import Combatant, Troop
from pewstats_assets.simulation.wire import Event, number
from pewstats_assets.simulation.world import Setting

_SHARD: Final = "steam"


@dataclass(frozen=True, slots=True)
class PlayedMatch:
    """A match that is over.

    Attributes:
        match_id: Its uuid.
        setting: Where and how it was played.
        start: When it began.
        end: When it was over, in milliseconds from the start.
        troops: Its squads, at the end.
        ranks: The rank of each team.
    """

    match_id: str
    setting: Setting
    start: datetime
    end: int
    troops: Sequence[Troop]
    ranks: dict[int, int]


@dataclass(frozen=True, slots=True)
class Heading:
    """What a match object says of the match as a whole; `end` is in milliseconds from the start."""

    match_id: str
    match_type: str
    mode: str
    map_name: str
    start: datetime
    end: int


def match_object(match: PlayedMatch, rng: Random) -> Event:
    """What the API answers about a match; `rng` makes the ids that differ from answer to answer."""
    kill_places = _kill_places(match.troops)
    squads = [
        (
            troop.team_id,
            match.ranks[troop.team_id],
            [
                _stats(member, match.end, kill_places[member], match.ranks[troop.team_id])
                for member in troop.members
                if member.player.in_roster
            ],
        )
        for troop in match.troops
    ]
    setting = match.setting
    heading = Heading(match.match_id, setting.match_type, setting.mode, setting.map.name, match.start, match.end)
    return answer(heading, squads, rng)


def answer(heading: Heading, squads: Sequence[tuple[int, int, Sequence[Event]]], rng: Random) -> Event:
    """Put a match object together.

    Args:
        heading: What is said of the match as a whole.
        squads: Of every squad its team id, its rank and the stats of its players.
        rng: Makes the ids that differ from answer to answer.
    """
    rosters, participants = [], []
    for team_id, rank, players in squads:
        made = [_participant(stats, rng) for stats in players]
        participants += made
        rosters.append(_roster(team_id, rank, made, rng))
    created = heading.start + timedelta(milliseconds=heading.end)
    asset = _asset(created, rng)
    return {
        "data": {
            "type": "match",
            "id": heading.match_id,
            "attributes": {
                "createdAt": f"{created:%Y-%m-%dT%H:%M:%SZ}",
                "duration": heading.end // 1000,
                "matchType": heading.match_type,
                "gameMode": heading.mode,
                "mapName": heading.map_name,
                "isCustomMatch": heading.match_type == "custom",
                "seasonState": "progress",
                "shardId": _SHARD,
                "titleId": "bluehole-pubg",
                "stats": None,
                "tags": None,
            },
            "relationships": {
                "rosters": {"data": [_reference(roster) for roster in rosters]},
                "assets": {"data": [_reference(asset)]},
            },
            "links": {"self": f"https://api.pubg.com/shards/{_SHARD}/matches/{heading.match_id}", "schema": ""},
        },
        "included": [*rosters, *participants, asset],
        "links": {"self": f"https://api.pubg.com/shards/{_SHARD}/matches/{heading.match_id}"},
        "meta": {},
    }


def _kill_places(troops: Sequence[Troop]) -> dict[Combatant, int]:
    everybody = [member for troop in troops for member in troop.members]
    ordered = sorted(everybody, key=lambda member: -member.figures.kills)
    return {member: place for place, member in enumerate(ordered, start=1)}


def _stats(member: Combatant, end: int, kill_place: int, rank: int) -> Event:
    figures = member.figures
    lived = end if figures.died_at is None else figures.died_at
    return {
        "DBNOs": figures.knocks,
        "assists": figures.assists,
        "boosts": 0,
        "damageDealt": number(round(figures.damage, 4)),
        "deathType": figures.death_type,
        "headshotKills": figures.headshot_kills,
        "heals": figures.heals,
        "killPlace": kill_place,
        "killStreaks": 0,
        "kills": figures.kills,
        "longestKill": 0,
        "name": member.player.name,
        "playerId": member.player.account_id,
        "revives": figures.revives,
        "rideDistance": 0,
        "roadKills": 0,
        "swimDistance": 0,
        "teamKills": figures.team_kills,
        "timeSurvived": lived // 1000,
        "vehicleDestroys": 0,
        "walkDistance": 0,
        "weaponsAcquired": 0,
        "winPlace": rank,
    }


def _participant(stats: Event, rng: Random) -> Event:
    return {
        "type": "participant",
        "id": _random_id(rng),
        "attributes": {"shardId": _SHARD, "stats": stats, "actor": ""},
    }


def _roster(team_id: int, rank: int, participants: Sequence[Event], rng: Random) -> Event:
    return {
        "type": "roster",
        "id": _random_id(rng),
        "attributes": {
            "stats": {"rank": rank, "teamId": team_id},
            # The API has this as a string.
            "won": "true" if rank == 1 else "false",
            "shardId": _SHARD,
        },
        "relationships": {
            "team": {"data": None},
            "participants": {"data": [_reference(participant) for participant in participants]},
        },
    }


def _asset(created: datetime, rng: Random) -> Event:
    asset_id = _random_id(rng)
    return {
        "type": "asset",
        "id": asset_id,
        "attributes": {
            "name": "telemetry",
            "description": "",
            "createdAt": f"{created:%Y-%m-%dT%H:%M:%SZ}",
            "URL": f"https://telemetry.invalid/{_SHARD}/{created:%Y/%m/%d/%H/%M}/{asset_id}-telemetry.json",
        },
    }


def _reference(thing: Event) -> Event:
    return {"type": thing["type"], "id": thing["id"]}


def _random_id(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
