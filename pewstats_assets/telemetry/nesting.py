"""How deeply JSON is nested, told from its brackets alone: no parser need go down there to find out."""

from itertools import accumulate
from typing import Final

_OPENING: Final = b"[{"
_CLOSING: Final = b"]}"
_QUOTE: Final = b'"'
_OTHERS: Final = bytes(set(range(256)) - set(_OPENING + _CLOSING + _QUOTE))
_STEPS: Final = {**dict.fromkeys(_OPENING, 1), **dict.fromkeys(_CLOSING, -1)}
_BLOCK: Final = 1 << 20


def nests_deeper(content: bytes | bytearray, levels: int) -> bool:
    """Whether arrays and objects are nested in more than so many levels; brackets in texts do not count.

    For what is no JSON the answer is one of its brackets, whatever they mean.
    """
    if content.count(b"[") + content.count(b"{") <= levels:
        return False
    # A backslash hides a quote unless it is hidden itself.
    marks = content.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _OTHERS)
    depth, in_text = 0, False
    for start in range(0, len(marks), _BLOCK):
        pieces = marks[start : start + _BLOCK].split(_QUOTE)
        for outside in pieces[in_text::2]:
            if not outside:
                continue
            depths = list(accumulate(map(_STEPS.__getitem__, outside), initial=depth))
            if max(depths) > levels:
                return True
            depth = depths[-1]
        in_text ^= len(pieces) % 2 == 0
    return False
