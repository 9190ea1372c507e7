"""Makes telemetry files as they come from the wire: what the tests of this room share."""

import gzip
from pathlib import Path
from typing import Final

from pewstats_assets_tests.fights.events import Wire, wire_time

MATCH_ID: Final = "1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d"
OTHER_ID: Final = "99999999-8888-4777-8666-555555555555"
UNTOLD: Final = Path("telemetry.json")


def dotted(match_id: str) -> str:
    """Make the name of a ranked squad match as `LogMatchDefinition` has it."""
    return f"match.bro.competitive.pc-2018-36.steam.squad-fpp.eu.2025.07.12.17.{match_id}"


def definition(match_id: str = MATCH_ID) -> Wire:
    return {"_T": "LogMatchDefinition", "MatchId": dotted(match_id), "_D": "2025-07-12T17:00:00.1234567Z"}


def event(event_type: str, seconds: float = 0, **fields: object) -> Wire:
    return {"_T": event_type, **fields, "common": {"isGame": 1.0}, "_D": wire_time(seconds)}


def gzipped(content: bytes, layers: int = 1) -> bytes:
    """Gzip content so many times."""
    return gzipped(gzip.compress(content, mtime=0), layers - 1) if layers else content


def match_object(**attributes: object) -> Wire:
    """Make the API's match object with these attributes."""
    return {"data": {"type": "match", "id": MATCH_ID, "attributes": attributes}, "included": [], "links": {}}
