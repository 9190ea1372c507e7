"""Words of strangers as plain data: player names, file names and error texts may not become markup or leak a secret.

Nothing here knows what the words are about.
"""

import re
from typing import Final

_MARKUP: Final = re.compile(
    r"""
      [^A-Za-z0-9 "'(),;=?!+%_./:-]      # @ < > & * ` ~ | # [ ] \ ..., controls, bidi, all that is not ASCII
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])  # emphasis; inside a word it is none
    | \.(?=[A-Za-z])                        # a domain, which receivers make a link of
    | (?<![0-9]):(?!\ |$)                   # a scheme, an :emoji:
    | (?<=[0-9]):(?!\ |$|[0-9]{2}(?![0-9]))  # but a time of day stays
    | (?<![A-Za-z0-9])/                     # a command of a chat
    """,
    re.VERBOSE,
)
_CREDENTIALS: Final = re.compile(r"(?<=://)\S*@")
_SECRET: Final = re.compile(
    r"(password|passwd|pwd|token|secret|api_?key)([\"']?\s*[=:]\s*)('[^']*'|\"[^\"]*\"|\S+)", re.IGNORECASE
)
_HIDDEN: Final = "***"


def neutral(text: str, max_length: int = 300) -> str:
    r"""Escape what a chat, a mail program or a terminal could take for more than text, as JSON does: `\u0040` is an @.

    What is left is printable ASCII in one line; nothing is lost but what is longer than `max_length` characters.
    """
    escaped = _MARKUP.sub(_escape, text)
    return escaped if len(escaped) <= max_length else f"{escaped[:max_length]}..."


def redact(text: str) -> str:
    """Hide the credentials in URLs and connection strings."""
    return _SECRET.sub(rf"\1\2{_HIDDEN}", _CREDENTIALS.sub(f"{_HIDDEN}@", text))


def _escape(character: re.Match[str]) -> str:
    units = character[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
