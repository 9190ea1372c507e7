"""The versions of a batch's telemetry in folders of this machine: the old one stays until the new one is whole.

`<root>/<batch>` is a link to the version that was written last, a folder in `<root>/.versions`. A new version becomes
visible by moving the link in one step, so that a reader sees the old files or the new ones, and a killed writer leaves
the old ones. Not here: what is in the files (see `store`), and object stores (see `object_versions`).
"""

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pewstats_assets.errors import PewstatsError, reason_of


class UnwritablePartError(Exception):
    """A part of a batch's telemetry cannot be written; the message says why, in the system's words."""


class UnwritableStoreError(PewstatsError):
    """The telemetry of a batch cannot be written: the disk is full, say."""

    def __init__(self, batch: str, folder: Path, error: Exception) -> None:
        super().__init__(
            f"The telemetry of {batch} cannot be written below {folder} ({reason_of(error)}): make room or give the"
            " right to write there, and materialize the batch again. What it has is left as it is."
        )


@dataclass(frozen=True, slots=True)
class FolderVersions:
    """The versions of all batches below `root`."""

    root: Path

    def replace(self, batch: str, write: Callable[[Path], int]) -> None:
        """Write a version of a batch in place of the one it had; if writing breaks off, that one stays.

        Args:
            batch: the batch's key.
            write: writes into a new folder, and returns how many parts it has written.

        Raises:
            UnwritableStoreError: the disk is full, or the folder may not be written.
        """
        version = self._versions / f"{batch}.{uuid.uuid4().hex}"
        with self._only_writer(batch):
            try:
                with _naming(batch, self._versions):
                    version.mkdir()
                try:
                    write(version)
                except UnwritablePartError as error:
                    raise UnwritableStoreError(batch, self._versions, error) from None
                link = version.with_suffix(".link")
                with _naming(batch, self._versions):
                    link.symlink_to(os.path.relpath(version, self.root))
                    link.replace(self.root / batch)
            finally:
                # At once, and not by the next write: a disk that is full would stay full.
                self._remove_other_versions(batch)

    def current(self, batch: str) -> tuple[Path, int] | None:
        """Return the folder of a batch, and how many parts are in it; None without any."""
        version = (self.root / batch).resolve()
        parts = sum(1 for _ in version.glob("facts.[0-9]*.parquet"))
        return (version, parts) if parts else None

    def written(self) -> list[Path]:
        """Return all that the store has written below its root: the batches' links, and what they lead to."""
        return [*self._links(), self._versions] if self._versions.is_dir() else []

    def batches(self) -> list[str]:
        """Return the batches of which the store has something, be it what a killed writer left, in order."""
        named = (path.name.partition(".")[0] for path in self._versions.glob("*"))
        return sorted({*named, *(path.name for path in self._links())})

    def remove(self, batch: str) -> None:
        """Remove all of a batch that nobody will write again; who is killed at it leaves what can be removed still."""
        with self._only_writer(batch):
            (self.root / batch).unlink(missing_ok=True)
            self._remove_other_versions(batch)
            self._lock(batch).unlink(missing_ok=True)

    def leftovers(self) -> list[str]:
        """Return the batches of which killed writers left versions, in order; not those that are being written."""
        return [
            batch for batch in self.batches() if any(self._other_versions(batch)) and not self._is_being_written(batch)
        ]

    def remove_leftovers(self, batch: str) -> None:
        """Remove what killed writers left of a batch; what was written whole stays."""
        with self._only_writer(batch):
            self._remove_other_versions(batch)

    def _links(self) -> Iterator[Path]:
        for path in self.root.glob("*"):
            if path.is_symlink() and path.readlink().parent == Path(self._versions.name):
                yield path

    def _remove_other_versions(self, batch: str) -> None:
        for leftover in self._other_versions(batch):
            leftover.unlink() if leftover.is_symlink() else shutil.rmtree(leftover)

    def _other_versions(self, batch: str) -> Iterator[Path]:
        current = (self.root / batch).resolve()
        for version in self._versions.glob(f"{batch}.*"):
            if version not in {current, self._lock(batch)}:
                yield version

    @property
    def _versions(self) -> Path:
        return self.root / ".versions"

    @contextmanager
    def _only_writer(self, batch: str) -> Iterator[None]:
        """Let two runs of one batch write one after the other; the lock goes with the process."""
        with _naming(batch, self._versions):
            self._versions.mkdir(parents=True, exist_ok=True)
            lock = self._lock(batch).open("w")
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _is_being_written(self, batch: str) -> bool:
        try:
            with self._lock(batch).open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _lock(self, batch: str) -> Path:
        return self._versions / f"{batch}.lock"


@contextmanager
def _naming(batch: str, folder: Path) -> Iterator[None]:
    """Say what could not be written, where and why: the system names none of them."""
    try:
        yield
    except OSError as error:
        raise UnwritableStoreError(batch, folder, error) from None
