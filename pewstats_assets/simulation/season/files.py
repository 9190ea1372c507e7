"""A season in a folder: `<uuid>.json.gz`, the match object `<uuid>.match.json.gz` beside it, and the truth.

Who watches the folder never sees half a file: each is written under a hidden name, and gets its own when it is whole;
the match object comes first.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import deflate

from pewstats_assets.simulation.season.match import Size, play_match
from pewstats_assets.simulation.season.truth import MatchTruth, tables_of
from pewstats_assets.worker_server import worker_context

TRUTH: Final = "truth"
_COMPRESSION: Final = {Size.SMALL: 1, Size.FULL: 6}
"""The CDN's level for full-size matches; small ones are made in large numbers, and quickly."""


@dataclass(frozen=True, slots=True)
class WrittenMatch:
    """A match that has been written; sizes in bytes."""

    match_id: str
    events: int
    json_bytes: int
    gzip_bytes: int
    truth: MatchTruth


def write_season(  # noqa: PLR0913 what a person can choose
    matches: int, seed: int, folder: Path, size: Size, processes: int = 1, *, league: int | None = None
) -> Iterator[WrittenMatch]:
    """Write a season of telemetry, and when its last match has been taken, the truth about it.

    Args:
        matches: How many matches.
        seed: The same seed gives the same files; a longer season begins with the same matches.
        folder: Made if it does not exist; files of the same names are replaced.
        size: How much is written of each match.
        processes: How many share the work.
        league: How many groups of four play in it; None for a season of all accounts.

    Yields:
        Every match once it is written, in order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write = partial(_write_match, seed, folder, size, league)
    truths = []
    with ExitStack() as stack:
        if processes == 1:
            written: Iterator[WrittenMatch] = map(write, range(matches))
        else:
            pool = ProcessPoolExecutor(processes, mp_context=worker_context())
            written = stack.enter_context(pool).map(write, range(matches), chunksize=4)
        for match in written:
            truths.append(match.truth)
            yield match
    (folder / TRUTH).mkdir(exist_ok=True)
    for name, table in tables_of(seed, truths, league).items():
        hidden = folder / TRUTH / f".{name}.part"
        table.write_parquet(hidden)
        hidden.replace(folder / TRUTH / f"{name}.parquet")


def _write_match(seed: int, folder: Path, size: Size, league: int | None, match_index: int) -> WrittenMatch:
    match = play_match(seed, match_index, size, league)
    telemetry = bytes(deflate.gzip_compress(match.telemetry, _COMPRESSION[size]))
    _put(folder / f"{match.match_id}.match.json.gz", bytes(deflate.gzip_compress(match.match_object, 1)))
    _put(folder / f"{match.match_id}.json.gz", telemetry)
    return WrittenMatch(match.match_id, match.events, len(match.telemetry), len(telemetry), match.truth)


def _put(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    hidden = path.with_name(f".{path.name}.part")
    hidden.write_bytes(content)
    hidden.replace(path)
