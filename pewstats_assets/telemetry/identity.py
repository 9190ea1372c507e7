"""Which match a file is, and its map, mode, type and time: from the definition, the path and the API's match object.

`LogMatchDefinition.MatchId` is `match.bro.<type>.<season>.<shard>.<mode>.<region>.<date and hour>.<uuid>`.
"""

import logging
import re
import zlib
from dataclasses import dataclass
from datetime import datetime

import msgspec

from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.places import Place
from pewstats_assets.telemetry.errors import BrokenTelemetryError
from pewstats_assets.telemetry.files import GZIP_MAGIC, MAX_GZIP_LAYERS, UUID, inflate, match_id_in_path, read_bytes
from pewstats_assets.telemetry.text import Text, storable
from pewstats_assets.telemetry.times import parse_time

logger = logging.getLogger(__name__)

_MATCH_ID = re.compile(rb'"MatchId"\s*:\s*"([^"\\]*)"')
#: The definition is the first element of every file seen; this much of the file's beginning holds it.
_HEAD_BYTES = 1 << 16
_DOTTED_PARTS_BEFORE_DATE = 7


@dataclass(frozen=True, slots=True)
class MatchDefinition:
    """What `LogMatchDefinition.MatchId` says; None where it does not."""

    match_id: str | None
    match_type: str | None
    game_mode: str | None


class _Attributes(msgspec.Struct):
    createdAt: Text | None = None
    gameMode: Text | None = None
    mapName: Text | None = None
    matchType: Text | None = None


class _Data(msgspec.Struct):
    id: str
    attributes: _Attributes


class _MatchDocument(msgspec.Struct):
    data: _Data


@dataclass(frozen=True, slots=True)
class MatchObject:
    """The facts of the API's match object. `created_at` is when the API stored the match, about its end (UTC)."""

    match_type: str | None
    game_mode: str | None
    map_name: str | None
    created_at: datetime | None


def parse_definition(dotted: str) -> MatchDefinition:
    """Take the dotted name apart. The match id is the UUID at its end, in lower case."""
    parts = storable(dotted).split(".")
    match_id = parts[-1].lower() if UUID.fullmatch(parts[-1]) else None
    if parts[:2] != ["match", "bro"] or len(parts) < _DOTTED_PARTS_BEFORE_DATE:
        return MatchDefinition(match_id, None, None)
    return MatchDefinition(match_id, match_type=parts[2] or None, game_mode=parts[5] or None)


def read_match_object(path: Place | None, limits: Limits = DEFAULT_LIMITS) -> MatchObject | None:
    """Read the API's match object. One that cannot be used is logged and passed over."""
    if path is None:
        return None
    try:
        data = msgspec.json.decode(inflate(read_bytes(path, limits), limits), type=_MatchDocument).data
    except (BrokenTelemetryError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        logger.warning("The match object %s is passed over, the telemetry's own facts are used: %s", path, error)
        return None
    if data.id.lower() != match_id_in_path(path):
        logger.warning("The match object %s is passed over: it is of match %r.", path, data.id)
        return None
    facts = data.attributes
    match_type, game_mode, map_name = (
        None if text is None else storable(text) for text in (facts.matchType, facts.gameMode, facts.mapName)
    )
    return MatchObject(match_type, game_mode, map_name, parse_time(facts.createdAt))


def definition_at_head(content: bytes) -> MatchDefinition:
    """Read the definition from the beginning of a file, plain or gzipped, without decoding the rest of it."""
    found = _MATCH_ID.search(_head(content))
    return parse_definition(found[1].decode(errors="replace") if found else "")


def _head(content: bytes) -> bytes:
    head = content[:_HEAD_BYTES]
    for _ in range(MAX_GZIP_LAYERS):
        if not head.startswith(GZIP_MAGIC):
            break
        try:
            head = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, _HEAD_BYTES)
        except zlib.error:
            return b""
    return head
