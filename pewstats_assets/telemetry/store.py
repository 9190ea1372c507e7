"""The Parquet folder of a match batch: all frames of its matches, written whole or not at all.

Here: what is in the files of a batch. How a new version takes the place of the old one is in `folder_versions` and
`object_versions`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Generic, Literal, Protocol, TypeVar

import numpy as np
import polars as pl

from pewstats_assets.errors import reason_of
from pewstats_assets.places import ObjectUrl, Place
from pewstats_assets.telemetry import frames
from pewstats_assets.telemetry.errors import BrokenTelemetryError
from pewstats_assets.telemetry.folder_versions import FolderVersions, UnwritablePartError
from pewstats_assets.telemetry.object_versions import ObjectVersions
from pewstats_assets.telemetry.objects import ObjectStoreError, list_objects, put_object, read_object
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


class Versions(Protocol):
    """The versions of the folders of all batches, of which one of each is current."""

    def replace(self, batch: str, write: Callable[[Any], int]) -> None:
        """Write a new version by `write`, which returns the number of parts, and make it current."""

    def current(self, batch: str) -> tuple[Place, int] | None:
        """Return the current version, and how many parts are in it; None without any."""

    def batches(self) -> list[str]:
        """Return the batches of which there is something."""

    def remove(self, batch: str) -> None:
        """Remove all of a batch."""

    def leftovers(self) -> list[str]:
        """Return the batches of which killed writers left versions."""

    def remove_leftovers(self, batch: str) -> None:
        """Remove those versions of a batch."""


@dataclass(frozen=True, slots=True)
class TelemetryStore:
    """The Parquet folders of all batches below `root`, a folder of this machine or of an object store."""

    root: Place

    def write(self, batch: str, write_parts: Callable[[Place], Iterable[WrittenPart[Any]]]) -> Counter[FrameName]:
        """Write the folder of a batch in place of the one it had; if writing breaks off, that one stays.

        Args:
            batch: the batch's key.
            write_parts: writes the parts of the batch, each by `write_part`, into the folder that it is given.

        Returns:
            The number of rows of each frame.

        Raises:
            UnwritableStoreError: the disk is full, or the folder may not be written.
            ObjectStoreError: the object store is away, or refuses.
        """
        rows: Counter[FrameName] = Counter()

        def write(version: Place) -> int:
            parts = 0
            for part in write_parts(version):
                rows.update(part.rows)
                parts += 1
            if isinstance(version, ObjectUrl):
                _require_all(batch, version, parts)
            return parts

        self._versions.replace(batch, write)
        return rows

    def read(self, batch: str, *names: FrameName) -> Iterator[dict[FrameName, pl.DataFrame]]:
        """Read frames of one version of a batch's folder, a part of its matches at a time.

        Columns that the files were written without are null: an older version did not know them. Parts, and the rows
        in them, are sorted by `match_no`, then as in the match's file; a match is in one part only.

        Raises:
            FileNotFoundError: the batch's telemetry has not been materialized, or is being replaced.
            ObjectStoreError: the object store is away, or refuses.
        """
        version, parts = self._written(batch)
        for part in range(parts):
            yield {name: _read(version, name, part) for name in names}

    def read_match(self, batch: str, match_no: int, *names: FrameName) -> dict[FrameName, pl.DataFrame]:
        """Read frames of one match of a batch, rows as in the match's file; empty ones if the batch does not have it.

        Raises:
            FileNotFoundError: the batch's telemetry has not been materialized, or is being replaced.
            ObjectStoreError: the object store is away, or refuses.
        """
        version, parts = self._written(batch)
        if isinstance(version, ObjectUrl):
            return _read_match_of_objects(version, parts, match_no, names)
        files = {name: [version / _file_name(name, part) for part in range(parts)] for name in names}
        return {
            name: pl.scan_parquet(files[name], schema=SCHEMAS[name], missing_columns="insert")
            .filter(match_no=match_no)
            .collect()
            for name in names
        }

    def _written(self, batch: str) -> tuple[Place, int]:
        """The folder of a batch, and how many parts are in it."""
        current = self._versions.current(batch)
        if current is None:
            msg = f"{self.root / batch} holds no telemetry: materialize the asset `telemetry` of {batch} first."
            raise FileNotFoundError(msg)
        return current

    def batches(self) -> list[str]:
        """Return the batches of which the store has something, be it what a killed writer left, in order."""
        return self._versions.batches()

    def remove(self, batch: str) -> None:
        """Remove all of a batch that nobody will write again; who is killed at it leaves what can be removed still."""
        self._versions.remove(batch)

    def leftovers(self) -> list[str]:
        """Return the batches of which killed writers left versions, in order; not those that are being written."""
        return self._versions.leftovers()

    def remove_leftovers(self, batch: str) -> None:
        """Remove what killed writers left of a batch; what was written whole stays."""
        self._versions.remove_leftovers(batch)

    @property
    def _versions(self) -> Versions:
        return ObjectVersions(self.root) if isinstance(self.root, ObjectUrl) else FolderVersions(self.root)


def write_part(folder: Place, part: int, results: Sequence[tuple[int, Decoded]], make: Make[T]) -> WrittenPart[T]:
    """Write some matches of a batch.

    Args:
        folder: the folder of the batch that is being written.
        part: the number of the part, from 0, without gaps; parts follow each other by rising `match_no`.
        results: for each match by rising `match_no` its telemetry, or why it could not be decoded.
        make: makes something of the frames while they are in memory.

    Raises:
        UnwritablePartError: the disk is full, or the folder may not be written.
        ObjectStoreError: the object store is away, or refuses.
    """
    contents = _contents(results)
    try:
        for name, frame in contents.items():
            _write(folder, name, part, frame)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnwritablePartError(reason_of(error)) from None
    return WrittenPart(
        matches=len(results),
        rows=Counter({name: frame.height for name, frame in contents.items()}),
        broken={match_no: result for match_no, result in results if isinstance(result, BrokenTelemetryError)},
        made=make(contents),
    )


def _file_name(name: FrameName, part: int) -> str:
    return f"{name}.{part:05d}.parquet"


def _write(folder: Place, name: FrameName, part: int, frame: pl.DataFrame) -> None:
    file = folder / _file_name(name, part)
    if isinstance(file, ObjectUrl):
        # The frames of a part are in memory all the same, and as Parquet they are a tenth of that.
        content = BytesIO()
        frame.write_parquet(content, compression="zstd")
        put_object(file, content.getvalue())
    else:
        frame.write_parquet(file, compression="zstd")


def _read(folder: Place, name: FrameName, part: int) -> pl.DataFrame:
    file = folder / _file_name(name, part)
    source = read_object(file).content if isinstance(file, ObjectUrl) else file
    return pl.read_parquet(source, schema=SCHEMAS[name], missing_columns="insert")


def _require_all(batch: str, version: ObjectUrl, parts: int) -> None:
    """Fail if objects are gone again: who sleeps for an hour while it writes counts as killed, and wakes up to that."""
    there = {stored.url.name for stored in list_objects(version)}
    if not there.issuperset(_file_name(name, part) for name in SCHEMAS for part in range(parts)):
        msg = f"Telemetry of {batch} was removed while it was written: materialize the batch again."
        raise ObjectStoreError(msg)


def _read_match_of_objects(
    version: ObjectUrl, parts: int, match_no: int, names: Sequence[FrameName]
) -> dict[FrameName, pl.DataFrame]:
    """Find the part that a match is in by its facts, which are small, and fetch that part alone."""
    for part in range(parts):
        if match_no in _read(version, "facts", part)["match_no"]:
            return {name: _read(version, name, part).filter(match_no=match_no) for name in names}
    return {name: pl.DataFrame(schema=SCHEMAS[name]) for name in names}


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
    stacked = pl.concat([_FRAMES[name].to_frame(), *(frame for _, frame in numbered)])
    match_nos = np.repeat([match_no for match_no, _ in numbered], [frame.height for _, frame in numbered])
    return stacked.insert_column(0, pl.Series("match_no", match_nos, pl.Int64))
