"""The versions of a batch's telemetry in an object store: the old one stays until the new one is whole.

The objects of a version are in `<root>/.versions/<batch>/<uuid>`. The small object `<root>/<batch>`, the pointer, says
which version is current, and how many parts it has. It is written last, in one request, and only if it is still as the
writer has read it: a reader sees the old objects or the new ones, a killed writer leaves the old ones, and two writers
of a batch each write a version of their own, of which the later one stays. No request that is late can bring back a
version that was removed. Not here: what is in the objects (see `store`), and folders (see `folder_versions`).
"""

import logging
import re
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from pewstats_assets.places import ObjectUrl
from pewstats_assets.telemetry.objects import (
    ObjectStoreError,
    ReplacedError,
    Stored,
    list_names,
    list_objects,
    read_object,
    remove_objects,
    replace_object,
)

if TYPE_CHECKING:
    from obstore import UpdateVersion

logger = logging.getLogger(__name__)

#: No lock says whether a writer lives; one that has written nothing for so long does not. A part takes seconds.
ABANDONED_S: Final = 3600.0
_VERSION: Final = re.compile(r"[0-9a-f]{32}")


class _Pointer(msgspec.Struct, frozen=True):
    """What the pointer says: the current version, and how many parts it has."""

    version: str
    parts: int


@dataclass(frozen=True, slots=True)
class ObjectVersions:
    """The versions of all batches below `root`."""

    root: ObjectUrl

    def replace(self, batch: str, write: Callable[[ObjectUrl], int]) -> None:
        """Write a version of a batch in place of the one it had; if writing breaks off, that one stays.

        Args:
            batch: the batch's key.
            write: writes below a new URL, and returns how many parts it has written.

        Raises:
            ObjectStoreError: the store is away, or refuses.
        """
        version = uuid.uuid4().hex
        seen = self._pointer(batch)  # before anything is written: a store that is away says so at once
        try:
            parts = write(self._folder(batch, version))
        except BaseException:
            self._try_to_remove(batch, [version])
            raise
        # From here on the version is not removed, whatever happens: it may be current though the answer was lost.
        replaced = self._make_current(batch, _Pointer(version, parts), seen)
        self._try_to_remove(batch, [replaced] if replaced else [])
        self._try_to_remove(batch, self._abandoned(batch))

    def current(self, batch: str) -> tuple[ObjectUrl, int] | None:
        """Return the folder of a batch, and how many parts are in it; None without any.

        Raises:
            ObjectStoreError: the store is away, or refuses.
        """
        pointer, _ = self._pointer(batch)
        return (self._folder(batch, pointer.version), pointer.parts) if pointer else None

    def batches(self) -> list[str]:
        """Return the batches of which there is something, be it what a killed writer left, in order."""
        return sorted(list_names(self._versions))

    def remove(self, batch: str) -> None:
        """Remove all of a batch that nobody will write again; who is killed at it leaves what can be removed still."""
        remove_objects([self.root / batch])
        remove_objects(stored.url for stored in list_objects(self._versions / batch))

    def leftovers(self) -> list[str]:
        """Return the batches of which killed writers left versions, in order; not those that are being written."""
        return [batch for batch in self.batches() if any(self._abandoned(batch))]

    def remove_leftovers(self, batch: str) -> None:
        """Remove what killed writers left of a batch; what was written whole stays."""
        for version in self._abandoned(batch):
            self._remove(batch, version)

    def _pointer(self, batch: str) -> "tuple[_Pointer | None, UpdateVersion | None]":
        """What the pointer says, and what tells it from a later one; what is no pointer of ours says nothing."""
        try:
            read = read_object(self.root / batch)
        except FileNotFoundError:
            return None, None
        try:
            pointer = msgspec.json.decode(read.content, type=_Pointer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None, read.version
        return (pointer if _VERSION.fullmatch(pointer.version) else None), read.version

    def _make_current(
        self, batch: str, pointer: _Pointer, seen: "tuple[_Pointer | None, UpdateVersion | None]"
    ) -> str | None:
        """Let the pointer lead to a version; return the one that it led to."""
        content = msgspec.json.encode(pointer)
        while True:
            before, version = seen
            try:
                replace_object(self.root / batch, content, version)
            except ReplacedError:
                seen = self._pointer(batch)
                if seen[0] != pointer:
                    continue  # another run of the batch was faster; this one is later, and stays
            return before.version if before else None

    def _abandoned(self, batch: str) -> Iterator[str]:
        """The versions of a batch that are not current, and that nobody has written to for long."""
        written: defaultdict[str, list[Stored]] = defaultdict(list)
        folder = self._versions / batch
        for stored in list_objects(folder):
            written[stored.url.key.removeprefix(f"{folder.key}/").partition("/")[0]].append(stored)
        before = time.time() - ABANDONED_S
        old = [
            version
            for version, objects in written.items()
            if max(stored.changed_ns for stored in objects) / 1e9 < before
        ]
        if old:
            pointer, _ = self._pointer(batch)
            yield from (version for version in old if pointer is None or version != pointer.version)

    def _try_to_remove(self, batch: str, versions: "list[str] | Iterator[str]") -> None:
        """Remove versions; what cannot be removed now, a later write of the batch removes."""
        try:
            for version in versions:
                self._remove(batch, version)
        except ObjectStoreError as error:
            logger.warning("%s: an old version of its telemetry is left for now. %s", batch, error)

    def _remove(self, batch: str, version: str) -> None:
        remove_objects(stored.url for stored in list_objects(self._folder(batch, version)))

    def _folder(self, batch: str, version: str) -> ObjectUrl:
        return self._versions / batch / version

    @property
    def _versions(self) -> ObjectUrl:
        return self.root / ".versions"
