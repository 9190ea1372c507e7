"""Telemetry events as they are on the wire: the fields that are used, and nothing about what they mean.

Two ways lead from JSON to `Event`: msgspec's typed decoder, which refuses a value of the wrong type, and
`lenient_events`, which treats such a value as absent. Both give the same for a file that both can read.
"""

import json
import math
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)

#: Team ids and counts fit PostgreSQL's INTEGER; a number beyond it comes from a broken file and is no team.
Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Location(msgspec.Struct, gc=False):
    """A place: x east, y south, z up, in cm. One that lacks a coordinate is no place."""

    x: float | None = None
    y: float | None = None
    z: float | None = None


class Character(msgspec.Struct):
    """A player, bot or NPC at the moment of the event."""

    name: str | None = None
    teamId: Int32 | None = None
    accountId: str | None = None
    location: Location | None = None
    health: float | None = None
    ranking: Int32 | None = None
    type: str | None = None


class CharacterWrapper(Character):
    """An element of `characters`: the character itself (files before 2020-03) or a wrapper around it."""

    character: Character | None = None


class Common(msgspec.Struct, gc=False):
    """What every event but the definition carries: `isGame`, the phase of the match."""

    isGame: float | None = None


class Event(msgspec.Struct):
    """The union of the fields that are used, over all types of event. What an event does not have is None."""

    type: str | None = msgspec.field(default=None, name="_T")
    date: str | None = msgspec.field(default=None, name="_D")
    common: Common | None = None

    attacker: Character | None = None
    victim: Character | None = None
    finisher: Character | None = None
    killer: Character | None = None
    reviver: Character | None = None
    damage: float | None = None
    damageTypeCategory: str | None = None
    damageCauserName: str | None = None
    dBNOId: Int64 | None = None

    character: Character | None = None
    characters: list[CharacterWrapper] | None = None
    elapsedTime: float | None = None
    numAlivePlayers: Int32 | None = None

    match_id: str | None = msgspec.field(default=None, name="MatchId")
    mapName: str | None = None
    teamSize: Int32 | None = None
    phase: Int32 | None = None


typed_decoder = msgspec.json.Decoder(list[Event])


def parse_json(content: bytes | bytearray) -> Any:  # noqa: ANN401 JSON is anything
    """Parse JSON of any shape, with what Python's parser admits beyond the standard (NaN, lone surrogates).

    Raises:
        ValueError: it is not JSON. The message names the byte.
        RecursionError: it is nested too deeply.
    """
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError as strict:
        try:
            return json.loads(content)
        except ValueError:
            raise ValueError(str(strict)) from None


def lenient_events(array: list[Any]) -> list[Event | None]:
    """Convert parsed events, treating a value of the wrong type as absent; an element that is no object gives None."""
    return [_lenient(Event, element) for element in array]


def _lenient(struct_type: type[S], value: object) -> S | None:
    if not isinstance(value, dict):
        return None
    made = struct_type()
    for field in _fields(struct_type):
        if field.encode_name in value:
            setattr(made, field.name, _lenient_value(field.type, value[field.encode_name]))
    return made


@cache
def _fields(struct_type: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(struct_type)


def _lenient_value(wanted: object, value: object) -> object:  # noqa: PLR0911 one line per type of field
    if isinstance(value, bool):
        return None
    if wanted == str | None:
        return _text(value)
    if wanted == float | None:
        return _finite_float(value)
    if wanted == Int32 | None:
        return _integer(value, bits=32)
    if wanted == Int64 | None:
        return _integer(value, bits=64)
    if wanted == list[CharacterWrapper] | None:
        return (
            [_lenient(CharacterWrapper, item) for item in value if isinstance(item, dict)]
            if isinstance(value, list)
            else None
        )
    for struct_type in (Character, Location, Common):
        if wanted == struct_type | None:
            return _lenient(struct_type, value)
    msg = f"no lenient conversion to {wanted}"
    raise TypeError(msg)


def _text(value: object) -> str | None:
    # A lone surrogate is no text: neither Parquet nor PostgreSQL could store it.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else None


def _finite_float(value: object) -> float | None:
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _integer(value: object, *, bits: int) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    limit = 1 << (bits - 1)
    return value if isinstance(value, int) and -limit <= value < limit else None
