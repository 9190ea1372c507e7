"""From the bytes of one telemetry file to the typed frames of its match.

A modern file has 37,000 events of 50 types; the frames keep the few that matter, and count the rest. Unknown types and
fields are ignored: the set is open.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.telemetry import frames
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason
from pewstats_assets.telemetry.events import (
    REFUSALS,
    Character,
    Event,
    Location,
    NotJsonError,
    lenient_events,
    parse_json,
    typed_decoder,
)
from pewstats_assets.telemetry.files import TelemetryFile, inflate, match_id_in_path, read_bytes
from pewstats_assets.telemetry.identity import MatchDefinition, MatchObject, parse_definition, read_match_object
from pewstats_assets.telemetry.nesting import nests_deeper
from pewstats_assets.telemetry.spans import EventSpans
from pewstats_assets.telemetry.text import NUL, REPLACEMENT, storable
from pewstats_assets.telemetry.times import parse_time, parse_times

_NOBODY: Final = Character()
_NOWHERE: Final = Location()
_BOT_ACCOUNT_PREFIX: Final = "ai."
_BOT_TYPE: Final = "user_ai"
_MAX_UNKNOWN_TYPES: Final = 20
_DAMAGE: Final = "LogPlayerTakeDamage"
_ACTOR: Final = {
    "damage": attrgetter("attacker"),
    "knock": attrgetter("attacker"),
    "kill": attrgetter("finisher"),
    "kill_v1": attrgetter("killer"),
    "revive": attrgetter("reviver"),
}
_COMBAT_TYPES: Final = (*frames.KINDS, "LogMatchDefinition")
_USED_TYPES: Final = (
    *_COMBAT_TYPES,
    "LogMatchEnd",
    "LogMatchStart",
    "LogPhaseChange",
    "LogPlayerCreate",
    "LogPlayerPosition",
)

#: An event with its place in the file.
Numbered = tuple[int, Event]


@dataclass(frozen=True, slots=True)
class MatchCombat:
    """The combat events of one match: all that detection needs.

    Attributes:
        match_id: None if neither the definition nor the file's path says.
        combat: the columns of `frames.COMBAT`.
    """

    match_id: str | None
    combat: pl.DataFrame


@dataclass(frozen=True, slots=True)
class MatchTelemetry(MatchCombat):
    """All typed frames of one match, with the columns that `frames` lists."""

    positions: pl.DataFrame
    rosters: pl.DataFrame
    phases: pl.DataFrame
    facts: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Events:
    """The used events of a file by type, each in the file's order, and how many of which type nobody knows."""

    used: Mapping[str | None, Sequence[Numbered]]
    total: int
    unknown: Counter[str]

    @property
    def definition(self) -> MatchDefinition:
        definitions = (parse_definition(event.match_id or "") for _, event in self.used["LogMatchDefinition"])
        return next((definition for definition in definitions if definition.match_id), parse_definition(""))


def decode_file(file: TelemetryFile, limits: Limits = DEFAULT_LIMITS) -> MatchTelemetry:
    """Decode a telemetry file, plain, gzipped or gzipped twice, with the API's match object if there is one.

    Raises:
        BrokenTelemetryError: nothing can be made of the file; says why.
    """
    match_object = read_match_object(file.match_object, limits)
    return decode_bytes(read_bytes(file.path, limits), file.path, match_object, limits)


def decode_bytes(
    content: bytes | bytearray, path: Path, match_object: MatchObject | None = None, limits: Limits = DEFAULT_LIMITS
) -> MatchTelemetry:
    """Decode the bytes of a telemetry file.

    Args:
        content: JSON, plain, gzipped or gzipped twice.
        path: where the bytes come from; its UUID stands in for a missing definition.
        match_object: the API's facts, which go before the telemetry's own.
        limits: what the file may hold.

    Raises:
        BrokenTelemetryError: nothing can be made of the bytes; says why.
    """
    return _frames_of(_decode_events(content, _USED_TYPES, limits), path, match_object)


def decode_combat(content: bytes | bytearray, path: Path, limits: Limits = DEFAULT_LIMITS) -> MatchCombat:
    """Decode the combat events alone, for whoever only wants fights; otherwise as `decode_bytes`."""
    events = _decode_events(content, _COMBAT_TYPES, limits)
    return MatchCombat(events.definition.match_id or match_id_in_path(path), _combat(events).drop_nulls("time"))


def _decode_events(content: bytes | bytearray, used_types: Collection[str], limits: Limits) -> _Events:
    inflated = inflate(content, limits)
    numbered, total = _parse_used(inflated, used_types, limits) or _parse_all(inflated, limits)
    used: dict[str | None, list[Numbered]] = {event_type: [] for event_type in used_types}
    unknown: Counter[str] = Counter()
    for index, event in numbered:
        rows = used.get(event.type)
        if rows is not None:
            rows.append((index, event))
        elif event.type not in frames.KNOWN_TYPES:
            unknown[event.type or ""] += 1
    return _Events(used, total, unknown)


def _parse_used(
    content: bytes | bytearray, used_types: Collection[str], limits: Limits
) -> tuple[Iterable[Numbered], int] | None:
    """Parse the events of the given types, and those whose type does not show; None if all have to be parsed."""
    spans = EventSpans.find(content, limits)
    if spans is None:
        return None
    by_nobody = spans.without_object(_DAMAGE, b'"attacker"')
    wanted = np.setdiff1d(spans.of_types(used_types), by_nobody, assume_unique=True)
    # The file's array is a level too, and a level takes two brackets at least.
    if any(nests_deeper(event, limits.nesting - 1) for event in spans.longer_than(2 * limits.nesting - 1, wanted)):
        return None
    try:
        events = _parse(spans.as_json(wanted), limits)
    except BrokenTelemetryError:
        return None  # parsing all of it tells where it is broken
    return (zip(wanted.tolist(), events, strict=True), len(spans)) if len(events) == len(wanted) else None


def _parse_all(content: bytes | bytearray, limits: Limits) -> tuple[Iterable[Numbered], int]:
    _refuse_too_much(content, limits)
    events = _parse(content, limits)
    return enumerate(events), len(events)


def _parse(array: bytes | bytearray, limits: Limits) -> list[Event]:
    try:
        return typed_decoder.decode(array)
    except REFUSALS:
        return lenient_events(_parse_array(array, limits))


def _refuse_too_much(content: bytes | bytearray, limits: Limits) -> None:
    """Refuse what would fill the memory once it is parsed, or what no parser could go down into."""
    if sum(map(content.count, (b"{", b"[", b","))) > limits.values:
        raise BrokenTelemetryError(Reason.TOO_LARGE, f"More than {limits.values:,} JSON values.")
    if nests_deeper(content, limits.nesting):
        raise _too_deep(limits)


def _parse_array(content: bytes | bytearray, limits: Limits) -> list[Any]:
    _refuse_too_much(content, limits)
    try:
        parsed = parse_json(content)
    except RecursionError:
        raise _too_deep(limits) from None
    except NotJsonError as error:
        detail = f"Not JSON, or cut off: {error}."
        raise BrokenTelemetryError(Reason.BROKEN_JSON, detail, error.byte_offset) from error
    if not isinstance(parsed, list):
        kind = "an object" if isinstance(parsed, dict) else "a single value"
        raise BrokenTelemetryError(Reason.NOT_AN_ARRAY, f"The JSON is {kind} instead of the array of events.")
    return parsed


def _too_deep(limits: Limits) -> BrokenTelemetryError:
    detail = f"The JSON is nested too deeply: in more than {limits.nesting} levels, or more than a parser can go down."
    return BrokenTelemetryError(Reason.TOO_DEEP, detail)


def _frames_of(events: _Events, path: Path, match_object: MatchObject | None) -> MatchTelemetry:
    combat = _combat(events)
    positions = _positions(events)
    phases = _phases(events)
    definition = events.definition
    match_id = definition.match_id or match_id_in_path(path)
    start = next((event for _, event in events.used["LogMatchStart"]), Event())
    started_at = parse_time(start.date)
    dated = (combat, positions, phases)
    undated = sum(frame["time"].null_count() for frame in dated)
    first_time = min((time for frame in dated if (time := frame["time"].min()) is not None), default=None)
    facts = {
        "match_id": match_id,
        "map_name": (match_object and match_object.map_name) or start.mapName,
        "game_mode": (match_object and match_object.game_mode) or definition.game_mode,
        "match_type": (match_object and match_object.match_type) or definition.match_type,
        "match_datetime": (match_object and match_object.created_at) or started_at or first_time,
        "started_at": started_at,
        "team_size": start.teamSize,
        "event_count": events.total,
        "unknown_event_count": events.unknown.total(),
        "unknown_event_types": [storable(name) for name in sorted(events.unknown)[:_MAX_UNKNOWN_TYPES]],
        "undated_event_count": undated,
    }
    return MatchTelemetry(
        match_id=match_id,
        combat=combat.drop_nulls("time"),
        positions=positions.drop_nulls("time"),
        rosters=_rosters(events),
        phases=phases.drop_nulls("time"),
        facts=_frame({name: [value] for name, value in facts.items()}, frames.FACTS),
    )


def _combat(events: _Events) -> pl.DataFrame:
    rows = sorted(
        (
            (index, kind, event, actor or _NOBODY, event.victim or _NOBODY)
            for event_type, kind in frames.KINDS.items()
            for index, event in events.used[event_type]
            # Damage by nobody is the environment's: four fifths of all damage, and none of a fight's.
            if (actor := _ACTOR[kind](event)) not in (None, _NOBODY) or kind != "damage"
        ),
        key=itemgetter(0),
    )
    return _frame(
        {
            "event_index": [index for index, _, _, _, _ in rows],
            "time": parse_times([event.date for _, _, event, _, _ in rows]),
            "kind": [kind for _, kind, _, _, _ in rows],
            **_character_columns("actor", [actor for _, _, _, actor, _ in rows]),
            **_character_columns("victim", [victim for _, _, _, _, victim in rows]),
            "damage": [event.damage for _, _, event, _, _ in rows],
            "damage_type": [event.damageTypeCategory for _, _, event, _, _ in rows],
            "damage_causer": [event.damageCauserName for _, _, event, _, _ in rows],
            "dbno_id": [event.dBNOId for _, _, event, _, _ in rows],
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


def _positions(events: _Events) -> pl.DataFrame:
    rows = events.used["LogPlayerPosition"]
    characters = [event.character or _NOBODY for _, event in rows]
    return _frame(
        {
            "event_index": [index for index, _ in rows],
            "time": parse_times([event.date for _, event in rows]),
            "player_name": [character.name for character in characters],
            "player_account_id": [character.accountId for character in characters],
            "team_id": [character.teamId for character in characters],
            **_location_columns("", characters),
            "health": [character.health for character in characters],
            "elapsed_seconds": [event.elapsedTime for _, event in rows],
            "alive_players": [event.numAlivePlayers for _, event in rows],
        },
        frames.POSITIONS,
    )


def _rosters(events: _Events) -> pl.DataFrame:
    created = [event.character for _, event in events.used["LogPlayerCreate"] if event.character]
    started = _characters(events.used["LogMatchStart"])
    ended = _characters(events.used["LogMatchEnd"])
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


def _characters(rows: Sequence[Numbered]) -> list[Character]:
    return [wrapper.character or wrapper for _, event in rows for wrapper in event.characters or ()]


def _phases(events: _Events) -> pl.DataFrame:
    rows = events.used["LogPhaseChange"]
    return _frame(
        {
            "event_index": [index for index, _ in rows],
            "time": parse_times([event.date for _, event in rows]),
            "phase": [event.phase for _, event in rows],
            # `isGame` is the phase itself once the blue zone closes, and half a phase less at the announcement.
            "is_closing": [
                event.phase is not None and event.common is not None and event.common.isGame == event.phase
                for _, event in rows
            ],
        },
        frames.PHASES,
    )


def _frame(columns: Mapping[str, Sequence[Any] | pl.Series], schema: pl.Schema) -> pl.DataFrame:
    no_nul = pl.col(pl.String).str.replace_all(NUL, REPLACEMENT, literal=True)
    return pl.DataFrame(columns, schema=schema).with_columns(no_nul)
