"""Text from the wire that has to be stored."""

from typing import Annotated, Final

import msgspec

NUL: Final = "\0"
REPLACEMENT: Final = "\ufffd"

#: No name, id or type is longer; what is comes from a hostile file, and no index could hold it.
MAX_LENGTH: Final = 500
Text = Annotated[str, msgspec.Meta(max_length=MAX_LENGTH)]


def storable(text: str) -> str:
    """Replace NUL, which is text in JSON, but not in PostgreSQL."""
    return text.replace(NUL, REPLACEMENT)
