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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Final, Self

import msgspec
import numpy as np
import numpy.typing as npt

from pewstats_assets.limits import DEFAULT_LIMITS, Limits
from pewstats_assets.telemetry.events import REFUSALS
from pewstats_assets.telemetry.last_members import CODES, UNKNOWN, Codes, Indices, types_before

_HEAD: Final = b'[{"'
_TAIL: Final = b'"}]'
_WORD: Final = 8
#: Small enough for what is computed of a block to stay in the processor's cache.
_BLOCK: Final = 1 << 20
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
    _types: Codes

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
        types = types_before(content, ends)
        is_end = types != UNKNOWN
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

    def of_types(self, event_types: Iterable[str], *, or_unknown: bool = False) -> Indices:
        """The numbers of the events of some of `frames.KNOWN_TYPES`; with them those whose type is none of them."""
        is_wanted = np.zeros(len(CODES) + 1, dtype=np.bool_)
        is_wanted[[CODES[event_type] for event_type in event_types]] = True
        is_wanted[UNKNOWN] = or_unknown
        return np.flatnonzero(is_wanted[self._types])

    def without_object(self, event_type: str, key: bytes) -> Indices:
        """The numbers of the events of a known type that surely lack the object of a member; its key is in quotes.

        Where there is no backslash, no key is written in another way, and what is in quotes is a key or a text. A key
        that occurs once, before null, is null in the event, or in an object inside it and absent in the event.
        """
        find, is_null = self._content.find, partial(self._content.startswith, key + b":null")
        numbers = np.flatnonzero(self._types == CODES[event_type])
        starts, ends = self._starts[numbers].tolist(), self._ends[numbers].tolist()

        def first(text: bytes) -> Indices:
            return np.fromiter(map(find, repeat(text), starts, ends), dtype=np.intp, count=len(numbers))

        keys = first(key)
        lacks = keys < 0
        for index in np.flatnonzero(~lacks).tolist():
            at = int(keys[index])
            lacks[index] = is_null(at) and find(key, at + 1, ends[index]) < 0
        if find(b"\\") >= 0:
            lacks &= first(b"\\") < 0
        return numbers[lacks]

    def longer_than(self, length: int, numbers: Indices) -> Iterator[bytes | bytearray]:
        """Those of the events of these numbers that have more bytes."""
        starts, ends = self._starts[numbers], self._ends[numbers]
        for number in np.flatnonzero(ends - starts > length):
            yield self._content[starts[number] : ends[number]]

    def as_json(self, numbers: Indices) -> bytes:
        """The events of these numbers as a JSON array."""
        starts, ends = self._starts[numbers].tolist(), self._ends[numbers].tolist()
        content = memoryview(self._content)  # its slices are no copies
        events: list[bytes | memoryview] = [content[start:end] for start, end in zip(starts, ends, strict=True)]
        if not events:
            return b"[]"
        # Around the first and the last: around all of it would copy all of it once more.
        events[0] = b"[" + bytes(events[0])
        events[-1] = bytes(events[-1]) + b"]"
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
    eights = is_opening.reshape(-1, _WORD)
    words = is_opening.view(np.uint64)
    for start in range(1, len(octets), _BLOCK):
        block = octets[start : start + _BLOCK]
        opening, other = is_opening[: len(block)], is_other[: len(block)]
        np.equal(block, ord("}"), out=other)
        np.equal(block, ord("{"), out=opening)
        unmatched += int(np.count_nonzero(opening) - np.count_nonzero(other))
        np.not_equal(octets[start - 1 : start - 1 + len(block)], ord(":"), out=other)
        np.logical_and(opening, other, out=opening)
        is_opening[len(block) :] = False
        # One in 500 bytes is an opening: most words of eight have none, and are passed over as a whole.
        some = np.flatnonzero(words != 0)
        flat = np.flatnonzero(eights[some])
        number += len(flat)
        if number > most:
            return None
        found.append(some[flat >> 3] * _WORD + (flat & 7) + start)
    return None if unmatched else np.concatenate(found)
