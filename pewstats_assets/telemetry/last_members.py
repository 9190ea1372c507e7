"""Of which known types events are, told from their last bytes, for all events of a file at once.

Where events end and that their type comes last is for `spans` to say. A type is compared byte by byte, eight bytes a
step: a hash only says which type it could be.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from pewstats_assets.telemetry.frames import KNOWN_TYPES

Indices = npt.NDArray[np.intp]
Codes = npt.NDArray[np.int16]
Words = npt.NDArray[np.uint64]

UNKNOWN: Final = -1
#: The code of each known type.
CODES: Final = {event_type: code for code, event_type in enumerate(sorted(KNOWN_TYPES))}

_WORD: Final = 8
_HASH_BITS: Final = 12


def types_before(content: bytes | bytearray, ends: Indices) -> Codes:
    """The code of the known type that is the last member of the object that ends there, or `UNKNOWN`."""
    if len(content) < _ROW:
        return np.full(len(ends), UNKNOWN, dtype=np.int16)
    # All rows of bytes of the content, one beginning at each byte; those that end with an event are copied out.
    all_rows = np.ndarray((len(content) - _ROW + 1,), dtype=f"V{_ROW}", buffer=content, strides=(1,))
    rows = _as_words(all_rows[np.maximum(ends - _ROW, 0)])
    types = _CANDIDATES[_hash(rows)]
    # Taking rows is three times as fast as indexing them.
    differences = (rows ^ np.take(_MEMBERS, types, axis=0)) & np.take(_MASKS, types, axis=0)
    types[np.flatnonzero(differences) // _ROW_WORDS] = UNKNOWN
    types[ends < _ROW] = UNKNOWN
    return types


def _as_words(rows: npt.NDArray[np.void]) -> Words:
    return rows.view("<u8").reshape(-1, _ROW_WORDS)


def _hash(rows: Words) -> Words:
    """A few bits of the last two words."""
    mixed: Words = (rows[:, -1] ^ (rows[:, -2] * np.uint64(3))) * np.uint64(0x9E3779B97F4A7C15)
    return mixed >> np.uint64(64 - _HASH_BITS)


def _right_aligned(members: Iterable[bytes]) -> Words:
    return _as_words(np.array([member.rjust(_ROW, b"\0") for member in members], dtype=f"V{_ROW}"))


_LAST_MEMBERS: Final = [f',"_T":"{event_type}"}}'.encode() for event_type in CODES]
_ROW_WORDS: Final = -(-max(map(len, _LAST_MEMBERS)) // _WORD)
_ROW: Final = _ROW_WORDS * _WORD
_MEMBERS: Final = _right_aligned(_LAST_MEMBERS)
_MASKS: Final = _right_aligned(b"\xff" * len(member) for member in _LAST_MEMBERS)
#: The type with each hash. That no two have the same is tested; it would cost time, not correctness.
_CANDIDATES: Final = np.zeros(1 << _HASH_BITS, dtype=np.int16)
_CANDIDATES[_hash(_MEMBERS)] = list(CODES.values())
