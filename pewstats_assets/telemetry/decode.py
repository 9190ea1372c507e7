"""From the bytes of one telemetry file to the typed frames of its match.

A modern file has 37,000 events of 50 types; the frames keep the few that matter, and count the rest. Unknown types and
fields are ignored: the set is open.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Generic

import numpy as np
import polars as pl

from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.places import Place
from pewstats_assets.telemetry import frames
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason
from pewstats_assets.telemetry.events import (
    REFUSALS,
    Character,
    CombatEvent,
    E,
    Event,
    Location,
    NotJsonError,
    PositionEvent,
    lenient_events,
    parse_json,
    typed_events,
)
from pewstats_assets.telemetry.files import TelemetryFile, inflate, match_id_in_path, read_bytes
from pewstats_assets.telemetry.identity import MatchDefinition, MatchObject, parse_definition, read_match_object
from pewstats_assets.telemetry.last_members import Indices
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
_POSITION: Final = "LogPlayerPosition"
_DEFINITION: Final = "LogMatchDefinition"
_OTHER_TYPES: Final = (_DEFINITION, "LogMatchEnd", "LogMatchStart", "LogPhaseChange", "LogPlayerCreate")


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
class _Found(Generic[E]):
    """Events of one kind in the file's order, and their places in it.

    Attributes:
        may_hold_nul: whether a text in them could: JSON has NUL only behind a backslash.
    """

    numbers: Sequence[int]
    events: Sequence[E]
    may_hold_nul: bool


@dataclass(frozen=True, slots=True)
class _Events:
    """The used events of a file, each kind in the file's order.

    Attributes:
        others: of the types in `_OTHER_TYPES`, and of those that nobody knows.
        total: how many events there are in the file.
    """

    combat: _Found[CombatEvent] | _Found[Event]
    positions: _Found[PositionEvent] | _Found[Event]
    others: _Found[Event]
    total: int

    def of_type(self, event_type: str) -> _Found[Event]:
        """Those of the others that have a type."""
        numbered = zip(self.others.numbers, self.others.events, strict=True)
        found = [(number, event) for number, event in numbered if event.type == event_type]
        return _Found([number for number, _ in found], [event for _, event in found], self.others.may_hold_nul)

    @property
    def definition(self) -> MatchDefinition:
        definitions = (parse_definition(event.match_id or "") for event in self.of_type(_DEFINITION).events)
        return next((definition for definition in definitions if definition.match_id), parse_definition(""))

    @property
    def unknown(self) -> Counter[str]:
        """How many events there are of which type that nobody knows."""
        return Counter(event.type or "" for event in self.others.events if event.type not in frames.KNOWN_TYPES)


def decode_file(file: TelemetryFile, limits: Limits = DEFAULT_LIMITS) -> MatchTelemetry:
    """Decode a telemetry file, plain, gzipped or gzipped twice, with the API's match object if there is one.

    Raises:
        BrokenTelemetryError: nothing can be made of the file; says why.
    """
    match_object = read_match_object(file.match_object, limits)
    return decode_bytes(read_bytes(file.path, limits), file.path, match_object, limits)


def decode_bytes(
    content: bytes | bytearray, path: Place, match_object: MatchObject | None = None, limits: Limits = DEFAULT_LIMITS
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
    return _frames_of(_decode_events(content, limits), path, match_object)


def decode_combat(content: bytes | bytearray, path: Place, limits: Limits = DEFAULT_LIMITS) -> MatchCombat:
    """Decode the combat events alone, for whoever only wants fights; otherwise as `decode_bytes`."""
    events = _decode_events(content, limits, only_combat=True)
    return MatchCombat(events.definition.match_id or match_id_in_path(path), _dated(_combat(events)))


def _decode_events(content: bytes | bytearray, limits: Limits, *, only_combat: bool = False) -> _Events:
    inflated = inflate(content, limits)
    return _parse_used(inflated, limits, only_combat=only_combat) or _parse_all(inflated, limits)


def _parse_used(content: bytes | bytearray, limits: Limits, *, only_combat: bool) -> _Events | None:
    """Parse the events that are used, and those whose type does not show; None if all have to be parsed."""
    spans = EventSpans.find(content, limits)
    if spans is None:
        return None
    by_nobody = spans.without_object(_DAMAGE, b'"attacker"')
    combat = np.setdiff1d(spans.of_types(frames.KINDS), by_nobody, assume_unique=True)
    positions = spans.of_types([] if only_combat else [_POSITION])
    others = spans.of_types([_DEFINITION] if only_combat else _OTHER_TYPES, or_unknown=True)
    # The file's array is a level too, and a level takes two brackets at least.
    for numbers in (combat, positions, others):
        if any(nests_deeper(event, limits.nesting - 1) for event in spans.longer_than(2 * limits.nesting - 1, numbers)):
            return None
    try:
        events = _Events(
            combat=_parse_some(spans, combat, CombatEvent, limits),
            positions=_parse_some(spans, positions, PositionEvent, limits),
            others=_parse_some(spans, others, Event, limits),
            total=len(spans),
        )
    except BrokenTelemetryError:
        return None  # parsing all of it tells where it is broken
    is_alone = any(event.type in frames.KINDS or event.type == _POSITION for event in events.others.events)
    return None if is_alone else events  # it belongs in between those of its kind


def _parse_some(spans: EventSpans, numbers: Indices, event_type: type[E], limits: Limits) -> _Found[E]:
    array = spans.as_json(numbers)
    events = _parse(array, event_type, limits)
    if len(events) != len(numbers):
        raise BrokenTelemetryError(Reason.BROKEN_JSON, "What looks like one event is none, or several.")
    return _Found(numbers.tolist(), events, may_hold_nul=b"\\" in array)


def _parse_all(content: bytes | bytearray, limits: Limits) -> _Events:
    _refuse_too_much(content, limits)
    events = _parse(content, Event, limits)

    def of(belongs: Callable[[str | None], bool]) -> _Found[Event]:
        numbers = [number for number, event in enumerate(events) if belongs(event.type)]
        return _Found(numbers, [events[number] for number in numbers], may_hold_nul=True)

    return _Events(
        combat=of(lambda event_type: event_type in frames.KINDS),
        positions=of(lambda event_type: event_type == _POSITION),
        others=of(lambda event_type: event_type in _OTHER_TYPES or event_type not in frames.KNOWN_TYPES),
        total=len(events),
    )


def _parse(array: bytes | bytearray, event_type: type[E], limits: Limits) -> list[E]:
    try:
        return typed_events(array, event_type)
    except REFUSALS:
        return lenient_events(_parse_array(array, limits), event_type)


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


def _frames_of(events: _Events, path: Place, match_object: MatchObject | None) -> MatchTelemetry:
    combat = _combat(events)
    positions = _positions(events)
    phases = _phases(events)
    definition, unknown = events.definition, events.unknown
    match_id = definition.match_id or match_id_in_path(path)
    start = next(iter(events.of_type("LogMatchStart").events), Event())
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
        "unknown_event_count": unknown.total(),
        "unknown_event_types": [storable(name) for name in sorted(unknown)[:_MAX_UNKNOWN_TYPES]],
        "undated_event_count": undated,
    }
    return MatchTelemetry(
        match_id=match_id,
        combat=_dated(combat),
        positions=_dated(positions),
        rosters=_rosters(events),
        phases=_dated(phases),
        facts=_frame(
            {name: [value] for name, value in facts.items()},
            frames.FACTS,
            may_hold_nul=events.others.may_hold_nul,  # nothing else is in them that is not storable
        ),
    )


def _combat(events: _Events) -> pl.DataFrame:
    rows: list[tuple[int, str, CombatEvent, Character]] = []
    for number, event in zip(events.combat.numbers, events.combat.events, strict=True):
        kind = frames.KINDS[event.type or ""]
        actor = _ACTOR[kind](event) or _NOBODY
        # Damage by nobody is the environment's: four fifths of all damage, and none of a fight's.
        if kind != "damage" or actor != _NOBODY:
            rows.append((number, kind, event, actor))
    found = [event for _, _, event, _ in rows]
    infos = [event.finishDamageInfo or event for event in found]
    return _frame(
        {
            "event_index": [number for number, _, _, _ in rows],
            "time": parse_times([event.date for event in found]),
            "kind": [kind for _, kind, _, _ in rows],
            **_character_columns("actor", [actor for _, _, _, actor in rows]),
            **_character_columns("victim", [event.victim or _NOBODY for event in found]),
            "damage": [event.damage for event in found],
            "damage_type": [info.damageTypeCategory for info in infos],
            "damage_causer": [info.damageCauserName for info in infos],
            "dbno_id": [event.dBNOId for event in found],
        },
        frames.COMBAT,
        may_hold_nul=events.combat.may_hold_nul,
    )


def _character_columns(role: str, characters: Sequence[Character]) -> dict[str, Sequence[Any] | pl.Series]:
    return {
        f"{role}_name": [character.name for character in characters],
        f"{role}_account_id": [character.accountId for character in characters],
        f"{role}_team_id": [character.teamId for character in characters],
        **_location_columns(f"{role}_", characters),
        f"{role}_in_blue_zone": [character.isInBlueZone for character in characters],
    }


def _location_columns(prefix: str, characters: Sequence[Character]) -> dict[str, pl.Series]:
    locations = [character.location or _NOWHERE for character in characters]
    columns = _axes(locations)
    if any(column.has_nulls() for column in columns):
        columns = _axes([_usable(location) for location in locations])
    return {f"{prefix}{axis}": column for axis, column in zip("xyz", columns, strict=True)}


def _axes(locations: Sequence[Location]) -> tuple[pl.Series, pl.Series, pl.Series]:
    x, y, z = [place.x for place in locations], [place.y for place in locations], [place.z for place in locations]
    return pl.Series(x, dtype=pl.Float64), pl.Series(y, dtype=pl.Float64), pl.Series(z, dtype=pl.Float64)


def _usable(location: Location) -> Location:
    """A location that lacks a coordinate is none (rule 36)."""
    if location.x is None or location.y is None or location.z is None:
        return _NOWHERE
    return location


def _positions(events: _Events) -> pl.DataFrame:
    found = events.positions.events
    characters = [event.character or _NOBODY for event in found]
    return _frame(
        {
            "event_index": events.positions.numbers,
            "time": parse_times([event.date for event in found]),
            "player_name": [character.name for character in characters],
            "player_account_id": [character.accountId for character in characters],
            "team_id": [character.teamId for character in characters],
            **_location_columns("", characters),
            "in_blue_zone": [character.isInBlueZone for character in characters],
            "health": [character.health for character in characters],
            "elapsed_seconds": [event.elapsedTime for event in found],
            "alive_players": [event.numAlivePlayers for event in found],
        },
        frames.POSITIONS,
        may_hold_nul=events.positions.may_hold_nul,
    )


def _rosters(events: _Events) -> pl.DataFrame:
    created = [event.character for event in events.of_type("LogPlayerCreate").events if event.character]
    started = _characters(events.of_type("LogMatchStart").events)
    ended = _characters(events.of_type("LogMatchEnd").events)
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
        may_hold_nul=events.others.may_hold_nul,
    )


def _characters(events: Sequence[Event]) -> list[Character]:
    return [wrapper.character or wrapper for event in events for wrapper in event.characters or ()]


def _phases(events: _Events) -> pl.DataFrame:
    found = events.of_type("LogPhaseChange")
    return _frame(
        {
            "event_index": found.numbers,
            "time": parse_times([event.date for event in found.events]),
            "phase": [event.phase for event in found.events],
            # `isGame` is the phase itself once the blue zone closes, and half a phase less at the announcement.
            "is_closing": [
                event.phase is not None and event.common is not None and event.common.isGame == event.phase
                for event in found.events
            ],
        },
        frames.PHASES,
        may_hold_nul=events.others.may_hold_nul,
    )


def _dated(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop_nulls("time") if frame["time"].has_nulls() else frame


def _frame(columns: Mapping[str, Sequence[Any] | pl.Series], schema: pl.Schema, *, may_hold_nul: bool) -> pl.DataFrame:
    frame = pl.DataFrame(columns, schema=schema)
    no_nul = pl.col(pl.String).str.replace_all(NUL, REPLACEMENT, literal=True)
    return frame.with_columns(no_nul) if may_hold_nul else frame
