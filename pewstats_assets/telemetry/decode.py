"""From the bytes of one telemetry file to the typed frames of its match.

A modern file has 37,000 events of 50 types; the frames keep the few that matter, and count the rest. Unknown types and
fields are ignored: the set is open.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from pewstats_assets.telemetry import frames
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason
from pewstats_assets.telemetry.events import Character, Event, Location, lenient_events, parse_json, typed_decoder
from pewstats_assets.telemetry.files import TelemetryFile, inflate, match_id_in_path, read_bytes
from pewstats_assets.telemetry.identity import MatchDefinition, MatchObject, parse_definition, read_match_object
from pewstats_assets.telemetry.times import parse_time

_NOBODY = Character()
_NOWHERE = Location()
_BOT_ACCOUNT_PREFIX = "ai."
_BOT_TYPE = "user_ai"
_MAX_UNKNOWN_TYPES = 20
_NUL = "\0"
_REPLACEMENT = "\ufffd"
_ACTOR = {
    "damage": attrgetter("attacker"),
    "knock": attrgetter("attacker"),
    "kill": attrgetter("finisher"),
    "kill_v1": attrgetter("killer"),
    "revive": attrgetter("reviver"),
}
_USED_TYPES = (
    *frames.KINDS,
    "LogMatchDefinition",
    "LogMatchEnd",
    "LogMatchStart",
    "LogPhaseChange",
    "LogPlayerCreate",
    "LogPlayerPosition",
)

#: An event with its place in the file and its time.
Dated = tuple[int, datetime, Event]


@dataclass(frozen=True, slots=True)
class MatchTelemetry:
    """The typed frames of one match, with the columns that `frames` lists.

    Attributes:
        match_id: None if neither the definition nor the file's path says.
    """

    match_id: str | None
    combat: pl.DataFrame
    positions: pl.DataFrame
    rosters: pl.DataFrame
    phases: pl.DataFrame
    facts: pl.DataFrame


def decode_file(file: TelemetryFile) -> MatchTelemetry:
    """Decode a telemetry file, plain, gzipped or gzipped twice, with the API's match object if there is one.

    Raises:
        BrokenTelemetryError: nothing can be made of the file; says why.
    """
    return decode_bytes(read_bytes(file.path), file.path, read_match_object(file.match_object))


def decode_bytes(content: bytes, path: Path, match_object: MatchObject | None = None) -> MatchTelemetry:
    """Decode the bytes of a telemetry file.

    Args:
        content: JSON, plain, gzipped or gzipped twice.
        path: where the bytes come from; its UUID stands in for a missing definition.
        match_object: the API's facts, which go before the telemetry's own.

    Raises:
        BrokenTelemetryError: nothing can be made of the bytes; says why.
    """
    return _frames_of(_decode_events(inflate(content)), path, match_object)


def _decode_events(content: bytes | bytearray) -> Sequence[Event | None]:
    """Decode the JSON of a telemetry file; an element of the array that is no object gives None."""
    try:
        return typed_decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return lenient_events(_parse_array(content))


def _parse_array(content: bytes | bytearray) -> list[Any]:
    try:
        parsed = parse_json(content)
    except RecursionError:
        raise BrokenTelemetryError(Reason.BROKEN_JSON, "The JSON is nested too deeply.") from None
    except ValueError as error:
        raise BrokenTelemetryError(Reason.BROKEN_JSON, f"Not JSON, or cut off: {error}.") from error
    if not isinstance(parsed, list):
        kind = "an object" if isinstance(parsed, dict) else "a single value"
        raise BrokenTelemetryError(Reason.NOT_AN_ARRAY, f"The JSON is {kind} instead of the array of events.")
    return parsed


def _frames_of(events: Sequence[Event | None], path: Path, match_object: MatchObject | None) -> MatchTelemetry:
    used: dict[str, list[Dated]] = {event_type: [] for event_type in _USED_TYPES}
    undated = 0
    unknown: Counter[str] = Counter()
    for index, event in enumerate(events):
        event_type = (event.type if event is not None else None) or ""
        if event is None or event_type not in used:
            if event_type not in frames.KNOWN_TYPES:
                unknown[event_type] += 1
            continue
        time = parse_time(event.date)
        if time is None:
            undated += 1
        else:
            used[event_type].append((index, time, event))

    definition = _definition(used["LogMatchDefinition"])
    match_id = definition.match_id or match_id_in_path(path)
    starts = used["LogMatchStart"]
    started_at = starts[0][1] if starts else None
    facts = {
        "match_id": match_id,
        "map_name": (match_object and match_object.map_name) or (starts[0][2].mapName if starts else None),
        "game_mode": (match_object and match_object.game_mode) or definition.game_mode,
        "match_type": (match_object and match_object.match_type) or definition.match_type,
        "match_datetime": (match_object and match_object.created_at) or started_at or _first_time(used),
        "started_at": started_at,
        "team_size": starts[0][2].teamSize if starts else None,
        "event_count": len(events),
        "unknown_event_count": unknown.total(),
        "unknown_event_types": [name.replace(_NUL, _REPLACEMENT) for name in sorted(unknown)[:_MAX_UNKNOWN_TYPES]],
        "undated_event_count": undated,
    }
    return MatchTelemetry(
        match_id=match_id,
        combat=_combat(used),
        positions=_positions(used["LogPlayerPosition"]),
        rosters=_rosters(used),
        phases=_phases(used["LogPhaseChange"]),
        facts=_frame({name: [value] for name, value in facts.items()}, frames.FACTS),
    )


def _definition(rows: Sequence[Dated]) -> MatchDefinition:
    definitions = [parse_definition(event.match_id) for _, _, event in rows if event.match_id is not None]
    return next((definition for definition in definitions if definition.match_id), parse_definition(""))


def _first_time(used: Mapping[str, Sequence[Dated]]) -> datetime | None:
    return min((time for rows in used.values() for _, time, _ in rows), default=None)


def _combat(used: Mapping[str, Sequence[Dated]]) -> pl.DataFrame:
    rows = sorted(
        (
            (index, time, event, kind)
            for event_type, kind in frames.KINDS.items()
            for index, time, event in used[event_type]
        ),
        key=itemgetter(0),
    )
    actors = [_ACTOR[kind](event) or _NOBODY for _, _, event, kind in rows]
    victims = [event.victim or _NOBODY for _, _, event, _ in rows]
    events = [event for _, _, event, _ in rows]
    return _frame(
        {
            "event_index": [index for index, _, _, _ in rows],
            "time": [time for _, time, _, _ in rows],
            "kind": [kind for _, _, _, kind in rows],
            **_character_columns("actor", actors),
            **_character_columns("victim", victims),
            "damage": [event.damage for event in events],
            "damage_type": [event.damageTypeCategory for event in events],
            "damage_causer": [event.damageCauserName for event in events],
            "dbno_id": [event.dBNOId for event in events],
        },
        frames.COMBAT,
    )


def _character_columns(role: str, characters: Sequence[Character]) -> dict[str, list[Any]]:
    return {
        f"{role}_name": [character.name for character in characters],
        f"{role}_account_id": [character.accountId for character in characters],
        f"{role}_team_id": [character.teamId for character in characters],
        **_location_columns(f"{role}_", characters),
    }


def _location_columns(prefix: str, characters: Sequence[Character]) -> dict[str, list[float | None]]:
    locations = [_usable(character.location) for character in characters]
    return {
        f"{prefix}x": [location.x for location in locations],
        f"{prefix}y": [location.y for location in locations],
        f"{prefix}z": [location.z for location in locations],
    }


def _usable(location: Location | None) -> Location:
    """A location that lacks a coordinate is none (rule 36)."""
    if location is None or location.x is None or location.y is None or location.z is None:
        return _NOWHERE
    return location


def _positions(rows: Sequence[Dated]) -> pl.DataFrame:
    characters = [event.character or _NOBODY for _, _, event in rows]
    return _frame(
        {
            "event_index": [index for index, _, _ in rows],
            "time": [time for _, time, _ in rows],
            "player_name": [character.name for character in characters],
            "player_account_id": [character.accountId for character in characters],
            "team_id": [character.teamId for character in characters],
            **_location_columns("", characters),
            "health": [character.health for character in characters],
            "elapsed_seconds": [event.elapsedTime for _, _, event in rows],
            "alive_players": [event.numAlivePlayers for _, _, event in rows],
        },
        frames.POSITIONS,
    )


def _rosters(used: Mapping[str, Sequence[Dated]]) -> pl.DataFrame:
    created = [event.character for _, _, event in used["LogPlayerCreate"] if event.character is not None]
    started = [
        wrapper.character or wrapper for _, _, event in used["LogMatchStart"] for wrapper in event.characters or ()
    ]
    ended = [wrapper.character or wrapper for _, _, event in used["LogMatchEnd"] for wrapper in event.characters or ()]
    ranks = {character.accountId: character.ranking for character in ended if character.ranking}
    # The last sighting of an account is the one that counts.
    roster = {character.accountId: character for character in (*created, *started, *ended) if character.accountId}
    return _frame(
        {
            "player_account_id": list(roster),
            "player_name": [character.name for character in roster.values()],
            "team_id": [character.teamId for character in roster.values()],
            "is_bot": [
                account.startswith(_BOT_ACCOUNT_PREFIX) or character.type == _BOT_TYPE
                for account, character in roster.items()
            ],
            "team_rank": [ranks.get(account) for account in roster],
        },
        frames.ROSTERS,
    )


def _phases(rows: Sequence[Dated]) -> pl.DataFrame:
    return _frame(
        {
            "event_index": [index for index, _, _ in rows],
            "time": [time for _, time, _ in rows],
            "phase": [event.phase for _, _, event in rows],
            # `isGame` is the phase itself once the blue zone closes, and half a phase less at the announcement.
            "is_closing": [event.common is not None and event.common.isGame == event.phase for _, _, event in rows],
        },
        frames.PHASES,
    )


def _frame(columns: Mapping[str, Sequence[Any]], schema: pl.Schema) -> pl.DataFrame:
    # NUL is text in JSON, but not in PostgreSQL.
    no_nul = pl.col(pl.String).str.replace_all(_NUL, _REPLACEMENT, literal=True)
    return pl.DataFrame(columns, schema=schema).with_columns(no_nul)
