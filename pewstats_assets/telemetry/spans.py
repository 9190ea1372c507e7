"""Where the events of a telemetry file begin and end, and of what type they are, without parsing them.

Four fifths of a file are events that nobody uses. PUBG writes compact JSON in which every event ends with its type, as
in `,"_T":"LogHeal"},{`, and so the places where one event ends and the next begins can be told from a few bytes. Why
this is no guess, for a file that is JSON:

* A quote behind a comma is not escaped, and closes no string, for no `_` can follow a string. So `,"_T":"LogHeal"},{`
  stands outside all strings: an object of some array ends, and its last member is its type; the next object begins.
  This is a **boundary**. The last of two members of one name counts, so the type is what the end says.
* A boundary is one of the file's own array unless it is in an array of objects inside an event. The first object of
  every such array opens with a brace after `[`, after white space, or after the comma behind something that is no
  object. Every brace that is at no boundary, and not the value of a member, is an **opening in doubt**. So what is
  between two boundaries and has none is one event.
* What has one is parsed. If it is one sound object, it is one event. If not, or if the file looks different altogether
  (pretty-printed, say, or with other members last), there is no answer, and all of it has to be parsed.

One broken byte at a boundary does not make one event of two unnoticed: a brace is in doubt, or braces do not match in
number (only a colon for the comma would pass). What is broken inside an event is noticed if the event is used.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Self

import msgspec
import numpy as np
import numpy.typing as npt

from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.telemetry.events import REFUSALS
from pewstats_assets.telemetry.frames import KNOWN_TYPES

Indices = npt.NDArray[np.intp]

_HEAD: Final = b'[{"'
_TAIL: Final = b'"}]'
_WORD: Final = 8
#: Small enough for what is computed of a block to stay in the processor's cache.
_BLOCK: Final = 1 << 20
_UNKNOWN: Final = -1
_KNOWN: Final = {event_type: code for code, event_type in enumerate(sorted(KNOWN_TYPES))}
#: The last member of an event of each known type, by its last eight bytes.
_MEMBERS: Final[dict[int, list[tuple[int, bytes]]]] = {}
for _type, _code in _KNOWN.items():
    _member = f',"_T":"{_type}"}}'.encode()
    _MEMBERS.setdefault(int.from_bytes(_member[-_WORD:], "little"), []).append((_code, _member))
_LAST_WORDS: Final = np.array(sorted(_MEMBERS), dtype=np.uint64)
_ANY_TYPE: Final = re.compile(rb',"_T":"\w+"}\Z')
_LONGEST_TYPE: Final = 100


class _AnyObject(msgspec.Struct):
    """A JSON object with whatever in it."""


_object_decoder: Final = msgspec.json.Decoder(_AnyObject)


@dataclass(frozen=True, slots=True)
class EventSpans:
    """The events of a file as spans of its bytes, numbered from 0 in the file's order."""

    _content: bytes | bytearray
    _starts: Indices
    _ends: Indices
    _types: npt.NDArray[np.int16]

    @classmethod
    def find(cls, content: bytes | bytearray, limits: Limits = DEFAULT_LIMITS) -> Self | None:
        """Find the events of a file; None if it does not look as PUBG writes it, or has more than the limits allow."""
        if not (content.startswith(_HEAD) and content.endswith(_TAIL)) or len(content) < 2 * _WORD:
            return None
        octets = np.frombuffer(content, dtype=np.uint8)
        openings = _openings(octets, limits.values)
        if openings is None:
            return None
        ends = np.append(openings[1:] - 1, len(content) - 1)
        types = _types_before(content, ends)
        is_end = types != _UNKNOWN
        for index in np.flatnonzero(~is_end):
            end = ends[index]
            is_end[index] = _ANY_TYPE.search(content[max(0, end - _LONGEST_TYPE) : end]) is not None
        is_end[:-1] &= octets[ends[:-1]] == ord(",")
        if not is_end[-1]:
            return None
        is_start = np.append(True, is_end[:-1])
        spans = cls(content, openings[is_start], ends[is_end], types[is_end])
        return spans if spans._are_objects(openings[~is_start]) else None

    def __len__(self) -> int:
        return len(self._starts)

    def of_types(self, event_types: Collection[str]) -> Indices:
        """The numbers of the events of some of `frames.KNOWN_TYPES`, and of those whose type is none of them."""
        others = [code for event_type, code in _KNOWN.items() if event_type not in event_types]
        return np.flatnonzero(~np.isin(self._types, others))

    def without_object(self, event_type: str, key: bytes) -> Indices:
        """The numbers of the events of a known type that surely lack the object of a member; its key is in quotes.

        Where there is no backslash, no key is written in another way, and what is in quotes is a key or a text. A key
        that occurs once, before null, is null in the event, or in an object inside it and absent in the event.
        """
        find, startswith, length = self._content.find, self._content.startswith, len(key)
        numbers = np.flatnonzero(self._types == _KNOWN[event_type])
        lacks = [
            ((at := find(key, start, end)) < 0 or (startswith(b":null", at + length) and find(key, at + 1, end) < 0))
            and find(b"\\", start, end) < 0
            for start, end in zip(self._starts[numbers].tolist(), self._ends[numbers].tolist(), strict=True)
        ]
        return numbers[np.array(lacks, dtype=np.bool_)]

    def longer_than(self, length: int, numbers: Indices) -> Iterator[bytes | bytearray]:
        """Those of the events of these numbers that have more bytes."""
        starts, ends = self._starts[numbers], self._ends[numbers]
        for number in np.flatnonzero(ends - starts > length):
            yield self._content[starts[number] : ends[number]]

    def as_json(self, numbers: Indices) -> bytes:
        """The events of these numbers as a JSON array."""
        starts, ends = self._starts[numbers].tolist(), self._ends[numbers].tolist()
        events: list[bytes | bytearray] = [self._content[start:end] for start, end in zip(starts, ends, strict=True)]
        if not events:
            return b"[]"
        # Around the first and the last: around all of it would copy all of it twice more.
        events[0] = b"[" + events[0]
        events[-1] += b"]"
        return b",".join(events)

    def _are_objects(self, openings: Indices) -> bool:
        """Whether every span with one of the openings in it is one sound object."""
        for number in np.unique(np.searchsorted(self._starts, openings, side="right") - 1):
            try:
                _object_decoder.decode(self._content[self._starts[number] : self._ends[number]])
            except REFUSALS:
                return False
        return True


def _openings(octets: npt.NDArray[np.uint8], most: int) -> Indices | None:
    """Where braces are that could open an object of an array: all but the values of members, which follow `":`.

    None if there are more than `most`, or opening and closing braces are not equal in number.
    """
    found: list[Indices] = []
    number = unmatched = 0
    # Scratch space for all blocks: allocating it takes longer than filling it.
    is_opening, is_other = np.empty(_BLOCK, dtype=np.bool_), np.empty(_BLOCK, dtype=np.bool_)
    for start in range(1, len(octets), _BLOCK):
        block = octets[start : start + _BLOCK]
        opening, other = is_opening[: len(block)], is_other[: len(block)]
        np.equal(block, ord("}"), out=other)
        np.equal(block, ord("{"), out=opening)
        unmatched += int(np.count_nonzero(opening) - np.count_nonzero(other))
        np.not_equal(octets[start - 1 : start - 1 + len(block)], ord(":"), out=other)
        in_block = np.flatnonzero(np.logical_and(opening, other, out=opening))
        number += len(in_block)
        if number > most:
            return None
        found.append(in_block + start)
    return None if unmatched else np.concatenate(found)


def _types_before(content: bytes | bytearray, ends: Indices) -> npt.NDArray[np.int16]:
    """The code of the known type that is the last member of the object that ends there, or `_UNKNOWN`."""
    # All words of eight bytes of the content, one beginning at each byte: a type is compared in three or four steps.
    words: npt.NDArray[np.uint64] = np.ndarray((len(content) - _WORD + 1,), dtype="<u8", buffer=content, strides=(1,))
    last_words = words[ends - _WORD]
    group = np.searchsorted(_LAST_WORDS[:-1], last_words).astype(np.int8)
    group[_LAST_WORDS[group] != last_words] = _UNKNOWN
    types = np.full(len(ends), _UNKNOWN, dtype=np.int16)
    for number, last_word in enumerate(_LAST_WORDS.tolist()):
        in_group = np.flatnonzero(group == number)
        for code, member in _MEMBERS[last_word]:
            found = in_group[ends[in_group] >= len(member)]
            at = ends[found] - len(member)
            for offset in range(0, len(member) - _WORD, _WORD):
                is_same = words[at + offset] == _word(member, offset)
                found, at = found[is_same], at[is_same]
            types[found] = code
    return types


def _word(member: bytes, offset: int) -> np.uint64:
    return np.uint64(int.from_bytes(member[offset : offset + _WORD], "little"))
