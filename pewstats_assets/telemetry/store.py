"""The Parquet folder of a match batch: all frames of its matches, written whole or not at all.

`<root>/<batch>` is a link to the version of the folder that was written last. A new version becomes visible by moving
the link in one step, so that a reader sees the old files or the new ones, and a killed writer leaves the old ones.
"""

import fcntl
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, Literal

import polars as pl

from pewstats_assets.errors import PewstatsError
from pewstats_assets.telemetry import frames
from pewstats_assets.telemetry.errors import BrokenTelemetryError
from pewstats_assets.telemetry.registered import Decoded

#: Matches whose frames are in one file, and so in memory at once: about 2 MB each.
PART_MATCHES: Final = 50

FrameName = Literal["combat", "positions", "rosters", "phases", "facts", "quarantined"]

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


class UnwritableStoreError(PewstatsError):
    """The telemetry of a batch cannot be written: the disk is full, say."""

    def __init__(self, batch: str, folder: Path, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or str(error).strip().partition("\n")[0]
        super().__init__(
            f"The telemetry of {batch} cannot be written below {folder} ({reason}): make room or give the right"
            " to write there, and materialize the batch again. What it has is left as it is."
        )


@dataclass(frozen=True, slots=True)
class TelemetryStore:
    """The Parquet folders of all batches below `root`."""

    root: Path

    def write(self, batch: str, results: Iterable[tuple[int, Decoded]]) -> Counter[FrameName]:
        """Write the folder of a batch in place of the one it had; if the results break off, that one stays.

        Args:
            batch: the batch's key.
            results: for each match by rising `match_no` its telemetry, or why it could not be decoded. Only
                `PART_MATCHES` of them are held in memory.

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
                for part, of_part in enumerate(_parts(results)):
                    for name, frame in _contents(of_part).items():
                        with _naming(batch, self._versions):
                            frame.write_parquet(version / _file_name(name, part), compression="zstd")
                        rows[name] += frame.height
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

        Parts, and the rows in them, are sorted by `match_no`, then as in the match's file; a match is in one part only.

        Raises:
            FileNotFoundError: the batch's telemetry has not been materialized, or is being replaced.
        """
        version = (self.root / batch).resolve()
        parts = sum(1 for _ in version.glob("facts.[0-9]*.parquet"))
        if parts == 0:
            msg = f"{self.root / batch} holds no telemetry: materialize the asset `telemetry` of {batch} first."
            raise FileNotFoundError(msg)
        for part in range(parts):
            yield {name: pl.read_parquet(version / _file_name(name, part)) for name in names}

    def _remove_other_versions(self, batch: str) -> None:
        current = (self.root / batch).resolve()
        for leftover in self._versions.glob(f"{batch}.*"):
            if leftover != current and leftover.suffix != ".lock":
                leftover.unlink() if leftover.is_symlink() else shutil.rmtree(leftover)

    @property
    def _versions(self) -> Path:
        return self.root / ".versions"

    @contextmanager
    def _only_writer(self, batch: str) -> Iterator[None]:
        """Let two runs of one batch write one after the other; the lock goes with the process."""
        with _naming(batch, self._versions):
            self._versions.mkdir(parents=True, exist_ok=True)
            lock = (self._versions / f"{batch}.lock").open("w")
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def _naming(batch: str, folder: Path) -> Iterator[None]:
    """Say what could not be written, where and why: the system names none of them, polars not even the error."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnwritableStoreError(batch, folder, error) from None


def _file_name(name: FrameName, part: int) -> str:
    return f"{name}.{part:05d}.parquet"


def _parts(
    results: Iterable[tuple[int, Decoded]],
) -> Iterator[list[tuple[int, Decoded]]]:
    """Cut results into parts; without results there is one part, with nothing in it."""
    remaining = iter(results)
    part = list(islice(remaining, PART_MATCHES))
    yield part
    while part := list(islice(remaining, PART_MATCHES)):
        yield part


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
