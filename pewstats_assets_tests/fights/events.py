"""Makes combat events as they are on the wire, and detects fights in them by the public path.

A player is written `name@team` (`"b1@2"`), a time in seconds from a fixed start, a place in metres.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pewstats_assets.fights import Fight, Participant, detect_fights
from pewstats_assets.telemetry import decode_bytes

#: A JSON object of the wire.
Wire = dict[str, Any]
Place = tuple[float, float, float]

START: Final = datetime(2025, 7, 12, 17, 0, tzinfo=UTC)
ORIGIN: Final[Place] = (0.0, 0.0, 0.0)
ANY_MATCH: Final = Path("00000000-0000-4000-8000-000000000000.json")
#: Centimetres, in which the wire has its places, in a metre.
METRE: Final = 100


def at(seconds: float) -> datetime:
    """Return the time so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def player(written: str, place: Place | None = ORIGIN) -> Wire:
    """Make a character out of `name@team`; without a team (`name@`) its team id is null."""
    name, _, team = written.partition("@")
    return {
        "name": name,
        "teamId": int(team) if team else None,
        "accountId": f"account.{name}",
        "location": None if place is None else dict(zip("xyz", (METRE * metres for metres in place), strict=True)),
    }


def damage(seconds: float, attacker: str | Wire, victim: str | Wire, hp: float = 1.0) -> Wire:
    return _event("LogPlayerTakeDamage", seconds, attacker=attacker, victim=victim) | {"damage": hp}


def knock(seconds: float, attacker: str | Wire, victim: str | Wire) -> Wire:
    return _event("LogPlayerMakeGroggy", seconds, attacker=attacker, victim=victim)


def kill(seconds: float, finisher: str | Wire, victim: str | Wire) -> Wire:
    return _event("LogPlayerKillV2", seconds, finisher=finisher, victim=victim)


def wire_time(seconds: float) -> str:
    return at(seconds).isoformat(timespec="microseconds").replace("+00:00", "Z")


def as_json(*events: object) -> bytes:
    """Write a file of these events, in this order, as PUBG does: compact, the type of an event last."""
    return json.dumps([_type_last(event) for event in events], separators=(",", ":")).encode()


def _type_last(event: object) -> object:
    if not isinstance(event, dict):
        return event
    return {**{key: event[key] for key in event if key != "_T"}, **{key: event[key] for key in event if key == "_T"}}


def detect(*events: object) -> list[Fight]:
    """Detect the fights of a file that consists of these events, in this order."""
    return detect_fights(decode_bytes(as_json(*events), ANY_MATCH).combat)


def the_fight(*events: object) -> Fight:
    """Detect the one fight that is in the events."""
    fights = detect(*events)
    assert len(fights) == 1
    return fights[0]


def participant(fight: Fight, name: str) -> Participant:
    """Find a participant by name."""
    return next(one for one in fight.participants if one.player_name == name)


def names(fight: Fight) -> list[str]:
    """List the participants' names in their order."""
    return [one.player_name for one in fight.participants]


def _event(event_type: str, seconds: float, **sides: str | Wire) -> Wire:
    characters = {role: player(side) if isinstance(side, str) else side for role, side in sides.items()}
    return {"_T": event_type, **characters, "common": {"isGame": 1.0}, "_D": wire_time(seconds)}
