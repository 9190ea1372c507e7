"""Telemetry files on disk: which there are in a folder, what their path says, and their bytes as JSON.

A telemetry file is `<uuid>.json`, `<uuid>.json.gz` or `matchID=<uuid>/raw.json.gz`; `<uuid>.match.json[.gz]` beside it
is the API's match object. Nothing here looks into the JSON.
"""

import hashlib
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import deflate

from pewstats_assets.errors import PewstatsError
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

#: The largest file is about 40 MB of JSON with half a million objects; far beyond this a file is hostile or broken.
MAX_JSON_BYTES = 256 << 20
MAX_OBJECTS = 3_000_000

GZIP_MAGIC = b"\x1f\x8b"
_MEMBER = GZIP_MAGIC + b"\x08"
_LAST_FLAGS = b"\x1f"
#: Telemetry arrives gzipped once, or twice where a proxy compressed what was compressed; nobody does it more often.
MAX_GZIP_LAYERS = 2
_MATCH_OBJECT_SUFFIXES = (".match.json", ".match.json.gz")
_TELEMETRY_SUFFIXES = (".json", ".json.gz")


class UnusableFileNameError(PewstatsError):
    """A file whose name is not text (not UTF-8), or would not stay text on a terminal."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"The name of {str(path)!a} cannot be stored: rename the file.")


@dataclass(frozen=True, slots=True)
class TelemetryFile:
    """A telemetry file and the API's match object beside it, if there is one."""

    path: Path
    match_object: Path | None


def find_telemetry_files(folder: Path) -> list[TelemetryFile]:
    """Find the telemetry files below `folder`, sorted by path, so that everybody numbers them alike.

    Raises:
        NotADirectoryError: `folder` is not a folder.
        UnusableFileNameError: a file's name cannot be stored and shown.
    """
    if not folder.is_dir():
        msg = f"{folder} is not a folder: give the folder that holds the telemetry files."
        raise NotADirectoryError(msg)
    found = sorted(
        path
        for path in folder.rglob("*.json*")
        if path.name.endswith(_TELEMETRY_SUFFIXES)
        and not path.name.endswith(_MATCH_OBJECT_SUFFIXES)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )
    for path in found:
        if not str(path).isprintable():
            raise UnusableFileNameError(path)
    return [TelemetryFile(path.resolve(), match_object_of(path)) for path in found]


def match_object_of(path: Path) -> Path | None:
    """Return the API's match object beside a telemetry file, or beside its own folder; None without one."""
    match_id = match_id_in_path(path)
    if match_id is None:
        return None
    own_folder = path.name.startswith("raw.")
    folders = (path.parent, path.parent.parent) if own_folder else (path.parent,)
    candidates = (folder / f"{match_id}{suffix}" for folder in folders for suffix in _MATCH_OBJECT_SUFFIXES)
    return next((candidate.resolve() for candidate in candidates if candidate.is_file()), None)


def match_id_in_path(path: Path) -> str | None:
    """Return the last UUID of the file's name, else of its folder's name, in lower case; None without one."""
    for part in (path.name, path.parent.name):
        uuids = UUID.findall(part)
        if uuids:
            return str(uuids[-1]).lower()
    return None


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read_bytes(path: Path) -> bytes:
    """Read a file.

    Raises:
        BrokenTelemetryError: it is missing, unreadable, empty or too large.
    """
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise BrokenTelemetryError(Reason.TOO_LARGE, f"The file has more than {MAX_JSON_BYTES:,} bytes.")
        content = path.read_bytes()
    except FileNotFoundError:
        raise BrokenTelemetryError(Reason.FILE_MISSING, "The file is no longer there.") from None
    except OSError as error:
        raise BrokenTelemetryError(Reason.FILE_UNREADABLE, f"The file cannot be read: {error.strerror}.") from error
    if not content:
        raise BrokenTelemetryError(Reason.EMPTY_FILE, "The file has no bytes.")
    return content


def inflate(content: bytes | bytearray) -> bytes | bytearray:
    """Undo up to two layers of gzip around JSON; bytes that are not gzip are returned as they are.

    Raises:
        BrokenTelemetryError: the gzip is cut off or damaged, or there is too much in it.
    """
    inflated: bytes | bytearray = content
    for _ in range(MAX_GZIP_LAYERS):
        if not inflated.startswith(GZIP_MAGIC):
            break
        inflated = _gunzip(inflated)
    return inflated


def _gunzip(content: bytes | bytearray) -> bytes | bytearray:
    # libdeflate is twice as fast as anything else, but reads the first member only, into as many bytes as the last
    # member's trailer declares. Whatever is not one sound member is left to zlib, which also says what is wrong.
    declared = int.from_bytes(content[-4:], "little")
    if 0 < declared <= MAX_JSON_BYTES and not _may_have_members(content):
        try:
            inflated = deflate.gzip_decompress(content, declared)
        except (deflate.DeflateError, ValueError):
            return _gunzip_members(content)
        if len(inflated) == declared:
            return inflated
    return _gunzip_members(content)


def _may_have_members(content: bytes | bytearray) -> bool:
    """Whether the bytes of a gzip header occur behind the first one: about once in a hundred files it is chance."""
    at = content.find(_MEMBER, 1)
    while at >= 0:
        if content[at + len(_MEMBER) : at + len(_MEMBER) + 1] <= _LAST_FLAGS:
            return True
        at = content.find(_MEMBER, at + 1)
    return False


def _gunzip_members(content: bytes | bytearray) -> bytes:
    inflated = bytearray()
    rest: bytes = bytes(content)
    try:
        while rest:
            member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            inflated += member.decompress(rest, MAX_JSON_BYTES + 1 - len(inflated))
            if len(inflated) > MAX_JSON_BYTES:
                raise BrokenTelemetryError(Reason.TOO_LARGE, f"More than {MAX_JSON_BYTES:,} bytes when inflated.")
            if not member.eof:
                at = f"after {len(content):,} bytes ({len(inflated):,} inflated)"
                raise BrokenTelemetryError(Reason.BROKEN_GZIP, f"The gzip is cut off {at}.")
            rest = member.unused_data.lstrip(b"\0")  # padding, as tapes and some tools leave it
    except zlib.error as error:
        at = f"after {len(content) - len(rest):,} bytes" if len(rest) < len(content) else "in its only member"
        raise BrokenTelemetryError(Reason.BROKEN_GZIP, f"The gzip is damaged {at}: {error}.") from error
    return bytes(inflated)
