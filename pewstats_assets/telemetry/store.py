"""The Parquet folder of a match batch: all frames of its matches, written whole or not at all.

`<root>/<batch>` is a link to the version of the folder that was written last. A new version becomes visible by moving
the link in one step, so that a reader sees the old files or the new ones, and a killed writer leaves the old ones.
"""

import fcntl
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, Literal, TypeVar

import polars as pl

from pewstats_assets.errors import PewstatsError, reason_of
from pewstats_assets.telemetry import frames
from pewstats_assets.telemetry.errors import BrokenTelemetryError
from pewstats_assets.telemetry.registered import Decoded

T = TypeVar("T")
FrameName = Literal["combat", "positions", "rosters", "phases", "facts", "quarantined"]
#: The frames of some matches, each with `match_no` before its columns.
Frames = Mapping[FrameName, pl.DataFrame]
#: What makes something of them.
Make = Callable[[Frames], T]

#: One row per match of the batch that could not be decoded.
QUARANTINED: Final = pl.Schema({"reason": pl.String(), "detail": pl.String(), "byte_offset": pl.Int64()})
_FRAMES: Final[Mapping[FrameName, pl.Schema]] = {
    "combat": frames.COMBAT,
    "positions": frames.POSITIONS,
    "rosters": frames.ROSTERS,
    "phases": frames.PHASES,
    "facts": frames.FACTS,
    "quarantined": QUARANTINED,
}
#: The columns of the files: those of the frames, and before them which match a row is of.
SCHEMAS: Final[Mapping[FrameName, pl.Schema]] = {
    name: pl.Schema({"match_no": pl.Int64(), **schema}) for name, schema in _FRAMES.items()
}


@dataclass(frozen=True, slots=True)
class WrittenPart(Generic[T]):
    """What was written of some matches of a batch.

    Attributes:
        matches: how many there are.
        rows: of each frame.
        broken: why a match could not be decoded, by `match_no`.
        made: what was made of the frames once they were written.
    """

    matches: int
    rows: Counter[FrameName]
    broken: Mapping[int, BrokenTelemetryError]
    made: T


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
class TelemetryStore:
    """The Parquet folders of all batches below `root`."""

    root: Path

    def write(self, batch: str, write_parts: Callable[[Path], Iterable[WrittenPart[Any]]]) -> Counter[FrameName]:
        """Write the folder of a batch in place of the one it had; if writing breaks off, that one stays.

        Args:
            batch: the batch's key.
            write_parts: writes the parts of the batch, each by `write_part`, into the folder that it is given.

        Returns:
            The number of rows of each frame.

        Raises:
            UnwritableStoreError: the disk is full, or the folder may not be written.
        """
        rows: Counter[FrameName] = Counter()
        version = self._versions / f"{batch}.{uuid.uuid4().hex}"
        with self._only_writer(batch):
            try:
                with _naming(batch, self._versions):
                    version.mkdir()
                try:
                    for part in write_parts(version):
                        rows.update(part.rows)
                except UnwritablePartError as error:
                    raise UnwritableStoreError(batch, self._versions, error) from None
                link = version.with_suffix(".link")
                with _naming(batch, self._versions):
                    link.symlink_to(os.path.relpath(version, self.root))
                    link.replace(self.root / batch)
            finally:
                # At once, and not by the next write: a disk that is full would stay full.
                self._remove_other_versions(batch)
        return rows

    def read(self, batch: str, *names: FrameName) -> Iterator[dict[FrameName, pl.DataFrame]]:
        """Read frames of one version of a batch's folder, a part of its matches at a time.

        Columns that the files were written without are null: an older version did not know them. Parts, and the rows
        in them, are sorted by `match_no`, then as in the match's file; a match is in one part only.

        Raises:
            FileNotFoundError: the batch's telemetry has not been materialized, or is being replaced.
        """
        version, parts = self._written(batch)
        for part in range(parts):
            yield {name: _read(version / _file_name(name, part), SCHEMAS[name]) for name in names}

    def read_match(self, batch: str, match_no: int, *names: FrameName) -> dict[FrameName, pl.DataFrame]:
        """Read frames of one match of a batch, rows as in the match's file; empty ones if the batch does not have it.

        Raises:
            FileNotFoundError: the batch's telemetry has not been materialized, or is being replaced.
        """
        version, parts = self._written(batch)
        files = {name: [version / _file_name(name, part) for part in range(parts)] for name in names}
        return {
            name: pl.scan_parquet(files[name], schema=SCHEMAS[name], missing_columns="insert")
            .filter(match_no=match_no)
            .collect()
            for name in names
        }

    def _written(self, batch: str) -> tuple[Path, int]:
        """The folder of a batch, and how many parts are in it."""
        version = (self.root / batch).resolve()
        parts = sum(1 for _ in version.glob("facts.[0-9]*.parquet"))
        if parts == 0:
            msg = f"{self.root / batch} holds no telemetry: materialize the asset `telemetry` of {batch} first."
            raise FileNotFoundError(msg)
        return version, parts

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


def write_part(folder: Path, part: int, results: Sequence[tuple[int, Decoded]], make: Make[T]) -> WrittenPart[T]:
    """Write some matches of a batch.

    Args:
        folder: the folder of the batch that is being written.
        part: the number of the part, from 0, without gaps; parts follow each other by rising `match_no`.
        results: for each match by rising `match_no` its telemetry, or why it could not be decoded.
        make: makes something of the frames while they are in memory.

    Raises:
        UnwritablePartError: the disk is full, or the folder may not be written.
    """
    contents = _contents(results)
    try:
        for name, frame in contents.items():
            frame.write_parquet(folder / _file_name(name, part), compression="zstd")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnwritablePartError(reason_of(error)) from None
    return WrittenPart(
        matches=len(results),
        rows=Counter({name: frame.height for name, frame in contents.items()}),
        broken={match_no: result for match_no, result in results if isinstance(result, BrokenTelemetryError)},
        made=make(contents),
    )


@contextmanager
def _naming(batch: str, folder: Path) -> Iterator[None]:
    """Say what could not be written, where and why: the system names none of them."""
    try:
        yield
    except OSError as error:
        raise UnwritableStoreError(batch, folder, error) from None


def _file_name(name: FrameName, part: int) -> str:
    return f"{name}.{part:05d}.parquet"


def _read(file: Path, schema: pl.Schema) -> pl.DataFrame:
    return pl.read_parquet(file, schema=schema, missing_columns="insert")


def _contents(results: Sequence[tuple[int, Decoded]]) -> dict[FrameName, pl.DataFrame]:
    matches = [(match_no, result) for match_no, result in results if not isinstance(result, BrokenTelemetryError)]
    reasons = [
        (match_no, result.reason.value, result.detail, result.byte_offset)
        for match_no, result in results
        if isinstance(result, BrokenTelemetryError)
    ]
    return {
        "combat": _stack("combat", [(match_no, match.combat) for match_no, match in matches]),
        "positions": _stack("positions", [(match_no, match.positions) for match_no, match in matches]),
        "rosters": _stack("rosters", [(match_no, match.rosters) for match_no, match in matches]),
        "phases": _stack("phases", [(match_no, match.phases) for match_no, match in matches]),
        "facts": _stack("facts", [(match_no, match.facts) for match_no, match in matches]),
        "quarantined": pl.DataFrame(reasons, schema=SCHEMAS["quarantined"], orient="row"),
    }


def _stack(name: FrameName, numbered: Sequence[tuple[int, pl.DataFrame]]) -> pl.DataFrame:
    match_no = pl.Int64()
    frames_with_match = [frame.select(pl.lit(no, match_no).alias("match_no"), pl.all()) for no, frame in numbered]
    return pl.concat([pl.DataFrame(schema=SCHEMAS[name]), *frames_with_match])
