"""How much a file may hold: limits against hostile files. Values only; `settings` says where they come from.

What a file needs in memory is bounded by them: about `json_bytes` twice over, and some 120 bytes per value.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one file. The largest telemetry files have 40 MB of JSON, 3 million values, 8 levels.

    Attributes:
        json_bytes: size of the file, and of the JSON in it when inflated.
        nesting: levels of arrays and objects in what is parsed; events that nobody uses are not.
        values: values (events, and objects, arrays, texts and numbers in them), as far as commas and brackets tell.
    """

    json_bytes: int = 256 << 20
    nesting: int = 500
    values: int = 8_000_000


DEFAULT_LIMITS: Final = Limits()
