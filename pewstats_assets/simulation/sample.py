"""The small sample of simulated telemetry that lies in git.

Only files and their packing belong here; the matches come from `match`.
"""

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from pewstats_assets.simulation.match import SimulatedMatch, simulate_match

SAMPLE_SEED: Final = 2026
SAMPLE_MATCHES: Final = 14
TRUTH: Final = "truth.jsonl"

_COMPRESSION: Final = 9
_TWICE_COMPRESSED: Final = 3
_IN_A_FOLDER: Final = 6
_CUT_OFF: Final = 13
_MATCH_OBJECT_EVERY: Final = 3
"""Every third match comes with its match object."""


@dataclass(frozen=True, slots=True)
class _Packed:
    file: str
    content: bytes
    readable: bool = True


def write_sample(folder: Path) -> None:
    """Write the sample of `data/sample`: some files are packed in odd ways, and one is broken; `truth.jsonl` tells.

    Args:
        folder: Made if it does not exist; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truth: list[bytes] = []
    for index in range(SAMPLE_MATCHES):
        match = simulate_match(SAMPLE_SEED, index)
        packed = _pack(match, index)
        target = folder / packed.file
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(packed.content)
        if index % _MATCH_OBJECT_EVERY == 0:
            answer = _zip(msgspec.json.encode(match.match_object))
            (folder / f"{match.match_id}.match.json.gz").write_bytes(answer)
        if packed.readable:
            line = {"match_id": match.match_id, "file": packed.file, "fights": match.truth}
            truth.append(msgspec.json.encode(line) + b"\n")
    (folder / TRUTH).write_bytes(b"".join(truth))


def _pack(match: SimulatedMatch, index: int) -> _Packed:
    plain = _Packed(f"{match.match_id}.json.gz", _zip(msgspec.json.encode(match.events)))
    if index == _TWICE_COMPRESSED:
        return _Packed(plain.file, _zip(plain.content))
    if index == _IN_A_FOLDER:
        return _Packed(f"matchID={match.match_id}/raw.json.gz", plain.content)
    if index == _CUT_OFF:
        return _Packed(plain.file, plain.content[: len(plain.content) // 2], readable=False)
    return plain


def _zip(content: bytes) -> bytes:
    # Without the time of day in the header, the same events give the same bytes.
    return gzip.compress(content, _COMPRESSION, mtime=0)
