"""Telemetry files: which there are in a folder or below a URL, what their place says, and their bytes as JSON.

A telemetry file is `<uuid>.json`, `<uuid>.json.gz` or `matchID=<uuid>/raw.json.gz`; `<uuid>.match.json[.gz]` beside it
is the API's match object. Nothing here looks into the JSON.
"""

import hashlib
import os
import re
import zlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import deflate

from pewstats_assets.errors import PewstatsError
from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.places import ObjectUrl, Place, stored_place
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason
from pewstats_assets.telemetry.objects import TooLargeError, list_objects, object_changed_ns, read_object

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

GZIP_MAGIC = b"\x1f\x8b"
_MEMBER = GZIP_MAGIC + b"\x08"
_LAST_FLAGS = b"\x1f"
#: Telemetry arrives gzipped once, or twice where a proxy compressed what was compressed; nobody does it more often.
MAX_GZIP_LAYERS = 2
#: What is given to zlib at once: it inflates to no more than a thousand times as much.
_PIECE = 1 << 16
_MATCH_OBJECT_SUFFIXES = (".match.json", ".match.json.gz")
_TELEMETRY_SUFFIXES = (".json", ".json.gz")


class UnusableFileNameError(PewstatsError):
    """A file whose name is not text (not UTF-8), or would not stay text on a terminal."""

    def __init__(self, path: Place) -> None:
        super().__init__(f"The name of {str(path)!a} cannot be stored: rename the file.")


class UnreadableFolderError(PewstatsError):
    """A folder that the operating system refuses to list."""

    def __init__(self, folder: Path, reason: str | None) -> None:
        super().__init__(f"The folder {str(folder)!a} cannot be read: {reason}.")


@dataclass(frozen=True, slots=True)
class TelemetryFile:
    """A telemetry file and the API's match object beside it, if there is one."""

    path: Place
    match_object: Place | None


@dataclass(frozen=True, slots=True)
class Listing:
    """The telemetry files below a folder, by name alone: no file has been looked into.

    Attributes:
        paths: absolute, with links resolved; or URLs.
        unusable: those whose name cannot be stored and shown.
        unreadable: folders below the folder that the operating system refuses to list.
        objects: when telemetry and match objects in a store were written, in ns, by URL: to ask for each of them would
            take a request. Empty for a folder of this machine, where to ask costs nothing, and the answer is newer.
    """

    paths: set[str]
    unusable: list[UnusableFileNameError]
    unreadable: list[UnreadableFolderError]
    objects: Mapping[str, int] = field(default_factory=dict)

    def file(self, path: str) -> TelemetryFile:
        """Return the telemetry file at one of the paths, with the API's match object beside it."""
        place = stored_place(path)
        return TelemetryFile(place, match_object_of(place, self.objects))


def list_telemetry_files(folder: Place) -> Listing:
    """List the telemetry files below `folder`; hidden files and folders are passed over, links to folders as well.

    An object store has no folders: below a URL where there is nothing, there are no files.

    Raises:
        NotADirectoryError: `folder` is not a folder.
        UnreadableFolderError: it cannot be listed.
        UnusableKeyError: an object below it has a key that is no path.
        ObjectStoreError: the object store is away, or refuses.
    """
    if isinstance(folder, ObjectUrl):
        return _list_objects(folder)
    if not folder.is_dir():
        msg = f"{folder} is not a folder: give the folder that holds the telemetry files."
        raise NotADirectoryError(msg)
    listing = Listing(set(), [], [])
    waiting = [_visible_entries(folder.resolve())]
    while waiting:
        for entry in waiting.pop():
            if entry.is_dir(follow_symlinks=False):
                try:
                    waiting.append(_visible_entries(Path(entry.path)))
                except UnreadableFolderError as error:
                    listing.unreadable.append(error)
            elif _is_telemetry(entry):
                path = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
                if path.isprintable():
                    listing.paths.add(path)
                else:
                    listing.unusable.append(UnusableFileNameError(Path(path)))
    return listing


def _list_objects(folder: ObjectUrl) -> Listing:
    objects: dict[str, int] = {}
    listing = Listing(set(), [], [], objects)
    beginning = f"{folder.key}/" if folder.key else ""
    for stored in list_objects(folder):
        url, parts = str(stored.url), stored.url.key.removeprefix(beginning).split("/")
        if any(part.startswith(".") for part in parts) or not url.endswith(_TELEMETRY_SUFFIXES):
            continue
        if not url.isprintable():
            listing.unusable.append(UnusableFileNameError(stored.url))
            continue
        objects[url] = stored.changed_ns
        if _is_named_as_telemetry(stored.url.name):
            listing.paths.add(url)
    return listing


def _visible_entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            visible = [entry for entry in entries if not entry.name.startswith(".")]
        # Fails where names can be listed, but no file can be opened. pathlib would drop the dot.
        os.stat(f"{folder}/.")  # noqa: PTH116
    except OSError as error:
        raise UnreadableFolderError(folder, error.strerror) from error
    return visible


def _is_telemetry(entry: "os.DirEntry[str]") -> bool:
    if not _is_named_as_telemetry(entry.name):
        return False
    return Path(entry.path).is_file() if entry.is_symlink() else entry.is_file()


def _is_named_as_telemetry(name: str) -> bool:
    return name.endswith(_TELEMETRY_SUFFIXES) and not name.endswith(_MATCH_OBJECT_SUFFIXES)


def in_order(paths: Iterable[str]) -> list[str]:
    """Sort paths folder by folder: the order in which matches are numbered, the same for everybody."""
    return sorted(paths, key=lambda path: Path(path).parts)


def find_telemetry_files(folder: Place) -> list[TelemetryFile]:
    """Find the telemetry files below `folder`, in the order in which they are numbered.

    Raises:
        NotADirectoryError: `folder` is not a folder.
        UnreadableFolderError: it, or a folder below it, cannot be listed.
        UnusableFileNameError: a file's name cannot be stored and shown.
        UnusableKeyError: an object below it has a key that is no path.
        ObjectStoreError: the object store is away, or refuses.
    """
    listing = list_telemetry_files(folder)
    for error in (*listing.unreadable, *listing.unusable):
        raise error
    return [listing.file(path) for path in in_order(listing.paths)]


def match_object_of(path: Place, listed: Container[str] | None = None) -> Place | None:
    """Return the API's match object beside a telemetry file, or beside its own folder; None without one.

    Args:
        path: of the telemetry file.
        listed: URLs of the objects that there are, if they have been listed; the store is asked otherwise.

    Raises:
        ObjectStoreError: the object store is away, or refuses.
    """
    match_id = match_id_in_path(path)
    if match_id is None:
        return None
    own_folder = path.name.startswith("raw.")
    folders = (path.parent, path.parent.parent) if own_folder else (path.parent,)
    for folder in folders:
        for suffix in _MATCH_OBJECT_SUFFIXES:
            candidate = folder / f"{match_id}{suffix}"
            if isinstance(candidate, Path):
                if candidate.is_file():
                    return candidate.resolve()
            elif str(candidate) in listed if listed is not None else object_changed_ns(candidate) is not None:
                return candidate
    return None


def match_id_in_path(path: Place) -> str | None:
    """Return the last UUID of the file's name, else of its folder's name, in lower case; None without one."""
    for part in (path.name, path.parent.name):
        uuids = UUID.findall(part)
        if uuids:
            return str(uuids[-1]).lower()
    return None


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read_bytes(path: Place, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Read a file.

    Raises:
        BrokenTelemetryError: it is missing, unreadable, empty or too large.
        ObjectStoreError: the object store is away, or refuses: that says nothing about the file.
    """
    too_large = BrokenTelemetryError(Reason.TOO_LARGE, f"The file has more than {limits.json_bytes:,} bytes.")
    try:
        if isinstance(path, ObjectUrl):
            content = read_object(path, limits.json_bytes).content
        else:
            if path.stat().st_size > limits.json_bytes:
                raise too_large
            content = path.read_bytes()
    except TooLargeError:
        raise too_large from None
    except FileNotFoundError:
        raise BrokenTelemetryError(Reason.FILE_MISSING, "The file is no longer there.") from None
    except OSError as error:
        raise BrokenTelemetryError(Reason.FILE_UNREADABLE, f"The file cannot be read: {error.strerror}.") from error
    if not content:
        raise BrokenTelemetryError(Reason.EMPTY_FILE, "The file has no bytes.")
    return content


def inflate(content: bytes | bytearray, limits: Limits = DEFAULT_LIMITS) -> bytes | bytearray:
    """Undo up to two layers of gzip around JSON; bytes that are not gzip are returned as they are.

    Raises:
        BrokenTelemetryError: the gzip is cut off or damaged, or there is too much in it.
    """
    inflated: bytes | bytearray = content
    for layer in range(MAX_GZIP_LAYERS):
        if not inflated.startswith(GZIP_MAGIC):
            break
        try:
            inflated = _gunzip(inflated, limits)
        except BrokenTelemetryError as error:
            if layer == 0:
                raise
            detail = f"In the gzip inside the gzip: {error.detail}"
            raise BrokenTelemetryError(error.reason, detail) from error  # no place in the file
    return inflated


def _gunzip(content: bytes | bytearray, limits: Limits) -> bytes | bytearray:
    # libdeflate is twice as fast as anything else, but reads the first member only, into as many bytes as the last
    # member's trailer declares. Whatever is not one sound member is left to zlib, which also says what is wrong.
    declared = int.from_bytes(content[-4:], "little")
    if 0 < declared <= limits.json_bytes and not _may_have_members(content):
        try:
            inflated = deflate.gzip_decompress(content, declared)
        except (deflate.DeflateError, ValueError):
            return _gunzip_members(content, limits)
        if len(inflated) == declared:
            return inflated
    return _gunzip_members(content, limits)


def _may_have_members(content: bytes | bytearray) -> bool:
    """Whether the bytes of a gzip header occur behind the first one: about once in a hundred files it is chance."""
    at = content.find(_MEMBER, 1)
    while at >= 0:
        if content[at + len(_MEMBER) : at + len(_MEMBER) + 1] <= _LAST_FLAGS:
            return True
        at = content.find(_MEMBER, at + 1)
    return False


def _gunzip_members(content: bytes | bytearray, limits: Limits) -> bytearray:
    inflated = bytearray()
    at = 0
    while at < len(content):
        if not content.startswith(GZIP_MAGIC[: len(content) - at], at):
            raise _damaged(at, "what follows is no gzip")
        at = _gunzip_member(content, at, inflated, limits)
        while content[at : at + 1] == b"\0":  # padding, as tapes and some tools leave it
            at += 1
    return inflated


def _gunzip_member(content: bytes | bytearray, at: int, inflated: bytearray, limits: Limits) -> int:
    """Inflate the member that begins there, behind what is inflated already; return where it ends."""
    member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    while not member.eof:
        piece = content[at : at + _PIECE]
        if not piece:
            detail = f"The gzip is cut off after {len(content):,} bytes ({len(inflated):,} inflated)."
            raise BrokenTelemetryError(Reason.BROKEN_GZIP, detail, len(content))
        before = member.copy()
        try:
            inflated += member.decompress(piece, limits.json_bytes + 1 - len(inflated))
        except zlib.error as error:
            raise _damaged(at + _sound_bytes(before, piece), str(error)) from error
        if len(inflated) > limits.json_bytes:
            raise BrokenTelemetryError(Reason.TOO_LARGE, f"More than {limits.json_bytes:,} bytes when inflated.")
        at += len(piece) - len(member.unused_data)
    return at


def _sound_bytes(member: "zlib._Decompress", piece: bytes | bytearray) -> int:
    """How many bytes of a piece that cannot be inflated go before the one where that shows."""
    for number in range(len(piece)):
        try:
            member.decompress(piece[number : number + 1])
        except zlib.error:
            return number
    return len(piece)


def _damaged(at: int, why: str) -> BrokenTelemetryError:
    return BrokenTelemetryError(Reason.BROKEN_GZIP, f"The gzip is damaged after {at:,} bytes: {why}.", at)
