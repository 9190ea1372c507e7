"""Telemetry events as they are on the wire: the fields that are used, and nothing about what they mean.

Two ways lead from JSON to events: `typed_events`, which refuses a value of the wrong type or size, and
`lenient_events`, which treats such a value as absent. Both give the same for a file that both can read.
"""

import json
import re
from functools import cache
from typing import Annotated, Any, Final, TypeVar

import msgspec

from pewstats_assets.telemetry.text import MAX_LENGTH, Text

S = TypeVar("S", bound=msgspec.Struct)
E = TypeVar("E", "CombatEvent", "PositionEvent", "Event")

#: Team ids and counts fit PostgreSQL's INTEGER; a number beyond it comes from a broken file and is no team.
Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]

#: Coordinates reach 816,000 cm and damage some hundred HP. Beyond this, sums and squares would leave the doubles.
MAX_NUMBER: Final = 1e9
Number = Annotated[float, msgspec.Meta(ge=-MAX_NUMBER, le=MAX_NUMBER)]

#: What typed decoding raises for bytes that only the lenient way can judge.
REFUSALS: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Location(msgspec.Struct, gc=False):
    """A place: x east, y south, z up, in cm. One that lacks a coordinate is no place."""

    x: Number | None = None
    y: Number | None = None
    z: Number | None = None


class Character(msgspec.Struct, gc=False):
    """A player, bot or NPC at the moment of the event."""

    name: Text | None = None
    teamId: Int32 | None = None
    accountId: Text | None = None
    location: Location | None = None
    health: Number | None = None
    isInBlueZone: bool | None = None
    ranking: Int32 | None = None
    type: Text | None = None


class CharacterWrapper(Character, gc=False):
    """An element of `characters`: the character itself (files before 2020-03) or a wrapper around it."""

    character: Character | None = None


class DamageInfo(msgspec.Struct, gc=False):
    """How the damage of a `LogPlayerKillV2` was dealt, of which the event itself does not say it."""

    damageTypeCategory: Text | None = None
    damageCauserName: Text | None = None


class Common(msgspec.Struct, gc=False):
    """What every event but the definition carries: `isGame`, the phase of the match."""

    isGame: Number | None = None


class CombatEvent(msgspec.Struct, gc=False):
    """The union of the fields that are used of damage, knocks, kills and revives. What an event lacks is None."""

    type: Text | None = msgspec.field(default=None, name="_T")
    date: Text | None = msgspec.field(default=None, name="_D")
    attacker: Character | None = None
    victim: Character | None = None
    finisher: Character | None = None
    killer: Character | None = None
    reviver: Character | None = None
    damage: Number | None = None
    damageTypeCategory: Text | None = None
    damageCauserName: Text | None = None
    finishDamageInfo: DamageInfo | None = None
    dBNOId: Int64 | None = None


class PositionEvent(msgspec.Struct, gc=False):
    """The fields that are used of `LogPlayerPosition`."""

    date: Text | None = msgspec.field(default=None, name="_D")
    character: Character | None = None
    elapsedTime: Number | None = None
    numAlivePlayers: Int32 | None = None


class Event(CombatEvent, gc=False):
    """The union of the fields that are used, over all types of event: of combat, of positions, and of the rest."""

    character: Character | None = None
    elapsedTime: Number | None = None
    numAlivePlayers: Int32 | None = None

    common: Common | None = None
    characters: list[CharacterWrapper] | None = None
    match_id: Text | None = msgspec.field(default=None, name="MatchId")
    mapName: Text | None = None
    teamSize: Int32 | None = None
    phase: Int32 | None = None


_DECODERS: Final[dict[type[msgspec.Struct], msgspec.json.Decoder[Any]]] = {
    event_type: msgspec.json.Decoder(list[event_type])  # type: ignore[valid-type]
    for event_type in (CombatEvent, PositionEvent, Event)
}


def typed_events(array: bytes | bytearray, event_type: type[E]) -> list[E]:
    """Parse an array of events, each as `CombatEvent`, `PositionEvent` or `Event`: a field less is time less.

    Raises:
        one of `REFUSALS`: it is no JSON, or a value has the wrong type or size.
    """
    events: list[E] = _DECODERS[event_type].decode(array)
    return events


_AT_BYTE: Final = re.compile(r"\(byte (\d+)\)\Z")


class NotJsonError(ValueError):
    """Bytes that are not JSON. `byte_offset` is where that shows; None if the parser does not tell."""

    def __init__(self, message: str, byte_offset: int | None) -> None:
        super().__init__(message)
        self.byte_offset = byte_offset


def parse_json(content: bytes | bytearray) -> Any:  # noqa: ANN401 JSON is anything
    """Parse JSON of any shape, with what Python's parser admits beyond the standard (NaN, lone surrogates).

    Raises:
        NotJsonError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as strict:
        try:
            return json.loads(bytes(content))
        except ValueError:
            raise NotJsonError(str(strict), _offset(strict, content)) from None


def _offset(error: msgspec.DecodeError | UnicodeDecodeError, content: bytes | bytearray) -> int | None:
    if isinstance(error, UnicodeDecodeError):  # tells the place in the text, and which text it was
        text_at = content.find(error.object)
        return text_at + error.start if text_at >= 0 else None
    at = _AT_BYTE.search(str(error))
    return int(at[1]) if at else len(content)  # cut off


def lenient_events(array: list[Any], event_type: type[E]) -> list[E]:
    """Convert parsed events, treating a value of the wrong type as absent; what is no object has nothing in it."""
    nothing = event_type()  # one for all of them: a hostile file may have millions
    return [_lenient(event_type, element) or nothing for element in array]


def _lenient(struct_type: type[S], value: object) -> S | None:
    if not isinstance(value, dict):
        return None
    made = struct_type()
    for field in _fields(struct_type):
        if field.encode_name in value:
            setattr(made, field.name, _lenient_value(field, value[field.encode_name]))
    return made


@cache
def _fields(struct_type: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(struct_type)


def _lenient_value(field: msgspec.structs.FieldInfo, value: object) -> object:  # noqa: PLR0911 one line per type
    wanted = field.type
    if isinstance(value, bool) or wanted == bool | None:
        return value if isinstance(value, bool) and wanted == bool | None else None
    if wanted == Text | None:
        return _text(value)
    if wanted == Number | None:
        return _number(value)
    if wanted == Int32 | None:
        return _integer(value, bits=32)
    if wanted == Int64 | None:
        return _integer(value, bits=64)
    if wanted == list[CharacterWrapper] | None:
        return _lenient_characters(value)
    for struct_type in (Character, Common, DamageInfo, Location):
        if wanted == struct_type | None:
            return _lenient(struct_type, value)
    msg = f"no lenient conversion to {wanted}"
    raise TypeError(msg)


def _lenient_characters(value: object) -> list[CharacterWrapper] | None:
    if not isinstance(value, list):
        return None
    wrappers = (_lenient(CharacterWrapper, item) for item in value)
    return [wrapper for wrapper in wrappers if wrapper is not None]


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    # A lone surrogate is no text: neither Parquet nor PostgreSQL could store it.
    text = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text if len(text) <= MAX_LENGTH else None


def _number(value: object) -> float | None:
    # Written so that NaN fails, and that a whole number too large for a double is never converted.
    return float(value) if isinstance(value, int | float) and -MAX_NUMBER <= value <= MAX_NUMBER else None


def _integer(value: object, *, bits: int) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    limit = 1 << (bits - 1)
    return value if isinstance(value, int) and -limit <= value < limit else None
