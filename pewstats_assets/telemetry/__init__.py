"""The room that turns the bytes of a telemetry file into typed polars frames.

Here: finding files, inflating, decoding, the API's match object, the Parquet folder of a batch. Not here: what the
events mean (see `fights`), where results are stored (see `warehouse`), and anything of Dagster.
"""

from pewstats_assets.telemetry.arrivals import Arrival, changed_ns, read_arrival
from pewstats_assets.telemetry.decode import MatchCombat, MatchTelemetry, decode_bytes, decode_combat, decode_file
from pewstats_assets.telemetry.errors import AWAY, BrokenTelemetryError, Reason
from pewstats_assets.telemetry.files import (
    TelemetryFile,
    UnreadableFolderError,
    UnusableFileNameError,
    checksum,
    find_telemetry_files,
    in_order,
    list_telemetry_files,
    match_object_of,
    read_bytes,
)
from pewstats_assets.telemetry.objects import ObjectStoreError
from pewstats_assets.telemetry.registered import Decoded, MatchIdentity, RegisteredFile, decode_registered, identify
from pewstats_assets.telemetry.store import Frames, Make, TelemetryStore, WrittenPart
from pewstats_assets.telemetry.workers import nothing, write_telemetry

__all__ = [
    "AWAY",
    "Arrival",
    "BrokenTelemetryError",
    "Decoded",
    "Frames",
    "Make",
    "MatchCombat",
    "MatchIdentity",
    "MatchTelemetry",
    "ObjectStoreError",
    "Reason",
    "RegisteredFile",
    "TelemetryFile",
    "TelemetryStore",
    "UnreadableFolderError",
    "UnusableFileNameError",
    "WrittenPart",
    "changed_ns",
    "checksum",
    "decode_bytes",
    "decode_combat",
    "decode_file",
    "decode_registered",
    "find_telemetry_files",
    "identify",
    "in_order",
    "list_telemetry_files",
    "match_object_of",
    "nothing",
    "read_arrival",
    "read_bytes",
    "write_telemetry",
]
