"""Decoding a file that was registered: it must still be the file, and the match, that it was then."""

from pathlib import Path

from pewstats_assets.telemetry.decode import MatchTelemetry, decode_bytes
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason
from pewstats_assets.telemetry.files import checksum, read_bytes
from pewstats_assets.telemetry.identity import read_match_object


def decode_registered(
    file: Path, match_object: Path | None, *, match_id: str | None, registered_checksum: str | None
) -> MatchTelemetry:
    """Decode a registered telemetry file.

    Args:
        file: the file.
        match_object: the API's match object beside it, if there is one.
        match_id: which match it was registered as; None if that could not be told.
        registered_checksum: of its bytes at registration; None if it could not be read.

    Raises:
        BrokenTelemetryError: nothing can be made of the file, or it is not what was registered.
    """
    content = read_bytes(file)
    if registered_checksum is not None and checksum(content) != registered_checksum:
        raise BrokenTelemetryError(Reason.FILE_CHANGED, "The file is not the one that was registered.")
    telemetry = decode_bytes(content, file, read_match_object(match_object))
    if telemetry.facts["event_count"][0] <= 1:
        raise BrokenTelemetryError(Reason.NO_EVENTS, "The match has no events beside its definition.")
    if telemetry.match_id is None:
        raise BrokenTelemetryError(Reason.NO_MATCH_ID, "Neither LogMatchDefinition nor the path has the match's UUID.")
    if telemetry.match_id != match_id:
        detail = f"The file is of match {telemetry.match_id}, but was registered as {match_id}."
        raise BrokenTelemetryError(Reason.WRONG_MATCH_ID, detail)
    return telemetry
