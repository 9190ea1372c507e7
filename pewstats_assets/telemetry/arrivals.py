"""Files that arrive one by one: which of them are complete, so that nobody takes half a file for a broken one.

Nobody says when a copy is done, so three things are asked. Temporary names are hidden or end in something else than
telemetry (rsync, browsers, most downloaders), and are not listed at all. A file is left alone while it changes. And its
gzip, or its JSON, must end as it should: that tells a copy that is slow, or hangs, from one that is done. What nobody
has touched for the quiet time is taken as it is, because it may be broken for good. An object in a store is complete
once it can be seen; it only has to settle, so that a match object that comes after it is not missed.
"""

import time
from dataclasses import dataclass
from typing import Final

from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.places import ObjectUrl, Place, stored_place
from pewstats_assets.telemetry.errors import BrokenTelemetryError, Reason
from pewstats_assets.telemetry.files import GZIP_MAGIC, TelemetryFile, inflate, read_bytes
from pewstats_assets.telemetry.objects import object_changed_ns

#: A file that was touched in the last so many seconds is still being written.
SETTLE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that is complete.

    Attributes:
        file: the file.
        content: its bytes; None if they cannot be used.
        changed_ns: when it was changed last, as the file system says (ctime, in ns), or the object store.
    """

    file: TelemetryFile
    content: bytes | None
    changed_ns: int


def changed_ns(path: str | Place) -> int | None:
    """Return when a file was changed last, as the file system says (ctime, in ns); None if it cannot be reached.

    Every write and rename sets the ctime to now, and nobody can set it back, as tools do with the mtime when they keep
    that of the original. Of an object it is when it was written, in whole seconds.

    Raises:
        ObjectStoreError: the object store is away, or refuses.
    """
    place = stored_place(path) if isinstance(path, str) else path
    if isinstance(place, ObjectUrl):
        return object_changed_ns(place)
    try:
        return place.stat().st_ctime_ns
    except OSError:
        return None


def read_arrival(
    file: TelemetryFile, quiet_s: float, limits: Limits = DEFAULT_LIMITS, now: float | None = None
) -> Arrival | None:
    """Read a file if it is complete.

    Args:
        file: the file.
        quiet_s: a file that has not been touched for so many seconds is taken as it is.
        limits: how much a file may hold.
        now: Unix time, in s; by default the present.

    Returns:
        None if it is still being written, for all that can be told, or if it is gone.

    Raises:
        ObjectStoreError: the object store is away, or refuses.
    """
    now = time.time() if now is None else now
    changed = changed_ns(file.path)
    if changed is None:
        return None
    of_match_object = changed_ns(file.match_object) if file.match_object else None
    # A clock that is ahead, of a file server or of this machine once, must not make a file wait for ever: hence abs().
    untouched_s = min(abs(now - change / 1e9) for change in (changed, of_match_object) if change is not None)
    if untouched_s < SETTLE_S:
        return None
    try:
        content = read_bytes(file.path, limits)
    except BrokenTelemetryError as error:
        if error.reason == Reason.FILE_MISSING:
            return None
        content = None
    is_whole = isinstance(file.path, ObjectUrl) or untouched_s >= quiet_s
    if not is_whole and (content is None or not _ends_as_it_should(content, limits)):
        return None
    if changed_ns(file.path) != changed:
        return None
    return Arrival(file, content, changed)


def _ends_as_it_should(content: bytes, limits: Limits) -> bool:
    if not content.startswith(GZIP_MAGIC):
        return content.rstrip().endswith(b"]")
    try:
        inflate(content, limits)
    except BrokenTelemetryError:
        return False
    return True
