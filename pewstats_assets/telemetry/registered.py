"""Registered files: telling which match a file is, and decoding it later, when it must still be that match's file."""

from dataclasses import dataclass

from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.places import Place
from pewstats_assets.telemetry.decode import MatchTelemetry, decode_bytes
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason
from pewstats_assets.telemetry.files import TelemetryFile, checksum, match_id_in_path, read_bytes
from pewstats_assets.telemetry.identity import definition_at_head, read_match_object


@dataclass(frozen=True, slots=True)
class MatchIdentity:
    """What has to be known of a file to register it; both are None if neither file nor path says."""

    match_id: str | None
    match_type: str | None


def identify(file: TelemetryFile, content: bytes, limits: Limits = DEFAULT_LIMITS) -> MatchIdentity:
    """Tell which match a telemetry file is; never fails on a broken file, which is what its path says it is.

    Where the beginning of the file and its path agree, the rest of the file is not looked at.
    """
    in_path = match_id_in_path(file.path)
    match_object = read_match_object(file.match_object, limits)
    definition = definition_at_head(content)
    if definition.match_id is not None and definition.match_id == in_path:
        match_type = (match_object.match_type if match_object else None) or definition.match_type
        return MatchIdentity(in_path, match_type)
    try:
        telemetry = decode_bytes(content, file.path, match_object, limits)
    except BrokenTelemetryError:
        return MatchIdentity(in_path, match_object.match_type if match_object else None)
    return MatchIdentity(telemetry.match_id, telemetry.facts["match_type"][0])


@dataclass(frozen=True, slots=True)
class RegisteredFile:
    """A telemetry file as it was registered.

    Attributes:
        file: the file.
        match_object: the API's match object beside it, if there is one.
        match_id: which match it was registered as; None if that could not be told.
        checksum: of its bytes at registration; None if it could not be read.
    """

    file: Place
    match_object: Place | None
    match_id: str | None
    checksum: str | None


#: The telemetry of a file, or why there is none.
Decoded = MatchTelemetry | BrokenTelemetryError


def decode_registered(registered: RegisteredFile, limits: Limits = DEFAULT_LIMITS) -> MatchTelemetry:
    """Decode a registered telemetry file.

    Raises:
        BrokenTelemetryError: nothing can be made of the file, or it is not what was registered.
    """
    content = read_bytes(registered.file, limits)
    if registered.checksum is not None and checksum(content) != registered.checksum:
        raise BrokenTelemetryError(Reason.FILE_CHANGED, "The file is not the one that was registered.")
    telemetry = decode_bytes(content, registered.file, read_match_object(registered.match_object, limits), limits)
    if telemetry.facts["event_count"][0] <= 1:
        raise BrokenTelemetryError(Reason.NO_EVENTS, "The match has no events beside its definition.")
    if telemetry.match_id is None:
        raise BrokenTelemetryError(Reason.NO_MATCH_ID, "Neither LogMatchDefinition nor the path has the match's UUID.")
    if telemetry.match_id != registered.match_id:
        registered_as = registered.match_id or "a file of an unknown match"
        detail = f"The file is of match {telemetry.match_id}, but was registered as {registered_as}."
        raise BrokenTelemetryError(Reason.WRONG_MATCH_ID, detail)
    return telemetry
